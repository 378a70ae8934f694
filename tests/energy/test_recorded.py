"""What a ledger cannot be made of is refused in words: other objectives, NaN, wrong lengths, no trajectory at all."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import CustomFunction, L1Norm, SquaredL2
from lionlab.dynamics import LionK, Trajectory
from lionlab.energy import constraint_distance, energy_ledger, lyapunov, phase_switch
from lionlab.objectives import LogisticRegression, Quadratic
from lionlab.simulation import simulate, simulate_batch

MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
F = Quadratic(MATRIX, CENTER)
METHOD = LionK(L1Norm(), 0.05, 0.4)
RUN = simulate(METHOD, F, [0.3, -0.2], 50)
BATCH = simulate_batch(METHOD, F, np.array([[0.3, -0.2], [1.0, 1.0]]), 50)


def with_entry(array: np.ndarray, index: tuple[int, ...], value: float) -> np.ndarray:
    changed = array.copy()
    changed[index] = value
    return changed


def bare_function(x):
    return jnp.sum(x**2)


@pytest.mark.parametrize("run", [RUN, BATCH], ids=["single", "batch"])
@pytest.mark.parametrize("factor", [1.5, 1 + 1e-6])
def test_a_run_under_another_objective_is_refused(run, factor):
    with pytest.raises(ValueError, match=r"recorded at step 0( of run 0)? differs from this objective's by") as refusal:
        energy_ledger(METHOD, Quadratic(factor * MATRIX, CENTER), run)
    assert "\n" not in str(refusal.value)


def test_the_first_step_that_differs_is_named():
    wrong = with_entry(RUN.gradient, (17, 1), RUN.gradient[17, 1] + 1e-6)
    with pytest.raises(ValueError, match="step 17 differs"):
        energy_ledger(METHOD, F, replace(RUN, gradient=wrong))
    wrong = with_entry(BATCH.gradient, (17, 1, 0), 0.0)
    with pytest.raises(ValueError, match="step 17 of run 1 differs"):
        energy_ledger(METHOD, F, replace(BATCH, gradient=wrong))


def test_a_gradient_off_by_rounding_is_not_refused():
    rounded = RUN.gradient * (1 + 1e-12)
    assert energy_ledger(METHOD, F, replace(RUN, gradient=rounded)).residual.shape == (50,)


def test_noise_is_known_to_be_noise():
    run = simulate(METHOD, F, [0.3, -0.2], 50, gradient_noise=0.5, key=1)
    assert run.is_noisy
    assert not RUN.is_noisy
    ledger = energy_ledger(METHOD, F, run)
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    with pytest.raises(ValueError, match="is_noisy=True"):
        energy_ledger(METHOD, F, replace(run, is_noisy=False))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_run_at_rest_is_not_refused_for_the_rounding_of_its_gradients(dtype):
    """At the minimiser every gradient is rounding, and another order of its sums gives another one."""
    rng = np.random.default_rng(3)
    features = rng.normal(size=(40, 5))
    f = LogisticRegression(features, features @ rng.normal(size=5) + rng.normal(size=40) > 0)
    x = np.zeros(5)
    for _ in range(50):  # Newton's method
        curvature = np.exp(-(features @ x))
        weights = curvature / (1 + curvature) ** 2
        x = x - np.linalg.solve(features.T @ (weights[:, None] * features) / 40, f.gradient(x))
    method = LionK(SquaredL2(), 0.05, 0.0)
    run = simulate(method, f, x.astype(dtype), 20)
    reversed_sums = LogisticRegression(features[::-1], np.asarray(f.signs)[::-1])
    assert np.isfinite(energy_ledger(method, reversed_sums, run).residual).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["x", "m", "gradient"])
def test_what_is_not_finite_is_named_with_its_step(name, value):
    broken = replace(RUN, **{name: with_entry(getattr(RUN, name), (7, 1), value)})
    with pytest.raises(ValueError, match=rf"trajectory\.{name} must be finite, got {value} at step 7"):
        energy_ledger(METHOD, F, broken)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"m": RUN.m[:-1]}, r"trajectory\.m must have the shape of trajectory\.x, \(51, 2\), got \(50, 2\)"),
        ({"x": RUN.x[:-1]}, r"trajectory\.m must have the shape"),
        ({"gradient": RUN.gradient[:-1]}, r"one entry per step, shape \(50, 2\), got \(49, 2\)"),
        ({"x": RUN.x[:, :1], "m": RUN.m[:, :1], "gradient": None}, r"objective's shape \(2,\), got \(1,\)"),
        ({"x": RUN.x[:0], "m": RUN.m[:0], "gradient": None}, "at least one state"),
    ],
    ids=["m", "x", "gradient", "dimension", "empty"],
)
def test_lengths_that_do_not_fit_are_refused(changed, words):
    with pytest.raises(ValueError, match=words):
        energy_ledger(METHOD, F, replace(RUN, **changed))


def test_mixed_precisions_and_counts_of_methods_are_refused():
    with pytest.raises(TypeError, match="one dtype, got float32 and float64"):
        energy_ledger(METHOD, F, replace(RUN, m=RUN.m.astype(np.float32)))
    with pytest.raises(ValueError, match="one method"):
        energy_ledger([METHOD, METHOD], F, RUN)
    with pytest.raises(ValueError, match="each of the 2 run"):
        energy_ledger([METHOD] * 3, F, BATCH)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: simulate(METHOD, bare_function, [0.0, 0.0], 3), r"wrap a JAX function as Objective\(function, dim\)"),
        (lambda: simulate(METHOD, Quadratic, [0.0, 0.0], 3), "objective must be a loss"),
        (lambda: simulate_batch(METHOD, bare_function, np.zeros((2, 2)), 3), "wrap a JAX function"),
        (lambda: simulate_batch(METHOD, [F, bare_function], np.zeros((2, 2)), 3), "wrap a JAX function"),
        (lambda: energy_ledger(METHOD, bare_function, RUN), "wrap a JAX function"),
        (lambda: lyapunov(METHOD, bare_function, [0.0, 0.0], [0.0, 0.0]), "wrap a JAX function"),
        (lambda: energy_ledger(METHOD, F, 3), "trajectory must be a Trajectory"),
        (lambda: constraint_distance(METHOD, 3), "trajectory must be what `simulate`"),
        (lambda: phase_switch(METHOD, RUN.x, 0.1), "trajectory must be what `simulate`"),
        (lambda: constraint_distance(bare_function, RUN), "method must be a LionK"),
        (lambda: simulate(3, F, [0.0, 0.0], 3), "method must be a LionK"),
        (lambda: simulate_batch([METHOD, 3], F, np.zeros((2, 2)), 3), "method must be a LionK"),
        (lambda: energy_ledger(3, F, RUN), "method must be a LionK"),
        (lambda: lyapunov(3, F, [0.0, 0.0], [0.0, 0.0]), "method must be a LionK"),
    ],
)
def test_what_is_no_objective_trajectory_or_method_is_refused(call, words):
    with pytest.raises(TypeError, match=words) as refusal:
        call()
    assert "\n" not in str(refusal.value)


def test_a_trajectory_made_by_hand_has_a_ledger():
    made = Trajectory(RUN.x, RUN.m)
    ledger = energy_ledger(METHOD, F, made)
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


def test_a_ledger_that_would_take_minutes_is_refused():
    K = CustomFunction(lambda z: jnp.sum(jnp.abs(z)), jnp.sign)
    with pytest.raises(
        ValueError, match=r"seconds for each of 51 states.* Declare is_positively_homogeneous"
    ) as refusal:
        energy_ledger(LionK(K, 0.05, 0.4), F, RUN, bound=10.0)
    assert "\n" not in str(refusal.value)
