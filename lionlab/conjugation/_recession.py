"""dom K* through its support function r, the recession function of K: inside, outside, how far, and the nearest point.

The closure of dom K* is {y : ⟨y, z⟩ ≤ r(z) for all z}. One z that violates this is a proof that y is outside, at a
distance of at least (⟨y, z⟩ − r(z))/‖z‖. Elements of ∂K lie in dom K*, so the nearest point of the hull of those found
bounds the distance from above, and the direction from it to y is the next z to ask.
"""

import math
from dataclasses import dataclass

import numpy as np

from ._cuts import Ball, Cuts, displaced, inscribed_ball, miss_of, regular_simplex, upper_bound
from ._nearest_point import nearest_point
from ._oracle import ConvexOracle

_U = 2.0**-53

NEAR = 1e-7
"""A y that can be told neither in nor out, and is within this of dom K* relative to ‖y‖, is at the edge."""


@dataclass(frozen=True)
class Domain:
    """The nearest point of dom K* to a y, up to the two bounds.

    `nearest` is a convex combination of elements of ∂K and `distance` its distance from y, an upper bound of the true
    one; `least_distance` is a certified lower bound (0 where nothing separates y), `separator` the unit z behind it.
    `gap` = distance − least_distance bounds the error of the distance, and √(distance² − least_distance²) that of the
    point. `is_inside` is certified: y is in the interior of the hull of elements of ∂K.
    """

    nearest: np.ndarray
    distance: float
    least_distance: float
    separator: np.ndarray
    is_inside: bool
    evaluations: int

    @property
    def gap(self) -> float:
        """distance − least_distance."""
        return self.distance - self.least_distance


def separation(cuts: Cuts, y: np.ndarray, directions: np.ndarray) -> tuple[float, np.ndarray]:
    """The largest certified (⟨y, z⟩ − r(z))/‖z‖ over the directions and its unit z; (−inf, 0) if nothing is declared.

    Positive means that y is outside the closure of dom K* by at least as much: K*(y) = +inf.
    """
    lengths = np.linalg.norm(directions, axis=1)
    usable = np.isfinite(lengths) & (lengths > 0)
    if not usable.any():
        return -math.inf, np.zeros_like(y)
    z = directions[usable] / lengths[usable, None]
    excess = separation_by(cuts, y, z, cuts.oracle.growth(z))
    best = int(np.argmax(excess))
    return float(excess[best]), z[best]


def separation_by(cuts: Cuts, y: np.ndarray, z: np.ndarray, growth: np.ndarray | None) -> np.ndarray:
    """⟨y, z⟩ − r(z) rounded down, at unit vectors z (n, d) with r(z) = `growth`; −inf where r is unknown."""
    if growth is None:
        return np.full(len(z), -math.inf)
    known = np.isfinite(growth)
    r = np.where(known, growth, 0.0)
    # r is evaluated as accurately as K is: to within ω(|r| + ‖g‖) at ‖z‖ = 1, for the largest g that was seen.
    largest = float(np.max(np.linalg.norm(cuts.subgradients, axis=1), initial=0.0))
    rounding = 4 * cuts.oracle.evaluation_error * (np.abs(r) + largest + float(np.linalg.norm(y)))
    return np.where(known, z @ y - r - rounding, -math.inf)


def interior(oracle: ConvexOracle, cuts: Cuts, reach: float = 1.0) -> Ball | None:
    """A ball inside dom K*, from the subgradients at points of size `reach` all around 0, which join the cuts.

    The largest of three: from a regular simplex of points, from the same rotated (at ties all of a simplex may select
    one subgradient), and from the d + 1 subgradients of all those and ±e_j that are farthest apart. None where they
    span no interior, as for a K that does not depend on one of its coordinates.
    """
    simplex = regular_simplex(oracle.size)
    rotation, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((oracle.size, oracle.size)))
    start = len(cuts)
    cuts.add(reach * np.concatenate([simplex, simplex @ rotation, np.eye(oracle.size), -np.eye(oracle.size)]))
    g, k = cuts.subgradients[start:], cuts.heights[start:]
    if len(g) != 4 * oracle.size + 2:
        return None
    n = oracle.size + 1
    choices = [np.arange(n), np.arange(n, 2 * n), _spread_out(g)]
    balls = [inscribed_ball(oracle, g[choice], k[choice]) for choice in choices]
    return max((ball for ball in balls if ball is not None), key=lambda ball: ball.radius, default=None)


def _spread_out(points: np.ndarray) -> np.ndarray:
    """Indices of d + 1 points, each chosen farthest from the affine hull of those before it."""
    first = int(np.argmax(np.linalg.norm(points - points.mean(axis=0), axis=1)))
    chosen, rest = [first], points - points[first]
    for _ in range(points.shape[1]):
        lengths = np.linalg.norm(rest, axis=1)
        farthest = int(np.argmax(lengths))
        chosen.append(farthest)
        if lengths[farthest] > 0:
            unit = rest[farthest] / lengths[farthest]
            rest = rest - np.outer(rest @ unit, unit)
    return np.array(chosen)


def locate(
    oracle: ConvexOracle,
    y: np.ndarray,
    cuts: Cuts,
    *,
    ball: Ball | None = None,
    gap: float = 0.0,
    is_separation_enough: bool = False,
    most_evaluations: int = 2000,
) -> Domain:
    """Where y lies relative to dom K*: runs until y is certified inside or the distance is known to within `gap`.

    `cuts` is a pool of subgradients that grows. With a `ball`, the point asked for is y moved outwards from its centre
    by the share that the certificate of `is_inside` then gives back. A gap of 0 runs until nothing improves.
    """
    share = 0.0 if ball is None else ball.share(2 * miss_of(oracle, y, cuts.subgradients))
    target = y if ball is None else displaced(y, ball, share)
    start = len(cuts)
    if not len(cuts):
        cuts.add(_reach(oracle) * np.eye(1, oracle.size))
    weights = nearest_point(cuts.subgradients - target)
    least, separator = 0.0, np.zeros_like(y)
    miss = miss_of(oracle, y, cuts.subgradients)
    smallest, idle, near = math.inf, 0, 0
    while True:
        nearest = weights @ cuts.subgradients
        residual = target - nearest
        size = float(np.linalg.norm(residual))
        distance = float(np.linalg.norm(y - nearest)) + miss
        is_inside = ball is not None and math.isfinite(
            upper_bound(oracle, y, weights, cuts.subgradients, np.zeros(len(cuts)), ball, share)
        )
        smallest, idle = (size, 0) if size < 0.9 * smallest else (smallest, idle + 1)
        is_known = distance - least <= gap or (is_separation_enough and least > 0)
        # At the edge itself neither certificate exists, and a hull of points inside approaches it for ever.
        near += int(size <= NEAR * (float(np.linalg.norm(y)) + miss) / 100)
        if is_inside or is_known or size <= miss / 8 or idle > 60 + 4 * oracle.size or near > 2 * oracle.size:
            break
        if len(cuts) - start >= most_evaluations:
            break
        z, before = residual / size, len(cuts)
        values, _ = cuts.add(_reach(oracle) * z[None])
        growth = values if oracle.is_positively_homogeneous else oracle.growth(z[None])
        excess = separation_by(cuts, y, z[None], growth)
        if float(excess[0]) > least:
            least, separator = float(excess[0]), z
        # Where no element of ∂K reaches farther than the nearest point itself, it is the nearest of all.
        if len(cuts) == before or cuts.subgradients[-1] @ z <= nearest @ z + 2 * _U * size:
            break
        weights = nearest_point(cuts.subgradients - target, weights)
    return Domain(
        nearest=y if is_inside else nearest,
        distance=0.0 if is_inside else distance,
        least_distance=min(least, distance),
        separator=separator,
        is_inside=is_inside,
        evaluations=len(cuts) - start,
    )


def _reach(oracle: ConvexOracle) -> float:
    """How far out ∂K is asked: anywhere for homogeneous K, else where it is near the faces of dom K*."""
    return 1.0 if oracle.is_positively_homogeneous else 1e8
