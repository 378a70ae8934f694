"""Rosenbrock's curved valley, smooth and not convex."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._loss import Loss, checked_dimension


class Rosenbrock(Loss):
    """f(x) = Σ_{i<d} 100(x_{i+1} − x_i²)² + (1 − x_i)², with minimum 0 at (1, …, 1) only.

    The gradient is not globally Lipschitz (`smoothness` is None). From d = 4 on there is a local minimum near
    (−1, 1, …).

    **Raises:** `ValueError` when `dim` < 2. Source: Rosenbrock, The Computer Journal 3 (1960).
    """

    length: int = eqx.field(static=True)

    def __init__(self, dim: int = 2):
        self.length = checked_dimension("dim", dim, least=2)

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.length,)

    @property
    def is_convex(self) -> bool:
        return False

    @property
    def minimizers(self) -> np.ndarray:
        return np.ones((1, *self.shape))

    def value(self, x: Array) -> Array:
        off_valley = x[1:] - x[:-1] ** 2
        return jnp.sum(100 * off_valley**2 + (1 - x[:-1]) ** 2)

    def slope(self, x: Array) -> Array:
        off_valley = x[1:] - x[:-1] ** 2
        as_left = -400 * x[:-1] * off_valley - 2 * (1 - x[:-1])
        return jnp.pad(as_left, (0, 1)) + jnp.pad(200 * off_valley, (1, 0))
