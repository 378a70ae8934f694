"""K* of a K with kinks: proximal bundle steps make the cuts, and one linear program over them the upper bound.

Each step maximises ⟨y, z⟩ − max_i(⟨g_i, z⟩ − k_i) − ‖z − ẑ‖²/(2τ), whose dual is a nearest-point problem over the cuts:
it ends after finitely many steps where K is polyhedral and converges where K is curved, where cutting planes stall.
"""

import math

import numpy as np

from ._cuts import Ball, Cuts, lower_bound, regular_simplex
from ._linear_program import best_upper_bound
from ._nearest_point import nearest_point
from ._oracle import ConvexOracle

FARTHEST = 1e30
"""Where the search for a maximiser gives up: K* is infinite, or nothing that floating point can resolve."""


def enclose_nonsmooth(
    oracle: ConvexOracle, y: np.ndarray, cuts: Cuts, ball: Ball | None, tolerance: float, most_evaluations: int
) -> tuple[float, float, np.ndarray]:
    """(lower, upper, z) for K*(y), upper − lower ≤ tolerance·|K*(y)| where that is reached in time."""
    z, lower, upper = np.zeros_like(y), 0.0, math.inf
    start, aim, step, simplex = len(cuts), 1e-6, 1.0, regular_simplex(oracle.size)
    while True:
        z, step, is_done = _ascend(oracle, y, cuts, z, aim, step, start + most_evaluations)
        lower = max(lower, lower_bound(oracle, y, z))
        if not is_done and not len(cuts) - start >= most_evaluations:
            return lower, upper, z
        if ball is not None:
            # Cuts around z, so that y is in their hull where it is in the hull of any.
            for reach in (1.0, 1e-2, 1e-4) if aim == 1e-6 else (1e-1, math.sqrt(aim)):
                cuts.add(z + reach * (1 + float(np.linalg.norm(z))) * simplex)
            found, corner = best_upper_bound(y, cuts, ball)
            upper = min(upper, found)
            if corner is not None:
                cuts.add(corner[None])
                if lower_bound(oracle, y, corner) > lower:
                    z, lower = corner, lower_bound(oracle, y, corner)
        enough = tolerance * max(abs(lower), abs(upper)) + 16 * oracle.evaluation_error  # where K* is 0: a = 1
        is_tight = math.isfinite(upper) and upper - lower <= enough
        if is_tight or lower > upper or aim < 1e-14 or (not is_done and len(cuts) - start >= most_evaluations):
            return lower, upper, z
        aim /= 100


def _ascend(
    oracle: ConvexOracle, y: np.ndarray, cuts: Cuts, z: np.ndarray, aim: float, step: float, most_cuts: int
) -> tuple[np.ndarray, float, bool]:
    """Bundle steps from z until the model promises no more than aim·(1 + |K*|): (z, step length, whether it did)."""
    value, _ = oracle.at(z)
    cuts.add(z[None])
    objective = float(y @ z) - value
    weights: np.ndarray | None = None
    null_steps, lift = 0, 1 + abs(objective)
    while len(cuts) < most_cuts:
        errors = np.maximum(value - cuts.subgradients @ z + cuts.intercepts, 0.0)
        weights, move, promised = proximal_step(y, cuts.subgradients, errors, step, lift, weights)
        lift = max(promised, 1e-16 * (1 + abs(objective)))
        scale = 1 + abs(objective)
        if promised <= aim * scale:
            # A short step promises little wherever it is: done only where y is nearly a combination as well.
            if np.linalg.norm(move) <= math.sqrt(aim) * step * scale / (1 + float(np.linalg.norm(z))) or step > 1e12:
                return z, step, True
            step *= 10
            continue
        trial = z + move
        if not np.linalg.norm(trial) < FARTHEST:
            return z, step, False
        values, _ = cuts.add(trial[None])
        gain = float(y @ trial) - float(values[0]) - objective
        if gain >= 0.1 * promised:
            z, value, objective = trial, float(values[0]), objective + gain
            step = 4 * step if gain >= 0.5 * promised and null_steps == 0 else step
            null_steps = 0
        else:
            null_steps += 1
            if null_steps % 20 == 0:
                step /= 4
    return z, step, False


def proximal_step(
    y: np.ndarray, subgradients: np.ndarray, errors: np.ndarray, step: float, lift: float, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, float]:
    """(weights, move, promised gain) of the model's proximal step with linearisation errors e_i ≥ 0.

    The dual min τ‖y − Σ w_i g_i‖²/2 + Σ w_i e_i is not solved but its twin, the nearest point to 0 of the lifted
    points (√τ(g_i − y), (e_i + κ)/√κ): that is the same step with τ divided by 1 + Σ w_i e_i/κ. Any κ = `lift` > 0
    will do; one of the size of the gain keeps the digits of the gain.
    """
    lifted = np.concatenate([np.sqrt(step) * (subgradients - y), (errors[:, None] + lift) / math.sqrt(lift)], axis=1)
    w = nearest_point(lifted, weights)
    remainder = float(w @ errors)
    miss = y - w @ subgradients
    length = step / (1 + remainder / lift)
    return w, length * miss, length * float(miss @ miss) + remainder
