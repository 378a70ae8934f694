"""One-step claims at the states that runs have stored, in exact arithmetic: no rounding, and no tolerance at all.

A stored float is a rational number. From it one step of Lion-K is taken in fractions, where K is piecewise linear or
quadratic, and in balls for log cosh, pseudo-Huber, ‖·‖₂ and ‖·‖_p; every inequality then holds or fails. With
f = ½‖x−C‖² and K piecewise linear the theorem leaves no slack while no sign changes: an error of any size shows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from ..proofs.coefficients import THEOREM, Coefficients
from ..proofs.exact.functions import inner
from ..proofs.exact.one_step import Pieces, Terms, terms
from ._cases import PARAMETERS, Case
from ._claim import Claim, Measurement, Run, Wrong
from ._energy_runs import cases_of, ordered_cases_of, with_controls
from ._exact_states import (
    KNOWN,
    QUADRATIC,
    Stored,
    count,
    exact_function,
    is_above_zero,
    is_quadratic,
    is_rational,
    quadratic_of,
)
from ._hypotheses import DECAYS, LEDGER, ORDERED_BETAS, STARTS_INSIDE

SIZES = (Fraction(1, 10**3), Fraction(1, 10**6), Fraction(1, 10**9))
# The sign with which a relative error makes the statement false; either does in the coefficients of H itself.
SIGNS = {
    "loss": 1, "penalty": 1, "conjugate": 1, "momentum": 1, "product": 1, "first": 1, "second": 1, "slack": -1,
}  # fmt: skip


def standard(cases: Sequence[Case], run: Run, with_balls: bool) -> list[Case]:
    """Those of the standard cases that can be audited; a user's own case as it is.

    Balls never decide an equality, so irrational K are left out where the theorem is one: on ½‖x−C‖².
    """
    if run.parameters:
        return list(cases)
    found = [case for case in cases if is_quadratic(case) is None and exact_function(case.method.K) is not None]
    return [case for case in found if is_rational(case.method.K) or (with_balls and not _is_isotropic(case))]


def _is_isotropic(case: Case) -> bool:
    A = np.asarray(case.objective.matrix)
    return bool(np.all(A[0, 0] * np.eye(len(A)) == A))


@dataclass(frozen=True)
class Reading:
    """How the pieces of a step are added up; the default is the theorem, any other a planted wrong.

    `errors` are factors on pieces, of K, K* or a subgradient, before that. A wrong given as several `coefficients` is
    caught where each one of them is.
    """

    coefficients: tuple[Coefficients, ...] = (THEOREM,)
    errors: Mapping[str, Fraction] = field(default_factory=dict)

    def terms(self, coefficients: Coefficients, state: Stored, p: Pieces) -> Terms:
        """The ledger's terms at one state."""
        number = state.K.number
        changed = {name: getattr(p, name) * number(factor) for name, factor in self.errors.items()}
        return terms(p._replace(**changed) if changed else p, coefficients, number)


def descends_too_little(coefficients: Coefficients, reading: Reading, state: Stored, p: Pieces) -> bool | None:
    """ΔH + η′(aΔ1 + bΔ2) − (L/2)‖x⁺−x‖² > 0."""
    t = reading.terms(coefficients, state, p)
    return is_above_zero(t.change - t.first - t.second - t.cap)


def does_not_close(coefficients: Coefficients, reading: Reading, state: Stored, p: Pieces) -> bool | None:
    """ΔH is not the sum of its five terms, or one of them has not its sign, or D_f is above (L/2)‖x⁺−x‖²."""
    t = reading.terms(coefficients, state, p)
    if t.change - t.first - t.second - t.loss - t.conjugate - t.momentum != 0:
        return True
    answers = [is_above_zero(value) for value in (*_signed(t, state), t.loss - t.cap)]
    return None if None in answers and True not in answers else True in answers


def _signed(t: Terms, state: Stored) -> tuple[Any, ...]:
    always = (t.first, t.conjugate, t.momentum)
    return (*always, t.second) if state.constants.beta1 <= state.constants.beta2 else always


Fails = Callable[[Coefficients, Reading, Stored, Pieces], bool | None]


def measure(fails: Fails, cases: Sequence[Case], run: Run, subject: Reading) -> Measurement:
    """Stored states at which the statement fails; of several coefficients the fewest."""
    cases = standard(with_controls(cases, run, subject is THEOREM_READ), Run(run.seed, run.is_quick), True)
    found = [count(cases, partial(fails, one, subject)) for one in subject.coefficients]
    return min(found, key=lambda one: -np.inf if np.isnan(one.measured) else one.measured)


def negative_score(factors: tuple[Fraction, ...], state: Stored, p: Pieces) -> bool | None:
    """S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx) < 0, with factors on its three terms."""
    K = state.K
    g = quadratic_of(state.case, K).gradient(state.x)
    parts = K.value(tuple(-each for each in g)), state.constants.lam * inner(state.x, g), p.K_star0
    return is_above_zero(-sum((K.number(a) * b for a, b in zip(factors, parts, strict=True)), K.number(0)))


def measure_score(cases: Sequence[Case], run: Run, subject: tuple[Fraction, ...]) -> Measurement:
    """Stored states whose score is negative."""
    cases = standard(with_controls(cases, run, subject == ONES), Run(run.seed, run.is_quick), True)
    return count([case for case in cases if case.method.weight_decay > 0], partial(negative_score, subject))


def _decayed(run: Run) -> list[Case]:
    found = standard(cases_of(run), run, with_balls=True)
    return found if run.parameters else [case for case in found if case.method.weight_decay > 0]


def in_every(size: Fraction, names: Sequence[str]) -> Wrong:
    """A relative error of that size in one of the coefficients, and in each of them it must show."""
    errors = tuple(THEOREM.with_error(name, SIGNS[name] * size) for name in names)
    return Wrong(f"a relative error of {float(size):g} in any one coefficient", Reading(errors))


def in_pieces(what: str, size: Fraction, *names: str) -> Wrong:
    return Wrong(f"{what} by a relative {float(abs(size)):g}", Reading(errors=dict.fromkeys(names, 1 + size)))


THEOREM_READ = Reading()
ONES = (Fraction(1), Fraction(1), Fraction(1))
TINY = SIZES[-1]
NONE = "none: the sign of a fraction, or of a ball that does not hold 0"
HYPOTHESES = (KNOWN, QUADRATIC, *LEDGER)
SOURCE = "arXiv 2310.05898, Theorem 4.1"

CLAIMS = (
    Claim(
        id="exact-one-step",
        statement=(
            "H(x⁺,m⁺) − H(x,m) ≤ −η(aΔ1 + bΔ2) + (L/2)‖x⁺−x‖² at every audited state of the runs, in exact "
            "arithmetic, for β1 ≤ β2 and quadratic f, convex or not."
        ),
        source=SOURCE,
        hypotheses=(*HYPOTHESES, ORDERED_BETAS),
        observable="stored states at which the inequality fails",
        tolerance=NONE,
        cases=lambda run: standard(ordered_cases_of(run), run, with_balls=True),
        measure=partial(measure, descends_too_little),
        subject=THEOREM_READ,
        wrongs=(
            *(in_every(size, tuple(SIGNS)) for size in SIZES),
            Wrong("the term (L/2)‖x⁺−x‖² left out", Reading((Coefficients(slack=0),))),
            in_pieces("c too large", TINY, "c"),
            in_pieces("η′ too large beside the terms of H", TINY, "eta"),
        ),
        parameters=PARAMETERS,
        is_exact=True,
    ),
    Claim(
        id="exact-ledger",
        statement=(
            "At every audited state of the runs ΔH = −ηaΔ1 − ηbΔ2 + D_f − (1/λ+c)D_K* − cD_K as fractions, to the "
            "last digit, for β1 above β2 too; each term has its sign, and D_f ≤ (L/2)‖x⁺−x‖²."
        ),
        source=SOURCE + "; the exact form is derived here",
        hypotheses=HYPOTHESES,
        observable="stored states at which the sum or a sign fails",
        tolerance="none: equality and signs of fractions",
        cases=lambda run: standard(cases_of(run), run, with_balls=False),
        measure=partial(measure, does_not_close),
        subject=THEOREM_READ,
        wrongs=(
            *(in_every(size, tuple(SIGNS)) for size in SIZES),
            in_pieces("K* too large", TINY, "K_star0", "K_star1"),
            in_pieces("∇K*(λx⁺) too large", TINY, "u_z", "y_z", "z_dy"),
            in_pieces("∇K(m⁺) too large", TINY, "w_dm"),
            in_pieces("∇K(m̃⁺) too small", -TINY, "u_m_tilde", "u_z", "u_dm"),
        ),
        parameters=PARAMETERS,
        is_exact=True,
    ),
    Claim(
        id="exact-kkt-score",
        statement="S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx) ≥ 0 at every audited state of the runs, in exact arithmetic.",
        source="arXiv 2310.05898, §3; the KKT score of arXiv 2411.07724",
        hypotheses=(KNOWN, QUADRATIC, DECAYS, STARTS_INSIDE),
        observable="stored states with S < 0",
        tolerance=NONE,
        cases=_decayed,
        measure=measure_score,
        subject=ONES,
        wrongs=(
            Wrong("K(−∇f) too small by a relative 1e-9", (1 - TINY, Fraction(1), Fraction(1))),
            Wrong("⟨λx, ∇f⟩ too large by a relative 1e-9", (Fraction(1), 1 + TINY, Fraction(1))),
            Wrong("⟨λx, ∇f⟩ too large by a relative 1e-3", (Fraction(1), 1 + SIZES[0], Fraction(1))),
            Wrong("K*(λx) left out", (Fraction(1), Fraction(1), Fraction(0))),
        ),
        parameters=PARAMETERS,
        is_exact=True,
    ),
)
