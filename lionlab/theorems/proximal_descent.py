"""The implicit step lowers H_h at every step, of any length, if f is convex; and by how little it can fail if not.

    H_h(x⁺,m⁺) − H_h(x,m) ≤ −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ ≤ 0               f convex
    H_h(x⁺,m⁺) − H_h(x,m) ≤ the same + (αρ/2)‖x⁺−x‖²                        f ρ-weakly convex (f + (ρ/2)‖·‖² is convex)

Both are equalities where every remainder vanishes (K = ‖·‖₁, and f linear or f = −(ρ/2)‖x−C‖²), which is why relative
errors of 1e-6 in their constants must show.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from ..convex import DeadzoneL1
from ._cases import KINDS, RippledBowl, bowl, nonconvex_bowl, shape_for
from ._claim import Claim, Measurement, Run, Wrong
from ._flow_cases import CONSTANTS, FlowCase, flow_sweep
from ._plain_proximal import ProximalRecipe, pieces, plain_ledger
from ._proximal_runs import (
    CONVEX,
    FINITE_FUNCTION,
    LEAST_AT_ZERO,
    PARAMETERS,
    UNIT,
    ProximalRun,
    cases_of,
    grid,
    positive,
    proximal_runs,
    start_inside,
    with_controls,
)
from .proximal_ledger import worst_ratio

SMALL = 1 + 1e-6
THEOREM = ProximalRecipe()


def measure_descent(cases: Sequence[FlowCase], run: Run, subject: ProximalRecipe) -> Measurement:
    """Worst excess of ΔH_h over its bound, and of ΔH_h over 0, in units of the sign allowance."""
    cases = with_controls(cases, run, subject is THEOREM, is_convex=True)
    found: list[tuple[float, str, ProximalRun]] = []
    for one in proximal_runs(cases):
        allowance = positive(one.ledger.sign_allowance)
        terms = plain_ledger(one, *pieces(one), subject)
        decrease = terms["alignment"] + terms["enhancement"]
        found.append((float(np.max((terms["change"] - decrease) / allowance)), "ΔH_h − decrease", one))
        found.append((float(np.max(terms["change"] / allowance)), "ΔH_h", one))
        if subject is THEOREM:
            found.append((float(np.max(one.ledger.change / allowance)), "ΔH_h of the library", one))
    return worst_ratio(found)


@dataclass(frozen=True)
class Slack:
    """The slack (αρ/2)‖x⁺−x‖² times `factor`; `forgets_alpha` leaves α out."""

    factor: float = 1.0
    forgets_alpha: bool = False


def weak_convexity(objective: RippledBowl) -> float:
    """ρ = max(0, |h| − λ_min(A)): the Hessian A + h·diag(cos x) is at least λ_min(A) − |h|."""
    return max(0.0, float(np.abs(objective.height) - np.linalg.eigvalsh(objective.matrix).min()))


def measure_slack(cases: Sequence[FlowCase], run: Run, subject: Slack) -> Measurement:
    """Worst excess of ΔH_h over decrease + (αρ/2)‖x⁺−x‖² in units of its allowance."""
    cases = with_controls(cases, replace(run, parameters={}), subject == Slack())
    found: list[tuple[float, str, ProximalRun]] = []
    for one in proximal_runs(cases):
        alpha: float = 1.0 if subject.forgets_alpha else one.case.flow.alpha  # type: ignore[assignment]
        squares = (np.diff(one.x, axis=0).reshape(len(one.x) - 1, -1) ** 2).sum(1)
        slack = subject.factor * alpha * weak_convexity(one.case.objective) / 2 * squares
        ledger = one.ledger
        excess = ledger.change - ledger.alignment - ledger.enhancement - slack
        # Evaluating the slack itself: ρ from an eigenvalue solve of backward error 10d·u, and d+6 roundings of it.
        d = one.x[0].size
        allowance = positive(ledger.sign_allowance + (11 * d + 6) * UNIT * slack)
        found.append((float(np.max(excess / allowance)), "ΔH_h − decrease − slack", one))
    return worst_ratio(found)


# With λ = 0 a concave f is unbounded below, and a step may have no solution.
DECAYING = (*CONSTANTS[:4], (1.5, 2.0, 0.25, 1.5))


@cache
def weakly_convex_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """Rippled bowls, and bowls upside down, whose slack is used up: K = ‖·‖₁, written as a dead zone of 0; nuclear."""
    cases: list[FlowCase] = []
    kinds = {"‖·‖₁": DeadzoneL1(0.0)} if is_quick else {"‖·‖₁": DeadzoneL1(0.0), "nuclear": KINDS["nuclear"]}
    for label, K in kinds.items():
        shape = shape_for(K)
        hill = RippledBowl(-0.5 * np.eye(shape[0]), bowl(shape).center, np.asarray(0.0))
        for name, f in (("nonconvex", nonconvex_bowl(shape)), ("upside down", hill)):
            for step in (0.1, 1.0, 10.0):
                cases += flow_sweep(
                    K, f, grid(step), DECAYING, start=start_inside(K, shape), seed=4, momentum=1.0, step=step,
                    label=f"{label}, f {name}, h={step}",
                )  # fmt: skip
    return tuple(cases)


def _decaying(run: Run) -> Sequence[FlowCase]:
    return weakly_convex_cases(run.is_quick)


TOLERANCE = (
    "1: an excess is allowed what rounding and the certified inclusion s ∈ ∂K(m̃⁺+e) can make it, the ledger's sign "
    "allowance"
)

CLAIMS = (
    Claim(
        id="proximal-descent",
        statement=(
            "For convex f the implicit step lowers H_h at every step, whatever its length h > 0: H_h(x⁺,m⁺) − H_h(x,m) "
            "≤ −h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2] ≤ 0, inside the constraint set and, with H_M, from outside it."
        ),
        source="derived here; the flow's decrease is arXiv 2310.05898, Theorem 3.1",
        hypotheses=(FINITE_FUNCTION, LEAST_AT_ZERO, CONVEX),
        observable="largest excess of ΔH_h over −h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2], or over 0, in units of its allowance",
        tolerance=TOLERANCE + ".",
        cases=partial(cases_of, is_convex=True),
        measure=measure_descent,
        subject=THEOREM,
        wrongs=(
            Wrong("γ + c_hλ too large by a relative 1e-6", ProximalRecipe(a=SMALL)),
            Wrong("c_h/ε of the second term too large by a relative 1e-6", ProximalRecipe(second=SMALL)),
            Wrong("h too large by a relative 1e-6", ProximalRecipe(h=SMALL)),
            Wrong("c_h too small by a relative 1e-6", ProximalRecipe(c=1 - 1e-6)),
            Wrong("c of the flow in place of c_h", ProximalRecipe(is_flow=True)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="proximal-weakly-convex",
        statement=(
            "For ρ-weakly convex f the implicit step may raise H_h, by at most (αρ/2)‖x⁺−x‖² more than "
            "−h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2], and f = −(ρ/2)‖x−C‖² uses all of it."
        ),
        source="derived here",
        hypotheses=(FINITE_FUNCTION,),
        observable="largest excess of ΔH_h over its decrease and (αρ/2)‖x⁺−x‖², in units of its allowance",
        tolerance=TOLERANCE + ", and (11d+6)u of the slack.",
        cases=_decaying,
        measure=measure_slack,
        subject=Slack(),
        wrongs=(
            Wrong("no slack, as for convex f", Slack(0.0)),
            Wrong("ρ too small by a relative 1e-6", Slack(1 - 1e-6)),
            Wrong("(αρ/4)‖x⁺−x‖²", Slack(0.5)),
            Wrong("(ρ/2)‖x⁺−x‖², α left out", Slack(forgets_alpha=True)),
        ),
    ),
)
