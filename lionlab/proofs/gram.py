"""Vectors and their inner products as formal sums, over any numbers: fractions, symbols, floats.

A worst case over all convex functions sees points, subgradients and values only through inner products ⟨u, v⟩ of named
vectors and through named values, so that every inequality is linear in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# An inner product is a sorted pair of names, a function value a name, the constant term "".
Key = tuple[str, str] | str


def _combined(left: Mapping[Any, Any], right: Mapping[Any, Any], factor: Any) -> dict[Any, Any]:
    found = dict(left)
    for key, value in right.items():
        term = _times(factor, value)
        found[key] = found[key] + term if key in found else term
    return {key: value for key, value in found.items() if value != 0}


def _times(factor: Any, value: Any) -> Any:
    """Their product; 0 + value and 1·value would each cost rational functions a greatest common divisor."""
    if isinstance(factor, int) and factor in (1, -1):
        return value if factor == 1 else -value
    return factor if isinstance(value, int) and value == 1 else factor * value


@dataclass(frozen=True)
class Expression:
    """A linear combination of inner products, values and 1."""

    terms: Mapping[Key, Any] = field(default_factory=dict)

    def __add__(self, other: "Expression | int") -> "Expression":
        return Expression(_combined(self.terms, _expression(other).terms, 1))

    __radd__ = __add__

    def __sub__(self, other: "Expression | int") -> "Expression":
        return Expression(_combined(self.terms, _expression(other).terms, -1))

    def __neg__(self) -> "Expression":
        return Expression() - self

    def __rmul__(self, factor: Any) -> "Expression":
        return Expression(_combined({}, self.terms, factor))

    def __getitem__(self, key: Key) -> Any:
        return self.terms.get(key, 0)

    def at(self, vectors: Mapping[str, tuple[Any, ...]], values: Mapping[str, Any]) -> Any:
        """The number it is where each named vector and each named value is given."""
        total: Any = 0
        for key, factor in self.terms.items():
            if isinstance(key, tuple):
                total += factor * sum(a * b for a, b in zip(vectors[key[0]], vectors[key[1]], strict=True))
            else:
                total += factor * (values[key] if key else 1)
        return total


@dataclass(frozen=True)
class Vector:
    """A linear combination of named vectors."""

    terms: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Vector | Any") -> "Vector":
        return Vector(_combined(self.terms, _vector(other).terms, 1))

    def __sub__(self, other: "Vector | Any") -> "Vector":
        return Vector(_combined(self.terms, _vector(other).terms, -1))

    def __neg__(self) -> "Vector":
        return Vector() - self

    def __rmul__(self, factor: Any) -> "Vector":
        return Vector(_combined({}, self.terms, factor))

    def at(self, vectors: Mapping[str, tuple[Any, ...]]) -> tuple[Any, ...]:
        """Its entries where each named vector is given."""
        entries = (tuple(factor * entry for entry in vectors[name]) for name, factor in self.terms.items())
        return tuple(sum(column) for column in zip(*entries, strict=True))

    def __matmul__(self, other: "Vector") -> Expression:
        """The inner product ⟨self, other⟩."""
        found: dict[Key, Any] = {}
        for a, first in self.terms.items():
            for b, second in other.terms.items():
                key = (min(a, b), max(a, b))
                term = _times(first, second)
                found[key] = found[key] + term if key in found else term
        return Expression(_combined({}, found, 1))


def vector(name: str) -> Vector:
    """The vector of that name."""
    return Vector({name: 1})


def value(name: str) -> Expression:
    """The function value of that name."""
    return Expression({name: 1})


def _vector(term: "Vector | Any") -> Vector:
    """0 times a vector is 0 for numbers that never ask the vector, as SymPy's do not."""
    if isinstance(term, Vector):
        return term
    if term != 0:
        raise TypeError(f"only a vector or 0 can be added to a vector, got {term!r}.")
    return Vector()


def _expression(term: "Expression | Any") -> Expression:
    if isinstance(term, Expression):
        return term
    return Expression({"": term}) if term != 0 else Expression()
