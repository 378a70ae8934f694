"""Norms: K is positively homogeneous, so K* is the indicator of the dual ball and Lion-K keeps ‖λx‖_dual ≤ 1."""

from abc import abstractmethod

import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, divided_far, euclidean_norm, is_within, rounding_allowance
from ._half_precision import in_float32


class Norm(ConvexFunction):
    """A norm K. Beside `value` and `selection` it knows its dual norm and the projection on the dual unit ball."""

    is_positively_homogeneous = True

    @abstractmethod
    def dual_norm(self, y: Array) -> Array:
        """‖y‖_dual = max {⟨y, z⟩ : K(z) ≤ 1}."""

    @abstractmethod
    def dual_norm_selection(self, y: Array) -> Array:
        """A maximiser z of that problem, an element of ∂‖·‖_dual(y); 0 at 0."""

    @abstractmethod
    def dual_ball_projection(self, y: Array) -> Array:
        """The Euclidean projection of y on {‖·‖_dual ≤ 1}."""

    def conjugate(self) -> ConvexFunction:
        return DualBallIndicator(self)

    def proximal(self, z: Array, step: Array) -> Array:
        if z.dtype.itemsize < 4:
            return in_float32(self).proximal(*(each.astype(jnp.float32) for each in (z, step))).astype(z.dtype)
        scaled = divided_far(z, jnp.where(step > 0, step, jnp.ones_like(step)))
        projected = self.dual_ball_projection(scaled)
        # An entry the projection leaves alone goes to exactly 0, which z − step·(z/step) may miss by rounding.
        moved = jnp.where(projected == scaled, jnp.zeros_like(z), z - step * projected)
        return jnp.where(step > 0, moved, z)


class DualBallIndicator(ConvexFunction):
    """K* of a norm: 0 on the dual unit ball, +inf outside it."""

    norm: Norm

    def value(self, y: Array) -> Array:
        return self.value_within(y, rounding_allowance(y, evaluation_count=self.evaluation_count(y)))

    def evaluation_count(self, y: Array) -> float:
        """Roundings in the dual norm: one per summed entry, and the backward error of an SVD for matrices."""
        return y.size + 8.0 if y.ndim < 2 else 8.0 * sum(y.shape)

    def value_within(self, y: Array, allowance: Array) -> Array:
        return jnp.where(is_within(self.excess(y), allowance), jnp.zeros((), y.dtype), jnp.inf)

    def selection(self, y: Array) -> Array:
        """0, an element of the normal cone at every point of the ball."""
        return jnp.zeros_like(y)

    def conjugate(self) -> Norm:
        return self.norm

    def proximal(self, y: Array, step: Array) -> Array:
        return self.projection(y)

    def projection(self, y: Array) -> Array:
        return self.norm.dual_ball_projection(y)

    def excess(self, y: Array) -> Array:
        """‖y − y/r‖₂ with r = ‖y‖_dual > 1: the distance to the radial point, which lies in the ball."""
        r = self.norm.dual_norm(y)
        return jnp.where(r > 1, euclidean_norm(y) * (1 - 1 / r), jnp.where(r <= 1, jnp.zeros_like(r), jnp.nan))
