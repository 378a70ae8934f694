"""A convex function as text and back, so that a checkpoint holds no object: `torch.load` refuses those, rightly."""

import re
from dataclasses import fields
from typing import Any

import jax
import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ._newton_schulz import NewtonSchulz, parse_newton_schulz
from ._own_name import is_own_name
from ._unfolded import Unfolded

# `lionlab.convex` does not know it.
UNFOLDED = re.compile(r"Unfolded\((?:function=)?(.*)\)", re.DOTALL)


def text_of(K: ConvexFunction | NewtonSchulz) -> str | None:
    """Text from which `parsed` builds the same K; None where there is none, as for a K of one's own."""
    if isinstance(K, NewtonSchulz):
        return K.text
    try:
        text = _written(K)
        again = parsed(text)
    except (TypeError, ValueError):
        return None
    # The structure holds the classes and what is fixed, the leaves are the numbers.
    same = repr(jax.tree.flatten(again)) == repr(jax.tree.flatten(K))
    return text if same else None


def parsed(text: str) -> ConvexFunction | NewtonSchulz:
    """The K of a text. **Raises:** `ValueError`, in words, for a text that is none."""
    if is_own_name(text):
        raise ValueError(
            f"{text!r} names a K of your own that this optimizer was not built with. Build it with that K, or write "
            "the K itself into the group."
        )
    inner = UNFOLDED.fullmatch(text.strip())
    return (
        Unfolded(parse_convex_function(inner[1])) if inner else parse_newton_schulz(text) or parse_convex_function(text)
    )


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
