"""Muon with decoupled decay, with the exact polar factor and with the Newton–Schulz iteration it is shipped with."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._black_box import StepFunction
from ._two_beta import two_beta

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
NUM_ITERATIONS = 5
WIDEST = 1.2023686
"""max of σ ↦ 3.4445σ − 4.7750σ³ + 2.0315σ⁵ over [0, 1], which the iterated polynomial attains too."""


def muon(
    learning_rate: Any = 0.01, weight_decay: float = 1.0, momentum: float = 0.95, is_exact: bool = True
) -> StepFunction:
    """Muon (Jordan et al. 2024) with the decay of arXiv 2502.16982: M⁺ = μM + (1−μ)G, a step along μM⁺ + (1−μ)G.

    That is the two-β form with β1 = μ² and β2 = μ. K is the nuclear norm with the exact polar factor, and nothing
    convex with Newton–Schulz. x must be a matrix. Steps carry no factor for the matrix's shape.
    """
    direction: Callable[[np.ndarray], np.ndarray] = polar_factor if is_exact else newton_schulz
    name = "Muon, exact" if is_exact else "Muon, Newton-Schulz"
    return two_beta(name, direction, learning_rate, weight_decay, momentum**2, momentum)


def shipped_muon(learning_rate: Any = 0.01, weight_decay: float = 1.0, momentum: float = 0.95) -> StepFunction:
    """Muon with five Newton–Schulz steps."""
    return muon(learning_rate, weight_decay, momentum, is_exact=False)


def polar_factor(Z: np.ndarray) -> np.ndarray:
    """UVᵀ of the singular value decomposition, 0 on the null part; not a number where Z is none."""
    if not np.isfinite(Z).all():
        return np.full_like(Z, np.nan)
    left, values, right = np.linalg.svd(Z, full_matrices=False)
    is_seen = values > np.finfo(Z.dtype).eps * max(Z.shape) * values[:1].max(initial=0)
    return (left * is_seen) @ right


def newton_schulz(Z: np.ndarray) -> np.ndarray:
    """aX + (bA + cA²)X with A = XXᵀ, five times from X = Z/‖Z‖_F; 0 at 0."""
    a, b, c = COEFFICIENTS
    norm = np.sqrt(np.sum(Z * Z))
    if not norm > 0:
        return np.zeros_like(Z)
    X = Z / norm
    for _ in range(NUM_ITERATIONS):
        A = X @ X.T
        X = a * X + (b * A + c * (A @ A)) @ X
    return X
