"""K₁ + … + Kₙ of separable functions: prox and conjugate are roots of a monotone function in every entry."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance
from ._separable_sum import sum_of
from ._terms import Terms


class EntrywiseSum(Terms):
    """Σ_i k₁(z_i) + … + kₙ(z_i) for separable terms, which need be neither even nor finite everywhere."""

    def conjugate(self) -> "EntrywiseSumConjugate":
        return EntrywiseSumConjugate(self)

    def proximal(self, z: Array, step: Array) -> Array:
        """The root of u + step·(k₁ + … + kₙ)'(u) = z."""
        lower, upper = self.root(z, lambda u: u + step * self.selection(u))
        return jnp.where(jnp.isfinite(z), lower / 2 + upper / 2, z)

    def projection(self, z: Array) -> Array:
        return jnp.clip(z, *self.ends(z))

    def excess(self, z: Array) -> Array:
        return euclidean_norm(z - self.projection(z))

    def value_within(self, z: Array, allowance: Array) -> Array:
        at_projection = super().value_within(self.projection(z), allowance)
        return jnp.where(is_within(self.excess(z), allowance), at_projection, jnp.inf)

    def ends(self, z: Array) -> tuple[Array, Array]:
        """The ends of dom k₁ ∩ … ∩ dom kₙ for every entry."""
        lowest, highest = zip(*(ends_of(function, z) for function in self.functions), strict=True)
        return jnp.max(jnp.stack(lowest), axis=0), jnp.min(jnp.stack(highest), axis=0)

    def root(self, target: Array, slope: Callable[[Array], Array]) -> tuple[Array, Array]:
        """Neighbours lower ≤ u ≤ upper of the smallest |u| at which `slope` reaches the target, entry by entry.

        `slope` is nondecreasing on the domain. Halving the logarithm of |u| finds a root of any size to its last digit.
        """
        first, last = self.ends(target)
        tiny, largest = (jnp.full_like(target, float(end)) for end in _range_of(target))

        def is_short(u: Array) -> Array:
            """Whether the root lies beyond u, seen from 0; the slope is −inf before the domain and +inf after it."""
            found = slope(jnp.clip(u, first, last))
            found = jnp.where(u < first, -jnp.inf, jnp.where(u > last, jnp.inf, found))
            return jnp.where(u > 0, found < target, found > target)

        is_positive, is_negative = is_short(tiny), is_short(-tiny)
        sign = jnp.where(is_positive, 1, -1).astype(target.dtype)

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = jnp.sqrt(low) * jnp.sqrt(high)
            is_low = is_short(sign * middle)
            return jnp.where(is_low, middle, low), jnp.where(is_low, high, middle)

        low, high = jax.lax.fori_loop(0, jnp.finfo(target.dtype).nmant + 12, halve, (tiny, largest))
        away = is_positive | is_negative
        lower = jnp.where(away, jnp.where(is_positive, low, -high), -tiny)
        upper = jnp.where(away, jnp.where(is_positive, high, -low), tiny)
        return jnp.clip(lower, first, last), jnp.clip(upper, first, last)


class EntrywiseSumConjugate(ConvexFunction):
    """(k₁ + … + kₙ)*(y_i) in every entry, which is the least k₁*(y¹) + … + kₙ*(yⁿ) over y¹ + … + yⁿ = y_i.

    At the root u of k₁' + … + kₙ' = y_i the parts yʲ ∈ ∂kⱼ(u) are known, and the sum of kⱼ*(yʲ) has nothing to cancel.
    """

    primal: EntrywiseSum
    is_separable = True

    def value(self, y: Array) -> Array:
        return self.value_within(y, rounding_allowance(y, evaluation_count=3.0 + len(self.primal.functions)))

    def value_within(self, y: Array, allowance: Array) -> Array:
        values = []
        for function, part in zip(self.primal.functions, self._parts(self.projection(y)), strict=True):
            conjugate = function.conjugate()
            inner = conjugate.projection(part)
            values.append(conjugate.value_within(inner, rounding_allowance(inner, evaluation_count=8)))
        return jnp.where(is_within(self.excess(y), allowance), sum_of(values), jnp.inf)

    def selection(self, y: Array) -> Array:
        inner = self.projection(y)
        lower, upper = self.primal.root(inner, self.primal.selection)
        return jnp.where(jnp.isnan(inner), inner, lower / 2 + upper / 2)

    def conjugate(self) -> EntrywiseSum:
        return self.primal

    def proximal(self, y: Array, step: Array) -> Array:
        """y − step·u at the root u of (k₁ + … + kₙ)'(u) + step·u = y, held between the slopes on both sides of u."""
        lower, upper = self.primal.root(y, lambda u: self.primal.selection(u) + step * u)
        first, last = self.primal.ends(y)
        least = jnp.where(lower > first, self.primal.selection(lower), -jnp.inf)
        most = jnp.where(upper < last, self.primal.selection(upper), jnp.inf)
        return jnp.where(jnp.isfinite(y), jnp.clip(y - step * (lower / 2 + upper / 2), least, most), y)

    def projection(self, y: Array) -> Array:
        ends = [ends_of(function.conjugate(), y) for function in self.primal.functions]
        return jnp.clip(y, sum_of(low for low, _ in ends), sum_of(high for _, high in ends))

    def excess(self, y: Array) -> Array:
        return euclidean_norm(y - self.projection(y))

    def _parts(self, y: Array) -> list[Array]:
        """yʲ ∈ ∂kⱼ(u) with sum y: every jump is shared alike, and what a wall of the domain holds is that term's."""
        functions = self.primal.functions
        lower, upper = self.primal.root(y, self.primal.selection)
        below, above = ([function.selection(u) for function in functions] for u in (lower, upper))
        jump = sum_of(above) - sum_of(below)
        share = jnp.clip((y - sum_of(below)) / jnp.where(jump > 0, jump, jnp.ones_like(jump)), 0, 1)
        parts = [low + share * (high - low) for low, high in zip(below, above, strict=True)]
        held = y - sum_of(parts)
        first, last = self.primal.ends(y)
        is_free = jnp.ones(y.shape, bool)
        for j, function in enumerate(functions):
            own_first, own_last = ends_of(function, y)
            holds = is_free & jnp.where(held > 0, own_last == last, own_first == first)
            parts[j] = parts[j] + jnp.where(holds, held, jnp.zeros_like(held))
            is_free = is_free & ~holds
        return parts


def ends_of(function: ConvexFunction, like: Array) -> tuple[Array, Array]:
    """The ends of the domain of a separable function, entry by entry: the projections of −inf and inf."""
    low, high = (function.projection(jnp.full_like(like, end)) for end in (-jnp.inf, jnp.inf))
    return jnp.minimum(low, high), jnp.maximum(low, high)


def _range_of(z: Array) -> tuple[float, float]:
    """The least and the largest normal number of z's dtype."""
    return float(jnp.finfo(z.dtype).tiny), float(jnp.finfo(z.dtype).max)
