"""The abstract loss f: value and gradient required, their public NumPy-following forms derived."""

import math
import numbers
from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import follows_arrays


class Loss(eqx.Module):
    """A differentiable loss f on vectors or matrices x of one fixed shape.

    A new loss implements `shape`, `value` and `slope`, of which the last two take and return JAX arrays in the dtype
    they are given, and declares what is known of f: `smoothness`, `is_convex`, `minimizers` (None: unknown). What users
    call, `f(x)` and `f.gradient(x)`, is derived here and accepts NumPy arrays and Python numbers too.
    """

    # Compared by identity: its arrays have no hash, and `jax.jit(f)`, `jax.jit(f.gradient)` need one.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of x."""

    @abstractmethod
    def value(self, x: Array) -> Array:
        """f(x), a scalar of x's dtype."""

    @abstractmethod
    def slope(self, x: Array) -> Array:
        """∇f(x), in x's shape and dtype; written out in closed form where there is one."""

    @property
    def smoothness(self) -> float | None:
        """The least known L with ‖∇f(x) − ∇f(y)‖ ≤ L‖x − y‖ (Euclidean, Frobenius); None: unknown or infinite."""
        return None

    @property
    def is_convex(self) -> bool | None:
        """True, False, or None when nobody has said."""
        return None

    @property
    def minimizers(self) -> np.ndarray | None:
        """Known global minimisers stacked along the first axis, not always all of them; None when none is known."""
        return None

    @property
    def dim(self) -> int:
        """The number of entries of x."""
        return math.prod(self.shape)

    @follows_arrays
    def __call__(self, x: Array) -> Array:
        """f(x), a scalar of x's dtype. **Raises:** `ValueError` for a wrong shape, `TypeError` for integer JAX x."""
        return self.value(self._checked(x))

    @follows_arrays
    def gradient(self, x: Array) -> Array:
        """∇f(x), in x's shape and dtype. **Raises:** as `f(x)`."""
        return self.slope(self._checked(x))

    def _checked(self, x: Array) -> Array:
        if x.shape != self.shape:
            raise ValueError(f"{type(self).__name__} takes x of shape {self.shape}, got shape {x.shape}.")
        if not jnp.issubdtype(x.dtype, jnp.floating):
            raise TypeError(f"{type(self).__name__} takes real floating-point x, got dtype {x.dtype}.")
        return x


def checked_dimension(name: str, dim: Any, least: int = 1) -> int:
    """`dim` as an int of at least `least`. **Raises:** `TypeError` or `ValueError` naming the argument."""
    if isinstance(dim, bool) or not isinstance(dim, numbers.Integral):
        raise TypeError(f"{name} must be a whole number, got {dim!r}.")
    if dim < least:
        raise ValueError(f"{name} must be at least {least}, got {dim}.")
    return int(dim)


def checked_parameter(name: str, value: Any, num_axes: int) -> np.ndarray:
    """`value` as a finite, nonempty float64 array with `num_axes` axes. **Raises:** `TypeError` or `ValueError`."""
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array with {num_axes} axes: {error}.") from None
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}.")
    array = array.astype(np.float64)
    if array.ndim != num_axes or array.size == 0:
        raise ValueError(f"{name} must be a nonempty array with {num_axes} axes, got shape {array.shape}.")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0]} among its entries.")
    return array


def product(matrix: Array, right: Array) -> Array:
    """`matrix @ right` at full precision; small matrix-vector products as multiply-and-add, which fuses in a scan."""
    if right.ndim == 1 and matrix.size <= 256:
        return jnp.sum(matrix * right[None, :], axis=1)
    return jnp.matmul(matrix, right, precision="highest")
