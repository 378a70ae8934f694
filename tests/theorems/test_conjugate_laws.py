"""The conjugate laws and the monotonicity lemma: they hold, every planted wrong is caught, and K* is a supremum."""

import numpy as np
import pytest

import lionlab as ll
from lionlab.convex import ConvexFunction
from lionlab.convex.catalogue import CATALOGUE
from lionlab.theorems import verify
from lionlab.theorems.conjugate_laws import CLAIMS, KINDS


def test_every_line_of_the_catalogue_has_a_claim():
    assert {type(example.function).__name__ for example in CATALOGUE.values()} == set(KINDS)
    assert [claim.id for claim in CLAIMS[:5]] == [
        "conjugate-laws-l1-norm",
        "conjugate-laws-lp-norm",
        "conjugate-laws-deadzone-l1",
        "conjugate-laws-top-kl1",
        "conjugate-laws-huber",
    ]


class Shifted(ConvexFunction):
    """‖z‖₁ + 1, a K that does not vanish at 0."""

    def value(self, z):
        return ll.L1Norm().value(z) + 1

    def selection(self, z):
        return ll.L1Norm().selection(z)

    def conjugate(self):
        return ll.L1Norm().conjugate()


def test_a_function_outside_the_hypotheses_is_not_applicable():
    evidence = verify("conjugate-laws-l1-norm", K=Shifted())
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "K(0) is 1" in evidence.reason
    evidence = verify("monotonicity", K="Truncated(L1Norm(), 1.0)")
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "+inf at some momenta" in evidence.reason


@pytest.mark.parametrize("claim", ["conjugate-laws-huber", "monotonicity"])
def test_nonsense_is_invalid_input(claim):
    assert "p must lie in [1, inf]" in verify(claim, K="LpNorm(0.5)").reason
    evidence = verify(claim, K=3)
    assert evidence.verdict == "INVALID_INPUT"
    assert "ConvexFunction" in evidence.reason


def test_the_users_own_wrong_function_is_violated():
    class Wrong(Shifted):
        """‖z‖₁ with K* that of 1.01‖z‖₁."""

        def value(self, z):
            return ll.L1Norm().value(z)

        def conjugate(self):
            return ll.Scaled(ll.L1Norm(), 1.01).conjugate()

    assert verify("conjugate-laws-l1-norm", K=Wrong()).verdict == "VIOLATED"


@pytest.mark.parametrize("K", [ll.DeadzoneL1(0.5), ll.Huber(0.5), ll.LogCosh(2.0), ll.SquaredL2(1.0)], ids=repr)
def test_conjugate_against_the_supremum_over_a_grid(K):
    """The grid of spacing h misses the supremum of a 1/e-smooth concave function by at most h²/(8e) per coordinate."""
    grid = np.arange(-8, 8, 0.01)
    z = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    values = {
        ll.DeadzoneL1: lambda z: np.maximum(np.abs(z) - 0.5, 0).sum(1),
        ll.Huber: lambda z: np.where(np.abs(z) <= 0.5, z**2, np.abs(z) - 0.25).sum(1),
        ll.LogCosh: lambda z: (np.logaddexp(2 * z, -2 * z) - np.log(2)).sum(1) / 2,
        ll.SquaredL2: lambda z: (z**2).sum(1) / 2,
    }[type(K)](z)
    for y in ([0.3, -0.8], [0.0, 0.99], [-0.5, 0.5]):
        supremum = np.max(z @ np.array(y) - values)
        missed = 2 * 0.01**2 / 8 * 2 + 0.01  # dead zone has kinks at multiples of ½, which are on the grid
        assert supremum - 1e-12 <= float(K.conjugate()(np.array(y))) <= supremum + missed
