"""The named flows: their constants, their refusals in words, and solutions known in closed form."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import j1, jn

from lionlab import Huber, L1Norm, L2Norm, LionKFlow, LogCosh, PseudoHuber, SquaredL2, integrate, integrate_batch
from lionlab.dynamics import (
    ExponentialWeight,
    accelerated_mirror_descent_flow,
    dual_space_preconditioning_flow,
    frank_wolfe_flow,
    gradient_flow,
    hamiltonian_descent_flow,
    heavy_ball_flow,
    lion,
    lion_flow,
    mirror_descent_flow,
    muon_flow,
    nesterov_flow,
    normalized_momentum_flow,
    sign_gradient_flow,
    signum,
    signum_flow,
)
from lionlab.objectives import DoubleWell, LogisticRegression, Objective, Quadratic, random_quadratic

TIGHT = {"rtol": 1e-12, "atol": 1e-12}
# Some 200 steps with local errors of 1e-12 of flows that do not amplify errors.
GLOBAL = 1e-9
PARABOLA = Quadratic([[2.0]], [0.0])


@pytest.mark.parametrize("constructor", [signum_flow, normalized_momentum_flow])
def test_an_average_of_gradients_needs_a_rate(constructor):
    with pytest.raises(ValueError, match="gamma must be > 0"):
        constructor(0.0)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: gradient_flow(0.0), "speed must be > 0"),
        (lambda: heavy_ball_flow(-1.0), "gamma must be finite and ≥ 0"),
        (lambda: heavy_ball_flow(1.0, 0.0), "alpha must be finite and > 0"),
        (lambda: nesterov_flow(2.0, 0.6), "epsilon·gamma must be ≤ 1"),
        (lambda: lion_flow(1.0, 0.5, -0.1), "weight_decay must be finite and ≥ 0"),
        (lambda: muon_flow(0.0, 0.0, 0.1), "gamma must be > 0"),
        (lambda: accelerated_mirror_descent_flow(SquaredL2(), 0.0), "averaging must be > 0"),
        (lambda: frank_wolfe_flow(L1Norm(), 0.0), "weight_decay must be > 0"),
        (lambda: frank_wolfe_flow(Huber(0.1), 1.0), "positively homogeneous"),
        (lambda: mirror_descent_flow(DoubleWell(2)), "must be convex"),
    ],
)
def test_what_is_no_instance_is_refused_in_words(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_kinetic_energy_must_be_a_convex_function():
    with pytest.raises(TypeError, match="K must be a lionlab ConvexFunction"):
        hamiltonian_descent_flow(np.tanh, 1.0)
    with pytest.raises(TypeError, match="value and slope"):
        mirror_descent_flow(np.sum)


@pytest.mark.parametrize("flow", [gradient_flow(3.0), sign_gradient_flow(), dual_space_preconditioning_flow(L2Norm())])
def test_without_momentum_the_look_ahead_is_the_gradient_alone(flow):
    assert flow.epsilon * flow.gamma == 1
    assert flow.weight_decay == 0


def test_the_flows_of_the_two_beta_methods_are_the_named_flows():
    of_signum, of_lion = LionKFlow.from_discrete(signum(0.1, 0.8)), LionKFlow.from_discrete(lion(0.1, 0.5))
    assert of_signum.alpha == of_signum.gamma == pytest.approx(signum_flow(2.0).gamma)
    # β1 = β2 is ε = η, which vanishes with the step: Signum's flow has ε = 0.
    assert of_signum.epsilon == pytest.approx(0.1)
    named = lion_flow(of_lion.gamma, of_lion.epsilon, 0.5)
    assert (named.alpha, named.epsilon, named.weight_decay) == (of_lion.alpha, of_lion.epsilon, of_lion.weight_decay)


def test_the_heavy_ball_rolls_as_the_damped_oscillator_does():
    gamma, alpha, times = 0.6, 1.5, np.linspace(0, 8, 17)
    omega = np.sqrt(2 * alpha - gamma**2 / 4)
    expected = np.exp(-gamma * times / 2) * (np.cos(omega * times) + gamma / (2 * omega) * np.sin(omega * times))
    found = integrate(heavy_ball_flow(gamma, alpha), PARABOLA, [1.0], [0.0], times, **TIGHT)
    np.testing.assert_allclose(found.x[:, 0], expected, atol=GLOBAL, rtol=0)


def test_hessian_damping_is_friction_on_a_parabola():
    # ẍ + (γ + 2εα)ẋ + 2αx = 0, from rest: m₀ = εα·2x₀/(1−εγ).
    gamma, epsilon, times = 0.6, 0.2, np.linspace(0, 8, 17)
    friction = gamma + 2 * epsilon
    omega = np.sqrt(2 - friction**2 / 4)
    expected = np.exp(-friction * times / 2) * (np.cos(omega * times) + friction / (2 * omega) * np.sin(omega * times))
    at_rest = [2 * epsilon / (1 - epsilon * gamma)]
    found = integrate(nesterov_flow(gamma, epsilon), PARABOLA, [1.0], at_rest, times, **TIGHT)
    np.testing.assert_allclose(found.x[:, 0], expected, atol=GLOBAL, rtol=0)


def test_accelerated_mirror_descent_with_a_parabola_is_a_bessel_function():
    # X″ + (3/t)X' + X = 0 has the solution 2J₁(t)/t, and X' = −2J₂(t)/t.
    t = np.linspace(1, 12, 23)
    x0, speed = 2 * j1(t[0]) / t[0], -2 * jn(2, t[0]) / t[0]
    flow, f = accelerated_mirror_descent_flow(SquaredL2(), averaging=2.0), Quadratic([[1.0]], [0.0])
    found = integrate(flow, f, [x0], [x0 + t[0] / 2 * speed], 2.0 * np.log(t), **TIGHT)
    np.testing.assert_allclose(found.x[:, 0], 2 * j1(t) / t, atol=GLOBAL, rtol=0)
    # H grows by what α'f supplies, and the balance law knows it.
    np.testing.assert_allclose(found.balance_residual, 0, atol=GLOBAL)
    assert np.abs(found.lyapunov + found.dissipated - found.lyapunov[0]).max() > 0.1


def test_accelerated_mirror_descent_has_its_rate():
    # With x* = 0 = argmin f and ψ*(Z₀) − ⟨Z₀, x*⟩ + ψ(x*) = 0 at Z₀ = 0: (t/r)²f(X_t) ≤ (t₀/r)²f(X₀) for r ≥ 2.
    f, t = random_quadratic(3, 10.0, seed=0, distance=1e-9), np.linspace(0.5, 20, 40)
    found = integrate(
        accelerated_mirror_descent_flow(LogCosh(1.0), 3.0), f, [0.5, -0.7, 0.2], np.zeros(3), 3 * np.log(t)
    )
    values = np.array([f(x) for x in found.x])
    assert (t**2 * values <= t[0] ** 2 * values[0] * (1 + 1e-6)).all()


def test_a_growing_weight_is_a_function_of_time():
    assert float(ExponentialWeight(0.25, 1.0)(jnp.asarray(0.0))) == 0.25
    flow = accelerated_mirror_descent_flow(LogCosh(2.0), 3.0)
    np.testing.assert_allclose(flow.alpha(jnp.asarray(3 * np.log(5.0))), 25 / 9, rtol=1e-6)
    with pytest.raises(ValueError, match="needs alpha = gamma"):
        flow.to_discrete(0.1)


def test_frank_wolfe_reaches_the_constrained_minimum():
    # The nearest point of the box |x| ≤ ½ to (0.2, 3).
    f = Quadratic(np.eye(2), [0.2, 3.0])
    found = integrate(frank_wolfe_flow(L1Norm(), 2.0), f, np.zeros(2), None, 0.05 * np.arange(401), step=0.05)
    np.testing.assert_allclose(found.x[-1], [0.2, 0.5], atol=1e-8)


def test_sign_gradient_flow_arrives_and_stays():
    found = integrate(sign_gradient_flow(), PARABOLA, [1.0], None, 0.25 * np.arange(9), step=0.25)
    np.testing.assert_allclose(found.x[:, 0], [1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0], atol=1e-10)


def test_hamiltonian_descent_without_friction_conserves_energy():
    f = Quadratic(np.diag([1.0, 3.0]), [0.0, 0.0])
    flow = hamiltonian_descent_flow(PseudoHuber(0.5), 0.0)
    found = integrate(flow, f, [1.0, -0.5], [0.3, 0.2], np.linspace(0, 10, 11), **TIGHT)
    np.testing.assert_allclose(found.lyapunov, found.lyapunov[0], atol=GLOBAL)


H = Quadratic([[1.0, 0.2], [0.2, 0.5]], [0.6, 0.3])
ENTROPY_CONJUGATE = Objective(lambda y: jnp.sum(jnp.exp(y)), 2, is_convex=True)


def test_mirror_descent_runs_though_the_conjugate_of_its_k_is_not_known():
    found = integrate(
        mirror_descent_flow(H), ENTROPY_CONJUGATE, np.log([0.1, 2.0]), None, np.linspace(0, 150, 16), **TIGHT
    )
    np.testing.assert_allclose(np.exp(found.x[-1]), H.center, atol=1e-5)
    np.testing.assert_allclose(found.balance_residual, 0, atol=GLOBAL)


def test_mirror_descents_own_lyapunov_function_is_that_of_the_shifted_loss():
    # K(z) = h(p*−z) and f = φ* − ⟨p*, ·⟩ give the same ẋ, and αf + const is the Bregman distance to p*.
    shifted_h = Quadratic(H.matrix, np.zeros(2))
    shifted = Objective(lambda y: jnp.sum(jnp.exp(y) - jnp.asarray(H.center, y.dtype) * y), 2, is_convex=True)
    times, start = np.linspace(0, 10, 21), np.log([0.1, 2.0])
    found = integrate(mirror_descent_flow(shifted_h), shifted, start, None, times, **TIGHT)
    plain = integrate(mirror_descent_flow(H), ENTROPY_CONJUGATE, start, None, times, **TIGHT)
    np.testing.assert_allclose(found.x, plain.x, atol=GLOBAL)
    p, center = np.exp(found.x), H.center
    bregman = np.sum(center * np.log(center / p) - center + p, axis=1)
    np.testing.assert_allclose(found.lyapunov - found.lyapunov[0], bregman - bregman[0], atol=GLOBAL)
    assert (np.diff(found.lyapunov) < 0).all()


def test_with_weight_decay_an_unknown_conjugate_is_still_refused():
    flow = LionKFlow(mirror_descent_flow(H).K, 1.0, 1.0, 1.0, 0.5)
    with pytest.raises(NotImplementedError, match="not known in closed form"):
        integrate(flow, ENTROPY_CONJUGATE, np.zeros(2), None, [0.0, 1.0])


def test_an_objective_of_unknown_smoothness_makes_no_smooth_k():
    unknown = Objective(lambda p: jnp.sum(p**4), 2, is_convex=True)
    with pytest.raises(ValueError, match="MoreauEnvelope"):
        integrate(mirror_descent_flow(unknown), ENTROPY_CONJUGATE, np.zeros(2), None, [0.0, 1.0])


def test_a_batch_of_unconstrained_flows_agrees_with_single_ones():
    f = LogisticRegression([[1.0, 2.0], [-1.0, 0.5], [0.3, -1.0]], [0, 1, 1])
    flows, starts = [heavy_ball_flow(0.5), heavy_ball_flow(1.5)], np.array([[1.0, 0.0], [0.0, -1.0]])
    times = np.linspace(0, 3, 7)
    batch = integrate_batch(flows, f, starts, np.zeros((2, 2)), times, **TIGHT)
    for i, flow in enumerate(flows):
        single = integrate(flow, f, starts[i], np.zeros(2), times, **TIGHT)
        np.testing.assert_allclose(batch.x[:, i], single.x, atol=GLOBAL)


def test_flows_follow_float32():
    found = integrate(
        accelerated_mirror_descent_flow(LogCosh(1.0)), Quadratic(np.eye(2), [0.0, 1.0]),
        np.zeros(2, np.float32), np.zeros(2, np.float32), [0.0, 1.0, 2.0],
    )  # fmt: skip
    assert found.x.dtype == np.float32
