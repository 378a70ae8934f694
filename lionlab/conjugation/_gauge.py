"""The gauge of dom K* for a homogeneous K, its dual norm when K is a norm: the least r ≥ 0 with y ∈ r·dom K*."""

import math
from dataclasses import dataclass

import numpy as np

from ._cuts import Cuts
from ._oracle import ConvexOracle
from ._recession import interior, locate


@dataclass(frozen=True)
class Gauge:
    """lower ≤ gauge ≤ upper; `direction` is the z with K(z) = 1 and ⟨y, z⟩ = lower, 0 where lower is 0."""

    lower: float
    upper: float
    direction: np.ndarray


def gauge(oracle: ConvexOracle, y: np.ndarray, *, tolerance: float = 1e-6, most_evaluations: int = 2000) -> Gauge:
    """sup {⟨y, z⟩ : K(z) ≤ 1} between two bounds, by Newton's method on the radius: each z that separates y/r raises r.

    The upper bound is the first r(1 + tolerance) whose y/r is certified inside dom K*; +inf where none was.

    **Raises:** `ValueError` unless the oracle declares homogeneity.
    """
    if not oracle.is_positively_homogeneous:
        raise ValueError("gauge: K must be positively homogeneous; only then is dom K* scaled by one number.")
    cuts = Cuts.empty(oracle)
    ball = interior(oracle, cuts)
    direction = np.zeros_like(y)
    lower = 0.0
    values = np.sum(cuts.subgradients * cuts.points, axis=1)
    positive = values > 0
    if positive.any() and np.any(y):
        ratios = (cuts.points[positive] @ y) / values[positive]
        best = int(np.argmax(ratios))
        lower, direction = float(ratios[best]), cuts.points[positive][best] / values[positive][best]
    if not lower > 0:
        return Gauge(0.0, 0.0 if not np.any(y) else math.inf, direction)
    for _ in range(200):
        inside = locate(
            oracle, y / (lower * (1 + tolerance / 2)), cuts, ball=ball, is_separation_enough=True,
            most_evaluations=most_evaluations,
        )  # fmt: skip
        if inside.is_inside:
            return Gauge(lower * (1 - 4 * oracle.evaluation_error), lower * (1 + tolerance), direction)
        if not inside.least_distance > 0:
            break
        value = oracle.at(inside.separator)[0]
        if not value > 0:
            return Gauge(math.inf, math.inf, direction)
        direction = inside.separator / value
        lower = max(lower * (1 + tolerance / 4), float(y @ direction))
    return Gauge(lower * (1 - tolerance), math.inf, direction)
