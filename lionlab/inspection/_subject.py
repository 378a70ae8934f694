"""What was handed over, as a convex function; and the shape of array it takes."""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp

from ..convex import ConvexFunction, CustomFunction
from ..precision import double_precision

SHAPES = ((4,), (3,), (2,), (5,), (6,), (8,), (1,), (7,), (9,), (10,), (12,), (16,), (3, 2), (2, 3), (3, 3), (2, 2))
MOST_ENTRIES = 4096


DERIVED = {
    "__call__": "value",
    "subgradient": "selection",
    "prox": "proximal",
    "domain_projection": "projection",
    "domain_distance": "projection or distance",
    "fenchel_young_gap": "value or conjugate",
}
"""What users call, and what a K gives in its place."""


def as_convex_function(
    given: Any,
    subgradient: Callable[..., Any] | None = None,
    is_smooth: bool = False,
    is_positively_homogeneous: bool = False,
) -> ConvexFunction:
    """A K from an instance, a class without needed arguments, a factory, or a JAX function z ↦ number.

    A JAX function becomes a `CustomFunction`: its subgradient is the argument, or the function's own attribute
    `subgradient`, or jax.grad where smooth. The three options are for that case only.

    **Raises:** `TypeError` or `ValueError` in one sentence for anything else.
    """
    options = subgradient is not None or is_smooth or is_positively_homogeneous
    if isinstance(given, ConvexFunction):
        if options:
            kind = type(given).__name__
            raise ValueError(
                f"{kind} is a ConvexFunction, which has its own selection and declares what it is in its class; give "
                "subgradient, smooth and homogeneous only with a plain function."
            )
        for derived, primitive in DERIVED.items():
            if getattr(type(given), derived) is not getattr(ConvexFunction, derived):
                raise ValueError(
                    f"{type(given).__name__} overrides {derived}, which lionlab derives and its own code never calls; "
                    f"override {primitive}."
                )
        return given
    if not callable(given):
        raise TypeError(f"K must be a ConvexFunction, a factory of one, or a JAX function of one array, got {given!r}.")
    needed = _needed_arguments(given)
    if inspect.isclass(given) or not needed:
        if needed:
            raise TypeError(
                f"{given.__name__} needs {', '.join(needed)}; name an instance, or a function that returns one."
            )
        try:
            made = given()
        except Exception as error:
            raise ValueError(f"{_name(given)}() failed: {type(error).__name__}: {error}") from error
        if isinstance(made, ConvexFunction) or callable(made):
            return as_convex_function(made, subgradient, is_smooth, is_positively_homogeneous)
        raise TypeError(f"{_name(given)}() must return a ConvexFunction, got {made!r}.")
    if len(needed) > 1:
        raise TypeError(f"{_name(given)} needs {', '.join(needed)}; K must be a function of one array.")
    chosen = getattr(given, "subgradient", None) if subgradient is None else subgradient
    if chosen is None and not is_smooth:
        raise ValueError(
            f"{_name(given)} comes without a subgradient: name a function z ↦ an element of ∂K(z), or declare K smooth "
            "(then it is jax.grad). At a kink jax.grad may return no element of ∂K."
        )
    return CustomFunction(given, chosen, is_smooth=is_smooth, is_positively_homogeneous=is_positively_homogeneous)


def shape_of_argument(K: ConvexFunction, shape: Any = None) -> tuple[int, ...]:
    """The given shape, checked; or the first of a few small ones that K takes.

    **Raises:** `ValueError` for a shape that is none, is too large, or that K does not take, and for a K that fails at
    0 on every shape.
    """
    if shape is not None:
        lengths = (shape,) if isinstance(shape, int) else tuple(shape)
        if not lengths or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in lengths):
            raise ValueError(f"shape must be whole numbers of at least 1, such as 4 or (3, 2), got {shape!r}.")
        if math.prod(lengths) > MOST_ENTRIES:
            raise ValueError(
                f"shape may have at most {MOST_ENTRIES} entries, got {lengths}; a smaller z shows the same."
            )
        if reason := refusal(K, lengths):
            raise ValueError(f"K cannot be evaluated at 0 on arrays of shape {lengths}: {reason}")
        return lengths
    reasons = []
    for candidate in SHAPES:
        reason = refusal(K, candidate)
        if reason is None:
            return candidate
        reasons.append(reason)
    raise ValueError(f"K cannot be evaluated at 0 on any of the shapes {_listed(SHAPES)}; give its shape. {reasons[0]}")


def refusal(K: ConvexFunction, shape: Sequence[int]) -> str | None:
    """Why K does not take arrays of this shape, or None."""
    try:
        with double_precision():
            K.value(jnp.zeros(tuple(shape)))
            K.selection(jnp.zeros(tuple(shape)))
    except Exception as error:  # noqa: BLE001  # whatever the user's code raises
        return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
    return None


def _needed_arguments(given: Any) -> list[str]:
    try:
        parameters = inspect.signature(given).parameters.values()
    except (TypeError, ValueError):  # functions written in C may not tell
        return ["z"]
    positional = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p.name for p in parameters if p.default is p.empty and p.kind in positional]


def _name(given: Any) -> str:
    return getattr(given, "__name__", type(given).__name__)


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join("x".join(map(str, shape)) for shape in shapes)
