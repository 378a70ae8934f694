"""Formal mathematics in the order in which it is written: scalars and vectors, ⟨u, v⟩, f(x), ∇f(x), and names.

A term knows nothing but its parts. `_normal.py` computes with it, `_writing.py` writes it, `_signs.py` reads its sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


class Term:
    """A scalar or a vector, built with +, −, ·, / and whole powers; numbers among terms become `Number`."""

    @property
    def is_vector(self) -> bool:
        """Whether this is a vector; what is added or multiplied decides."""
        return any(part.is_vector for part in self.parts())

    def parts(self) -> tuple["Term", ...]:
        """The terms this one is made of, from left to right."""
        return ()

    def __add__(self, other: "Operand") -> "Term":
        return total(self, other)

    def __radd__(self, other: "Operand") -> "Term":
        return total(other, self)

    def __sub__(self, other: "Operand") -> "Term":
        return total(self, -term(other))

    def __rsub__(self, other: "Operand") -> "Term":
        return total(other, -self)

    def __neg__(self) -> "Term":
        if isinstance(self, Number):
            return Number(-self.value)
        return self.body if isinstance(self, Negative) else Negative(self)

    def __mul__(self, other: "Operand") -> "Term":
        return product(self, other)

    def __rmul__(self, other: "Operand") -> "Term":
        return product(other, self)

    def __truediv__(self, other: "Operand") -> "Term":
        return self if other == 1 else Quotient(self, term(other))

    def __rtruediv__(self, other: "Operand") -> "Term":
        return Quotient(term(other), self)

    def __pow__(self, exponent: int) -> "Term":
        return Power(self, exponent)


Operand = Term | int | Fraction


@dataclass(frozen=True)
class Number(Term):
    """A rational number."""

    value: Fraction


@dataclass(frozen=True)
class Constant(Term):
    """A real number of which only the name is known."""

    name: str


@dataclass(frozen=True)
class Vector(Term):
    """A vector of which only the name is known, in a space of any dimension."""

    name: str

    @property
    def is_vector(self) -> bool:
        """Yes."""
        return True


@dataclass(frozen=True)
class Defined(Term):
    """A name for a term. `is_listed`: whether the definition is written out where the name is used."""

    name: str
    body: Term
    is_listed: bool = True

    def parts(self) -> tuple[Term, ...]:
        """What the name stands for."""
        return (self.body,)


@dataclass(frozen=True)
class Sum(Term):
    """A sum; what is subtracted stands in it as `Negative`."""

    terms: tuple[Term, ...]

    def parts(self) -> tuple[Term, ...]:
        """The summands."""
        return self.terms


@dataclass(frozen=True)
class Negative(Term):
    """−body."""

    body: Term

    def parts(self) -> tuple[Term, ...]:
        """What is negated."""
        return (self.body,)


@dataclass(frozen=True)
class Product(Term):
    """A product of scalars, with at most one vector among them."""

    factors: tuple[Term, ...]

    def parts(self) -> tuple[Term, ...]:
        """The factors."""
        return self.factors


@dataclass(frozen=True)
class Quotient(Term):
    """numerator/denominator, of a scalar or a vector by a scalar."""

    numerator: Term
    denominator: Term

    def parts(self) -> tuple[Term, ...]:
        """Both."""
        return (self.numerator, self.denominator)


@dataclass(frozen=True)
class Power(Term):
    """base to a whole exponent ≥ 1."""

    base: Term
    exponent: int

    def parts(self) -> tuple[Term, ...]:
        """The base."""
        return (self.base,)


@dataclass(frozen=True)
class Inner(Term):
    """⟨left, right⟩."""

    left: Term
    right: Term

    @property
    def is_vector(self) -> bool:
        """No."""
        return False

    def parts(self) -> tuple[Term, ...]:
        """Both vectors."""
        return (self.left, self.right)


@dataclass(frozen=True)
class Function:
    """A real function of a vector, known only by its values and slopes at the points where they are written."""

    name: str

    def __call__(self, point: Term) -> "Value":
        return Value(self, point)

    def gradient(self, point: Term) -> "Gradient":
        """∇ of it: the derivative where there is one, else the chosen subgradient, one for every point."""
        return Gradient(self, point)


@dataclass(frozen=True)
class Value(Term):
    """function(point), a scalar; equal at equal points, however these are written."""

    function: Function
    point: Term

    @property
    def is_vector(self) -> bool:
        """No."""
        return False

    def parts(self) -> tuple[Term, ...]:
        """The point."""
        return (self.point,)


@dataclass(frozen=True)
class Gradient(Term):
    """∇function(point), a vector; equal at equal points."""

    function: Function
    point: Term

    @property
    def is_vector(self) -> bool:
        """Yes."""
        return True

    def parts(self) -> tuple[Term, ...]:
        """The point."""
        return (self.point,)


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def term(value: Operand) -> Term:
    """The value as a term."""
    return value if isinstance(value, Term) else Number(Fraction(value))


def total(*values: Operand) -> Term:
    """Their sum, written without zeros."""
    # Not flattened: 1 + (1−β) shows its sign, 1 + 1 − β does not.
    summands = tuple(one for one in map(term, values) if one != ZERO)
    return summands[0] if len(summands) == 1 else Sum(summands) if summands else ZERO


def product(*values: Operand) -> Term:
    """Their product, written without ones."""
    factors: list[Term] = []
    for one in map(term, values):
        factors += one.factors if isinstance(one, Product) else () if one == ONE else (one,)
    if ZERO in factors and not any(one.is_vector for one in factors):
        return ZERO
    return factors[0] if len(factors) == 1 else Product(tuple(factors)) if factors else ONE


def inner(left: Term, right: Term) -> Term:
    """⟨left, right⟩."""
    return Inner(left, right)


def squared_norm(vector: Term) -> Term:
    """‖vector‖² = ⟨vector, vector⟩."""
    return Inner(vector, vector)


def constants(names: str) -> tuple[Constant, ...]:
    """Constants by their names, separated by blanks."""
    return tuple(Constant(name) for name in names.split())


def vectors(names: str) -> tuple[Vector, ...]:
    """Vectors by their names, separated by blanks."""
    return tuple(Vector(name) for name in names.split())


def within(one: Term) -> Iterator[Term]:
    """The term and all it is made of, definitions included, parts before wholes."""
    for part in one.parts():
        yield from within(part)
    yield one
