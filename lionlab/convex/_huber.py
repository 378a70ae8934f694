"""The smoothed absolute values of Huber: a clipped momentum in place of its sign, and a ridge inside the box."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._parameter import real_parameter, require_above
from ._power import power_of_two_below
from ._separable import SeparableFunction


class Huber(SeparableFunction):
    """K(z) = Σ h(z_i), h(z) = z²/(2e) for |z| ≤ e and |z| − e/2 beyond; e = `threshold` > 0, in units of the momentum.

    Subgradient clip(z, −e, e)/e; K*(y) = (e/2)‖y‖² on the box ‖y‖∞ ≤ 1. It is the Moreau envelope of ‖·‖₁.

    **Raises:** `ValueError` unless threshold is finite and > 0.
    Source: arXiv 2310.05898, table 2, row 5.
    """

    threshold: float | Array = eqx.field(converter=real_parameter)
    is_smooth = True

    def __check_init__(self) -> None:
        require_above(self, "threshold", self.threshold, 0, remedy="For no smoothing use L1Norm().")

    def density(self, z: Array) -> Array:
        size = jnp.abs(z)
        quadratic_part = jnp.minimum(size, self.threshold)
        return quadratic_part * (quadratic_part / (2 * self.threshold)) + (size - quadratic_part)

    def selection(self, z: Array) -> Array:
        return jnp.clip(z / self.threshold, -1, 1)

    def conjugate_density(self, y: Array) -> Array:
        return self.threshold / 2 * y**2

    def conjugate_selection(self, y: Array) -> Array:
        return self.threshold * y

    def proximal(self, z: Array, step: Array) -> Array:
        shrunk = z * (self.threshold / (self.threshold + step))
        return jnp.where(jnp.abs(z) <= self.threshold + step, shrunk, z - step * jnp.sign(z))

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        return jnp.clip(y / (1 + step * self.threshold), -1, 1)


class PseudoHuber(SeparableFunction):
    """K(z) = Σ √(z_i² + e²) − e, e = `threshold` > 0, in units of the momentum; analytic, unlike `Huber`.

    Subgradient z/√(z² + e²); K*(y) = eΣ(1 − √(1 − y_i²)) on the box ‖y‖∞ ≤ 1; ∂K* is empty on its faces |y_i| = 1.

    **Raises:** `ValueError` unless threshold is finite and > 0.
    """

    threshold: float | Array = eqx.field(converter=real_parameter)
    is_smooth = True
    is_twice_differentiable = True

    def __check_init__(self) -> None:
        require_above(self, "threshold", self.threshold, 0, remedy="For no smoothing use L1Norm().")

    def density(self, z: Array) -> Array:
        # √(z²+e²) − e = z²/(√(z²+e²) + e): no cancellation for small z, and a quotient that cannot overflow.
        size = jnp.abs(z)
        return size * (size / (self._hypotenuse(z) + self.threshold))

    def selection(self, z: Array) -> Array:
        relative, hypotenuse, is_far, _ = self._relative(z)
        return jnp.where(is_far, jnp.sign(z), relative / hypotenuse)

    def conjugate_density(self, y: Array) -> Array:
        # 1 − √(1−y²) = y²/(1 + √(1−y²)): no cancellation for small y.
        return self.threshold * (y**2 / (1 + _half_chord(y)))

    def conjugate_selection(self, y: Array) -> Array:
        return self.threshold * y / _half_chord(y)

    def _hypotenuse(self, z: Array) -> Array:
        _, hypotenuse, is_far, scale = self._relative(z)
        return jnp.where(is_far, jnp.abs(z), hypotenuse * scale)

    def _relative(self, z: Array) -> tuple[Array, Array, Array, Array]:
        """(z/s, √(z² + e²)/s, whether e is lost beside z and these do not count, s) for a power of two s near e.

        The scale hangs on e alone and not on the larger of z and e, for which every step of a run would wait.
        """
        threshold = jnp.asarray(self.threshold, z.dtype)
        scale, inverse = power_of_two_below(threshold)
        relative = z * inverse
        is_far = jnp.abs(relative) >= 2.0 ** (jnp.finfo(z.dtype).nmant // 2 + 2)  # √(1 + 2^{−m−2}) rounds to 1
        # XLA rewrites (z/s)² as z²/s², which overflows where s does not, unless something stands in between.
        relative, own = jnp.where(is_far, jnp.ones_like(z), relative), jnp.maximum(threshold * inverse, 0)
        return relative, jnp.sqrt(relative**2 + own**2), is_far, scale


def _half_chord(y: Array) -> Array:
    """√(1 − y²) for |y| ≤ 1, exact near |y| = 1 because 1 − |y| is."""
    return jnp.sqrt((1 - y) * (1 + y))
