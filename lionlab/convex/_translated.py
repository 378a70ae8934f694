"""K(z − a) + ⟨s, z⟩ + o: shifting z tilts K*, and tilting K shifts K*. By s a constraint set leaves the origin."""

from abc import abstractmethod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._fixed import Fixed, array_parameter, parameter_like
from ._function import ConvexFunction, euclidean_norm, rounding_allowance
from ._parameter import real_parameter
from ._scaled import require_function
from ._terms import entrywise_truncated_conjugate
from ._truncated import conjugate_over_euclidean_ball


class Shifted(ConvexFunction):
    """K(z − a) plus a linear function, which `Translated` measures from 0 and its conjugate from a."""

    function: ConvexFunction
    shift: float | Array | Fixed
    slope: float | Array | Fixed
    offset: float | Array

    @abstractmethod
    def linear(self, z: Array) -> Array:
        """The linear function at z."""

    @property
    def is_smooth(self) -> bool:
        return self.function.is_smooth

    @property
    def is_twice_differentiable(self) -> bool:
        return self.function.is_twice_differentiable

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, z: Array) -> Array:
        # Rounding z − a may leave dom K by as much as z and a are rounded.
        moved = rounding_allowance(self._moved(z), evaluation_count=z.size + 8.0 * (1 + sum(z.shape[1:])))
        rounded = 4 * float(jnp.finfo(z.dtype).eps) * (euclidean_norm(z) + euclidean_norm(self._shift(z)))
        return self.value_within(z, moved + rounded)

    def value_within(self, z: Array, allowance: Array) -> Array:
        value = self.function.value_within(self._moved(z), allowance)
        # Where K is infinite, or not a number, a linear function that is not a number has no say.
        return jnp.where(value < jnp.inf, value + self.linear(self.projection(z)), jnp.inf)

    def selection(self, z: Array) -> Array:
        return self.function.selection(self._moved(z)) + self._slope(z)

    def proximal(self, z: Array, step: Array) -> Array:
        return self._shift(z) + self.function.proximal(self._moved(z) - step * self._slope(z), step)

    def projection(self, z: Array) -> Array:
        moved = self._moved(z)
        nearest = self.function.projection(moved)
        # a + (z − a) may miss z by a rounding.
        return jnp.where(nearest == moved, z, self._shift(z) + nearest)

    def excess(self, z: Array) -> Array:
        return self.function.excess(self._moved(z))

    def ball_norm(self, v: Array) -> Array:
        """The max-norm for a separable K, else the Euclidean norm: the ball of a truncation stays where it is."""
        return jnp.max(jnp.abs(v)) if self.is_separable else euclidean_norm(v)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        if self.is_separable:
            return entrywise_truncated_conjugate(self, y, bound)
        return conjugate_over_any_ball(self, y, bound)

    def _moved(self, z: Array) -> Array:
        return z - self._shift(z)

    def _shift(self, z: Array) -> Array:
        return parameter_like("Translated", "shift", self.shift, z)

    def _slope(self, z: Array) -> Array:
        return parameter_like("Translated", "slope", self.slope, z)


class Translated(Shifted):
    """z ↦ K(z − shift) + ⟨slope, z⟩ + offset.

    `shift` and `slope` are numbers or arrays of z's shape, `offset` is a number.

    Its conjugate is y ↦ K*(y − slope) + ⟨shift, y − slope⟩ − offset: with shift 0, dom K* moves by `slope`, and Lion-K
    keeps λx in a set around `slope`. Subgradient ∇K(z − shift) + slope. Nothing is changed for you: with another shift
    than 0 the value at 0 is K(−shift) + offset. The built-in functions are 0 at 0 and nowhere below;
    `Translated.recentred(K, shift)` is the translation with both.

    It declares no homogeneity, since a tilted norm has no ball of its own that is the same on both sides.

    **Raises:** `TypeError` when `function` is no convex function, or a parameter no number; `ValueError` for one that
    is not finite, and on a z of another shape than an array `shift` or `slope`.
    Source: Rockafellar, Convex Analysis, theorem 12.3.
    """

    def __init__(self, function: ConvexFunction, shift: Any, slope: Any = 0.0, offset: Any = 0.0):
        self.function = function
        self.shift = array_parameter("Translated", "shift", shift)
        self.slope = array_parameter("Translated", "slope", slope)
        self.offset = real_parameter(offset)

    def __check_init__(self) -> None:
        require_function(self, self.function)
        if isinstance(self.offset, float) and not np.isfinite(self.offset):
            raise ValueError(f"Translated: offset must be finite, got {self.offset:g}.")

    @classmethod
    def recentred(cls, function: ConvexFunction, shift: Any) -> "Translated":
        """K(z − a) − K(−a) − ⟨∇K(−a), z⟩, a = `shift`: 0 at 0, nowhere below, and 0 is a subgradient at 0.

        **Raises:** as `Translated` does; `ValueError` where K(−shift) is not finite.
        """
        require_function(cls, function)
        fixed = array_parameter("Translated.recentred", "shift", shift)
        start: Any = -np.asarray(fixed, np.float64)
        value = float(function(start))
        if not np.isfinite(value):
            raise ValueError(f"Translated.recentred: K(-shift) is {value:g}; -shift must lie in the domain of K.")
        return cls(function, fixed, -function.subgradient(start), -value)

    def linear(self, z: Array) -> Array:
        return jnp.sum(self._slope(z) * z) + self.offset

    def conjugate(self) -> "TranslatedConjugate":
        return TranslatedConjugate(self.function.conjugate(), self.slope, self.shift, -self.offset)


class TranslatedConjugate(Shifted):
    """y ↦ K(y − shift) + ⟨slope, y − shift⟩ + offset; it arises as the conjugate of a `Translated`."""

    def linear(self, z: Array) -> Array:
        return jnp.sum(self._slope(z) * self._moved(z)) + self.offset

    def conjugate(self) -> Translated:
        return Translated(self.function.conjugate(), self.slope, self.shift, -self.offset)


def conjugate_over_any_ball(function: ConvexFunction, y: Array, bound: Array) -> tuple[Array, Array]:
    """max {⟨y, z⟩ − K(z) : ‖z‖₂ ≤ M} and a maximiser for a K with a subgradient at 0, whatever K(0) is.

    Less its tangent at 0, K is 0 there and nowhere below; the tangent's slope goes to y and its height to the maximum.
    Where K has kinks, ∂K*(y) may be a whole face of which only a part is in the ball. The multiplier is then 0, a limit
    that rounding hides, so points on the way to it are tried as well: the best z wins, and every one is a lower bound.
    """
    start = jnp.zeros_like(y)
    tangent, height = function.selection(start), function.value(start)
    above, inner = Translated(function, 0.0, -tangent, -height), y - tangent
    value, z = conjugate_over_euclidean_ball(above, inner, bound)
    if function.is_smooth:
        return value - height, z

    def candidate(multiplier: Array) -> tuple[Array, Array]:
        point = above.proximal(inner / multiplier, 1 / multiplier)
        point = point * jnp.minimum(1, bound / jnp.maximum(euclidean_norm(point), bound))
        return jnp.sum(inner * point) - above.value(point), point

    length = euclidean_norm(inner)
    # The error in z falls with the multiplier and its rounding rises: they meet at the root of the unit roundoff.
    powers = jnp.asarray(np.geomspace(0.3, float(jnp.finfo(y.dtype).eps) ** 0.5, 8), y.dtype)
    values, points = jax.vmap(candidate)(powers * jnp.where(length > 0, length, jnp.ones_like(length)) / bound)
    best = jax.lax.argmax(jnp.where(jnp.isnan(values), -jnp.inf, values), 0, jnp.int32)
    best_value = jnp.max(jnp.where(jnp.isnan(values), -jnp.inf, values))
    best_point = jax.lax.dynamic_index_in_dim(points, best, keepdims=False)
    is_better = best_value > value
    return jnp.where(is_better, best_value, value) - height, jnp.where(is_better, best_point, z)
