"""The worked example f(θ) = (θ − 5)², often used to show Lion, and what each of its descriptions does on it."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from .._black_box import StepFunction
from ._decays import coupled_decay
from ._lion import lion
from ._misdescribed import sign_after_update, signed_second_moment

Factory = Callable[..., StepFunction]

DESCRIPTIONS: dict[str, Factory] = {
    "Lion": lion,
    "sign after the update": sign_after_update,
    "decay in the gradient": coupled_decay,
    "sign-based second moment": signed_second_moment,
}
MINIMISER, RATE, DECAY = 5.0, 0.1, 0.5
SHOWN = (1, 2, 3, 100)


def gradient(t: int, theta: np.ndarray) -> np.ndarray:
    """f′(θ) = 2(θ − 5): −10 at θ = 0."""
    return 2 * (theta - MINIMISER)


def path(factory: Factory, start: float, weight_decay: float, steps: int, learning_rate: float = RATE) -> np.ndarray:
    """θ_0, …, θ_T from `start`."""
    box = factory(learning_rate=learning_rate, weight_decay=weight_decay)
    return box.run(np.array([start]), gradient, steps=steps).x[:, 0]


def first_step(factory: Factory, g: float) -> float:
    """θ_1 − θ_0 for a first gradient g, at η = 0.1 and without decay."""
    return float(factory(learning_rate=RATE, weight_decay=0.0).run(np.zeros(1), np.array([[g]])).x[1, 0])


def forgets(factory: Factory, beta1: float = 0.9) -> float:
    """The size of a second gradient, against a first one of −1, at which the second step turns round.

    Lion turns at β1(1−β2)/(1−β1): after a gradient g_0 the look-ahead is −β1(1−β2)g_0 − (1−β1)g_1.
    """
    low, high = 0.0, 1e3
    for _ in range(80):
        middle = (low + high) / 2
        x = factory(learning_rate=RATE, weight_decay=0.0).run(np.zeros(1), np.array([[-1.0], [middle]])).x[:, 0]
        low, high = (middle, high) if x[2] > x[1] else (low, middle)
    return high


def tables() -> str:
    """The tables of docs/misdescriptions.md."""
    header = ["", *(f"θ_{t}" for t in SHOWN)]
    parts = []
    for start in (0.0, 10.0):
        rows = [[name, *(_told(path(f, start, 0.0, max(SHOWN))[t]) for t in SHOWN)] for name, f in DESCRIPTIONS.items()]
        parts.append(_table([f"from θ_0 = {start:g}", *header[1:]], rows))
    rows = [
        [
            name,
            _told(_mean_of_end(f, 0.0)),
            _told(_mean_of_end(f, 10.0)),
            _told(first_step(f, 10.0)),
            _told(first_step(f, 1000.0)),
            "–" if name.startswith("sign-based") else _told(forgets(f)),
        ]
        for name, f in DESCRIPTIONS.items()
    ]
    titles = ["", "end at λ = 1/2, from 0", "from 10", "first step, g = 10", "g = 1000", "turns at"]
    return "\n\n".join([*parts, _table(titles, rows)])


def _mean_of_end(factory: Factory, start: float) -> float:
    """Where a run with decay settles: the mean over the last fifth of 4000 steps at η = 0.01."""
    return float(path(factory, start, DECAY, 4000, learning_rate=0.01)[-800:].mean())


def _told(value: float) -> str:
    return "not a number" if math.isnan(value) else f"{value:.3f}".replace("-", "−")


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
