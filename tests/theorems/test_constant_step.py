"""Two-cycle, floor and no floor: the claims hold, and a plain float loop walks the same orbit."""

from fractions import Fraction

import pytest

from lionlab.theorems import constant_step
from lionlab.theorems.two_cycle import Constants, orbit


def test_a_plain_loop_walks_the_orbit():
    k = Constants(Fraction(2), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100))
    x, m = (float(number) for number in orbit(k))
    assert x == pytest.approx(0.1 / 1.95)
    for t in range(50):
        g = 2 * x
        u = 1 if 0.9 * m - 0.1 * g > 0 else -1
        x, m = x + 0.1 * (u - 0.5 * x), 0.99 * m - 0.01 * g
        assert x == pytest.approx((-1) ** (t + 1) * 0.1 / 1.95, rel=1e-12)


def test_a_run_at_rest_is_not_applicable():
    floor = constant_step.CLAIMS[0]
    at_rest = constant_step.Parabola(1.0, 0.1, 0.5, 0.9, 0.99, 0.0, 0.0)
    outside = constant_step.Parabola(1.0, 0.1, 0.5, 0.9, 0.99, 3.0, 0.0)
    assert any("rests at the solution" in (h.failure(at_rest) or "") for h in floor.hypotheses)
    assert any("outside [−1, 1]" in (h.failure(outside) or "") for h in floor.hypotheses)
