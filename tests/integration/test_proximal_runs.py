"""Runs of the implicit step: the sliding example, what is kept of every step, H_M, and batches."""

import itertools

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import LionKFlow
from lionlab.integration import integrate, integrate_batch
from lionlab.objectives import Objective, Quadratic

F = Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0])
FLOW = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
INSIDE, OUTSIDE = ([0.2, 0.5], [1.0, -1.0]), ([2.5, -3.0], [1.0, 4.0])
H = 0.05


@pytest.mark.parametrize(("h", "end"), [(0.1, 20), (0.01, 20), (1.0, 40)])
def test_sliding_ends_at_the_limit_with_its_selection(h, end):
    times = h * np.arange(round(end / h) + 1)
    run = integrate(FLOW, F, [0.0, 0.0], None, times, step=h)
    np.testing.assert_allclose(run.x[-1], [0.3, -1], rtol=0, atol=1e-6)
    np.testing.assert_allclose(run.selection[-1], [0.3, -1], rtol=0, atol=1e-6)
    assert (np.diff(run.lyapunov) <= run.ledger.sign_allowance + run.ledger.rounding_bound).all()


@pytest.mark.parametrize("start", [INSIDE, OUTSIDE])
def test_saved_times_are_a_selection_of_all_steps(start):
    every = integrate(FLOW, F, *start, H * np.arange(81), step=H)
    kept = np.array([0, 1, 7, 40, 80])
    some = integrate(FLOW, F, *start, H * kept, step=H)
    for column in ("x", "m", "lyapunov", "dissipated", "balance_residual", "constraint_distance"):
        np.testing.assert_array_equal(getattr(some, column), getattr(every, column)[kept], err_msg=column)
    np.testing.assert_array_equal(some.selection, every.selection[kept[1:] - 1])
    windows = itertools.pairwise(kept)
    largest = [every.inclusion_residual[low:high].max() for low, high in windows]
    np.testing.assert_array_equal(some.inclusion_residual, largest)
    for column in ("change", "alignment", "residual", "lyapunov"):
        np.testing.assert_array_equal(getattr(some.ledger, column), getattr(every.ledger, column), err_msg=column)
    assert some.num_steps == every.num_steps == 80
    assert some.bound == every.bound
    assert some.most_iterations == every.most_iterations


def test_the_columns_are_those_of_the_ledger():
    run = integrate(FLOW, F, *INSIDE, 1.0 + H * np.arange(81), step=H)
    np.testing.assert_array_equal(run.lyapunov, run.ledger.lyapunov)
    spent = -np.cumsum(run.ledger.alignment + run.ledger.enhancement)
    np.testing.assert_array_equal(run.dissipated[1:], spent)
    np.testing.assert_allclose(np.diff(run.lyapunov), run.ledger.change, rtol=0, atol=1e-13)
    assert (np.diff(run.dissipated) >= -run.ledger.sign_allowance).all()
    assert run.times[0] == 1.0


def test_outside_H_M_is_used_with_the_largest_M_seen():
    times = H * np.arange(161)
    run = integrate(FLOW, F, *OUTSIDE, times, step=H)
    m_tilde = 0.5 * run.m - 0.5 * (run.x - [0.3, -4.0]) * [1.0, 3.0]
    # The first m̃ only says where the search starts; M bounds what a step uses.
    largest = max(np.abs(m_tilde[1:]).max(), np.abs(run.m).max())
    assert abs(run.bound - largest) <= 1e-12 * largest
    assert np.isfinite(run.lyapunov).all()
    assert (run.ledger.change <= run.ledger.sign_allowance + run.ledger.rounding_bound).all()
    # M·dist in the ball's dual norm: c_h = (1−½)/(1+½+h), γ/λ = 1.
    c = 0.5 / (1.5 + H)
    f = 0.5 * ((run.x - [0.3, -4.0]) ** 2 * [1.0, 3.0]).sum(axis=1)
    penalty = (1 + c) * run.bound * np.maximum(np.abs(run.x) - 1, 0).sum(axis=1)
    expected = f + penalty + c * (np.abs(run.m).sum(axis=1) - (run.x * run.m).sum(axis=1))
    np.testing.assert_allclose(run.lyapunov, expected, rtol=0, atol=1e-12)
    assert integrate(FLOW, F, *OUTSIDE, times, step=H, bound=run.bound).bound == run.bound
    assert integrate(FLOW, F, *INSIDE, times, step=H).bound is None


def test_a_batch_is_its_single_runs_and_shares_one_M():
    x, m = (np.array(part) for part in zip(INSIDE, OUTSIDE, ([0.0, 0.0], [0.0, 0.0]), strict=True))
    times = H * np.arange(0, 81, 4)
    batch = integrate_batch(FLOW, F, x, m, times, step=H)
    singles = [integrate(FLOW, F, *start, times, step=H, bound=batch.bound) for start in zip(x, m, strict=True)]
    assert batch.x.shape == (21, 3, 2)
    assert batch.selection.shape == (20, 3, 2)
    assert batch.inclusion_residual.shape == (20, 3)
    assert batch.ledger.residual.shape == (80, 3)
    assert batch.bound >= max(np.abs(batch.m).max(), integrate(FLOW, F, *OUTSIDE, times, step=H).bound)
    for run, single in enumerate(singles):
        for column in ("x", "m", "lyapunov", "dissipated", "constraint_distance"):
            np.testing.assert_allclose(
                getattr(batch, column)[:, run], getattr(single, column), rtol=0, atol=1e-11, err_msg=column
            )


def test_an_unknown_smoothness_changes_nothing_but_the_effort():
    unknown = Objective(F.value, 2)
    times = H * np.arange(81)
    known, found = (integrate(FLOW, f, *INSIDE, times, step=H) for f in (F, unknown))
    np.testing.assert_allclose(found.x, known.x, rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.selection, known.selection, rtol=0, atol=1e-9)
    assert found.most_iterations <= 10 * known.most_iterations + 100


@pytest.mark.parametrize("weight_decay", [0.0, 1e-6, 30.0])
def test_extreme_decays(weight_decay):
    flow = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, weight_decay)
    run = integrate(flow, F, *INSIDE, H * np.arange(81), step=H)
    assert (np.abs(run.ledger.residual) <= run.ledger.rounding_bound).all()
    assert (run.ledger.change <= run.ledger.sign_allowance + run.ledger.rounding_bound).all()


@pytest.mark.thorough
def test_the_implicit_step_is_of_first_order_through_sliding():
    exact = integrate(FLOW, F, *INSIDE, np.linspace(0, 4, 5), step=1 / 4096)
    steps = 1 / 2.0 ** np.arange(4, 8)
    errors = [np.abs(integrate(FLOW, F, *INSIDE, np.linspace(0, 4, 5), step=h).x - exact.x)[1:].max() for h in steps]
    assert abs(np.polyfit(np.log(steps), np.log(errors), 1)[0] - 1) <= 0.15
