"""Schedule-free optimizers: an average of the path takes the place of a learning rate that falls."""

from typing import Any

import numpy as np

from .._black_box import StepFunction


def schedule_free(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta: float = 0.9,
    beta2: float | None = None,
    epsilon: float = 1e-12,
) -> StepFunction:
    """Schedule-free SGD, arXiv 2405.15682, equations 2–4; schedule-free AdamW, algorithm 1, where β2 is given.

        y_t = (1−β) z_t + β x_t      z_{t+1} = z_t − η(u + λ y_t)      x_{t+1} = (1 − 1/(t+1)) x_t + z_{t+1}/(t+1)

    for t = 1, 2, … from z_1 = x_1, with u the gradient at y_t, divided for AdamW by the root of its mean square. The
    parameters that the user holds, and a black box shows, are y. The step along a push grows shorter as the average
    grows older, so that no λ and no β holds for two steps.
    """

    def init(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        return x.copy(), x.copy(), np.zeros_like(x), 1

    def step(gradient: np.ndarray, state: Any, y: np.ndarray, rate: float) -> tuple[np.ndarray, Any]:
        z, x, square, t = state
        u = gradient
        if beta2 is not None:
            square = beta2 * square + (1 - beta2) * gradient * gradient
            u = gradient / (np.sqrt(square / (1 - beta2**t)) + epsilon)
        z = z - rate * (u + weight_decay * y)
        x = x + (z - x) / (t + 1)
        return (1 - beta) * z + beta * x, (z, x, square, t + 1)

    name = "schedule-free SGD" if beta2 is None else "schedule-free AdamW"
    return StepFunction(init, step, learning_rate=learning_rate, name=name)
