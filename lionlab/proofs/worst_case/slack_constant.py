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
from .certificate import Certificate, equal, outcome, positive
from .descent import ASSUMPTIONS, loss_terms, rate_terms, remainder_terms
from .ranges import Range
from .step import Case, Constants, Step, case_on, cases, reversed_cases, rise, start, step
from .step_scenes import ORDERED, broken


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

    def refuter() -> Mapping[str, Any] | None:
        if subject.is_finite_reversed:
            return _rise_reversed()
        return broken(lambda s: excess(s, subject.factor))() or _less_on_the_family(subject)

    return outcome("slack-constant-is-attained", _certificates(subject), refuter)


def _certificates(subject: Least) -> Iterator[Certificate]:
    for case in cases():
        s = step(case.k, start())
        terms = loss_terms(s) + remainder_terms(s) + rate_terms(case, s)
        yield Certificate("ΔH − σ‖x⁺−x‖²", case.range, excess(s, subject.factor), terms)
        wider, k, delta = with_delta(case)
        V = 1 / (1 + k.eta * k.lam)
        yield equal("ΔH − σ‖x⁺−x‖² + ηaVδ on the family", wider, off_the_family(k, delta, subject.factor))
        # m⁺ > 0 and λx⁺ in dom K*, so that it is a step of Lion.
        yield positive("m⁺", wider, momentum(k, delta))
        yield positive("1 − λx⁺", wider, 1 - k.lam * k.eta * V)
    for case in reversed_cases():
        wider, k, delta = with_delta(case)
        found = family_rise(k, delta, -1, 0)
        limit = 2 * k.c * (k.beta1 - k.beta2) / (1 - k.beta1)
        if subject.is_finite_reversed:
            yield equal("the limit of ΔH as δ → 0", wider, limit)
        yield positive("the limit of ΔH as δ → 0", wider, limit, is_strict=True)
        yield _free_of_delta("ΔH", wider, (limit - found) / delta)
        # m⁺ < 0 for all small δ, and λx⁺ in dom K*.
        below = (k.beta1 - k.beta2) / (1 - k.beta1)
        yield positive("the limit of −m⁺ as δ → 0", wider, below, is_strict=True)
        yield _free_of_delta("m⁺", wider, (momentum(k, delta) + below) / delta)
        yield positive("1 − λx⁺", wider, 1 - k.lam * k.eta / (1 + k.eta * k.lam))


def momentum(k: Constants, delta: Any) -> Any:
    """m⁺ of the family."""
    return k.beta2 - (1 - k.beta2) * (k.beta1 - delta) / (1 - k.beta1)


def off_the_family(k: Constants, delta: Any, factor: Any) -> Any:
    """ΔH − factor·(L/2)‖x⁺−x‖² + ηaVδ, said to be 0, so that no less than factor·L/2 is enough as δ → 0."""
    V = 1 / (1 + k.eta * k.lam)
    return family_rise(k, delta, 1, k.L) - (factor * (k.L / 2) * (k.eta * V) ** 2 - k.eta * k.a * V * delta)


def _free_of_delta(name: str, wider: Range, slope: Any) -> Certificate:
    """That it is linear in δ, so that its limit as δ → 0 is what it is said to be."""
    place = wider.positive.index("delta")
    depends = any(powers[place] for powers, _ in (*slope.numer.terms(), *slope.denom.terms()))
    return Certificate(f"{name} is linear in δ", wider, Expression({"": 1} if depends else {}))


def _less_on_the_family(subject: Least) -> Mapping[str, Any] | None:
    """A member of the family, that uses less of the slack than it is said to."""
    k, delta = ORDERED[0], Fraction(1, 100)
    off = off_the_family(k, delta, subject.factor)
    if off == 0:
        return None
    named = {name: str(number) for name, number in k._asdict().items()}
    return {**named, "K": "|z|", "x": "0", "m": "1", "delta": str(delta), "ΔH less what it is said to be": str(off)}


def _rise_reversed() -> Mapping[str, Any] | None:
    """The rise at M = 1 and M = 1000, with the same ‖x⁺−x‖."""
    k = Constants(*map(Fraction, ("1/10", "1/2", "99/100", "1/2", "1")))
    risen = family_rise(k, Fraction(1, 100), -1, 0)
    if risen <= 0:
        return None
    return {
        "K": "|z|", "eta": "1/10", "lam": "1/2", "beta1": "99/100", "beta2": "1/2", "x": "0", "m": "M",
        "f": "gx with g = 98·M", "rise of H": f"{risen}·M", "length of the step": "2/21, whatever M",
    }  # fmt: skip


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
