"""Smooth K: the solvers against SciPy with ∇K in NumPy, and the contract of `integrate`: dtypes, batches, times."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flow_problems import OBJECTIVES, SMOOTH, plain_slope, random_flows, random_starts
from scipy.integrate import solve_ivp
from tiers import waiting

from lionlab.convex import LogCosh, SquaredL2
from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics import LionKFlow
from lionlab.integration import integrate, integrate_batch
from lionlab.objectives import Quadratic

# Coarse, but what they give is a solution to a few per cent: the guards must let it pass.
COARSE = ((1e-3, 1e-3), (1e-3, 1e-5), (1e-4, 1e-6))
TIMES = np.linspace(0, 6, 13)
# Each compiles its own solver. One with corners and one without stand for their kin, which differ in ∇K alone: that is
# compared below for all.
EVERY_TIME = ("huber", "pseudo huber")
F = Quadratic([[2.0, 0.3], [0.3, 1.0]], [0.7, -1.9])
FLOW = LionKFlow(LogCosh(2.0), 0.7, 1.3, 0.4, 0.9)
START = ([0.5, -0.8], [2.0, 0.1])


def scipys(name, flow, x0, m0, times, method="DOP853"):
    """(x, m) at `times` by SciPy, the flow written out in NumPy."""
    gradient, size = SMOOTH[name], x0.size

    def field(time, state):
        x, m = state[:size].reshape(x0.shape), state[size:].reshape(x0.shape)
        alpha = flow.alpha(time) if callable(flow.alpha) else flow.alpha
        g = plain_slope(x)
        m_dot = -alpha * g - flow.gamma * m
        return np.concatenate([(gradient(m + flow.epsilon * m_dot) - flow.weight_decay * x).ravel(), m_dot.ravel()])

    start = np.concatenate([x0.ravel(), m0.ravel()])
    found = solve_ivp(field, times[[0, -1]], start, method, times, rtol=1e-9, atol=1e-10).y.T
    return found[:, :size].reshape(-1, *x0.shape), found[:, size:].reshape(-1, *x0.shape)


def test_every_smooth_K_of_the_catalogue_is_here():
    assert set(SMOOTH) == {name for name, example in CATALOGUE.items() if example.function.is_smooth}


@pytest.mark.parametrize("name", SMOOTH)
def test_every_gradient_is_the_plain_one(name):
    K, shape = CATALOGUE[name]
    for z in 2 * np.random.default_rng(0).normal(size=(20, *shape)):
        np.testing.assert_allclose(K.subgradient(z), SMOOTH[name](z), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", waiting(SMOOTH, [name for name in SMOOTH if name not in EVERY_TIME]))
def test_smooth_K_against_scipy_its_own_balance_and_coarse_tolerances(name):
    K, shape = CATALOGUE[name]
    runs = 12 if len(shape) == 1 else 4  # singular values take their time
    rng = np.random.default_rng(1)
    flows = random_flows(K, runs, rng)
    for inside in (True, False):
        x, m = random_starts(flows, shape, rng, inside)
        batch = integrate_batch(flows, OBJECTIVES[shape], x, m, TIMES, rtol=1e-9, atol=1e-10)
        assert batch.x.shape == batch.m.shape == (len(TIMES), runs, *shape)
        for run in range(2):
            plain = scipys(name, flows[run], x[run], m[run], TIMES)
            # Both solvers hold each step to 1e-9 of numbers up to 30; a nonconvex f lets errors grow tenfold.
            for ours, theirs in zip((batch.x[:, run], batch.m[:, run]), plain, strict=True):
                assert np.abs(ours - theirs).max() <= 1e-6
        # A thousand steps, each with that error, times ∇H.
        assert (np.abs(batch.balance_residual) <= 1e-5 * (1 + np.abs(batch.lyapunov[0]))).all()
        assert (np.diff(batch.lyapunov, axis=0) <= 1e-5 * (1 + np.abs(batch.lyapunov[0]))).all()
        for rtol, atol in COARSE:
            coarse = integrate_batch(flows, OBJECTIVES[shape], x, m, TIMES, rtol=rtol, atol=atol)
            # Outside, H is infinite at any tolerance, and H_M in use.
            assert coarse.bound is not None or batch.bound is None


def test_a_wrong_constant_is_told_apart_from_scipy():
    name = "huber"  # with as many runs as above, for what is compiled for each
    K, shape = CATALOGUE[name]
    rng = np.random.default_rng(1)
    flows = random_flows(K, 12, rng)
    x, m = random_starts(flows, shape, rng, True)
    wrong = LionKFlow(K, flows[0].alpha, flows[0].gamma, 0.99 * flows[0].epsilon, flows[0].weight_decay)
    batch = integrate_batch(flows, OBJECTIVES[shape], x, m, TIMES, rtol=1e-9, atol=1e-10)
    assert np.abs(batch.x[:, 0] - scipys(name, wrong, x[0], m[0], TIMES)[0]).max() > 1e-5


@pytest.mark.parametrize("solver", waiting(["kvaerno5", "rk4"], ["kvaerno5"]))
def test_the_other_solvers_against_scipy(solver):
    name = "log cosh"
    K, shape = CATALOGUE[name]
    rng = np.random.default_rng(2)
    flows = random_flows(K, 4, rng)
    x, m = random_starts(flows, shape, rng, True)

    def solved(step, rtol, atol):
        step = step if solver == "rk4" else None
        return integrate_batch(flows, OBJECTIVES[shape], x, m, TIMES, solver=solver, step=step, rtol=rtol, atol=atol)

    batch = solved(1 / 256, 1e-8, 1e-9)
    for run in range(4):
        plain = scipys(name, flows[run], x[run], m[run], TIMES, "Radau" if run == 0 else "DOP853")
        # Radau is of order 5 as well, and kvaerno5 has 1e-8; rk4 errs by h⁴ ≈ 2e-10 times fifth derivatives.
        assert np.abs(batch.x[:, run] - plain[0]).max() <= 1e-5
        assert np.abs(batch.m[:, run] - plain[1]).max() <= 1e-5
    if solver == "kvaerno5":
        for rtol, atol in COARSE:
            solved(None, rtol, atol)
        residuals = [np.abs(solved(None, tol, tol).balance_residual).max() for tol in (1e-4, 1e-7, 1e-10)]
        assert residuals[0] > 10 * residuals[1] > 100 * residuals[2]
        assert residuals[2] <= 1e-8


def test_the_balance_residual_falls_with_the_fourth_power_of_rk4s_step():
    steps = 0.25 / 2.0 ** np.arange(3, 5)  # each is compiled anew
    residuals = [
        np.abs(integrate(FLOW, F, *START, [0.0, 2.0, 4.0], solver="rk4", step=h).balance_residual).max() for h in steps
    ]
    assert np.polyfit(np.log(steps), np.log(residuals), 1)[0] >= 3.7


def test_the_balance_residual_falls_with_the_tolerance():
    residuals = [
        np.abs(integrate(FLOW, F, *START, TIMES, rtol=tol, atol=tol).balance_residual).max()
        for tol in (1e-4, 1e-7, 1e-10)
    ]
    assert residuals[0] > 10 * residuals[1] > 100 * residuals[2]
    assert residuals[2] <= 1e-8


@pytest.mark.thorough
def test_kvaerno5_has_the_derivative_of_the_field():
    # 294 steps; with a Jacobian that lacks log cosh's own derivative rule Newton's method fails, and takes thrice that.
    assert integrate(FLOW, F, *START, TIMES, solver="kvaerno5", rtol=1e-9, atol=1e-9).num_steps <= 400


def test_dense_output_is_the_solution_between_the_saved_times():
    dense = integrate(FLOW, F, *START, [0.0, 6.0], dense=True)
    fine = integrate(FLOW, F, *START, TIMES)
    x, m = dense.at(TIMES)
    # Tsit5's interpolant is of order 4 where its steps are of order 5, so it errs more than the 1e-8 of a step.
    np.testing.assert_allclose(x, fine.x, rtol=0, atol=1e-5)
    np.testing.assert_allclose(m, fine.m, rtol=0, atol=1e-5)
    one_x, one_m = dense.at(6.0)
    np.testing.assert_allclose(one_x, dense.x[-1], rtol=0, atol=1e-12)
    assert one_x.shape == one_m.shape == (2,)


@pytest.mark.parametrize(("solver", "step"), [("tsit5", None), pytest.param("rk4", 0.1, marks=pytest.mark.thorough)])
def test_a_batch_is_its_single_runs(solver, step):
    flows = [LionKFlow(LogCosh(b), alpha, 1.3, 0.4, 0.9) for b, alpha in ((0.5, 0.5), (2.0, 1.0), (5.0, 2.0))]
    x, m = np.array([[0.5, -0.8], [0.1, 0.2], [0.0, 0.0]]), np.array([[2.0, 0.1], [0.0, 0.3], [0.0, 0.0]])
    batch = integrate_batch(flows, F, x, m, TIMES, solver=solver, step=step)
    for run, flow in enumerate(flows):
        single = integrate(flow, F, x[run], m[run], TIMES, solver=solver, step=step)
        # The same steps but for a rounding of their control, by which errors of 1e-8 may differ.
        for column in ("x", "m", "lyapunov", "dissipated"):
            np.testing.assert_allclose(getattr(batch, column)[:, run], getattr(single, column), rtol=0, atol=1e-7)


def test_one_flow_serves_a_batch_and_one_M_serves_all_runs():
    x = np.array([[0.5, -0.8], [3.0, 0.2], [0.1, 0.0]])
    batch = integrate_batch(FLOW, F, x, None, TIMES)
    assert batch.bound is not None
    again = integrate_batch(FLOW, F, x, None, TIMES, bound=batch.bound)
    np.testing.assert_array_equal(again.lyapunov, batch.lyapunov)
    assert batch.num_steps.shape == (3,)


@pytest.mark.parametrize(("solver", "step"), [("tsit5", None), pytest.param("rk4", 0.02, marks=pytest.mark.thorough)])
def test_alpha_may_change_with_time(solver, step):
    name = "log cosh"
    K, shape = CATALOGUE[name]
    flow = LionKFlow(K, lambda t: 1 + 0.5 * jnp.sin(t), 1.0, 0.3, 0.6)
    plain = LionKFlow(K, lambda t: 1 + 0.5 * np.sin(t), 1.0, 0.3, 0.6)
    x0, m0 = np.array([0.1, -0.2, 0.3, 0.4]), np.array([1.0, 0.0, -1.0, 0.5])
    run = integrate(flow, OBJECTIVES[shape], x0, m0, TIMES + 1, solver=solver, step=step)
    x, m = scipys(name, plain, x0, m0, TIMES + 1)
    np.testing.assert_allclose(run.x, x, rtol=0, atol=1e-5)
    np.testing.assert_allclose(run.m, m, rtol=0, atol=1e-5)
    # The account includes ∫α̇f, without which it would be off by about ½·f.
    assert np.abs(run.balance_residual).max() <= 1e-5
    assert np.abs(run.lyapunov + run.dissipated - run.lyapunov[0]).max() > 0.1


@pytest.mark.parametrize(
    ("solver", "step"),
    # The implicit step keeps float32 in tests/dynamics/test_proximal_step.py, and its ledger in test_proximal.py.
    [("tsit5", None), *(pytest.param(name, 0.05, marks=pytest.mark.thorough) for name in ("rk4", "proximal"))],
)
def test_float32_in_float32_out(solver, step):
    start = [np.float32(part) for part in START]
    run = integrate(FLOW, F, *start, TIMES, solver=solver, step=step)
    exact = integrate(FLOW, F, *START, TIMES, solver=solver, step=step)
    for column in ("times", "x", "m", "lyapunov", "dissipated", "balance_residual", "constraint_distance"):
        assert getattr(run, column).dtype == np.float32, column
        assert getattr(exact, column).dtype == np.float64, column
    # Tolerances of 1e-4 over some hundred steps, that the flow damps.
    np.testing.assert_allclose(run.x, exact.x, rtol=0, atol=2e-3)


def test_jaxs_global_flags_are_untouched():
    flags = (jax.config.jax_enable_x64, jax.config.jax_numpy_dtype_promotion, jax.config.jax_numpy_rank_promotion)
    integrate(FLOW, F, *START, TIMES)
    assert flags == (
        jax.config.jax_enable_x64,
        jax.config.jax_numpy_dtype_promotion,
        jax.config.jax_numpy_rank_promotion,
    )
    assert flags == (False, "strict", "raise")
    assert jnp.asarray(1.0).dtype == np.float32


SPANS = {
    "two": [0, 3], "negative": [-2.5, 0.5], "late": [1e6, 1e6 + 3],
    "uneven": [0, *(10.0 ** np.linspace(-6, -1, 11)), 3], "many": np.linspace(0, 3, 5001),
}  # fmt: skip
SPANNED = [(name, solver) for name in SPANS for solver in ("tsit5", "rk4")]


# Every number of times is compiled anew; the uneven ones are as many as in other tests.
@pytest.mark.parametrize("case", waiting(SPANNED, [("two", "rk4"), ("uneven", "rk4"), ("many", "rk4")]), ids="-".join)
def test_any_increasing_times(case):
    times, solver = SPANS[case[0]], case[1]
    run = integrate(FLOW, F, *START, times, solver=solver, step=0.02 if solver == "rk4" else None)
    # The flow does not depend on time, so only the length matters; 1e6 is stored to 1e-10.
    reference = integrate(FLOW, F, *START, [0, 3], rtol=1e-10, atol=1e-11)
    assert run.times.shape == run.lyapunov.shape == (len(times),)
    np.testing.assert_array_equal(run.x[0], START[0])
    np.testing.assert_allclose(run.x[-1], reference.x[-1], rtol=0, atol=1e-6)


def test_without_decay_the_set_is_everything():
    flow = LionKFlow(SquaredL2(), 1.0, 0.5, 0.4, 0.0)
    # As many times as in other tests, for what is compiled anew for each number of them.
    run = integrate(flow, F, *START, [*TIMES[:-1], 80])
    assert run.bound is None
    assert not run.constraint_distance.any()
    assert np.abs(run.balance_residual).max() <= 1e-6
    np.testing.assert_allclose(run.x[-1], [0.7, -1.9], rtol=0, atol=1e-6)


def test_at_rest_it_stays_at_rest():
    run = integrate(LionKFlow(SquaredL2(), 1.0, 1.0, 0.5, 0.0), F, [0.7, -1.9], [0.0, 0.0], TIMES)
    np.testing.assert_allclose(run.x, np.broadcast_to([0.7, -1.9], run.x.shape), rtol=0, atol=1e-14)
