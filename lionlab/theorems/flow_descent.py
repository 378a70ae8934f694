"""H never rises along the flow of a smooth K, Moreau-smoothed norms included; nor does it for any other c.

With bracket weight q in place of c, dH_q/dt = −(γ+qλ)Δ1 − qΔ2 + (1+ελ)(q−c)⟨ẋ, ṁ⟩, and the last term has no sign. In
runs with γ = λ = 0 nothing else is left where ∇K is constant, so that a q off by one part in a million shows.
"""

from collections.abc import Sequence

import numpy as np

from ._claim import Claim, Measurement, Run, Wrong
from ._flow_cases import PARAMETERS, FlowCase, standard_or_given
from ._flow_energy import THEOREM, Formula, bracket_weight, energy
from ._flow_hypotheses import ENERGY
from ._flow_runs import failures, flow_runs, inside_cases, pieces


def measure(cases: Sequence[FlowCase], run: Run, subject: Formula) -> Measurement:
    """The largest rise of H from any saved time to any later one, over what the tolerances admit."""
    if subject is not THEOREM and run.parameters:
        cases = [*cases, *inside_cases(True)]
    runs = flow_runs(cases)
    found = []
    for one in runs:
        H = one.lyapunov
        if subject is not THEOREM:
            H = energy(one.case, pieces(one.case, one.x, one.m, one.bound), one.x, one.m, subject)
        rise = float(np.max(H - np.minimum.accumulate(H)))
        found.append(rise / one.admitted)
    i = int(np.argmax(np.where(np.isnan(found), np.inf, found)))
    return Measurement(found[i], 1.0, len(cases), {"ratio": found[i], **cases[i].replay()}, failures(runs))


CLAIMS = (
    Claim(
        id="flow-descent",
        statement=(
            "Along the flow of a smooth K, Huber and other Moreau envelopes of norms among them, H never rises, for "
            "every differentiable f, convex or not, from any start with λx0 ∈ dom K*."
        ),
        source="arXiv 2310.05898, Theorem 3.1",
        hypotheses=ENERGY,
        observable="largest rise of H between two of the 41 saved times, in units of what the tolerances admit",
        tolerance=(
            "1: at rtol = atol = 1e-11, the number of steps times the error of an accepted one, √(2d+1)·tol·(1 + ‖x‖) "
            "in x and alike in m, times the slopes of H."
        ),
        cases=lambda run: standard_or_given(run, lambda: inside_cases(run.is_quick)),
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("c too large by a relative 1e-6", Formula(c=lambda n: (1 + 1e-6) * bracket_weight(n))),
            Wrong("c too small by a relative 1e-6", Formula(c=lambda n: (1 - 1e-6) * bracket_weight(n))),
            Wrong("no bracket: F itself falls", Formula(c=lambda n: 0.0)),
            Wrong("the sign of ⟨λx, m⟩", Formula(coupling=-1.0)),
            Wrong("f in place of αf", Formula(loss=1 / 1.5)),
        ),
        parameters=PARAMETERS,
    ),
)
