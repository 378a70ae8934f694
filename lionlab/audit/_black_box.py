"""An optimizer as a black box: gradients in, parameters out, and nothing of its source.

    box = as_black_box(optax.lion(1e-2, weight_decay=1.0))
    box.run(x0, gradients).x            # x_0, …, x_T for gradients g_0, …, g_{T−1}

`as_black_box` knows optax transformations, torch and Keras optimizers, `LionK`, functions that make any of these, and a
`StepFunction`, for what is written in plain NumPy.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..precision import as_numpy
from ._failures import checked_momentum, checked_parameters, checked_result, stepping

Rate = Callable[[int], float]
FIRST_ROOM = 256
"""Steps that are made room for, where it is not known how many will come; the room is doubled when it is full."""


class Course(NamedTuple):
    """What was seen of a run.

    - `x`: x_0, …, x_T, (T+1, *shape), NumPy, in the dtype of x_0.
    - `momentum`: m_0, …, m_T in the paper's sign, m tracks −∇f; None where it cannot be read.
    - `dtype`: the dtype in which the optimizer itself returned x_T.
    """

    x: np.ndarray
    momentum: np.ndarray | None
    dtype: str


class ClosedLoop(NamedTuple):
    """Gradients that depend on x: `gradient(t, x)`, for `steps` steps or until it is None."""

    gradient: Callable[[int, np.ndarray], Any]
    steps: int | None

    def __call__(self, t: int, x: np.ndarray) -> Any:
        return None if self.steps is not None and t >= self.steps else self.gradient(t, x)


class BlackBox(ABC):
    """What the audit talks to.

    - `name`.   `learning_rate`: the number it runs at when none is given; None where that is unknown or a schedule.
    - `accepts_rate`: whether a run may be given another learning rate.
    - `accepts_schedule`: whether a run may be given a learning rate for each step.
    - `is_compiled`: whether it runs as a compiled program, which rounds as the compiler likes and flushes subnormals.
    - `settings_told`: what its configuration says of gradients clipped and x overwritten, in words; "" where nothing.
    """

    name: str = "optimizer"
    settings_told: str = ""
    learning_rate: float | None = None
    accepts_rate: bool = True
    accepts_schedule: bool = True
    is_compiled: bool = False

    def gradient_shape(self, x: np.ndarray) -> tuple[int, ...]:
        """The shape of the gradient for parameters x: that of x, unless the optimizer was built otherwise."""
        return x.shape

    def uncompiled(self) -> "BlackBox | None":
        """The same optimizer run operation by operation, where `run` compiles it; else None."""
        return None

    def run(self, x0: Any, gradients: Any, learning_rate: Any = None, steps: int | None = None) -> Course:
        """T steps from x_0 with a fresh state.

        **Arguments:**

        - `x0`: an array of floating-point numbers; its dtype is that of the run.
        - `gradients`: g_0, …, g_{T−1} as one array (T, *shape), which is fast; or a function (t, x) -> g, where the
          run ends after `steps` steps, or when it returns None.
        - `learning_rate`: η, or t -> η for t = 0, 1, …, T−1; None is the optimizer's own.

        **Raises:** `ValueError` for gradients of another shape, and for a learning rate that it cannot be given;
        `OptimizerError` where a step raises, or hands back something else than parameters like x_0.
        """
        x = np.array(as_numpy("x0", x0))
        if callable(learning_rate):
            if not self.accepts_schedule:
                raise ValueError(f"{self.name} cannot be given a learning rate for each step; pass a factory.")
            rate: Any = lambda t: float(learning_rate(t))  # noqa: E731
        elif learning_rate is None:
            rate = None
        else:
            rate = float(learning_rate)
            if not self.accepts_rate and rate != self.learning_rate:
                raise ValueError(f"{self.name} cannot be given a learning rate; pass a factory that takes one.")
        if not callable(gradients):
            gradients = np.asarray(gradients).astype(x.dtype, copy=False)
            wanted = self.gradient_shape(x)
            if gradients.ndim == 0 or gradients.shape[1:] != wanted:
                raise ValueError(f"gradients must have shape (T, *{wanted}), got {gradients.shape}.")
        else:
            gradients = ClosedLoop(gradients, steps)
        with np.errstate(all="ignore"):
            return self._run(x, gradients, rate)

    @abstractmethod
    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        """`run` with checked arguments: `rate` is a number, a function of t, or None."""


class StepFunction(BlackBox):
    """An optimizer written in plain NumPy.

    **Arguments:**

    - `init(x) -> state`, any Python object.
    - `step(gradient, state, x, learning_rate) -> (x, state)`.
    - `learning_rate`: η, or a schedule t -> η, that it runs at when none is given.   `name`: what reports call it.
    - `momentum(state) -> array`: the momentum in the paper's sign, m tracks −∇f, where it can be read.
    - `gradient_shape(x) -> shape`: where the gradient has another shape than x, as with several workers.

    **Raises:** `TypeError` when `init` or `step` cannot be called.
    """

    def __init__(
        self,
        init: Callable[[np.ndarray], Any],
        step: Callable[[np.ndarray, Any, np.ndarray, float], tuple[Any, Any]],
        learning_rate: Any = 0.01,
        name: str = "step function",
        momentum: Callable[[Any], Any] | None = None,
        gradient_shape: Callable[[np.ndarray], tuple[int, ...]] | None = None,
    ) -> None:
        if not callable(init) or not callable(step):
            raise TypeError(f"init and step must be functions, got {init!r} and {step!r}.")
        self.init, self.step, self.momentum, self.name = init, step, momentum, name
        self._own = learning_rate if callable(learning_rate) else float(learning_rate)
        self.learning_rate = None if callable(learning_rate) else self._own
        self._gradient_shape = gradient_shape

    def gradient_shape(self, x: np.ndarray) -> tuple[int, ...]:
        return x.shape if self._gradient_shape is None else tuple(self._gradient_shape(x))

    def _run(self, x: np.ndarray, gradients: Any, rate: Any) -> Course:
        rate = self._own if rate is None else rate
        with stepping(self.name, "init"):
            state, current = self.init(x.copy()), x.copy()
            recorder = Recorder(x, self._momentum_of(state, x), self.name, known_steps(gradients))
        for t, g in each_gradient(gradients, lambda: recorder.last):
            now = float(rate(t)) if callable(rate) else rate
            with stepping(self.name, t):
                current, state = checked_result(self.name, t, self.step(g, state, current, now))
                recorder.record(current, self._momentum_of(state, x))
        return recorder.course(np.asarray(current).dtype.name)

    def _momentum_of(self, state: Any, x: np.ndarray) -> Any:
        return None if self.momentum is None else checked_momentum(self.name, self.momentum(state), x)


class Recorder:
    """Copies of x and m as they come: a library may hand out the memory that its next step overwrites.

    `steps`: how many will come, where that is known.
    """

    def __init__(self, x: np.ndarray, m: Any, name: str, steps: int | None = None) -> None:
        self.name, self.count, self.first = name, 0, x
        room = FIRST_ROOM if steps is None else steps + 1
        self._x = np.empty((room, *x.shape), x.dtype)
        self._m = None if m is None else np.empty((room, *np.shape(m)), x.dtype)
        self._has_momentum = m is not None
        self._keep(x, m)

    @property
    def last(self) -> np.ndarray:
        """The x that came last; a view of what is kept."""
        return self._x[self.count - 1]

    def record(self, x: Any, m: Any) -> None:
        """One more step.

        **Raises:** `OptimizerError` where x is no array of floating-point numbers in the shape of the start.
        """
        checked_parameters(self.name, self.count - 1, x, self.first)
        self._keep(x, m)

    def course(self, dtype: str) -> Course:
        """The record as arrays."""
        m = self._m[: self.count] if self._m is not None and self._has_momentum else None
        return Course(self._x[: self.count], m, dtype)

    def _keep(self, x: Any, m: Any) -> None:
        if self.count == len(self._x):
            self._x = np.concatenate([self._x, np.empty_like(self._x)])
            self._m = None if self._m is None else np.concatenate([self._m, np.empty_like(self._m)])
        self._x[self.count] = x
        if self._m is not None and m is not None:
            self._m[self.count] = m
        self._has_momentum = self._has_momentum and m is not None
        self.count += 1


def each_gradient(gradients: Any, current: Callable[[], np.ndarray]) -> Any:
    """(t, g_t), each g_t free to be overwritten, from an array of gradients or from a function of (t, x)."""
    if not callable(gradients):
        yield from enumerate(np.array(gradients, order="C"))
        return
    t = 0
    while (g := gradients(t, current().copy())) is not None:
        yield t, np.array(g, current().dtype)
        t += 1


def known_steps(gradients: Any) -> int | None:
    """How many steps a run with these gradients has, where it is not up to a function to end it."""
    return getattr(gradients, "steps", None) if callable(gradients) else len(gradients)


def as_black_box(optimizer: Any, learning_rate: Any = None, name: str | None = None) -> BlackBox:
    """Any optimizer that is known here as a `BlackBox`.

    **Arguments:**

    - `optimizer`: a `BlackBox` or `StepFunction`; an optax transformation (a pair `init`, `update`); a
      `torch.optim.Optimizer`, rebuilt on fresh parameters from its class and defaults, or a class or function that
      takes `params` and returns one; a Keras optimizer, rebuilt from its configuration; a `LionK`; or a function
      without required arguments, `learning_rate` apart, that returns any of these. Where it takes `learning_rate` it
      may be called with numbers and with schedules step -> η.
    - `learning_rate`: η to run at when a run is given none; None is the optimizer's own, or 0.01 where a factory
      demands one.   `name`: what reports call it.

    **Raises:** `TypeError` for anything else.
    """
    from ._adapters import adapted

    box = adapted(optimizer, learning_rate)
    if name is not None:
        box.name = name
    return box
