"""The two-β form in the paper's sign: m tracks −∇f, and the step goes along a direction of the look-ahead momentum.

    m̃ = β1 m − (1−β1) g      u = direction(m̃)      x⁺ = x + ηu − d x      m⁺ = β2 m − (1−β2) g

What members of the zoo differ in is the direction, and the decay d of an entry.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._black_box import StepFunction

Direction = Callable[[np.ndarray], np.ndarray]


class Moment:
    """What the decay of one step may look at: η now, η of the first step, and the largest η so far."""

    def __init__(self, now: float, first: float, largest: float) -> None:
        self.now, self.first, self.largest = now, first, largest

    @classmethod
    def after(cls, before: "Moment | None", now: float) -> "Moment":
        """The moment that follows `before`, None before the first step."""
        if before is None:
            return cls(now, now, now)
        return cls(now, before.first, max(before.largest, now))


Decay = Callable[[Moment, float, np.ndarray, np.ndarray], Any]


def decoupled(moment: Moment, weight_decay: float, x: np.ndarray, u: np.ndarray) -> Any:
    """d = ηλ."""
    return moment.now * weight_decay


def two_beta(
    name: str,
    direction: Direction,
    learning_rate: Any,
    weight_decay: float,
    beta1: float,
    beta2: float,
    decay: Decay = decoupled,
) -> StepFunction:
    """A two-β method with this direction and this decay, as a black box whose momentum can be read."""

    def init(x: np.ndarray) -> tuple[np.ndarray, Moment | None]:
        return np.zeros_like(x), None

    def step(gradient: np.ndarray, state: Any, x: np.ndarray, rate: float) -> tuple[np.ndarray, Any]:
        m, before = state
        moment = Moment.after(before, rate)
        u = direction(beta1 * m - (1 - beta1) * gradient)
        # Of the orders in which these terms can be added, this one stays inside the set in floating point.
        x_next = x + (rate * u - decay(moment, weight_decay, x, u) * x)
        return x_next, (beta2 * m - (1 - beta2) * gradient, moment)

    return StepFunction(init, step, learning_rate=learning_rate, name=name, momentum=lambda state: state[0])
