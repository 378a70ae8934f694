"""Where a convex function is tried: zero, ties, single entries, sparse points, and random ones of many sizes."""

from collections.abc import Callable, Sequence

import numpy as np

SIZES = (1e-6, 1e-3, 0.03, 0.3, 1.0, 3.0, 30.0, 1e3, 1e6)
EXTREMES = {"float32": (1e-9, 1e9), "float64": (1e-60, 1e60)}
"""Sizes at which squares, cubes and fourth powers are still numbers: farther out, overflow tells nothing about K."""
MODERATE = (0.1, 0.5, 1.0, 2.0)


def special_points(d: int) -> np.ndarray:
    """(n, d) points at which a formula may fail: 0, ties, sign changes, one entry alone."""
    alternating = np.where(np.arange(d) % 2 == 0, 1.0, -1.0)
    ramp = np.arange(1.0, d + 1)
    single = np.concatenate([np.eye(d), -2.0 * np.eye(d)])[: 2 * min(d, 16)]
    one_zero = np.where(np.arange(d) == 0, 0.0, ramp)
    two_equal = np.where(np.arange(d) < 2, 2.0, ramp / (d + 1))
    return np.concatenate([np.stack([np.zeros(d), np.ones(d), alternating, ramp, one_zero, two_equal]), single])


def points(d: int, count: int, rng: np.random.Generator, dtype: str, sizes: Sequence[float] = ()) -> np.ndarray:
    """(count, d): the special points first, then normal and sparse ones of the given sizes (default: every size)."""
    scales = np.asarray(sizes if sizes else (*SIZES, *EXTREMES[dtype]))
    special = special_points(d)[:count]
    n = count - len(special)
    normal = rng.normal(size=(n, d)) * rng.choice(scales, size=(n, 1))
    is_sparse = rng.random((n, 1)) < 0.25
    kept = np.where(is_sparse, rng.random((n, d)) < 0.5, True)
    return rounded(np.concatenate([special, np.where(kept, normal, 0.0)]), dtype)


def pairs(
    d: int, count: int, rng: np.random.Generator, dtype: str, sizes: Sequence[float] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Two (count, d) arrays of partners: unrelated, near at every distance, opposite, along a ray, along an axis."""
    first = points(d, count, rng, dtype, sizes)
    other = rng.permutation(first)
    size = np.max(np.abs(first), axis=1, keepdims=True)
    reach = np.where(size > 0, size, 1.0) * 10.0 ** rng.uniform(-7, 0.5, size=(count, 1))
    near = first + reach * rng.normal(size=(count, d))
    axis = rng.integers(d, size=count)
    along_axis = first + reach * (np.arange(d) == axis[:, None]) * rng.choice([-1.0, 1.0], size=(count, 1))
    across_zero = np.where(np.arange(d) == axis[:, None], -first, first)
    along_ray = first * rng.choice([-1.0, -0.3, 0.0, 0.5, 1.5, 4.0], size=(count, 1))
    kinds = np.stack([other, near, along_axis, across_zero, along_ray])
    return first, rounded(kinds[rng.integers(len(kinds), size=count), np.arange(count)], dtype)


def lines(d: int, count: int, length: int, rng: np.random.Generator, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """(count, length, d) points along lines and their (count, length) increasing parameters.

    Through 0 and through random points; along the axes, askew and diagonal; on even grids and on ones finest at 0.
    """
    base = rng.normal(size=(count, d)) * rng.choice([0.0, 0.3, 1.0, 3.0], size=(count, 1))
    askew = rng.normal(size=(count, d))
    signs = rng.choice([-1.0, 1.0], size=(count, d)) / np.sqrt(d)
    kinds = np.stack([np.eye(d)[np.arange(count) % d], askew / np.linalg.norm(askew, axis=1, keepdims=True), signs])
    direction = kinds[np.arange(count) % 3, np.arange(count)]
    even = np.linspace(-1.0, 1.0, length)
    graded = np.sinh(9 * even) / np.sinh(9)
    reach = rng.choice([0.5, 3.0, 10.0, 100.0], size=(count, 1))
    parameters = np.where(np.arange(count)[:, None] % 4 < 2, even, graded) * reach
    return rounded(base[:, None] + parameters[..., None] * direction[:, None], dtype), parameters


def rounded(points: np.ndarray, dtype: str) -> np.ndarray:
    """The points as they are in `dtype`, held in float64."""
    return points.astype(dtype).astype(np.float64)


def plainest(
    point: np.ndarray, still: Callable[[np.ndarray], bool], digits: Sequence[int] = (1, 2, 3, 4, 6, 9)
) -> np.ndarray:
    """The entries cut to the fewest decimal digits for which `still(point)` is true; the point itself if none is."""
    for count in digits:
        short = np.array([float(f"{x:.{count}g}") for x in point.ravel()]).reshape(point.shape)
        if still(short):
            return short
    return point
