"""K of a matrix applied to the kernel of a convolution, in Keras' order of axes."""

import math
from typing import Any

import keras
from jax import Array

from ..convex import ConvexFunction
from ._written import read, written


@keras.saving.register_keras_serializable(package="lionlab")
class Unfolded(ConvexFunction):
    """`function` of the matrix whose columns are the last axis of z and whose rows are all other axes together.

    For the kernel of a `Conv2D`, (height, width, in, out), it is the matrix (height·width·in, out):
    `Unfolded(NuclearNorm())`. `lionlab.optim.Unfolded` means the same, and `LionK` takes it for this one. Unfolding
    keeps inner products: K* is the unfolded conjugate, and prox, projection and distance carry over.

    **Raises:** `TypeError` when `function` is no convex function; `ValueError` on a vector or a scalar.
    """

    function: ConvexFunction

    def __check_init__(self) -> None:
        if not isinstance(self.function, ConvexFunction):
            raise TypeError(
                f"Unfolded: function must be a convex function such as NuclearNorm(), got {self.function!r}."
            )

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
        return self.function.value(_matrix(z))

    def value_within(self, y: Array, allowance: Array) -> Array:
        return self.function.value_within(_matrix(y), allowance)

    def selection(self, z: Array) -> Array:
        return self.function.selection(_matrix(z)).reshape(z.shape)

    def conjugate(self) -> "Unfolded":
        return Unfolded(self.function.conjugate())

    def proximal(self, z: Array, step: Array) -> Array:
        return self.function.proximal(_matrix(z), step).reshape(z.shape)

    def projection(self, y: Array) -> Array:
        return self.function.projection(_matrix(y)).reshape(y.shape)

    def distance(self, y: Array) -> Array:
        return self.function.distance(_matrix(y))

    def excess(self, y: Array) -> Array:
        return self.function.excess(_matrix(y))

    def dual_norm(self, y: Array) -> Array:
        return self.function.dual_norm(_matrix(y))

    def dual_norm_selection(self, y: Array) -> Array:
        return self.function.dual_norm_selection(_matrix(y)).reshape(y.shape)

    def get_config(self) -> dict[str, Any]:
        """The function, as a Keras config holds it."""
        return {"function": written(self.function)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Unfolded":
        """What `get_config` described."""
        return cls(read(config["function"], None))


def matrix_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """(rows, columns) of the unfolded array. **Raises:** `ValueError` on a vector or a scalar."""
    if len(shape) < 2:
        raise ValueError(f"Unfolded takes an array of two or more axes, got shape {tuple(shape)}.")
    return math.prod(shape[:-1]), shape[-1]


def _matrix(z: Array) -> Array:
    return z.reshape(matrix_shape(z.shape))
