"""The range of Newton–Schulz as shipped, by computer algebra: signs of polynomials by their isolated real roots.

The roots of p′ are isolated; every comparison with them is a polynomial with rational coefficients that has one sign on
a rational interval, or a value at a rational point, so that nothing is evaluated approximately.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import Any

from .._proof import Outcome, Proof
from . import _quintic as quintic
from ._polynomials import is_nonnegative
from ._quintic import DIGITS, Statement

Fact = tuple[str, bool]


def _rational(value: Fraction) -> Any:
    import sympy as sp

    return sp.Rational(value.numerator, value.denominator)


def facts_of_the_largest(subject: Statement) -> Iterator[Fact]:
    """That P = p(x₁) is the largest value of pⁿ for every n ≥ 1, and its digits."""
    import sympy as sp

    sigma = sp.Symbol("sigma")
    a, b, c, low = (_rational(value) for value in (subject.a, subject.b, subject.c, subject.largest))
    high = low + _rational(DIGITS)
    p = a * sigma + b * sigma**3 + c * sigma**5
    roots = [root for root in sp.real_roots(sp.Poly(sp.diff(p, sigma), sigma)) if root > 0]
    near = quintic.turns(subject)
    yield "p′ has two positive roots", len(roots) == 2 and near is not None and bool(c > 0)
    if near is None:
        return
    first, second = (_rational(turn) for turn in near)
    slope = sp.diff(p, sigma)
    tiny = sp.Rational(1, 10**20)
    # x₁ and x₂ lie where p′ changes its sign, between rational numbers 10⁻²⁰ apart.
    changes = [slope.subs(sigma, turn - tiny) * slope.subs(sigma, turn + tiny) < 0 for turn in (first, second)]
    yield "x₁ < 1 < x₂", all(changes) and bool(first + tiny < 1 < second - tiny)
    yield "P ≥ its digits", bool(p.subs(sigma, first) >= low)
    yield "P ≥ 1, so that x₁ is met again", bool(low >= 1)
    yield "p ≤ P + 10⁻¹² on [0, P + 10⁻¹²]", is_nonnegative(high - p, sigma, 0, high)
    yield "p ≥ 0 there", is_nonnegative(p, sigma, 0, high)
    # Then the largest value on [0, P] is p(x₁) itself, the other candidates being the ends.
    yield "p(P) < P", is_nonnegative(low - p, sigma, low, high)


def facts_of_five_steps(subject: Statement) -> Iterator[Fact]:
    """That p⁵ takes [1/100, 1] onto [v, p(v)], v = p(x₂), and the digits of both."""
    import sympy as sp

    sigma = sp.Symbol("sigma")
    p = subject.p(sigma)
    near = quintic.turns(subject)
    if near is None:
        yield "p′ has two positive roots", False
        return
    tiny, (first, second) = Fraction(1, 10**20), near
    # p is flat at x₂: its value near by is at most 10⁻³⁰ above v.
    v = subject.p(second) - Fraction(1, 10**30), subject.p(second)
    P = subject.largest, subject.largest + DIGITS
    starts = [quintic.START]
    for _ in range(4):
        starts.append(subject.p(starts[-1]))
    yield "v has its digits", subject.lowest <= v[0] and v[1] <= subject.lowest + DIGITS
    yield "p(v) has its digits", subject.highest <= subject.p(v[1]) and subject.p(v[0]) <= subject.highest + DIGITS
    yield "s₁ < s₂ < s₃ < v", starts[0] < starts[1] < starts[2] < starts[3] < v[0]
    yield "s₃ < x₁", starts[3] < first - tiny
    yield "s₁ < p(1)", starts[1] < subject.p(Fraction(1))
    yield "s₄ ≥ v", starts[4] >= v[1]
    yield "x₂ < P", second + tiny < P[0]
    yield "v > x₁", v[0] > first + tiny
    yield "p(P) ≥ v", is_nonnegative(p - _rational(v[1]), sigma, *map(_rational, P))
    yield "p(P) < p(v)", is_nonnegative(_rational(subject.highest) - p, sigma, *map(_rational, P))
    yield "v ≥ p near x₂ less 10⁻³⁰", is_nonnegative(p - _rational(v[0]), sigma, _rational(first + tiny), 2)


def prove(subject: Statement, is_quick: bool) -> Outcome:
    found = []
    for name, is_so in chain(facts_of_five_steps(subject), facts_of_the_largest(subject)):
        if not is_so:
            return _refuted(name, subject)
        found.append(name)
    said = "signs of polynomials by isolated roots: P is the largest for every n, [v, p(v)] the range of five steps."
    text = f"{_turns_in_radicals(subject)}\n" + "\n".join(found) + "\n"
    return Outcome("proved", said, len(found), artefacts={"newton-schulz-overshoot.txt": text})


def _refuted(fact: str, subject: Statement) -> Outcome:
    found = quintic.contradiction(subject)
    return Outcome("undecided" if found is None else "refuted", f"not so: {fact}", 0, found)


def _turns_in_radicals(subject: Statement) -> str:
    import sympy as sp

    y, (a, b, c) = sp.Symbol("y"), (_rational(value) for value in subject[:3])
    return f"x₁², x₂² = {', '.join(map(str, sp.solve(a + 3 * b * y + 5 * c * y**2, y)))}"


def prove_ball(subject: Statement, is_quick: bool) -> Outcome:
    """The facts of the largest value; the ball of radius sP/λ is kept, every smaller one left, with P = 1 as well."""
    import sympy as sp

    rate, lam, s, P, less = sp.symbols("rate lambda s P less", positive=True)
    of_the_ball = []
    for name, largest in (("", P), (" for the exact polar factor, P = 1", sp.Integer(1))):
        radius = s * largest / lam
        # ‖X⁺‖ ≤ (1−ηλ)‖X‖ + ηs‖O‖, with ηλ = rate.
        kept = sp.expand((1 - rate) * radius + rate / lam * s * largest - radius) == 0
        gain = sp.expand((1 - rate) * (radius - less) + rate / lam * s * largest - (radius - less))
        of_the_ball.append((f"(1−ηλ)r + ηsP = r{name}", kept))
        of_the_ball.append((f"from a smaller radius a step goes out{name}", bool(gain.is_positive)))
    number = 0
    for name, is_so in chain(facts_of_the_largest(subject), of_the_ball):
        if not is_so:
            return _refuted(name, subject)
        number += 1
    return Outcome("proved", "the ball is kept by the triangle inequality and left from any smaller one.", number)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="newton-schulz-overshoot",
        route="symbolic",
        statement="max pⁿ over [0, 1] is p(x₁) for every n ≥ 1; p⁵ takes [1/100, 1] onto [p(x₂), p(p(x₂))].",
        domain=quintic.DOMAIN,
        is_complete=True,
        assumptions=quintic.ASSUMPTIONS,
        prove=prove,
        subject=quintic.RIGHT,
        planted=quintic.PLANTED,
        coefficients=quintic.COEFFICIENTS,
        perturbed=quintic.perturbed,
    ),
    Proof(
        claim="newton-schulz-ball",
        route="symbolic",
        statement="(1−ηλ)r + ηsP = r for r = sP/λ, P = p(x₁) is attained, from less than r a step goes out; P = 1 too.",
        domain="0 < ηλ ≤ 1, λ > 0, s > 0, n×m matrices, any momentum; that a smaller ball is left: min(n, m) ≥ 2",
        is_complete=True,
        assumptions=(*quintic.ASSUMPTIONS, "the triangle inequality of the operator norm, an equality where aligned"),
        prove=prove_ball,
        subject=quintic.RIGHT,
        planted=quintic.PLANTED_BALL,
        coefficients=quintic.OF_THE_BALL,
        perturbed=quintic.perturbed,
    ),
)
