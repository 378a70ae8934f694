"""Convex functions of one variable made of parabolas and lines: their conjugates are of the same kind, and exact.

The subdifferential of such a function is a polyline in the plane that climbs to the right, with a level stretch for a
line, a vertical one for a kink. The conjugate's is the same polyline with the axes exchanged, and prox shears it.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..precision import as_numpy, unit_roundoff


@dataclass(frozen=True, eq=False)
class PiecewiseQuadratic:
    """A closed convex function of one variable, quadratic or linear between finitely many points; float64 on the host.

    `points` z_i and `slopes` g_i, both nondecreasing, are the corners of its subdifferential {(z, g) : g ∈ ∂f(z)}. The
    graph leaves the first corner in the direction −`first`, the last one in the direction `last`, each a pair (dz, dg)
    of numbers ≥ 0: (1, 0) goes on as a line, (1, c) as a parabola of curvature c, and (0, 1) ends the domain there.
    `value` is f(z_0) and `conjugate_value` is f*(g_0) = z_0 g_0 − f(z_0). `from_pieces` builds one from its formula.

    **Raises:** `ValueError` unless corners are finite and nondecreasing and directions are as said.

    Source: Rockafellar and Wets, Variational Analysis, §10.E; Rockafellar, Convex Analysis, §24.
    """

    points: np.ndarray
    slopes: np.ndarray
    first: tuple[float, float]
    last: tuple[float, float]
    value: float
    conjugate_value: float

    def __post_init__(self) -> None:
        z, g = self.points, self.slopes
        if z.ndim != 1 or z.shape != g.shape or not z.size:
            raise ValueError(
                f"PiecewiseQuadratic: points and slopes must be two lists of one length >= 1, got {z}, {g}."
            )
        numbers = (*z, *g, *self.first, *self.last, self.value, self.conjugate_value)
        if not np.isfinite(numbers).all():
            raise ValueError(
                f"PiecewiseQuadratic: points, slopes, directions and values must be finite, got {numbers}."
            )
        if (np.diff(z) < 0).any() or (np.diff(g) < 0).any():
            raise ValueError(
                f"PiecewiseQuadratic: points and slopes must not decrease, or the function is not convex; got {z}, {g}."
            )
        for name, (dz, dg) in (("first", self.first), ("last", self.last)):
            if min(dz, dg) < 0 or max(dz, dg) == 0:
                raise ValueError(f"PiecewiseQuadratic: {name} must be (dz, dg) >= 0 and not both 0, got {(dz, dg)}.")

    @classmethod
    def from_pieces(
        cls,
        breakpoints: Sequence[float],
        pieces: Sequence[tuple[float, float, float]],
        domain: tuple[float, float] = (-math.inf, math.inf),
    ) -> "PiecewiseQuadratic":
        """f(z) = az² + bz + c with one (a, b, c) of `pieces` on each interval that `breakpoints` cut the domain into.

        The domain is closed, may reach to ±inf, and may be a single point. |z| is `from_pieces([0], [(0, -1, 0),
        (0, 1, 0)])`, and the indicator of [−1, 1] is `from_pieces([], [(0, 0, 0)], (-1, 1))`.

        **Raises:** `ValueError` unless breakpoints increase strictly inside the domain, there is one piece more than
        breakpoints, and f is convex and continuous but for the rounding of its coefficients.
        """
        inner, (low, high) = [float(t) for t in breakpoints], (float(end) for end in domain)
        marks = [low, *inner, high]
        if len(pieces) != len(inner) + 1 or any(len(piece) != 3 for piece in pieces):
            raise ValueError(
                f"from_pieces: {len(inner)} breakpoints need {len(inner) + 1} pieces (a, b, c), got {list(pieces)}."
            )
        is_point = not inner and low == high and math.isfinite(low)
        if not (is_point or all(t < u for t, u in itertools.pairwise(marks))):
            raise ValueError(f"from_pieces: breakpoints must increase strictly inside the domain, got {marks}.")
        if not np.isfinite(np.asarray(pieces, float)).all() or min(a for a, _, _ in pieces) < 0:
            raise ValueError(f"from_pieces: pieces must be finite with a >= 0, or f is not convex; got {list(pieces)}.")
        corners = _corners(inner, [(float(a), float(b), float(c)) for a, b, c in pieces], low, high)
        z, g = np.array(corners).T
        (a, b, c), end = pieces[0], pieces[-1][0]
        value = a * z[0] ** 2 + b * z[0] + c
        return cls(
            points=z,
            slopes=g,
            first=(1.0, 2.0 * a) if low == -math.inf else (0.0, 1.0),
            last=(1.0, 2.0 * end) if high == math.inf else (0.0, 1.0),
            value=float(value),
            conjugate_value=float(z[0] * g[0] - value),
        )

    @property
    def domain(self) -> tuple[float, float]:
        """The ends of {z : f(z) < inf}, a closed interval; ±inf where it has none."""
        low = float(self.points[0]) if self.first[0] == 0 else -math.inf
        high = float(self.points[-1]) if self.last[0] == 0 else math.inf
        return low, high

    def conjugate(self) -> "PiecewiseQuadratic":
        """f*(y) = sup_z yz − f(z), exact but for the rounding of one product; its own conjugate is f, bit for bit."""
        return PiecewiseQuadratic(
            self.slopes, self.points, self.first[::-1], self.last[::-1], self.conjugate_value, self.value
        )

    def __call__(self, z: object) -> np.ndarray:
        """f(z) in the shape of z; +inf outside the domain, NaN where z is NaN, and the limit at ±inf."""
        z = _as_double("z", z)
        corner, curvature = self._nearest_corner(z)
        heights = self._heights()[corner]
        t, g = z - self.points[corner], self.slopes[corner]
        with np.errstate(invalid="ignore", over="ignore"):
            straight = np.where(g == 0, 0.0, g * t)
            bent = np.where((t == 0) | (curvature == 0), 0.0, curvature / 2 * t * t)
            found = np.where(bent == np.inf, np.inf, heights + straight + bent)
        return np.where(np.isnan(z), np.nan, found)

    def subdifferential(self, z: object) -> tuple[np.ndarray, np.ndarray]:
        """(lowest, highest) slope of f at z: equal where f is differentiable, ∓inf at an end of the domain.

        Outside the domain there is none, which is said as (inf, −inf).
        """
        z = _as_double("z", z)
        corner, curvature = self._nearest_corner(z)
        with np.errstate(invalid="ignore"):
            slope = self.slopes[corner] + np.where(curvature == 0, 0.0, curvature * (z - self.points[corner]))
        before = np.searchsorted(self.points, z, side="left")
        after = np.searchsorted(self.points, z, side="right") - 1
        is_corner = before <= after
        # What leads to the first corner, and from the last one on, has no corner to tell its slope.
        lowest = np.concatenate([self.slopes, [np.nan]])[before]
        highest = self.slopes[after]
        low, high = self.domain
        lowest = np.where(is_corner, np.where(z == low, -np.inf, lowest), slope)
        highest = np.where(is_corner, np.where(z == high, np.inf, highest), slope)
        is_outside = (z < low) | (z > high)
        return np.where(is_outside, np.inf, lowest), np.where(is_outside, -np.inf, highest)

    def prox(self, z: object, step: float) -> np.ndarray:
        """argmin_u f(u) + (u − z)²/(2·step), exactly: the first coordinate of the graph's point with u + step·g = z.

        **Raises:** `ValueError` unless step is finite and > 0.
        """
        if not (math.isfinite(step) and step > 0):
            raise ValueError(f"prox: step must be finite and > 0, got {step:g}.")
        z = _as_double("z", z)
        sheared = self.points + step * self.slopes
        corner = np.searchsorted(sheared, z, side="right") - 1
        dz, dg = self._directions(corner)
        corner = np.maximum(corner, 0)
        return self.points[corner] + (z - sheared[corner]) * (dz / (dz + step * dg))

    def _heights(self) -> np.ndarray:
        """f at every corner: its slope rises linearly along each stretch, so the trapezoidal rule is exact."""
        means = self.slopes[:-1] + np.diff(self.slopes) / 2
        return np.cumsum(np.concatenate([[self.value], means * np.diff(self.points)]))

    def _nearest_corner(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The last corner not right of z (the first one where there is none), and the curvature from there to z."""
        corner = np.searchsorted(self.points, z, side="right") - 1
        dz, dg = self._directions(corner)
        with np.errstate(divide="ignore"):
            return np.maximum(corner, 0), dg / dz

    def _directions(self, corner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(dz, dg) of the stretch that begins at each `corner`, −1 being the one that leads to the first."""
        dz = np.concatenate([[self.first[0]], np.diff(self.points), [self.last[0]]])
        dg = np.concatenate([[self.first[1]], np.diff(self.slopes), [self.last[1]]])
        return dz[corner + 1], dg[corner + 1]


def _corners(
    breakpoints: list[float], pieces: list[tuple[float, float, float]], low: float, high: float
) -> list[tuple[float, float]]:
    """The corners of the subdifferential, each once."""
    corners: list[tuple[float, float]] = []
    if math.isfinite(low):
        corners.append((low, _slope(pieces[0], low)))
    for t, left, right in zip(breakpoints, pieces[:-1], pieces[1:], strict=True):
        _require_convexity(t, left, right)
        corners.append((t, _slope(left, t)))
        corners.append((t, max(_slope(right, t), _slope(left, t))))
    if math.isfinite(high):
        corners.append((high, _slope(pieces[-1], high)))
    if not corners:
        corners.append((0.0, pieces[0][1]))
    return [corner for i, corner in enumerate(corners) if not i or corner != corners[i - 1]]


def _slope(piece: tuple[float, float, float], z: float) -> float:
    return 2 * piece[0] * z + piece[1]


def _require_convexity(t: float, left: tuple[float, float, float], right: tuple[float, float, float]) -> None:
    terms = [abs(term) for a, b, c in (left, right) for term in (a * t * t, b * t, c)]
    heights = [a * t * t + b * t + c for a, b, c in (left, right)]
    # Each height is four operations on coefficients that were rounded once.
    if not abs(heights[0] - heights[1]) <= 6 * unit_roundoff(np.float64) * sum(terms):
        raise ValueError(
            f"from_pieces: the pieces that meet at {t:g} have the values {heights[0]:g} and {heights[1]:g}."
        )
    slopes = [_slope(left, t), _slope(right, t)]
    allowance = 4 * unit_roundoff(np.float64) * sum(abs(2 * a * t) + abs(b) for a, b, _ in (left, right))
    if not slopes[0] <= slopes[1] + allowance:
        raise ValueError(
            f"from_pieces: the slope falls from {slopes[0]:g} to {slopes[1]:g} at {t:g}, so f is not convex."
        )


def _as_double(name: str, array: object) -> np.ndarray:
    return np.asarray(as_numpy(name, array), np.float64)
