"""The Moreau envelope K_e = K □ ‖·‖²/(2e): a smooth K with the same shape, whose conjugate gains a ridge."""

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._half_precision import in_float32
from ._parameter import real_parameter, require_above
from ._scaled import require_function
from ._slope import with_slope


class MoreauEnvelope(ConvexFunction):
    """K_e(z) = min_u K(u) + ‖u − z‖²/(2e), e = `smoothing` > 0.

    ∇K_e(z) = prox_{K*/e}(z/e), for a norm the projection of z/e on the dual ball, is 1/e-Lipschitz;
    K_e* = K* + (e/2)‖·‖². The envelope of ‖·‖₁ is `Huber(e)`. Where z/e overflows (in float64 beyond 1e308·e) both may
    be NaN; float16 is computed in float32.

    **Raises:** `ValueError` unless smoothing is finite and > 0; `TypeError` when `function` is no convex function.
    Source: Bauschke & Combettes, Convex Analysis, §12.4.
    """

    function: ConvexFunction
    smoothing: float | Array = eqx.field(converter=real_parameter)
    is_smooth = True

    def __check_init__(self) -> None:
        require_function(self, self.function)
        require_above(self, "smoothing", self.smoothing, 0, remedy="For no smoothing use the function itself.")

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, z: Array) -> Array:
        if z.dtype == jnp.float16:  # in which z/e soon overflows
            return in_float32(self).value(z.astype(jnp.float32)).astype(z.dtype)
        return with_slope(z, value=self._at_nearby, selection=self.selection)

    def _at_nearby(self, z: Array) -> Array:
        nearby = self.function.proximal(z, jnp.asarray(self.smoothing, z.dtype))
        return self.function.value(nearby) + self.smoothing / 2 * jnp.sum(self.selection(z) ** 2)

    def selection(self, z: Array) -> Array:
        if z.dtype == jnp.float16:
            return in_float32(self).selection(z.astype(jnp.float32)).astype(z.dtype)
        # prox of K* and not (z − prox of K)/e, which has no digits left where ‖z‖ is large.
        return self.function.conjugate().proximal(z / self.smoothing, jnp.asarray(1 / self.smoothing, z.dtype))

    def conjugate(self) -> "Ridged":
        return Ridged(self.function.conjugate(), self.smoothing)

    def proximal(self, z: Array, step: Array) -> Array:
        total = step + self.smoothing
        return (self.smoothing / total) * z + (step / total) * self.function.proximal(z, total)


class Ridged(ConvexFunction):
    """φ + (e/2)‖·‖² for a convex φ: strongly convex; the conjugate of a Moreau envelope."""

    function: ConvexFunction
    weight: float | Array

    @property
    def is_smooth(self) -> bool:
        return self.function.is_smooth

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, y: Array) -> Array:
        return _sum_or_infinity(self.function.value(y), self._ridge(y))

    def value_within(self, y: Array, allowance: Array) -> Array:
        return _sum_or_infinity(self.function.value_within(y, allowance), self._ridge(y))

    def selection(self, y: Array) -> Array:
        return self.function.selection(y) + self.weight * self.projection(y)

    def conjugate(self) -> MoreauEnvelope:
        return MoreauEnvelope(self.function.conjugate(), self.weight)

    def proximal(self, y: Array, step: Array) -> Array:
        shrink = 1 + step * self.weight
        return self.function.proximal(y / shrink, step / shrink)

    def projection(self, y: Array) -> Array:
        return self.function.projection(y)

    def excess(self, y: Array) -> Array:
        return self.function.excess(y)

    def _ridge(self, y: Array) -> Array:
        return self.weight / 2 * jnp.sum(self.projection(y) ** 2)


def _sum_or_infinity(value: Array, ridge: Array) -> Array:
    """value + ridge, where an infinite value wins over a ridge that is not a number."""
    return jnp.where(value < jnp.inf, value + ridge, jnp.inf)
