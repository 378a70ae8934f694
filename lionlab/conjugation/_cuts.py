"""Subgradients as points of the epigraph of K*: g ∈ ∂K(z) gives K*(g) = ⟨g, z⟩ − K(z), and K* is convex between them.

An upper bound of K*(y) is a convex combination of such points. Floating point misses y by a little, and each computed
subgradient misses ∂K by a little; outside dom K* even the smallest miss would cost +inf. Both are absorbed exactly: a
small share t of the combination goes to a ball on which K* is bounded, and that ball contains whatever is missing.
"""

import math
from dataclasses import dataclass

import numpy as np

from ._oracle import ConvexOracle

_U = 2.0**-53


@dataclass
class Cuts:
    """Points z, values K(z), subgradients g ∈ ∂K(z) and certified heights k ≥ K*(g), row by row; `add` appends rows."""

    oracle: ConvexOracle
    points: np.ndarray
    values: np.ndarray
    subgradients: np.ndarray
    intercepts: np.ndarray  # ⟨g, z⟩ − K(z) as computed: the cut is K ≥ ⟨g, ·⟩ − intercept
    heights: np.ndarray  # the same, rounded up

    @classmethod
    def empty(cls, oracle: ConvexOracle) -> "Cuts":
        """No cuts yet."""
        none = np.zeros((0, oracle.size))
        return cls(oracle, none, np.zeros(0), none, np.zeros(0), np.zeros(0))

    def __len__(self) -> int:
        return len(self.intercepts)

    def add(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evaluates K at `points` (n, d) and keeps the cuts that are finite; returns (values, subgradients)."""
        values, subgradients = self.oracle.evaluate(points)
        good = np.isfinite(values) & np.all(np.isfinite(subgradients), axis=1)
        z, g, value = points[good], subgradients[good], values[good]
        if self.oracle.is_positively_homogeneous:
            intercepts = heights = np.zeros(len(value))  # K* is an indicator: K*(g) = 0 exactly
        else:
            intercepts = np.sum(g * z, axis=1) - value
            heights = intercepts + self.oracle.value_error(value, z, g)
        self.points = np.concatenate([self.points, z])
        self.values = np.concatenate([self.values, value])
        self.subgradients = np.concatenate([self.subgradients, g])
        self.intercepts = np.concatenate([self.intercepts, intercepts])
        self.heights = np.concatenate([self.heights, heights])
        return values, subgradients


@dataclass(frozen=True)
class Ball:
    """A Euclidean ball inside dom K*, on which K* ≤ `height`."""

    center: np.ndarray
    radius: float
    height: float

    def share(self, miss: float) -> float:
        """The least sensible weight t of this ball that can absorb a miss of Euclidean length `miss`."""
        return max(2 * miss / (self.radius + 2 * miss), 1e-15)


def regular_simplex(size: int) -> np.ndarray:
    """d + 1 unit vectors of R^d with equal angles and sum 0, shape (d + 1, d)."""
    scale = math.sqrt(1 + 1 / size)
    shift = (math.sqrt(size + 1) + 1) / size**1.5
    return np.concatenate([np.full((1, size), 1 / math.sqrt(size)), scale * np.eye(size) - shift])


def inscribed_ball(oracle: ConvexOracle, subgradients: np.ndarray, heights: np.ndarray) -> Ball | None:
    """Half the inscribed ball of the simplex of d + 1 subgradients; None where they span no interior.

    With the vertices as columns over a row of ones, A, the barycentric coordinates of p are A⁻¹(p, 1); the inscribed
    radius is 1/Σ‖rows of A⁻¹‖. Half of it leaves each coordinate half its share of slack, which covers the error of a
    computed inverse X once ‖I − XA‖ is small beside it. Vertices that miss ∂K by δ shrink the ball by δ.
    """
    d = oracle.size
    if subgradients.shape != (d + 1, d) or not np.all(np.isfinite(heights)):
        return None
    size = float(np.max(np.linalg.norm(subgradients, axis=1)))
    middle = np.mean(subgradients, axis=0)
    system = np.concatenate([(subgradients - middle).T, np.ones((1, d + 1))])
    try:
        inverse = np.linalg.inv(system)
    except np.linalg.LinAlgError:
        return None
    slopes = np.linalg.norm(inverse[:, :d], axis=1)
    total = float(np.sum(slopes))
    if not math.isfinite(total) or total <= 0:
        return None
    share = slopes / total
    rounding = (d + 2) ** 2 * _U * float(np.max(np.sum(np.abs(inverse), axis=1)) * np.max(np.abs(system)))
    error = float(np.max(np.sum(np.abs(np.eye(d + 1) - inverse @ system), axis=1))) + rounding
    # Coordinates in the ball are at most 2, so with the centre's own the inverse misses them by at most 3·error.
    if not 8 * error < np.min(share):
        return None
    missed = (oracle.evaluation_error + 4 * (d + 2) * _U) * size
    radius = 0.999 * (0.5 / total - missed)
    if not radius > 0:
        return None
    # K* is at most the affine function through the heights: its value at the centre plus its slope times the radius.
    level = float(share @ heights)
    rise = heights - level
    unsure = (missed * total + 4 * (d + 1) * (error + (d + 8) * _U)) * float(np.max(np.abs(rise)))
    height = level + radius * float(np.linalg.norm(rise @ inverse[:, :d])) + unsure + 4 * (d + 8) * _U * abs(level)
    return Ball(middle + share @ (subgradients - middle), radius, min(height, float(np.max(heights))))


def displaced(y: np.ndarray, ball: Ball, share: float) -> np.ndarray:
    """(y − tc)/(1 − t): where the rest of the combination must lie when the share t goes to the ball's centre c."""
    return y + (share / (1 - share)) * (y - ball.center)


def miss_of(oracle: ConvexOracle, y: np.ndarray, subgradients: np.ndarray) -> float:
    """The rounding and evaluation errors, as a distance, that any combination of these subgradients carries."""
    sizes = float(np.max(np.linalg.norm(subgradients, axis=1), initial=0.0)) + float(np.linalg.norm(y))
    return (oracle.evaluation_error + 8 * (oracle.size + 8) * _U) * sizes


def upper_bound(
    oracle: ConvexOracle,
    y: np.ndarray,
    weights: np.ndarray,
    subgradients: np.ndarray,
    heights: np.ndarray,
    ball: Ball,
    share: float,
) -> float:
    """A certified K*(y) ≤ (1 − t)Σ w_i K*(g_i) + t·height, or +inf where the ball cannot absorb what is missing.

    y = (1 − t)p + t·b with p = Σ w_i g_i over *exact* subgradients; b = c + ((1 − t)/t)(displaced − p) must be in the
    ball. The distance |displaced − p| is computed and enlarged by all roundings, so nothing is assumed of `weights`
    but that they are nonnegative.
    """
    used = weights != 0
    total = float(np.sum(weights))
    if not (np.all(weights >= 0) and 0 < share < 1 and math.isfinite(total) and total > 0):
        return math.inf
    # Cuts without weight neither help nor round.
    w, subgradients, heights = weights[used] / total, subgradients[used], heights[used]
    target = displaced(y, ball, share)
    sizes = float(w @ np.linalg.norm(subgradients, axis=1))
    scale = sizes + sum(float(np.linalg.norm(v)) for v in (target, y, share * ball.center))
    rounding = 4 * (oracle.size + len(w) + 8) * _U * scale
    miss = float(np.linalg.norm(target - w @ subgradients)) + rounding + oracle.evaluation_error * sizes
    if not (1 - share) * miss <= share * ball.radius:
        return math.inf
    if oracle.is_positively_homogeneous:
        return 0.0
    magnitude = float(w @ np.abs(heights)) + share * abs(ball.height)
    value = (1 - share) * float(w @ heights) + share * ball.height + 8 * (len(w) + 8) * _U * magnitude
    return value if math.isfinite(value) else math.inf


def lower_bound(oracle: ConvexOracle, y: np.ndarray, z: np.ndarray) -> float:
    """⟨y, z⟩ − K(z) rounded down: K*(y) is at least this, whatever z is; −inf where K(z) is not a number."""
    value, subgradient = oracle.at(z)
    bound = float(y @ z) - value
    sizes = (float(np.linalg.norm(y)) + float(np.linalg.norm(subgradient))) * float(np.linalg.norm(z))
    if value != 0 or np.any(z):  # K(0) = 0 is no computed number
        absolute = 0.0 if oracle.is_positively_homogeneous else 1.0
        bound -= 4 * oracle.evaluation_error * (absolute + abs(value) + sizes)
    return bound if math.isfinite(bound) else -math.inf
