"""How far the Newton–Schulz steps of Muon overshoot the polar factor: the exact supremum, and the range they settle in.

    p(σ) = 3.4445σ − 4.7750σ³ + 2.0315σ⁵,     applied n times to singular values σ in [0, 1]

p′ is a quadratic in σ² with positive leading coefficient and two positive roots x₁² < x₂², so p rises on [0, x₁], falls
to x₂ and rises after. With M = p(x₁) ≥ 1 > x₁: p maps [0, M] into [0, M] where p(M) ≤ M and p(x₂) ≥ 0, so that no
power of p exceeds M on [0, 1]; and it attains M for every n ≥ 1, as p([0, x₁]) = [0, M] holds x₁, and so what leads
there. What is left are a few comparisons of numbers, made in balls, and two ranges, by branch and bound.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof, Word
from .arithmetic import misbehaviour
from .balls import ball, precision, root, square
from .branch_and_bound import Decision, decide

UNIT = Fraction(1, 10**12)  # the decimals to which M and the range are given, cut off


@dataclass(frozen=True)
class Overshoot:
    """The three coefficients, M to twelve decimals, and the least interval of twelve decimals that holds the range.

    The range is that of `steps` steps from σ in [least, 1].
    """

    a: Fraction = Fraction("3.4445")
    b: Fraction = Fraction("-4.7750")
    c: Fraction = Fraction("2.0315")
    argument: Fraction = Fraction("0.554528790854")
    supremum: Fraction = Fraction("1.202368605163")
    low: Fraction = Fraction("0.681831462177")
    high: Fraction = Fraction("1.134357264563")
    least: Fraction = Fraction("0.01")
    steps: int = 5

    def polynomial(self, x: Any) -> Any:
        """p at a ball or a series."""
        return self._applied(x, 1)

    def settled(self, x: Any) -> Any:
        """p applied `steps` times."""
        return self._applied(x, self.steps)

    def _applied(self, x: Any, times: int) -> Any:
        a, b, c = ball(self.a), ball(self.b), ball(self.c)
        for _ in range(times):
            s = x * x
            x = x * (a + s * (b + s * c))
        return x


def turning_points(one: Overshoot) -> tuple[Any, Any]:
    """x₁ and x₂, where p′ = a + 3bσ² + 5cσ⁴ vanishes."""
    a, b, c = (ball(value) for value in (one.a, one.b, one.c))
    half = root(square(3 * b) - 20 * a * c)
    return root((-3 * b - half) / (10 * c)), root((-3 * b + half) / (10 * c))


def prove(one: Overshoot, is_quick: bool) -> Outcome:
    """The shape of p, its supremum to the digits given, and the range after five steps, tight to its last digit."""
    reason = misbehaviour()
    if reason is not None:
        return Outcome("undecided", reason)
    with precision():
        facts = _comparisons(one)
    for said, difference in facts:
        if not difference > 0:
            word: Word = "refuted" if difference <= 0 else "undecided"
            seen = {"difference": str(difference), "where": said} if word == "refuted" else None
            return Outcome(word, f"not shown: {said}; the difference is {difference}", counterexample=seen)
    domain = [(one.least, Fraction(1))]
    ranges = (
        decide(lambda x: one.settled(x) - ball(one.low), domain),
        decide(lambda x: ball(one.high) - one.settled(x), domain),
    )
    tighter = (
        decide(lambda x: one.settled(x) - ball(one.low + UNIT), domain),
        decide(lambda x: ball(one.high - UNIT) - one.settled(x), domain),
    )
    return _judged(one, ranges, tighter, len(facts))


def _comparisons(one: Overshoot) -> list[tuple[str, Any]]:
    x1, x2 = turning_points(one)
    M = one.polynomial(x1)
    return [
        ("p′ has two roots in σ²", square(3 * ball(one.b)) - 20 * ball(one.a) * ball(one.c)),
        ("c > 0", ball(one.c)),
        ("a > 0", ball(one.a)),
        ("b < 0", -ball(one.b)),
        ("x₁ < 1", 1 - x1),
        ("M > 1", M - 1),
        ("x₂ lies before M", M - x2),
        ("p(x₂) > 0", one.polynomial(x2)),
        ("p(M) < M", M - one.polynomial(M)),
        (f"x₁ ≥ {float(one.argument)}", x1 - ball(one.argument)),
        (f"x₁ < {float(one.argument)} + 1e-12", ball(one.argument + UNIT) - x1),
        (f"M ≥ {float(one.supremum)}", M - ball(one.supremum)),
        (f"M < {float(one.supremum)} + 1e-12", ball(one.supremum + UNIT) - M),
    ]


def _judged(one: Overshoot, ranges: tuple[Decision, ...], tighter: tuple[Decision, ...], comparisons: int) -> Outcome:
    for found in ranges:
        if found.word != "proved":
            seen = {"σ": str(found.point[0]), "beyond the range by": found.value} if found.point else None
            return Outcome(found.word, f"the range [{float(one.low)}, {float(one.high)}]: {found.said}", 0, seen)
    for found in tighter:
        if found.word == "proved":
            return Outcome("refuted", f"a range narrower by 1e-12 holds too: {found.said}")
        if found.word == "undecided":
            return Outcome("undecided", f"whether the range is tight: {found.said}")
    boxes = sum(found.boxes for found in ranges)
    attained = ", ".join(str(found.point[0]) for found in tighter if found.point)
    return Outcome(
        "proved",
        f"sup p^n = M = {float(one.supremum)}… on [0, 1] for every n ≥ 1; p^{one.steps}([{float(one.least)}, 1]) lies "
        f"in [{float(one.low)}, {float(one.high)}] ({boxes} boxes), within 1e-12 of its ends at σ = {attained}",
        comparisons + 4,
    )


RIGHT = Overshoot()
NAMES = ("a", "b", "c", "supremum")


def perturbed(name: str, size: Fraction) -> Overshoot:
    """One coefficient, or M, with a relative error."""
    return replace(RIGHT, **{name: getattr(RIGHT, name) * (1 + size)})


PROOFS = (
    Proof(
        claim="newton-schulz-overshoot",
        route="enclosure",
        statement=(
            "sup of p^n over [0, 1] is p(x₁) = 1.202368605163…, x₁ = 0.554528790854…, for every n ≥ 1, attained; five "
            "steps take [0.01, 1] onto an interval that is [0.681831462177, 1.134357264563] up to 1e-12 at each end."
        ),
        domain="exact arithmetic on singular values in [0, 1]; every number of steps ≥ 1 (five for the range)",
        is_complete=True,
        assumptions=("p acts on singular values alone", "the intermediate value theorem"),
        prove=prove,
        subject=RIGHT,
        planted=(
            Planted("no overshoot: the supremum is 1", replace(RIGHT, supremum=Fraction(1))),
            Planted("the supremum after five steps, 1.13436, for all σ", replace(RIGHT, supremum=RIGHT.high)),
            Planted("an upper end a unit of the last decimal too low", replace(RIGHT, high=RIGHT.high - UNIT)),
            Planted("a lower end a unit of the last decimal too low", replace(RIGHT, low=RIGHT.low - UNIT)),
            Planted("the range also from σ = 0.005 on", replace(RIGHT, least=Fraction("0.005"))),
            Planted("the range after four steps", replace(RIGHT, steps=4)),
        ),
        needs=("flint",),
        coefficients=NAMES,
        perturbed=perturbed,
    ),
)
