"""The nonincreasing least-squares fit of a sequence, by pooling adjacent violators in linear time."""

import jax
import jax.numpy as jnp
from jax import Array

# Per block its first index, Σ(a − a_first) and Σw; then how many blocks are in use, and the next index to take in.
Blocks = tuple[Array, Array, Array, Array, Array]


def nonincreasing_fit(a: Array, w: Array) -> tuple[Array, Array]:
    """(f, a − f) for f = argmin Σ(f_i − (a_i − w_i))² over f₁ ≥ f₂ ≥ …, for a nonincreasing sequence a.

    A block of the fit holds the mean of a − w over it. Blocks are kept on a stack and merged while the last rises above
    the one before it: every index is pushed once and merged at most once. Sums of a are taken relative to the block's
    first entry, so that a − f keeps its digits when a is huge and w is not.
    """
    n = a.size
    index_type = jnp.int32

    def unfinished(state: Blocks) -> Array:
        next_index = state[-1]
        return (next_index < n) | violates(state)

    def mean_drop_of(state: Blocks, block: Array, end: Array) -> Array:
        start, a_sum, w_sum, _, _ = state
        return (a_sum[block] - w_sum[block]) / (end - start[block]).astype(a.dtype)

    def violates(state: Blocks) -> Array:
        start, _, _, top, next_index = state
        last, before = jnp.maximum(top - 1, 0), jnp.maximum(top - 2, 0)
        rise = (a[start[last]] - a[start[before]]) + (
            mean_drop_of(state, last, next_index) - mean_drop_of(state, before, start[last])
        )
        return (top >= 2) & (rise > 0)

    def advance(state: Blocks) -> Blocks:
        start, a_sum, w_sum, top, next_index = state
        merges = violates(state)
        last, before = jnp.maximum(top - 1, 0), jnp.maximum(top - 2, 0)
        last_size = (next_index - start[last]).astype(a.dtype)
        merged_a = a_sum[before] + (a_sum[last] + last_size * (a[start[last]] - a[start[before]]))
        slot = jnp.where(merges, before, top)
        return (
            start.at[slot].set(jnp.where(merges, start[before], next_index)),
            a_sum.at[slot].set(jnp.where(merges, merged_a, 0)),
            w_sum.at[slot].set(jnp.where(merges, w_sum[before] + w_sum[last], w[jnp.minimum(next_index, n - 1)])),
            jnp.where(merges, top - 1, top + 1),
            jnp.where(merges, next_index, next_index + 1),
        )

    zero = jnp.zeros((), index_type)
    state = (jnp.zeros(n, index_type), jnp.zeros_like(a), jnp.zeros_like(a), zero, zero)
    start, a_sum, w_sum, top, _ = jax.lax.while_loop(unfinished, advance, state)

    used = jnp.arange(n, dtype=index_type) < top
    starts_here = jnp.zeros(n, index_type).at[jnp.where(used, start, n)].add(1, mode="drop")
    block = jnp.cumsum(starts_here, dtype=index_type) - 1
    size = jnp.zeros(n, a.dtype).at[block].add(1)
    mean_drop = ((a_sum - w_sum) / jnp.maximum(size, 1))[block]
    first = a[start[block]]
    return first + mean_drop, (a - first) - mean_drop
