"""Adam, with decoupled decay and with decay in the gradient."""

import math
from typing import Any

import numpy as np

from .._black_box import StepFunction


def adamw(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.95,
    epsilon: float = 1e-12,
    is_corrected: bool = True,
) -> StepFunction:
    """AdamW, arXiv 1711.05101, algorithm 2."""
    return _adam("AdamW", learning_rate, weight_decay, beta1, beta2, epsilon, is_corrected, is_coupled=False)


def adam(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.95,
    epsilon: float = 1e-12,
    is_corrected: bool = True,
) -> StepFunction:
    """Adam, arXiv 1412.6980, with λx added to the gradient."""
    return _adam("Adam with L2", learning_rate, weight_decay, beta1, beta2, epsilon, is_corrected, is_coupled=True)


def largest_ratio(beta1: float = 0.9, beta2: float = 0.95) -> float:
    """sup |m̂|/√v̂ over all gradients and times, ε = 0 and β1² < β2: (1−β1)√β2/√((1−β2)(β2−β1²)), at least 1.

    By Cauchy and Schwarz, and attained by gradients that have grown like (β2/β1)^t for long. Derived here.
    """
    return (1 - beta1) * math.sqrt(beta2) / math.sqrt((1 - beta2) * (beta2 - beta1**2))


def _adam(
    name: str,
    learning_rate: Any,
    weight_decay: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    is_corrected: bool,
    is_coupled: bool,
) -> StepFunction:
    def init(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
        return np.zeros_like(x), np.zeros_like(x), 0

    def step(gradient: np.ndarray, state: Any, x: np.ndarray, rate: float) -> tuple[np.ndarray, Any]:
        first, second, t = state
        g = gradient + weight_decay * x if is_coupled else gradient
        first, second, t = beta1 * first + (1 - beta1) * g, beta2 * second + (1 - beta2) * g * g, t + 1
        c1, c2 = (1 - beta1**t, 1 - beta2**t) if is_corrected else (1.0, 1.0)
        u = (first / c1) / (np.sqrt(second / c2) + epsilon)
        decayed = x if is_coupled else x - rate * weight_decay * x
        return decayed - rate * u, (first, second, t)

    return StepFunction(init, step, learning_rate=learning_rate, name=name, momentum=lambda state: -state[0])
