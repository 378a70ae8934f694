"""The conjugate of a function of one variable that is known on a grid: its lower hull, then one merge of slopes.

    f_h*(s) = max_i s z_i − f(z_i)        0 ≤ f*(s) − f_h*(s) ≤ h²·max f″/2 where f is convex and z* lies on the grid

For z* between z_i and z_{i+1}, f(z_i) ≤ f(z*) + f'(z*)(z_i − z*) + (h²/2)·max f″, and f'(z*) = s.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..conjugation import GridConjugate, legendre_transform
from ._claim import Claim, Measurement, Run, Wrong
from ._conjugate_samples import UNIT

Transform = Callable[[np.ndarray, np.ndarray, np.ndarray], GridConjugate]


@dataclass(frozen=True)
class Graph:
    """f at the points of a grid and the slopes to ask for.

    `exact` is f* of the f between the points, where there is a formula; `reach` are the least and the greatest slope of
    that f on the grid, ∓inf on a side where the grid passes the end of its domain, and `curvature` is its largest.
    """

    label: str
    points: np.ndarray
    values: np.ndarray
    slopes: np.ndarray
    exact: np.ndarray | None = None
    reach: tuple[float, float] = (-math.inf, math.inf)
    curvature: float = math.nan


def graphs(run: Run) -> Sequence[Graph]:
    """Convex and not, with kinks, a bounded domain and a gap in it, on even and uneven points; and noise."""
    rng = np.random.default_rng(run.seed)
    size = 600 if run.is_quick else 3000
    x = np.linspace(-3, 3, size)
    uneven = np.sort(np.concatenate([[-3.0, 3.0], rng.uniform(-3, 3, size - 2)]))
    s = np.concatenate([rng.normal(scale=10, size=200), rng.normal(scale=0.1, size=50), [0, 1, -1, 27, 1e6, -1e6]])
    valleys = np.minimum((x - 1) ** 2, (x + 1) ** 2)
    quartic = 0.75 * np.cbrt(np.abs(s)) ** 4
    # f = z² on [−2, 2]: its conjugate goes on as a line, and no slope is beyond.
    bounded = np.where(np.abs(s) <= 4, s**2 / 4, 2 * np.abs(s) - 4)
    return (
        Graph("z⁴/4", x, x**4 / 4, s, quartic, (-27.0, 27.0), 27.0),
        Graph("z⁴/4 on uneven points", uneven, uneven**4 / 4, s, quartic, (-27.0, 27.0), 27.0),
        Graph("two valleys", x, valleys, s, s**2 / 4 + np.abs(s), (-4.0, 4.0), 2.0),
        Graph("z² on [−2, 2]", x, np.where(np.abs(x) <= 2, x**2, np.inf), s, _on_grid(x, bounded, s), curvature=2.0),
        Graph("|z|", x, np.abs(x), s),
        Graph("z² with a gap", x, np.where(np.abs(x) < 1, np.inf, x**2), s),
        Graph("noise", uneven, rng.normal(size=size), s),
        Graph("a parabola and noise", x, x**2 + 1e-3 * rng.normal(size=size), s),
    )


def _on_grid(x: np.ndarray, exact: np.ndarray, s: np.ndarray) -> np.ndarray:
    """For z² up to ±2 of which the grid's last point c inside falls short: its conjugate is that on [−c, c]."""
    c = float(np.max(x[np.abs(x) <= 2]))
    return np.where(np.abs(s) <= 2 * c, exact, c * np.abs(s) - c * c)


def measure_transform(graphs: Sequence[Graph], run: Run, subject: Transform) -> Measurement:
    """The worst error: of the maximum over its rounding, of the formula over the grid's error, of what is beyond."""
    found = []
    for graph in graphs:
        x, f, s = graph.points, graph.values, graph.slopes
        given = subject(x, f, s)
        inside = np.isfinite(f)
        rounding = 8 * UNIT * np.max(np.abs(s)[:, None] * np.abs(x[inside]) + np.abs(f[inside]), axis=1)
        highest = np.max(s[:, None] * x[inside] - f[inside], axis=1)
        found.append((float(np.max(np.abs(given.values - highest) / rounding)), "the maximum", graph.label))
        if graph.exact is None:
            continue
        is_silent = ~given.is_beyond
        h = float(np.max(np.diff(x)))
        short = (graph.exact - given.values) / (h * h * graph.curvature / 2 + rounding)
        found.append((float(np.max(short[is_silent])), "the formula", graph.label))
        found.append((float(np.max(-(graph.exact - given.values) / rounding)), "the formula from below", graph.label))
        # The outermost cell's slope is f' somewhere in it, so what lies a cell's change of f' inside is not beyond.
        low, high = graph.reach[0] + h * graph.curvature, graph.reach[1] - h * graph.curvature
        is_wrong = given.is_beyond & (s > low) & (s < high)
        found.append((math.inf if is_wrong.any() else 0.0, "beyond, but is not", graph.label))
    error, law, label = max(found, key=lambda entry: math.inf if math.isnan(entry[0]) else entry[0])
    return Measurement(error, 1.0, len(found), {"f": label, "law": law, "error": error, "seed": run.seed})


def _one_further(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    found, inside = legendre_transform(x, f, s), np.flatnonzero(np.isfinite(f))
    further = np.clip(np.searchsorted(x, found.maximisers) + 1, inside[0], inside[-1])
    return found._replace(values=s * x[further] - np.where(np.isfinite(f), f, 0)[further], maximisers=x[further])


def _without_a_vertex(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    """The vertex that most slopes choose is left out of the hull."""
    chosen = legendre_transform(x, f, s).maximisers
    places, counts = np.unique(chosen, return_counts=True)
    return legendre_transform(x, np.where(x == places[np.argmax(counts)], np.inf, f), s)


def _scaled(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    found = legendre_transform(x, f, s)
    return found._replace(values=0.99 * found.values)


def _silent(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    found = legendre_transform(x, f, s)
    return found._replace(is_beyond=np.zeros_like(found.is_beyond))


def _timid(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    found = legendre_transform(x, f, s)
    return found._replace(is_beyond=np.abs(s) > 2)


def _without_infinity(x: np.ndarray, f: np.ndarray, s: np.ndarray) -> GridConjugate:
    return legendre_transform(x, np.where(np.isfinite(f), f, 7.0), s)


CLAIMS = (
    Claim(
        id="legendre-transform",
        statement=(
            "The linear-time transform of a function on a grid, convex or not, is the maximum of sz − f(z) over the "
            "grid; it falls short of the conjugate between the points by at most h²·max f″/2, but for slopes beyond "
            "those on the grid, and these it reports."
        ),
        source="Lucet (1997), linear-time Legendre transform; the error of the grid is derived here from two tangents",
        hypotheses=(),
        observable=(
            "worst of: error of the maximum over its rounding, shortfall from the formula over that of the grid, "
            "excess over the formula over rounding; infinite where a slope within reach is called beyond"
        ),
        tolerance="1: 8u·max(|s||z| + |f(z)|) for the maximum; h²·max f″/2 and that for the formula.",
        cases=graphs,
        measure=measure_transform,
        subject=legendre_transform,
        wrongs=(
            Wrong("the next point of the grid instead of the maximiser", _one_further),
            Wrong("a hull without one of its vertices", _without_a_vertex),
            Wrong("the conjugate scaled by 0.99", _scaled),
            Wrong("slopes beyond the grid not reported", _silent),
            Wrong("slopes within reach called beyond", _timid),
            Wrong("7 instead of +inf outside the domain of f", _without_infinity),
        ),
    ),
)
