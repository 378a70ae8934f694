"""Cautious Lion: only the entries whose update opposes the gradient at hand move, and they move farther for it."""

from typing import Any

import numpy as np

from .._black_box import StepFunction

LEAST_SHARE = 1e-3
"""The mean of the mask is not divided by when it is below this."""


def cautious_lion(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    is_rescaled: bool = True,
) -> StepFunction:
    """Cautious Lion, arXiv 2411.16085, algorithm 2: the update is masked, and divided by the share that is left.

    The decay is not divided, so while one entry in n moves it moves n times as far: |x| can reach n/λ.
    """

    def step(gradient: np.ndarray, m: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        u = np.sign(beta1 * m - (1 - beta1) * gradient)
        mask = (u * gradient < 0).astype(x.dtype)
        share = max(float(mask.mean()), LEAST_SHARE) if is_rescaled else 1.0
        return x + rate * (u * mask / share - weight_decay * x), beta2 * m - (1 - beta2) * gradient

    name = "cautious Lion" if is_rescaled else "cautious Lion, not rescaled"
    return StepFunction(np.zeros_like, step, learning_rate=learning_rate, name=name, momentum=lambda m: m)


def masked_lion(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99
) -> StepFunction:
    """Cautious Lion without the division: its entries are in [−1, 1], so the box of Lion is kept."""
    return cautious_lion(learning_rate, weight_decay, beta1, beta2, is_rescaled=False)
