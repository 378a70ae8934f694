"""The ends of a format, and float16, where a square leaves the range between 1/128 and 256: norms keep their digits."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import (
    GroupL2Norm,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    Scaled,
)
from lionlab.convex._norm import Norm

# A dozen roundings.
CLOSE = 12 * float(np.finfo(np.float16).eps) / 2


@pytest.mark.parametrize("size", [1e-3, 0.02, 1.0, 100.0, 6e3])
def test_norms_and_directions_of_any_size(size: float) -> None:
    z = np.asarray([3 * size, -4 * size], np.float16)
    for K in (L2Norm(), GroupL2Norm([[0, 1]]), LpNorm(2)):
        np.testing.assert_allclose(float(K(z)), 5 * size, rtol=CLOSE)
        np.testing.assert_allclose(K.subgradient(z), [0.6, -0.8], rtol=CLOSE)
        nearest = K.conjugate().domain_projection(z)
        np.testing.assert_allclose(nearest, z if size < 0.2 else [0.6, -0.8], rtol=CLOSE)
    cubes = (27 + 64) ** (1 / 3)
    np.testing.assert_allclose(float(LpNorm(3)(z)), cubes * size, rtol=CLOSE)
    # |z_i|⁴⁰ leaves the range at once, and so does 2⁴⁰.
    np.testing.assert_allclose(float(LpNorm(40)(z)), 4 * size, rtol=CLOSE)
    np.testing.assert_allclose(LpNorm(3).subgradient(z), [9 / cubes**2, -16 / cubes**2], rtol=CLOSE)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_zero_and_infinity_are_no_special_sizes(dtype: type) -> None:
    zero, far = np.zeros(3, dtype), np.asarray([1.0, -np.inf, 0.0], dtype)
    for K in (L2Norm(), LpNorm(3), LpNorm(100)):
        assert K(zero) == 0
        np.testing.assert_array_equal(K.subgradient(zero), zero)
        assert K(far) == math.inf
        ones = np.ones(2, dtype)
        assert float(K(ones)) == pytest.approx(2 ** (1 / getattr(K, "p", 2)), rel=float(4 * np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_groups_of_the_largest_numbers_there_are(dtype: str) -> None:
    """Compiled: XLA divides by s·l in place of s and then l, and s·l, or 1/s, is no ordinary number."""
    largest = float(jnp.finfo(dtype).max)
    roundings = 4 * float(jnp.finfo(dtype).eps)
    for groups, wanted in (([[0, 1]], [0.5**0.5, -(0.5**0.5)]), ([[0], [1]], [1.0, -1.0])):
        K = GroupL2Norm(groups)
        z = jnp.asarray([largest, -largest], dtype)
        found, nearest, distance = jax.jit(
            lambda z, K=K: (K.selection(z), K.conjugate().projection(z), K.conjugate().domain_distance(z))
        )(z)
        assert found.dtype == z.dtype
        np.testing.assert_allclose(found.astype(jnp.float32), wanted, rtol=roundings)
        np.testing.assert_allclose(nearest.astype(jnp.float32), wanted, rtol=roundings)
        assert float(distance) == math.inf  # √2 times the largest number


@pytest.mark.parametrize("K", [L2Norm(), GroupL2Norm([[0, 1]]), LpNorm(2)], ids=repr)
def test_the_smallest_numbers_have_a_direction(K: L2Norm) -> None:
    """1/z is more than float16 holds."""
    smallest = np.asarray([1, -1], np.float16) * np.finfo(np.float16).smallest_subnormal
    np.testing.assert_allclose(K.subgradient(smallest), [0.5**0.5, -(0.5**0.5)], rtol=CLOSE)
    assert 0 < float(K(smallest)) <= 2 * float(np.finfo(np.float16).smallest_subnormal)
    np.testing.assert_array_equal(K.conjugate().domain_projection(smallest), smallest)


def test_a_group_with_a_nan_has_no_direction() -> None:
    found = np.asarray(jax.jit(GroupL2Norm([[0, 1], [2, 3]]).selection)(jnp.asarray([np.nan, 1.0, 3.0, -4.0])))
    np.testing.assert_array_equal(np.isnan(found), [True, True, False, False])
    np.testing.assert_allclose(found[2:], [0.6, -0.8], rtol=CLOSE)


@pytest.mark.parametrize("p", [1.5, 3.0])
def test_a_power_norm_keeps_its_direction_where_all_entries_are_small(p: float) -> None:
    for size in (5e-7, 1e-5, 1e4):
        z = np.asarray([1, -0.5, 0.25, 0], np.float16) * np.float16(size)
        wanted = LpNorm(p).subgradient(z.astype(np.float64))
        np.testing.assert_allclose(LpNorm(p).subgradient(z), wanted, atol=CLOSE)
        nearest = LpNorm(p).conjugate().domain_projection(z)
        np.testing.assert_allclose(nearest, LpNorm(p).conjugate().domain_projection(z.astype(np.float64)), atol=CLOSE)


@pytest.mark.parametrize("K", [L2Norm(), LinfNorm(), LpNorm(1.5)], ids=repr)
def test_an_envelope_reaches_to_the_largest_numbers(K: Norm) -> None:
    """z/e overflows in float16 before z does."""
    far = np.asarray([0.5, -0.25, 0.0], np.float16) * np.finfo(np.float16).max
    near = K.conjugate().domain_projection(far.astype(np.float64))
    np.testing.assert_allclose(MoreauEnvelope(K, 0.25).subgradient(far), near, rtol=CLOSE)
    assert float(MoreauEnvelope(K, 0.25)(far)) == pytest.approx(float(K(far.astype(np.float64))), rel=CLOSE)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_infimal_convolution_of_norms_has_no_size_of_its_own(dtype: type) -> None:
    K = InfimalConvolution([L1Norm(), Scaled(L2Norm(), 1.5)])
    z = np.asarray([1.0, -0.5, 0.125], dtype)
    wanted = K.subgradient(z.astype(np.float64))
    exponents = {np.float16: (-10, 13), np.float32: (-100, 100), np.float64: (-900, 900)}[dtype]
    for exponent in (0, *exponents):
        scaled = z * dtype(2.0**exponent)
        np.testing.assert_allclose(K.subgradient(scaled), wanted, atol=float(8 * np.finfo(dtype).eps))
        np.testing.assert_allclose(float(K(scaled)) / 2.0**exponent, wanted @ z, rtol=float(8 * np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_matrix_in_half_precision_has_its_polar_factor(dtype: str) -> None:
    z = jnp.asarray([[3.0, 0.0], [0.0, -2.0], [0.0, 0.0]], dtype)
    found = NuclearNorm().subgradient(z)
    assert found.dtype == z.dtype
    np.testing.assert_allclose(found.astype(jnp.float32), [[1, 0], [0, -1], [0, 0]], atol=float(jnp.finfo(dtype).eps))
    assert float(NuclearNorm()(z)) == 5


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("K", [LpNorm(1.5), L2Norm(), LinfNorm(), L1Norm()], ids=repr)
def test_a_prox_of_a_small_step_moves_a_large_point_by_no_more(K: Norm, dtype: type) -> None:
    """z/step overflows, and 0 is not the nearest point to it."""
    z = np.asarray([0.5, -0.25, 0.5], dtype) * np.finfo(dtype).max
    step = 0.05 if dtype == np.float16 else 1e-10
    np.testing.assert_allclose(K.prox(z, step), z, rtol=float(np.finfo(dtype).eps))


def test_a_power_norm_of_large_p_has_a_projection_in_bfloat16() -> None:
    y = jnp.asarray([1.0, -2.5, 0.0, 1.0, 1.0], jnp.bfloat16)
    wanted = LpNorm(1000).conjugate().domain_projection(np.asarray([1.0, -2.5, 0.0, 1.0, 1.0]))
    found = LpNorm(1000).conjugate().domain_projection(y)
    np.testing.assert_allclose(found.astype(jnp.float32), wanted, atol=0.01)
