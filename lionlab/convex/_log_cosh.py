"""K(z) = (1/b)Σ log cosh(bz_i): tanh in place of the sign, and K* is a binary entropy inside the box."""

import math

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._logarithm import log1p
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
    is_twice_differentiable = True

    def __check_init__(self) -> None:
        require_above(self, "sharpness", self.sharpness, 0, remedy="For an infinitely sharp sign use L1Norm().")

    def density(self, z: Array) -> Array:
        # Near 0, log cosh = −½log(1 − tanh²); away from it cosh overflows and |x| − log 2 + log(1 + e^{−2x}) does not.
        # One logarithm, the costly part, serves both.
        size = jnp.abs(z)
        x = self.sharpness * size
        is_near = x <= 1
        log = log1p(jnp.where(is_near, -(jnp.tanh(x) ** 2), jnp.exp(-2 * x)))
        bounded = jnp.where(is_near, -log / 2, log - math.log(2)) / self.sharpness
        return bounded + jnp.where(is_near, 0, size)

    def selection(self, z: Array) -> Array:
        return jnp.tanh(self.sharpness * z)

    def conjugate_density(self, y: Array) -> Array:
        # Near 0 the two entropies cancel; log(1−y²) + 2y·artanh(y) is the same sum with nothing to cancel. Both forms
        # share their two logarithms, log(1+a) and log(1−a) far out, 2artanh(a) and log(1−a²) near 0, a = |y|.
        a = jnp.abs(y)
        is_near = a < 0.5
        first = log1p(jnp.where(is_near, 2 * a / (1 - a), a))
        second = log1p(-jnp.where(is_near, a**2, a))
        far = (1 + a) * first + jnp.where(a < 1, (1 - a) * second, 0)
        return jnp.where(is_near, second + a * first, far) / (2 * self.sharpness)

    def conjugate_selection(self, y: Array) -> Array:
        # artanh by one logarithm, exact in its argument because 1 − |y| is.
        a = jnp.abs(y)
        return jnp.sign(y) * log1p(2 * a / (1 - a)) / (2 * self.sharpness)
