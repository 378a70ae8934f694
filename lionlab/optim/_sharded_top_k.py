"""The direction of `TopKL1` and `LinfNorm` without a sort: counting finds the k-th largest magnitude among shards.

A sort needs all entries in one place. The magnitudes of floating-point numbers are in the order of their bit patterns,
so the pattern of the k-th largest is found bit by bit from the top, each bit by one count over all entries; which of
the entries that are equal to it belong to the k, the first ones, by as many counts over the positions. On sharded
arrays a count is one all-reduce of one integer, and no entry leaves its device.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array


def top_k_direction(k: int, z: Array) -> Array:
    """sign(z) on the k entries of largest magnitude, the first ones at a tie, and 0 elsewhere: `TopKL1(k).selection`.

    NaN counts as larger than every number, as in a sort. z may have any shape; positions count in row-major order.
    """
    if k >= z.size:
        return jnp.sign(z)
    pattern, position = _magnitude_pattern(z), _positions(z.shape)
    least = _largest(lambda bits: _count(pattern >= bits) >= k, pattern.dtype, _bits_of(z))
    missing = k - _count(pattern > least)

    def last_kept_tie() -> Array:
        """The last position with fewer than `missing` ties before it."""
        return _largest(
            lambda p: _count((pattern == least) & (position < p)) < missing, position.dtype, z.size.bit_length()
        )

    # As a rule no tie is left out, and its search would take as long as that of the magnitude.
    is_exact = _count(pattern == least) == missing
    last = jax.lax.cond(is_exact, lambda: jnp.full((), z.size, position.dtype), last_kept_tie)
    kept = (pattern > least) | ((pattern == least) & (position <= last))
    return jnp.where(kept, jnp.sign(z), jnp.zeros_like(z))


def largest_entry_direction(z: Array) -> Array:
    """sign(z_j)·e_j at the first entry j of largest magnitude, 0 at 0: `LinfNorm().selection`, in two all-reduces."""
    pattern, position = _magnitude_pattern(z), _positions(z.shape)
    is_largest = pattern == jnp.max(pattern)
    first = jnp.min(jnp.where(is_largest, position, jnp.full_like(position, z.size)))
    return jnp.where(position == first, jnp.sign(z), jnp.zeros_like(z))


def _count(holds: Array) -> Array:
    return jnp.sum(holds, dtype=jnp.int32)


def _magnitude_pattern(z: Array) -> Array:
    """The bits of |z| as unsigned integers, in the order of the magnitudes; all NaN alike, above infinity."""
    magnitude = jnp.abs(z)
    # A subnormal number is 0 where the device's arithmetic says so; a tie of zeros must be one here as well.
    magnitude = jnp.where(magnitude == 0, jnp.zeros_like(z), magnitude)
    magnitude = jnp.where(jnp.isnan(z), jnp.full_like(z, jnp.nan), magnitude)
    unsigned = jnp.dtype(f"uint{_bits_of(z) + 1}")
    return jax.lax.bitcast_convert_type(magnitude, unsigned)


def _bits_of(z: Array) -> int:
    """The bits of a magnitude: all but that of the sign."""
    return 8 * z.dtype.itemsize - 1


def _positions(shape: tuple[int, ...]) -> Array:
    """The position of every entry in row-major order, computed where the entry is: a reshape would move the shards."""
    position = jnp.zeros(shape, jnp.uint32)
    stride = 1
    for axis in reversed(range(len(shape))):
        position = position + jax.lax.broadcasted_iota(jnp.uint32, shape, axis) * jnp.uint32(stride)
        stride *= shape[axis]
    return position


def _largest(holds: Callable[[Array], Array], dtype: jnp.dtype, num_bits: int) -> Array:
    """The largest number of `num_bits` bits for which `holds`, which holds for 0 and up to some number."""

    def set_bit(step: Array, found: Array) -> Array:
        # Run step by step, without jit, `step` is a Python number.
        bit = jnp.asarray(1, dtype) << jnp.asarray(num_bits - 1 - step).astype(dtype)
        return jnp.where(holds(found | bit), found | bit, found)

    return jax.lax.fori_loop(0, num_bits, set_bit, jnp.zeros((), dtype))
