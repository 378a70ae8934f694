"""Σ(x_i² − 1)²/4: in every coordinate two wells at ±1 and a hilltop at 0."""

import itertools

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._loss import Loss, checked_dimension

_LARGEST_LISTED = 10  # 2¹⁰ = 1024 minimisers


class DoubleWell(Loss):
    """f(x) = Σ(x_i² − 1)²/4, ∇f(x) = x³ − x: minimum 0 at the 2^d sign vectors, a stationary maximum at 0.

    1-weakly convex (f + ½‖x‖² is convex), not globally smooth (`smoothness` is None). `minimizers` lists all sign
    vectors up to d = 10; beyond that the list would be too long and is None.

    **Raises:** `ValueError` when `dim` < 1.
    """

    length: int = eqx.field(static=True)

    def __init__(self, dim: int = 1):
        self.length = checked_dimension("dim", dim)

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.length,)

    @property
    def is_convex(self) -> bool:
        return False

    @property
    def minimizers(self) -> np.ndarray | None:
        if self.dim > _LARGEST_LISTED:
            return None
        return np.array(list(itertools.product((-1.0, 1.0), repeat=self.dim)))

    def value(self, x: Array) -> Array:
        return jnp.sum((x**2 - 1) ** 2) / 4

    def slope(self, x: Array) -> Array:
        return x * (x**2 - 1)
