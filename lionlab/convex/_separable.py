"""Separable K(z) = Σ k(z_i): every operation follows from four functions of one real variable."""

from abc import abstractmethod
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance


class SeparableFunction(ConvexFunction):
    """K(z) = Σ k(z_i) for one even convex k with k(0) = 0; all four primitives act entry by entry.

    `radius` is sup|k'|, the half-width of dom k*: dom K* is the box ‖y‖∞ ≤ radius.
    """

    is_separable = True

    @property
    def radius(self) -> float | Array:
        """Half-width of the box dom K*; inf when K* is finite everywhere."""
        return 1.0

    @abstractmethod
    def density(self, z: Array) -> Array:
        """k(z_i) for every entry."""

    @abstractmethod
    def selection(self, z: Array) -> Array:
        """The chosen element of ∂k(z_i) for every entry: nondecreasing, 0 at 0."""

    @abstractmethod
    def conjugate_density(self, y: Array) -> Array:
        """k*(y_i) for every entry with |y_i| ≤ radius."""

    @abstractmethod
    def conjugate_selection(self, y: Array) -> Array:
        """An element of ∂k*(y_i) for every entry with |y_i| ≤ radius; infinite where that set is empty."""

    def value(self, z: Array) -> Array:
        return jnp.sum(self.density(z))

    def conjugate(self) -> "SeparableConjugate":
        return SeparableConjugate(self)

    def proximal(self, z: Array, step: Array) -> Array:
        """The root of u + step·k'(u) = z, which lies between z − step·radius and z."""
        return _increasing_root(lambda u: u + step * self.selection(u), z, jnp.abs(z))

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        """prox of K*: the root of v + step·k*'(v) = y in the box, where y may be many orders of magnitude outside."""
        return _increasing_root(
            lambda v: v + step * self.conjugate_selection(v), y, jnp.minimum(jnp.abs(y), self.radius)
        )


def _increasing_root(left_side: Callable[[Array], Array], right_side: Array, end: Array) -> Array:
    """The root of an odd increasing function between 0 and ±end, by bisection; ±end where there is none.

    A left side that jumps at 0 over the right one has its root exactly there, and no midpoint was ever too low.
    """

    def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bracket
        middle = (low + high) / 2
        is_low = left_side(middle) <= jnp.abs(right_side)
        return jnp.where(is_low, middle, low), jnp.where(is_low, high, middle)

    halvings = jnp.finfo(end.dtype).nmant + 12
    low, high = jax.lax.fori_loop(0, halvings, halve, (jnp.zeros_like(end), end))
    return jnp.sign(right_side) * jnp.where(low == 0, low, (low + high) / 2)


class SeparableConjugate(ConvexFunction):
    """K* of a `SeparableFunction`: Σ k*(y_i) on the box ‖y‖∞ ≤ radius, +inf outside it."""

    primal: SeparableFunction
    is_separable = True

    def value(self, y: Array) -> Array:
        return self.value_within(y, rounding_allowance(y, evaluation_count=3))

    def value_within(self, y: Array, allowance: Array) -> Array:
        inside = is_within(self.excess(y), allowance)
        return jnp.where(inside, jnp.sum(self.primal.conjugate_density(self.projection(y))), jnp.inf)

    def selection(self, y: Array) -> Array:
        return self.primal.conjugate_selection(self.projection(y))

    def conjugate(self) -> SeparableFunction:
        return self.primal

    def proximal(self, y: Array, step: Array) -> Array:
        return self.primal.conjugate_proximal(y, step)

    def projection(self, y: Array) -> Array:
        return jnp.clip(y, -self.primal.radius, self.primal.radius)

    def excess(self, y: Array) -> Array:
        return euclidean_norm(y - self.projection(y))
