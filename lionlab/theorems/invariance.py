"""Inside stays inside: dom K* is invariant for ηλ ≤ 1, from the boundary itself and whatever the gradients do."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from ._cases import PARAMETERS, Case, standard_or_given
from ._claim import Claim, Measurement, Run, Wrong
from ._hypotheses import CONSTANT_STEP, DECAYS, STARTS_INSIDE
from ._pushed_runs import PushedRun, Scenario, evaluation_count, pushed_cases, pushed_runs, worst_of

UNIT = 2.0**-53


def excess(scenario: Scenario, one: PushedRun) -> float:
    """The largest distance to dom K* over u(1 + C + 3/(ηλ))‖λx‖, C the roundings of ∇K and of a projection."""
    contraction = min(one.contraction, 1.0)
    d = one.distance_to_smaller if scenario.is_smaller_set else one.distance
    allowance = UNIT * (1 + 2 * evaluation_count(one) + 3 / contraction) * one.size
    return float(np.max(d / np.where(allowance > 0, allowance, UNIT)))


def measure(cases: Sequence[Case], run: Run, subject: Scenario) -> Measurement:
    """The worst excess over all runs, random and adversarial."""
    if subject != Scenario():
        # A wrong is looked for where dom K* is a box, beside the user's own case, which need not show it.
        boxed = [case for case in pushed_cases(True, True) if case.label.startswith("‖·‖₁, explicit")]
        cases = [*cases, *boxed] if run.parameters else boxed
    ratio, one = worst_of(pushed_runs(cases, run, subject), partial(excess, subject))
    gradients = "pushed outward" if one.is_adversarial else "random"
    return Measurement(ratio, 1.0, 2 * len(cases), {"ratio": ratio, "gradients": gradients, **one.case.replay()})


CLAIMS = (
    Claim(
        id="invariance",
        statement=(
            "Started with λx0 ∈ dom K*, its boundary included, every iterate stays there, for any gradients: with "
            "explicit decay where ηλ ≤ 1, with implicit decay for every η."
        ),
        source="arXiv 2310.05898, §3 (phase 1)",
        hypotheses=(DECAYS, CONSTANT_STEP, STARTS_INSIDE),
        observable="largest dist(λx_t, dom K*) of a run in units of what rounding alone lets it settle outside",
        tolerance=(
            "1: u(1 + 2C + 3/(ηλ))‖λx‖. Three roundings a step, each relative to λx, add up to 3u/(ηλ) under a "
            "contraction 1−ηλ; storing λx costs u, and ∇K and the projection that measures it cost C each."
        ),
        cases=lambda run: standard_or_given(run, lambda: pushed_cases(run.is_quick, True), keeps_start=False),
        measure=measure,
        subject=Scenario(),
        wrongs=(
            Wrong("a start a relative 1e-6 outside", Scenario(start=1 + 1e-6)),
            Wrong("the λ of the step too small by a relative 1e-6", Scenario(decay=1 - 1e-6)),
            Wrong("a set smaller by a relative 1e-6", Scenario(is_smaller_set=True)),
        ),
        parameters=PARAMETERS,
    ),
)
