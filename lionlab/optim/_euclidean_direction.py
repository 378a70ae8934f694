"""The direction of `L2Norm` and `GroupL2Norm` with one reduction: three sums of squares travel together.

A sum of squares overflows, or loses what is small, unless the entries are scaled first, and to look for the right scale
is one reduction more: on sharded arrays another all-reduce to wait for. So the sum is taken at three scales at once,
and the one that did neither is chosen afterwards.
"""

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import GroupL2Norm


def euclidean_direction(z: Array) -> Array:
    """z/‖z‖₂, and 0 at 0: `L2Norm().selection` up to rounding, with one all-reduce of three numbers on shards."""
    size = jnp.abs(z.astype(_summed_in(z.dtype)))
    factor, length = _chosen(*(jnp.sum(_squared(size, scale)) for scale in _scales(size.dtype)))
    return _quotient(z, factor, length)


def group_direction(groups: tuple[tuple[int, ...], ...], z: Array) -> Array:
    """z_g/‖z_g‖₂ in every group, 0 where z_g = 0: `GroupL2Norm(groups).selection` up to rounding.

    On shards it takes one all-reduce of three numbers per group, however the groups lie across the devices.

    **Raises:** `ValueError` when the groups do not cover a vector of z's shape.
    """
    group_of = GroupL2Norm(groups)._group_of(z)
    size = jnp.abs(z.astype(_summed_in(z.dtype)))
    sums = (
        jax.ops.segment_sum(_squared(size, scale), group_of, num_segments=len(groups)) for scale in _scales(size.dtype)
    )
    factor, length = _chosen(*sums)
    return _quotient(z, factor[group_of], length[group_of])


def _summed_in(dtype: jnp.dtype) -> jnp.dtype:
    """Sums of half-precision numbers are taken in float32, which has room for the square of each."""
    return jnp.dtype(jnp.float32) if dtype.itemsize < 4 else dtype


def _scales(dtype: jnp.dtype) -> tuple[float, float, float]:
    """Powers of two (s, 1, 1/s): every finite z has one with which no square that matters over- or underflows."""
    third = int(jnp.finfo(dtype).maxexp) // 3
    return 2.0 ** (-2 * third), 1.0, 2.0 ** (2 * third)


def _squared(size: Array, scale: float) -> Array:
    # XLA rewrites (cv)² as c²v² where c is known at compile time, and c² overflows: something must stand in between.
    return jnp.maximum(size * jnp.asarray(scale, size.dtype), 0) ** 2


def _chosen(down: Array, plain: Array, up: Array) -> tuple[Array, Array]:
    """(s, ‖s·v‖₂) at the scale to take, from the sums of squares at the three.

    The plain sum serves unless it overflowed or is below 2^(−e/3), e the largest exponent: above that, squares that
    underflowed are 2^(−2e/3) of it and do not count; below, the sum at the upper scale is less than 2^e.
    """
    small, one, large = (jnp.full_like(plain, scale) for scale in _scales(plain.dtype))
    is_too_large = jnp.isinf(plain)
    is_too_small = plain < 2.0 ** -(int(jnp.finfo(plain.dtype).maxexp) // 3)
    factor = jnp.where(is_too_large, small, jnp.where(is_too_small, large, one))
    return factor, jnp.sqrt(jnp.where(is_too_large, down, jnp.where(is_too_small, up, plain)))


def _quotient(z: Array, factor: Array, length: Array) -> Array:
    scaled = z.astype(length.dtype) * factor
    return (scaled / jnp.where(length == 0, jnp.ones_like(length), length)).astype(z.dtype)
