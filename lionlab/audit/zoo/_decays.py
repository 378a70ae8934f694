"""Lion with every weight decay in use. All coincide with Lion at λ = 0, where most tests are run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._black_box import StepFunction
from ._two_beta import Moment, two_beta


def _lion_with(name: str, decay: Callable[..., Any], description: str) -> Callable[..., StepFunction]:
    def factory(
        learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99
    ) -> StepFunction:
        return two_beta(name, np.sign, learning_rate, weight_decay, beta1, beta2, decay)

    factory.__doc__ = description
    factory.__name__ = name
    return factory


def _cautious(moment: Moment, weight_decay: float, x: np.ndarray, u: np.ndarray) -> np.ndarray:
    return moment.now * weight_decay * (u * x <= 0)


lion_without_decay = _lion_with(
    "Lion without decay", lambda moment, weight_decay, x, u: 0.0, "Lion that is deaf to its weight decay."
)
cautious_decay = _lion_with(
    "cautious decay",
    _cautious,
    "Decay only where the update pushes towards 0, arXiv 2510.12402: an outward push meets none.",
)
strictly_cautious_decay = _lion_with(
    "strictly cautious decay",
    lambda moment, weight_decay, x, u: moment.now * weight_decay * (u * x < 0),
    "Decay only where the update pulls towards 0: where the update is 0 there is none, as shipped by a library.",
)
fixed_decay = _lion_with(
    "fixed decay", lambda moment, weight_decay, x, u: weight_decay, "d = λ, not scaled by the learning rate."
)
corrected_decay = _lion_with(
    "corrected decay",
    lambda moment, weight_decay, x, u: moment.now**2 / moment.largest * weight_decay,
    "d = λη_t²/max η, arXiv 2506.02285: the equilibrium norm, not the set, is held while η falls.",
)
decay_over_first = _lion_with(
    "decay over the first rate",
    lambda moment, weight_decay, x, u: moment.now / moment.first * weight_decay,
    "d = λη_t/η_0: decay relative to the learning rate of the first step.",
)


def independent_decay(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    peak: float | None = None,
) -> StepFunction:
    """d = λη_t/η_peak, arXiv 1711.05101 as first written: the schedule multiplies λ, the peak does not.

    `peak`: η_peak; without it the learning rate that the optimizer is built with, which must be a number then.
    **Raises:** `ValueError` for a schedule without its peak.
    """
    if peak is None and callable(learning_rate):
        raise ValueError("peak must be given with a schedule: the largest learning rate that it returns.")
    highest = float(learning_rate) if peak is None else peak
    return two_beta(
        "independent decay",
        np.sign,
        learning_rate,
        weight_decay,
        beta1,
        beta2,
        lambda moment, decay, x, u: moment.now / highest * decay,
    )


def implicit_decay(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99
) -> StepFunction:
    """Lion with x⁺ = (x + ηu)/(1+ηλ), the form of the theorem in arXiv 2310.05898."""

    def step(gradient: np.ndarray, m: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        u = np.sign(beta1 * m - (1 - beta1) * gradient)
        return (x + rate * u) / (1 + rate * weight_decay), beta2 * m - (1 - beta2) * gradient

    return StepFunction(
        np.zeros_like, step, learning_rate=learning_rate, name="Lion, implicit decay", momentum=lambda m: m
    )


def coupled_decay(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99
) -> StepFunction:
    """Lion with λx added to the gradient: a ridge, and no box. Also what "decay added to the gradient" describes."""

    def step(gradient: np.ndarray, m: np.ndarray, x: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
        g = gradient + weight_decay * x
        return x + rate * np.sign(beta1 * m - (1 - beta1) * g), beta2 * m - (1 - beta2) * g

    return StepFunction(
        np.zeros_like, step, learning_rate=learning_rate, name="Lion, coupled decay", momentum=lambda m: m
    )
