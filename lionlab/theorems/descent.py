"""Theorem 4.1: how much H falls in one step, on average, and how much it can rise at all.

    ΔH ≤ −η(aΔ1 + bΔ2) + (Lη²/2)‖V‖²        and        ΔH ≤ D_f(x⁺;x) ≤ (L/2)‖x⁺−x‖²        (η′V = x⁺−x)

for β1 ≤ β2 and L-smooth f. The standard cases hold steps in which each is an equality up to 1e-9 (f = ±½‖x−C‖²,
K = ‖·‖₁, see `_energy_runs.worst_steps`), which is why a relative error of 1e-6 in L, a, b or D_f must show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ._cases import PARAMETERS, Case
from ._claim import Claim, Measurement, Run, Wrong
from ._energy_runs import SMOOTH, EnergyRun, energy_runs, ordered_cases_of, with_controls
from ._hypotheses import LEDGER, ORDERED_BETAS

SMALL = 1e-6


@dataclass(frozen=True)
class Constants:
    """Factors on L, a and b of the statement; 1 is the theorem."""

    L: float = 1.0
    a: float = 1.0
    b: float = 1.0


def curvature_term(one: EnergyRun) -> np.ndarray:
    """(L/2)‖x⁺−x‖² of every step."""
    dx = np.diff(one.x, axis=0).reshape(len(one.x) - 1, -1)
    return one.case.objective.smoothness / 2 * (dx**2).sum(1)


def rounding(one: EnergyRun) -> np.ndarray:
    """What rounding adds to either side: the ledger's sign allowance, and (d+4)u of each loss remainder's summands."""
    found = one.ledger.sign_allowance + (one.x[0].size + 4) * 2**-53 * curvature_term(one)
    return np.where(found > 0, found, 2**-53)  # a run that rests at 0 has no rounding, and nothing to round


def one_step(one: EnergyRun, constants: Constants) -> np.ndarray:
    """(ΔH + η(aΔ1 + bΔ2) − (L/2)‖Δx‖²) over its rounding."""
    ledger = one.ledger
    decrease = constants.a * ledger.alignment + constants.b * ledger.enhancement
    return (ledger.change - decrease - constants.L * curvature_term(one)) / rounding(one)


def average(one: EnergyRun, constants: Constants) -> np.ndarray:
    """The same summed over the first T steps, for every T: stronger than the theorem, which has inf H for H_T."""
    ledger = one.ledger
    paid = -np.cumsum(constants.a * ledger.alignment + constants.b * ledger.enhancement)
    given = ledger.lyapunov[0] - ledger.lyapunov[1:] + constants.L * np.cumsum(curvature_term(one))
    return (paid - given) / np.cumsum(rounding(one))


def rise(one: EnergyRun, constants: Constants) -> np.ndarray:
    """The worse of (ΔH − D_f) and (D_f − (L/2)‖Δx‖²), over rounding; `a` and `b` scale the two D_f."""
    D_f = one.ledger.loss_remainder
    above = one.ledger.change - constants.a * D_f
    return np.maximum(above, constants.b * D_f - constants.L * curvature_term(one)) / rounding(one)


def measure(
    inequality: Callable[[EnergyRun, Constants], np.ndarray], cases: Sequence[Case], run: Run, subject: Constants
) -> Measurement:
    """The worst excess of an inequality over its rounding, all steps of all runs."""
    cases = with_controls(cases, run, subject == Constants())
    found = [(float(np.max(inequality(one, subject))), one) for one in energy_runs(cases)]
    ratio, one = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    step = int(np.argmax(inequality(one, subject)))
    return Measurement(ratio, 1.0, len(found), {"step": step, "ratio": ratio, **one.case.replay()})


TOLERANCE = (
    "1: an excess is allowed what rounding can make it, the ledger's sign allowance (its rounding bound plus what λx⁺ "
    "may stand outside dom K*) and (d+4)u of (L/2)‖x⁺−x‖²"
)
HYPOTHESES = (*LEDGER, ORDERED_BETAS, SMOOTH)
LOWER_L = Wrong("L too small by a relative 1e-6", Constants(L=1 - SMALL))

CLAIMS = (
    Claim(
        id="one-step-descent",
        statement="For β1 ≤ β2 and L-smooth f, H(x⁺,m⁺) − H(x,m) ≤ −η(aΔ1 + bΔ2) + (Lη²/2)‖V‖² at every step.",
        source="arXiv 2310.05898, Theorem 4.1",
        hypotheses=HYPOTHESES,
        observable="largest excess of the left side over the right, in units of its rounding bound",
        tolerance=TOLERANCE + ".",
        cases=ordered_cases_of,
        measure=partial(measure, one_step),
        subject=Constants(),
        wrongs=(
            LOWER_L,
            Wrong("a too large by a relative 1e-6", Constants(a=1 + SMALL)),
            Wrong("b too large by a relative 1e-6", Constants(b=1 + SMALL)),
            Wrong("the term (Lη²/2)‖V‖² left out", Constants(L=0.0)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="average-descent",
        statement="For β1 ≤ β2 and L-smooth f, (1/T)Σ(aΔ1+bΔ2) ≤ (H_0 − inf H)/(ηT) + (Lη/2)·mean‖V‖², for every T.",
        source="arXiv 2310.05898, Theorem 4.1, average form",
        hypotheses=HYPOTHESES,
        observable="largest excess of ηΣ(aΔ1+bΔ2) over H_0 − H_T + (L/2)Σ‖x⁺−x‖² in units of its rounding bound",
        tolerance=TOLERANCE + ", summed over the steps. With H_T ≥ inf H the sentence measured is the stronger one.",
        cases=ordered_cases_of,
        measure=partial(measure, average),
        subject=Constants(),
        wrongs=(
            LOWER_L,
            Wrong("a too large by a relative 1e-6", Constants(a=1 + SMALL)),
            Wrong("b too large by a relative 1e-6", Constants(b=1 + SMALL)),
            Wrong("the term (Lη/2)·mean‖V‖² left out", Constants(L=0.0)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="bounded-rise",
        statement="For β1 ≤ β2, H rises in a step by at most D_f(x⁺;x), and for L-smooth f by at most (L/2)‖x⁺−x‖².",
        source="arXiv 2310.05898, Theorem 4.1 (the exact form with its signed remainders dropped)",
        hypotheses=HYPOTHESES,
        observable="largest of ΔH − D_f and D_f − (L/2)‖x⁺−x‖², in units of the rounding bound",
        tolerance=TOLERANCE + ".",
        cases=ordered_cases_of,
        measure=partial(measure, rise),
        subject=Constants(),
        wrongs=(
            LOWER_L,
            Wrong("H said never to rise: D_f replaced by 0", Constants(a=0.0)),
            Wrong("D_f too small by a relative 1e-6 as the bound of ΔH", Constants(a=1 - SMALL)),
            Wrong("D_f too large by a relative 1e-6 as the bound of ΔH, where D_f < 0", Constants(a=1 + SMALL)),
            Wrong("D_f too large by a relative 1e-6 against (L/2)‖x⁺−x‖²", Constants(b=1 + SMALL)),
        ),
        parameters=PARAMETERS,
    ),
)
