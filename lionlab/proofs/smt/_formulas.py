"""Real terms and formulas as SMT-LIB text, and their exact value at rational points, found without any solver.

scene = Scene()
x = scene.real("x")
scene.assume("x lies in [−1, 1]", (-1 <= x) & (x <= 1))
scene.text(4 <= x * x)          the text of a query: premises, then what is asserted on top of them
"""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

Values = Mapping[str, Fraction]
Number = int | Fraction

_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
    "and": lambda *parts: all(parts),
    "or": lambda *parts: any(parts),
    "not": operator.not_,
    "ite": lambda condition, one, other: one if condition else other,
}


def _literal(number: Number) -> str:
    size = abs(Fraction(number))
    text = f"{size.numerator}.0" if size.denominator == 1 else f"(/ {size.numerator}.0 {size.denominator}.0)"
    return text if number >= 0 else f"(- {text})"


@dataclass(frozen=True, eq=False)
class _Node:
    """A number, a name, or an operation on nodes."""

    head: Any
    parts: tuple["_Node", ...] = ()

    def __str__(self) -> str:
        if self.parts:
            return f"({self.head} {' '.join(map(str, self.parts))})"
        return self.head if isinstance(self.head, str) else _literal(self.head)

    def at(self, values: Mapping[str, Any]) -> Any:
        """The exact value where each name has the value given."""
        if self.parts:
            return _OPERATIONS[self.head](*(part.at(values) for part in self.parts))
        return values[self.head] if isinstance(self.head, str) else Fraction(self.head)


class Formula(_Node):
    """A statement about reals; `&`, `|`, `~` join them."""

    def __and__(self, other: "Formula") -> "Formula":
        return Formula("and", (self, other))

    def __or__(self, other: "Formula") -> "Formula":
        return Formula("or", (self, other))

    def __invert__(self) -> "Formula":
        return Formula("not", (self,))


class Term(_Node):
    """A real number."""

    def __add__(self, other: "Term | Number") -> "Term":
        return Term("+", (self, term(other)))

    def __radd__(self, other: Number) -> "Term":
        return Term("+", (term(other), self))

    def __sub__(self, other: "Term | Number") -> "Term":
        return Term("-", (self, term(other)))

    def __rsub__(self, other: Number) -> "Term":
        return Term("-", (term(other), self))

    def __mul__(self, other: "Term | Number") -> "Term":
        return Term("*", (self, term(other)))

    def __rmul__(self, other: Number) -> "Term":
        return Term("*", (term(other), self))

    def __neg__(self) -> "Term":
        return -1 * self

    def __le__(self, other: "Term | Number") -> Formula:
        return Formula("<=", (self, term(other)))

    def __lt__(self, other: "Term | Number") -> Formula:
        return Formula("<", (self, term(other)))

    def __ge__(self, other: "Term | Number") -> Formula:
        return Formula("<=", (term(other), self))

    def __gt__(self, other: "Term | Number") -> Formula:
        return Formula("<", (term(other), self))

    def equals(self, other: "Term | Number") -> Formula:
        return Formula("=", (self, term(other)))

    def differs(self, other: "Term | Number") -> Formula:
        return ~self.equals(other)


def term(number: Term | Number) -> Term:
    """A number as a term; terms as they are."""
    return number if isinstance(number, Term) else Term(number)


def number(given: Any, values: Values) -> Fraction:
    """The exact value of a term or number."""
    return given.at(values) if isinstance(given, Term) else Fraction(given)


def either(condition: Formula, one: Term | Number, other: Term | Number) -> Term:
    """`one` where the condition holds, else `other`."""
    return Term("ite", (condition, term(one), term(other)))


def between(low: Term | Number, t: Term, high: Term | Number) -> Formula:
    """low ≤ t ≤ high"""
    return (t >= low) & (t <= high)


def implies(condition: Formula, conclusion: Formula) -> Formula:
    return ~condition | conclusion


def all_of(*formulas: Formula) -> Formula:
    return reduce(operator.and_, formulas)


def any_of(*formulas: Formula) -> Formula:
    return reduce(operator.or_, formulas)


def size_of(t: Term) -> Term:
    """|t|"""
    return either(t >= 0, t, -t)


@dataclass
class Scene:
    """Names, what they stand for, and labelled premises, in the order in which they were given."""

    lines: list[tuple[str, Term | None]] = field(default_factory=list)
    premises: list[tuple[str, Formula]] = field(default_factory=list)

    def real(self, name: str) -> Term:
        """A new unknown real."""
        self.lines.append((name, None))
        return Term(name)

    def reals(self, names: str) -> tuple[Term, ...]:
        return tuple(self.real(name) for name in names.split())

    def define(self, name: str, meaning: Term | Number) -> Term:
        """A name for a term; the same again where it already is."""
        if not any(known == name and str(old) == str(term(meaning)) for known, old in self.lines):
            self.lines.append((name, term(meaning)))
        return Term(name)

    def assume(self, label: str, formula: Formula) -> None:
        """A premise; several may share a label, which is what a dropped hypothesis is named by."""
        self.premises.append((label, formula))

    @property
    def unknowns(self) -> tuple[str, ...]:
        return tuple(name for name, meaning in self.lines if meaning is None)

    def completed(self, values: Values) -> dict[str, Fraction]:
        """The values of all names, given those of the unknowns."""
        found = dict(values)
        for name, meaning in self.lines:
            if meaning is not None:
                found[name] = meaning.at(found)
        return found

    def holds(self, values: Values, *asserted: Formula, without: Collection[str] = ()) -> bool:
        """Whether the premises, less those labelled `without`, and what is asserted hold there exactly."""
        at = self.completed(values)
        premises = (formula for label, formula in self.premises if label not in without)
        return all(formula.at(at) for formula in (*premises, *asserted))

    def text(
        self,
        *asserted: Formula,
        head: str = "",
        without: Collection[str] = (),
        pinned: Values | None = None,
    ) -> str:
        """A self-contained SMT-LIB query: is there a point with all premises and all that is asserted?"""
        comments = "".join(f"; {line}\n" for line in head.splitlines())
        lines = ["(set-logic QF_NRA)"]
        for name, meaning in self.lines:
            declared = f"(declare-const {name} Real)" if meaning is None else f"(define-fun {name} () Real {meaning})"
            lines.append(declared)
        for label, formula in self.premises:
            if label not in without:
                lines += [f"; {label}", f"(assert {formula})"]
        lines += [f"(assert {Term(name).equals(value)})" for name, value in (pinned or {}).items()]
        if asserted:
            lines += ["; and yet", *(f"(assert {formula})" for formula in asserted)]
        return comments + "\n".join([*lines, "(check-sat)", ""])
