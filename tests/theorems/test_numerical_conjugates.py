"""What the claims about numerical conjugates hold the solvers against is itself right, and a wrong one shows."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from lionlab.convex.catalogue import CATALOGUE
from lionlab.theorems import Run, verify
from lionlab.theorems import numerical_conjugates as claims
from lionlab.theorems._dual_points import ATOMS, plain_point
from lionlab.theorems._plain_functions import PLAIN
from lionlab.theorems.grid_conjugates import graphs
from lionlab.theorems.piecewise_conjugates import Pieces

RNG = np.random.default_rng(7)


def test_every_atom_of_the_catalogue_is_held_to_it():
    functions = [example.function for example in CATALOGUE.values()]
    atoms = {type(K).__name__ for K in functions if not hasattr(K, "function") and not hasattr(K, "functions")}
    assert atoms == set(PLAIN) == set(ATOMS)


@pytest.mark.parametrize("name", PLAIN)
def test_the_closed_forms_are_conjugates(name):
    """Fenchel–Young for pairs, equality at subgradients, and the gauge of a subgradient is at most 1."""
    K = PLAIN[name]
    z = RNG.standard_normal((200, 20))
    values, slopes = K.value(z), K.subgradient(z)
    for y, at, value in zip(slopes, z, values, strict=True):
        assert K.gauge(y) <= 1 + 1e-12
        inside = K.inside(y / max(1, K.gauge(y)))
        assert value + inside == pytest.approx(y @ at, rel=1e-6, abs=1e-6)
        assert np.all(values + inside >= z @ y - 1e-9 * (1 + np.abs(values)))
    if K.gauge(z[0]) > 0:
        # No K(z) < ⟨z, y⟩ for y on the boundary, and one nearby for y beyond it: the supremum over samples refutes.
        edge = slopes / np.array([K.gauge(y) for y in slopes])[:, None]
        assert np.all((z @ edge.T) <= (values if K.recession is None else K.recession(z))[:, None] + 1e-9)


@pytest.mark.parametrize("name", [name for name, K in PLAIN.items() if K.projection is not None])
def test_the_closed_projections_are_nearest(name):
    """p is nearest exactly if p ∈ dom K* and ⟨y − p, q − p⟩ ≤ 0 for all q in it."""
    K = PLAIN[name]
    inside = K.subgradient(RNG.standard_normal((100, 20)))
    for y in 2 * RNG.standard_normal((5, 20)):
        p = K.projection(y)
        assert K.gauge(p) <= 1 + 1e-12
        assert np.all((inside - p) @ (y - p) <= 1e-9)


def test_the_closed_form_on_a_grid_is_the_conjugate():
    for graph in graphs(Run(is_quick=True)):
        if graph.exact is not None:
            fine = np.linspace(graph.points[0], graph.points[-1], 40_001)
            f = {"z⁴/4": fine**4 / 4, "two valleys": np.minimum((fine - 1) ** 2, (fine + 1) ** 2)}.get(graph.label)
            if f is not None:
                s = graph.slopes[np.abs(graph.slopes) < 4]
                brute = np.max(s[:, None] * fine - f, axis=1)
                np.testing.assert_allclose(graph.exact[np.abs(graph.slopes) < 4], brute, atol=1e-6)


def test_rational_conjugates_by_hand():
    """|z| on [−1, ∞): K* is 0 on [−1, 1], rises with −y to the left, and is +inf to the right."""
    f = Pieces((Fraction(-1), Fraction(0), math.inf), ((Fraction(0), Fraction(-1), Fraction(0)), (0, 1, 0)))
    assert [f.conjugate(Fraction(y)) for y in (-3, -1, 0, 1)] == [2, 0, 0, 0]
    assert f.conjugate(Fraction(3, 2)) == math.inf
    parabola = Pieces((-math.inf, math.inf), ((Fraction(1, 4), Fraction(1), Fraction(-2)),))
    assert parabola.conjugate(Fraction(3)) == 4 + 2  # (y − 1)² + 2


def test_a_fault_is_named():
    outside = plain_point("L1Norm", np.array([1.5, 0.2, 0.0]))
    inside = plain_point("L1Norm", np.array([0.5, 0.2, 0.0]))
    undeclared = plain_point("L1Norm", np.array([1.5, 0.2, 0.0]), is_declared=False)
    assert [claims.fault(point, point.bracket) for point in (outside, inside, undeclared)] == ["", "", ""]
    zero = replace(inside.bracket, lower=0.0, upper=0.0)
    assert "a number" in claims.fault(outside, zero)
    assert "inside" in claims.fault(inside, outside.bracket)
    assert "declared" in claims.fault(undeclared, outside.bracket)
    assert "proves nothing" in claims.fault(outside, replace(outside.bracket, maximiser=np.array([0.0, 1.0, 0.0])))


def test_your_own_function():
    assert verify("conjugate-bracket-kinks", K="LpNorm(3.0)").verdict == "CONSISTENT"
    refused = verify("conjugate-bracket-smooth", K="L1Norm()")
    assert refused.verdict == "NOT_APPLICABLE"
    assert "smooth" in refused.reason
    refused = verify("domain-projection-gap", K="Huber(0.5)")
    assert refused.verdict == "NOT_APPLICABLE"
    assert "recession" in refused.reason
    assert verify("conjugate-is-infinite-outside", K="no such K").verdict == "INVALID_INPUT"
