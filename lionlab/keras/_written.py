"""K in a Keras config: as text such as "LpNorm(p=1.5)", which `parse_convex_function` reads back to the last bit."""

import inspect
from typing import Any

import equinox as eqx
import keras
import numpy as np

from ..convex import ConvexFunction, parse_convex_function
from ..convex._fixed import Fixed


def written(K: ConvexFunction) -> str | dict[str, Any]:
    """K as text; a K of the user's that Keras can serialize in Keras' own form.

    **Raises:** `ValueError` for a K that is neither, such as one made from a Python function.
    """
    try:
        text = _text(K)
        if eqx.tree_equal(parse_convex_function(text), K) is True:
            return text
    except (AttributeError, TypeError, ValueError):
        pass
    if hasattr(K, "get_config") and hasattr(type(K), "from_config"):
        return keras.saving.serialize_keras_object(K)
    raise ValueError(
        f"LionK: K = {K!r} cannot be written as text. Put @keras.saving.register_keras_serializable() on its class and "
        "give that get_config and from_config; or save the weights alone, with model.save_weights."
    )


def read(value: str | dict[str, Any] | ConvexFunction, custom_objects: dict[str, Any] | None) -> ConvexFunction:
    """The K that `written` wrote."""
    if isinstance(value, str):
        return parse_convex_function(value)
    if isinstance(value, dict):
        return keras.saving.deserialize_keras_object(value, custom_objects=custom_objects)
    return value


def _text(value: Any) -> str:
    if isinstance(value, ConvexFunction):
        names = inspect.signature(type(value)).parameters
        arguments = (f"{name}={_text(getattr(value, name))}" for name in names)
        return f"{type(value).__name__}({', '.join(arguments)})"
    if isinstance(value, Fixed):
        return _text(np.asarray(value).tolist())
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if value is None or isinstance(value, int | float):
        return repr(value)
    raise TypeError(f"{value!r} is no number, list or convex function.")
