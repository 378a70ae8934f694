"""K(z) = (1/b)Σ log cosh(bz_i): tanh in place of the sign, and K* is a binary entropy inside the box."""

import functools
import math
from decimal import Decimal

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._logarithm import log1p
from ._parameter import real_parameter, require_above
from ._polynomial import interpolating_coefficients, polynomial
from ._separable import SeparableFunction

# Degrees at which the four interpolants below are exact to rounding.
DEGREES = {"float32": (7, 5, 6, 6), "float64": (16, 11, 15, 15)}


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
        # Away from 0 cosh overflows and |x| − log 2 + log(1 + e^{−2x}) does not; the |x| is |z| after the division.
        size = jnp.abs(z)
        x = self.sharpness * size
        is_near = x <= 1
        # XLA rewrites eᵃ·eᵃ as e²ᵃ, another exponential, unless something stands in between.
        square, decayed = jnp.minimum(x, 1) ** 2, jnp.maximum(jnp.exp(-2 * x), 0)
        near, log, _, _ = _coefficients(_precision(z))
        far = decayed * polynomial(decayed, log) - math.log(2)
        return jnp.where(is_near, square * polynomial(square, near), far) / self.sharpness + jnp.where(is_near, 0, size)

    def selection(self, z: Array) -> Array:
        return jnp.tanh(self.sharpness * z)

    def conjugate_density(self, y: Array) -> Array:
        # Near 0 the two entropies cancel; their sum is a power series in y².
        a = jnp.abs(y)
        square = jnp.minimum(a, 0.5) ** 2
        _, _, near, log = _coefficients(_precision(y))
        far = (1 + a) * polynomial(4 * a - 3, log) + jnp.where(a < 1, (1 - a) * log1p(-a), 0)
        return jnp.where(a < 0.5, square * polynomial(square, near), far) / (2 * self.sharpness)

    def conjugate_selection(self, y: Array) -> Array:
        # artanh by one logarithm, exact in its argument because 1 − |y| is.
        a = jnp.abs(y)
        return jnp.sign(y) * log1p(2 * a / (1 - a)) / (2 * self.sharpness)


def _precision(array: Array) -> str:
    return "float64" if array.dtype == jnp.float64 else "float32"


@functools.cache
def _coefficients(precision: str) -> tuple[tuple[float, ...], ...]:
    """Of log cosh(x)/x² in powers of x² ≤ 1, of log(1+u)/u in powers of u ≤ e⁻², of the sum of the two entropies over
    a² in powers of a² ≤ ¼, and of log(1+a) in powers of 4a − 3 ∈ [−1, 1]."""
    near, log, near_entropy, entropy = DEGREES[precision]

    def log_cosh(square: Decimal) -> Decimal:
        x = square.sqrt()
        return ((x.exp() + (-x).exp()) / 2).ln() / square

    def entropies(square: Decimal) -> Decimal:
        a = square.sqrt()
        return ((1 + a) * (1 + a).ln() + (1 - a) * (1 - a).ln()) / square

    return (
        interpolating_coefficients(log_cosh, 0.0, 1.0, near),
        interpolating_coefficients(lambda u: (1 + u).ln() / u, 0.0, math.exp(-2.0), log),
        interpolating_coefficients(entropies, 0.0, 0.25, near_entropy),
        interpolating_coefficients(lambda s: ((s + 7) / 4).ln(), -1.0, 1.0, entropy),
    )
