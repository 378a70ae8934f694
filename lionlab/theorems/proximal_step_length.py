"""The length of the implicit step may grow from step to step, and not shrink: H_h depends on h through c_h alone,

    H_{h′}(x,m) − H_h(x,m) = (c_{h′} − c_h)·[K*(λx) + K(m) − ⟨λx, m⟩],     c_h = (1−εγ)/(1+(ε+h)λ),

and c_h falls as h grows while the bracket, a Fenchel–Young gap, is ≥ 0. So a longer step begins at a lower H, and every
step lowers its own; but where the step is shortened H is raised, by exactly this.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..integration import IntegrationError
from ._cases import KINDS, bowl, shape_for
from ._claim import Claim, Measurement, Run, Wrong
from ._conjugate_samples import evaluation_count
from ._flow_cases import CONSTANTS, FlowBatch, FlowCase, flow_batches, flow_sweep
from ._flow_energy import Formula, Numbers, energy, inner, numbers_of
from ._flow_hypotheses import CONJUGATE_SUBGRADIENT, STARTS_INSIDE
from ._flow_runs import pieces
from ._proximal_runs import (
    CONVEX,
    FINITE_FUNCTION,
    LEAST_AT_ZERO,
    PARAMETERS,
    UNIT,
    grid,
    positive,
    start_inside,
    with_step,
)

# As multiples of the first length; a stretch of equal steps each.
GROWING = (1.0, 10.0, 100.0, 1000.0, 10000.0)
SHRINKING = (1000.0, 1.0)
FIRST, STEPS = 1e-3, 6


def step_weight(numbers: Numbers, h: float) -> float:
    """c_h = (1−εγ)/(1+(ε+h)λ)."""
    return max(1 - numbers.epsilon * numbers.gamma, 0.0) / (1 + (numbers.epsilon + h) * numbers.weight_decay)


@dataclass(frozen=True)
class Lengths:
    """Lengths of the stretches as multiples of the first; c as a function of h; the factor on ⟨λx, m⟩.

    The default is the theorem.
    """

    factors: tuple[float, ...] = GROWING
    weight: Callable[[Numbers, float], float] = step_weight
    coupling: float = 1.0


GROW, SHRINK = Lengths(), Lengths(SHRINKING)


@dataclass(frozen=True)
class Stretch:
    """STEPS steps of length h of one case: states (STEPS+1, …), the library's H_h there, each step's sign allowance."""

    h: float
    x: np.ndarray
    m: np.ndarray
    lyapunov: np.ndarray
    allowance: np.ndarray


@functools.cache
def step_length_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """A convex f, starts inside with a momentum, ε = 0, εγ = 1, γ = 0 and λ = 0 among the constants."""
    found: list[FlowCase] = []
    for label in ("dead zone",) if is_quick else ("dead zone", "nuclear"):
        K = KINDS[label]
        shape, start = shape_for(K), start_inside(K, shape_for(K))
        found += flow_sweep(
            K, bowl(shape), grid(FIRST, STEPS), CONSTANTS, start, seed=6, momentum=3.0, step=FIRST, label=label
        )
    return tuple(found)


def _standard_or_given(run: Run) -> Sequence[FlowCase]:
    return [with_step(step_length_cases(True)[0], run)] if run.parameters else step_length_cases(run.is_quick)


@functools.lru_cache(maxsize=64)
def courses(cases: tuple[FlowCase, ...], factors: tuple[float, ...]) -> list[list[Stretch]] | None:
    """The stretches of every case of one batch, each from where the last ended; None where a step finds no s.

    None also where λx left dom K* by more than rounding, for there is no H there.
    """
    batch, found = FlowBatch(cases), []
    states = {name: np.stack([getattr(case, f"{name}0") for case in cases]) for name in ("x", "m")}
    first = cases[0].step or FIRST
    for factor in factors:
        h = factor * first
        moved = tuple(_moved(case, states["x"][b], states["m"][b], h) for b, case in enumerate(batch.cases))
        try:
            run = FlowBatch(moved).integrate("proximal")
        except IntegrationError:
            return None
        if run.bound is not None or run.ledger is None:
            return None
        allowance = run.ledger.sign_allowance
        found.append([
            Stretch(h, run.x[:, b], run.m[:, b], run.lyapunov[:, b], allowance[:, b]) for b in range(len(cases))
        ])  # fmt: skip
        states = {"x": run.x[-1], "m": run.m[-1]}
    return [list(of_one) for of_one in zip(*found, strict=True)]


def _moved(case: FlowCase, x: np.ndarray, m: np.ndarray, h: float) -> FlowCase:
    return FlowCase(case.label, case.flow, case.objective, x, m, grid(h, STEPS), h)


def with_weight(case: FlowCase, one: Stretch, h: float, subject: Lengths) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """H_h, its bracket, and how much the rounding of two evaluations can make, at every state of a stretch."""
    numbers = numbers_of(case)
    c, p = subject.weight(numbers, h), pieces(case, one.x, one.m)
    H = energy(case, p, one.x, one.m, Formula(c=lambda n: c, coupling=subject.coupling))
    alpha, gamma, _, lam = numbers
    K_star = p.K_star if lam > 0 else np.zeros_like(p.K_star)
    products = lam * inner(np.abs(one.x), np.abs(one.m))
    bracket = K_star + p.K - subject.coupling * lam * inner(one.x, one.m)
    size = alpha * np.abs(p.f) + (gamma / lam if lam > 0 else 0.0) * np.abs(K_star) + np.abs(K_star) + p.K + products
    return H, bracket, 8 * evaluation_count(case.flow.K, case.x0.shape) * UNIT * size


Found = list[tuple[float, str, FlowCase]]


def _runs(cases: Sequence[FlowCase], factors: tuple[float, ...]) -> list[tuple[FlowCase, list[Stretch] | None]]:
    found: list[tuple[FlowCase, list[Stretch] | None]] = []
    for batch in flow_batches(cases):
        stretches = courses(batch.cases, factors)
        found += [(case, stretches[b] if stretches else None) for b, case in enumerate(batch.cases)]
    return found


def _worst(found: Found, cases: Sequence[FlowCase]) -> Measurement:
    ratio, name, case = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(ratio, 1.0, len(cases), {"of": name, "ratio": ratio, **case.replay()})


def measure_growing(cases: Sequence[FlowCase], run: Run, subject: Lengths) -> Measurement:
    """The largest rise of H_h in a step, and where the length changes, over what rounding can make of it."""
    if run.parameters and subject is not GROW:
        cases = [*cases, *step_length_cases(True)]
    found: Found = []
    for case, stretches in _runs(cases, subject.factors):
        if stretches is None:
            found.append((np.nan, "no run", case))
            continue
        end: np.ndarray | None = None
        for one in stretches:
            H, _, rounding = with_weight(case, one, one.h, subject)
            for values in (H, one.lyapunov) if subject is GROW else (H,):
                found.append((float(np.max(np.diff(values) / positive(one.allowance))), f"a step of {one.h:g}", case))
            if end is not None:
                change = np.array([H[0], one.lyapunov[0]]) - end
                rises = change if subject is GROW else change[:1]
                found.append((float(np.max(rises) / positive(rounding[:1])[0]), f"the change to h = {one.h:g}", case))
            end = np.array([H[-1], one.lyapunov[-1]])
    return _worst(found, cases)


def measure_shrinking(cases: Sequence[FlowCase], run: Run, subject: Lengths) -> Measurement:
    """Worst error of (c_{h′} − c_h)·bracket as the change of the library's H_h; and rounding over the rise left.

    The rise left is that of H_{h′} after STEPS steps of h′ over H_h before them, the largest over the cases.
    """
    found: Found = []
    least = (np.inf, "H_h never rises", cases[0])
    for case, stretches in _runs(cases, subject.factors):
        if stretches is None:
            found.append((np.nan, "no run", case))
            continue
        before, after = stretches
        _, bracket, rounding = (array[0] for array in with_weight(case, after, after.h, subject))
        numbers, allowed = numbers_of(case), max(float(rounding), UNIT)
        weights = [subject.weight(numbers, one.h) for one in stretches]
        change = float(after.lyapunov[0] - before.lyapunov[-1])
        predicted = (weights[1] - weights[0]) * float(bracket)
        found.append((abs(change - predicted) / allowed, "the change of H_h", case))
        found.append((-change / allowed, "a fall where h shrinks", case))
        left = float(after.lyapunov[-1] - before.lyapunov[-1])
        share = (allowed + float(np.sum(after.allowance))) / left if left > 0 else np.inf
        least = min(least, (share, "rounding over the rise", case), key=lambda entry: entry[0])
    return _worst([*found, least], cases)


def _growing_weight(numbers: Numbers, h: float) -> float:
    return step_weight(numbers, 0.0) * (1 + h * numbers.weight_decay)


CLAIMS = (
    Claim(
        id="proximal-growing-steps",
        statement=(
            "For convex f, H_h never rises along implicit steps whose length h is constant or grows: not in a step, "
            "with its own h, and not where h gives way to h′ > h, for there H_{h′} − H_h = (c_{h′} − c_h)·[K*(λx) + "
            "K(m) − ⟨λx, m⟩] ≤ 0."
        ),
        source="derived here; the flow's decrease is arXiv 2310.05898, Theorem 3.1",
        hypotheses=(FINITE_FUNCTION, STARTS_INSIDE, CONJUGATE_SUBGRADIENT, LEAST_AT_ZERO, CONVEX),
        observable="largest rise of H_h, in a step or at a change of h, over what rounding can make of it",
        tolerance=(
            "1: in a step the ledger's sign allowance; at a change of h 8C·u of the terms of H, C counting the "
            "roundings of K and K*."
        ),
        cases=_standard_or_given,
        measure=measure_growing,
        subject=GROW,
        wrongs=(
            Wrong("lengths that shrink, from the longest to the shortest", Lengths(GROWING[::-1])),
            Wrong("one length shorter than that before it by a relative 1e-6", Lengths((1.0, 1e3, (1 - 1e-6) * 1e3))),
            Wrong("a c_h that grows with h, (1−εγ)(1+hλ)/(1+ελ)", Lengths(weight=_growing_weight)),
            Wrong("the sign of ⟨λx, m⟩", Lengths(coupling=-1.0)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="proximal-shrinking-steps-fail",
        statement=(
            "Where the implicit step is shortened from h to h′ < h, H does not fall: H_{h′} − H_h = (c_{h′} − c_h)·"
            "[K*(λx) + K(m) − ⟨λx, m⟩] ≥ 0, exactly; in some runs, from h = 1 to 0.001, it rises by more than the six "
            "steps after it take away."
        ),
        source="derived here: c_h = (1−εγ)/(1+(ε+h)λ) falls as h grows, and the bracket is a Fenchel–Young gap",
        hypotheses=(FINITE_FUNCTION, STARTS_INSIDE, CONJUGATE_SUBGRADIENT, LEAST_AT_ZERO, CONVEX),
        observable=(
            "worst error of (c_{h′} − c_h)·bracket and of its sign over rounding; and rounding over the largest rise "
            "that is left after six steps of h′, infinite where none is"
        ),
        tolerance=(
            "1: 8C·u of the terms of H, C counting the roundings of K and K*; for the rise also the sign allowances "
            "of the six steps."
        ),
        cases=lambda run: step_length_cases(run.is_quick),
        measure=measure_shrinking,
        subject=SHRINK,
        wrongs=(
            Wrong("a length that grows, from 0.001 to 1: nothing rises", Lengths(SHRINKING[::-1])),
            Wrong("a length that stays", Lengths((1000.0, 1000.0))),
            Wrong("c_h too large by a relative 1e-6", Lengths(SHRINKING, lambda n, h: (1 + 1e-6) * step_weight(n, h))),
            Wrong("c of the flow, which does not depend on h", Lengths(SHRINKING, lambda n, h: step_weight(n, 0.0))),
            Wrong("the sign of ⟨λx, m⟩", Lengths(SHRINKING, coupling=-1.0)),
        ),
    ),
)
