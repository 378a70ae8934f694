"""What was seen of K must be possible for a convex function: bounds made of contradictory evaluations bound nothing."""

import numpy as np

from ._cuts import Cuts

MOST_CUTS = 400
"""Every pair of this many cuts is compared, the first and the last of them: the last are those the bounds are from."""


def contradiction(cuts: Cuts) -> str:
    """Why these evaluations cannot be of a K as declared, in words; empty where nothing contradicts.

    Compared are all pairs, K(z_j) ≥ K(z_i) + ⟨g_i, z_j − z_i⟩; for homogeneous K also K(z) = ⟨g, z⟩; and for a declared
    recession function r(z) ≥ ⟨g_i, z⟩. Silence is no proof: a wrong K can look right at the points visited.
    """
    oracle, n = cuts.oracle, len(cuts)
    half = MOST_CUTS // 2
    chosen = np.arange(n) if n <= MOST_CUTS else np.concatenate([np.arange(half), np.arange(n - half, n)])
    z, g, values = cuts.points[chosen], cuts.subgradients[chosen], cuts.values[chosen]
    products = z @ g.T  # [j, i] = ⟨g_i, z_j⟩
    at_home = np.sum(z * g, axis=1)
    lengths, slopes = np.linalg.norm(z, axis=1), np.linalg.norm(g, axis=1)
    errors = oracle.value_error(values, z, g)
    slack = errors[:, None] + errors[None, :] + 8 * oracle.evaluation_error * np.outer(lengths, slopes)
    violation = products - at_home[None, :] + values[None, :] - values[:, None] - slack
    if violation.size and np.max(violation) > 0:
        j, i = np.unravel_index(int(np.argmax(violation)), violation.shape)
        return (
            f"K(z') >= K(z) + <g, z' - z> fails by {violation[j, i] + slack[j, i]:.3g} between two evaluations: K is "
            "not convex, its subgradient is wrong, or its evaluation error is larger than assumed."
        )
    if oracle.is_positively_homogeneous:
        miss = np.abs(values - at_home) - errors
        if miss.size and np.max(miss) > 0:
            worst = int(np.argmax(miss))
            return (
                f"K(z) = <g, z> fails by {abs(values[worst] - at_home[worst]):.3g}: K is not positively homogeneous, "
                "or its subgradient is wrong."
            )
    elif oracle.recession is not None:
        away = lengths > 0
        growth = np.asarray(oracle.recession(z[away] / lengths[away, None]), np.float64)
        reach = products[away] / lengths[away, None] - growth[:, None]
        sizes = np.abs(np.where(np.isfinite(growth), growth, 0.0))[:, None] + slopes[None, :]
        reach = reach - 8 * oracle.evaluation_error * sizes
        if reach.size and np.max(reach) > 0:
            return f"a slope of K exceeds the declared recession function by {np.max(reach):.3g}: it is too small."
    return ""
