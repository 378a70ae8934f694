"""Which floating point a computation runs in, and how NumPy arrays cross into JAX and back.

JAX silently turns float64 into float32 unless a *global* flag is set. Verification needs float64, and a library must
not touch global flags: everything here is scoped. Public functions follow the arrays they are given: JAX arrays stay in
JAX (traceable, whatever the flag says); NumPy arrays and Python numbers are computed in their own dtype and come back
as NumPy.
"""

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

_FLOATS = ("float16", "bfloat16", "float32", "float64")

Function = TypeVar("Function", bound=Callable[..., Any])


def double_precision() -> AbstractContextManager[None]:
    """A scope in which JAX keeps float64 as float64; the global flag is as before on leaving it."""
    return jax.enable_x64(True)


def unit_roundoff(dtype: Any) -> float:
    """u = ε/2: the largest relative error of one correctly rounded operation in `dtype`."""
    return float(jnp.finfo(dtype).eps) / 2


def cast_floats(tree: Any, dtype: Any) -> Any:
    """Python floats in a tree become 0-d arrays of the run's dtype: new values then need no new compilation."""
    return jax.tree.map(lambda leaf: np.asarray(leaf, dtype) if isinstance(leaf, float) else leaf, tree)


def as_numpy(name: str, value: Any) -> np.ndarray:
    """`value` as a floating-point NumPy array: Python numbers and integers become float64, floats keep their dtype.

    **Raises:** `TypeError` naming the argument when it is not numeric, or is complex.
    """
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.name not in _FLOATS:
        raise TypeError(f"{name} must be an array of real floating-point numbers, got dtype {array.dtype}.")
    return array


def follows_arrays(method: Function) -> Function:
    """Lets a method written for JAX arrays also take NumPy: computed in the inputs' dtype and returned as NumPy."""

    @functools.wraps(method)
    def wrapped(self: Any, *arrays: Any) -> Any:
        if any(isinstance(array, jax.Array) for array in arrays):
            return method(self, *map(jnp.asarray, arrays))
        numpy_arrays = [as_numpy(f"argument {i + 1} of {method.__name__}", a) for i, a in enumerate(arrays)]
        dtypes = {a.dtype.name for a, given in zip(numpy_arrays, arrays, strict=True) if isinstance(given, np.ndarray)}
        if len(dtypes) > 1:
            raise TypeError(
                f"{method.__name__} got arrays of mixed dtypes {sorted(dtypes)}; convert them to one dtype."
            )
        dtype = dtypes.pop() if dtypes else "float64"
        with double_precision():
            owner = cast_floats(self, dtype)
            result = compiled(owner, *(jnp.asarray(array, dtype) for array in numpy_arrays))
            return jax.tree.map(np.asarray, result)

    # Op by op, every call of a method with a loop would compile that loop anew.
    compiled = eqx.filter_jit(method)
    return wrapped  # type: ignore[return-value]  # the wrapper keeps the method's signature
