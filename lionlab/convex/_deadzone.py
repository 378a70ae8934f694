"""K(z) = Σ max(|z_i| − e, 0): a sign that ignores momentum below e, and K* adds the penalty e‖λx‖₁ inside the box."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._parameter import real_parameter, require_at_least
from ._separable import SeparableFunction


class DeadzoneL1(SeparableFunction):
    """K(z) = Σ max(|z_i| − e, 0), e = `threshold` ≥ 0, in the units of the momentum.

    Subgradient sign(z)·1(|z| > e); K*(y) = e‖y‖₁ on the box ‖y‖∞ ≤ 1.

    **Raises:** `ValueError` when threshold is negative or not finite.
    Source: arXiv 2310.05898, table 2, row 3.
    """

    threshold: float | Array = eqx.field(converter=real_parameter)

    def __check_init__(self) -> None:
        require_at_least(self, "threshold", self.threshold, 0, remedy="Use threshold=0 for the plain sign.")

    def density(self, z: Array) -> Array:
        return jnp.maximum(jnp.abs(z) - self.threshold, 0)

    def selection(self, z: Array) -> Array:
        return jnp.where(jnp.abs(z) > self.threshold, jnp.sign(z), jnp.zeros_like(z))

    def conjugate_density(self, y: Array) -> Array:
        return self.threshold * jnp.abs(y)

    def conjugate_selection(self, y: Array) -> Array:
        return self.threshold * jnp.sign(y)

    def proximal(self, z: Array, step: Array) -> Array:
        """Nothing inside the dead zone, soft thresholding towards its edge outside."""
        size = jnp.abs(z)
        return jnp.sign(z) * jnp.where(size <= self.threshold, size, jnp.maximum(size - step, self.threshold))

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        return jnp.sign(y) * jnp.clip(jnp.abs(y) - step * self.threshold, 0, 1)
