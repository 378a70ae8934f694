"""The directions that send little between devices are the selections of their K, at every size of entries."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import GroupL2Norm, L2Norm, LinfNorm, Scaled, SeparableSum, TopKL1
from lionlab.optim import Unfolded
from lionlab.optim._sharded_selection import sharded_selection

SCALES = (0.0, 1e-44, 1e-37, 1e-30, 1e-20, 1e-13, 1e-12, 1.0, 1e12, 1e19, 1e30, 1e38)
FUNCTIONS = [
    pytest.param(L2Norm(), id="l2"),
    pytest.param(GroupL2Norm([[0, 3, 5, 6], [1], [2, 4, 7]]), id="groups"),
    pytest.param(Scaled(TopKL1(3), 0.5), id="scaled top-k"),
    pytest.param(SeparableSum([L2Norm(), LinfNorm()]), id="blocks"),
]


def cases(dtype) -> jax.Array:
    z = np.random.default_rng(0).uniform(-1, 1, (2 * len(SCALES), 8)) * np.repeat(SCALES, 2)[:, None]
    z[::2, 4:] *= 1e-3
    largest = float(jnp.finfo(dtype).max)
    return jnp.asarray(np.clip(z, -largest, largest), dtype)


@pytest.mark.parametrize("K", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_the_direction_is_the_selection(K, dtype):
    z = cases(dtype)
    found = np.asarray(jax.jit(jax.vmap(lambda v: sharded_selection(K, v)))(z), np.float64)
    expected = np.asarray(jax.jit(jax.vmap(K.selection))(z.astype(jnp.float32)), np.float64)
    # Either side rounds a square, a sum of eight, a root, a quotient and the largest entry's reciprocal: 16u in all.
    np.testing.assert_allclose(found, expected, rtol=0, atol=2 * 16 * float(jnp.finfo(dtype).eps) / 2)
    assert np.isfinite(found).all()


def test_a_plain_sum_of_squares_would_fail():
    z = cases("float32")
    with np.errstate(all="ignore"):
        plain = np.asarray(z) / np.sqrt(np.sum(np.asarray(z) ** 2, axis=1, keepdims=True))
    expected = np.asarray(jax.vmap(L2Norm().selection)(z))
    assert not np.allclose(plain, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_stays_so(bad):
    z = jnp.asarray([1.0, bad, -2.0])
    for K in (L2Norm(), TopKL1(1), LinfNorm()):
        np.testing.assert_array_equal(sharded_selection(K, z), K.selection(z))


def test_a_derived_class_keeps_its_own_selection():
    class Halved(L2Norm):
        def selection(self, z):
            return super().selection(z) / 2

    z = jnp.asarray([3.0, 4.0])
    np.testing.assert_allclose(sharded_selection(Halved(), z), [0.3, 0.4], rtol=1e-6)


def test_a_matrix_is_one_vector_and_a_kernel_one_matrix():
    z = jnp.asarray(np.random.default_rng(1).normal(size=(2, 3, 4)), jnp.float32)
    for K in (L2Norm(), TopKL1(5), LinfNorm()):
        expected = np.asarray(K.selection(z))
        for function in (K, Unfolded(K)):
            np.testing.assert_allclose(sharded_selection(function, z), expected, rtol=0, atol=32 * 2.0**-24)
