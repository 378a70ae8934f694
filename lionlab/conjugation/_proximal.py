"""prox of a K that can only be evaluated: the step of a proximal bundle, run until its duality gap says it is done."""

import math
from dataclasses import dataclass

import numpy as np

from ._cuts import Cuts
from ._finiteness import require_finite
from ._oracle import ConvexOracle
from ._polyhedral import proximal_step
from ._smooth import stationary_point


@dataclass(frozen=True)
class Proximal:
    """An approximate `point` of argmin_u K(u) + ‖u − z‖²/(2·step).

    Its objective exceeds the minimum by at most `gap`, so ‖point − prox‖₂ ≤ `distance` = √(2·step·gap). `slope` is
    a convex combination of elements of ∂K near (z − point)/step: the prox of K* at z/step with the step 1/step.
    """

    point: np.ndarray
    slope: np.ndarray
    gap: float
    distance: float
    evaluations: int


# A bundle that ends farther than this from the proximal point, relative to 1 + ‖z‖, has not converged.
CLOSE = 1e-7


def proximal_point(
    oracle: ConvexOracle, z: np.ndarray, step: float, *, tolerance: float = 1e-13, most_evaluations: int = 2000
) -> Proximal:
    """prox_{step·K}(z) to within `tolerance` in the objective, relative to K(z) and ‖∇K(z)‖²·step, or the best found.

    The lower bound is the minimum of max_i(⟨g_i, u⟩ − k_i) + ‖u − z‖²/(2·step) over the cuts, which by duality is a
    nearest-point problem; the upper bound is the objective itself at the best u. Both count the evaluation errors.

    **Raises:** `ValueError` unless step is finite and > 0 and z is finite of shape (d,).
    """
    if not (0 < step < math.inf):
        raise ValueError(f"proximal_point: step must be finite and > 0, got {step:g}.")
    if z.shape != (oracle.size,) or not np.all(np.isfinite(z)):
        raise ValueError(f"proximal_point: z must be finite and of shape ({oracle.size},), got shape {z.shape}.")
    require_finite(oracle, z)
    if oracle.is_smooth:
        return _smooth(oracle, z, step)
    cuts = Cuts.empty(oracle)
    weights, lift = None, 1.0
    u, objective, least = z, math.inf, -math.inf
    trial, slope = z, np.zeros_like(z)
    while len(cuts) < most_evaluations:
        before = len(cuts)
        values, g = cuts.add(trial[None])
        if len(cuts) == before:
            break
        error = float(oracle.value_error(values, trial[None], g)[0])
        found = float(values[0]) + float((trial - z) @ (trial - z)) / (2 * step) + error
        if found < objective:
            u, value, objective = trial, float(values[0]), found
        # Seen from u the problem is the bundle's own step for the slope (z − u)/step.
        errors = np.maximum(value - cuts.subgradients @ u + cuts.intercepts, 0.0)
        weights, move, promised = proximal_step((z - u) / step, cuts.subgradients, errors, step, lift, weights)
        lift = max(promised, 1e-16 * (1 + abs(objective)))
        slope = weights @ cuts.subgradients
        # Any combination of cuts is a bound, whatever the weights: ⟨g, z⟩ − Σ w_i k_i − step·‖g‖²/2 with g = Σ w_i g_i.
        size = abs(float(slope @ z)) + step * float(slope @ slope) + float(weights @ np.abs(cuts.heights))
        bound = float(slope @ z - weights @ cuts.heights) - step / 2 * float(slope @ slope)
        least = max(least, bound - 4 * oracle.evaluation_error * size)
        if objective - least <= (tolerance + 16 * oracle.evaluation_error) * (abs(objective) + size) + 4 * error:
            break
        trial = u + move
    gap = max(objective - least, 0.0)
    enclosed = Proximal(u, slope, gap, math.sqrt(2 * step * gap), len(cuts))
    if enclosed.distance <= CLOSE * (1 + float(np.linalg.norm(z))):
        return enclosed
    # Cuts of a steep function without a kink nearby close in slowly, where Newton's method does at once.
    other = _smooth(oracle, z, step)
    return other if other.distance < enclosed.distance else enclosed


def _smooth(oracle: ConvexOracle, z: np.ndarray, step: float) -> Proximal:
    """Strong convexity: the gap is at most step/2 times the squared residual of ∇K(u) + (u − z)/step = 0."""
    size = float(np.linalg.norm(z)) / step
    u = stationary_point(oracle, z / step, z, 1e-15 * (1 + size), ridge=1 / step)
    g = oracle.at(u)[1]
    miss = float(np.linalg.norm(z / step - u / step - g))
    miss += 4 * oracle.evaluation_error * (float(np.linalg.norm(g)) + size + float(np.linalg.norm(u)) / step)
    gap = step / 2 * miss**2
    return Proximal(u, g, gap, step * miss, 0)
