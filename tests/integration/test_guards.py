"""Nothing that theory excludes is returned as a success, and nothing that is merely coarse is refused."""

import jax.numpy as jnp
import numpy as np
import pytest
from flow_problems import OBJECTIVES, random_flows, random_starts

from lionlab.convex import Huber, L1Norm, LogCosh, SquaredL2, Truncated
from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics import LionKFlow
from lionlab.integration import IntegrationError, _adaptive, _solve_implicit, _solve_smooth, integrate, integrate_batch
from lionlab.objectives import Objective, Quadratic

F = Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0])
INSIDE, OUTSIDE = ([0.1, 0.2], [0.5, 0.3]), ([2.5, -3.0], [0.5, 0.3])
FLOW = LionKFlow(Huber(0.4), 1.0, 1.0, 0.5, 1.0)
KINKED = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
TIMES = 0.5 * np.arange(9)


def replaced(array, index, value):
    return jnp.asarray(array).at[index].set(value)


def left_the_set(solved):
    # 1e-3 is far beyond 1e-8, the errors that the tolerances admit.
    return solved._replace(observed=solved.observed._replace(distance=replaced(solved.observed.distance, 5, 1e-3)))


def approached_too_slowly(solved):
    distance = solved.observed.distance
    slow = distance[0] * jnp.exp(-0.9 * jnp.asarray(TIMES, distance.dtype))
    return solved._replace(observed=solved.observed._replace(distance=slow))


def lost_a_distance(solved):
    return solved._replace(observed=solved.observed._replace(distance=replaced(solved.observed.distance, 3, jnp.nan)))


def allowed_everything(solved):
    return solved._replace(allowance=replaced(solved.allowance, 4, jnp.inf))


def is_nan(solved):
    return solved._replace(state=solved.state._replace(x=replaced(solved.state.x, (4, 0), jnp.nan)))


def overflowed(solved):
    return solved._replace(state=solved.state._replace(m=replaced(solved.state.m, (4, 0), jnp.inf)))


def dissipated_nothing(solved):
    return solved._replace(dissipated=0 * solved.dissipated)


def gained_energy(solved):
    H = solved.observed.lyapunov
    return solved._replace(observed=solved.observed._replace(lyapunov=replaced(H, -1, 3 * H[0])))


def gave_up(solved):
    return solved._replace(is_finished=jnp.asarray(False))


@pytest.mark.parametrize(
    ("plant", "start", "words"),
    [
        (left_the_set, INSIDE, r"says it succeeded, but at time 2\.5 λx is 0\.001 outside dom K\*.*wrong by theorem"),
        (approached_too_slowly, OUTSIDE, r"at time 0\.5 λx is .* phase 1 allows"),
        (lost_a_distance, INSIDE, r"at time 1\.5 λx is nan outside"),
        (allowed_everything, INSIDE, r"at time 2 .* allows 0"),
        (is_nan, INSIDE, r"returned a x that is not finite at time 2"),
        (overflowed, INSIDE, r"returned a m that is not finite at time 2"),
        (dissipated_nothing, INSIDE, r"its energy account is off by .* where at most .* is explained"),
        (dissipated_nothing, OUTSIDE, r"its energy account is off"),
        (gained_energy, INSIDE, r"at time 4 its energy account is off"),
        (gave_up, INSIDE, r"gave up after \d+ accepted steps"),
    ],
)
@pytest.mark.parametrize(("solver", "step"), [("tsit5", None), ("rk4", 0.05)])
def test_planted_garbage_is_reported(plant, start, words, solver, step, monkeypatch):
    compiled = _solve_smooth._compiled
    assert integrate(FLOW, F, *start, TIMES, solver=solver, step=step).solver == solver
    monkeypatch.setattr(_solve_smooth, "_compiled", lambda *arguments: plant(compiled(*arguments)))
    with pytest.raises(IntegrationError, match=f"{solver}.*{words}"):
        integrate(FLOW, F, *start, TIMES, solver=solver, step=step)


def test_garbage_in_one_run_of_a_batch_names_the_run(monkeypatch):
    compiled = _solve_smooth._compiled
    x = np.tile(INSIDE[0], (3, 1))

    def planted(*arguments):
        solved = compiled(*arguments)
        return solved._replace(
            observed=solved.observed._replace(distance=replaced(solved.observed.distance, (5, 1), 0.1))
        )

    monkeypatch.setattr(_solve_smooth, "_compiled", planted)
    with pytest.raises(IntegrationError, match="of run 1"):
        integrate_batch(FLOW, F, x, None, TIMES)


@pytest.mark.parametrize(
    ("field", "index", "value", "words"),
    [
        ("inclusion_residual", 3, 1e-3, r"step 4 found no s ∈ ∂K\(m̃⁺\).*raise rtol"),
        ("inclusion_residual", 3, np.nan, "step 4 found no s"),
        ("tolerance", 3, np.nan, "step 4 found no s"),
    ],
)
def test_a_false_certificate_of_the_implicit_step_is_reported(field, index, value, words, monkeypatch):
    compiled = _solve_implicit._run

    def planted(*arguments):
        run = compiled(*arguments)
        return run._replace(steps=run.steps._replace(**{field: replaced(getattr(run.steps, field), index, value)}))

    monkeypatch.setattr(_solve_implicit, "_run", planted)
    with pytest.raises(IntegrationError, match=words):
        integrate(KINKED, F, *INSIDE, TIMES, step=0.5)


def test_an_implicit_step_out_of_the_set_is_reported(monkeypatch):
    compiled = _solve_implicit._account

    def planted(*arguments):
        account = compiled(*arguments)
        return account._replace(distance=replaced(account.distance, 3, 1e-6))

    monkeypatch.setattr(_solve_implicit, "_account", planted)
    with pytest.raises(IntegrationError, match=r"at time 1\.5 λx is 1e-06 outside dom K\*"):
        integrate(KINKED, F, *INSIDE, TIMES, step=0.5)


def test_a_run_that_outgrows_every_M_is_reported(monkeypatch):
    compiled = _solve_smooth._compiled

    def planted(flow, f, numbers, start, bound, *arguments):
        solved = compiled(flow, f, numbers, start, bound, *arguments)
        return solved if bound is None else solved._replace(ball_norm=2 * jnp.asarray(bound))

    monkeypatch.setattr(_solve_smooth, "_compiled", planted)
    with pytest.raises(IntegrationError, match=r"tsit5 found no M that bounds ‖m̃‖_B"):
        integrate(FLOW, F, *OUTSIDE, TIMES)


def test_an_infinite_K_is_refused():
    flow = LionKFlow(Truncated(L1Norm(), 0.1), 1.0, 1.0, 0.5, 1.0)
    with pytest.raises(IntegrationError, match=r"at step 1 K\(m̃\) or K\*\(s\) is infinite.*Truncated\(K, M\)"):
        integrate(flow, F, *INSIDE, TIMES, step=0.5)


@pytest.mark.parametrize("K", [SquaredL2(), Huber(0.1)], ids=repr)
@pytest.mark.parametrize("gamma", [100.0, 500.0])
def test_rk4_that_explodes_is_reported(K, gamma):
    # γh = 5 and 25 are beyond 2.785, where RK4 on ṁ = −γm becomes unstable.
    flow = LionKFlow(K, 1.0, gamma, 0.5 / gamma, 0.5)
    with pytest.raises(IntegrationError, match=r"rk4 .*(not finite|off by|outside)"):
        integrate(flow, F, *INSIDE, TIMES, solver="rk4", step=0.05)
    adaptive = integrate(flow, F, *INSIDE, TIMES)
    fine = integrate(flow, F, *INSIDE, TIMES, solver="rk4", step=1 / gamma)
    np.testing.assert_allclose(adaptive.x, fine.x, rtol=0, atol=1e-3)


# Both drive x towards 0.5, where the first ends and the second has a pole.
def _sqrt_loss(x):
    return jnp.sum(jnp.sqrt(0.5 - x))


def _pole(x):
    return jnp.sum(-1 / jnp.abs(0.5 - x) ** 3)


@pytest.mark.parametrize(
    ("loss", "solver", "step"),
    [
        (_sqrt_loss, "tsit5", None),
        pytest.param(_sqrt_loss, "kvaerno5", None, marks=pytest.mark.thorough),
        pytest.param(_sqrt_loss, "rk4", 0.05, marks=pytest.mark.thorough),
        (_sqrt_loss, "proximal", 0.05),
        pytest.param(_pole, "tsit5", None, marks=pytest.mark.thorough),
        (_pole, "rk4", 0.05),
        pytest.param(_pole, "proximal", 0.05, marks=pytest.mark.thorough),
    ],
)
def test_a_loss_that_is_nan_or_infinite_on_the_way_is_reported(loss, solver, step):
    flow = LionKFlow(Huber(0.1), 1.0, 1.0, 0.5, 0.5)
    with pytest.raises(IntegrationError, match=r"gave up|not finite|off by|outside|found no s"):
        integrate(flow, Objective(loss, 2), [0.0, 0.3], [1.0, 1.0], np.linspace(0, 5, 6), solver=solver, step=step)


def test_running_out_of_steps_is_reported(monkeypatch):
    monkeypatch.setattr(_adaptive, "MOST_STEPS", 3)
    # A K of its own, so that nothing compiled with more steps serves.
    with pytest.raises(IntegrationError, match=r"tsit5 gave up after \d accepted steps; try looser tolerances"):
        integrate(LionKFlow(LogCosh(1.7), 1.0, 1.0, 0.5, 1.0), F, *INSIDE, np.linspace(0, 4, 7))


def test_coarse_but_correct_results_are_not_refused():
    # The adaptive solvers are tried beside SciPy. The corners of Huber's ∇K are what makes steps of one length coarse.
    K, shape = CATALOGUE["huber 3"]
    rng = np.random.default_rng(6)
    flows = random_flows(K, 8, rng)
    for inside in (True, False):
        x, m = random_starts(flows, shape, rng, inside)
        for step in (0.05, 0.02):
            integrate_batch(flows, OBJECTIVES[shape], x, m, np.linspace(0, 6, 13), solver="rk4", step=step)
