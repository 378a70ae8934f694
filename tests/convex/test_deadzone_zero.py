"""A dead zone of width 0 is the ℓ1 norm, and says so; one of positive width is no norm."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import DeadzoneL1, L1Norm, Scaled, SeparableSum

POINTS = np.array([[0.0, -2.0, 0.5], [1.0, 1.0, -1.0], [0.0, 0.0, 0.0]], np.float32)


def test_width_decides_homogeneity() -> None:
    assert DeadzoneL1(0).is_positively_homogeneous
    assert DeadzoneL1(jnp.zeros(())).is_positively_homogeneous
    assert not DeadzoneL1(1e-300).is_positively_homogeneous
    assert Scaled(DeadzoneL1(0), 2.0).is_positively_homogeneous
    assert not SeparableSum([L1Norm(), DeadzoneL1(0.1)]).is_positively_homogeneous


@pytest.mark.parametrize("v", POINTS)
def test_width_zero_is_the_l1_norm(v: np.ndarray) -> None:
    K, norm = DeadzoneL1(0), L1Norm()
    for found, expected in (
        (K(v), norm(v)),
        (K.subgradient(v), norm.subgradient(v)),
        (K.dual_norm(jnp.asarray(v)), norm.dual_norm(jnp.asarray(v))),
        (K.dual_norm_selection(jnp.asarray(v)), norm.dual_norm_selection(jnp.asarray(v))),
        (K.prox(v, 0.3), norm.prox(v, 0.3)),
        (K.conjugate()(0.4 * v), norm.conjugate()(0.4 * v)),
    ):
        np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def test_positive_width_has_no_dual_norm() -> None:
    with pytest.raises(NotImplementedError, match="no dual norm"):
        DeadzoneL1(0.1).dual_norm(jnp.ones(2))


def test_traced_width_is_not_asked_for_its_value() -> None:
    value, norm = jax.jit(lambda e, y: (DeadzoneL1(e).value(y), DeadzoneL1(e).dual_norm(y)))(0.0, POINTS[0])
    assert (float(value), float(norm)) == (2.5, 2.0)
