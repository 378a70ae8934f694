"""K, K*, subgradients and projections in fractions and balls, against the library's and against their own laws."""

from fractions import Fraction

import numpy as np
import pytest

from lionlab import objectives
from lionlab.convex import DeadzoneL1, Huber, L1Norm, L2Norm, LinfNorm, LogCosh, LpNorm, PseudoHuber, SquaredL2, TopKL1
from lionlab.dynamics import LionK
from lionlab.proofs.coefficients import THEOREM, Coefficients
from lionlab.proofs.exact import functions
from lionlab.proofs.exact.balls import ends, precision
from lionlab.proofs.exact.functions import inner
from lionlab.proofs.exact.one_step import Constants, Quadratic, pieces, step, terms
from lionlab.simulation import simulate
from lionlab.theorems._exact_states import exact_function, vector_of

RATIONAL = (L1Norm(), DeadzoneL1(0.5), Huber(0.5), SquaredL2(2.0), TopKL1(2), LinfNorm(), LpNorm(1.0))
IN_BALLS = (LogCosh(2.0), PseudoHuber(0.5), L2Norm(), LpNorm(1.5), LpNorm(3.0))
POINTS = np.random.default_rng(3).normal(size=(12, 4)) * np.array([0.1, 1.0, 3.0] * 4)[:, None]


def nearly(found, expected):
    return np.allclose(np.array([float(each) for each in found]), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("K", RATIONAL, ids=repr)
def test_fractions_are_the_library_without_its_rounding(K):
    exact, conjugate = exact_function(K), K.conjugate()
    for point in POINTS:
        z = vector_of(exact, point)
        assert nearly([exact.value(z)], K(point))
        assert nearly(exact.slope(z), K.subgradient(point))
        inside = exact.nearest(z)
        assert nearly(inside, conjugate.domain_projection(point))
        assert exact.conjugate(inside) is not None
        half = tuple(y / 2 for y in inside)
        assert nearly([exact.conjugate(half)], conjugate(np.array(half, dtype=float)))
        outside = tuple(y + (y - p) for y, p in zip(z, inside, strict=True))
        assert (exact.conjugate(outside) is None) == (z != inside)


@pytest.mark.parametrize("K", RATIONAL, ids=repr)
def test_fractions_keep_the_laws_exactly(K):
    exact = exact_function(K)
    vectors = [vector_of(exact, point) for point in POINTS] + [(Fraction(0),) * 4, (Fraction(1),) * 4]
    for z in vectors:
        u = exact.slope(z)
        assert exact.value(z) + exact.conjugate(u) == inner(z, u)
        for y in map(exact.nearest, vectors):
            assert exact.value(z) + exact.conjugate(y) >= inner(z, y)
            slope = exact.conjugate_slope(y)
            assert exact.value(slope) + exact.conjugate(y) == inner(slope, y)
            # The nearest point is the one from which no point of the set is seen at an acute angle.
            p = exact.nearest(z)
            assert inner([a - b for a, b in zip(z, p, strict=True)], [a - b for a, b in zip(y, p, strict=True)]) <= 0


@pytest.mark.parametrize("K", IN_BALLS, ids=repr)
def test_balls_hold_what_the_library_rounds(K):
    pytest.importorskip("flint")
    exact, conjugate = exact_function(K), K.conjugate()
    with precision(128):
        for point in POINTS[:4]:
            z = vector_of(exact, point)
            assert nearly([exact.value(z)], K(point))
            assert nearly(exact.slope(z), K.subgradient(point))
            y = 0.5 * point / (1 + np.abs(point).sum())
            assert nearly([exact.conjugate(vector_of(exact, y))], conjugate(y))
            assert nearly(exact.conjugate_slope(vector_of(exact, y)), conjugate.subgradient(y))
            assert exact.conjugate(vector_of(exact, 3 + np.abs(point))) is None
            u = exact.slope(z)
            gap = exact.value(z) - sum(a * b for a, b in zip(z, u, strict=True))
            low, high = ends(gap)
            assert high - low < Fraction(1, 10**30)
        assert exact.value(vector_of(exact, np.zeros(4))).contains(0)


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
def test_a_step_in_fractions_is_the_step_of_the_library(decay):
    K = L1Norm()
    exact = exact_function(K)
    method = LionK(K, 0.1, 0.5, 0.9, 0.99, decay)
    constants = Constants(*map(Fraction, (0.1, 0.5, 0.9, 0.99)), decay == "explicit")
    run = simulate(method, objectives.Quadratic(np.eye(4), POINTS[5]), POINTS[0], 6, POINTS[1])
    for t in range(6):
        found = step(exact, constants, *(vector_of(exact, each[t]) for each in (run.x, run.m, run.gradient)))
        assert nearly(found.x, run.x[t + 1])
        assert nearly(found.m, run.m[t + 1])


def steps_on(curvatures, x, m, K):
    diagonal = [tuple(Fraction(a) if i == j else Fraction(0) for j in range(2)) for i, a in enumerate(curvatures)]
    f = Quadratic(diagonal, (Fraction(3), Fraction(-1, 2)), max(abs(Fraction(a)) for a in curvatures))
    for is_explicit in (True, False):
        for betas in (
            (Fraction(9, 10), Fraction(99, 100)),
            (Fraction(1, 2), Fraction(1, 2)),
            (Fraction(0), Fraction(1, 3)),
        ):
            yield pieces(K, f, Constants(Fraction(1, 10), Fraction(1, 2), *betas, is_explicit), x, m)


def test_the_ledger_closes_to_the_last_digit_and_the_theorem_holds():
    x, m = (Fraction(1, 3), Fraction(-2, 7)), (Fraction(1, 5), Fraction(-3))
    for K in (
        functions.DeadZone(),
        functions.DeadZone(Fraction(1, 4)),
        functions.Huber(Fraction(1, 3)),
        functions.TopK(1),
    ):
        for curvatures in ((1, 1), (1, 4), (-2, 1)):
            for p in steps_on(curvatures, x, m, K):
                t = terms(p, THEOREM)
                assert t.change == t.first + t.second + t.loss + t.conjugate + t.momentum
                assert max(t.first, t.second, t.conjugate, t.momentum, t.loss - t.cap) <= 0
                assert t.change <= t.first + t.second + t.cap
                wrong = terms(p, Coefficients(first=1 + Fraction(1, 10**30)))
                assert (wrong.change == sum(wrong[1:6])) == (t.first == 0)


def test_outside_the_set_there_is_no_energy():
    far = (Fraction(5), Fraction(0))
    assert all(p is None for p in steps_on((1, 1), far, far, functions.DeadZone()))
