"""K + κ‖·‖₂ with κ other than 1: κ is in its value, its subgradient, its prox, and in how far its K* reaches."""

import numpy as np
import pytest

from lionlab.convex import Huber, L2Norm, LogCosh, Scaled, SquaredL2, Sum

KAPPA, STEP = 0.6, 0.7
POINTS = np.random.default_rng(0).normal(size=(4, 3)) * [[0.2], [1.0], [3.0], [20.0]]


@pytest.mark.parametrize("inner", [Huber(0.5), LogCosh(2.0)], ids=repr)
def test_every_operation_has_the_weight(inner) -> None:
    K = Sum([inner, Scaled(L2Norm(), KAPPA)])
    K_star = K.conjugate()
    for z in POINTS:
        s = K.subgradient(z)
        np.testing.assert_allclose(s, inner.subgradient(z) + KAPPA * z / np.linalg.norm(z), rtol=1e-14)
        assert float(K(z)) == pytest.approx(float(inner(z)) + KAPPA * np.linalg.norm(z), rel=1e-14)
        # Fenchel and Young: K(z) + K*(s) = ⟨z, s⟩, and z is a point of ∂K*(s), up to what rounding s moves it by.
        assert float(K(z)) + float(K_star(s)) == pytest.approx(z @ s, rel=1e-12)
        u, v = K.prox(z, STEP), K_star.prox(z / STEP, 1 / STEP)
        np.testing.assert_allclose(u + STEP * v, z, rtol=1e-12, atol=1e-12)  # Moreau
        assert abs(float(K.fenchel_young_gap(u, v))) <= 1e-12 * (1 + z @ z)
    # The box ‖w‖∞ ≤ 1 and all within κ of it.
    far = np.array([0.0, 5.0, 0.0])
    np.testing.assert_allclose(K_star.domain_projection(far), [0, 1 + KAPPA, 0], rtol=1e-15)
    assert float(K_star.domain_distance(far)) == pytest.approx(4 - KAPPA, rel=1e-14)


def test_two_weights_of_one_square_add_up() -> None:
    K, known = Sum([LogCosh(1.0), Scaled(SquaredL2(3.0), 0.5), SquaredL2(0.5)]), Sum([LogCosh(1.0), SquaredL2(2.0)])
    for z in POINTS:
        np.testing.assert_allclose(K.prox(z, STEP), known.prox(z, STEP), rtol=1e-13)
        np.testing.assert_allclose(K.conjugate()(z), known.conjugate()(z), rtol=1e-12)
