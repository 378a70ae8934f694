"""How a textbook flow is held against its Lion-K flow: the dictionary of states must carry one into the other.

Pointwise: the field carried over by the dictionary is the textbook's, to rounding.
Runs, smooth K: the solution of `integrate`, carried over, against SciPy's solution of the textbook's equation.
Steps, any other K: every proximal step of a run against the textbook's implicit step from the same state, solved by
hand; there the set-valued direction, and its selection while the run slides, is part of what is compared.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ..dynamics import LionKFlow
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong, worst
from ._special_case import OPERATIONS
from ._special_flow import Example, SpecialFlow
from ._special_flow_field import measure_field
from ._special_flow_runs import measure_run, measure_steps


def measure(special: SpecialFlow, cases: Sequence[Example], run: Run, subject: Callable[..., LionKFlow]) -> Measurement:
    """The worst of the three comparisons."""
    found = []
    for example in cases:
        found.append(measure_field(special, example, run, subject))
        if example.window is not None:
            found.append(measure_run(special, example, run, subject))
        if example.by_hand is not None:
            found.append(measure_steps(special, example, run, subject))
    return worst(found)


def claim(special: SpecialFlow) -> Claim:
    by_steps = special.step is not None
    return Claim(
        id=f"special-case-{special.name}-flow",
        statement=f"{special.textbook} is a Lion-K flow, state for state, with {special.dictionary}.",
        source=f"arXiv 2310.05898, §3 (special cases); textbook form: {special.source}",
        hypotheses=(
            Hypothesis(
                "the start is finite",
                lambda example: None if np.isfinite(example.x0).all() else f"x0 = {example.x0} is not finite.",
            ),
        ),
        observable="largest difference from the textbook, of the rate at a state "
        + ("and of a proximal step" if by_steps else "and of a whole run")
        + ", over its bound",
        tolerance=(
            f"rates: rounding, {OPERATIONS}u·(the terms summed), carried through ∇K and the dictionary; where it can "
            "change a sign, either sign is allowed. "
        )
        + (
            "Steps: the inclusion is solved up to ‖e‖ ≤ 2e-13·(the terms of m̃), which moves s by ‖e‖/q, q the strong "
            "monotonicity κha/(1+hλ) of −m̃(s)"
            if by_steps
            else "Runs: (number of steps)·(the local error that the tolerance 1e-12 admits)·(twice the largest growth "
            "of an error by the linearised textbook equation), of both solvers"
        ),
        cases=lambda run: special.examples(run.seed),
        measure=partial(measure, special),
        subject=special.constructor,
        wrongs=tuple(Wrong(description, subject) for description, subject in special.wrongs),
    )
