"""Beale's function of two variables: flat plains, sharp corners, one minimum."""

import jax.numpy as jnp
import numpy as np
from jax import Array

from ._loss import Loss


class Beale(Loss):
    """f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)², with minimum 0 at (3, ½).

    Not convex; a polynomial of degree eight, so no global `smoothness`. Source: Beale, Princeton TR 25 (1958).
    """

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    @property
    def is_convex(self) -> bool:
        return False

    @property
    def minimizers(self) -> np.ndarray:
        return np.array([[3.0, 0.5]])

    def value(self, x: Array) -> Array:
        u, v = x[0], x[1]
        first, second, third = 1.5 - u + u * v, 2.25 - u + u * v**2, 2.625 - u + u * v**3
        return first**2 + second**2 + third**2

    def slope(self, x: Array) -> Array:
        u, v = x[0], x[1]
        first, second, third = 1.5 - u + u * v, 2.25 - u + u * v**2, 2.625 - u + u * v**3
        along_u = 2 * (first * (v - 1) + second * (v**2 - 1) + third * (v**3 - 1))
        along_v = 2 * u * (first + 2 * second * v + 3 * third * v**2)
        return jnp.stack([along_u, along_v])
