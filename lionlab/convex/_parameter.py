"""The real parameters of a convex function (a threshold, a factor, …): one finite number, checked when it is built."""

import math
from typing import Any

import jax
from jax import Array


def real_parameter(value: Any) -> float | Array:
    """`value` as a Python float, which takes the dtype of the arrays it meets; a traced value is kept as it is."""
    if isinstance(value, jax.core.Tracer):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"A parameter of a convex function must be one real number, got {value!r}.") from None


def require_above(owner: object, name: str, value: float | Array, lowest: float, *, remedy: str) -> None:
    """**Raises:** `ValueError` unless `value` is finite and above `lowest`. A traced value cannot be checked."""
    if not isinstance(value, jax.core.Tracer) and not (math.isfinite(value) and value > lowest):
        raise ValueError(f"{type(owner).__name__}: {name} must be finite and > {lowest:g}, got {value:g}. {remedy}")


def require_at_least(owner: object, name: str, value: float | Array, lowest: float, *, remedy: str) -> None:
    """**Raises:** `ValueError` unless `value` is finite and at least `lowest`. A traced value cannot be checked."""
    if not isinstance(value, jax.core.Tracer) and not (math.isfinite(value) and value >= lowest):
        raise ValueError(f"{type(owner).__name__}: {name} must be finite and >= {lowest:g}, got {value:g}. {remedy}")
