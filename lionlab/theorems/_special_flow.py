"""A textbook flow beside its Lion-K flow, as data: both equations, the dictionary between them, where to compare."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..dynamics import LionKFlow
from ..objectives import Loss


class ByHand(NamedTuple):
    """f = ½Σ aᵢ(xᵢ−cᵢ)², for which implicit steps of length h are solved by hand."""

    curvature: Any
    center: np.ndarray
    h: float


@dataclass(frozen=True, eq=False)
class Example:
    """One flow: the constructor's arguments in the textbook's terms, the loss, its derivatives in NumPy, and a start.

    `window`: the flow's times of a run against SciPy, if there is one. `by_hand`: what the implicit steps need, if any.
    """

    label: str
    arguments: Mapping[str, Any]
    objective: Loss
    gradient: Callable[[np.ndarray], np.ndarray]
    x0: np.ndarray
    m0: np.ndarray
    hessian: Callable[[np.ndarray], np.ndarray] | None = None
    window: tuple[float, float] | None = None
    by_hand: ByHand | None = None


@dataclass(frozen=True, eq=False)
class SpecialFlow:
    """A textbook flow, its constructor, and its equation in its own variables.

    - `coordinates(time, x, m, slope, arguments)`: the textbook's state y, a tuple; JAX.
    - `rates(t, y, example)`: dy/dt by the textbook; NumPy.   `clock(arguments, time)`: its time t, and dt/dtime.
    - `sensitivity(m̃, e)`: how far an error e in m̃ moves ∇K(m̃).
    - `step(example, x, m, h)`: the textbook's implicit step (x⁺, m⁺ or None, s), carried over to the flow's states.
    """

    name: str
    textbook: str
    dictionary: str
    source: str
    constructor: Callable[..., LionKFlow]
    coordinates: Callable[..., tuple[Any, ...]]
    rates: Callable[[float, tuple[np.ndarray, ...], Example], tuple[np.ndarray, ...]]
    sensitivity: Callable[[np.ndarray, float], Any]
    examples: Callable[[int], Sequence[Example]]
    wrongs: tuple[tuple[str, Callable[..., LionKFlow]], ...]
    clock: Callable[[Mapping[str, Any], float], tuple[float, float]] = lambda arguments, time: (time, 1.0)
    step: Callable[..., tuple[np.ndarray, np.ndarray | None, np.ndarray]] | None = None
