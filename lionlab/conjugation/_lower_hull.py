"""The lower convex hull of points on a graph, in whole-array operations.

A point on or above the chord between two others is no vertex of the hull, so all points that a single pass finds can go
at once. Where many go in a pass, passes alone are quick. Where few go, as at the top between two valleys, the points
between are split there into convex runs, and one pass bridges every pair of neighbouring runs by its common tangent: a
new place to split arises only where a run vanished, so such places at least halve from pass to pass.
"""

import numpy as np

# Blocks of this many numbers stay in the processor's cache, and need no fresh memory for what lies between.
BLOCK = 1 << 14
# Below this share of points to remove, bridging is worth more than removing them one layer at a time.
FEW = 1 / 16
# In exact arithmetic places to split halve with every pass; more passes than bits of a length mean that rounding errs.
MOST_PASSES = 64


def lower_hull(points: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(points, values, slopes) of the lower hull's vertices and of the edges between them, slopes increasing strictly.

    `points` increase strictly and all numbers are finite. Points on an edge, as far as rounded slopes can tell, are no
    vertices. Data that are convex already cost one comparison and are returned as they are.

    **Raises:** `ValueError` where a difference quotient is not a finite number.
    """
    for _ in range(MOST_PASSES):
        slopes = difference_quotients(points, values)
        concave = np.flatnonzero(slopes[1:] <= slopes[:-1]) + 1
        if not concave.size:
            return points, values, slopes
        if concave.size > FEW * points.size:
            kept = np.ones(points.size, bool)
            kept[concave] = False
        else:
            kept = _between_bridges(points, values, slopes, concave)
        points, values = points[kept], values[kept]
    return _by_one_walk(points, values)


def difference_quotients(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Slopes from each point to the next.

    **Raises:** `ValueError` where one is not a finite number.
    """
    slopes, width = np.empty(points.size - 1), np.empty(min(BLOCK, points.size))
    with np.errstate(over="ignore", invalid="ignore"):
        for first in range(0, slopes.size, BLOCK):
            last = min(first + BLOCK, slopes.size)
            run, rise = width[: last - first], slopes[first:last]
            np.subtract(points[first + 1 : last + 1], points[first:last], out=run)
            np.subtract(values[first + 1 : last + 1], values[first:last], out=rise)
            np.divide(rise, run, out=rise)
    if not np.isfinite(slopes).all():
        i = int(np.flatnonzero(~np.isfinite(slopes))[0])
        raise ValueError(
            f"values: the slope between the points {points[i]:g} and {points[i + 1]:g} is not a finite number; "
            "rescale points or values."
        )
    return slopes


def _between_bridges(points: np.ndarray, values: np.ndarray, slopes: np.ndarray, concave: np.ndarray) -> np.ndarray:
    """Which points are left when every two neighbouring convex runs are bridged; the `concave` ones all go."""
    starts, ends = np.append(0, concave + 1), np.append(concave - 1, points.size - 1)
    held = starts <= ends
    starts, ends = starts[held], ends[held]
    left, right = _bridges(points, values, slopes, starts, ends)
    # A bridge covers what lies strictly between its feet; no two have a foot in common on the same side.
    change = np.zeros(points.size + 1, np.int8)
    change[left + 1] += 1
    change[right] -= 1
    return np.cumsum(change[:-1], dtype=np.int8) == 0


def _bridges(
    x: np.ndarray, f: np.ndarray, slopes: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The feet (p, q) of the common tangent from below of every two neighbouring runs, all by one bisection.

    At a trial line through p and q, four comparisons of its slope with those of the runs tell in which run, and on
    which side, points lie below it, and this excludes p or q and one side of it. Where only points between p and q lie
    below, the runs' own lines at p and q are compared at the left run's end [Overmars & van Leeuwen, 1981].
    """
    left, right = ends[:-1].copy(), starts[1:].copy()  # where rounding leaves nothing, only concave points go
    first, last, end, begin = starts[:-1], ends[1:], left.copy(), right.copy()
    low_p, high_p, low_q, high_q = first.copy(), end.copy(), begin.copy(), last.copy()
    active = np.arange(left.size)
    # Slopes before, and after, each point; what leads out of a run is replaced by ∓inf.
    padded = np.concatenate([[-np.inf], slopes, [np.inf]])
    while active.size:
        p, q = (low_p + high_p) >> 1, (low_q + high_q) >> 1
        xp, fp, xq, fq = x[p], f[p], x[q], f[q]
        slope = (fq - fp) / (xq - xp)
        before_q = np.where(q > begin, padded[q], -np.inf)
        after_p = np.where(p < end, padded[p + 1], np.inf)
        p_left = slope < np.where(p > first, padded[p], -np.inf)
        p_right = slope > after_p
        q_left = slope < before_q
        q_right = slope > np.where(q < last, padded[q + 1], np.inf)
        p_fits, q_fits = ~(p_left | p_right), ~(q_left | q_right)
        inner = p_right & q_left
        middle = x[end]
        with np.errstate(invalid="ignore"):  # of lines that are not asked for
            p_is_excluded = fq + before_q * (middle - xq) >= fp + after_p * (middle - xp)

        found = p_fits & q_fits
        left[active[found]], right[active[found]] = p[found], q[found]
        high_p = np.where(p_left, p - 1, np.where(p_fits, p, high_p))
        low_q = np.where(q_right, q + 1, np.where(q_fits, q, low_q))
        low_p = np.where((p_right & q_fits) | (inner & p_is_excluded), p + 1, low_p)
        high_q = np.where((q_left & p_fits) | (inner & ~p_is_excluded), q - 1, high_q)
        kept = ~found & (low_p <= high_p) & (low_q <= high_q)
        if not kept.all():
            active = active[kept]
            first, end, begin, last = first[kept], end[kept], begin[kept], last[kept]
            low_p, high_p, low_q, high_q = low_p[kept], high_p[kept], low_q[kept], high_q[kept]
    return left, right


def _by_one_walk(points: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Andrew's monotone chain, one point after the other: linear whatever the data, and slow."""
    x, f = points.tolist(), values.tolist()
    hull: list[int] = []
    slopes: list[float] = []
    for i in range(len(x)):
        while slopes and (f[i] - f[hull[-1]]) / (x[i] - x[hull[-1]]) <= slopes[-1]:
            hull.pop()
            slopes.pop()
        if hull:
            slopes.append((f[i] - f[hull[-1]]) / (x[i] - x[hull[-1]]))
        hull.append(i)
    return points[hull], values[hull], np.array(slopes)
