"""The public evaluators take a flow and its solution as they take a method and its trajectory."""

import numpy as np
import pytest

from lionlab.convex import Huber, L1Norm, SquaredL2
from lionlab.dynamics import LionKFlow
from lionlab.energy import constraint_distance, lyapunov, phase_switch
from lionlab.integration import integrate, integrate_batch
from lionlab.objectives import Quadratic

F = Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0])
TIMES = 0.1 * np.arange(41)


def plain_H(x, m, alpha, gamma, epsilon, lam, threshold=0.4):
    """Huber's H, written out."""
    f = 0.5 * ((x[0] - 0.3) ** 2 + 3 * (x[1] + 4) ** 2)
    K = np.where(np.abs(m) <= threshold, m**2 / (2 * threshold), np.abs(m) - threshold / 2).sum()
    K_star = threshold / 2 * ((lam * x) ** 2).sum()
    c = (1 - epsilon * gamma) / (1 + epsilon * lam)
    return alpha * f + gamma / lam * K_star + c * (K_star + K - lam * x @ m)


def test_lyapunov_of_a_flow_is_the_formula_and_the_solutions_column():
    numbers = (0.7, 1.3, 0.4, 0.9)
    flow = LionKFlow(Huber(0.4), *numbers)
    run = integrate(flow, F, [0.5, -0.8], [2.0, 0.1], TIMES)
    for x, m, H in zip(run.x[::10], run.m[::10], run.lyapunov[::10], strict=True):
        # Thirty operations on numbers below 100.
        assert abs(lyapunov(flow, F, x, m) - plain_H(x, m, *numbers)) <= 1e-13
        assert abs(lyapunov(flow, F, x, m) - H) <= 1e-13


def test_outside_H_is_infinite_and_H_M_counts_the_excess():
    flow = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
    run = integrate(flow, F, [1.5, -3.0], [0.0, 0.0], TIMES, step=0.1, bound=20.0)
    assert lyapunov(flow, F, run.x[0], run.m[0]) == np.inf
    H_M = lyapunov(flow, F, run.x[0], run.m[0], bound=20.0)
    excess = np.maximum(np.abs(run.x[0]) - 1, 0).sum()
    # c = (1 − ½)/(1 + ½) = 1/3, m = 0.
    assert abs(H_M - (F(run.x[0]) + (1 + 1 / 3) * 20 * excess)) <= 1e-12 * H_M
    with pytest.raises(ValueError, match=r"bound must be at least .* 30\.0, got 20\.0"):
        lyapunov(flow, F, [0.5, 0.5], [30.0, 0.0], bound=20.0)


def test_without_decay_and_with_a_changing_alpha():
    flow = LionKFlow(SquaredL2(), 2.0, 0.5, 0.4, 0.0)
    assert abs(lyapunov(flow, F, [0.3, -4.0], [1.0, 2.0]) - (1 - 0.2) * 2.5) <= 1e-14
    growing = LionKFlow(SquaredL2(), lambda t: 2 + t, 0.5, 0.4, 0.0)
    assert lyapunov(growing, F, [0.4, -3.0], [1.0, 2.0]) == lyapunov(flow, F, [0.4, -3.0], [1.0, 2.0])


def test_float32_stays_float32():
    flow = LionKFlow(Huber(0.4), 0.7, 1.3, 0.4, 0.9)
    assert lyapunov(flow, F, np.float32([0.5, -0.8]), np.float32([2.0, 0.1])).dtype == np.float32


def test_distance_and_phase_switch_of_a_solution():
    flow = LionKFlow(L1Norm(), 1.0, 1.0, 0.5, 1.0)
    run = integrate(flow, F, [1.5, -3.0], None, TIMES, step=0.1)
    np.testing.assert_array_equal(constraint_distance(flow, run), run.constraint_distance)
    switch = phase_switch(flow, run, 0.05)
    assert run.constraint_distance[switch] <= 0.05 < run.constraint_distance[switch - 1]
    assert phase_switch(flow, run, 1e-9) is None
    batch = integrate_batch(flow, F, np.array([[1.5, -3.0], [0.2, 0.2]]), None, TIMES, step=0.1)
    np.testing.assert_array_equal(constraint_distance(flow, batch), batch.constraint_distance)
    with pytest.raises(ValueError, match="one trajectory"):
        phase_switch(flow, batch, 0.1)
