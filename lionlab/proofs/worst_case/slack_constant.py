"""L/2 is the least σ with H(x⁺,m⁺) − H(x,m) ≤ σ‖x⁺−x‖² for all convex K and all L-smooth f; none for β1 > β2.

That L/2 is enough is the certificate of `descent.py`. That nothing less is, not even for convex f, shows a family in
one dimension, with every constant and δ > 0 a symbol:  K = |·|, x = 0, m = 1, f = gx + (L/2)x², m̃⁺ = δ, hence
g = (β1−δ)/(1−β1), u = 1, and

    β1 ≤ β2, m⁺ > 0:                      ΔH = (L/2)‖x⁺−x‖² − ηaVδ,          V = 1/(1+ηλ)
    β2 < β1 < 1, m⁺ < 0, f, m times M:    ΔH = M(2c(β1−β2)/(1−β1) − δB),     V the same, f = gx
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..coefficients import THEOREM
from ..gram import Expression
from .certificate import Certificate, Term, outcome
from .descent import ASSUMPTIONS, loss_terms, rate_terms, remainder_terms
from .ranges import Range
from .step import Case, Constants, Step, case_on, cases, reversed_cases, rise, start, step
from .step_scenes import broken


@dataclass(frozen=True)
class Least:
    """The least σ in units of L/2, and whether some σ does for β1 > β2."""

    factor: Fraction | int = 1
    is_finite_reversed: bool = False


def excess(s: Step, factor: Any) -> Expression:
    """ΔH − factor·(L/2)‖x⁺−x‖²."""
    return rise(s.k, THEOREM, s) - factor * s.slack


def family_rise(k: Constants, delta: Any, momentum_sign: int, curvature: Any) -> Any:
    """ΔH for K = |·|, x = 0, m = 1, m̃⁺ = δ > 0, where m⁺ has that sign and f = gx + (curvature/2)x²."""
    s = step(k, start())
    g = (k.beta1 - delta) / (1 - k.beta1)
    x, m = k.eta / (1 + k.eta * k.lam), k.beta2 - (1 - k.beta2) * g
    vectors = {"x0": (0,), "m0": (1,), "g0": (g,), "u1": (1,), "w1": (momentum_sign,), "z1": (0,)}
    values = {"f0": 0, "f1": g * x + curvature / 2 * x**2, "K(m0)": 1, "K(m1)": momentum_sign * m, "K(z1)": 0,
        "K*(λx0)": 0, "K(m̃1)": delta}  # fmt: skip
    return rise(k, THEOREM, s).at(vectors, values)


def with_delta(case: Case) -> tuple[Range, Constants, Any]:
    """The same case with one more positive generator δ, and β1 < 1."""
    one = case.range
    positive = (*one.positive, *(name for name in ("P",) if case.is_reversed), "delta")
    wider = Range(f"{one.said}; β1 < 1, δ > 0", positive, tuple(n for n in one.nonnegative if n not in positive))
    return wider, case_on(wider, case.is_reversed).k, wider.numbers["delta"]


def prove(subject: Least, is_quick: bool) -> Outcome:
    """The certificate from above, the family from below; each identity in all symbols."""
    if subject.is_finite_reversed:
        return _finite_reversed()
    if subject.factor > 1:
        found = prove(Least(), is_quick)
        enough = Outcome("refuted", "the certificate with L/2 shows that less will do.")
        return enough if found.word == "proved" else found
    return outcome("slack-constant-is-attained", _certificates(subject), broken(lambda s: excess(s, subject.factor)))


def _certificates(subject: Least) -> Iterator[Certificate]:
    for case in cases():
        s = step(case.k, start())
        terms = loss_terms(s) + remainder_terms(s) + rate_terms(case, s)
        yield Certificate("ΔH − σ‖x⁺−x‖²", case.range, excess(s, subject.factor), terms)
        wider, k, delta = with_delta(case)
        V = 1 / (1 + k.eta * k.lam)
        off = family_rise(k, delta, 1, k.L) - (k.L / 2 * (k.eta * V) ** 2 - k.eta * k.a * V * delta)
        yield Certificate("ΔH − (L/2)‖x⁺−x‖² + ηaVδ on the family", wider, Expression({"": off} if off != 0 else {}))
        # m⁺ > 0 and λx⁺ in dom K*, so that it is a step of Lion: shown as −m⁺ ≤ 0 by a weight times 1.
        yield _positive("m⁺", wider, k.beta2 - (1 - k.beta2) * (k.beta1 - delta) / (1 - k.beta1))
        yield _positive("1 − λx⁺", wider, 1 - k.lam * k.eta * V)
    for case in reversed_cases():
        wider, k, delta = with_delta(case)
        found = family_rise(k, delta, -1, 0)
        limit = 2 * k.c * (k.beta1 - k.beta2) / (1 - k.beta1)
        slope = (limit - found) / delta
        yield _positive("the limit of ΔH as δ → 0", wider, limit, is_strict=True)
        yield _free_of_delta(wider, slope)


def _positive(name: str, wider: Range, number: Any, is_strict: bool = False) -> Certificate:
    """number ≥ 0 (> 0): the weight of 1 in a certificate of −number ≤ 0, and 1/number is defined."""
    if is_strict and (number == 0 or not wider.is_defined(1 / number)):
        return Certificate(f"{name} may vanish", wider, Expression({"": 1}))
    return Certificate(f"−({name})", wider, Expression({"": -number}), (Term("1 > 0", number, Expression({"": 1})),))


def _free_of_delta(wider: Range, slope: Any) -> Certificate:
    """That ΔH is linear in δ, so that its limit as δ → 0 is what the name says."""
    place = wider.positive.index("delta")
    depends = any(powers[place] for powers, _ in (*slope.numer.terms(), *slope.denom.terms()))
    return Certificate("ΔH is linear in δ", wider, Expression({"": 1} if depends else {}))


def _finite_reversed() -> Outcome:
    """The rise at M = 1 and M = 1000, with the same ‖x⁺−x‖."""
    k = Constants(*map(Fraction, ("1/10", "1/2", "99/100", "1/2", "1")))
    risen = family_rise(k, Fraction(1, 100), -1, 0)
    found: Mapping[str, Any] = {
        "K": "|z|", "eta": "1/10", "lam": "1/2", "beta1": "99/100", "beta2": "1/2", "x": "0", "m": "M",
        "f": "gx with g = 98·M", "rise of H": f"{risen}·M", "length of the step": "2/21, whatever M",
    }  # fmt: skip
    if risen > 0:
        return Outcome("refuted", "H rises in proportion to m while the step stays as long.", 0, found)
    return Outcome("undecided", "the family does not rise.")


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="slack-constant-is-attained",
        route="worst case",
        statement="L/2 is enough by a certificate, no less is on a family with convex f; for β2 < β1 < 1 none is.",
        domain=(
            "every convex K, every L-smooth f, convex or not, every dimension, all η, L > 0, λ ≥ 0, 0 ≤ β1 ≤ β2 ≤ 1 "
            "(β1 < 1, and β2 < 1 where λ = 0) or 0 ≤ β2 < β1 < 1; symbolic in all constants and in δ"
        ),
        is_complete=True,
        assumptions=(*ASSUMPTIONS, "of |·|: its slope sign z, its conjugate 0 on [−1, 1]"),
        prove=prove,
        subject=Least(),
        planted=(
            Planted("L/4 is enough", Least(Fraction(1, 2))),
            Planted("a relative 1e-9 less than L/2 is enough", Least(1 - Fraction(1, 10**9))),
            Planted("the least is a relative 1e-9 more than L/2", Least(1 + Fraction(1, 10**9))),
            Planted("some σ will do for β1 > β2", Least(is_finite_reversed=True)),
        ),
    ),
)
