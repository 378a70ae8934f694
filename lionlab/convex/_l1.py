"""K(z) = ‖z‖₁, the K of Lion: ∇K is the sign, and K* keeps ‖λx‖∞ ≤ 1."""

import jax.numpy as jnp
from jax import Array

from ._function import signed_unit_vector
from ._separable import SeparableFunction


class L1Norm(SeparableFunction):
    """K(z) = Σ|z_i|. Subgradient sign(z) with sign(0) = 0; K* is the indicator of ‖y‖∞ ≤ 1.

    Source: arXiv 2310.05898, table 2, row 1 (Lion).
    """

    is_positively_homogeneous = True

    def density(self, z: Array) -> Array:
        return jnp.abs(z)

    def selection(self, z: Array) -> Array:
        return jnp.sign(z)

    def conjugate_density(self, y: Array) -> Array:
        return jnp.zeros_like(y)

    def conjugate_selection(self, y: Array) -> Array:
        return jnp.zeros_like(y)

    def proximal(self, z: Array, step: Array) -> Array:
        return jnp.sign(z) * jnp.maximum(jnp.abs(z) - step, 0)

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        return jnp.clip(y, -1, 1)

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(jnp.abs(y))

    def dual_norm_selection(self, y: Array) -> Array:
        return signed_unit_vector(y)
