"""What one optimizer does, asked in small experiments: a short run is one question."""

from typing import Any, NamedTuple

import numpy as np

from ..precision import unit_roundoff
from ._black_box import BlackBox, Course

HIGHEST = 1e15
"""The largest ratio of two gradients that a bisection tries."""
HALVINGS = 64
AROUND = (1e-13, 1e-6)
"""Where a ratio is expected: the shares of it to look on both sides first, for float64 and for float32."""
MOST_KEPT = 4_000_000
"""How many numbers of all runs together are kept, to be looked through when something is to be shown by a run."""


class Seen(NamedTuple):
    """A run that was made: x_0, the gradients, η_t (None: the usual one), and what came of it."""

    x0: np.ndarray
    gradients: np.ndarray
    rates: np.ndarray | None
    course: Course


class Probe:
    """A black box with the shape, the dtype and the learning rate that it is asked at.

    - `rate`: η that is passed, or None where nothing may be passed.
    - `unit`: η to measure updates in; 1 where no η is known.   `runs`: how many runs were made so far.
    - `step`: what a unit direction moves x by: η, or η/(1+ηλ) once implicit decay is found.
    - `delay`: silent steps before a first gradient moves x: 1 for a method that steps along the old momentum alone.
    - `momentum_roundoff`: that of the floating point in which the momentum is kept, once it was found to be coarser.
    - `seen`: the runs made so far, as many as are kept.
    """

    def __init__(self, box: BlackBox, shape: tuple[int, ...], dtype: str, rate: float | None, seed: int = 0) -> None:
        self.box, self.shape, self.dtype, self.seed = box, shape, dtype, seed
        known = box.learning_rate if rate is None else rate
        self.rate = known if box.accepts_rate else None
        self.unit = 1.0 if known is None else float(known)
        self.knows_rate = known is not None
        self.roundoff = self.momentum_roundoff = unit_roundoff(dtype)
        self.seen: list[Seen] = []
        self._kept = 0
        self.step = self.unit
        self.delay = 0
        self.runs = 0

    @property
    def rng(self) -> np.random.Generator:
        """A fresh generator: what a probe asks does not depend on the probes before it."""
        return np.random.default_rng([self.seed, *self.shape])

    def course(self, gradients: Any, x0: Any = None, rates: Any = None) -> Course:
        """A run from x_0 (0 if not given) under a learning rate, a sequence of them, or the usual one."""
        start = np.zeros(self.shape) if x0 is None else np.asarray(x0)
        gradients = np.asarray(gradients)
        wanted = self.box.gradient_shape(start)
        if gradients.shape[1:] != wanted:  # several workers, who all see the same
            gradients = np.broadcast_to(gradients.reshape(self.spread(gradients)), (len(gradients), *wanted))
        sequence = None
        rate = self.rate if rates is None else rates
        if rate is not None and np.ndim(rate) == 1:
            sequence = [float(r) for r in np.asarray(rate)]
            rate = lambda t: sequence[min(t, len(sequence) - 1)]  # noqa: E731
        self.runs += 1
        course = self.box.run(start.astype(self.dtype), gradients, learning_rate=rate)
        if self._kept <= MOST_KEPT:
            self._kept += gradients.size + course.x.size
            steps = np.minimum(np.arange(len(gradients)), len(sequence or [0]) - 1)
            self.seen.append(Seen(course.x[0], gradients, None if not sequence else np.array(sequence)[steps], course))
        return course

    @property
    def gradient_shape(self) -> tuple[int, ...]:
        """That of x, after one axis for each kind of worker where there are several."""
        return self.box.gradient_shape(np.zeros(self.shape, self.dtype))

    def spread(self, gradients: np.ndarray) -> tuple[int, ...]:
        """The shape of gradients (T, *shape) with an axis of length 1 for every axis of workers."""
        extra = len(self.gradient_shape) - len(self.shape)
        return (len(gradients), *[1] * extra, *self.shape)

    def mean_gradient(self, gradients: np.ndarray) -> np.ndarray:
        """(T, *shape): the mean over workers, which is what a method on one machine would see."""
        extra = len(self.gradient_shape) - len(self.shape)
        return gradients.mean(axis=tuple(range(1, 1 + extra))) if extra else gradients

    def x(self, gradients: Any, x0: Any = None, rates: Any = None) -> np.ndarray:
        """x_0, …, x_T of such a run in float64."""
        return self.course(gradients, x0, rates).x.astype(np.float64)

    def first_direction(self, z: np.ndarray) -> np.ndarray:
        """(x_1 − x_0)/η from x_0 = 0 with gradient −z: ∇K((1−β1)z) of a Lion-K, or with a delay ∇K((1−β2)z)."""
        gradients = np.zeros((1 + self.delay, *self.shape))
        gradients[0] = -np.asarray(z)
        return self.x(gradients)[-1] / self.step

    def last_move(self, gradients: Any, direction: np.ndarray) -> float:
        """How far the last step of a run from 0 goes along `direction`, decay left out as far as x is still small."""
        x = self.x(gradients)
        return float(np.vdot(x[-1] - x[-2], direction))


def crossing(moves_along: Any, low: float = 0.0, high: float = 1.0, guess: float | None = None) -> float | None:
    """The r at which a nonincreasing function of r stops being > 0, by bisection; None where it never does.

    Near a `guess` it is looked for first; a wrong one only costs four calls more.
    """
    if not moves_along(low) > 0:
        return low
    for share in AROUND:
        if guess is None or not 0 < guess < HIGHEST:
            break
        near, beyond = guess * (1 - share), guess * (1 + share)
        if beyond < high and not moves_along(beyond) > 0:
            high = beyond
        if near > low and moves_along(near) > 0:
            low = near
        if (low, high) == (near, beyond):
            break
    while moves_along(high) > 0:
        low, high = high, high * 8
        if high > HIGHEST:
            return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2 if low == 0 else float(np.sqrt(low * high))
        if not low < middle < high:
            break
        if moves_along(middle) > 0:
            low = middle
        else:
            high = middle
        if low == 0 and high < 1 / HIGHEST:
            return 0.0
    return (low + high) / 2
