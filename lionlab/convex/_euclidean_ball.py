"""K on the ball {‖z‖₂ ≤ r}, whose conjugate is K* □ r‖·‖₂: the other half of every infimal convolution with ‖·‖₂."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance
from ._truncated import conjugate_over_euclidean_ball


class OnEuclideanBall(ConvexFunction):
    """K(z) where ‖z‖₂ ≤ r, +inf elsewhere, for K ≥ 0 = K(0) whose own domain may be smaller than the ball."""

    function: ConvexFunction
    radius: float | Array

    def value(self, z: Array) -> Array:
        return self.value_within(z, rounding_allowance(z, evaluation_count=z.size + 8.0))

    def value_within(self, z: Array, allowance: Array) -> Array:
        value = self.function.value_within(self.projection(z), rounding_allowance(z, evaluation_count=z.size + 8.0))
        return jnp.where(is_within(self.excess(z), allowance), value, jnp.inf)

    def selection(self, z: Array) -> Array:
        return self.function.selection(z)

    def conjugate(self) -> "EuclideanConvolution":
        return EuclideanConvolution(self.function, self.radius)

    def proximal(self, z: Array, step: Array) -> Array:
        # With the multiplier μ of the ball and t = 1/(1 + step·μ), u = prox_{t·step·K}(tz) gets longer with t.
        return self._longest(lambda t: self.function.proximal(t * z, t * step), z)

    def projection(self, z: Array) -> Array:
        return self._longest(lambda t: self.function.projection(t * z), z)

    def excess(self, z: Array) -> Array:
        return euclidean_norm(z - self.projection(z))

    def _longest(self, path: Callable[[Array], Array], z: Array) -> Array:
        """path(t) with the largest t ∈ [0, 1] in the ball, ‖path(t)‖₂ being nondecreasing; by bisection."""

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = jnp.sqrt(low) * jnp.sqrt(high)
            fits = euclidean_norm(path(middle)) <= self.radius
            return jnp.where(fits, middle, low), jnp.where(fits, high, middle)

        end = jnp.ones((), z.dtype)
        # path(t) is no longer than t‖z‖, since 0 is where K is least: at the bottom it fits.
        bottom = jnp.minimum(self.radius / jnp.maximum(euclidean_norm(z), self.radius), end)
        low, _ = jax.lax.fori_loop(0, jnp.finfo(z.dtype).nmant + 12, halve, (bottom, end))
        at_end = path(end)
        found = jnp.where(euclidean_norm(at_end) <= self.radius, at_end, path(low))
        size = euclidean_norm(found)
        return jnp.where(size > self.radius, found * (self.radius / size), found)


class EuclideanConvolution(ConvexFunction):
    """(K* □ r‖·‖₂)(y) = min_w K*(w) + r‖y − w‖₂ = max {⟨y, z⟩ − K(z) : ‖z‖₂ ≤ r}, finite for every y."""

    function: ConvexFunction
    radius: float | Array

    def value(self, y: Array) -> Array:
        value, _ = conjugate_over_euclidean_ball(self.function, y, jnp.asarray(self.radius, y.dtype))
        return jnp.where(jnp.all(jnp.isfinite(y)), value, jnp.inf)

    def selection(self, y: Array) -> Array:
        return conjugate_over_euclidean_ball(self.function, y, jnp.asarray(self.radius, y.dtype))[1]

    def conjugate(self) -> OnEuclideanBall:
        return OnEuclideanBall(self.function, self.radius)
