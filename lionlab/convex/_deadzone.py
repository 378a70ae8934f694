"""K(z) = Σ max(|z_i| − e, 0): a sign that ignores momentum below e, and K* adds the penalty e‖λx‖₁ inside the box."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._function import signed_unit_vector
from ._parameter import real_parameter, require_at_least
from ._separable import SeparableFunction


class DeadzoneL1(SeparableFunction):
    """K(z) = Σ max(|z_i| − e, 0), e = `threshold` ≥ 0, in the units of the momentum.

    Subgradient sign(z)·1(|z| > e), 0 at |z| = e; K*(y) = e‖y‖₁ on the box ‖y‖∞ ≤ 1. With e = 0 it is the ℓ1 norm.

    **Raises:** `ValueError` when threshold is negative or not finite.
    Source: arXiv 2310.05898, table 2, row 3.
    """

    threshold: float | Array = eqx.field(converter=real_parameter)

    def __check_init__(self) -> None:
        require_at_least(self, "threshold", self.threshold, 0, remedy="Use threshold=0 for the plain sign.")

    @property
    def is_positively_homogeneous(self) -> bool:
        """At e = 0; False where e is traced, as its value is not known then."""
        return not isinstance(self.threshold, jax.core.Tracer) and not np.any(self.threshold)

    def density(self, z: Array) -> Array:
        return jnp.maximum(jnp.abs(z) - self.threshold, 0)

    def selection(self, z: Array) -> Array:
        # Asked this way round, a NaN stays one.
        return jnp.where(jnp.abs(z) <= self.threshold, jnp.zeros_like(z), jnp.sign(z))

    def conjugate_density(self, y: Array) -> Array:
        return self.threshold * jnp.abs(y)

    def conjugate_selection(self, y: Array) -> Array:
        return self.threshold * jnp.sign(y)

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(jnp.abs(y)) if self._may_be_norm else super().dual_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return signed_unit_vector(y) if self._may_be_norm else super().dual_norm_selection(y)

    @property
    def _may_be_norm(self) -> bool:
        return isinstance(self.threshold, jax.core.Tracer) or self.is_positively_homogeneous

    def proximal(self, z: Array, step: Array) -> Array:
        """Nothing inside the dead zone, soft thresholding towards its edge outside."""
        size = jnp.abs(z)
        return jnp.sign(z) * jnp.where(size <= self.threshold, size, jnp.maximum(size - step, self.threshold))

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        return jnp.sign(y) * jnp.clip(jnp.abs(y) - step * self.threshold, 0, 1)
