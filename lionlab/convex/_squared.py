"""K(z) = (s/2)‖z‖²: ∇K is the momentum itself, which gives gradient descent, heavy ball and Nesterov."""

import equinox as eqx
from jax import Array

from ._parameter import real_parameter, require_above
from ._separable import SeparableFunction


class SquaredL2(SeparableFunction):
    """K(z) = (s/2)‖z‖², s = `scale` > 0. Subgradient sz; K*(y) = ‖y‖²/(2s) on all of space: a penalty, no constraint.

    **Raises:** `ValueError` unless scale is finite and > 0.
    """

    scale: float | Array = eqx.field(default=1.0, converter=real_parameter)
    is_smooth = True
    is_twice_differentiable = True

    def __check_init__(self) -> None:
        require_above(self, "scale", self.scale, 0, remedy="For K = 0 use weight_decay alone.")

    @property
    def radius(self) -> float:
        return float("inf")

    def density(self, z: Array) -> Array:
        return self.scale / 2 * z**2

    def selection(self, z: Array) -> Array:
        return self.scale * z

    def conjugate_density(self, y: Array) -> Array:
        return y**2 / (2 * self.scale)

    def conjugate_selection(self, y: Array) -> Array:
        return y / self.scale

    def proximal(self, z: Array, step: Array) -> Array:
        return z / (1 + self.scale * step)

    def conjugate_proximal(self, y: Array, step: Array) -> Array:
        return y / (1 + step / self.scale)
