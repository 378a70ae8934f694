"""The arguments of `LionK` that Keras takes as they come, checked where the optimizer is made."""

import inspect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def number(name: str, value: Any, high: float = math.inf) -> float:
    """`value` as a finite float in [0, high]. **Raises:** `TypeError` for no number, `ValueError` out of range."""
    found = real(name, value)
    if not 0 <= found <= high or math.isinf(found):
        allowed = f"in [0, {high:g}]" if math.isfinite(high) else "finite and ≥ 0"
        raise ValueError(f"LionK: {name} must be {allowed}, got {found:g}.")
    return found


def real(name: str, value: Any) -> float:
    """`value` as a float. **Raises:** `TypeError` where it is no number."""
    try:
        if not isinstance(value, bool | str):
            return float(value)
    except (TypeError, ValueError, RuntimeError):
        pass
    raise TypeError(f"LionK: {name} must be a number, got {value!r}.")


def check_common(arguments: Mapping[str, Any]) -> None:
    """The arguments of every Keras optimizer. **Raises:** `ValueError` or `TypeError` naming the first wrong one."""
    for name in ("clipnorm", "clipvalue", "global_clipnorm", "loss_scale_factor"):
        value = arguments[name]
        # Keras clips by 0 not at all, and divides gradients by a scale of 0.
        if value is not None and not 0 < real(name, value) < math.inf:
            raise ValueError(f"LionK: {name} must be finite and > 0, or None for none, got {value!r}.")
    if not isinstance(arguments["use_ema"], bool | np.bool_):
        raise TypeError(f"LionK: use_ema must be True or False, got {arguments['use_ema']!r}.")
    number("ema_momentum", arguments["ema_momentum"], 1)
    for name, least in (("ema_overwrite_frequency", 1), ("gradient_accumulation_steps", 2)):
        value = arguments[name]
        is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if value is not None and not (is_integer and value >= least):
            raise ValueError(f"LionK: {name} must be an integer >= {least}, or None, got {value!r}.")


def check_schedule(learning_rate: Any) -> None:
    """**Raises:** `TypeError` for a class of schedules in place of a schedule."""
    if inspect.isclass(learning_rate):
        raise TypeError(
            f"LionK: learning_rate must be a number, a schedule or a function, got the class {learning_rate.__name__}. "
            f"Write {learning_rate.__name__}(…)."
        )
