"""The value of a z3 term or formula at numbers that are known exactly, or to lie in intervals, without z3's arithmetic.

A number known to lie in [l, h] stands for all of these: a formula is True or False only where it is so for every one,
None where that cannot be told. Nothing is rounded.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any, NamedTuple


class Interval(NamedTuple):
    """The numbers from `low` to `high`."""

    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, value: "Fraction | Interval") -> "Interval":
        return value if isinstance(value, Interval) else cls(value, value)


Point = Mapping[str, Fraction | Interval]


def _sum(*parts: Interval) -> Interval:
    return Interval(sum((one.low for one in parts), Fraction(0)), sum((one.high for one in parts), Fraction(0)))


def _negative(one: Interval) -> Interval:
    return Interval(-one.high, -one.low)


def _difference(first: Interval, *others: Interval) -> Interval:
    return _sum(first, *map(_negative, others))


def _product(*parts: Interval) -> Interval:
    def times(one: Interval, other: Interval) -> Interval:
        corners = [a * b for a, b in product(one, other)]
        return Interval(min(corners), max(corners))

    return reduce(times, parts)


def _quotient(one: Interval, other: Interval) -> Interval:
    if other.low != other.high:
        raise ArithmeticError("only division by a number that is known exactly is needed here.")
    return _product(one, Interval.of(1 / other.low))


def _below(one: Interval, other: Interval) -> bool | None:
    return True if one.high < other.low else False if one.low >= other.high else None


def _not(one: bool | None) -> bool | None:
    return None if one is None else not one


def _all(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


def _any(*parts: bool | None) -> bool | None:
    return _not(_all(*map(_not, parts)))


def _equal(one: Any, other: Any) -> bool | None:
    if not isinstance(one, Interval):
        return None if None in (one, other) else one == other
    apart = _any(_below(one, other), _below(other, one))
    return True if one == other and one.low == one.high else _not(apart) if apart else None


def _choice(condition: bool | None, one: Any, other: Any) -> Any:
    if condition is not None:
        return one if condition else other
    if isinstance(one, Interval):
        return Interval(min(one.low, other.low), max(one.high, other.high))
    return one if one == other else None


def _operations() -> dict[int, Callable[..., Any]]:
    import z3

    return {
        z3.Z3_OP_ADD: _sum,
        z3.Z3_OP_SUB: _difference,
        z3.Z3_OP_UMINUS: _negative,
        z3.Z3_OP_MUL: _product,
        z3.Z3_OP_DIV: _quotient,
        z3.Z3_OP_LT: _below,
        z3.Z3_OP_GT: lambda one, other: _below(other, one),
        z3.Z3_OP_LE: lambda one, other: _not(_below(other, one)),
        z3.Z3_OP_GE: lambda one, other: _not(_below(one, other)),
        z3.Z3_OP_EQ: _equal,
        z3.Z3_OP_DISTINCT: lambda one, other: _not(_equal(one, other)),
        z3.Z3_OP_AND: _all,
        z3.Z3_OP_OR: _any,
        z3.Z3_OP_NOT: _not,
        z3.Z3_OP_IMPLIES: lambda one, other: _any(_not(one), other),
        z3.Z3_OP_ITE: _choice,
        z3.Z3_OP_TRUE: lambda: True,
        z3.Z3_OP_FALSE: lambda: False,
    }


def value(expression: Any, point: Point) -> Any:
    """An `Interval` for a term; True, False or None for a formula."""
    import z3

    operations = _operations()

    def at(one: Any) -> Any:
        if z3.is_rational_value(one):
            return Interval.of(Fraction(one.numerator_as_long(), one.denominator_as_long()))
        if z3.is_const(one) and one.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            return Interval.of(point[one.decl().name()])
        return operations[one.decl().kind()](*map(at, one.children()))

    return at(expression)


def holds(formulas: Sequence[Any], point: Point) -> bool:
    """Whether all of them are true there, for certain."""
    return all(value(one, point) is True for one in formulas)


def names(expressions: Sequence[Any]) -> tuple[str, ...]:
    """Of all unknowns in them, in a fixed order."""
    import z3

    found: set[str] = set()
    left = list(expressions)
    while left:
        one = left.pop()
        if z3.is_const(one) and one.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found.add(one.decl().name())
        left += one.children()
    return tuple(sorted(found))
