"""dom K* as K alone shows it: its support function is the growth of K along rays; and, in the plane, its picture."""

from typing import Any

import numpy as np

from ..convex import ConvexFunction
from ._conjugacy import Duality
from ._evaluation import Evaluation, compiled_over_points, finite, in_chunks, norm
from ._finding import Finding, not_run, searched

FAR = {"float32": 1e4, "float64": 1e8}
ANGLES = 360
LONGEST = 1e6
OBSERVED = "how far points of the claimed dom K* reach beyond the growth of K, over the rounding tolerance"


def growth(evaluation: Evaluation, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(r, its error) at rows (n, d): r(z) = lim (K(tz) − K(0))/t, +inf where the quotient has not settled at t = 1e8.

    The quotient increases with t, so that it is at most r; the error is four times its last doubling's increase.
    """
    far = FAR[evaluation.dtype]
    n = len(directions)
    at_zero = float(evaluation.values(np.zeros((1, evaluation.size)))[0])
    values = evaluation.values(np.concatenate([far * directions, far / 2 * directions])) - at_zero
    full, half = values[:n] / far, values[n:] / (far / 2)
    with np.errstate(invalid="ignore"):
        error = 4 * np.abs(full - half) + 4 * evaluation.unit * np.abs(full)
        settled = np.isfinite(full) & (error <= 1e-3 * (np.abs(full) + norm(directions)))
    return np.where(settled, full, np.inf), np.where(settled, error, 0.0)


def check_domain(seen: Duality, rng: np.random.Generator) -> Finding:
    """Points that K* calls the nearest of its domain lie in it: ⟨p, z⟩ ≤ r(z) for every z, r the growth of K."""
    name, evaluation = "domain", seen.evaluation
    if seen.is_numerical:
        return not_run(name, "dom K* is not declared but computed, from the same growth of K.")
    d = evaluation.size
    far = rng.normal(size=(64, d)) * 10 * (1 + norm(seen.slopes).max())
    look = compiled_over_points(lambda y: (seen.conjugate.projection(y),))
    (p,) = in_chunks(look, far, evaluation.shape, evaluation.dtype)
    z = np.concatenate([np.eye(d), -np.eye(d), far - p, rng.normal(size=(200, d))])
    z = z[norm(z) > 1e-9]
    z = z / norm(z)[:, None]
    r, error = growth(evaluation, z)
    with np.errstate(invalid="ignore"):
        reach = np.where(np.isfinite(r)[:, None], z @ p.T - r[:, None], -np.inf)
    bound = error[:, None] + 8 * evaluation.unit * (norm(p) + np.abs(finite(r))[:, None]) + 1e-300
    ratios = reach / bound

    def explain(i: int) -> tuple[str, dict[str, object]]:
        row, column = divmod(i, len(p))
        sentence = (
            f"dom K* is too large: {p[column].tolist()} counts as inside, but its product with z = {z[row].tolist()} "
            f"is {float(z[row] @ p[column]):.9g}, and K grows along z by {r[row]:.9g} only."
        )
        return sentence, {
            "y": p[column].reshape(evaluation.shape),
            "z": z[row].reshape(evaluation.shape),
            "r(z)": r[row],
        }

    return searched(name, ratios.ravel(), explain, observable=OBSERVED)


def extents(evaluation: Evaluation) -> dict[str, Any]:
    """The box around dom K*, as the growth of K along the axes shows it: "least" and "largest" of every y_i."""
    r, _ = growth(evaluation, np.concatenate([np.eye(evaluation.size), -np.eye(evaluation.size)]))
    largest, least = r[: evaluation.size], -r[evaluation.size :]
    return {"least": least.reshape(evaluation.shape), "largest": largest.reshape(evaluation.shape)}


def picture(K: ConvexFunction, dtype: str) -> dict[str, np.ndarray]:
    """Arrays that draw a K of two entries: around the circle of angles,

    - `subgradients` (n, 2): ∇K far out, all of them in dom K*;   `support` (n,): the growth r of K;
    - `outer` (n, 2): the corners in which neighbouring lines ⟨y, z⟩ = r(z) meet: dom K* is inside;
    - `unit_set` (n, 2): where K = 1 along the ray; NaN where there is no such point, or no line.
    """
    evaluation = Evaluation(K, (2,), dtype)
    angles = 2 * np.pi * np.arange(ANGLES) / ANGLES
    # The axes exactly: a corner of dom K* or of the unit set often points along one.
    directions = np.round(np.stack([np.cos(angles), np.sin(angles)], axis=1), 15)
    support, _ = growth(evaluation, directions)
    _, subgradients = evaluation.at(FAR[dtype] * directions)
    is_bounded = np.isfinite(support)
    known = np.where(is_bounded, support, np.nan)
    return {
        "angle": angles,
        "support": known,
        "subgradients": np.where(is_bounded[:, None], subgradients, np.nan),
        "outer": _corners(directions, known),
        "unit_set": _unit_set(evaluation, directions),
    }


def _corners(directions: np.ndarray, support: np.ndarray) -> np.ndarray:
    """The points where each line ⟨y, z⟩ = r meets the next one."""
    following, reach = np.roll(directions, -1, axis=0), np.roll(support, -1)
    determinant = directions[:, 0] * following[:, 1] - directions[:, 1] * following[:, 0]
    first = support * following[:, 1] - reach * directions[:, 1]
    second = reach * directions[:, 0] - support * following[:, 0]
    return np.stack([first, second], axis=1) / determinant[:, None]


def _unit_set(evaluation: Evaluation, directions: np.ndarray) -> np.ndarray:
    """The last point of every ray with K ≤ 1, by bisection: along a ray from 0 a convex K passes 1 once."""
    low, high = np.zeros(len(directions)), np.full(len(directions), LONGEST)
    is_reached = ~(evaluation.values(high[:, None] * directions) <= 1)
    for halving in range(70):
        # The first halvings are of the exponent: the set may be tiny or huge.
        middle = np.sqrt(np.maximum(low, 1e-12) * high) if halving < 12 else (low + high) / 2
        is_inside = evaluation.values(middle[:, None] * directions) <= 1
        low, high = np.where(is_inside, middle, low), np.where(is_inside, high, middle)
    return np.where(is_reached[:, None], low[:, None] * directions, np.nan)
