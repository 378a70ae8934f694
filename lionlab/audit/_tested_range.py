"""How far an audit went: no black box tells what lies beyond the steps, sizes and shapes that were tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._black_box import BlackBox, Course
from ._findings import Finding


@dataclass
class TestedRange:
    """What some runs went through; it grows with every run.

    - `shape`: of the parameters.   `steps`: the longest run, in steps.
    - `largest_x`, `smallest_x`: of finite |x_i| > 0.   `largest_gradient`, `smallest_gradient`: of |g_i| > 0.
    - `learning_rates`: the least and the largest η, None while none is known.
    - `constants_from`: the shape on which the constants were looked for.
    """

    shape: tuple[int, ...] | None = None
    steps: int = 0
    largest_x: float = 0.0
    smallest_x: float = np.inf
    largest_gradient: float = 0.0
    smallest_gradient: float = np.inf
    learning_rates: tuple[float, float] | None = None
    constants_from: tuple[int, ...] | None = None

    def widen(self, course: Course, gradients: np.ndarray | None, rates: np.ndarray | None) -> None:
        """Takes one more run in; without `gradients` they were not kept."""
        self.shape = course.x.shape[1:]
        self.steps = max(self.steps, len(course.x) - 1)
        self.largest_x = max(self.largest_x, _largest(course.x))
        self.smallest_x = min(self.smallest_x, _smallest(course.x))
        if gradients is not None:
            self.largest_gradient = max(self.largest_gradient, _largest(gradients))
            self.smallest_gradient = min(self.smallest_gradient, _smallest(gradients))
        if rates is not None and len(rates):
            low, high = self.learning_rates or (np.inf, 0.0)
            self.learning_rates = min(low, float(rates.min())), max(high, float(rates.max()))

    @property
    def sentence(self) -> str:
        """The range in one sentence."""
        eta = ""
        if self.learning_rates is not None:
            low, high = self.learning_rates
            eta = f", learning rate {low:.2g}" if low == high else f", learning rates from {low:.2g} to {high:.2g}"
        sizes = f"gradients of size {self.smallest_gradient:.1g} to {self.largest_gradient:.1g}"
        return (
            f"Tried with parameters of shape {self.shape}, up to {self.steps} steps, "
            f"|x_i| from {self.smallest_x:.1g} up to {self.largest_x:.2g}, {sizes}{eta}."
        )

    def described(self) -> dict[str, Any]:
        """The range by name."""
        return {
            "shape": list(self.shape or ()),
            "steps": self.steps,
            "smallest_x": self.smallest_x,
            "largest_x": self.largest_x,
            "smallest_gradient": self.smallest_gradient,
            "largest_gradient": self.largest_gradient,
            "learning_rates": None if self.learning_rates is None else list(self.learning_rates),
        }


class Watched(BlackBox):
    """A black box that keeps a record of how far it is tried."""

    def __init__(self, box: BlackBox) -> None:
        self.box, self.longest_run, self.settings_told = box, 0, box.settings_told
        self.learning_rate, self.accepts_rate, self.accepts_schedule = (
            box.learning_rate,
            box.accepts_rate,
            box.accepts_schedule,
        )
        self._range: TestedRange | None = None

    @property
    def name(self) -> str:  # type: ignore[override]  # the box inside has it
        """The name of the optimizer."""
        return self.box.name

    @property
    def is_compiled(self) -> bool:  # type: ignore[override]  # a box may find out that it cannot be compiled
        """Whether runs are compiled."""
        return self.box.is_compiled

    @contextmanager
    def noting(self) -> Iterator[TestedRange]:
        """The range of the runs inside the block."""
        self._range = TestedRange()
        try:
            yield self._range
        finally:
            self._range = None

    def gradient_shape(self, x: np.ndarray) -> tuple[int, ...]:
        return self.box.gradient_shape(x)

    def uncompiled(self) -> BlackBox | None:
        return self.box.uncompiled()

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        course = self.box._run(x, gradients, rate)
        self.longest_run = max(self.longest_run, len(course.x) - 1)
        if self._range is not None:
            seen = self.learning_rate if rate is None else rate
            steps = range(len(course.x) - 1)
            rates = np.array([seen(t) for t in steps]) if callable(seen) else None if seen is None else np.array([seen])
            self._range.widen(course, None if callable(gradients) else gradients, rates)
        return course


def tested_finding(found: TestedRange, longest_run: int) -> Finding:
    """The range as a finding, with what it leaves out."""
    said = f"every step of these runs was compared; the longest run of the whole audit had {longest_run} steps"
    if found.constants_from not in (None, found.shape):
        said += f"; λ, β1, β2 and K were first looked for on parameters of shape {found.constants_from}"
    words = found.sentence[:1].lower() + found.sentence[1:-1]
    return Finding("tested range", words, said, "measured", values={**found.described(), "longest_run": longest_run})


def _largest(values: np.ndarray) -> float:
    sizes = np.abs(values.astype(np.float64))
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))


def _smallest(values: np.ndarray) -> float:
    sizes = np.abs(values.astype(np.float64))
    return float(np.min(sizes, initial=np.inf, where=np.isfinite(sizes) & (sizes > 0)))
