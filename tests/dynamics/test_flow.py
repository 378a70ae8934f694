"""The flow: its refusals, its vector field, and the dictionary to the discrete method as a law."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionlab.convex import Huber, L1Norm, LogCosh, TopKL1
from lionlab.dynamics import Constants, LionK, LionKFlow, State, constants_at, step, vector_field
from lionlab.integration import integrate
from lionlab.objectives import Quadratic
from lionlab.precision import double_precision
from lionlab.simulation import simulate

U = np.finfo(float).eps / 2
MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
F = Quadratic(MATRIX, CENTER)

betas = st.floats(0, 1)
methods = st.builds(
    lambda eta, share, beta1, beta2: LionK(L1Norm(), eta, share / eta, beta1, beta2),
    st.floats(1e-6, 1e3),
    st.floats(0, 1 - 1e-12),
    betas,
    st.floats(0, 1 - 1e-9),
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"alpha": 0}, "alpha must be finite and > 0"),
        ({"alpha": -1.0}, "alpha must be finite and > 0, got -1"),
        ({"alpha": math.nan}, "alpha"),
        ({"gamma": -0.1}, "gamma must be finite and ≥ 0"),
        ({"gamma": math.inf}, "gamma"),
        ({"epsilon": -1.0}, "epsilon"),
        ({"epsilon": 1.01}, "epsilon·gamma must be ≤ 1, got 1.01·1 = 1.01"),
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"weight_decay": math.nan}, "weight_decay"),
    ],
)
def test_bad_constants_are_refused_by_name(arguments, words):
    with pytest.raises(ValueError, match=words):
        LionKFlow(L1Norm(), **{"alpha": 1.0, "gamma": 1.0, "epsilon": 0.5, "weight_decay": 1.0, **arguments})


@pytest.mark.parametrize("arguments", [{"K": np.sign}, {"alpha": "fast"}, {"gamma": None}, {"epsilon": [1, 2]}])
def test_wrong_types_are_refused(arguments):
    with pytest.raises(TypeError, match=next(iter(arguments))):
        LionKFlow(
            **{"K": L1Norm(), "alpha": 1.0, "gamma": 1.0, "epsilon": 0.5, "weight_decay": 1.0, **arguments},
        )


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (LionK(L1Norm(), lambda t: 0.1 / (1 + t), 1.0), "constant step_size"),
        (LionK(L1Norm(), 0.1, 1.0, 0.9, 1.0), "beta2 < 1"),
    ],
)
def test_methods_without_a_flow_are_refused(method, words):
    with pytest.raises(ValueError, match=words):
        LionKFlow.from_discrete(method)


def test_only_a_method_has_a_flow():
    with pytest.raises(TypeError, match="method must be a LionK"):
        LionKFlow.from_discrete(L1Norm())


@pytest.mark.parametrize(
    ("flow", "length", "words"),
    [
        (LionKFlow(L1Norm(), 1.0, 2.0, 0.1, 1.0), 0.1, "alpha = gamma"),
        (LionKFlow(L1Norm(), lambda t: 1.0, 1.0, 0.1, 1.0), 0.1, "alpha = gamma"),
        (LionKFlow(L1Norm(), 2.0, 2.0, 0.1, 1.0), 0.6, r"step_size must be in \(0, 1/gamma\] = \(0, 0.5\], got 0.6"),
        (LionKFlow(L1Norm(), 2.0, 2.0, 0.1, 1.0), 0.0, "step_size"),
        (LionKFlow(L1Norm(), 2.0, 2.0, 0.1, 1.0), math.nan, "step_size"),
        (LionKFlow(L1Norm(), 1.0, 1.0, 0.1, 5.0), 0.5, "step_size·weight_decay must be ≤ 1"),
    ],
)
def test_flows_without_a_method_are_refused(flow, length, words):
    with pytest.raises(ValueError, match=words):
        flow.to_discrete(length)


@given(methods)
def test_there_and_back_is_the_same_method(method):
    flow = LionKFlow.from_discrete(method)
    back = flow.to_discrete(method.step_size)
    assert back.step_size == method.step_size
    assert back.weight_decay == method.weight_decay
    # 1 − (1 − β) loses u of 1, and the product and quotient in between as much again.
    assert abs(back.beta1 - method.beta1) <= 8 * U
    assert abs(back.beta2 - method.beta2) <= 8 * U
    # εγ = 1 − β1, and (ε − η)γ = β2 − β1: m̃ is ahead of m⁺ iff β2 ≥ β1.
    assert abs(flow.epsilon * flow.gamma - (1 - method.beta1)) <= 8 * U
    ahead = (flow.epsilon - method.step_size) * flow.gamma
    assert abs(ahead - (method.beta2 - method.beta1)) <= 16 * U


@given(st.floats(1e-3, 1e3), st.floats(0, 1), st.floats(1e-6, 1), st.floats(0, 1))
def test_back_and_there_is_the_same_flow(gamma, share, fraction, decay):
    dt = fraction / gamma
    flow = LionKFlow(Huber(0.3), gamma, gamma, share / gamma, decay / dt)
    if dt * gamma > 1 or dt * flow.weight_decay > 1:
        return  # by a rounding
    back = LionKFlow.from_discrete(flow.to_discrete(dt))
    # β2 = 1 − γ·dt keeps γ·dt to an absolute u, so relative to γ·dt = `fraction`.
    assert abs(back.gamma - gamma) <= 8 * U / fraction * gamma
    assert back.alpha == back.gamma
    assert abs(back.epsilon * back.gamma - share) <= 8 * U
    assert back.weight_decay == flow.weight_decay


def test_the_method_is_eulers_step_of_its_flow_and_another_flow_is_told_apart():
    rng = np.random.default_rng(0)
    for K in (L1Norm(), LogCosh(2.0), TopKL1(1)):
        for _ in range(20):
            eta, lam = 10 ** rng.uniform(-3, 0), rng.uniform(0, 1)
            method = LionK(K, eta, lam, rng.uniform(0, 1), rng.uniform(0, 0.999))
            flow = LionKFlow.from_discrete(method)
            x, m, g = rng.normal(size=(3, 4))
            with double_precision():
                numbers = Constants(*map(jnp.asarray, (eta, lam, method.beta1, method.beta2)))
                stepped = step(K, numbers, "explicit", State(*map(jnp.asarray, (x, m))), jnp.asarray(g))
                field = constants_at(flow, jnp.asarray(0.0))
                motion = vector_field(K, field, State(*map(jnp.asarray, (x, m))), jnp.asarray(g))
            # η·ṁ = (1−β2)(−g − m), and ε, γ made of the betas, are a dozen roundings of numbers below 10.
            np.testing.assert_allclose(x + eta * np.asarray(motion.x_dot), stepped.x, rtol=0, atol=300 * U)
            np.testing.assert_allclose(m + eta * np.asarray(motion.m_dot), stepped.m, rtol=0, atol=300 * U)
            wrong = m + 1.01 * eta * np.asarray(motion.m_dot)
            assert np.abs(wrong - np.asarray(stepped.m)).max() > 300 * U


def test_the_method_converges_to_its_flow_at_first_order():
    flow = LionKFlow(LogCosh(2.0), 1.0, 1.0, 0.3, 0.5)
    times = np.linspace(0, 4, 9)
    exact = integrate(flow, F, [0.3, -0.2], [0.1, 0.4], times, rtol=1e-11, atol=1e-12)
    errors, steps = [], 0.5 / 2.0 ** np.arange(3, 8)
    for h in steps:
        every = round(0.5 / h)
        run = simulate(flow.to_discrete(h), F, [0.3, -0.2], 8 * every, m0=[0.1, 0.4], record_every=every)
        errors.append(np.abs(run.x - exact.x).max())
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert abs(slope - 1) <= 0.1


def test_alpha_may_depend_on_time_only_as_a_function():
    flow = LionKFlow(L1Norm(), lambda t: 1 + t, 0.0, 0.0, 1.0)
    with double_precision():
        assert constants_at(flow, jnp.asarray(2.0)).alpha == 3.0
