"""A convex function as text and back, so that a checkpoint holds no object: `torch.load` refuses those, rightly."""

from dataclasses import fields
from typing import Any

import jax
import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ._newton_schulz import NewtonSchulz, parse_newton_schulz


def text_of(K: ConvexFunction | NewtonSchulz) -> str | None:
    """Text from which `parsed` builds the same K; None where there is none, as for a K of one's own."""
    if isinstance(K, NewtonSchulz):
        return K.text
    try:
        text = _written(K)
        again = parse_convex_function(text)
    except (TypeError, ValueError):
        return None
    # The structure holds the classes and what is fixed, the leaves are the numbers.
    same = repr(jax.tree.flatten(again)) == repr(jax.tree.flatten(K))
    return text if same else None


def parsed(text: str) -> ConvexFunction | NewtonSchulz:
    """The K of a text. **Raises:** `ValueError`, in words, for a text that is none."""
    try:
        return parse_newton_schulz(text) or parse_convex_function(text)
    except ValueError as error:
        raise ValueError(
            f"{error} A function of your own is not kept in a checkpoint: build the optimizer with it before loading."
        ) from None


def _written(value: Any) -> str:
    if isinstance(value, ConvexFunction):
        arguments = ", ".join(f"{field.name}={_written(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({arguments})"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_written, value))}]"
    if value is None or isinstance(value, int | float):
        return repr(value)
    # An array parameter, kept as nested tuples.
    return _written(np.asarray(value, np.float64).tolist())
