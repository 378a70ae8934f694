"""Vectors and matrices as parameters of a convex function: checked once, hashable, in the dtype of what they meet."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import as_numpy


class Fixed(eqx.Module):
    """An array that is fixed when a function is built, kept as nested tuples: another one is another function."""

    entries: tuple = eqx.field(static=True)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.entries, dtype or np.float64)


def array_parameter(owner: str, name: str, value: Any) -> float | Array | Fixed:
    """`value` as it is stored: a number as a float, an array of numbers as `Fixed`, a traced array as it is.

    **Raises:** `TypeError` unless it is a number or an array of numbers, `ValueError` for an entry that is not finite.
    """
    if isinstance(value, jax.core.Tracer | Fixed):
        return value
    try:
        array = as_numpy(name, value).astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{owner}: {name} must be a number or an array of real numbers, got {value!r}.") from None
    if not np.all(np.isfinite(array)):
        wrong = float(array[~np.isfinite(array)].flat[0])
        raise ValueError(f"{owner}: {name} must be finite, got {wrong:g}. Leave a missing entry at 0.")
    return float(array) if array.ndim == 0 else Fixed(_nested(array.tolist()))


def parameter_like(owner: str, name: str, parameter: float | Array | Fixed, z: Array) -> Array:
    """The parameter in z's shape and dtype. **Raises:** `ValueError` when it is an array of another shape."""
    array = jnp.asarray(np.asarray(parameter) if isinstance(parameter, Fixed) else parameter).astype(z.dtype)
    if array.ndim and array.shape != z.shape:
        raise ValueError(f"{owner}: {name} has shape {array.shape}, z has shape {z.shape}; they must agree.")
    return jnp.broadcast_to(array, z.shape)


def _nested(value: Any) -> Any:
    return tuple(map(_nested, value)) if isinstance(value, list) else value
