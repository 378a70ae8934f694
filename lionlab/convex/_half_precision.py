"""Half precision in float32: float16 has no room for a norm between what overflows squared and what inverted, and
bfloat16 has no digits for a power."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax import Array

Tree = TypeVar("Tree")


def half_in_float32(function: Callable[..., Array]) -> Callable[..., Array]:
    """`function` of an array, computed in float32 and rounded once where that array has fewer digits."""

    @wraps(function)
    def wrapped(v: Array, *rest: Any) -> Array:
        if v.dtype.itemsize >= 4:
            return function(v, *rest)
        return function(v.astype(jnp.float32), *rest).astype(v.dtype)

    return wrapped


def in_float32(tree: Tree) -> Tree:
    """The same with all its real parameters in float32."""

    def converted(leaf: Any) -> Any:
        is_real = isinstance(leaf, float) or (hasattr(leaf, "dtype") and jnp.issubdtype(leaf.dtype, jnp.floating))
        return jnp.asarray(leaf, jnp.float32) if is_real else leaf

    return jax.tree.map(converted, tree)
