"""K + κ‖·‖₂, and its conjugate: K* with its domain and its level sets widened by κ in every direction."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance
from ._l2 import direction


class EuclideanSum(ConvexFunction):
    """K + κ‖·‖₂ for any K with a proximal map: one multiplier, found by bisection, decides."""

    function: ConvexFunction
    weight: float | Array

    def value(self, z: Array) -> Array:
        return self.function.value(z) + self.weight * euclidean_norm(z)

    def value_within(self, z: Array, allowance: Array) -> Array:
        return self.function.value_within(z, allowance) + self.weight * euclidean_norm(self.projection(z))

    def selection(self, z: Array) -> Array:
        return self.function.selection(z) + self.weight * direction(z)

    def conjugate(self) -> "Widened":
        return Widened(self.function, self.weight)

    def proximal(self, z: Array, step: Array) -> Array:
        nearby, _ = self.shortened(z, step)
        return nearby

    def shortened(self, z: Array, step: Array) -> tuple[Array, Array]:
        """(u, 1 + ν) with u = prox_{θ·step·K}(θz), θ = 1/(1+ν) and ν‖u‖ = step·κ, which is the proximal point.

        ν‖u(ν)‖ grows with ν; where it stays below step·κ for ever, u = 0.
        """

        def point(multiplier: Array) -> Array:
            return self.function.proximal(z / (1 + multiplier), step / (1 + multiplier))

        def reaches(multiplier: Array) -> Array:
            return multiplier * euclidean_norm(point(multiplier)) >= step * self.weight

        u = float(jnp.finfo(z.dtype).eps)
        multiplier, exists = least(reaches, jnp.asarray(u**2, z.dtype), 1 / u**2)
        return jnp.where(exists | jnp.isnan(z), point(multiplier), jnp.zeros_like(z)), 1 + multiplier

    def projection(self, z: Array) -> Array:
        return self.function.projection(z)

    def excess(self, z: Array) -> Array:
        return self.function.excess(z)


class Widened(ConvexFunction):
    """(K + κ‖·‖₂)*(y) = min {K*(w) : ‖y − w‖₂ ≤ κ}; its domain is dom K* and every point within κ of it."""

    function: ConvexFunction
    weight: float | Array

    def value(self, y: Array) -> Array:
        return self.value_within(y, rounding_allowance(y, evaluation_count=y.size + 8.0))

    def value_within(self, y: Array, allowance: Array) -> Array:
        inner = self.projection(y)
        conjugate = self.function.conjugate()
        multiplier, _ = self._multiplier(inner)
        w = conjugate.projection(conjugate.proximal(inner, multiplier))
        value = conjugate.value_within(w, rounding_allowance(w, evaluation_count=y.size + 8.0))
        return jnp.where(is_within(self.excess(y), allowance), value, jnp.inf)

    def selection(self, y: Array) -> Array:
        inner = self.projection(y)
        multiplier, exists = self._multiplier(inner)
        maximiser = self.function.proximal(inner / multiplier, 1 / multiplier)
        return jnp.where(exists | jnp.isnan(inner), maximiser, jnp.zeros_like(y))

    def conjugate(self) -> EuclideanSum:
        return EuclideanSum(self.function, self.weight)

    def proximal(self, y: Array, step: Array) -> Array:
        """y − step·u for the proximal point u of K + κ‖·‖₂, as the sum of its parts in ∂K(u) and κ∂‖u‖₂."""
        u, factor = self.conjugate().shortened(y / step, 1 / step)
        parts = self.function.conjugate().proximal(y, step * factor) + self.weight * direction(u)
        return jnp.where(jnp.any(u != 0), parts, y)

    def projection(self, y: Array) -> Array:
        nearest = self.function.conjugate().projection(y)
        offset = y - nearest
        return jnp.where(euclidean_norm(offset) > self.weight, nearest + self.weight * direction(offset), y)

    def excess(self, y: Array) -> Array:
        distance = self.function.conjugate().distance(y)
        return jnp.where(distance <= self.weight, jnp.zeros_like(distance), distance - self.weight)

    def _multiplier(self, y: Array) -> tuple[Array, Array]:
        """μ with ‖y − w‖ = μ‖z‖ = κ at z = prox_{K/μ}(y/μ), w = prox_{μK*}(y); False where z = 0 is the maximiser."""
        extreme = float(jnp.finfo(y.dtype).max) ** 0.5

        def reaches(multiplier: Array) -> Array:
            z = self.function.proximal(y / multiplier, 1 / multiplier)
            return multiplier * euclidean_norm(z) >= self.weight

        return least(reaches, jnp.asarray(1 / extreme, y.dtype), extreme)


# How many ends are tried for a bracket, from the last to the first.
ENDS = 32


def least(holds: Callable[[Array], Array], bottom: Array, top: float) -> tuple[Array, Array]:
    """The least t of [bottom, top] at which a condition holds that holds from there on; whether it holds anywhere.

    In floating point it may hold no more near the top: a function with a size of its own, such as a translated one,
    rounds what is tiny to 0. The last t at which it holds ends the bracket.
    """
    ratio = (bottom / top) ** (1 / ENDS)

    def is_too_far(state: tuple[Array, Array]) -> Array:
        return (state[0] < ENDS) & ~holds(state[1])

    start = jnp.zeros((), jnp.int32), jnp.full_like(bottom, top)
    tried, end = jax.lax.while_loop(is_too_far, lambda state: (state[0] + 1, state[1] * ratio), start)

    def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bracket
        middle = jnp.sqrt(low) * jnp.sqrt(high)
        is_high = holds(middle)
        return jnp.where(is_high, low, middle), jnp.where(is_high, middle, high)

    exists = tried < ENDS
    # Where it holds nowhere, the top is as good as reached.
    high = jnp.where(exists, end, top)
    _, found = jax.lax.fori_loop(0, jnp.finfo(bottom.dtype).nmant + 12, halve, (bottom, high))
    return found, exists
