"""Order of the implicit step where K has kinks: first order too, sliding and the selection s included.

A switch falls somewhere between two steps, which leaves no expansion of the error in powers of h to extrapolate; the
slope of the errors in a log-log plot, against the flow solved in closed form, is what there is.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import L1Norm
from ..dynamics import LionKFlow
from ..integration import IntegrationError, integrate_batch
from ._cases import RippledBowl
from ._claim import Claim, Measurement, Run, Wrong
from ._sliding_solution import LineFlow
from .flow_order import RIGHT, SLOPE_TOLERANCE, Constants, Factors, slope


@dataclass(frozen=True, eq=False)
class Lines:
    """Lion flows in one dimension each, the entries of x: f = ½Σ a_i(x_i − c_i)², K = ‖·‖₁; B starts of each."""

    constants: Constants
    curvature: np.ndarray
    center: np.ndarray
    x0: np.ndarray
    m0: np.ndarray
    time: float

    def solution(self, constants: Constants) -> np.ndarray:
        """(x, m, s) in closed form at `time`."""
        found = np.empty((3, *self.x0.shape))
        for b, j in np.ndindex(*self.x0.shape):
            line = LineFlow(*constants, float(self.curvature[j]), float(self.center[j]))
            found[:, b, j] = line.at(float(self.x0[b, j]), float(self.m0[b, j]), self.time)[:3]
        return found


@functools.cache
def lines(is_quick: bool) -> tuple[Lines, ...]:
    """Optima inside the box, which end up sliding, and one outside; observed early and late."""
    rng = np.random.default_rng(17)
    curvature, center = np.array([1.0, 3.0, 0.5, 2.0]), np.array([0.3, -0.5, 0.1, -2.8])
    found = []
    for constants, time in (((1.0, 0.25, 1.0, 0.5), 2.0), ((1.5, 0.7, 0.5, 1.0), 4.0))[: 1 if is_quick else 2]:
        x0, m0 = rng.uniform(-1.5, 1.5, size=(16, 4)), rng.normal(size=(16, 4))
        found.append(Lines(constants, curvature, center, x0, m0, time))
    return tuple(found)


LINE_COUNTS = (32, 64, 128, 256, 512)


@functools.lru_cache(maxsize=8)
def implicit_lines(one: Lines) -> np.ndarray:
    """(x, m, s) of the implicit step at the time of observation, one row for every number of steps."""
    f = RippledBowl(np.diag(one.curvature), one.center, np.asarray(0.0))
    flow, rows = LionKFlow(L1Norm(), *one.constants), []
    for count in LINE_COUNTS:
        h = one.time / count
        times = h * np.array([0, count, LINE_COUNTS[-1]]) if count < LINE_COUNTS[-1] else h * np.array([0, count])
        try:
            found = integrate_batch(flow, f, one.x0, one.m0, times, "proximal", step=h)
        except IntegrationError:
            return np.full((len(LINE_COUNTS), 3, *one.x0.shape), np.nan)
        if found.selection is None:
            raise RuntimeError("an implicit run must hold its selections.")
        rows.append(np.stack([found.x[1], found.m[1], found.selection[0]]))
    return np.stack(rows)


def euler_lines(one: Lines) -> np.ndarray:
    """The same by Euler's explicit step, with the direction sign m̃: it chatters about the kink."""
    alpha, gamma, epsilon, lam = one.constants
    rows = []
    for count in LINE_COUNTS:
        x, m, s, h = one.x0, one.m0, np.zeros_like(one.x0), one.time / count
        for _ in range(count):
            m_dot = -alpha * one.curvature * (x - one.center) - gamma * m
            s = np.sign(m + epsilon * m_dot)
            x, m = x + h * (s - lam * x), m + h * m_dot
        rows.append(np.stack([x, m, s]))
    return np.stack(rows)


@dataclass(frozen=True)
class SlidingSubject:
    """A method and the constants of the closed form it is held against."""

    method: Callable[[Lines], np.ndarray] = implicit_lines
    factors: Factors = RIGHT
    is_sliding: bool = True


def measure_sliding(cases: Sequence[Lines], run: Run, subject: SlidingSubject) -> Measurement:
    """Worst |slope − 1|/0.1 of the root mean square errors of x, m and s."""
    found: list[tuple[float, dict[str, object]]] = []
    for one in cases:
        truth = one.solution(subject.factors.of(one.constants))
        if not subject.is_sliding:
            truth[2] = np.sign(truth[2])
        errors = np.sqrt(np.mean((subject.method(one) - truth) ** 2, axis=(2, 3)))
        for i, name in enumerate(("x", "m", "s")):
            p = slope(errors[:, i], LINE_COUNTS)
            where = {"of": name, "slope": p, "errors": errors[:, i].tolist(), "α, γ, ε, λ": one.constants}
            found.append((abs(p - 1) / SLOPE_TOLERANCE, where))
    ratio, where = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, sum(one.x0.size for one in cases), {"ratio": ratio, **where})


CLAIMS = (
    Claim(
        id="sliding-order",
        statement=(
            "For K = ‖·‖₁ the implicit step converges to the solution of the differential inclusion at first order in "
            "h, sliding included: x, m and the selection s, against the closed form in each coordinate."
        ),
        source="derived here; order 1 of implicit Euler with sliding modes: Acary & Brogliato (2010)",
        hypotheses=(),
        observable="worst |slope − 1|/0.1 of the root mean square errors of x, m and s over 64 coordinates and starts",
        tolerance=(
            "1: a slope within 0.1 of 1 by regression over five step lengths; a switch falls between two steps, which "
            "makes each error irregular by O(h), and their mean less so."
        ),
        cases=lambda run: lines(run.is_quick),
        measure=measure_sliding,
        subject=SlidingSubject(),
        wrongs=(
            Wrong("Euler's explicit step, whose selection chatters", SlidingSubject(euler_lines)),
            Wrong("a solution whose selection is a sign", SlidingSubject(is_sliding=False)),
            Wrong("a solution with ε too large by 1%", SlidingSubject(factors=Factors(epsilon=1.01))),
            Wrong("a solution with α too large by 1%", SlidingSubject(factors=Factors(alpha=1.01))),
            Wrong("a solution with λ too large by 1%", SlidingSubject(factors=Factors(weight_decay=1.01))),
        ),
    ),
)
