"""Is it a function at all: a number at every point, the same one however it is asked, in the dtype it is given."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, CustomFunction
from ..precision import double_precision, unit_roundoff
from ._evaluation import Evaluation, finite, in_dtype, norm
from ._finding import Finding, no_violation, violated
from ._probes import points

DTYPES = ("float32", "float64")
STATE = 1e-6
"""Compilers reorder sums, also those that a K computes in float32: what differs by more than that, relative, is a state
that was compiled in. Two calls of the same kind must agree to the last bit."""


def check_value(evaluation: Evaluation, rng: np.random.Generator) -> Finding:
    """K is a number or +inf at every point, first of all at 0, and its subgradient is finite where K is."""
    name, K, shape = "value", evaluation.K, evaluation.shape
    at_zero = np.asarray(_eagerly(K.value, np.zeros(shape, evaluation.dtype)))
    slope = np.asarray(_eagerly(K.selection, np.zeros(shape, evaluation.dtype)))
    if at_zero.shape != ():
        return violated(name, f"K(0) must be one number, got an array of shape {at_zero.shape}.", 1, z=np.zeros(shape))
    if np.isnan(at_zero) or at_zero == -np.inf:
        return violated(name, f"K(0) is {at_zero}; a convex K is a number or +inf everywhere.", 1, z=np.zeros(shape))
    if slope.shape != shape:
        wrong = f"the subgradient at 0 must have z's shape {shape}, got {slope.shape}."
        return violated(name, wrong, 1, z=np.zeros(shape))
    z = points(evaluation.size, 600, rng, evaluation.dtype)
    try:
        values, slopes = evaluation.at(z)
    except Exception as error:  # noqa: BLE001  # whatever the user's code raises is the finding
        sentence = f"K cannot be compiled by jax.jit and jax.vmap: {_told(error)}"
        return violated(name, sentence, 1, z=np.zeros(shape))
    is_wrong = np.isnan(values) | (values == -np.inf)
    has_wrong_slope = np.isfinite(values) & ~np.all(np.isfinite(slopes), axis=1)
    for wrong, what in ((is_wrong, "K"), (has_wrong_slope, "the subgradient")):
        if wrong.any():
            i = int(np.argmax(wrong))
            found = values[i] if what == "K" else slopes[i].tolist()
            sentence = f"{what} is {found} at z = {z[i].tolist()}."
            return violated(name, sentence, len(z), z=z[i].reshape(shape), K=values[i], subgradient=slopes[i])
    if not np.isfinite(values).any():
        return violated(name, "K is +inf at every probe.", len(z), z=z[0].reshape(shape))
    return Finding(name, "CONSISTENT", no_violation(len(z)), probes=len(z))


def check_purity(evaluation: Evaluation, rng: np.random.Generator) -> Finding:
    """Called twice, compiled or batched, K gives the same: it keeps no count, draws nothing, converts to no float."""
    name, K, dtype = "purity", evaluation.K, evaluation.dtype
    z = points(evaluation.size, 40, rng, dtype, (0.3, 1.0, 3.0))[[1, -3, -2, -1]]
    arrays = [row.reshape(evaluation.shape).astype(dtype) for row in z]
    probes = 0
    batched_values, batched_slopes = evaluation.at(z)
    for call, batched, what in ((K.value, batched_values, "K"), (K.selection, batched_slopes, "the subgradient")):
        compiled = jax.jit(lambda z, call=call: call(z))
        for array, expected in zip(arrays, batched, strict=True):
            probes += 1
            first, second = (np.asarray(_eagerly(call, array), np.float64).ravel() for _ in range(2))
            if not np.array_equal(first, second, equal_nan=True):
                sentence = f"{what} is not a function of z alone: two calls gave {_first(first)} and {_first(second)}."
                return violated(name, sentence, probes, z=array, first=first, second=second)
            with double_precision():
                jitted = np.asarray(compiled(jnp.asarray(array)), np.float64).ravel()
            allowed = max(STATE, np.sqrt(unit_roundoff(dtype))) * (1 + norm(finite(first)))
            for other, how in ((jitted, "under jax.jit"), (np.ravel(expected), "under jax.vmap")):
                if not np.all(np.abs(finite(other) - finite(first)) <= allowed):
                    sentence = f"{what} is {_first(first)} when called and {_first(other)} {how}: it hangs on a state."
                    return violated(name, sentence, probes, z=array, called=first, compiled=other)
    again = evaluation.at(z)[0]
    if not np.array_equal(again, batched_values, equal_nan=True):
        return violated(name, "the compiled K changed between two calls.", probes, first=batched_values, second=again)
    return Finding(name, "CONSISTENT", no_violation(probes), probes=probes)


def check_dtype(K: ConvexFunction, shape: tuple[int, ...]) -> Finding:
    """In float32 and in float64, without any silent promotion, K and its subgradient have z's dtype."""
    probes = 0
    for dtype in DTYPES:
        for what, call in _as_written(in_dtype(K, dtype)):
            probes += 1
            with double_precision(), jax.numpy_dtype_promotion("strict"):
                try:
                    found = jax.eval_shape(call, jax.ShapeDtypeStruct(shape, np.dtype(dtype)))
                except Exception as error:  # noqa: BLE001  # whatever strictness objects to is the finding
                    remedy = "Cast constants with jnp.asarray(constant, z.dtype)."
                    sentence = f"{what} fails for z in {dtype} under strict dtype promotion: {_told(error)} {remedy}"
                    return violated("dtype", sentence, probes, dtype=dtype)
            if found.dtype != np.dtype(dtype):
                sentence = f"{what} has dtype {found.dtype} for z in {dtype}; it must follow z.dtype."
                return violated("dtype", sentence, probes, dtype=dtype, found=str(found.dtype))
    return Finding("dtype", "CONSISTENT", no_violation(probes), probes=probes)


def lost_digits(K: ConvexFunction, evaluation: Evaluation, rng: np.random.Generator) -> str | None:
    """Where K in float32 differs from K in float64 by more than rounding its terms explains; None if nowhere.

    Cancellation is a weakness of a formula and says nothing about the function, so this is a warning.
    """
    if evaluation.dtype != "float64":
        return None
    z = points(evaluation.size, 32, rng, "float32", (1e-3, 0.3, 1.0, 3.0, 30.0))
    single = Evaluation(K, evaluation.shape, "float32")
    (low, _), (high, slopes) = single.at(z), evaluation.at(z)
    both = np.isfinite(low) & np.isfinite(high)
    bound = single.unit * (np.abs(high) + norm(finite(slopes)) * norm(z)) + single.floor
    with np.errstate(invalid="ignore"):
        ratios = np.where(both, np.abs(low - high), 0.0) / np.maximum(bound, np.finfo(np.float32).tiny)
    i = int(np.argmax(ratios))
    if ratios[i] <= 1:
        return None
    return (
        f"K is {low[i]:.9g} in float32 and {high[i]:.9g} in float64 at z = {z[i].tolist()}: the formula loses digits."
    )


def _as_written(K: ConvexFunction) -> list[tuple[str, Callable[..., Any]]]:
    """K and its subgradient before anything converts what they return."""
    if not isinstance(K, CustomFunction):
        return [("K", K.value), ("the subgradient", K.selection)]
    subgradient = K.given_subgradient
    return [("K", K.function)] + ([("the subgradient", subgradient)] if subgradient is not None else [])


def _eagerly(call: Callable[..., Any], array: np.ndarray) -> Any:
    with double_precision():
        return call(jnp.asarray(array))


def _told(error: Exception) -> str:
    """The first sentence of an error, with its kind."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text if len(text) <= 200 else text[:199] + '…'}"


def _first(values: np.ndarray) -> str:
    return f"{values[0]:.17g}" if values.size == 1 else str(values.tolist())
