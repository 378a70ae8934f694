"""Orders of convergence: the two-β method and the implicit step tend to the flow like the first power of the step.

Where everything is smooth the error has an expansion in powers of h, so that Richardson's extrapolation reaches many
digits: the limit itself is then compared with the flow, and a relative error of 1e-6 in a constant shows. Where K has
kinks there is no such expansion, see `sliding_order.py`.
"""

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..convex import ConvexFunction
from ..dynamics import LionK, LionKFlow
from ..integration import IntegrationError, integrate_batch
from ..simulation import simulate_batch
from ._cases import KINDS, RippledBowl, bowl, nonconvex_bowl
from ._claim import Claim, Measurement, Run, Wrong

TIME = 2.0
COUNTS = (16, 32, 64, 128, 256, 512)
"""Numbers of steps to `TIME`."""

SLOPE_TOLERANCE = 0.1
# The flow is solved to this relative accuracy per step, over some hundreds of steps.
RTOL, ATOL, REFERENCE = 1e-12, 1e-14, 1e-10

Constants = tuple[float, float, float, float]
TWO_BETA: tuple[Constants, ...] = ((1.0, 1.0, 0.5, 0.5), (2.0, 2.0, 0.25, 1.0), (0.5, 0.5, 0.0, 1.0))
"""(α, γ, ε, λ) with α = γ, as the two-β method has."""
ANY: tuple[Constants, ...] = ((1.0, 0.5, 0.5, 0.5), (2.0, 1.0, 0.0, 1.0), (0.7, 0.0, 0.4, 0.5))


@dataclass(frozen=True, eq=False)
class Family:
    """One smooth K and f, with several constants and starts."""

    label: str
    K: ConvexFunction
    objective: RippledBowl
    constants: tuple[Constants, ...]
    x0: np.ndarray
    m0: np.ndarray

    @property
    def flows(self) -> list[LionKFlow]:
        return [LionKFlow(self.K, *numbers) for numbers in self.constants]


def families(constants: tuple[Constants, ...]) -> Callable[[Run], Sequence[Family]]:
    """K = log cosh with a nonconvex f; in a full run ½‖·‖² and pseudo-Huber with a convex one too."""

    def build(run: Run) -> Sequence[Family]:
        return _families(constants, run.is_quick)

    return build


@functools.cache
def _families(constants: tuple[Constants, ...], is_quick: bool) -> tuple[Family, ...]:
    found = []
    labels = ("log cosh",) if is_quick else ("log cosh", "½‖·‖²", "pseudo-Huber")
    for label in labels:
        rng = np.random.default_rng(13)
        f = nonconvex_bowl((4,)) if label == "log cosh" else bowl((4,))
        x0, m0 = 0.5 * rng.normal(size=(2, len(constants), 4))
        found.append(Family(label, KINDS[label], f, constants, x0, m0))
    return tuple(found)


@functools.lru_cache(maxsize=32)
def _flow_end(one: Family) -> np.ndarray:
    """(x, m) of the flow at `TIME`, stacked."""
    found = integrate_batch(
        one.flows, one.objective, one.x0, one.m0, [0.0, TIME], "tsit5", rtol=RTOL, atol=ATOL
    )  # fmt: skip
    return np.stack([found.x[-1], found.m[-1]])


@dataclass(frozen=True)
class Factors:
    """What the constants (α, γ, ε, λ) of the method are multiplied with; all 1 is the dictionary."""

    alpha: float = 1.0
    gamma: float = 1.0
    epsilon: float = 1.0
    weight_decay: float = 1.0

    def of(self, numbers: Constants) -> Constants:
        alpha, gamma, epsilon, lam = numbers
        return self.alpha * alpha, self.gamma * gamma, self.epsilon * epsilon, self.weight_decay * lam


RIGHT = Factors()
Ends = Callable[[Family, Factors], np.ndarray]


@functools.lru_cache(maxsize=128)
def discrete_ends(one: Family, factors: Factors) -> np.ndarray:
    """(x, m) of the two-β method at `TIME`, one row for every number of steps; all in one compiled run."""
    methods: list[LionK] = []
    for count in COUNTS:
        for numbers in one.constants:
            _, gamma, epsilon, lam = factors.of(numbers)
            flow = LionKFlow(one.K, gamma, gamma, epsilon, lam)
            methods.append(flow.to_discrete(TIME / count))
    x0, m0 = (np.concatenate([start] * len(COUNTS)) for start in (one.x0, one.m0))
    found = simulate_batch(methods, one.objective, x0, COUNTS[-1], m0)
    if found.x is None or found.m is None:
        raise RuntimeError("a run recorded with x and m must hold them.")
    width = len(one.constants)
    rows = [slice(i * width, (i + 1) * width) for i in range(len(COUNTS))]
    return np.stack(
        [np.stack([found.x[n, r], found.m[n, r]]) for n, r in zip(COUNTS, rows, strict=True)]
    )  # fmt: skip


@functools.lru_cache(maxsize=128)
def proximal_ends(one: Family, factors: Factors) -> np.ndarray:
    """(x, m) of the implicit step at `TIME`, one row for every number of steps."""
    flows = [LionKFlow(one.K, *factors.of(numbers)) for numbers in one.constants]
    ends = []
    for count in COUNTS:
        h = TIME / count
        # As many steps in every run, so that one compilation serves all; the first `count` of them are to `TIME`.
        times = h * np.array([0, count, COUNTS[-1]]) if count < COUNTS[-1] else h * np.array([0, count])
        try:
            found = integrate_batch(flows, one.objective, one.x0, one.m0, times, "proximal", step=h)
            ends.append(np.stack([found.x[1], found.m[1]]))
        except IntegrationError:
            ends.append(np.full((2, *one.x0.shape), np.nan))
    return np.stack(ends)


def slope(errors: np.ndarray, counts: Sequence[int]) -> float:
    """The exponent p of errors ∝ h^p by least squares in the logarithms."""
    if not (np.isfinite(errors) & (errors > 0)).all():
        return float("nan")
    return float(np.polyfit(-np.log(np.asarray(counts, float)), np.log(errors), 1)[0])


def extrapolated(ends: np.ndarray) -> tuple[np.ndarray, float]:
    """Richardson's limit of values at h, h/2, h/4, …, and how far it is from that of all but the last of them."""
    row, coarser = list(ends), ends[0]
    for order in range(1, len(ends)):
        coarser = row[0]
        row = [fine + (fine - coarse) / (2**order - 1) for coarse, fine in itertools.pairwise(row)]
    return row[0], float(np.max(np.abs(row[0] - coarser)))


def measure_smooth(ends: Ends, cases: Sequence[Family], subject: Factors) -> Measurement:
    """Worst of |slope − 1|/0.1 and the distance of the extrapolated limit from the flow, in units of its accuracy."""
    found: list[tuple[float, dict[str, object]]] = []
    for one in cases:
        flow, values = _flow_end(one), ends(one, subject)
        for i, numbers in enumerate(one.constants):
            errors = np.sqrt(np.sum((values[:, :, i] - flow[None, :, i]) ** 2, axis=(1, 2)))
            p = slope(errors, COUNTS)
            limit, moved = extrapolated(values[:, :, i])
            accuracy = moved + REFERENCE * float(np.max(np.abs(flow[:, i])))
            apart = float(np.max(np.abs(limit - flow[:, i]))) / accuracy
            where = {"K": one.label, "α, γ, ε, λ": numbers, "slope": p, "errors": errors.tolist(), "accuracy": accuracy}
            found += [(abs(p - 1) / SLOPE_TOLERANCE, where), (apart, {**where, "limit apart": apart})]
    ratio, where = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, sum(len(one.constants) for one in cases), {"ratio": ratio, **where})


def measure_discrete(cases: Sequence[Family], run: Run, subject: Factors) -> Measurement:
    return measure_smooth(discrete_ends, cases, subject)


def measure_proximal(cases: Sequence[Family], run: Run, subject: Factors) -> Measurement:
    return measure_smooth(proximal_ends, cases, subject)


SMALL = 1 + 1e-6
SMOOTH_TOLERANCE = (
    "1: a slope within 0.1 of 1 by regression over h = 2/16 … 2/512; and the limit extrapolated from all of them may "
    "be off by as much as the last of them moved it, plus 1e-10 relative for the flow, solved at rtol 1e-12."
)
SMOOTH_OBSERVABLE = (
    "worst of |slope − 1|/0.1 and of |extrapolated limit − flow| over its accuracy, for (x, m) at time 2"
)
OFF = tuple(
    Wrong(f"{symbol} too large by a relative 1e-6 in the method", replace(RIGHT, **{name: SMALL}))
    for name, symbol in (("gamma", "γ"), ("epsilon", "ε"), ("weight_decay", "λ"))
)

CLAIMS = (
    Claim(
        id="discrete-to-flow-order",
        statement=(
            "For smooth K the two-β method with explicit decay, β1 = 1−εγ, β2 = 1−γη, α = γ, converges to the flow at "
            "first order in η: its error at a fixed time is proportional to η, and its limit is the flow."
        ),
        source="arXiv 2310.05898, §3 (the method as a discretisation of the ODE); the dictionary is derived here",
        hypotheses=(),
        observable=SMOOTH_OBSERVABLE,
        tolerance=SMOOTH_TOLERANCE,
        cases=families(TWO_BETA),
        measure=measure_discrete,
        subject=RIGHT,
        wrongs=(*OFF, Wrong("no gradient enhancement, ε = 0", Factors(epsilon=0.0))),
    ),
    Claim(
        id="proximal-to-flow-order",
        statement=(
            "For smooth K the implicit step converges to the flow at first order in h, for α ≠ γ, ε = 0 and γ = 0 too: "
            "its error at a fixed time is proportional to h, and its limit is the flow."
        ),
        source="derived here",
        hypotheses=(),
        observable=SMOOTH_OBSERVABLE,
        tolerance=SMOOTH_TOLERANCE,
        cases=families(ANY),
        measure=measure_proximal,
        subject=RIGHT,
        wrongs=(*OFF, Wrong("α too large by a relative 1e-6 in the method", Factors(alpha=SMALL))),
    ),
)
