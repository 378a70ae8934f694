"""The claims about orders of convergence, and the closed form of sliding in one dimension."""

import numpy as np
import pytest

from lionlab.theorems._sliding_solution import LineFlow
from lionlab.theorems.flow_order import extrapolated, slope


def test_slope_and_extrapolation_know_their_own_laws():
    counts = (16, 32, 64, 128)
    h = 1 / np.array(counts)
    assert slope(3 * h, counts) == pytest.approx(1)
    assert slope(h**2, counts) == pytest.approx(2)
    assert np.isnan(slope(np.array([1.0, np.nan, 0.1, 0.1]), counts))
    assert np.isnan(slope(np.array([1.0, 0.5, 0.0, 0.1]), counts))
    values = (np.pi + 2 * h - 5 * h**2 + 7 * h**3)[:, None]
    limit, moved = extrapolated(values)
    assert abs(limit[0] - np.pi) < 1e-12
    assert moved > abs(limit[0] - np.pi)


@pytest.mark.parametrize(("center", "x", "m"), [(0.3, -1.0, 0.5), (-0.8, 1.4, 2.0), (-2.8, 0.5, -1.0), (0.1, 0.6, 0.2)])
def test_closed_form_is_the_limit_of_fine_euler_steps(center, x, m):
    """Euler's step with a sign of width 1e-3 in m̃, fine enough to resolve it: an error of the width, no more."""
    line = LineFlow(1.5, 0.7, 0.5, 1.0, 2.0, center)
    width, h, time = 1e-3, 2e-5, 1.5
    u, v, s = x, m, 0.0
    for _ in range(round(time / h)):
        v_dot = -line.alpha * line.curvature * (u - center) - line.gamma * v
        s = min(1.0, max(-1.0, (v + line.epsilon * v_dot) / width))
        u, v = u + h * (s - line.weight_decay * u), v + h * v_dot
    found = line.at(x, m, time)
    np.testing.assert_allclose([found.x, found.m, found.s], [u, v, s], atol=5 * width)


def test_a_crossing_is_not_a_sliding():
    """Where |s| that would hold m̃ at 0 exceeds 1 the direction changes sign at once."""
    line = LineFlow(1.5, 0.7, 0.1, 1.0, 2.0, 0.0)
    before, after = line.at(-2.0, 3.0, 0.05), line.at(-2.0, 3.0, 3.0)
    assert (before.s, before.changes) == (1, 0)
    assert (after.s, after.changes) == (-1, 1)
