"""Identities of rational functions, proved by evaluating them at enough rational points.

A polynomial whose degree in each variable is below the number of values that variable takes on a grid, and which is 0
on the whole grid, is 0. So a rational function is shown to vanish by evaluating it in fractions, once its degrees are
bounded; and these are found by running the same formula on `Degrees` in place of numbers. No computer algebra is used:
nothing is expanded, cancelled or simplified.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from ..gram import Expression

# The k-th value of a variable is k over one of these primes.
STEPS = (7, 11, 13, 17, 19, 23)
TINY = Fraction(1, 10**9)
Factor = Fraction | Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Degrees:
    """Bounds on the degrees, variable by variable, of the numerator and the denominator of a rational function."""

    above: tuple[int, ...]
    below: tuple[int, ...]

    def _with(self, other: Any) -> "Degrees | None":
        none = (0,) * len(self.above)
        if isinstance(other, int | Fraction):
            return Degrees(none, none)
        return other if isinstance(other, Degrees) else None

    def __add__(self, term: Any) -> "Degrees":
        other = self._with(term)
        if other is None:
            return NotImplemented
        if other.below == self.below and not any(self.below):
            return Degrees(tuple(map(max, self.above, other.above)), self.below)
        one, two = _sum(self.above, other.below), _sum(other.above, self.below)
        return Degrees(tuple(map(max, one, two)), _sum(self.below, other.below))

    __radd__ = __sub__ = __rsub__ = __add__

    def __neg__(self) -> "Degrees":
        return self

    def __mul__(self, other: Any) -> "Degrees":
        right = self._with(other)
        if right is None:
            return NotImplemented
        return Degrees(_sum(self.above, right.above), _sum(self.below, right.below))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Degrees":
        right = self._with(other)
        if right is None:
            return NotImplemented
        return Degrees(_sum(self.above, right.below), _sum(self.below, right.above))

    def __rtruediv__(self, other: Any) -> "Degrees":
        return Degrees(self.below, self.above)


def _sum(left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(left, right, strict=True))


Formula = Callable[..., Expression | Any]


@dataclass(frozen=True)
class Grid:
    """What `vanishes` found: `where` the formula is not 0 with what it is there, None if it vanishes; points looked at.

    `degrees` are the bounds of the numerator's, by variable.
    """

    where: Mapping[str, str] | None
    points: int
    degrees: Mapping[str, int]


def vanishes(formula: Formula, names: Sequence[str]) -> Grid:
    """Whether formula(*variables) is 0 for all values of its variables, wherever it is defined.

    The result may be a number or an `Expression`, whose coefficients must then all vanish: its inner products and
    values are named, and nothing is assumed of them.
    """
    count = len(names)
    none = (0,) * count
    variables = (Degrees(tuple(int(i == j) for j in range(count)), none) for i in range(count))
    bounds = [0] * count
    for found in _parts(formula(*variables)).values():
        above = found.above if isinstance(found, Degrees) else none
        bounds = [max(a, b) for a, b in zip(bounds, above, strict=True)]
    points = 0
    for point in product(*(_values(i, bound + 1) for i, bound in enumerate(bounds))):
        points += 1
        for part, found in _parts(formula(*point)).items():
            if found != 0:
                where = {name: str(value) for name, value in zip(names, point, strict=True)}
                return Grid(
                    {**where, f"coefficient of {part}": str(found)}, points, dict(zip(names, bounds, strict=True))
                )
    return Grid(None, points, dict(zip(names, bounds, strict=True)))


def _parts(result: Any) -> Mapping[Any, Any]:
    return result.terms if isinstance(result, Expression) else {"1": result}


def _values(index: int, count: int) -> Iterator[Fraction]:
    """Positive values, other ones for each variable, so that no denominator of the formulas vanishes on the grid."""
    step = STEPS[index % 6]
    return (Fraction(k, step) for k in range(1, count + 1))


def right_at_first(index: int, count: int = 2) -> Callable[[Any], Any]:
    """A factor that is 1 at the first `count` values of the variable of that index, and wrong elsewhere by about 1e-9.

    Planted, it passes a grid of so many values: only one as wide as its degrees ask for sees it.
    """

    def factor(variable: Any) -> Any:
        error: Any = TINY
        for k in range(1, count + 1):
            error = error * (variable - Fraction(k, STEPS[index]))
        return 1 + error

    return factor


def at(factor: Factor, variable: Any) -> Any:
    """A factor that may depend on a variable, where that has a value."""
    return factor(variable) if callable(factor) else factor
