"""K of a matrix applied to an array with more axes: K(z) = K'(z unfolded), which changes no inner product."""

import math

from jax import Array

from ..convex import ConvexFunction


class Unfolded(ConvexFunction):
    """`function` of the matrix whose columns are the last axis of z and whose rows are all other axes together.

    For a convolution kernel of Flax or Keras (height, width, in, out) it is the matrix (height·width·in, out). As
    unfolding keeps inner products, K* is the unfolded conjugate, and prox, projection and distance carry over.

    **Raises:** `TypeError` when `function` is no convex function; `ValueError` on a vector or a scalar.
    """

    function: ConvexFunction

    def __check_init__(self) -> None:
        if not isinstance(self.function, ConvexFunction):
            raise TypeError(
                f"Unfolded: function must be a ConvexFunction such as NuclearNorm(), got {self.function!r}."
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


def _matrix(z: Array) -> Array:
    if z.ndim < 2:
        raise ValueError(f"Unfolded takes an array of two or more axes, got shape {z.shape}.")
    return z.reshape(math.prod(z.shape[:-1]), z.shape[-1])
