"""K(z) = (1/b)Σ log cosh(bz_i): tanh in place of the sign, and K* is a binary entropy inside the box."""

import math

import equinox as eqx
import jax.numpy as jnp
from jax import Array
from jax.scipy.special import xlogy

from ._parameter import real_parameter, require_above
from ._separable import SeparableFunction


class LogCosh(SeparableFunction):
    """K(z) = (1/b)Σ log cosh(bz_i), b = `sharpness` > 0, in units of 1/momentum; the sign as b grows.

    Subgradient tanh(bz); K*(y) = (1/2b)Σ (1+y)log(1+y) + (1−y)log(1−y) on the box ‖y‖∞ ≤ 1, with 0 log 0 = 0. On the
    faces |y_i| = 1, which a rounded tanh reaches, K* is finite and ∂K* is empty: `conjugate().subgradient` is infinite.

    **Raises:** `ValueError` unless sharpness is finite and > 0.
    """

    sharpness: float | Array = eqx.field(converter=real_parameter)
    is_smooth = True

    def __check_init__(self) -> None:
        require_above(self, "sharpness", self.sharpness, 0, remedy="For an infinitely sharp sign use L1Norm().")

    def density(self, z: Array) -> Array:
        size = jnp.abs(z)
        x = self.sharpness * size
        # Near 0, log cosh = −½log(1 − tanh²); away from it cosh overflows and |x| − log 2 + … does not.
        near = -jnp.log1p(-(jnp.tanh(jnp.minimum(x, 1)) ** 2)) / (2 * self.sharpness)
        far = size - (math.log(2) - jnp.log1p(jnp.exp(-2 * x))) / self.sharpness
        return jnp.where(x <= 1, near, far)

    def selection(self, z: Array) -> Array:
        return jnp.tanh(self.sharpness * z)

    def conjugate_density(self, y: Array) -> Array:
        # Near 0 the two entropies cancel; log(1−y²) + 2y·artanh(y) is the same sum with nothing to cancel.
        small = jnp.where(jnp.abs(y) < 0.5, y, jnp.zeros_like(y))
        near = jnp.log1p(-(small**2)) + 2 * small * jnp.arctanh(small)
        far = xlogy(1 + y, 1 + y) + xlogy(1 - y, 1 - y)
        return jnp.where(jnp.abs(y) < 0.5, near, far) / (2 * self.sharpness)

    def conjugate_selection(self, y: Array) -> Array:
        return jnp.arctanh(y) / self.sharpness
