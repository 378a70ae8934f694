"""The question of `step.py` as a linear program: weights on remainders that prove a rise ≤ 0, or samples of a K.

    fixed + Σ x_j·free_j + Σ μ_i·(remainder i) = 0,   μ_i ≥ 0

as formal sums. Its dual is an assignment of numbers to inner products and values under which every remainder is ≥ 0:
samples that some convex K has. All in rational numbers; what is returned has been checked without the method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..gram import Expression, Key
from .linear_program import Infeasible, Optimum, Program, is_infeasible, is_optimal, solve
from .step import Question

Pair = tuple[str, str]
ZERO = Fraction(0)


@dataclass(frozen=True)
class Proved:
    """`free` weights of H for which the rise is ≤ 0, and the weights ≥ 0 of the remainders that prove it."""

    free: Mapping[str, Fraction]
    remainders: Mapping[Pair, Fraction]


@dataclass(frozen=True)
class Samples:
    """Numbers for inner products of points with slopes, and for values of K."""

    numbers: Mapping[Key, Fraction]

    def of(self, expression: Expression) -> Fraction:
        """The number an expression takes on them."""
        terms = (factor * self.numbers.get(key, 0) for key, factor in expression.terms.items())
        return sum(terms, Fraction(0))


@dataclass(frozen=True)
class Extreme:
    """The extreme value of one free weight: reached by `proved`; beyond it, `samples` make the rise positive.

    On `samples` the rise is (the weight − value), times −1 for a least value, whatever the other free weights are.
    """

    value: Fraction
    proved: Proved
    samples: Samples


@dataclass(frozen=True)
class Impossible:
    """No free weights will do: on `samples` the rise is positive, the same for all of them."""

    samples: Samples


def is_proof(question: Question, fixed: Expression, free: Mapping[str, Expression], proved: Proved) -> bool:
    """Whether the weights are ≥ 0 and the sum is 0, formally."""
    known = question.remainders()
    total = fixed
    for name, weight in proved.free.items():
        total = total + weight * free[name]
    for pair, weight in proved.remainders.items():
        total = total + weight * known[pair]
    return not total.terms and all(weight >= 0 for weight in proved.remainders.values())


def extreme(
    question: Question, fixed: Expression, free: Mapping[str, Expression], name: str, sign: int
) -> Extreme | Impossible | None:
    """The largest (`sign` = 1) or least (−1) value of the free weight `name`; None where it has none."""
    known = question.remainders()
    columns: dict[Any, Expression] = {**known, **free}
    keys = sorted({key for one in (fixed, *columns.values()) for key in one.terms}, key=str)
    program = Program(
        objective=tuple(Fraction(-sign if column == name else 0) for column in columns),
        rows=tuple(tuple(_fraction(one[key]) for one in columns.values()) for key in keys),
        right=tuple(-_fraction(fixed[key]) for key in keys),
        free=frozenset(range(len(known), len(columns))),
    )
    answer = solve(program)
    if isinstance(answer, Infeasible):
        found = Impossible(Samples({key: -price for key, price in zip(keys, answer.prices, strict=True)}))
        _insist(is_infeasible(program, answer))
        return found
    if not isinstance(answer, Optimum):
        return None
    _insist(is_optimal(program, answer))
    numbers = dict(zip(columns, answer.x, strict=True))
    proved = Proved({one: numbers[one] for one in free}, {pair: numbers[pair] for pair in known if numbers[pair] != 0})
    samples = Samples({key: -price for key, price in zip(keys, answer.prices, strict=True)})
    _insist(is_proof(question, fixed, free, proved))
    return Extreme(-sign * answer.value, proved, samples)


def _fraction(number: Any) -> Fraction:
    """Most are 0, the number, or a fraction already: making each anew would take as long as the method."""
    if type(number) is Fraction:
        return number
    return Fraction(number) if number else ZERO


def _insist(is_right: bool) -> None:
    if not is_right:
        raise ArithmeticError("the exact simplex method gave an answer that its own certificate does not support.")
