"""K*(y) between two bounds, for any finite convex K that can be evaluated."""

import math

import numpy as np

from ._bracket import Bracket
from ._consistency import contradiction
from ._cuts import Cuts, lower_bound, miss_of
from ._finiteness import require_finite
from ._oracle import ConvexOracle
from ._polyhedral import enclose_nonsmooth
from ._recession import NEAR, interior, locate, separation
from ._smooth import enclose_smooth


def bracket_conjugate(
    oracle: ConvexOracle, y: np.ndarray, *, tolerance: float = 1e-9, most_evaluations: int = 2000
) -> Bracket:
    """lower ≤ K*(y) ≤ upper at one y of shape (d,), aiming at upper − lower ≤ tolerance·|K*(y)|.

    K* = +inf is certified for homogeneous K and where the oracle declares its recession function, and only then.
    The bounds hold under the oracle's assumption on its evaluation error. Never raises for lack of convergence: that
    is the status INCONCLUSIVE, or BOUNDARY within rounding of the edge of dom K*.

    **Raises:** `ValueError` for a y that is not finite or not of shape (d,), and for a K that is +inf along y.
    """
    y = np.asarray(y, np.float64)
    if y.shape != (oracle.size,):
        raise ValueError(f"y must have shape ({oracle.size},), got {y.shape}.")
    if not np.all(np.isfinite(y)):
        raise ValueError("y must be finite: at an infinite y the conjugate is +inf unless K is constant along it.")
    require_finite(oracle, y)
    cuts = Cuts.empty(oracle)
    found = _bracket(oracle, y, cuts, tolerance, most_evaluations)
    fault = contradiction(cuts) if found.status != "INCONCLUSIVE" else ""
    if fault:
        return _one_sided("INCONCLUSIVE", -math.inf, found.maximiser, math.inf, cuts, fault)
    return found


def _bracket(oracle: ConvexOracle, y: np.ndarray, cuts: Cuts, tolerance: float, most_evaluations: int) -> Bracket:
    ball = interior(oracle, cuts)
    upper, distance, is_near = math.inf, math.inf, False
    if oracle.is_smooth:
        lower, upper, z = enclose_smooth(oracle, y, cuts, ball, tolerance)
    if upper == math.inf and (oracle.is_positively_homogeneous or oracle.recession is not None):
        inside = locate(oracle, y, cuts, ball=ball, is_separation_enough=True, most_evaluations=most_evaluations)
        if inside.least_distance > 0:
            return _infinite(inside.separator, inside.distance, cuts)
        distance = inside.distance
        is_near = not inside.is_inside and distance <= NEAR * float(np.linalg.norm(y)) + 2 * miss_of(
            oracle, y, cuts.subgradients
        )
        if oracle.is_positively_homogeneous:
            return _indicator(y, inside.is_inside, is_near, distance, cuts)
    if not oracle.is_smooth:
        # At the edge no upper bound exists, and the lower one is had early.
        budget = min(most_evaluations, 200 + 10 * oracle.size) if is_near else most_evaluations
        lower, upper, z = enclose_nonsmooth(oracle, y, cuts, ball, tolerance, budget)
    lower = max(lower, lower_bound(oracle, y, np.zeros_like(y)))
    if math.isfinite(upper):
        if lower > upper:
            return _one_sided("INCONCLUSIVE", -math.inf, z, 0.0, cuts, _crossed(lower, upper))
        return Bracket(lower, upper, "FINITE", z, 0.0, lower, _searched(cuts), len(cuts))
    excess, direction = separation(cuts, y, np.concatenate([z[None], cuts.points]))
    if excess > 0:
        return _infinite(direction, distance, cuts)
    residual = float(np.linalg.norm(y - oracle.at(z)[1])) + miss_of(oracle, y, cuts.subgradients)
    distance = min(distance, residual)
    if is_near or distance <= NEAR * float(np.linalg.norm(y)) + 4 * miss_of(oracle, y, cuts.subgradients):
        return _one_sided("BOUNDARY", lower, z, distance, cuts, "y is at the edge of dom K* within rounding.")
    unknown = oracle.recession is None
    reason = (
        "K declares neither homogeneity nor its recession function, so no value seen can certify +inf; declare one."
        if unknown
        else "no combination of subgradients reaches y and no direction separates it; allow more evaluations."
    )
    return _one_sided("INCONCLUSIVE", lower, z, distance, cuts, reason)


def _infinite(direction: np.ndarray, distance: float, cuts: Cuts) -> Bracket:
    return Bracket(math.inf, math.inf, "INFINITE", direction, distance, math.inf, _searched(cuts), len(cuts))


def _indicator(y: np.ndarray, is_inside: bool, is_near: bool, distance: float, cuts: Cuts) -> Bracket:
    """K* of a homogeneous K is 0 or +inf, and at least ⟨y, 0⟩ − K(0) = 0."""
    z = np.zeros_like(y)
    if is_inside:
        return Bracket(0.0, 0.0, "FINITE", z, 0.0, 0.0, _searched(cuts), len(cuts))
    if is_near:
        return _one_sided("BOUNDARY", 0.0, z, distance, cuts, "y is at the edge of dom K* within rounding.")
    reason = "neither a combination of subgradients nor a separating direction was found; allow more evaluations."
    return _one_sided("INCONCLUSIVE", 0.0, z, distance, cuts, reason)


def _one_sided(status: str, lower: float, z: np.ndarray, distance: float, cuts: Cuts, reason: str) -> Bracket:
    return Bracket(lower, math.inf, status, z, distance, lower, _searched(cuts), len(cuts), reason)


def _crossed(lower: float, upper: float) -> str:
    return (
        f"the lower bound {lower:.17g} exceeds the upper bound {upper:.17g}: K is not convex, its subgradient is "
        "wrong, or its evaluation error is larger than assumed."
    )


def _searched(cuts: Cuts) -> float:
    return float(np.max(np.linalg.norm(cuts.points, axis=1), initial=0.0))
