"""K(z) = ‖z‖₂, the K of normalised momentum: ∇K is the direction of z, and K* keeps ‖λx‖₂ ≤ 1."""

import jax.numpy as jnp
from jax import Array

from ._function import direction, euclidean_norm
from ._norm import Norm


class L2Norm(Norm):
    """K(z) = ‖z‖₂ (the Frobenius norm of a matrix). Subgradient z/‖z‖₂, 0 at 0; K* is the indicator of ‖y‖₂ ≤ 1.

    Source: arXiv 2310.05898, table 2 (the ℓp row at p = 2).
    """

    def value(self, z: Array) -> Array:
        return euclidean_norm(z)

    def selection(self, z: Array) -> Array:
        return direction(z)

    def dual_norm(self, y: Array) -> Array:
        return euclidean_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return direction(y)

    def dual_ball_projection(self, y: Array) -> Array:
        return jnp.where(euclidean_norm(y) > 1, direction(y), y)
