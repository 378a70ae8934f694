"""Truncations of sums that are not separable, compiled: their excess is a constant 0, which XLA folds away."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import Huber, L2Norm, LpNorm, SeparableSum, SquaredL2, Truncated
from lionlab.precision import double_precision

SUMS = (
    SeparableSum([L2Norm(), SquaredL2()]),
    SeparableSum([SquaredL2(2.0), L2Norm()]),
    SeparableSum([L2Norm(), Huber(0.3)]),
    SeparableSum([LpNorm(1.5), SquaredL2()]),
)


# Each sum is compiled for each dtype; one is in both.
CASES = [(function, dtype) for function in SUMS for dtype in (np.float32, np.float64)]


@pytest.mark.parametrize("bound", [1e-3, 1.0, 300.0])
@pytest.mark.parametrize(
    ("function", "dtype"), [case if case[1] is np.float64 or case[0] is SUMS[2] else
                            pytest.param(*case, marks=pytest.mark.thorough) for case in CASES], ids=str
)  # fmt: skip
def test_fenchel_young_holds_with_equality_at_the_selection(function: SeparableSum, bound: float, dtype: type) -> None:
    K = Truncated(function, bound)
    rng = np.random.default_rng(3)
    directions = rng.normal(size=(200, 4))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = bound * np.concatenate([rng.uniform(size=100), np.full(50, 1 - 1e-6), rng.uniform(1.001, 9, size=50)])
    with double_precision():
        z = jnp.asarray(directions * radii[:, None], dtype)
        value, gap, terms = (np.asarray(array) for array in _gaps(K, z))
    inside = radii < bound
    assert np.isfinite(value[inside]).all()
    assert np.isposinf(value[~inside]).all()
    # Some 4(d + 8) roundings, of K, of K* and of the product.
    assert np.all(np.abs(gap[inside]) <= 48 * np.finfo(dtype).eps * terms[inside])
    assert np.isposinf(gap[~inside]).all()


@jax.jit
def _gaps(K: Truncated, z: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    def one(z: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        u = K.selection(z)
        value = K.value(z)
        return value, K.fenchel_young_gap(z, u), value + K.conjugate().value(u) + jnp.sum(jnp.abs(z * u))

    return jax.vmap(one)(z)
