"""The energy ledger is an identity: every change of H is the sum of five named terms, for every f, K and β.

    H(x⁺,m⁺) − H(x,m) = −ηaΔ1 − ηbΔ2 + D_f(x⁺;x) − (1/λ+c) D_K*(λx;λx⁺) − c D_K(m;m⁺)

Equality leaves no slack for a wrong constant: a relative error of 1e-6 in any of them is planted here and must show.
It is algebra, though, and says nothing of K* or ∇K being right; `ledger_signs.py` and `conjugate_laws.py` do.
"""

from collections.abc import Sequence

import numpy as np

from ._cases import PARAMETERS, Case
from ._claim import Claim, Measurement, Run, Wrong
from ._energy_runs import EnergyRun, cases_of, energy_runs, pieces_of, second_route, with_controls
from ._hypotheses import LEDGER
from ._plain_ledger import TERMS, Recipe, plain_ledger, residual

SMALL = 1 + 1e-6
THEOREM = Recipe()


def measure(cases: Sequence[Case], run: Run, subject: Recipe) -> Measurement:
    """Worst |residual| / bound. The theorem's own recipe is measured by the library and by plain NumPy; they must agree
    term by term as well. A wrong one can only be computed by the latter."""
    cases = with_controls(cases, run, subject is THEOREM)
    found: list[tuple[float, Case]] = []
    if subject is THEOREM:
        found += [(_worst(one.ledger.residual / one.ledger.rounding_bound), one.case) for one in energy_runs(cases)]
    for one in energy_runs(second_route(cases)):
        found.append((_plain_error(one, subject), one.case))
    ratio, case = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **case.replay()})


def _plain_error(one: EnergyRun, recipe: Recipe) -> float:
    terms = plain_ledger(one.case, one.x, one.m, one.gradient, pieces_of(one), recipe)
    bound = _plain_bound(one)
    errors = [residual(terms) / bound]
    if recipe is THEOREM:
        errors += [(terms[name] - getattr(one.ledger, name)) / bound for name in TERMS]
    return max(map(_worst, errors))


def _plain_bound(one: EnergyRun) -> np.ndarray:
    """The library's bound is for η(u − λx). The form η′(u − λx⁺) magnifies the rounding of x⁺ by 1 + η′λ = 1/(1−ηλ)."""
    method = one.case.method
    explicit = method.decay == "explicit"
    growth = 1 / (1 - float(method.step_size) * method.weight_decay) if explicit else 1.0  # type: ignore[arg-type]
    return (1 + growth) * one.ledger.rounding_bound


def _worst(ratios: np.ndarray) -> float:
    return float(np.max(np.abs(ratios), initial=0.0))


CLAIMS = (
    Claim(
        id="ledger-identity",
        statement=(
            "At every step H(x⁺,m⁺) − H(x,m) = −ηaΔ1 − ηbΔ2 + D_f(x⁺;x) − (1/λ+c)D_K*(λx;λx⁺) − cD_K(m;m⁺), for "
            "every differentiable f, convex or not, every finite convex K, and β1 above β2 too; with explicit decay "
            "for every step size with ηλ < 1, with implicit decay for every one; at λ = 0 without the terms of K*."
        ),
        source="arXiv 2310.05898, Theorem 4.1, with its three remainders written out; the exact form is derived here",
        hypotheses=LEDGER,
        observable="worst |residual| of a step over its rounding bound; and of the terms between the two routes",
        tolerance=(
            "1: the bound is (d+18)·u·Σ|terms| for evaluating the ledger, plus 4u of every summand of the stored step "
            "carried through the identity; for the plain route, written in η′ = η/(1−ηλ), 1+1/(1−ηλ) times it."
        ),
        cases=cases_of,
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("c too large by a relative 1e-6", Recipe(c=SMALL)),
            Wrong("a too large by a relative 1e-6", Recipe(a=SMALL)),
            Wrong("the coefficient of the second term too large by a relative 1e-6", Recipe(second=SMALL)),
            Wrong("1/λ + c of the third remainder too large by a relative 1e-6", Recipe(penalty=SMALL)),
            Wrong("the conjugate remainder with its sign reversed", Recipe(conjugate_sign=-1.0)),
            Wrong("K expanded around the old momentum", Recipe(is_at_old_momentum=True)),
            Wrong("the implicit formula, η in place of η′, on explicit decay", Recipe(is_implicit=True)),
        ),
        parameters=PARAMETERS,
    ),
)
