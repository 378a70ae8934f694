"""How fast conjugates are computed, beside brute force in the same process.

    python benchmarks/conjugates.py [--json] [--tiny] [--out FILE]

`vmapped` is K* of smooth functions of 100 variables that declare nothing but that, solved for many y in one compiled
call. The transform on a grid is NumPy alone, as many slopes as points, for convex data and for data that must be
convexified first. `growth` is the time per point beside that of the smallest grid of the same data: 1 is linear.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _document import document

from lionlab.conjugation._legendre import legendre_transform
from lionlab.conjugation._one_dimensional import scalar_conjugate
from lionlab.convex import (
    ConvexFunction,
    CustomFunction,
    LinfNorm,
    LogCosh,
    MoreauEnvelope,
    NumericalConjugate,
    PseudoHuber,
)
from lionlab.precision import double_precision

SIZES, TINY = (10**4, 10**5, 10**6), (50, 100)
# Targets: seconds at the largest convex grid, and how many times as fast as brute force at the smallest.
SECONDS_OF_A_MILLION, TIMES_BRUTE_FORCE, SECONDS_PER_POINT = 0.020, 1000.0, 0.2e-3
DIMENSION, POINTS = 100, 256
DATA: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "convex": lambda x: x**4 / 4,
    "two valleys": lambda x: np.minimum((x - 1) ** 2, (x + 1) ** 2),
    "valleys at all scales": lambda x: x**2 - sum(2.0**-k * np.abs(np.cos(3.0**k * x)) for k in range(1, 10)),
    "noise": lambda x: np.random.default_rng(0).normal(size=x.size),
}


def brute_force(x: np.ndarray, f: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """The table of all s·x − f as one writes it, a thousand slopes at a time lest it outgrow the memory."""
    return np.concatenate([np.max(s[:, None] * x - f, axis=1) for s in np.array_split(slopes, len(slopes) // 1000 + 1)])


def brute_force_by_rows(x: np.ndarray, f: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """The same slope by slope, which stays in the cache."""
    return np.array([np.max(s * x - f) for s in slopes])


def smooth_functions() -> dict[str, ConvexFunction]:
    """Entry by entry, not entry by entry, and seen through a dense matrix."""
    matrix = np.random.default_rng(5).standard_normal((DIMENSION, DIMENSION)) / 10

    def features(z: jax.Array) -> jax.Array:
        return jnp.sum(jnp.sqrt(1 + (jnp.asarray(matrix, z.dtype) @ z) ** 2) - 1) + jnp.sum(z**2) / 20

    return {
        "log cosh": LogCosh(2.0),
        "envelope of linf": MoreauEnvelope(LinfNorm(), 0.5),
        "dense features": CustomFunction(features, is_smooth=True),
    }


def vmapped(K: ConvexFunction, points: int) -> Callable[[], Any]:
    """K* at slopes of K, by the compiled solver."""
    rng = np.random.default_rng(0)
    with double_precision():
        z = jnp.asarray(np.linspace(0.1, 2, points)[:, None] * rng.standard_normal((points, DIMENSION)))
        ys = 0.999 * jax.vmap(K.selection)(z)
        solve = jax.jit(jax.vmap(NumericalConjugate(K).value)).lower(ys).compile()

    def call() -> Any:
        with double_precision():
            return jax.block_until_ready(solve(ys))

    return call


def graph(name: str, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = np.linspace(-3, 3, size)
    return x, DATA[name](x), np.linspace(-30, 30, size)


def seconds(calls: dict[str, tuple[Callable[[], Any], int]], turns: int) -> dict[str, list[float]]:
    """The times of every call, each repeated as often as it says, taken in turns after one that warms up."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(turns + 1):
        for name, (call, count) in calls.items():
            begin = time.perf_counter()
            for _ in range(count):
                call()
            if turn:
                found[name].append((time.perf_counter() - begin) / count)
    return found


def measured(tiny: bool) -> list[dict[str, Any]]:
    sizes = TINY if tiny else SIZES
    # Small grids are repeated, or what other calls left in the cache would be a large part of their time.
    calls: dict[str, tuple[Callable[[], Any], int]] = {
        f"grid, {name}, {size:.0e} points": (partial(legendre_transform, *graph(name, size)), sizes[-1] // size)
        for name in DATA
        for size in sizes
    }
    function, y = PseudoHuber(0.5).density, np.random.default_rng(0).uniform(-0.99, 0.99, 10 * sizes[0])
    bounds = partial(scalar_conjugate, function, y, recession=(-1, 1))
    calls[f"bounds of a smooth k*, {y.size:.0e} points"] = (bounds, 1)
    points = 4 if tiny else POINTS
    calls |= {f"vmapped, {name}": (vmapped(K, points), 1) for name, K in smooth_functions().items()}
    brute = f"brute force, {sizes[0]:.0e} points"
    slow = {brute: brute_force, f"brute force by rows, {sizes[0]:.0e} points": brute_force_by_rows}
    calls |= {name: (partial(way, *graph("convex", sizes[0])), 1) for name, way in slow.items()}
    taken = seconds(calls, 2 if tiny else 9)

    best = {name: min(times) for name, times in taken.items()}
    medians = {name: statistics.median(times) for name, times in taken.items()}
    lines = []
    for name, median in medians.items():
        line = {"name": name, "seconds": median, "best_seconds": best[name], "growth": None, "times_brute_force": None}
        line["met"] = median / points <= SECONDS_PER_POINT if name.startswith("vmapped") else None
        if name.startswith("grid"):
            size = float(name.split()[-2])
            smallest = f"{name.rsplit(' ', 2)[0]} {sizes[0]:.0e} points"
            line["growth"] = median / medians[smallest] / (size / sizes[0])
            if "convex" in name and size == sizes[0]:
                line["times_brute_force"] = medians[brute] / median
                line["met"] = line["times_brute_force"] >= TIMES_BRUTE_FORCE
            elif "convex" in name and size == sizes[-1]:
                line["met"] = median <= SECONDS_OF_A_MILLION
        lines.append(line)
    return lines


def show(line: dict[str, Any]) -> None:
    ratio = "" if line["times_brute_force"] is None else f"{line['times_brute_force']:.0f} times as fast as brute force"
    growth = "" if line["growth"] is None else f"growth {line['growth']:.2f}"
    verdict = {None: "", True: "met", False: "NOT MET"}[line["met"]]
    times = f"{1e3 * line['seconds']:9.3f} ms (best {1e3 * line['best_seconds']:9.3f})"
    print(f"{line['name']:44s} {times}  {growth:12s} {ratio:34s} {verdict}".rstrip())


if __name__ == "__main__":
    sys.exit(document(__doc__.splitlines()[0], "conjugates", measured, show))
