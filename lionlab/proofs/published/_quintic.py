"""The quintic p(σ) = aσ + bσ³ + cσ⁵ of Newton–Schulz as shipped, and what is said of its iterates.

p′ has two positive roots x₁ < x₂; p rises on [0, x₁], falls on [x₁, x₂] and rises after. With P = p(x₁), v = p(x₂):

    p([0, P]) = [0, P] and x₁ < 1 ≤ P              so that max pⁿ over [0, 1] is P for every n ≥ 1
    s_k = pᵏ(1/100),  s₃ < v ≤ s₄                  so that p⁴ takes [1/100, 1] onto [v, P], and p⁵ onto [v, p(v)]

The routes share the statement and `turns`, rational numbers near x₁ and x₂; each sees for itself that roots are there.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Planted

DIGITS = Fraction(1, 10**12)
START = Fraction(1, 100)


class Statement(NamedTuple):
    """The coefficients of p, and P, v, p(v): each lies between the stated number and 10⁻¹² above it."""

    a: Fraction = Fraction(34445, 10**4)
    b: Fraction = Fraction(-47750, 10**4)
    c: Fraction = Fraction(20315, 10**4)
    largest: Fraction = Fraction(1_202_368_605_163, 10**12)
    lowest: Fraction = Fraction(681_831_462_177, 10**12)
    highest: Fraction = Fraction(1_134_357_264_562, 10**12)

    def p(self, sigma: Any) -> Any:
        return self.a * sigma + self.b * sigma**3 + self.c * sigma**5


RIGHT = Statement()
COEFFICIENTS = ("a", "b", "c", "largest", "lowest", "highest")
PLANTED = (
    Planted("no overshoot", RIGHT._replace(largest=Fraction(1))),
    Planted("a largest value lower by 1e-12", RIGHT._replace(largest=RIGHT.largest - DIGITS)),
    Planted("a largest value higher by 1e-12", RIGHT._replace(largest=RIGHT.largest + DIGITS)),
    Planted("five steps lead to 0.7 at least", RIGHT._replace(lowest=Fraction(7, 10))),
    Planted("Newton and Schulz's own cubic", RIGHT._replace(a=Fraction(3, 2), b=Fraction(-1, 2), c=Fraction(0))),
)
OF_THE_BALL = ("a", "b", "c", "largest")
PLANTED_BALL = (
    *(one for one in PLANTED if one.subject.lowest == RIGHT.lowest),
    Planted("the highest value of five steps from σ ≥ 1/100", RIGHT._replace(largest=RIGHT.highest)),
)
DOMAIN = "every σ in [0, 1], every number of steps ≥ 1; five steps for σ in [1/100, 1]"
ASSUMPTIONS = (
    "a step acts on each singular value of Z/‖Z‖_F by p, in exact arithmetic",
    "a continuous function takes an interval onto an interval, whose ends are values at its ends or where p′ = 0",
)


def perturbed(name: str, relative: Fraction) -> Statement:
    return RIGHT._replace(**{name: getattr(RIGHT, name) * (1 + relative)})


def contradiction(subject: Statement) -> dict[str, str] | None:
    """A rational σ whose p is above what is said to be the largest, or values that never come near it; likewise v."""
    exact = turns(subject)
    if exact is None:
        return {"σ": "1", "p(1)": str(subject.p(Fraction(1))), "p has a turn in (0, 1)": "no"}
    low, high = (subject.p(turn) for turn in exact)
    for name, found, stated in (
        ("largest", low, subject.largest),
        ("lowest", high, subject.lowest),
        ("highest", subject.p(high), subject.highest),
    ):
        if not stated <= found <= stated + DIGITS:
            return {"which": name, "stated": str(float(stated)), "p there": str(float(found))}
    return None


def turns(subject: Statement) -> tuple[Fraction, Fraction] | None:
    """Rational numbers within 10⁻²⁰ of x₁ and x₂, by bisection of p′."""

    def slope(sigma: Fraction) -> Fraction:
        return subject.a + 3 * subject.b * sigma**2 + 5 * subject.c * sigma**4

    found = []
    for left, right in ((Fraction(0), Fraction(4, 5)), (Fraction(4, 5), Fraction(5, 4))):
        if slope(left) * slope(right) >= 0:
            return None
        for _ in range(70):
            middle = (left + right) / 2
            left, right = (middle, right) if slope(middle) * slope(left) > 0 else (left, middle)
        found.append(left)
    return found[0], found[1]
