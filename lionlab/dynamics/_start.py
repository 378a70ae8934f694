"""The start of a run: its method, its objective, and x and m as NumPy arrays that fit each other and the objective."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..precision import as_numpy
from ._method import LionK


def checked_start(objective: Any, x0: Any, m0: Any, is_batch: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(x0, m0), m0 = 0 where it is None; of a batch, the first axis counts the runs.

    **Raises:** `ValueError` or `TypeError` for an objective that is none, for entries that are not finite, shapes that
    do not fit, mixed dtypes.
    """
    check_objective(objective)
    x = as_numpy("x0", x0)
    m = np.zeros_like(x) if m0 is None else as_numpy("m0", m0)
    for name, array in (("x0", x), ("m0", m)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)].flat[0]} among its entries.")
    if x.shape != m.shape:
        raise ValueError(f"m0 must have the shape of x0, {x.shape}, got {m.shape}.")
    if x.dtype != m.dtype:
        raise TypeError(f"x0 and m0 must have one dtype, got {x.dtype} and {m.dtype}; convert one of them.")
    shape = getattr(objective, "shape", None)
    given = x.shape[1:] if is_batch else x.shape
    if shape is not None and given != tuple(shape):
        raise ValueError(f"x0 must have the objective's shape {tuple(shape)}, got {given}.")
    return x, m


def check_objective(objective: Any) -> None:
    """An objective has `value(x)` and `slope(x)`. **Raises:** `TypeError` saying how to make one."""
    if isinstance(objective, type) or not all(callable(getattr(objective, name, None)) for name in ("value", "slope")):
        raise TypeError(
            f"objective must be a loss such as Quadratic(matrix, center), got {objective!r}; wrap a JAX function as "
            "Objective(function, dim)."
        )


def checked_methods(methods: LionK | Iterable[LionK]) -> list[LionK]:
    """One `LionK` or several, as a list. **Raises:** `TypeError` when something else is among them."""
    if isinstance(methods, LionK):
        return [methods]
    several = list(methods) if isinstance(methods, Iterable) else [methods]
    for method in several:
        if not isinstance(method, LionK):
            raise TypeError(f"method must be a LionK such as LionK(L1Norm(), 0.01, 0.5), got {method!r}.")
    return several
