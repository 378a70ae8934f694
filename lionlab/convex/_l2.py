"""K(z) = ‖z‖₂, the K of normalised momentum: ∇K is the direction of z, and K* keeps ‖λx‖₂ ≤ 1."""

import jax.numpy as jnp
from jax import Array

from ._function import euclidean_norm
from ._half_precision import half_in_float32
from ._norm import Norm


class L2Norm(Norm):
    """K(z) = ‖z‖₂ (the Frobenius norm of a matrix). Subgradient z/‖z‖₂, 0 at 0; K* is the indicator of ‖y‖₂ ≤ 1.

    Source: arXiv 2310.05898, table 2 (the ℓp row at p = 2).
    """

    def value(self, z: Array) -> Array:
        return euclidean_norm(z)

    def selection(self, z: Array) -> Array:
        return direction(z)

    def dual_norm(self, y: Array) -> Array:
        return euclidean_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return direction(y)

    def dual_ball_projection(self, y: Array) -> Array:
        return unit_ball_projection(y)


@half_in_float32
def unit_ball_projection(y: Array) -> Array:
    """The nearest point of {‖·‖₂ ≤ 1}."""
    factor, scaled, length = scaled_to_square(y)
    outside = length > factor
    return jnp.where(outside, scaled / jnp.where(outside, length, jnp.ones_like(length)), y)


@half_in_float32
def direction(v: Array) -> Array:
    """v/‖v‖₂, and 0 at 0; of full accuracy where the squares of the entries would overflow or underflow."""
    _, scaled, length = scaled_to_square(v)
    return scaled / jnp.where(length == 0, jnp.ones_like(length), length)


def scaled_to_square(v: Array) -> tuple[Array, Array, Array]:
    """(s, s·v, ‖s·v‖₂) for a power of two s with which the squares neither overflow nor underflow.

    Comparing every entry with the thresholds takes less time than finding the largest one, and a run waits for it.
    Float16 leaves no room for a sum of squares between such thresholds, and is to be taken in float32.
    """
    third = jnp.finfo(v.dtype).maxexp // 3
    size = jnp.abs(v)
    is_large, is_small = jnp.any(size > 2.0**third), jnp.all(size < 2.0**-third)
    down, one, up = (jnp.full((), 2.0**power, v.dtype) for power in (-2 * third, 0, 2 * third))
    factor = jnp.where(is_large, down, jnp.where(is_small, up, one))
    # XLA rewrites (cv)² as c²v² where c is known at compile time, and c² overflows: something must stand in between.
    return factor, v * factor, jnp.sqrt(jnp.sum(jnp.maximum(size * factor, 0) ** 2))
