"""Any JAX function as a loss; its gradient by automatic differentiation."""

import math
import numbers
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jax import Array

from ..precision import double_precision
from ._loss import Loss, checked_dimension


class Objective(Loss):
    """f given by a JAX function of one array.

    `function` maps an array of shape `(dim,)`, or of shape `dim` if that is a tuple, to a scalar; its gradient is
    `jax.grad` of it, so at a kink it is whatever the function's own derivative rules say. Arrays which the function
    captured keep their own dtype. `smoothness` and `is_convex` are taken on trust; left out, they are unknown (None).

    **Raises:** when built, `TypeError` if `function` is not callable, cannot be traced by JAX or differentiated, or
    does not return one real scalar; `TypeError`/`ValueError` for a wrong `dim`, `smoothness` or `is_convex`.
    """

    function: Callable[[Array], Array]
    lengths: tuple[int, ...] = eqx.field(static=True)
    stated_smoothness: float | None = eqx.field(static=True)
    stated_convexity: bool | None = eqx.field(static=True)

    def __init__(
        self,
        function: Callable[[Array], Array],
        dim: int | tuple[int, ...],
        smoothness: float | None = None,
        is_convex: bool | None = None,
    ):
        lengths = dim if isinstance(dim, tuple | list) else (dim,)
        self.lengths = tuple(checked_dimension("dim", length) for length in lengths)
        self.function = function
        self.stated_smoothness = _checked_smoothness(smoothness)
        if is_convex not in (True, False, None):
            raise TypeError(f"is_convex must be True, False or None (unknown), got {is_convex!r}.")
        self.stated_convexity = is_convex
        _check_traceable(function, self.lengths)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.lengths

    @property
    def smoothness(self) -> float | None:
        return self.stated_smoothness

    @property
    def is_convex(self) -> bool | None:
        return self.stated_convexity

    def value(self, x: Array) -> Array:
        return self.function(x).astype(x.dtype)

    def slope(self, x: Array) -> Array:
        return jax.grad(self.value)(x)


def _checked_smoothness(smoothness: Any) -> float | None:
    if smoothness is None:
        return None
    if isinstance(smoothness, bool) or not isinstance(smoothness, numbers.Real):
        raise TypeError(f"smoothness must be a number or None (unknown), got {smoothness!r}.")
    number = float(smoothness)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"smoothness must be finite and at least 0, got {number}; pass None if it is unknown.")
    return number


def _check_traceable(function: Any, shape: tuple[int, ...]) -> None:
    if not callable(function):
        raise TypeError(f"function must be callable, got {function!r}.")
    # Captured float32 arrays must not fail this check merely because it is made in float64.
    with double_precision(), jax.numpy_dtype_promotion("standard"):
        x = jax.ShapeDtypeStruct(shape, np.float64)
        try:
            result = jax.eval_shape(function, x)
        except Exception as error:  # whatever the user's code raises, said with the shape it was called with
            raise TypeError(f"function could not be traced by JAX on an array of shape {shape}: {error}") from error
        if not isinstance(result, jax.ShapeDtypeStruct) or result.shape != () or result.dtype.kind != "f":
            found = f"shape {result.shape}, dtype {result.dtype}" if hasattr(result, "dtype") else repr(result)
            raise TypeError(f"function must return one real scalar (shape (), a float dtype), it returns {found}.")
        try:
            jax.eval_shape(jax.grad(function), x)
        except Exception as error:
            raise TypeError(f"function cannot be differentiated by jax.grad: {error}") from error
