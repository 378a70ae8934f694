"""Distance to and projection on dom K*, whatever K declares, with what is certified about them."""

import math

import numpy as np

from ._conjugate import bracket_conjugate
from ._cuts import Cuts
from ._finiteness import require_finite
from ._oracle import ConvexOracle
from ._proximal import proximal_point
from ._recession import Domain, interior, locate


def locate_in_domain(oracle: ConvexOracle, y: np.ndarray, *, most_evaluations: int = 2000) -> Domain:
    """The point of the closure of dom K* nearest to y of shape (d,), with both bounds of the distance.

    A homogeneous K, and one with a declared recession function, is asked direction by direction. Any other K is not
    known beyond the points where it was evaluated: then a y whose K* is certified finite is its own projection, and
    else the nearest point is prox_{tK*}(y) with t = 1e-5/(1 + ‖y‖), which tends to the projection as t → 0; the lower
    bound of the distance stays 0.

    **Raises:** `ValueError` for a y that is not finite or not of shape (d,), and for a K that is +inf along y.
    """
    known = oracle.is_positively_homogeneous or oracle.recession is not None
    found = bracket_conjugate(oracle, y, most_evaluations=most_evaluations) if not known or oracle.is_smooth else None
    if found is not None and found.status == "FINITE":
        return Domain(y, 0.0, 0.0, np.zeros_like(y), True, found.evaluations)
    if known:
        require_finite(oracle, y)
        cuts = Cuts.empty(oracle)
        ball = interior(oracle, cuts)
        gap = 1e-12 * (1 + float(np.linalg.norm(y)))
        return locate(oracle, y, cuts, ball=ball, gap=gap, most_evaluations=most_evaluations)
    t = 1e-5 / (1 + float(np.linalg.norm(y)))
    near = proximal_point(oracle, y / t, 1 / t, most_evaluations=most_evaluations)
    distance = float(np.linalg.norm(y - near.slope)) * (1 + 8 * 2.0**-53 * oracle.size)
    distance += 4 * oracle.evaluation_error * float(np.linalg.norm(near.slope))
    return Domain(near.slope, distance if math.isfinite(distance) else math.inf, 0.0, np.zeros_like(y), False, 0)
