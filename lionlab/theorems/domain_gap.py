"""The distance to dom K* and the nearest point of it, without a formula: as far off as the reported gap at most.

Every element of ∂K lies in dom K* and every z bounds it by ⟨y, z⟩ ≤ r(z), so the distance is known from above and from
below, d̲ ≤ dist(y, dom K*) ≤ d̄. A point of the set within d̄ of y is within √(d̄² − d̲²) of the nearest one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..conjugation import Domain
from ._claim import Claim, Measurement, Run, Wrong
from ._conjugate_samples import UNIT
from ._dual_points import CLOSED_FORM, DECLARED, SMALL, DualPoint, at_slopes, given_function, on_rays
from ._plain_functions import PLAIN

Solver = Callable[[DualPoint], Domain]
WITH_FORMULA = tuple(name for name, K in PLAIN.items() if K.projection is not None)
GAP = 1e-5
"""Just outside a curved set every step gains little, and up to 3e-6 is left when the search gives up; else 1e-10."""


def solved(point: DualPoint) -> Domain:
    """The library's own."""
    return point.domain


def points(run: Run) -> Sequence[DualPoint]:
    """Inside dom K*, just outside and far away; or the user's own K."""
    if "K" in run.parameters:
        return at_slopes(given_function(run), (0.5, 1.001, 4.0), run)
    return on_rays(WITH_FORMULA, (0.5, 1.001, 4.0), run, count=1 if run.is_quick else 3)


def measure(points: Sequence[DualPoint], run: Run, subject: Solver) -> Measurement:
    """The worst of: the error of the point over its bound, the gap over 1e-5(1 + distance), a bound that is none."""
    if run.parameters and subject is not solved:
        points = [*points, *on_rays(("L1Norm", "L2Norm"), (0.5, 1.001, 4.0), run, SMALL)]
    found = []
    for point in points:
        if point.nearest is None:
            continue
        one = subject(point)
        # What the formula of the projection, and the two of the distance, may be off by.
        rounding = 4 * (point.y.size + 8) * UNIT * float(np.linalg.norm(point.y))
        distance = float(np.linalg.norm(point.y - point.nearest))
        spread = math.sqrt(max(one.distance**2 - one.least_distance**2, 0.0)) + rounding
        is_bounded = one.least_distance - rounding <= distance <= one.distance + rounding
        errors = {
            "bounds of the distance": 0.0 if is_bounded else math.inf,
            "nearest point": float(np.linalg.norm(one.nearest - point.nearest)) / spread,
            "gap": one.gap / (GAP * (1 + distance)),
        }
        found += [(error, name, point) for name, error in errors.items()]
    error, name, point = max(found, key=lambda entry: math.inf if math.isnan(entry[0]) else entry[0])
    return Measurement(error, 1.0, len(found), {"what": name, "error": error, **point.replay(), "seed": run.seed})


def _shortened(point: DualPoint) -> Domain:
    return replace(point.domain, nearest=0.99 * point.domain.nearest)


def _along_the_ray(point: DualPoint) -> Domain:
    """The point of dom K* on the way from y to 0, which is the nearest one for multiples of ‖·‖₂ only."""
    if not point.gauge > 1:
        return point.domain
    distance = (1 - 1 / point.gauge) * float(np.linalg.norm(point.y))
    return replace(point.domain, nearest=point.y / point.gauge, distance=distance, least_distance=distance)


def _without_gap(point: DualPoint) -> Domain:
    longer = 1.01 * point.domain.distance
    return replace(point.domain, distance=longer, least_distance=longer)


def _from_above(point: DualPoint) -> Domain:
    return replace(point.domain, least_distance=0.0)


CLAIMS = (
    Claim(
        id="domain-projection-gap",
        statement=(
            "The distance to dom K* found from values and subgradients of K lies between its two bounds, no more than "
            "1e-5 apart, and the nearest point is as close to the true one as they say."
        ),
        source="derived here: minimum-norm point over subgradients; Rockafellar, Convex Analysis, Theorem 13.3",
        hypotheses=(DECLARED, CLOSED_FORM),
        observable=(
            "error of the nearest point over √(d̄² − d̲²), or the gap over 1e-5(1 + distance), whichever is worse; "
            "infinite where the distance is not between d̲ and d̄"
        ),
        tolerance="1: by Pythagoras; the closed form of the projection is allowed 4(d+8)u‖y‖.",
        cases=points,
        measure=measure,
        subject=solved,
        wrongs=(
            Wrong("the nearest point scaled by 0.99", _shortened),
            Wrong("the point of dom K* on the way to 0", _along_the_ray),
            Wrong("a distance 1% too long, with no gap reported", _without_gap),
            Wrong("no bound from below", _from_above),
        ),
        parameters=("K",),
    ),
)
