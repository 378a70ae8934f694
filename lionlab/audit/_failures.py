"""What an optimizer does instead of a step: it raises, or hands back something else than parameters."""

import reprlib
from types import TracebackType
from typing import Any

import jax.numpy as jnp
import numpy as np


class OptimizerError(ValueError):
    """An optimizer failed, which is no failure of the audit: one sentence names it, the step, and what it did.

    `reason`: the name of the exception that it raised, or of the kind of mistake.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class stepping:  # reads as a sentence where it is used
    """`with stepping(name, t):` blames what is raised inside on step t of the optimizer of that name.

    `t` is a number, or the name of the function called; None where a whole run is compiled at once.
    """

    def __init__(self, name: str, t: int | str | None) -> None:
        self.name, self.t = name, t

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, Exception) and not isinstance(error, OptimizerError):
            said = first_line(error)
            told = f"{self.name} raises {type(error).__name__}{_where(self.t)}{': ' if said else '.'}{said}"
            raise OptimizerError(told, type(error).__name__) from error


def checked_result(name: str, t: int, result: Any) -> tuple[Any, Any]:
    """What `step(gradient, state, x, learning_rate)` returned, if it is a pair (x, state).

    **Raises:** `OptimizerError` for anything else.
    """
    if isinstance(result, (tuple, list)) and len(result) == 2:
        return result[0], result[1]
    seen = f"a {type(result).__name__} of {len(result)}" if isinstance(result, (tuple, list)) else brief(result)
    raise OptimizerError(f"{name} must return (x, state) from step, and returned {seen}{_where(t)}.", "wrong result")


def checked_parameters(name: str, t: int, x: Any, like: np.ndarray) -> None:
    """Refuses what is no array of floating-point numbers of the right shape.

    **Raises:** `OptimizerError`, naming the optimizer, what it returned and what it was given.
    """
    if type(x) is np.ndarray and x.shape == like.shape and x.dtype.kind == "f":  # the usual case, told quickly
        return
    try:
        shape, dtype = np.shape(x), np.asarray(x).dtype
    except ValueError:  # lists of unequal lengths
        raise OptimizerError(f"{name} returned {brief(x)}{_where(t)}, which is no array.", "wrong result") from None
    if shape != like.shape:
        told = f"{name} returned x of shape {shape}{_where(t)}, and was given x of shape {like.shape}."
        raise OptimizerError(told, "wrong shape")
    if not jnp.issubdtype(dtype, jnp.floating):
        told = f"{name} returned x of dtype {dtype}{_where(t)}, and was given {like.dtype}: return floating-point x."
        raise OptimizerError(told, "wrong dtype")


def checked_momentum(name: str, m: Any, x: np.ndarray) -> Any:
    """The momentum that a `StepFunction` reads, if it is an array like x.

    **Raises:** `OptimizerError` for anything else.
    """
    if np.shape(m) != x.shape:
        told = f"{name} reads a momentum of shape {np.shape(m)}, and x has shape {x.shape}; leave momentum out."
        raise OptimizerError(told, "wrong shape")
    return m


def reason_of(error: BaseException) -> str:
    """The name of what an optimizer raised."""
    return error.reason if isinstance(error, OptimizerError) else type(error).__name__


def brief(value: Any) -> str:
    """A value in at most some 80 characters of one line."""
    return " ".join(reprlib.repr(value).split())[:80]


def first_line(error: BaseException, longest: int = 200) -> str:
    """The first line of what an exception says."""
    said = (str(error).strip().splitlines() or [""])[0]
    return said if len(said) <= longest else said[: longest - 1] + "…"


def _where(t: int | str | None) -> str:
    return "" if t is None else f" in {t}" if isinstance(t, str) else f" at step {t}"
