"""The Legendre transform of a function known on a grid, in linear time: its lower hull, then one merge of slopes."""

from typing import NamedTuple

import numpy as np

from ..precision import as_numpy
from ._lower_hull import BLOCK, lower_hull


class GridConjugate(NamedTuple):
    """f*(s) = max_i s·z_i − f(z_i), the conjugate of f known at finitely many points z_i; arrays in the slopes' shape.

    `values` holds f*(s), `maximisers` the point z_i it is attained at, `is_beyond` whether s lies beyond every slope
    that f has between the points: f may go on where there is no point, and the value is then only a lower bound. Where
    the points reach past the domain of f, so that its value there is +inf, no slope on that side is beyond.
    """

    values: np.ndarray
    is_beyond: np.ndarray
    maximisers: np.ndarray


def legendre_transform(points: object, values: object, slopes: object) -> GridConjugate:
    """f*(s) = sup_z sz − f(z) at every slope s, for f given by `values` at strictly increasing `points`.

    f need not be convex: f* is that of its convex envelope. A value of +inf says that the point is outside the domain
    of f. The result is the conjugate of f restricted to the points, exact but for the rounding of sz − f(z); it falls
    short of the conjugate of a convex f between the points by at most (h/2)·|jump of f' over a cell|, h a cell's width.

    The cost is linear in the numbers of points and of slopes if the slopes do not decrease; others are sorted first.

    **Raises:** `ValueError` unless points are finite and increase strictly, values are numbers or +inf, one of them a
    number, one per point, and slopes are finite; `TypeError` for arrays that are not real.

    Source: Lucet, Faster than the fast Legendre transform, the linear-time Legendre transform (1997).
    """
    x, f = _checked_graph(points, values)
    s = _checked_slopes(slopes)
    inside = np.isfinite(f)
    opens_left, opens_right = bool(inside[0]), bool(inside[-1])
    if not inside.all():
        x, f = x[inside], f[inside]
    x, f, edges = lower_hull(x, f)

    flat = s.ravel()
    order = None if _is_sorted(flat) else np.argsort(flat)
    rising = flat if order is None else flat[order]
    found, maximisers = _merged(x, f, edges, rising)
    is_beyond = np.zeros(flat.size, bool)
    least, greatest = (edges[0], edges[-1]) if edges.size else (np.inf, -np.inf)
    if opens_left:
        is_beyond[: np.searchsorted(rising, least)] = True
    if opens_right:
        is_beyond[np.searchsorted(rising, greatest, side="right") :] = True
    if order is not None:
        place = np.argsort(order)
        found, maximisers, is_beyond = found[place], maximisers[place], is_beyond[place]
    return GridConjugate(found.reshape(s.shape), is_beyond.reshape(s.shape), maximisers.reshape(s.shape))


def convex_envelope(points: object, values: object) -> np.ndarray:
    """f** at the points: the largest convex function below f, linear between the points, +inf beyond its domain.

    A value of +inf between two finite ones is a gap in the domain of f, which the envelope bridges. Linear time.

    **Raises:** as `legendre_transform`.
    """
    x, f = _checked_graph(points, values)
    inside = np.isfinite(f)
    hull_x, hull_f, _ = lower_hull(x[inside], f[inside])
    # Rounding must not lift the envelope above the function.
    return np.minimum(f, np.interp(x, hull_x, hull_f, left=np.inf, right=np.inf))


def _merged(x: np.ndarray, f: np.ndarray, edges: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(f*, maximisers) at nondecreasing slopes: the maximiser's index is the number of edges that are no steeper.

    `np.interp` of the edges' numbers walks along both lists at once; `np.searchsorted` would start anew at every slope.
    """
    found, maximisers, heights = np.empty(slopes.size), np.empty(slopes.size), np.empty(min(BLOCK, slopes.size))
    numbers = np.arange(1.0, min(4 * BLOCK, edges.size) + 1)
    for first in range(0, slopes.size, BLOCK):
        s = slopes[first : first + BLOCK]
        begin, end = np.searchsorted(edges, (s[0], s[-1]), side="right")
        base = max(begin - 1, 0)
        near = edges[base : end + 1]
        if 0 < near.size <= numbers.size:
            # A slope within rounding of an edge may be counted on its other side, where sz − f(z) is the same.
            passed = np.interp(s, near, numbers[: near.size], left=0).astype(np.intp)
        else:
            passed = np.searchsorted(near, s, side="right")
        value, z, height = found[first : first + s.size], maximisers[first : first + s.size], heights[: s.size]
        np.take(x[base:], passed, out=z, mode="clip")
        np.take(f[base:], passed, out=height, mode="clip")
        np.multiply(s, z, out=value)
        np.subtract(value, height, out=value)
    return found, maximisers


def _is_sorted(numbers: np.ndarray) -> bool:
    return bool((numbers[1:] >= numbers[:-1]).all())


def _checked_graph(points: object, values: object) -> tuple[np.ndarray, np.ndarray]:
    x, f = _as_double("points", points), _as_double("values", values)
    if x.ndim != 1 or x.shape != f.shape or not x.size:
        raise ValueError(f"points and values must be two lists of one length >= 1, got shapes {x.shape} and {f.shape}.")
    if not (np.isfinite(x[0]) and np.isfinite(x[-1]) and (x[1:] > x[:-1]).all()):
        raise ValueError("points must be finite and increase strictly; sort them and remove those that occur twice.")
    lowest = f.min()  # NaN where one of them is
    if not -np.inf < lowest < np.inf:
        wrong = "are +inf everywhere, so f has no domain" if lowest == np.inf else f"hold {lowest:g}"
        raise ValueError(f"values must be numbers, or +inf outside the domain of f, but they {wrong}.")
    return x, f


def _checked_slopes(slopes: object) -> np.ndarray:
    s = _as_double("slopes", slopes)
    if not np.isfinite(s).all():
        raise ValueError("slopes must be finite; leave out those that are infinite or NaN.")
    return s


def _as_double(name: str, array: object) -> np.ndarray:
    return np.asarray(as_numpy(name, array), np.float64, order="C")
