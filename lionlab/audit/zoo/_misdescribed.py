"""Three descriptions that circulate under the name of Lion. What each does is in docs/misdescriptions.md.

The third of them, decay added to the gradient, is `coupled_decay`.
"""

from typing import Any

import numpy as np

from .._black_box import StepFunction


def sign_after_update(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99
) -> StepFunction:
    """The momentum is updated first, with β1, and the sign is then taken of β2·(new momentum) + (1−β2)·gradient.

    In the two-β form this has constants β1β2 and β1: with (0.9, 0.99) it is Lion with (0.891, 0.9), a method that
    forgets ten times sooner.
    """

    def step(gradient: np.ndarray, b: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        b = beta1 * b + (1 - beta1) * gradient
        return x - rate * (np.sign(beta2 * b + (1 - beta2) * gradient) + weight_decay * x), b

    return StepFunction(
        np.zeros_like, step, learning_rate=learning_rate, name="sign after the update", momentum=lambda b: -b
    )


def signed_second_moment(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    gamma: float = 0.99,
) -> StepFunction:
    """Adam's form, with n = γ sign(g)√|g|² + (1−β2) sign(g), bias-corrected, where Adam has its second moment.

    √|g|² is |g|, so n = γg + (1−β2) sign(g) has the sign of g, and the step divides by √n̂: a gradient below 0 makes it
    not a number. The decay is decoupled, as in the descriptions that have one.
    """

    def init(x: np.ndarray) -> tuple[np.ndarray, int]:
        return np.zeros_like(x), 0

    def step(gradient: np.ndarray, state: Any, x: np.ndarray, rate: float) -> tuple[np.ndarray, Any]:
        b, t = state
        b, t = beta1 * b + (1 - beta1) * gradient, t + 1
        n = gamma * np.sign(gradient) * np.sqrt(np.abs(gradient) ** 2) + (1 - beta2) * np.sign(gradient)
        with np.errstate(invalid="ignore", divide="ignore"):
            u = (b / (1 - beta1**t)) / np.sqrt(n / (1 - beta2**t))
        return x - rate * (u + weight_decay * x), (b, t)

    return StepFunction(
        init, step, learning_rate=learning_rate, name="sign-based second moment", momentum=lambda state: -state[0]
    )
