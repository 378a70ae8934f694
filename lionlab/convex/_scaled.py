"""cK for c > 0, and what its conjugate is: (cK)*(y) = cK*(y/c), so dom K* grows by the factor c."""

import equinox as eqx
from jax import Array

from ._function import ConvexFunction
from ._parameter import real_parameter, require_above


class Scaled(ConvexFunction):
    """(cK)(z) = c·K(z), c = `factor` > 0. Lion-K moves c times as far, and its constraint set is c times as wide.

    **Raises:** `ValueError` unless factor is finite and > 0; `TypeError` when `function` is no convex function.
    """

    function: ConvexFunction
    factor: float | Array = eqx.field(converter=real_parameter)

    def __check_init__(self) -> None:
        require_function(self, self.function)
        require_above(self, "factor", self.factor, 0, remedy="A factor <= 0 would destroy convexity.")

    @property
    def is_smooth(self) -> bool:
        return self.function.is_smooth

    @property
    def is_twice_differentiable(self) -> bool:
        return self.function.is_twice_differentiable

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.function.is_positively_homogeneous

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, z: Array) -> Array:
        return self.factor * self.function.value(z)

    def value_within(self, z: Array, allowance: Array) -> Array:
        return self.factor * self.function.value_within(z, allowance)

    def selection(self, z: Array) -> Array:
        return self.factor * self.function.selection(z)

    def conjugate(self) -> "Dilated":
        return Dilated(self.function.conjugate(), self.factor)

    def proximal(self, z: Array, step: Array) -> Array:
        return self.function.proximal(z, step * self.factor)

    def projection(self, z: Array) -> Array:
        return self.function.projection(z)

    def excess(self, z: Array) -> Array:
        return self.function.excess(z)

    def dual_norm(self, y: Array) -> Array:
        return self.function.dual_norm(y / self.factor)

    def dual_norm_selection(self, y: Array) -> Array:
        return self.function.dual_norm_selection(y) / self.factor


class Dilated(ConvexFunction):
    """z ↦ c·K(z/c), the graph of K seen c times as large; it arises as the conjugate of cK*."""

    function: ConvexFunction
    factor: float | Array

    @property
    def is_smooth(self) -> bool:
        return self.function.is_smooth

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.function.is_positively_homogeneous

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, y: Array) -> Array:
        return self.factor * self.function.value(y / self.factor)

    def value_within(self, y: Array, allowance: Array) -> Array:
        return self.factor * self.function.value_within(y / self.factor, allowance / self.factor)

    def selection(self, y: Array) -> Array:
        return self.function.selection(y / self.factor)

    def conjugate(self) -> Scaled:
        return Scaled(self.function.conjugate(), self.factor)

    def proximal(self, y: Array, step: Array) -> Array:
        return self.factor * self.function.proximal(y / self.factor, step / self.factor)

    def projection(self, y: Array) -> Array:
        return self.factor * self.function.projection(y / self.factor)

    def excess(self, y: Array) -> Array:
        return self.factor * self.function.excess(y / self.factor)

    def dual_norm(self, y: Array) -> Array:
        return self.function.dual_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return self.function.dual_norm_selection(y)


def require_function(owner: object, function: object) -> None:
    """**Raises:** `TypeError` unless `function` is a convex function, with the usual slip (a class) named."""
    if not isinstance(function, ConvexFunction):
        slip = f" Write {function.__name__}(…)." if isinstance(function, type) else ""
        raise TypeError(f"{type(owner).__name__} needs a convex function such as L1Norm(), got {function!r}.{slip}")
