"""A Lyapunov function for every pair of betas, β1 > β2 included, measured on runs.

    H = f + K*(λx)/λ + (β1/2L)‖m + ∇f(x)‖²,       H(x⁺,m⁺) − H(x,m) ≤ L(½ + β1/(1−β2)) ‖x⁺−x‖²

The momentum's error m + ∇f(x) takes the place of the bracket. The standard cases hold first steps on which this is an
equality up to 1e-9 (`worst_steps`): a relative error of 1e-6 in the constant must show.
"""

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._bowls import RippledBowl
from ._cases import DECAYS, KINDS, ORDERED_BETAS, PARAMETERS, RATES, REVERSED_BETAS, VECTOR, Case, sweep
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._energy_runs import SMOOTH, EnergyRun, energy_cases, energy_runs, pieces_of, second_route
from ._energy_runs import cases_of as energy_cases_of
from ._hypotheses import (
    BELOW_ONE,
    CONJUGATE_SUBGRADIENT,
    CONSTANT_STEP,
    FINITE_FUNCTION,
    LEAST_AT_ZERO,
    STARTS_INSIDE,
)
from ._plain_ledger import inner

SMALL = 1e-6
UNIT = 2.0**-53


@dataclass(frozen=True)
class Factors:
    """Factors on K*(λx)/λ, on the square, on ½ and on β1/(1−β2) of the constant; 1 is the theorem."""

    penalty: float = 1.0
    square: float = 1.0
    half: float = 1.0
    rest: float = 1.0


THEOREM = Factors()


def worst_steps(decay: str, square: float = 1.0) -> list[Case]:
    """First steps on K = ‖·‖₁ that need all of the constant for the weight `square`·β1/2L of the square.

    f = ½‖x‖², and in every coordinate m̃⁺ = δ > 0, so that u = 1 and x⁺−x = p = η′(1 − λx0). x0 and m0 make m0 + ∇f(x0)
    = t·p, which is x0 = β1tp − δ and lies in the box. Where r = `square`·β1/2, the rise is largest at
    t = (β1 + 2rβ2)/(2r(1−β2²)), which is 1/(1−β2) for `square` = 1.
    """
    found = []
    # A loss of its own for each square: so many cases run in the batches that other claims have compiled.
    bowl = RippledBowl(np.eye(*VECTOR), np.zeros(VECTOR), np.asarray(0.0))
    for one in sweep(KINDS["‖·‖₁"], bowl, decay, RATES, ORDERED_BETAS + REVERSED_BETAS):
        beta1, beta2, eta, lam = (getattr(one.method, name) for name in ("beta1", "beta2", "step_size", "weight_decay"))
        if beta1 == 0:
            continue
        eta = eta if decay == "explicit" else eta / (1 + eta * lam)
        r = square * beta1 / 2
        t = (beta1 + 2 * r * beta2) / (2 * r * (1 - beta2**2))
        look_ahead = 1e-9 * eta
        x = (beta1 * t * eta - look_ahead) / (1 + beta1 * t * eta * lam)
        m = t * eta * (1 - lam * x) - x
        label = f"‖·‖₁, worst step for {square}·β1/2L, η={eta}, λ={lam}, β=({beta1}, {beta2}), {decay}"
        found.append(dataclasses.replace(one, label=label, x0=np.full(VECTOR, x), m0=np.full(VECTOR, m)))
    return found


@functools.cache
def standard_cases(is_quick: bool) -> tuple[Case, ...]:
    """The runs of the ledger, all betas, and the worst steps: for the theorem's square, and for others."""
    worst = [one for decay in DECAYS for square in (1.0, 0.5, 2.0) for one in worst_steps(decay, square)]
    return (*second_route(energy_cases(is_quick)), *worst)


def cases(run: Run) -> Sequence[Case]:
    """The standard cases, or the user's own."""
    return energy_cases_of(run) if run.parameters else standard_cases(run.is_quick)


def excess(one: EnergyRun, factors: Factors) -> np.ndarray:
    """(ΔH − L(½ + β1/(1−β2))‖x⁺−x‖²) over its rounding bound, of every step but the last, whose ∇f(x⁺) is not kept."""
    method, L = one.case.method, float(one.case.objective.smoothness)
    lam, found, g = method.weight_decay, pieces_of(one), one.gradient
    r = factors.square * method.beta1 / (2 * L)
    sigma = L * (factors.half / 2 + factors.rest * method.beta1 / (1 - method.beta2))
    s = one.m[:-1] + g
    penalty = factors.penalty / lam if lam > 0 else 0.0
    H = found.f[:-1] + penalty * found.K_star[:-1] + r * inner(s, s)
    move = np.diff(one.x, axis=0)[:-1]
    return (np.diff(H) - sigma * inner(move, move)) / rounding(one, s, move)


def rounding(one: EnergyRun, s: np.ndarray, move: np.ndarray) -> np.ndarray:
    """What rounding can add to ΔH − σ‖x⁺−x‖².

    f, K* and what the stored step does to their inequalities are in the ledger's sign allowance, whose H has them with
    weights at least as large. The square adds ‖s⁺‖² − ‖s‖², s = m + ∇f(x) rounded in its (d+4)-term sums with d entries
    of ∇f, and ‖∇f(x⁺) − ∇f(x)‖ ≤ L‖x⁺−x‖ up to the same.
    """
    method, L, d = one.case.method, float(one.case.objective.smoothness), one.x[0].size
    size = np.abs(one.m[:-1]) + np.abs(one.gradient) + L * np.abs(one.x[:-1])
    own = np.sqrt(inner(size, size))
    errors = (d + 8) * UNIT * (own[1:] + own[:-1])
    lengths = np.sqrt(inner(s, s))
    r, sigma = method.beta1 / (2 * L), L * (0.5 + method.beta1 / (1 - method.beta2))
    squares = 4 * r * errors * (lengths[1:] + lengths[:-1] + errors)
    x_size = np.abs(one.x[1:-1]) + np.abs(one.x[:-2])
    moves = (d + 8) * UNIT * sigma * (2 * inner(np.abs(move), x_size) + inner(move, move))
    total = one.ledger.sign_allowance[:-1] + squares + moves
    return np.where(total > 0, total, UNIT)  # a run that rests at 0 has no rounding, and nothing to round


def measure(cases: Sequence[Case], run: Run, subject: Factors) -> Measurement:
    """The largest excess over its rounding of all steps; a wrong beside a user's case has standard ones too."""
    if run.parameters and subject != THEOREM:
        cases = [*cases, *standard_cases(True)]
    found = [(float(np.max(excess(one, subject))), one) for one in energy_runs(cases)]
    ratio, one = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    step = int(np.argmax(excess(one, subject)))
    return Measurement(ratio, 1.0, len(found), {"step": step, "ratio": ratio, **one.case.replay()})


def _forgets(case: Case) -> str | None:
    beta2 = case.method.beta2
    return None if beta2 < 1 else f"β2 = {beta2:g}: the momentum must forget, β2 < 1, or its error never shrinks."


def _has_steps(case: Case) -> str | None:
    return None if case.num_steps > 1 else "one step: ∇f(x⁺) is known only where another step follows."


CLAIMS = (
    Claim(
        id="any-beta-lyapunov",
        statement=(
            "For all β1, β2 < 1, β1 > β2 included, H = f + K*(λx)/λ + (β1/2L)‖m+∇f(x)‖² rises in a step by at most "
            "L(½ + β1/(1−β2))‖x⁺−x‖², for every convex K and L-smooth f; some steps rise by all of it."
        ),
        source="derived here, beyond arXiv 2310.05898, Theorem 4.1, which needs β1 ≤ β2",
        hypotheses=(
            FINITE_FUNCTION, STARTS_INSIDE, CONJUGATE_SUBGRADIENT, BELOW_ONE, LEAST_AT_ZERO, CONSTANT_STEP, SMOOTH,
            Hypothesis("β2 < 1", _forgets), Hypothesis("two steps or more", _has_steps),
        ),
        observable="largest excess of ΔH over L(½ + β1/(1−β2))‖x⁺−x‖², in units of its rounding bound",
        tolerance=(
            "1: an excess is allowed what rounding can make it, the ledger's sign allowance and (d+8)u of the sums "
            "that ‖m+∇f‖² and ‖x⁺−x‖² are made of, each to first order."
        ),
        cases=cases,
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("the constant too small by a relative 1e-6", Factors(half=1 - SMALL, rest=1 - SMALL)),
            Wrong("L/2, as for β1 ≤ β2 with the bracket", Factors(rest=0.0)),
            Wrong("Lβ1/(1−β2), without the half", Factors(half=0.0)),
            Wrong("no square", Factors(square=0.0)),
            Wrong("a square of half the weight", Factors(square=0.5)),
            Wrong("a square of twice the weight", Factors(square=2.0)),
            Wrong("K* without 1/λ", Factors(penalty=0.0)),
        ),
        parameters=PARAMETERS,
    ),
)  # fmt: skip
