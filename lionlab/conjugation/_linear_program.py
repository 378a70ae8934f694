"""The best upper bound that given cuts allow: min Σ w_i k_i over w ≥ 0, Σ w_i = 1, Σ w_i g_i = y, by HiGHS."""

import math

import numpy as np

from ._cuts import Ball, Cuts, displaced, miss_of, upper_bound


def best_upper_bound(y: np.ndarray, cuts: Cuts, ball: Ball) -> tuple[float, np.ndarray | None]:
    """(an upper bound of K*(y) near the best that these cuts allow, the multipliers z); (+inf, None) where none is.

    The ball needs a share t of the combination, so the rest must lie beyond y by t(y − c), about 1e-12: less than
    HiGHS can see. The program is therefore solved at y and farther out, and the two solutions are mixed.
    """
    oracle, g, k = cuts.oracle, cuts.subgradients, cuts.heights
    at_y = best_weights(y, g, k)
    if at_y is None:
        return math.inf, None
    w, corner = at_y
    miss = 2 * miss_of(oracle, y, g) + 2 * float(np.linalg.norm(y - w @ g))
    share = ball.share(miss)
    for far in (1e-4, 1e-6, 1e-8):
        beyond = best_weights(displaced(y, ball, far), g, k) if share < far else None
        if beyond is None:
            continue
        s = share / (1 - share) * (1 - far) / far
        upper = upper_bound(oracle, y, (1 - s) * w + s * beyond[0], g, k, ball, share)
        if math.isfinite(upper):
            return upper, corner
    return math.inf, corner


def best_weights(y: np.ndarray, subgradients: np.ndarray, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """(weights w ≥ 0 of sum 1, multipliers z of Σ w_i g_i = y); None where HiGHS finds y outside the hull.

    HiGHS meets the equations to 1e-9 only. On the support that it found they are solved again, to rounding; what is
    still missing is for `upper_bound` to absorb, which measures it. z maximises ⟨y, z⟩ − max_i(⟨g_i, z⟩ − k_i).
    """
    from scipy.optimize import linprog

    # Far cuts of a fast-growing K are of no use to the optimum and would spoil the scaling.
    near = np.abs(heights) <= 1e9 * (1 + float(np.min(np.abs(heights))))
    if not near.all():
        solution = best_weights(y, subgradients[near], heights[near])
        if solution is None:
            return None
        w = np.zeros(len(heights))
        w[near] = solution[0]
        return w, solution[1]
    # Unit-sized rows and costs: HiGHS's tolerances are absolute.
    size = max(float(np.max(np.abs(subgradients))), 1e-300)
    cost = max(float(np.max(np.abs(heights))), 1e-300)
    system = np.concatenate([subgradients.T / size, np.ones((1, len(heights)))])
    right = np.append(y / size, 1.0)
    options = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    result = linprog(heights / cost, A_eq=system, b_eq=right, bounds=(0, None), method="highs-ds", options=options)
    if result.status != 0 or result.x is None:
        return None
    return _polished(system, right, np.maximum(result.x, 0.0)), result.eqlin.marginals[:-1] * (cost / size)


def _polished(system: np.ndarray, right: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The equations solved once more, to rounding, by nonnegative weights on the support that was found."""
    from scipy.optimize import nnls

    support = np.flatnonzero(w > 1e-13)
    if not len(support):
        return w
    columns, trial = system[:, support], np.zeros_like(w)
    try:
        trial[support] = nnls(columns, right, maxiter=30 * len(support))[0]
    except RuntimeError:  # it gives up on a degenerate support; the weights as they are remain valid
        return w
    return trial if np.linalg.norm(system @ trial - right) < np.linalg.norm(system @ w - right) else w
