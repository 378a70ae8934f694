"""How far a push takes an optimizer: the point that x would come to rest at, and whether there is one.

For gradients fixed in advance, decay that deserves the name makes x_t an affine function of x_0. Two runs from
different starts give that map, entry by entry, and its fixed point is where the push leads, without 1/(ηλ) steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._black_box import BlackBox, Course
from ._pushes import STRONG, Push

FARTHER = (1e1, 1e3, 1e6)
"""How many times as far out as a run from 0 came the starts are that an optimizer without a set is pushed on from."""
RESTING = 1e3
"""Two starts that come nearer by fewer rounding errors than this, over the tail of a run, are not drawn together."""
TAIL = 30
"""The steps at the end of a push that tell where it leads."""


@dataclass(frozen=True)
class Reach:
    """Where one push leads.

    - `point`: where x comes to rest if the last part of the push goes on; NaN in entries that are not drawn back.
    - `reached`: the last x of the run from 0, in its dtype.
    - `pull`: per entry, the share by which two starts came nearer in a step.
    - `is_finite`: whether every x of the runs was a number.
    """

    push: Push
    point: np.ndarray
    reached: np.ndarray
    pull: np.ndarray
    is_finite: bool

    @property
    def is_bounded(self) -> bool:
        """Whether every entry comes to rest."""
        return self.is_finite and bool(np.isfinite(self.point).all())


def reach(box: BlackBox, push: Push, learning_rate: Any = None, spread: float = 1.0) -> Reach:
    """Runs the push from 0 and from far out along its direction, and tells where it leads.

    Before a push that begins with a long wait the far start is `spread` times farther out, or nothing would be left of
    it in the end.
    """
    shape = push.direction.shape
    near = run(box, np.zeros(shape), push.gradients, learning_rate)
    moved = float(np.abs(near[-1]).max(initial=0)) if np.isfinite(near).all() else np.nan
    nothing = np.full(shape, np.nan)
    if not np.isfinite(moved):
        return Reach(push, nothing, near[-1], nothing, is_finite=False)
    if moved == 0:
        return Reach(push, np.zeros(shape), near[-1], nothing, is_finite=True)
    away = np.where(near[-1] < 0, -1.0, 1.0) * 30 * moved * spread
    far = run(box, away, push.gradients, learning_rate)
    if not np.isfinite(far).all():
        return Reach(push, nothing, near[-1], nothing, is_finite=False)
    resting = RESTING * np.finfo(far.dtype).eps
    last, near, far = near[-1], near.astype(np.float64), far.astype(np.float64)
    middle = len(near) - 1 - min(TAIL, len(near) // 2)
    before, after = far[middle] - near[middle], far[-1] - near[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = after / before
        point = np.where(1 - kept > resting, (near[-1] - kept * near[middle]) / (1 - kept), np.nan)
        # Where both runs are one and the same by now, up to rounding, x is at rest already.
        is_one = np.maximum(np.abs(before), np.abs(after)) <= resting * np.abs(near[-1])
        point = np.where(is_one, near[-1], point)
        pull = 1 - np.abs(kept) ** (1 / (len(near) - 1 - middle))
    return Reach(push, point, last, pull, is_finite=True)


@dataclass(frozen=True)
class Escape:
    """A run that starts `radius` out and is pushed on as fast as from 0: no set of a smaller radius is kept."""

    radius: float
    x0: np.ndarray
    gradients: np.ndarray
    moved: float
    moved_from_zero: float


def escape(
    box: BlackBox, direction: np.ndarray, steps: int, radii: Sequence[float], learning_rate: Any = None
) -> Escape | None:
    """The farthest of these starts, if a strong steady push moves x outward from all of them as it does from 0."""
    found = None
    for radius in sorted(radii):
        x0 = radius * direction / np.abs(direction).max()
        gradients = np.broadcast_to(-STRONG * max(radius, 1.0) * direction, (steps, *direction.shape))
        moved = []
        for start in (np.zeros_like(x0), x0):
            x = run(box, start, gradients, learning_rate)
            if not np.isfinite(x).all():
                return None
            moved.append((np.sign(direction) * (x[-1] - x[len(x) // 2])).astype(np.float64))
        outward = (moved[0] > 0) & (moved[1] >= 0.5 * moved[0]) & (np.abs(x0) >= 0.5 * radius)
        if not outward.any():
            return None
        i = int(np.argmax(np.where(outward, moved[0], -np.inf)))
        found = Escape(radius, x0, gradients, float(moved[1].flat[i]), float(moved[0].flat[i]))
    return found


class InSingle(BlackBox):
    """An optimizer that is only ever started from float32, for what takes nothing wider."""

    def __init__(self, box: BlackBox) -> None:
        self.box, self.name, self.learning_rate = box, box.name, box.learning_rate
        self.accepts_rate, self.accepts_schedule, self.is_compiled = (
            box.accepts_rate,
            box.accepts_schedule,
            box.is_compiled,
        )

    def gradient_shape(self, x: np.ndarray) -> tuple[int, ...]:
        return self.box.gradient_shape(x)

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        given = gradients if callable(gradients) else gradients.astype(np.float32)
        return self.box._run(x.astype(np.float32), given, rate)


def run(box: BlackBox, x0: np.ndarray, gradients: Any, learning_rate: Any = None) -> np.ndarray:
    """x_0, …, x_T for gradients (T, *shape), in float32 where the optimizer computes in less than float64.

    Where there are several workers, all see the same gradient.
    """
    wanted = box.gradient_shape(x0)
    if wanted != x0.shape:
        gradients = np.broadcast_to(gradients[:, None], (len(gradients), *wanted))
    course = box.run(x0, gradients, learning_rate=learning_rate)
    return course.x if course.dtype == "float64" else course.x.astype(np.float32)
