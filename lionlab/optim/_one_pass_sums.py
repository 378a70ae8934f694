"""Several sums over the same arrays in one pass, without memory and without the rounding of a long sum.

XLA's own sums over a large array each read it anew, and on a CPU write down what they add up; one reduction of several
operands does neither, but adds entry after entry, where a sum of 2^24 equal numbers in float32 stops growing. So every
sum carries its rounding error along (Knuth's two-sum), and is right to a unit in the last place or two.
"""

import jax
import jax.numpy as jnp
from jax import Array


def one_pass_sums(*terms: Array) -> tuple[Array, ...]:
    """Σ of every array, all of one shape and dtype: |error| ≤ 2u|Σ| + n²u²Σ|terms|; infinite or NaN where a sum is.

    On sharded arrays every device adds up its shard, and what travels is two numbers per sum and device.
    """
    count = len(terms)
    operands = (*terms, *map(jnp.zeros_like, terms))
    start = tuple(jnp.zeros((), term.dtype) for term in operands)

    def combined(left: tuple[Array, ...], right: tuple[Array, ...]) -> tuple[Array, ...]:
        pairs = [_added(*parts) for parts in zip(left, left[count:], right, right[count:], strict=False)][:count]
        return (*(total for total, _ in pairs), *(error for _, error in pairs))

    totals: tuple[Array, ...] = jax.lax.reduce(operands, start, combined, tuple(range(terms[0].ndim)))
    return totals[:count]


def _added(a: Array, a_error: Array, b: Array, b_error: Array) -> tuple[Array, Array]:
    """(a + a_error) + (b + b_error) as a rounded sum and what rounding took from it."""
    plain = a + b
    of_b = plain - a
    error = (a - (plain - of_b)) + (b - of_b) + (a_error + b_error)
    error = jnp.where(jnp.isfinite(error), error, jnp.zeros_like(error))  # inf − inf, of an infinite sum
    total = plain + error
    return total, error - (total - plain)
