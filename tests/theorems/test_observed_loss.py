"""Declared smoothness and convexity are held to the gradients of the run, and what they refute is not applicable."""

import jax.numpy as jnp
import numpy as np
import pytest
from tiers import waiting

import lionlab as ll
from lionlab.convex import ConvexFunction
from lionlab.objectives import Objective, example_objectives
from lionlab.theorems import verify
from lionlab.theorems._observed_loss import breaks_convexity, breaks_smoothness, pairs_in

START = {"x0": [1.5, -1.0]}
VISITED = np.linspace([-1.0, 2.0], [1.0, -1.0], 12)


def _fourth_powers(x):
    return jnp.sum(x**4)


def quartic(smoothness: float) -> Objective:
    return Objective(_fourth_powers, 2, smoothness=smoothness, is_convex=True)


@pytest.mark.parametrize(
    "claim",
    waiting(["one-step-descent", "average-descent", "bounded-rise", "deterministic-rate"], ["one-step-descent"]),
)
def test_a_loss_less_smooth_than_it_says_is_not_applicable(claim):
    evidence = verify(claim, is_quick=True, objective=quartic(3.0), **START)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "declares L = 3" in evidence.reason
    # On |x_i| ≤ 2, which the run stays in, 12x² is at most 48.
    assert verify(claim, is_quick=True, objective=quartic(48.0), **START).verdict == "CONSISTENT"


@pytest.mark.parametrize("claim", ["one-step-descent", "annealing-theorem"])
def test_a_loss_with_a_kink_or_of_unknown_smoothness_is_not_applicable(claim):
    kinked = Objective(lambda x: jnp.sum(jnp.abs(x - 0.3)), 2, smoothness=5.0)
    evidence = verify(claim, is_quick=True, objective=kinked, **START)
    assert evidence.verdict == "NOT_APPLICABLE"
    unknown = Objective(lambda x: jnp.sum(x**2), 2)
    assert "no smoothness constant" in verify(claim, is_quick=True, objective=unknown, **START).reason


def test_a_constant_too_small_by_a_thousandth_is_seen_and_the_right_one_passes():
    pairs = pairs_in(VISITED)
    for L, reason in (
        (2.0, None),
        (2.0 * (1 - 1e-3), "declares L = 1.998"),
        (2.0 * (1 - 1e-9), "declares L = 1.999999998, but ‖∇f(x) − ∇f(y)‖ = 2·"),
    ):
        found = breaks_smoothness(Objective(lambda x: jnp.sum(x**2), 2, smoothness=L), pairs)
        assert found is None if reason is None else reason in found


def test_a_gradient_that_is_not_finite_is_told():
    f = Objective(lambda x: jnp.sum(jnp.log(x)), 2, smoothness=1.0)
    assert "not finite" in breaks_smoothness(f, pairs_in(np.zeros((3, 2))))


def test_convexity_is_refuted_by_a_pair_and_must_be_declared():
    pairs = pairs_in(VISITED)
    assert breaks_convexity(quartic(48.0), pairs) is None
    wave = Objective(lambda x: jnp.sum(jnp.cos(x)), 2, smoothness=1.0, is_convex=True)
    assert "declared convex" in breaks_convexity(wave, pairs)
    assert "not known to be convex" in breaks_convexity(Objective(lambda x: jnp.sum(x**2), 2), pairs)


def test_the_catalogue_keeps_what_it_declares():
    for f in example_objectives().values():
        visited = 2 * np.random.default_rng(0).normal(size=(8, *f.shape))
        assert f.smoothness is None or breaks_smoothness(f, pairs_in(visited)) is None, f
        assert not f.is_convex or breaks_convexity(f, pairs_in(visited)) is None, f


class Dented(ConvexFunction):
    """√|z_i| summed: zero at 0, and not convex."""

    def value(self, z):
        return jnp.sum(jnp.sqrt(jnp.abs(z)))

    def selection(self, z):
        return jnp.sign(z) / (2 * jnp.sqrt(jnp.abs(z)) + 1)

    def conjugate(self):
        return ll.SquaredL2()


@pytest.mark.parametrize("claim", ["ledger-signs", "one-step-descent", "monotonicity", "conjugate-laws-l1-norm"])
def test_a_k_that_is_not_convex_is_not_applicable(claim):
    evidence = verify(claim, is_quick=True, K=Dented())
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "is not convex" in evidence.reason
