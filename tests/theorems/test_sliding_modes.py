"""The claims about sliding: where the implicit step rests, and what Moreau smoothing rests at instead."""

import numpy as np
import pytest
from tiers import waiting

import lionlab as ll
from lionlab.theorems._cases import RippledBowl
from lionlab.theorems.moreau_bias import CENTER, CURVATURE, OTHER, OWN, smoothed_limit
from lionlab.theorems.sliding_modes import KNOWN, example, solved


@pytest.mark.parametrize("label", waiting(KNOWN, list(KNOWN)[3:]))
def test_rests_with_its_selection_for_every_kind(label):
    for h in (0.1, 1.0):
        one = example(label, h, 200)  # one number of steps, for it is compiled anew for each
        found = solved(one)
        np.testing.assert_allclose(found.x[one.steps], one.limit, atol=1e-6)
        np.testing.assert_allclose(found.selection[one.steps - 1], one.constants[3] * one.limit, atol=1e-6)
        assert np.all(found.ledger.change <= found.ledger.sign_allowance)


def test_rests_on_a_curved_face_too():
    """Groups of ℓ2 balls, where the direction of m̃ turns as it slides."""
    center, limit = np.array([3.0, 0.5, -2.0, 4.0]), np.array([0.6, 0.5, -1.0, 0.8])
    f = RippledBowl(np.eye(4), center, np.asarray(0.0))
    flow = ll.LionKFlow(ll.GroupL2Norm([[0, 3], [1], [2]]), 2.0, 0.5, 0.4, 1.0)
    found = ll.integrate(flow, f, np.full(4, 0.3), -np.ones(4), 0.1 * np.arange(301), "proximal", step=0.1)
    np.testing.assert_allclose(found.x[-1], limit, atol=1e-6)
    np.testing.assert_allclose(found.selection[-1], limit, atol=1e-6)


@pytest.mark.parametrize("label", KNOWN)
def test_known_limits_are_minimisers(label):
    """s = λx at rest and s ∈ ∂K(m̃), m̃ = −(α/γ)∇f: the Fenchel–Young gap of the two is 0."""
    K, (alpha, gamma, _, lam), curvature, center, limit = KNOWN[label]
    center, limit = np.asarray(center, float), np.asarray(limit, float)
    column = np.asarray(curvature).reshape(-1, *[1] * (center.ndim - 1))
    m_tilde = -alpha / gamma * column * (limit - center)
    assert abs(float(K.fenchel_young_gap(m_tilde, lam * limit))) < 1e-12


@pytest.mark.parametrize("constants", [OWN, OTHER])
@pytest.mark.parametrize("e", [1.0, 0.1, 0.003])
def test_smoothed_limit_minimises_the_ridged_problem(constants, e):
    """Against a fine grid of αf + (γ/λ)(e/2)(λx)² over the box, coordinate by coordinate."""
    alpha, gamma, _, lam = constants
    grid = np.linspace(-1 / lam, 1 / lam, 400_001)
    for a, c, x in zip(CURVATURE, CENTER, smoothed_limit(constants, e), strict=True):
        F = alpha * a / 2 * (grid - c) ** 2 + gamma / lam * e / 2 * (lam * grid) ** 2
        assert abs(grid[np.argmin(F)] - x) <= 2 * (grid[1] - grid[0])


def test_the_printed_bias():
    np.testing.assert_allclose(smoothed_limit(OWN, 0.1), [0.3 / 1.1, -1.0], rtol=1e-14)
