"""The balance law of the flow, H(t) + ∫[(γ+cλ)Δ1 + cΔ2]ds = H(0), as a conservation law that a solver must keep.

The integral is one more state of the same solve, so that what is left over is the solver's error alone: it must shrink
with the tolerance, and with the step at the order of the method where the right-hand side is smooth.
"""

import dataclasses
import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import ConvexFunction, Huber, LogCosh, PseudoHuber
from ..integration import integrate_batch
from ._cases import bowl
from ._claim import Claim, Measurement, Run, Wrong, worst
from ._flow_cases import PARAMETERS, FlowBatch, FlowCase, flow_batches, flow_sweep, standard_or_given
from ._flow_energy import THEOREM, Formula, bracket_weight, energy, rates
from ._flow_hypotheses import ENERGY
from ._flow_runs import TIGHT, FlowRun, failures, flow_runs, inside_cases, is_analytic, pieces, start_inside

TOLERANCES = (1e-5, 1e-8, TIGHT)
# A run of T = 5 takes 70 to 400 steps; each may err by a few tolerances, times the slope of H.
SHARE = 1e3
# From one tolerance to the next, a thousand times finer. Over a kink the order is lower than the method's.
LEAST_GAIN = {True: 100.0, False: 10.0}


@dataclass(frozen=True)
class Account:
    """H by a formula, and a factor on the dissipation integrated with the state."""

    formula: Formula = THEOREM
    dissipation: float = 1.0


LIBRARY = Account()


def residual(one: FlowRun, account: Account) -> float:
    """max_t |H(t) + dissipated(t) − H(0)|: the solver's own for the right account, else computed from its states."""
    if account is LIBRARY:
        return float(np.max(np.abs(one.residual)))
    H = energy(one.case, pieces(one.case, one.x, one.m, one.bound), one.x, one.m, account.formula)
    return float(np.max(np.abs(H + account.dissipation * one.dissipated - H[0])))


def measure(cases: Sequence[FlowCase], run: Run, subject: Account) -> Measurement:
    """Worst of the residual over 1000·tol at three tolerances, and of how little it shrinks between them."""
    if subject is not LIBRARY and run.parameters:
        cases = [*cases, *inside_cases(True)]
    by_tolerance = [flow_runs(cases, tolerance) for tolerance in TOLERANCES]
    found = np.array([[residual(one, subject) for one in runs] for runs in by_tolerance])
    allowed = np.broadcast_to(SHARE * np.array(TOLERANCES)[:, None], found.shape)
    if run.parameters:  # a user's run may take more steps, and its H be steeper, than 1000 tolerances provide for
        allowed = np.maximum(allowed, [[one.admitted for one in runs] for runs in by_tolerance])
    ratios = found / allowed
    where = int(np.argmax(np.max(np.where(np.isnan(ratios), np.inf, ratios), axis=0)))
    told = {"residuals": found[:, where].tolist(), "tolerances": TOLERANCES, **cases[where].replay()}
    measured = [Measurement(float(np.max(ratios)), 1.0, len(cases), told)]
    if subject is LIBRARY and not run.parameters:
        measured.append(_ordered(cases, found))
    told_failures = failures([one for runs in by_tolerance for one in runs])
    return dataclasses.replace(worst(measured), cases=len(cases), note=told_failures)


def _ordered(cases: Sequence[FlowCase], found: np.ndarray) -> Measurement:
    """The largest ratio of a residual, worst of a kind of K, to that at the tolerance before, in units of the least."""
    gains = []
    for smooth, least in LEAST_GAIN.items():
        for name in {type(case.flow.K).__name__ for case in cases if is_analytic(case.flow.K) == smooth}:
            of_kind = [type(case.flow.K).__name__ == name for case in cases]
            largest = np.max(found[:, of_kind], axis=1)
            gains += [(float(after / before * least), name) for before, after in itertools.pairwise(largest)]
    measured, name = max(gains, key=lambda gain: np.inf if np.isnan(gain[0]) else gain[0])
    return Measurement(measured, 1.0, len(cases), {"residual shrinks too little with the tolerance": name})


# Constants, and shapes of K, under which the solutions are smooth on the scale of the longest step, T/64.
MILD = ((1.0, 1.0, 0.5, 0.5), (0.5, 0.5, 0.0, 0.3), (1.0, 0.5, 1.0, 0.2), (0.7, 0.0, 0.4, 0.5))
GENTLE: dict[str, ConvexFunction] = {"log cosh": LogCosh(1.0), "pseudo-Huber": PseudoHuber(1.0), "Huber": Huber(0.5)}
DURATION, STEPS_PER_CALL, CALLS = 4.0, 32, (2, 4, 8, 16)
# By regression over three halvings; a run with kinks jumps, as its error depends on where in a step a kink falls.
WITHIN = {True: 0.1, False: 0.75}


@dataclass(frozen=True)
class Order:
    """The order of the Runge–Kutta account where ∇K is smooth and where it has kinks; H by a formula."""

    smooth: float = 4.0
    kinked: float = 2.0
    formula: Formula = THEOREM
    is_trapezoidal: bool = False  # the dissipation summed from the saved states, not integrated with them


RUNGE_KUTTA = Order()


@functools.cache
def order_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """Sixteen runs of T = 4 for each K."""
    found: list[FlowCase] = []
    for label in ("log cosh", "Huber") if is_quick else GENTLE:
        K, times = GENTLE[label], np.linspace(0, DURATION, STEPS_PER_CALL + 1)
        for seed in range(4):
            found += flow_sweep(K, ORDER_BOWL, times, MILD, start_inside(K, (4,)), seed, label, 1.0)
    return tuple(found)


ORDER_BOWL = bowl((4,))


@functools.lru_cache(maxsize=64)
def _course(batch: FlowBatch, calls: int) -> tuple[np.ndarray, ...]:
    """(states x and m (n, B, …), dissipated (n, B)) of rk4 in 32·`calls` steps, in as many calls of one compilation."""
    x, m = (np.stack([getattr(one, name) for one in batch.cases]) for name in ("x0", "m0"))
    parts: list[tuple[np.ndarray, ...]] = [(x[None], m[None], np.zeros((1, len(x))))]
    for call in range(calls):
        times = np.linspace(call, call + 1, STEPS_PER_CALL + 1) * (DURATION / calls)
        longest = float(np.diff(times).max())
        solved = integrate_batch(batch.flows, batch.cases[0].objective, x, m, times, "rk4", step=longest)
        x, m = solved.x[-1], solved.m[-1]
        parts.append((solved.x[1:], solved.m[1:], parts[-1][2][-1] + solved.dissipated[1:]))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def closing_errors(batch: FlowBatch, subject: Order) -> np.ndarray:
    """|H(T) + dissipated(T) − H(0)| of every run, for every number of steps: (len(CALLS), B)."""
    rows: list[list[float]] = []
    for calls in CALLS:
        x, m, dissipated = _course(batch, calls)
        rows.append([])
        for b, case in enumerate(batch.cases):
            ends = x[[0, -1], b], m[[0, -1], b]
            H = energy(case, pieces(case, *ends), *ends, subject.formula)
            spent = dissipated[-1, b] if not subject.is_trapezoidal else _by_trapezoids(case, x[:, b], m[:, b])
            rows[-1].append(abs(H[1] + spent - H[0]))
    return np.array(rows)


def _by_trapezoids(case: FlowCase, x: np.ndarray, m: np.ndarray) -> float:
    def total(x: np.ndarray, m: np.ndarray) -> np.ndarray:
        return rates(case, pieces(case, x, m), x, m).sum(0)

    # In parts of one length, which is one compilation.
    parts = [slice(start, start + STEPS_PER_CALL) for start in range(1, len(x), STEPS_PER_CALL)]
    inside = sum(float(np.sum(total(x[part], m[part]))) for part in parts)
    first, last = total(x[[0, -1]], m[[0, -1]])
    return (inside + (first - last) / 2) * DURATION / (len(x) - 1)


def measure_order(cases: Sequence[FlowCase], run: Run, subject: Order) -> Measurement:
    """The worst deviation of an order, fitted to the mean error over the runs of a K, in units of what is allowed."""
    steps = np.log(DURATION / STEPS_PER_CALL / np.array(CALLS))
    found, notes = [], []
    for batch in flow_batches(cases):
        K = batch.cases[0].flow.K
        mean = np.mean(closing_errors(batch, subject), axis=1)
        order = float(np.polyfit(steps, np.log(mean), 1)[0]) if np.all(mean > 0) else np.nan
        expected = subject.smooth if is_analytic(K) else subject.kinked
        measured = abs(order - expected) / WITHIN[is_analytic(K)]
        found.append(Measurement(measured, 1.0, len(batch.cases), {"K": repr(K), "order": order, "errors": mean}))
        notes.append(f"{K!r}: order {order:.2f}.")
    return dataclasses.replace(worst(found), note=" ".join(notes) if subject is RUNGE_KUTTA else "")


CLAIMS = (
    Claim(
        id="flow-balance",
        statement=(
            "Along the flow with smooth K, for every f, convex or not, H(t) + ∫[(γ+cλ)Δ1 + cΔ2]ds = H(0); integrated "
            "with the state it closes up to the solver's error, at most 1e-8 at rtol = atol = 1e-11, Huber and Moreau "
            "envelopes included, and the error shrinks with the tolerance."
        ),
        source="arXiv 2310.05898, Theorem 3.1, integrated; the identity is derived here",
        hypotheses=ENERGY,
        observable=(
            "largest |balance residual| over 1000·tol at the tolerances 1e-5, 1e-8 and 1e-11; and, for the worst run "
            "of a kind, how little it shrinks from one to the next, against the least gain asked, 100 (10 with kinks)"
        ),
        tolerance=(
            "1: 70 to 400 steps, each allowed the tolerance in the root mean square of 2d+1 states and multiplied by "
            "the slope of H, make up 1000 tolerances. Where ∇K has kinks the solver itself works 54 times as finely, "
            "that being how much of a kink's error its estimate may miss. No floor for rounding is needed. For a "
            "case of the user's, if larger: steps times √(2d+1)·tol·(1 + size) in x, m and the dissipation, times the "
            "slopes of H."
        ),
        cases=lambda run: standard_or_given(run, lambda: inside_cases(run.is_quick)),
        measure=measure,
        subject=LIBRARY,
        wrongs=(
            Wrong("c too large by a relative 1e-6", Account(Formula(c=lambda n: (1 + 1e-6) * bracket_weight(n)))),
            Wrong("c = 1−εγ, without the division by 1+ελ", Account(Formula(c=lambda n: 1 - n.epsilon * n.gamma))),
            Wrong("γ/λ + c too large by a relative 1e-6", Account(Formula(penalty=1 + 1e-6))),
            Wrong("the sign of ⟨λx, m⟩", Account(Formula(coupling=-1.0))),
            Wrong("a dissipation too large by a relative 1e-6", Account(dissipation=1 + 1e-6)),
            Wrong("f in place of αf, off by a relative 1e-6", Account(Formula(loss=1 - 1e-6))),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="flow-balance-order",
        statement=(
            "With the Runge–Kutta method of step h the balance closes at order 4 for log cosh and √(z²+e²); for Huber, "
            "whose ∇K has kinks, each kink costs O(h²) and the order is 2 on average over runs, and irregular."
        ),
        source="derived here: the method's order, and the quadrature error of a slope with a kink inside a step",
        hypotheses=(),
        observable=(
            "|fitted order − 4| in units of 0.1, for Huber |fitted order − 2| in units of 0.75: the log of the mean "
            "error of 16 runs at T = 4, fitted over 64 to 512 steps"
        ),
        tolerance=(
            "1: the next power of h at h = 1/16 bends the order of a smooth account by less than 0.1; an error of "
            "random size C·h², C from the place of a kink in a step, scatters a fit over a factor 8 in h by up to 0.75."
        ),
        cases=lambda run: order_cases(run.is_quick),
        measure=measure_order,
        subject=RUNGE_KUTTA,
        wrongs=(
            Wrong("order 5 said of the smooth account", Order(smooth=5.0)),
            Wrong("order 4 said of Huber", Order(kinked=4.0)),
            Wrong(
                "c too large by a relative 1e-6, an error that no step cures",
                Order(formula=Formula(c=lambda n: (1 + 1e-6) * bracket_weight(n))),
            ),
            Wrong("the dissipation summed by trapezoids instead of integrated", Order(is_trapezoidal=True)),
        ),
    ),
)
