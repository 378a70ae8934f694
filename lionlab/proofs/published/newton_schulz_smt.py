"""The range of Newton–Schulz as shipped, by a decision procedure that knows the algebraic numbers x₁, x₂, P, v, p(v).

They are given to it as roots of p′ and values of p, never as decimals. That there are such roots, and where, is seen by
changes of sign of p′ in fractions, for the points at which premises are evaluated.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Proof
from . import _quintic as quintic
from ._exact import Interval, value
from ._questions import Question, answer
from ._quintic import DIGITS, Statement

# Below p, p∘p and p∘p∘p at 1/100.
WIDTH = Fraction(1, 10**20)
STEPS_UP = (Fraction(34, 1000), Fraction(116, 1000), Fraction(39, 100))


class _Quintic:
    """p, and premises that define x₁, P, x₂ and v."""

    def __init__(self, subject: Statement, turns: tuple[Fraction, Fraction]) -> None:
        import z3

        self.subject = subject
        self.x1, self.P, self.x2, self.v, self.sigma = z3.Reals("x1 P x2 v sigma")
        self.a, self.b, self.c = (self.number(value) for value in subject[:3])
        self.of_first = [self.slope(self.x1) == 0, self.p(self.x1) == self.P]
        self.of_second = [self.slope(self.x2) == 0, self.v == self.p(self.x2)]
        self.in_first, self.in_second = [self.x1 > 0, self.x1 < 1], [self.x2 > 1, self.x2 < 2]
        self.where = self.located(turns)

    @staticmethod
    def number(value: Fraction) -> Any:
        import z3

        return z3.RealVal(str(value))

    def p(self, sigma: Any) -> Any:
        square = sigma * sigma
        return sigma * (self.a + square * (self.b + square * self.c))

    def slope(self, sigma: Any) -> Any:
        square = sigma * sigma
        return self.a + square * (3 * self.b + square * 5 * self.c)

    def digits(self, value: Any, stated: Fraction) -> Any:
        """That a value is not within 10⁻¹² above what is stated."""
        import z3

        return z3.Or(value < self.number(stated), value > self.number(stated + DIGITS))

    def located(self, turns: tuple[Fraction, Fraction]) -> dict[str, Interval]:
        """Intervals that hold x₁, x₂, P and v, if p′ changes its sign in the two of length 10⁻²⁰ from `turns` on."""
        found = {}
        for name, turn in zip(("x1", "x2"), turns, strict=True):
            at = Interval(turn, turn + WIDTH)
            signs = [value(self.slope(self.number(end)), {}).low > 0 for end in at]
            if signs[0] == signs[1]:
                raise ArithmeticError("p′ does not change its sign where its root is said to be.")
            found[name] = at
        return {
            **found,
            "P": value(self.p(self.x1), found),
            "v": value(self.p(self.x2), found),
        }

    def about(self, fact: str, premises: list[Any], negation: Any, uses: str = "12") -> Question:
        """A question about x₁ and P ("1"), x₂ and v ("2"), or both."""
        definitions, ranges = [], []
        for one, of, inside in (("1", self.of_first, self.in_first), ("2", self.of_second, self.in_second)):
            if one in uses:
                definitions += of
                ranges += inside
        return Question(fact, [*ranges, *premises], negation, None, definitions, self.where if uses else {})


def of_the_digits(q: _Quintic) -> list[Question]:
    return [
        q.about("P has its digits", [], q.digits(q.P, q.subject.largest), "1"),
        q.about("v has its digits", [], q.digits(q.v, q.subject.lowest), "2"),
        q.about("p(v) has its digits", [], q.digits(q.p(q.v), q.subject.highest), "2"),
    ]


def of_the_largest(q: _Quintic) -> list[Question]:
    import z3

    inside = [q.sigma >= 0, q.sigma <= q.P]
    return [
        q.about("P ≥ 1", [], q.P < 1, "1"),
        q.about("p maps [0, P] into itself", inside, z3.Or(q.p(q.sigma) < 0, q.p(q.sigma) > q.P), "1"),
    ]


def of_five_steps(q: _Quintic) -> list[Question]:
    """From [1/100, 1] up by `STEPS_UP`, then onto [v, P], then onto [v, p(v)]."""
    import z3

    found: list[Question] = []
    low, lowest = quintic.START, [quintic.START]
    for step in STEPS_UP:
        # The first interval ends at 1, which is below P; the others at P.
        region = [q.sigma >= q.number(low), q.sigma <= q.P]
        found.append(q.about(f"p ≥ {step} on [{low}, P]", region, q.p(q.sigma) < q.number(step), "1"))
        low = step
        lowest.append(q.subject.p(lowest[-1]))
    region = [q.sigma >= q.number(low), q.sigma <= q.P]
    found.append(q.about("p ≥ v after that", region, q.p(q.sigma) < q.v))
    # The k-th step starts from all of [pᵏ⁻¹(1/100), P], or from all of [1/100, 1]; x₁ lies in it for k ≤ 4.
    missed = z3.Or(*(q.x1 < q.number(one) for one in lowest))
    found.append(q.about("x₁ is met in each of the first four steps, pᵏ(1/100) ≤ x₁", [], missed, "1"))
    met = z3.Or(q.x2 < q.number(lowest[-1]), q.x2 > q.P, q.x2 < q.v)
    found.append(q.about("x₂ is met in the fourth step and in the fifth", [], met))
    falling, rising = [q.sigma >= q.v, q.sigma <= q.x2], [q.sigma >= q.x2, q.sigma <= q.P]
    beyond = z3.Or(q.p(q.sigma) < q.v, q.p(q.sigma) > q.number(q.subject.highest))
    found.append(q.about("p falls from v to x₂", falling, q.slope(q.sigma) > 0, "2"))
    found.append(q.about("p is between v and p(v) from x₂ to P", rising, beyond))
    return found


def of_the_ball(q: _Quintic) -> list[Question]:
    """The ball of radius r = sP/λ in the operator norm: sizes N = ‖X‖, o = ‖O‖ and N⁺ ≤ (1−ηλ)N + ηso; P = 1 too."""
    import z3

    N, after, o, rate, lam, s, r = z3.Reals("N N_plus o rate lambda s r")
    found = []
    for name, largest in (("", [q.P > 0]), (", exact polar factor", [q.P == 1])):
        constants = [*largest, rate > 0, rate <= 1, lam > 0, s > 0, r * lam == s * q.P]
        step = [N >= 0, r >= N, o >= 0, o <= q.P, lam * after <= (1 - rate) * lam * N + rate * s * o]
        aligned = [N >= 0, r > N, lam * after == (1 - rate) * lam * N + rate * s * q.P]
        found += [
            q.about(f"the ball is kept{name}", [*constants, *step], after > r, ""),
            q.about(f"a smaller one is left{name}", [*constants, *aligned], after <= N, ""),
        ]
    return found


def proving(parts: tuple[Callable[[_Quintic], list[Question]], ...], stem: str) -> Callable[[Statement, bool], Outcome]:
    def prove(subject: Statement, is_quick: bool) -> Outcome:
        turns = quintic.turns(subject)
        if turns is None:
            said = "p′ changes its sign in no point of [0, 4/5], or in none of [4/5, 5/4]"
            return Outcome("refuted", said, 0, {"coefficients": list(map(str, subject[:3]))})
        q = _Quintic(subject, turns)
        return answer([question for part in parts for question in part(q)], stem)

    return prove


DECISION = "z3's decision procedure for polynomial real arithmetic"

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="newton-schulz-overshoot",
        route="smt",
        statement="No σ leaves the stated intervals in any step, x₁ and x₂ given by p′ = 0; no other digits.",
        domain=quintic.DOMAIN,
        is_complete=True,
        assumptions=(*quintic.ASSUMPTIONS, DECISION),
        prove=proving((of_the_digits, of_the_largest, of_five_steps), "newton-schulz-overshoot"),
        subject=quintic.RIGHT,
        planted=quintic.PLANTED,
        needs=("z3",),
        coefficients=quintic.COEFFICIENTS,
        perturbed=quintic.perturbed,
    ),
    Proof(
        claim="newton-schulz-ball",
        route="smt",
        statement=(
            "No ‖X‖ ≤ sP/λ and ‖O‖ ≤ P lead out of the ball; no smaller ‖X‖ and ‖O‖ = P keep ‖X‖ from growing; with "
            "P = 1 likewise."
        ),
        domain="0 < ηλ ≤ 1, λ > 0, s > 0, n×m matrices, any momentum; that a smaller ball is left: min(n, m) ≥ 2",
        is_complete=True,
        assumptions=(
            *quintic.ASSUMPTIONS,
            "the triangle inequality of the operator norm, an equality where aligned",
            DECISION,
        ),
        prove=proving((of_the_digits, of_the_largest, of_the_ball), "newton-schulz-ball"),
        subject=quintic.RIGHT,
        planted=quintic.PLANTED_BALL,
        needs=("z3",),
        coefficients=quintic.OF_THE_BALL,
        perturbed=quintic.perturbed,
    ),
)
