"""K_M = K + indicator of {‖·‖_B ≤ M}: its conjugate is finite everywhere, which gives one Lyapunov function for both
phases: K_M*(y) = inf_z K*(z) + M‖y − z‖_{B,dual} counts how far y is outside dom K* instead of being infinite there."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, euclidean_norm, rounding_allowance
from ._parameter import real_parameter, require_above
from ._scaled import require_function


class Truncated(ConvexFunction):
    """K_M(z) = K(z) where ‖z‖_B ≤ M = `bound` > 0, +inf elsewhere.

    B is the ball of `K.ball_norm`: the max-norm for a separable K, K itself for any other norm, else Euclidean.

    **Raises:** `ValueError` unless bound is finite and > 0; `TypeError` when `function` is no convex function.
    """

    function: ConvexFunction
    bound: float | Array = eqx.field(converter=real_parameter)

    def __check_init__(self) -> None:
        require_function(self, self.function)
        require_above(self, "bound", self.bound, 0, remedy="Use the largest ‖m‖_B of the run.")

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, z: Array) -> Array:
        return self.value_within(z, rounding_allowance(z, evaluation_count=z.size + 8.0))

    def value_within(self, z: Array, allowance: Array) -> Array:
        inside = jnp.isfinite(allowance) & (self.excess(z) <= allowance)
        return jnp.where(inside, self.function.value_within(self._retracted(z), allowance), jnp.inf)

    def selection(self, z: Array) -> Array:
        """∇K(z), which is in ∂K_M(z) wherever ‖z‖_B ≤ M."""
        return self.function.selection(z)

    def conjugate(self) -> "TruncatedConjugate":
        return TruncatedConjugate(self.function, self.bound)

    def ball_norm(self, v: Array) -> Array:
        return self.function.ball_norm(v)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        return self.function.truncated_conjugate(y, jnp.minimum(bound, self.bound))

    def proximal(self, z: Array, step: Array) -> Array:
        if self.is_separable:
            return self.projection(self.function.proximal(z, step))
        if self.function.is_positively_homogeneous:
            return self._onto_level(z, step)
        # With the multiplier μ of ‖u‖₂ ≤ M and t = 1/(1 + step·μ): u = prox_{step·t·K}(tz), and ‖u‖₂ grows with t.
        return self._largest(lambda t: self.function.proximal(t * z, t * step), jnp.ones((), z.dtype))

    def projection(self, z: Array) -> Array:
        if self.function.is_positively_homogeneous and not self.is_separable:
            return jnp.where(self.function.ball_norm(z) > self.bound, self._onto_level(z, jnp.zeros((), z.dtype)), z)
        return self._retracted(z)

    def excess(self, z: Array) -> Array:
        return euclidean_norm(z - self._retracted(z))

    def _retracted(self, z: Array) -> Array:
        """A point of the ball, z itself inside: the nearest in the max-norm and Euclidean ball, else the radial one."""
        if self.is_separable:
            return jnp.clip(z, -self.bound, self.bound)
        size = self.function.ball_norm(z)
        return jnp.where(size > self.bound, z * (self.bound / size), z)

    def _onto_level(self, z: Array, step: Array) -> Array:
        """prox_{sK}(z) with the least s ≥ step that brings it to K ≤ M; it is 0 at s = dual_norm(z)."""
        reach = jnp.maximum(self.function.dual_norm(z) - step, 0)
        return self._largest(lambda t: self.function.proximal(z, step + (1 - t) * reach), jnp.ones((), z.dtype))

    def _largest(self, path, end: Array) -> Array:  # type: ignore[no-untyped-def]
        """path(t) with the largest t ∈ [0, 1] in the ball, ‖path(t)‖_B being nondecreasing and 0 at 0; by bisection."""

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = (low + high) / 2
            fits = self.function.ball_norm(path(middle)) <= self.bound
            return jnp.where(fits, middle, low), jnp.where(fits, high, middle)

        fits_at_end = self.function.ball_norm(path(end)) <= self.bound
        low, _ = jax.lax.fori_loop(0, jnp.finfo(end.dtype).nmant + 12, halve, (jnp.zeros_like(end), end))
        found = path(jnp.where(fits_at_end, end, low))
        # Far outside the ball the path is a difference of large numbers and no t may fit to the last digit.
        size = self.function.ball_norm(found)
        return jnp.where(size > self.bound, found * (self.bound / size), found)


class TruncatedConjugate(ConvexFunction):
    """K_M*, finite for every y, equal to K* where ∂K* meets the ball, and M-Lipschitz in the norm dual to B."""

    function: ConvexFunction
    bound: float | Array

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, y: Array) -> Array:
        value, _ = self.function.truncated_conjugate(y, jnp.asarray(self.bound, y.dtype))
        return jnp.where(jnp.all(jnp.isfinite(y)), value, jnp.inf)

    def selection(self, y: Array) -> Array:
        return self.function.truncated_conjugate(y, jnp.asarray(self.bound, y.dtype))[1]

    def conjugate(self) -> Truncated:
        return Truncated(self.function, self.bound)


def conjugate_over_box(function: ConvexFunction, y: Array, bound: Array) -> tuple[Array, Array]:
    """K_M*(y) and a maximiser for separable K and B the max-norm: K* between the slopes k'(±M), straight lines beyond.

    An entry y_i beyond the slope at ±M has that end for its maximiser v_i and adds ⟨y_i, v_i⟩ − k(v_i).
    """
    right = function.projection(jnp.broadcast_to(bound, y.shape).astype(y.dtype))
    left = function.projection(jnp.broadcast_to(-bound, y.shape).astype(y.dtype))
    # Beyond the last slope of a function whose own domain ends before M, the maximiser is that end at any slope above.
    above, below = y - function.selection(right), function.selection(left) - y
    is_above, is_below = above > 0, below > 0
    v = jnp.where(is_above, right, jnp.where(is_below, left, jnp.zeros_like(y)))
    if function.is_positively_homogeneous:
        return bound * jnp.sum(jnp.maximum(jnp.maximum(above, below), 0)), v
    conjugate, inner = function.conjugate(), jnp.where(is_above | is_below, jnp.zeros_like(y), y)
    value = jnp.sum(y * v) - function.value(v) + conjugate.value(inner)
    return value, jnp.where(is_above | is_below, v, jnp.clip(conjugate.selection(inner), left, right))


def conjugate_over_own_ball(function: ConvexFunction, y: Array, bound: Array) -> tuple[Array, Array]:
    """M·max(‖y‖_dual − 1, 0) and a maximiser, for a norm K and B its own ball."""
    dual_norm = function.dual_norm(y)
    slope = jnp.where(dual_norm > 1, bound, jnp.zeros_like(bound))
    return slope * jnp.where(dual_norm > 1, dual_norm - 1, 0), slope * function.dual_norm_selection(y)


def conjugate_over_euclidean_ball(function: ConvexFunction, y: Array, bound: Array) -> tuple[Array, Array]:
    """max {⟨y, z⟩ − K(z) : ‖z‖₂ ≤ M} and a maximiser, for any K ≥ 0 = K(0).

    With a multiplier μ for the ball z(μ) = prox_{K/μ}(y/μ), and ‖z(μ)‖₂ falls from its value on ∂K*(y), infinite
    outside dom K*, to at most M at μ = ‖y‖₂/M. Where a point of ∂K*(y) lies in the ball μ = 0 and K_M*(y) = K*(y); else
    the root of ‖z(μ)‖₂ = M is bracketed geometrically. The result is ⟨y, z⟩ − K(z) at a feasible z, hence never too
    large; that it is not too small is strong duality.
    """
    conjugate = function.conjugate()
    free = conjugate.selection(y)
    free_value = conjugate.value(y)
    is_free = jnp.isfinite(free_value) & (euclidean_norm(free) <= bound)

    length = euclidean_norm(y)
    top = jnp.where(length > 0, length, jnp.ones_like(length)) / bound
    # Where even the smallest multiplier leaves z inside the ball, its term in the duality gap is below u²M‖y‖.
    bottom = top * float(jnp.finfo(y.dtype).eps) ** 2

    def point(multiplier: Array) -> Array:
        return function.proximal(y / multiplier, 1 / multiplier)

    def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bracket
        middle = jnp.sqrt(low) * jnp.sqrt(high)
        fits = euclidean_norm(point(middle)) <= bound
        return jnp.where(fits, low, middle), jnp.where(fits, middle, high)

    _, multiplier = jax.lax.fori_loop(0, jnp.finfo(y.dtype).nmant + 8, halve, (bottom, top))
    z = point(multiplier)
    z = z * jnp.minimum(1, bound / jnp.maximum(euclidean_norm(z), bound))
    bound_value = jnp.maximum(jnp.sum(y * z) - function.value(z), 0)
    return jnp.where(is_free, free_value, bound_value), jnp.where(is_free, free, z)
