"""Moreau smoothing, the second route to a nonsmooth K, and what it costs: a bias, by a law known in advance.

K_e = K □ ‖·‖²/(2e) is smooth, and its conjugate K* + (e/2)‖·‖² adds a ridge: the flow of K_e minimises
αf + (γ/λ)[K*(λx) + (e/2)‖λx‖²]. For f = ½Σa_i(x_i − c_i)² and K = ‖·‖₁ the limit is, entry by entry,

    x_i = clip(αa_i c_i/(αa_i + γλe), −1/λ, 1/λ),

so that a sliding coordinate at c is pulled in by a share γλe/(αa + γλe), to first order in e, while one held by the
box is not moved. The implicit step has no such bias: it rests at e = 0.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import L1Norm, MoreauEnvelope
from ..dynamics import LionKFlow
from ..integration import FlowSolution, integrate, integrate_batch
from ..integration._adaptive import KINKS_UNSEEN
from ._cases import RippledBowl
from ._claim import Claim, Measurement, Run, Wrong
from ._proximal_runs import UNIT

SMOOTHINGS = (1.0, 0.1, 0.01)
HALF, END = 30.0, 60.0
RTOL, ATOL = 1e-10, 1e-12
CURVATURE, CENTER = np.array([1.0, 3.0]), np.array([0.3, -4.0])

Constants = tuple[float, float, float, float]
OWN, OTHER = (1.0, 1.0, 0.5, 1.0), (2.0, 0.5, 0.5, 0.8)


@dataclass(frozen=True)
class Smoothed:
    """The flows of K_e for every smoothing e, and the implicit step of K itself, all from (0, 0)."""

    constants: Constants
    smoothings: tuple[float, ...] = SMOOTHINGS


def smoothed_limit(constants: Constants, smoothing: float) -> np.ndarray:
    """Where the flow of K_e rests."""
    alpha, gamma, _, lam = constants
    pulled = alpha * CURVATURE * CENTER / (alpha * CURVATURE + gamma * lam * smoothing)
    return np.clip(pulled, -1 / lam, 1 / lam)


def first_order_limit(constants: Constants, smoothing: float) -> np.ndarray:
    """The same with the share γλe/(αa) pulled in, its first order in e."""
    alpha, gamma, _, lam = constants
    return np.clip(CENTER * (1 - gamma * lam * smoothing / (alpha * CURVATURE)), -1 / lam, 1 / lam)


@functools.lru_cache(maxsize=8)
def smoothed_flows(case: Smoothed) -> FlowSolution:
    """The flows at times 0, 30 and 60, one run for every smoothing."""
    flows = [LionKFlow(MoreauEnvelope(L1Norm(), e), *case.constants) for e in case.smoothings]
    start = np.zeros((len(flows), 2))
    return integrate_batch(flows, _loss(), start, start, [0.0, HALF, END], "tsit5", rtol=RTOL, atol=ATOL)


@functools.lru_cache(maxsize=8)
def implicit_flow(constants: Constants) -> FlowSolution:
    """The implicit step at times 0, 30 and 60."""
    flow, start = LionKFlow(L1Norm(), *constants), np.zeros(2)
    return integrate(flow, _loss(), start, start, np.array([0.0, HALF, END]), "proximal", step=0.1)


def _loss() -> RippledBowl:
    return RippledBowl(np.diag(CURVATURE), CENTER, np.asarray(0.0))


Law = Callable[[Constants, float], np.ndarray]


def measure(cases: Sequence[Smoothed], run: Run, subject: Law) -> Measurement:
    """Worst of |limit − law| over its accuracy, for the smoothed flows, and for the implicit step with e = 0."""
    found: list[tuple[float, dict[str, object]]] = []
    for case in cases:
        flows, implicit = smoothed_flows(case), implicit_flow(case.constants)
        for b, e in enumerate(case.smoothings):
            law = subject(case.constants, e)
            # What is left of the transient, and the tolerated error of every step, none of which a flow at rest grows.
            left = _remaining(flows.x[1, b], flows.x[2, b], smoothed_limit(case.constants, e), case.constants, e)
            steps = float(np.asarray(flows.num_steps)[b])
            accuracy = left + steps * np.sqrt(5.0) * (ATOL + RTOL * float(np.linalg.norm(law))) / KINKS_UNSEEN
            found.append(_compared(flows.x[2, b], law, accuracy, case.constants, e))
        law = subject(case.constants, 0.0)
        lam, h = case.constants[3], 0.1
        left = (1 + h * lam) ** -round((END - HALF) / h) * float(np.linalg.norm(implicit.x[1] - law))
        found.append(_compared(implicit.x[2], law, 2 * left + 1e4 * UNIT, case.constants, 0.0))
    ratio, where = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **where})


def _remaining(half: np.ndarray, end: np.ndarray, limit: np.ndarray, constants: Constants, e: float) -> float:
    """The error at HALF times the slowest decay of either coordinate near its limit since, twice for the two modes."""
    alpha, gamma, epsilon, lam = constants
    rates = [lam]
    for a in CURVATURE:
        # ẋ = ((1−εγ)m − εαax)/e − λx, ṁ = −αax − γm.
        matrix = np.array([[-epsilon * alpha * a / e - lam, (1 - epsilon * gamma) / e], [-alpha * a, -gamma]])
        rates.append(-float(np.linalg.eigvals(matrix).real.max()))
    return 2 * float(np.exp(-min(rates) * (END - HALF)) * np.linalg.norm(half - limit))


def _compared(
    x: np.ndarray, law: np.ndarray, accuracy: float, constants: Constants, e: float
) -> tuple[float, dict[str, object]]:
    where = {"smoothing": e, "limit": x.tolist(), "law": law.tolist(), "accuracy": accuracy, "α, γ, ε, λ": constants}
    return float(np.linalg.norm(x - law)) / accuracy, where


CLAIMS = (
    Claim(
        id="moreau-bias",
        statement=(
            "The flow of the Moreau envelope K_e rests at the minimiser of αf + (γ/λ)[K*(λx) + (e/2)‖λx‖²]: a sliding "
            "coordinate of K = ‖·‖₁ with optimum c at αac/(αa + γλe), c = 0.3 at 0.2727 for e = 1/10, one held by the "
            "box where it was; the implicit step of K itself rests at c."
        ),
        source="derived here, with K_e* = K* + (e/2)‖·‖²: Bauschke & Combettes, Convex Analysis, §12.4",
        hypotheses=(),
        observable="largest distance from the law of where a flow rests, in units of how well that is known",
        tolerance=(
            "1: twice the distance halfway shrunk by the slowest eigenvalue of the flow near rest, and the tolerated "
            "error √5(atol + rtol‖x‖)/54, rtol 1e-10, of every step of the solver, which works 54 times finer where "
            "∇K has kinks."
        ),
        cases=lambda run: [Smoothed(OWN)] if run.is_quick else [Smoothed(OWN), Smoothed(OTHER)],
        measure=measure,
        subject=smoothed_limit,
        wrongs=(
            Wrong("no bias", lambda constants, e: smoothed_limit(constants, 0.0)),
            Wrong("the bias to first order in e only", first_order_limit),
            Wrong("e too large by a relative 1e-6", lambda constants, e: smoothed_limit(constants, (1 + 1e-6) * e)),
            Wrong("a ridge (e/4)‖λx‖², half as heavy", lambda k, e: smoothed_limit(k, e / 2)),
        ),
    ),
)
