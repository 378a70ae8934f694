"""K of a matrix applied to the kernel of a convolution, in torch's order of axes."""

import math
from collections.abc import Callable

from jax import Array
from torch import Tensor

from ..convex import ConvexFunction
from ._direction import Function, build_direction, register_direction


class Unfolded(ConvexFunction):
    """`function` of the matrix whose rows are the first axis of z and whose columns are all other axes together.

    For the kernel of a `torch.nn.Conv2d`, (out, in, height, width), it is the matrix (out, in·height·width), as Muon
    takes it: `Unfolded(NuclearNorm())`. Flax and Keras keep the output features in the last axis, so theirs is
    `lionlab.optim.Unfolded` or `lionlab.keras.Unfolded`, of the transposed matrix. Unfolding keeps inner products: K*
    is the unfolded conjugate, and prox, projection and distance carry over.

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


def _matrix(z: Array) -> Array:
    _require_axes(z.shape)
    return z.reshape(z.shape[0], math.prod(z.shape[1:]))


def _require_axes(shape: tuple[int, ...]) -> None:
    if len(shape) < 2:
        raise ValueError(
            f"Unfolded takes an array of two or more axes, got shape {tuple(shape)}. Put other parameters into a group "
            "with another K, such as L1Norm()."
        )


def _unfolded(K: Unfolded) -> Function:
    inner: Callable[[Tensor], Tensor] = build_direction(K.function).function

    def function(z: Tensor) -> Tensor:
        _require_axes(z.shape)
        return inner(z.reshape(z.shape[0], math.prod(z.shape[1:]))).reshape(z.shape)

    return function


register_direction(Unfolded, _unfolded)  # type: ignore[arg-type]  # takes the class it is registered for
