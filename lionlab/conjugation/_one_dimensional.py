"""k*(y) = sup_z yz − k(z) for a smooth convex function k of one variable, at many y at once, between two bounds."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import as_numpy, double_precision, unit_roundoff
from ._ladder import Finite, Ladder, check_scalar_function, derivatives, ladder

# The relative error that values and slopes of k are taken to have: that of a formula of some 20 operations.
ACCURACY = 32 * unit_roundoff(np.float64)
# Bisection from one rung to the next ends after 60 halvings; two of three steps are Newton's.
MOST_STEPS = 200
# Around the root, tangents are closest at a relative distance √u; values that do not fit the slopes show farther out.
FEWEST_WIDENINGS = 3


class ScalarConjugate(NamedTuple):
    """lower ≤ k*(y) ≤ upper at every y: float64 arrays, and arrays of words, in y's shape.

    - `status`: FINITE (both ends are numbers); INFINITE (k*(y) = +inf: y is beyond a declared recession slope);
      BOUNDARY (y is within rounding of one, upper is +inf); INCONCLUSIVE (known from below only: no slope of k within
      `searched` is as far out as y, or values of k contradict each other, so that k is not convex or less accurate
      than said).
    - `maximiser`: the z with the largest yz − k(z) found; lower is that number, which tells how far it has grown.
    - `searched`: the least and the greatest z at which k was known; `evaluations`: how many times k was evaluated,
      at as many points as there are y.
    """

    lower: np.ndarray
    upper: np.ndarray
    status: np.ndarray
    maximiser: np.ndarray
    searched: tuple[float, float]
    evaluations: int


class _Root(NamedTuple):
    """z = sign·t with k'(z) = y up to rounding, and the last interval low ≤ t ≤ high; `beyond` where there is none.

    `outward` and `inward` are how far from 0 k is known, on the side of z and on the other one; `steps` counts the
    evaluations of k.
    """

    sign: Array
    t: Array
    low: Array
    high: Array
    beyond: Array
    outward: Array
    inward: Array
    steps: Array


def scalar_conjugate(
    k: Callable[[Array], Array],
    y: object,
    *,
    recession: tuple[float, float] | None = None,
    is_extended: bool = False,
    accuracy: float = ACCURACY,
) -> ScalarConjugate:
    """Bounds of k*(y) for a smooth convex k, given as a JAX function of one real number, at every entry of y.

    z with k'(z) = y is found by Newton's method kept between two slopes. Any z bounds k* from below, yz − k(z). Slopes
    g₋ ≤ y ≤ g₊ at two points bound it from above: k lies above both tangents, which is k*(y) ≤ w k*(g₋) + (1−w) k*(g₊)
    with y = w g₋ + (1−w) g₊ and k*(g) = gz − k(z). Both are moved outward by what rounding can do.

    - `recession`: (lim k(z)/z at −∞, lim k(z)/z at +∞), the ends of dom k*, ±inf allowed. Evaluations alone never tell
      that k* is infinite: without it a y that no slope reaches is INCONCLUSIVE.
    - `is_extended`: a value of +inf says that z is outside the domain of k, a closed interval around 0. Otherwise it is
      an overflow, and says nothing.
    - `accuracy`: the relative error of k and k' as computed, in float64. A formula that cancels, such as
      log(cosh(z)) near 0, has a greater one; where its values show that, the result is INCONCLUSIVE.

    **Raises:** `TypeError`, `ValueError` for a k that is not as said, with what shows it (but for k(0) ≠ 0),
    where y holds NaN or ±inf, where recession is no interval or a slope of k lies outside it, unless 0 < accuracy < 1.
    """
    points = np.asarray(as_numpy("y", y), np.float64)
    if not np.isfinite(points).all():
        raise ValueError("y must be finite; k* at ±inf is +inf or a limit that no evaluation tells.")
    if not 0 < accuracy < 1:
        raise ValueError(f"accuracy must be a relative error between 0 and 1, got {accuracy:g}.")
    rungs = check_scalar_function("k", k, is_extended=is_extended)
    ends = (-np.inf, np.inf) if recession is None else checked_recession(recession, rungs)
    flat = points.ravel()
    lower, upper, z, count = _bounds(k if is_extended else Finite(k), flat, accuracy, rungs.size_near_one())
    contradicts = ~(lower <= upper)
    lower[contradicts], upper[contradicts] = -np.inf, np.inf
    is_infinite, is_near = _beyond(flat, ends, accuracy)
    lower[is_infinite] = upper[is_infinite] = np.inf
    words = [is_infinite, np.isfinite(upper), is_near & ~contradicts]
    status = np.select(words, ["INFINITE", "FINITE", "BOUNDARY"], "INCONCLUSIVE")
    right, left = (float(rungs.points[int(length) - 1]) for length in rungs.lengths)
    lower, upper, status, z = (found.reshape(points.shape) for found in (lower, upper, status, z))
    return ScalarConjugate(lower, upper, status, z, searched=(-left, right), evaluations=count + rungs.values.size)


def maximiser(k: Callable[..., Array], y: Array, *parameters: Array) -> Array:
    """z with k'(z) = y, for every entry of y, in its dtype; traceable, and differentiable in y and the parameters of k.

    Where no slope of k reaches y it is the outermost point at which k was evaluated, on the side of y.
    """
    flat = jnp.ravel(y)
    held, *frozen = jax.lax.stop_gradient((flat, *parameters))
    root = _root(k, held, ladder(k, y.dtype, *frozen), *frozen)
    z = jnp.where(jnp.isnan(flat), flat, root.sign * root.t)
    # One more step of Newton's, of which only the derivative is kept: z' = 1/k''(z).
    _, slope, curvature = derivatives(k, z, *parameters)
    bends = (curvature > 0) & jnp.isfinite(curvature) & jnp.isfinite(slope) & ~root.beyond
    step = (flat - jnp.where(bends, slope, flat)) / jax.lax.stop_gradient(jnp.where(bends, curvature, 1))
    return (z + (step - jax.lax.stop_gradient(step))).reshape(y.shape)


def checked_recession(recession: Any, rungs: Ladder) -> tuple[float, float]:
    """`recession` as two numbers. **Raises:** `ValueError` unless it is an interval and holds every slope seen."""
    try:
        left, right = (float(end) for end in recession)
    except (TypeError, ValueError):
        raise TypeError(f"recession must be two numbers (at −∞, at +∞), got {recession!r}.") from None
    if not (left <= right):
        raise ValueError(f"recession must be (lim k(z)/z at −∞, at +∞), the first at most the second; got {recession}.")
    for row, end, sign in ((0, right, 1.0), (1, left, -1.0)):
        length = int(rungs.lengths[row])
        seen = rungs.slopes[row, length - 1]
        if sign * end < np.inf and seen - sign * end > 2 * ACCURACY * abs(end):
            at = sign * rungs.points[length - 1]
            raise ValueError(f"recession {recession} does not hold the slope {sign * seen:g} that k has at {at:g}.")
    return left, right


def _root(k: Callable[..., Array], y: Array, rungs: Ladder, *parameters: Array) -> _Root:
    """Newton's method from the rungs that enclose y, on the side of 0 where k' = y; a bisection every third step."""
    last = rungs.points.size - 1
    is_left = y < -rungs.slopes[1, 0]
    sign = jnp.where(is_left, -jnp.ones_like(y), jnp.ones_like(y))
    target = sign * y
    right, left = (jnp.searchsorted(rungs.slopes[row], target).astype(jnp.int32) for row in (0, 1))
    above, row = jnp.where(is_left, left, right), is_left.astype(jnp.int32)
    length = rungs.lengths[row]
    # Beyond the last rung that is a number k may be anything, also where a later slope was taken to be +inf.
    beyond = above >= length
    above, below = jnp.clip(above, 0, last), jnp.clip(above - 1, 0, last)
    low, high = rungs.points[below], rungs.points[above]
    low_slope, high_slope = rungs.slopes[row, below], rungs.slopes[row, above]
    outermost = rungs.points[length - 1]
    low, high = (jnp.where(beyond, outermost, t) for t in (low, high))
    share = (target - low_slope) / (high_slope - low_slope)
    secant = low + share * (high - low)
    t = jnp.where((secant > low) & (secant < high), secant, _middle(low, high))
    u = float(jnp.finfo(y.dtype).eps) / 2

    def proceed(state: Any) -> Array:
        count, *_, done = state
        return (count < MOST_STEPS) & ~jnp.all(done)

    def step(state: Any) -> Any:
        count, low, high, t, done = state
        _, slope, curvature = derivatives(k, sign * t, *parameters)
        missing = target - sign * slope
        is_low = missing > 0  # a NaN counts as too far out
        new_low, new_high = jnp.where(is_low, t, low), jnp.where(is_low, high, t)
        newton = missing / curvature
        proposal = t + newton
        fits = (proposal >= new_low) & (proposal <= new_high) & (count % 3 != 2)
        following = jnp.where(fits, proposal, _middle(new_low, new_high))
        settled = (missing == 0) | (jnp.abs(newton) <= 2 * u * t) | (new_high - new_low <= 2 * u * new_high)
        final = jnp.where(missing == 0, t, jnp.clip(proposal, new_low, new_high))
        following = jnp.where(settled, final, following)
        following = jnp.where(jnp.isnan(following), new_low, following)
        return (
            count + 1,
            jnp.where(done, low, new_low),
            jnp.where(done, high, new_high),
            jnp.where(done, t, following),
            done | settled,
        )

    start = (jnp.zeros((), jnp.int32), low, high, t, beyond | (low == high) | jnp.isnan(y))
    steps, low, high, t, _ = jax.lax.while_loop(proceed, step, start)
    return _Root(sign, t, low, high, beyond, outermost, rungs.points[rungs.lengths[1 - row] - 1], steps)


def _middle(low: Array, high: Array) -> Array:
    """The geometric mean of numbers far apart, so that small roots are found as quickly as large ones."""
    return jnp.where((low > 0) & (high > 4 * low), jnp.sqrt(low) * jnp.sqrt(high), low + (high - low) / 2)


def _beyond(y: np.ndarray, ends: tuple[float, float], accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether y is beyond an end of dom k*, and whether it is so near one that slopes of k cannot enclose it."""
    is_infinite, is_near = np.zeros((2, y.size), bool)
    for end, sign in zip(ends, (-1, 1), strict=True):
        if np.isfinite(end):
            past = sign * (y - end)
            # The end and y were rounded, and perhaps computed from numbers that were.
            slack = 4 * unit_roundoff(np.float64) * abs(end)
            is_infinite |= past > slack
            is_near |= (past <= slack) & (past >= -2 * accuracy * abs(end))
    return is_infinite, is_near


def _bounds(
    k: Callable[[Array], Array], y: np.ndarray, accuracy: float, size: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """(lower, upper, maximiser) at every entry of the vector y, and how often k was evaluated.

    Values of k are taken to be wrong by a relative `accuracy`; where they then contradict each other, the formula of k
    may have subtracted numbers of the `size` that k has near ±1, and their rounding is allowed for. lower > upper where
    they contradict each other even so.
    """
    # A few lengths, so that calls with other numbers of points need no new compilation.
    padded = np.zeros(max(64, 1 << (y.size - 1).bit_length()) if y.size else 64)
    padded[: y.size] = y
    lower, upper, z, count = _run(k, padded, accuracy, 0.0)
    contradicts = ~(lower <= upper)
    if contradicts.any():
        *again, more = _run(k, padded, accuracy, accuracy * size)
        lower, upper, z = (np.where(contradicts, new, old) for new, old in zip(again, (lower, upper, z), strict=True))
        count = count + more
    return lower[: y.size].copy(), upper[: y.size].copy(), z[: y.size].copy(), int(count)


def _run(k: Callable[[Array], Array], y: np.ndarray, accuracy: float, floor: float) -> list[np.ndarray]:
    with double_precision():
        arguments = (jnp.asarray(number, jnp.float64) for number in (y, accuracy, floor))
        return [np.asarray(found) for found in _compiled(k, *arguments)]


@eqx.filter_jit
def _compiled(k: Callable[[Array], Array], y: Array, accuracy: Array, floor: Array) -> tuple[Array, ...]:
    root = _root(k, y, ladder(k, y.dtype))
    sign, target = root.sign, root.sign * y

    unknown = jnp.full_like(y, jnp.nan)
    nothing = _Evaluated(unknown, jnp.full_like(y, -jnp.inf), jnp.zeros_like(y), unknown, target)

    def evaluate(*points: Array) -> list[_Evaluated]:
        """All at once, so that k is compiled once."""
        value, slope, _ = derivatives(k, jnp.concatenate([sign * t for t in points]))
        count = len(points)
        rows = zip(points, value.reshape(count, -1), slope.reshape(count, -1), strict=True)
        found = [_evaluated(t, v, sign * g, target, accuracy, floor) for t, v, g in rows]
        known = [(t <= root.outward) & (t >= -root.inward) for t in points]
        return [jax.tree.map(functools.partial(jnp.where, at), e, nothing) for at, e in zip(known, found, strict=True)]

    def proceed(state: Any) -> Array:
        count, width, upper, _ = state
        goes_on = jnp.any(~jnp.isfinite(upper) & ~root.beyond & (width <= root.outward))
        return (count < FEWEST_WIDENINGS) | ((count < MOST_STEPS) & goes_on)

    def widen(state: Any) -> Any:
        """Points around the root, apart by √u at first: there the gap of the tangents is as small as rounding."""
        count, width, upper, lower = state
        a, b = evaluate(root.t - width, root.t + width)
        lower = jnp.maximum(lower, jnp.maximum(a.value - a.error, b.value - b.error))
        return count + 1, 8 * width, jnp.minimum(upper, _tangent_bound(a, b, accuracy)), lower

    points = evaluate(root.low, root.high, root.t, jnp.zeros_like(y))
    lower = functools.reduce(jnp.maximum, [e.value - e.error for e in points])
    width = jnp.maximum(root.t * 2.0**-26, 2.0**-500)
    start = (jnp.zeros((), jnp.int32), width, _tangent_bound(points[0], points[1], accuracy), lower)
    widenings, _, upper, lower = jax.lax.while_loop(proceed, widen, start)
    evaluations = root.steps + len(points) + 2 * widenings
    return lower, jnp.where(root.beyond, jnp.inf, upper), sign * root.t, evaluations


class _Evaluated(NamedTuple):
    """yz − k(z) at z = sign·t with a bound of its error, and the slope of k on the way out; NaN where unknown."""

    t: Array
    value: Array
    error: Array
    slope: Array
    target: Array


def _evaluated(t: Array, value: Array, slope: Array, target: Array, accuracy: Array, floor: Array) -> _Evaluated:
    gain = target * t - value
    # An infinite k says that z is outside its domain, a NaN says nothing; neither bounds k* from below.
    known = jnp.isfinite(gain)
    error = accuracy * (jnp.abs(target * t) + jnp.abs(value)) + floor
    gain, error = jnp.where(known, gain, -jnp.inf), jnp.where(known, error, 0)
    return _Evaluated(t, gain, error, slope, target)


def _tangent_bound(a: _Evaluated, b: _Evaluated, accuracy: Array) -> Array:
    """The upper bound of k*(y) from the tangents at a and b; +inf unless their slopes enclose y beyond rounding."""
    rate_a = a.target - a.slope + accuracy * jnp.abs(a.slope)  # how fast yz − k may still rise right of a
    rate_b = b.slope + accuracy * jnp.abs(b.slope) - b.target
    # Written so that an infinite slope, as at an end of the domain of k, is one beyond y.
    room = accuracy * jnp.where(jnp.isinf(b.slope), 0, jnp.abs(b.slope))
    encloses = (rate_a >= 2 * accuracy * jnp.abs(a.slope)) & (b.slope - room >= b.target)
    at_a, at_b, width = a.value + a.error, b.value + b.error, b.t - a.t
    # Outside the domain of k there is no tangent, and yz − k rises from a no farther than to b.
    is_end = b.slope == jnp.inf
    share = jnp.where(is_end, 1, (at_b - at_a + rate_b * width) / (rate_a + rate_b) / width)
    bound = at_a + rate_a * width * jnp.clip(share, 0, 1)
    bound = jnp.where(width == 0, jnp.maximum(at_a, at_b), jnp.maximum(bound, at_a))
    bound = bound + 4 * jnp.finfo(bound.dtype).eps * (jnp.abs(at_a) + rate_a * width)
    usable = encloses & jnp.isfinite(a.value) & ~jnp.isnan(bound)
    return jnp.where(usable, bound, jnp.inf)
