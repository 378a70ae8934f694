"""The sum of two norms whose proximal maps compose, as of ‖·‖₁ and Σ_g ‖·_g‖₂ (the sparse group lasso)."""

import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._norm import Norm


class NormSum(Norm):
    """K = inner + outer with prox_K = prox_outer ∘ prox_inner, for two norms.

    It holds for outer = κ‖·‖₂ and any norm inside, and for a group norm outside a separable norm: prox_outer only
    shortens its argument (in every group), which leaves the subgradients of `inner` where they are.

    Source: Yu, On Decomposing the Proximal Map (2013), theorem 4.
    """

    inner: ConvexFunction
    outer: ConvexFunction

    @property
    def is_separable(self) -> bool:
        return self.inner.is_separable and self.outer.is_separable

    def value(self, z: Array) -> Array:
        return self.inner.value(z) + self.outer.value(z)

    def selection(self, z: Array) -> Array:
        return self.inner.selection(z) + self.outer.selection(z)

    def proximal(self, z: Array, step: Array) -> Array:
        return self.outer.proximal(self.inner.proximal(z, step), step)

    def dual_norm(self, y: Array) -> Array:
        """The least r with prox_{rK}(y) = 0, by bisection: prox_{r·inner}(y) lies in r times the outer dual ball."""
        top = jnp.minimum(self.inner.dual_norm(y), self.outer.dual_norm(y))

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = low / 2 + high / 2
            fits = self.outer.dual_norm(self.inner.proximal(y, middle)) <= middle
            return jnp.where(fits, low, middle), jnp.where(fits, middle, high)

        _, r = jax.lax.fori_loop(0, jnp.finfo(y.dtype).nmant + 12, halve, (jnp.zeros_like(top), top))
        return r

    def dual_norm_selection(self, y: Array) -> Array:
        z = self.outer.dual_norm_selection(self.inner.proximal(y, self.dual_norm(y)))
        size = self.value(z)
        return z / jnp.where(size > 0, size, jnp.ones_like(size))

    def dual_ball_projection(self, y: Array) -> Array:
        """y − prox_K(y) in its two parts, each projected on its own ball: neither is a difference of large numbers."""
        rest = self.inner.proximal(y, jnp.ones((), y.dtype))
        nearest = self.inner.conjugate().projection(y) + self.outer.conjugate().projection(rest)
        return jnp.where(self.outer.dual_norm(rest) <= 1, y, nearest)
