"""K(z) = ‖z‖∞: ∇K moves one coordinate at a time, and K* keeps ‖λx‖₁ ≤ 1."""

import jax.numpy as jnp
from jax import Array

from ._function import signed_unit_vector
from ._norm import Norm


class LinfNorm(Norm):
    """K(z) = max|z_i|. Subgradient sign(z_j)e_j at the first largest entry j, 0 at 0; K* is the indicator of ‖y‖₁ ≤ 1.

    Source: arXiv 2310.05898, table 2 (the ℓp row at p = ∞).
    """

    def value(self, z: Array) -> Array:
        return jnp.max(jnp.abs(z))

    def selection(self, z: Array) -> Array:
        return signed_unit_vector(z)

    def dual_norm(self, y: Array) -> Array:
        return jnp.sum(jnp.abs(y))

    def dual_norm_selection(self, y: Array) -> Array:
        return jnp.sign(y)

    def dual_ball_projection(self, y: Array) -> Array:
        return l1_ball_projection(y)


def l1_ball_projection(y: Array) -> Array:
    """The nearest point of {‖u‖₁ ≤ 1}: every |y_i| is lowered by one threshold τ, found by sorting.

    τ = max_k (|y|₍₁₎ + … + |y|₍ₖ₎ − 1)/k. Everything is measured from the largest entry, so that a y of any size keeps
    the digits of u: the entries that stay positive are within 1 of the largest.
    """
    magnitude = jnp.ravel(jnp.abs(y))
    below_top = magnitude - jnp.max(magnitude)
    descending = -jnp.sort(-below_top)
    count = jnp.arange(1, y.size + 1).astype(y.dtype)
    threshold = jnp.max((jnp.cumsum(descending) - 1) / count)
    lowered = jnp.sign(y) * jnp.maximum(below_top - threshold, 0).reshape(y.shape)
    return jnp.where(jnp.sum(magnitude) > 1, lowered, y)
