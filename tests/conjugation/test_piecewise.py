"""Piecewise quadratic functions: their formulas written out, the laws of conjugates, and wrongs that must be caught."""

import dataclasses
import math
from collections.abc import Callable

import cvxpy
import numpy as np
import pytest

from lionlab.conjugation._legendre import legendre_transform
from lionlab.conjugation._piecewise import PiecewiseQuadratic
from lionlab.precision import unit_roundoff

U = unit_roundoff(np.float64)
E = 0.3
INF = math.inf
# f, its formula, and that of f*, each written out by hand.
KNOWN: dict[str, tuple[PiecewiseQuadratic, Callable, Callable]] = {
    "absolute value": (
        PiecewiseQuadratic.from_pieces([0], [(0, -1, 0), (0, 1, 0)]),
        np.abs,
        lambda y: np.where(np.abs(y) <= 1, 0, INF),
    ),
    "huber": (
        PiecewiseQuadratic.from_pieces([-E, E], [(0, -1, -E / 2), (1 / (2 * E), 0, 0), (0, 1, -E / 2)]),
        lambda z: np.where(np.abs(z) <= E, z**2 / (2 * E), np.abs(z) - E / 2),
        lambda y: np.where(np.abs(y) <= 1, E / 2 * y**2, INF),
    ),
    "dead zone": (
        PiecewiseQuadratic.from_pieces([-E, E], [(0, -1, -E), (0, 0, 0), (0, 1, -E)]),
        lambda z: np.maximum(np.abs(z) - E, 0),
        lambda y: np.where(np.abs(y) <= 1, E * np.abs(y), INF),
    ),
    "half square": (
        PiecewiseQuadratic.from_pieces([], [(0.5, 0, 0)]),
        lambda z: z**2 / 2,
        lambda y: y**2 / 2,
    ),
    "a line": (
        PiecewiseQuadratic.from_pieces([], [(0, 2, 1)]),
        lambda z: 2 * z + 1,
        lambda y: np.where(y == 2, -1, INF),
    ),
    "a point": (
        PiecewiseQuadratic.from_pieces([], [(0, 0, 5)], (2, 2)),
        lambda z: np.where(z == 2, 5, INF),
        lambda y: 2 * y - 5,
    ),
    "a half-line": (
        PiecewiseQuadratic.from_pieces([], [(1, 0, 0)], (0, INF)),
        lambda z: np.where(z >= 0, z**2, INF),
        lambda y: np.maximum(y, 0) ** 2 / 4,
    ),
    "an interval": (
        PiecewiseQuadratic.from_pieces([1], [(0, 0, 0), (0.5, 0, -0.5)], (-1, 3)),
        lambda z: np.where((z >= -1) & (z <= 3), np.where(z <= 1, 0, (z**2 - 1) / 2), INF),
        lambda y: np.select([y < 0, y <= 1, y <= 3], [-y, y, (y**2 + 1) / 2], 3 * y - 4),
    ),
}
AT = np.array([-7.5, -3, -1, -0.5, -E, -0.1, 0, 1e-9, 0.25, E, 0.9, 1, 1.5, 2, 3, 3.25, 40])


def random_function(rng: np.random.Generator) -> PiecewiseQuadratic:
    """Kinks, lines, parabolas and ends in any order: every kind of stretch, up to six corners."""
    size = int(rng.integers(1, 7))
    steps = rng.integers(0, 3, (2, size)) / 2 * rng.uniform(0.5, 2, (2, size))
    steps[0, steps.sum(axis=0) == 0] = 1.0
    z, g = rng.normal(size=(2, 1)) + np.cumsum(steps, axis=1)
    kinds = [(1.0, 0.0), (0.0, 1.0), (1.0, float(rng.uniform(0.2, 3)))]
    first, last = (kinds[i] for i in rng.integers(0, 3, 2))
    value = float(rng.normal())
    return PiecewiseQuadratic(z, g, first, last, value, float(z[0] * g[0] - value))


RANDOM = [random_function(np.random.default_rng(seed)) for seed in range(40)]
FUNCTIONS = [f for f, _, _ in KNOWN.values()] + RANDOM


def broken_laws(f: PiecewiseQuadratic, conjugate: PiecewiseQuadratic) -> set[str]:
    """Which laws of convex analysis a function and its alleged conjugate break."""
    rng = np.random.default_rng(1)
    z = np.concatenate([f.points, rng.normal(scale=3, size=40)])
    y = np.concatenate([f.slopes, rng.normal(scale=3, size=40)])
    broken = set()
    values, conjugates = f(z), conjugate(y)
    terms = 1 + np.abs(z[:, None] * y) + np.abs(f.points).max() * np.abs(f.slopes).max() + 9
    gap = values[:, None] + conjugates - z[:, None] * y
    if not (gap >= -64 * U * terms).all():
        broken.add("Fenchel-Young")
    # Equality at each slope of ∂f; infinite ones are at the ends.
    for slopes in f.subdifferential(z):
        known = np.isfinite(slopes)
        size = 1 + np.abs(z * np.where(known, slopes, 0)) + np.abs(np.where(known, values, 0)) + 20
        with np.errstate(invalid="ignore"):
            equality = np.where(known, values + conjugate(np.where(known, slopes, 0)) - z * slopes, 0)
        if not (np.abs(equality) <= 256 * U * size).all():
            broken.add("equality")
    # Where f ends in a line, no slope lies beyond that line's.
    beyond = [f.slopes[end] + sign for end, sign, way in ((0, -1, f.first), (-1, 1, f.last)) if way[1] == 0]
    if not np.isposinf(conjugate(np.array(beyond))).all():
        broken.add("domain")
    for step in (0.25, 3.0):
        u, v = f.prox(z, step), conjugate.prox(z / step, 1 / step)
        if not (np.abs(u + step * v - z) <= 64 * U * (np.abs(z) + np.abs(u) + step * np.abs(v) + 1)).all():
            broken.add("Moreau")
        lowest, highest = f.subdifferential(u)
        slack = 64 * U * (np.abs(z) + np.abs(u) + 9) / step * 10
        slope = (z - u) / step
        near_low, near_high = f.subdifferential(u - slack)[0], f.subdifferential(u + slack)[1]
        fits = (slope >= np.minimum(lowest, near_low) - slack) & (slope <= np.maximum(highest, near_high) + slack)
        if not fits.all():
            broken.add("prox")
    return broken


@pytest.mark.parametrize("name", KNOWN)
def test_formulas(name: str) -> None:
    f, formula, conjugate_formula = KNOWN[name]
    for found, expected in ((f(AT), formula(AT)), (f.conjugate()(AT), conjugate_formula(AT))):
        assert np.array_equal(np.isinf(found), np.isinf(expected))
        finite = np.isfinite(expected)
        assert (np.abs(found[finite] - expected[finite]) <= 16 * U * (1 + AT[finite] ** 2)).all()


@pytest.mark.parametrize("i", range(len(FUNCTIONS)))
def test_laws(i: int) -> None:
    assert broken_laws(FUNCTIONS[i], FUNCTIONS[i].conjugate()) == set()


def test_the_biconjugate_is_the_function_bit_for_bit() -> None:
    for f in FUNCTIONS:
        again = f.conjugate().conjugate()
        for field in dataclasses.fields(f):
            assert np.array_equal(getattr(again, field.name), getattr(f, field.name))


def test_values_are_those_of_the_pieces() -> None:
    """Each stretch as az² + bz + c, continued from corner to corner."""
    for f in RANDOM:
        height = f.value
        for i in range(len(f.points) - 1):
            (z0, z1), (g0, g1) = f.points[i : i + 2], f.slopes[i : i + 2]
            z = np.linspace(z0, z1, 7)
            expected = height + g0 * (z - z0) + (0 if z1 == z0 else (g1 - g0) / (z1 - z0) / 2) * (z - z0) ** 2
            assert np.abs(f(z) - expected).max() <= 64 * U * (1 + np.abs(expected).max() + 20)
            height = expected[-1]
        t = np.array([0.5, 2.0])
        for end, (dz, dg), sign in ((0, f.first, -1), (-1, f.last, 1)):
            outside = f(f.points[end] + sign * t)
            if dz == 0:
                assert (outside == INF).all()
            else:
                expected = f(f.points[end]) + sign * f.slopes[end] * t + dg / dz / 2 * t**2
                assert np.abs(outside - expected).max() <= 64 * U * (20 + np.abs(expected).max())


def test_against_the_transform_on_a_grid() -> None:
    """A second, independent way to f*: from below, and short by at most (h/2)·(the change of slope over a cell)."""
    grid = np.linspace(-30, 30, 60_001)
    y = np.linspace(-2, 2, 101)
    compared = 0
    for f in FUNCTIONS:
        on_grid = np.unique(np.concatenate([grid, f.points]))
        found = legendre_transform(on_grid, f(on_grid), y)
        exact = f.conjugate()(y)
        inner = ~found.is_beyond
        steepest = max([f.first[1], f.last[1], *(np.diff(f.slopes) / np.maximum(np.diff(f.points), 1e-3))])
        short_by = exact[inner] - found.values[inner]
        assert (short_by >= -1e-12).all()  # 60 units of rounding of terms up to 60
        assert (short_by <= 1e-3**2 / 2 * max(steepest, 0) + 1e-12).all()
        compared += inner.sum()
    assert compared > 1000


def test_against_a_conic_solver() -> None:
    f = KNOWN["huber"][0]
    z = cvxpy.Variable()
    for y in (-0.8, 0.3):
        problem = cvxpy.Problem(cvxpy.Maximize(y * z - cvxpy.huber(z, E) / (2 * E)))
        assert abs(problem.solve(solver="CLARABEL") - f.conjugate()(y)) <= 1e-7  # the solver's own tolerance is 1e-8


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        ("scaled by 0.99", "equality"),
        ("shifted", "equality"),
        ("too low", "Fenchel-Young"),
        ("missing +inf", "domain"),
        ("scaled by 0.99", "Moreau"),
    ],
)
def test_a_planted_wrong_is_caught(wrong: str, law: str) -> None:
    f = KNOWN["huber"][0]
    c = f.conjugate()
    changed = {
        "scaled by 0.99": {"slopes": 0.99 * c.slopes, "value": 0.99 * c.value},
        "shifted": {"value": c.value + 1e-9},
        "too low": {"value": c.value - 1e-9},
        "missing +inf": {"first": (1.0, 0.0), "last": (1.0, 0.0)},
    }[wrong]
    assert law in broken_laws(f, dataclasses.replace(c, **changed))


def test_a_wrong_prox_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = PiecewiseQuadratic.prox
    monkeypatch.setattr(PiecewiseQuadratic, "prox", lambda f, z, step: right(f, z, 1.01 * step))
    assert {"prox", "Moreau"} <= broken_laws(KNOWN["huber"][0], KNOWN["huber"][0].conjugate())


def test_subdifferentials_at_corners_and_ends() -> None:
    lowest, highest = KNOWN["an interval"][0].subdifferential([-2, -1, 0, 1, 2, 3, 4])
    assert lowest.tolist() == [INF, -INF, 0, 0, 2, 3, INF]
    assert highest.tolist() == [-INF, 0, 0, 1, 2, INF, -INF]


def test_infinite_and_missing_arguments() -> None:
    at = [-INF, INF, math.nan]
    np.testing.assert_equal(KNOWN["a line"][0](at), [-INF, INF, math.nan])
    np.testing.assert_equal(KNOWN["half square"][0](at), [INF, INF, math.nan])
    np.testing.assert_equal(KNOWN["an interval"][0](at), [INF, INF, math.nan])


@pytest.mark.parametrize(
    ("breakpoints", "pieces", "domain", "words"),
    [
        ([0], [(0, 1, 0)], (-INF, INF), "need 2 pieces"),
        ([0], [(0, 1, 0), (0, -1, 0)], (-INF, INF), "slope falls from 1 to -1 at 0"),
        ([0], [(0, -1, 0), (0, 1, 0.5)], (-INF, INF), "have the values 0 and 0.5"),
        ([], [(-1, 0, 0)], (-INF, INF), "a >= 0"),
        ([], [(math.nan, 0, 0)], (-INF, INF), "finite"),
        ([1, 0], [(0, 0, 0)] * 3, (-INF, INF), "increase strictly"),
        ([2], [(0, 0, 0)] * 2, (-1, 1), "inside the domain"),
        ([], [(0, 0, 0)], (1, -1), "inside the domain"),
        ([], [(0, 0, 0)], (INF, INF), "inside the domain"),
    ],
)
def test_refused_pieces(breakpoints: list, pieces: list, domain: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PiecewiseQuadratic.from_pieces(breakpoints, pieces, domain)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"points": np.array([1.0, 0.0])}, "must not decrease"),
        ({"slopes": np.array([1.0, 0.0])}, "must not decrease"),
        ({"first": (0.0, 0.0)}, "not both 0"),
        ({"last": (-1.0, 0.0)}, ">= 0"),
        ({"value": math.nan}, "finite"),
        ({"points": np.zeros(3)}, "one length"),
    ],
)
def test_refused_graphs(changed: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(KNOWN["absolute value"][0], **changed)


def test_refused_steps() -> None:
    with pytest.raises(ValueError, match="step must be finite and > 0, got 0"):
        KNOWN["huber"][0].prox(1.0, 0.0)
