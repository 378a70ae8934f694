"""Terms in numbers: one dimension, exact fractions, functions written out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from ._terms import (
    Constant,
    Defined,
    Gradient,
    Inner,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Term,
    Value,
    Vector,
    within,
)  # fmt: skip

NUM_POINTS = 3


@dataclass(frozen=True)
class Written:
    """A function of one number, written out, with its slope."""

    formula: str
    value: Callable[[Fraction], Fraction]
    slope: Callable[[Fraction], Fraction]
    formula_of_slope: str = ""


@dataclass(frozen=True)
class Instance:
    """Numbers for the names, and functions written out for the functions."""

    numbers: dict[str, Fraction]
    functions: Mapping[str, Written]

    def __call__(self, one: Term) -> Fraction:
        """The value of a term; inner products are products."""
        match one:
            case Number(value):
                return value
            case Constant(name) | Vector(name):
                return self.numbers[name]
            case Defined(_, body):
                return self(body)
            case Sum(terms):
                return sum(map(self, terms), Fraction(0))
            case Negative(body):
                return -self(body)
            case Product(factors):
                found = Fraction(1)
                for factor in factors:
                    found *= self(factor)
                return found
            case Quotient(numerator, denominator):
                return self(numerator) / self(denominator)
            case Power(base, exponent):
                return self(base) ** exponent
            case Inner(left, right):
                return self(left) * self(right)
            case Value(function, point):
                return self.functions[function.name].value(self(point))
            case Gradient(function, point):
                return self.functions[function.name].slope(self(point))
        raise TypeError(f"{type(one).__name__} has no value.")


def rational_draws(count: int) -> Iterator[tuple[Fraction, ...]]:
    """Tuples of fractions between 0 and 1, none special, the same in every run."""
    seed = 1
    while True:
        found = []
        for _ in range(count):
            seed = seed * 48271 % 2147483647  # Lehmer's generator
            found.append(Fraction(seed % 97 + 1, 101))
        yield tuple(found)


def nonzero(
    one: Term,
    is_admitted: Callable[[Instance], bool] = lambda instance: True,
    beside: Sequence[Term] = (),
    num_points: int = NUM_POINTS,
) -> tuple[Fraction, Mapping[str, str]] | None:
    """A value other than 0 that the term takes, and where: enough to show that it does not vanish identically.

    Values and slopes of functions are unrelated unknowns in an identity, so each is a polynomial of its own. Only
    points that `is_admitted` are looked at; `beside`: further terms whose letters it reads.
    """
    parts = [part for each in (one, *beside) for part in within(each)]
    names = sorted({part.name for part in parts if isinstance(part, Constant | Vector)})
    functions = sorted({part.function.name for part in parts if isinstance(part, Value | Gradient)})
    written = {name: _unrelated(name, k) for k, name in enumerate(functions, 1)}
    for draw in islice(rational_draws(len(names)), num_points):
        instance = Instance(dict(zip(names, draw, strict=True)), written)
        try:
            if not is_admitted(instance):
                continue
            value = instance(one)
        except ZeroDivisionError:
            continue
        if value != 0:
            where = {name: str(number) for name, number in instance.numbers.items()}
            return value, where | {one.formula: one.formula_of_slope for one in written.values()}
    return None


def _unrelated(name: str, k: int) -> Written:
    return Written(f"{name}(v) = v³ + {k}", lambda v: v**3 + k, lambda v: k * v**2 - 1, f"∇{name}(v) = {k}v² − 1")
