"""dH/dt along the flow is an identity: −(γ+cλ)Δ1 − cΔ2 with Δ1 = ⟨u − λx, m̃ − z⟩ and Δ2 = ⟨u − w, ṁ⟩, both ≥ 0.

u = ∇K(m̃), w = ∇K(m), z = ∇K*(λx). The left side differentiates the values of f, K and K* (forward mode, along the
vector field), the right side uses the gradients that the library writes out: a wrong one of either shows here.
"""

import functools
from collections.abc import Sequence

import numpy as np

from ..convex.catalogue import CATALOGUE
from ._cases import bowl, nonconvex_bowl
from ._claim import Claim, Measurement, Run, Wrong
from ._flow_cases import CONSTANTS, PARAMETERS, FlowCase, flow_sweep, standard_or_given
from ._flow_energy import THEOREM, Formula, rates
from ._flow_hypotheses import ENERGY
from ._flow_runs import UNDAMPED
from ._flow_sides import sampled

QUICK = ("huber", "log cosh", "envelope of l2")
NAMES = ("huber", "squared", "log cosh", "pseudo huber", "scaled log cosh", "envelope of l2", "envelope of linf",
         "envelope of nuclear, scaled")  # fmt: skip
AT_A_MOMENT = np.array([0.0, 1.0])


@functools.cache
def standard_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """A K of every smooth kind in the catalogue × f convex, nonconvex × (α, γ, ε, λ), with zeros and εγ = 1."""
    found: list[FlowCase] = []
    for name in QUICK if is_quick else NAMES:
        K, shape = CATALOGUE[name]
        for f in (bowl(shape), nonconvex_bowl(shape)):
            found += flow_sweep(K, f, AT_A_MOMENT, CONSTANTS + UNDAMPED, label=name)
    return tuple(found)


def measure(cases: Sequence[FlowCase], run: Run, subject: Formula) -> Measurement:
    """Worst of |dH/dt + both rates| and of either rate below 0, over rounding."""
    if subject is not THEOREM and run.parameters:
        cases = [*cases, *standard_cases(True)]
    worst, where = -np.inf, None
    for case in cases:
        at = sampled(case, run.seed)
        found = rates(case, at.pieces, at.x, at.m, subject)
        both = [found]
        if subject is THEOREM:
            both.append(np.stack([at.sides.alignment, at.sides.enhancement]))
        errors = [np.abs(left + right.sum(0)) / error for left, error in at.routes for right in both]
        signs = [-rate / at.rounding for right in both for rate in right] if subject is THEOREM else []
        ratios = np.max(np.stack([*errors, *signs]), axis=0)
        i = int(np.argmax(np.where(np.isnan(ratios), np.inf, ratios)))
        if not ratios[i] <= worst:
            worst, where = float(ratios[i]), {**case.replay(), "x": at.x[i].tolist(), "m": at.m[i].tolist()}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases), where)


CLAIMS = (
    Claim(
        id="flow-derivative",
        statement=(
            "For every smooth K, every differentiable f, α > 0, γ, ε, λ ≥ 0, εγ ≤ 1, and λx where K* has a gradient, "
            "dH/dt = −(γ+cλ)Δ1 − cΔ2 with Δ1 = ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩ ≥ 0, Δ2 = ⟨∇K(m̃) − ∇K(m), ṁ⟩ ≥ 0 and "
            "c = (1−εγ)/(1+ελ)."
        ),
        source="arXiv 2310.05898, Theorem 3.1, as an identity; the form of Δ2 that needs no division by ε is ours",
        hypotheses=ENERGY,
        observable="largest |dH/dt + (γ+cλ)Δ1 + cΔ2|, or size of a negative rate, in units of its rounding bound",
        tolerance=(
            "1: 4Cu times the sizes of all that is multiplied on either side, ‖∇f‖ taken with what it is summed from; "
            "C counts the roundings in K, K* and their gradients. Where K is a Moreau envelope, whose values are not "
            "differentiated rightly through the kinks inside, only secants enclose d/dt K(m), and add their distance."
        ),
        cases=lambda run: standard_or_given(run, lambda: standard_cases(run.is_quick)),
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("γ + cλ too large by a relative 1e-9", Formula(first=lambda n, c: (1 + 1e-9) * (n.gamma + c * n[3]))),
            Wrong("the coefficient of Δ2 too large by a relative 1e-9", Formula(second=lambda n, c: (1 + 1e-9) * c)),
            Wrong("γ in place of γ + cλ", Formula(first=lambda n, c: n.gamma)),
            Wrong("γ + λ in place of γ + cλ", Formula(first=lambda n, c: n.gamma + n.weight_decay)),
            Wrong("c = 1−εγ, without the division by 1+ελ", Formula(c=lambda n: max(1 - n.epsilon * n.gamma, 0.0))),
            Wrong("Δ2 with its sign reversed", Formula(second=lambda n, c: -c)),
            Wrong("Δ2 with ∇K(m̃) for ∇K(m)", Formula(is_at_look_ahead=True)),
            Wrong("Δ1 with m for m̃", Formula(is_at_momentum=True)),
        ),
        parameters=tuple(name for name in PARAMETERS if name not in ("x0", "m0")),
    ),
)
