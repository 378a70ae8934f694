"""Four terms of the ledger have a sign at every step: alignment, both remainders of K, and for β1 ≤ β2 the enhancement.

This is where convexity enters. The identity closes for any K, K*, ∇K whatever; a wrong one breaks a sign, and a planted
wrong K*, wrong ∇K* and wrong ∇K must each be seen here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ._cases import PARAMETERS, Case
from ._claim import Claim, Measurement, Run, Wrong
from ._energy_runs import EnergyRun, cases_of, energy_runs, pieces_of, second_route, with_controls
from ._hypotheses import LEDGER
from ._plain_ledger import Pieces, Recipe, plain_ledger

THEOREM = Recipe()
Change = Callable[[Case, np.ndarray, np.ndarray, np.ndarray, Pieces], Pieces]


def signed_terms(case: Case) -> tuple[str, ...]:
    """The terms that must be ≤ 0 in this case."""
    always = ("alignment", "conjugate_remainder", "momentum_remainder")
    return (*always, "enhancement") if case.method.beta1 <= case.method.beta2 else always


def measure(cases: Sequence[Case], run: Run, subject: Recipe) -> Measurement:
    """Worst of (term / how far above 0 rounding can lift it); the theorem's recipe also by the library's ledger."""
    cases = with_controls(cases, run, subject is THEOREM)
    found: list[tuple[float, str, Case]] = []
    if subject is THEOREM:
        for one in energy_runs(cases):
            found += [_worst(name, getattr(one.ledger, name), one) for name in signed_terms(one.case)]
    for one in energy_runs(second_route(cases)):
        terms = plain_ledger(one.case, one.x, one.m, one.gradient, pieces_of(one), subject)
        found += [_worst(name, terms[name], one) for name in signed_terms(one.case)]
    ratio, name, case = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(ratio, 1.0, len(found), {"term": name, "ratio": ratio, **case.replay()})


def _worst(name: str, term: np.ndarray, one: EnergyRun) -> tuple[float, str, Case]:
    method = one.case.method
    explicit = method.decay == "explicit"
    growth = 1 / (1 - float(method.step_size) * method.weight_decay) if explicit else 1.0  # type: ignore[arg-type]
    return float(np.max(term / ((1 + growth) * one.ledger.sign_allowance))), name, one.case


def wrong_pieces(**replaced: Callable[[Case, np.ndarray, np.ndarray, np.ndarray, Pieces], np.ndarray]) -> Recipe:
    """A recipe in which the named pieces are computed wrongly, from (case, x, m, g, pieces)."""

    def change(case: Case, x: np.ndarray, m: np.ndarray, g: np.ndarray, right: Pieces) -> Pieces:
        return right._replace(**{name: wrong(case, x, m, g, right) for name, wrong in replaced.items()})

    return Recipe(change=change)


CLAIMS = (
    Claim(
        id="ledger-signs",
        statement=(
            "At every step −ηaΔ1, −(1/λ+c)D_K*(λx;λx⁺) and −cD_K(m;m⁺) are ≤ 0, and so is −ηbΔ2 where β1 ≤ β2: only "
            "the remainder D_f of the loss can raise H."
        ),
        source="arXiv 2310.05898, Theorem 4.1 and its monotonicity lemma; the exact form is derived here",
        hypotheses=LEDGER,
        observable="worst signed term of a step over its sign allowance",
        tolerance=(
            "1: the allowance is the ledger's rounding bound plus what λx⁺ may stand outside dom K* by rounding, "
            "u(2d+12+3/(ηλ))‖λx⁺‖, times the momenta it meets; doubled by the form in η′ = η/(1−ηλ)."
        ),
        cases=cases_of,
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("K* twice too large, ∇K* right", wrong_pieces(K_star=lambda c, x, m, g, p: 2 * p.K_star)),
            Wrong("∇K* forgotten where K* is a penalty", wrong_pieces(z=lambda c, x, m, g, p: np.zeros_like(p.z))),
            Wrong("∇K* too large by a relative 1e-6", wrong_pieces(z=lambda c, x, m, g, p: (1 + 1e-6) * p.z)),
            Wrong(
                "∇K too small in the step by a relative 1e-6", wrong_pieces(u=lambda c, x, m, g, p: (1 - 1e-6) * p.u)
            ),
            Wrong("∇K(m⁺) too large by a relative 1e-6", wrong_pieces(w=lambda c, x, m, g, p: (1 + 1e-6) * p.w)),
            Wrong("∇K with two coordinates exchanged", wrong_pieces(u=lambda c, x, m, g, p: np.roll(p.u, 1, axis=1))),
            Wrong("∇K of the old momentum in place of the new", wrong_pieces(w=lambda c, x, m, g, p: _delayed(p.w))),
        ),
        parameters=PARAMETERS,
    ),
)


def _delayed(w: np.ndarray) -> np.ndarray:
    return np.concatenate([w[:1], w[:-1]])
