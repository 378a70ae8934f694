"""Several sums over the same arrays in one pass, without memory and without the rounding of a long sum.

XLA's own sums over a large array each read it anew, and on a CPU write down what they add up; one reduction of several
operands does neither, but adds entry after entry, where a sum of 2^24 equal numbers in float32 stops growing. So every
sum carries along what rounding took from it, and gives it to the next entry (Kahan's summation).
"""

import jax
import jax.numpy as jnp
from jax import Array


@jax.custom_jvp
def one_pass_sums(*terms: Array) -> tuple[Array, ...]:
    """Σ of every array, all of one shape and dtype; |error| ≤ 3uΣ|terms| + O(nu²), infinite or NaN where the sum is.

    On sharded arrays every device adds up its shard, and what travels is three numbers per sum and device.
    """
    count = len(terms)
    # The plain sum besides: an infinite one has no rounding error to carry.
    operands = (*terms, *map(jnp.zeros_like, terms), *terms)
    start = tuple(jnp.zeros((), term.dtype) for term in operands)

    def combined(left: tuple[Array, ...], right: tuple[Array, ...]) -> tuple[Array, ...]:
        totals, errors = [], []
        for a, a_error, b, b_error in zip(left, left[count:], right[:count], right[count:], strict=False):
            added = b + (a_error + b_error)
            total = a + added
            totals.append(total)
            errors.append(added - (total - a))
        plain = [a + b for a, b in zip(left[2 * count :], right[2 * count :], strict=True)]
        return (*totals, *errors, *plain)

    found: tuple[Array, ...] = jax.lax.reduce(operands, start, combined, tuple(range(terms[0].ndim)))
    sums = zip(found[:count], found[2 * count :], strict=True)
    return tuple(jnp.where(jnp.isfinite(total), total, plain) for total, plain in sums)


@one_pass_sums.defjvp
def _of_tangents(terms: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Sums are linear; JAX does not differentiate its reduction of several operands."""
    return one_pass_sums(*terms), tuple(jnp.sum(tangent) for tangent in tangents)
