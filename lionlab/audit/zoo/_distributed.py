"""Distributed Lion: every worker keeps a momentum of its own gradients, and only signs are sent.

The gradients of all workers come in one array, (workers, …); the parameters are the same everywhere.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._black_box import StepFunction


def majority_vote(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99, workers: int = 3
) -> StepFunction:
    """Distributed Lion with a majority vote, arXiv 2404.00438, algorithm 1: the sign of the sum of signs."""
    name = "Distributed Lion, vote"
    return _distributed(name, vote, learning_rate, weight_decay, beta1, beta2, workers)


def averaged_signs(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99, workers: int = 3
) -> StepFunction:
    """Distributed Lion with averaging, arXiv 2404.00438, algorithm 1: all move by the mean of the signs."""
    name = "Distributed Lion, average"
    return _distributed(name, average, learning_rate, weight_decay, beta1, beta2, workers)


def vote(z: np.ndarray) -> np.ndarray:
    """The sign of the sum of the workers' signs."""
    return np.sign(np.sign(z).sum(axis=0))


def average(z: np.ndarray) -> np.ndarray:
    """The mean of the workers' signs."""
    return np.sign(z).mean(axis=0)


def _distributed(
    name: str,
    collect: Callable[[np.ndarray], np.ndarray],
    learning_rate: Any,
    weight_decay: float,
    beta1: float,
    beta2: float,
    workers: int,
) -> StepFunction:
    def init(x: np.ndarray) -> np.ndarray:
        return np.zeros((workers, *x.shape), x.dtype)

    def step(gradient: np.ndarray, m: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        u = collect(beta1 * m - (1 - beta1) * gradient)
        return x + rate * (u - weight_decay * x), beta2 * m - (1 - beta2) * gradient

    return StepFunction(
        init, step, learning_rate=learning_rate, name=name, gradient_shape=lambda x: (workers, *x.shape)
    )
