"""The arguments of the optimizers, checked when one is built; what a trace holds cannot be checked and passes."""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

# Hyperparameters that optax injects come back in float32: 0.1·10 is then not exactly 1.
ROUNDING = 1e-6


def is_traced(value: Any) -> bool:
    """Whether the number is known only when the compiled step runs."""
    return isinstance(value, jax.core.Tracer)


def require_number(name: str, value: Any, low: float, high: float) -> None:
    """**Raises:** `TypeError` when `value` is no real number, `ValueError` when it is NaN or outside [low, high]."""
    if is_traced(value):
        return
    try:
        number = None if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = None
    if number is None:
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not low <= number <= high or math.isinf(number):
        allowed = f"in [{low:g}, {high:g}]" if math.isfinite(high) else f"finite and ≥ {low:g}"
        raise ValueError(f"{name} must be {allowed}, got {number:g}.")


def require_number_or_schedule(name: str, value: Any) -> None:
    """A number ≥ 0, or a function step -> number. **Raises:** `TypeError`, `ValueError` as `require_number`."""
    if not callable(value):
        require_number(name, value, 0, math.inf)


def require_short_steps(learning_rate: Any, weight_decay: Any) -> None:
    """**Raises:** `ValueError` where learning_rate·weight_decay > 1: explicit decay would carry x beyond 0."""
    if any(callable(value) or is_traced(value) for value in (learning_rate, weight_decay)):
        return
    product = float(learning_rate) * float(weight_decay)
    if product > 1 + ROUNDING:
        raise ValueError(
            f"learning_rate·weight_decay must be ≤ 1 for explicit decay, got {float(learning_rate):g}·"
            f'{float(weight_decay):g} = {product:g}; lower one of them or use decay="implicit".'
        )


def require_float_dtype(mu_dtype: Any) -> None:
    """**Raises:** `TypeError` unless `mu_dtype` is None or a real floating-point dtype."""
    if mu_dtype is None:
        return
    try:
        is_float = jnp.issubdtype(jnp.dtype(mu_dtype), jnp.floating)
    except TypeError:
        is_float = False
    if not is_float:
        raise TypeError(f"mu_dtype must be None or a real floating-point dtype such as jnp.bfloat16, got {mu_dtype!r}.")


def at_step(value: Any, count: Array) -> Any:
    """The number itself, or what the schedule says at this step."""
    return value(count) if callable(value) else value


def common_dtype(*dtypes: Any) -> Any:
    """Where numbers of these dtypes meet: float32 for bfloat16 and float32, whatever JAX is set to allow."""
    with jax.numpy_dtype_promotion("standard"):
        return functools.reduce(jnp.promote_types, dtypes)
