"""The range of Newton–Schulz as shipped, by a decision procedure that knows the algebraic numbers x₁, x₂, P, v, p(v).

They are given to it as roots of p′ and values of p, never as decimals.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Proof
from . import _quintic as quintic
from ._questions import Model, Question, answer
from ._quintic import DIGITS, Statement

# Below p, p∘p and p∘p∘p at 1/100.
STEPS_UP = (Fraction(34, 1000), Fraction(116, 1000), Fraction(39, 100))


class _Quintic:
    """p, and premises that define x₁, P, x₂ and v."""

    def __init__(self, subject: Statement) -> None:
        import z3

        self.subject = subject
        self.x1, self.P, self.x2, self.v, self.sigma = z3.Reals("x1 P x2 v sigma")
        self.a, self.b, self.c = (self.number(value) for value in subject[:3])
        self.first = [self.x1 > 0, self.x1 < 1, self.slope(self.x1) == 0, self.p(self.x1) == self.P]
        self.second = [self.x2 > 1, self.x2 < 2, self.slope(self.x2) == 0, self.v == self.p(self.x2)]

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

    def replay(self, model: Model) -> Mapping[str, Any] | None:
        return quintic.contradiction(self.subject)


def of_the_digits(q: _Quintic) -> list[Question]:
    return [
        Question("P has its digits", q.first, q.digits(q.P, q.subject.largest), q.replay),
        Question("v has its digits", q.second, q.digits(q.v, q.subject.lowest), q.replay),
        Question("p(v) has its digits", q.second, q.digits(q.p(q.v), q.subject.highest), q.replay),
    ]


def of_the_largest(q: _Quintic) -> list[Question]:
    import z3

    inside = [*q.first, q.sigma >= 0, q.sigma <= q.P]
    return [
        Question("P ≥ 1", q.first, q.P < 1, q.replay),
        Question("p maps [0, P] into itself", inside, z3.Or(q.p(q.sigma) < 0, q.p(q.sigma) > q.P), q.replay),
    ]


def of_five_steps(q: _Quintic) -> list[Question]:
    """From [1/100, 1] up by `STEPS_UP`, then onto [v, P], then onto [v, p(v)]."""
    import z3

    found: list[Question] = []
    low = third = quintic.START
    for step in STEPS_UP:
        # The first interval ends at 1, which is below P; the others at P.
        region = [*q.first, q.sigma >= q.number(low), q.sigma <= q.P]
        found.append(Question(f"p ≥ {step} on [{low}, P]", region, q.p(q.sigma) < q.number(step), q.replay))
        low, third = step, q.subject.p(third)
    region = [*q.first, *q.second, q.sigma >= q.number(low), q.sigma <= q.P]
    found.append(Question("p ≥ v after that", region, q.p(q.sigma) < q.v, q.replay))
    both = [*q.first, *q.second]
    met = z3.Or(q.x2 < q.number(third), q.x2 > q.P, q.x2 < q.v)
    found.append(Question("x₂ is met in the fourth step and in the fifth", both, met, q.replay))
    falling, rising = [*q.second, q.sigma >= q.v, q.sigma <= q.x2], [*both, q.sigma >= q.x2, q.sigma <= q.P]
    beyond = z3.Or(q.p(q.sigma) < q.v, q.p(q.sigma) > q.number(q.subject.highest))
    found.append(Question("p falls from v to x₂", falling, q.slope(q.sigma) > 0, q.replay))
    found.append(Question("p is between v and p(v) from x₂ to P", rising, beyond, q.replay))
    return found


def of_the_ball(q: _Quintic) -> list[Question]:
    """The ball of radius r = sP/λ in the operator norm: sizes N = ‖X‖, o = ‖O‖ and N⁺ ≤ (1−ηλ)N + ηso."""
    import z3

    N, after, o, rate, lam, s, r = z3.Reals("N N_plus o rate lambda s r")
    constants = [q.P > 0, rate > 0, rate <= 1, lam > 0, s > 0, r * lam == s * q.P]
    step = [N >= 0, r >= N, o >= 0, o <= q.P, lam * after <= (1 - rate) * lam * N + rate * s * o]
    aligned = [N >= 0, r > N, lam * after == (1 - rate) * lam * N + rate * s * q.P]
    return [
        Question("the ball is kept", [*constants, *step], after > r, q.replay),
        Question("a smaller one is left", [*constants, *aligned], after <= N, q.replay),
    ]


def proving(parts: tuple[Callable[[_Quintic], list[Question]], ...], stem: str) -> Callable[[Statement, bool], Outcome]:
    def prove(subject: Statement, is_quick: bool) -> Outcome:
        if quintic.turns(subject) is None:
            return Outcome("refuted", "p′ has no two positive roots", 0, quintic.contradiction(subject))
        q = _Quintic(subject)
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
        statement="No ‖X‖ ≤ sP/λ and ‖O‖ ≤ P lead out of the ball; no smaller ‖X‖ and ‖O‖ = P keep ‖X‖ from growing.",
        domain="0 < ηλ ≤ 1, λ > 0, s > 0, matrices with min(n, m) ≥ 2, any momentum",
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
