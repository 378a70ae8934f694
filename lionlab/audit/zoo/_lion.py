"""Lion, and the methods that are Lion with another convex function K in place of ‖·‖₁."""

from typing import Any

import numpy as np

from .._black_box import StepFunction
from ._two_beta import Direction, two_beta


def lion(learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99) -> StepFunction:
    """Lion, arXiv 2302.06675, program 1: the sign of the look-ahead momentum, and decoupled decay."""
    return two_beta("Lion", np.sign, learning_rate, weight_decay, beta1, beta2)


def signum(learning_rate: Any = 0.01, weight_decay: float = 1.0, beta: float = 0.9) -> StepFunction:
    """Signum, arXiv 1802.04434, algorithm 2, with decoupled decay: the sign of the new momentum, which is β1 = β2."""
    return two_beta("Signum", np.sign, learning_rate, weight_decay, beta, beta)


def normalised_momentum(learning_rate: Any = 0.01, weight_decay: float = 1.0, beta: float = 0.9) -> StepFunction:
    """Normalised momentum, arXiv 2002.03305, algorithm 1, with decoupled decay: K = ‖·‖₂."""
    return two_beta("normalised momentum", euclidean, learning_rate, weight_decay, beta, beta)


def huber_lion(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    threshold: float = 0.5,
) -> StepFunction:
    """Lion with a smoothed sign, clip(z, −e, e)/e: K is Huber's function, and a ridge (eλ/2)‖x‖² joins the box."""
    return two_beta(
        "Lion with Huber's K",
        lambda z: np.clip(z, -threshold, threshold) / threshold,
        learning_rate,
        weight_decay,
        beta1,
        beta2,
    )


def dead_zone_lion(
    learning_rate: Any = 0.01,
    weight_decay: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    threshold: float = 0.5,
) -> StepFunction:
    """Lion that does not move entries of small momentum, sign(z)·1(|z| > e): e‖x‖₁ joins the box."""
    return two_beta(
        "Lion with a dead zone",
        lambda z: np.sign(z) * (np.abs(z) > threshold),
        learning_rate,
        weight_decay,
        beta1,
        beta2,
    )


def top_k_lion(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99, k: int = 2
) -> StepFunction:
    """Lion on the k largest entries of the momentum only, ties to the lowest index."""
    return two_beta("Lion on the top k", largest_signs(k), learning_rate, weight_decay, beta1, beta2)


def lp_lion(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, beta1: float = 0.9, beta2: float = 0.99, p: float = 1.5
) -> StepFunction:
    """The steepest direction of an ℓp norm, sign(z)|z|^{p−1}/‖z‖_p^{p−1}: x is kept in an ℓq ball, 1/p + 1/q = 1."""

    def direction(z: np.ndarray) -> np.ndarray:
        size = np.abs(z)
        largest = size.max()
        scaled = size / largest if largest > 0 else size
        norm = np.sum(scaled**p) ** (1 / p)
        return np.sign(z) * (scaled / norm) ** (p - 1) if largest > 0 else np.zeros_like(z)

    return two_beta("Lion with an lp norm", direction, learning_rate, weight_decay, beta1, beta2)


def momentum_descent(learning_rate: Any = 0.01, weight_decay: float = 1.0, beta: float = 0.9) -> StepFunction:
    """Gradient descent with averaged momentum and decoupled decay, SGDW of arXiv 1711.05101: K = ½‖·‖₂², no set."""
    return two_beta("SGD with momentum", lambda z: z, learning_rate, weight_decay, beta, beta)


def euclidean(z: np.ndarray) -> np.ndarray:
    """z/‖z‖₂, 0 at 0."""
    norm = np.sqrt(np.sum(z * z))
    return z / norm if norm > 0 else np.zeros_like(z)


def largest_signs(k: int) -> Direction:
    """sign(z) on the k largest entries, 0 elsewhere."""

    def direction(z: np.ndarray) -> np.ndarray:
        chosen = np.argsort(-np.abs(z), axis=None, kind="stable")[:k]
        kept = np.zeros(z.size, z.dtype)
        kept[chosen] = np.sign(z.ravel()[chosen])
        return kept.reshape(z.shape)

    return direction
