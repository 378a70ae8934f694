"""A certificate: a weighted sum of expressions that are ≥ 0, which is the negative of what is to be shown ≤ 0."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._proof import Outcome
from ..gram import Expression
from .ranges import Range

Refuter = Callable[[], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Term:
    """`weight` ≥ 0 times an expression that is ≥ 0 because of `reason`."""

    reason: str
    weight: Any
    expression: Expression


@dataclass(frozen=True)
class Certificate:
    """target ≤ 0 on `range`, for target + Σ weight·expression is 0. Without terms: target = 0, an identity."""

    said: str
    range: Range
    target: Expression
    terms: tuple[Term, ...] = ()

    def residual(self) -> Expression:
        """target + Σ weight·expression, which is to be 0."""
        found = self.target
        for term in self.terms:
            found = found + term.weight * term.expression
        return found

    def failures(self) -> list[str]:
        """Everything that is wrong with it, in words; empty for a valid one."""
        found = [f"{_name(key)} is left with the coefficient {factor}" for key, factor in self.residual().terms.items()]
        found += [
            f"the weight {term.weight} of {term.reason} is not seen to be ≥ 0"
            for term in self.terms
            if not self.range.is_nonnegative(term.weight)
        ]
        numbers = [*self.target.terms.values(), *(term.weight for term in self.terms)]
        numbers += [factor for term in self.terms for factor in term.expression.terms.values()]
        found += [f"{number} is not seen to be defined" for number in numbers if not self.range.is_defined(number)]
        return found

    def record(self) -> dict[str, Any]:
        """All of it as text, from which it can be checked with any computer algebra."""
        return {
            "shows": self.said + (" <= 0" if self.terms else " = 0"),
            "for": self.range.said,
            "positive": list(self.range.positive),
            "not negative": list(self.range.nonnegative),
            "target": _text(self.target),
            "terms": [
                {"because of": term.reason, "weight": str(term.weight), "expression": _text(term.expression)}
                for term in self.terms
            ],
        }


def equal(said: str, one: Range, number: Any) -> Certificate:
    """number = 0."""
    return Certificate(said, one, Expression({"": number} if number != 0 else {}))


def positive(name: str, one: Range, number: Any, is_strict: bool = False) -> Certificate:
    """number ≥ 0 (> 0): the weight of 1 in a certificate of −number ≤ 0, and it does not vanish."""
    if is_strict and not one.is_nonzero(number):
        return Certificate(f"{name} may vanish", one, Expression({"": 1}))
    return Certificate(f"−({name})", one, Expression({"": -number}), (Term("1 > 0", number, Expression({"": 1})),))


CHECK = (
    "An expression maps '<u,v>' (an inner product), 'name' (a value) and '1' to coefficients. Add up target and "
    "weight times expression: every coefficient must vanish as a rational function. Every weight must be >= 0: where "
    "the named numbers are, its coefficients have one sign. Every expression of a term must be the inequality named."
)


def outcome(
    name: str, certificates: Iterable[Certificate], refuter: Refuter, last_resort: Refuter | None = None
) -> Outcome:
    """Proved where every certificate is valid, refuted where one is not and a counterexample is found.

    Both are asked in any case, so that a check of certificates that lets anything pass is seen by the planted wrongs:
    valid certificates beside a counterexample contradict each other, and nothing is decided. `last_resort` may search
    longer where an inequality has no valid weights and `refuter` finds nothing.
    """
    checked, failure, weights = [], None, 0
    for one in certificates:
        checked.append(one)
        weights += len(one.terms)
        if failures := one.failures():
            failure = f"{one.said}, {one.range.said}: {failures[0]}."
            break
    if not checked:
        raise ValueError(f"{name} has no certificate: nothing would be shown.")
    counterexample = refuter()
    if failure is None:
        if counterexample is not None:
            said = "CONFLICT: every certificate is valid, and yet a counterexample breaks the statement."
            return Outcome("undecided", said, 0, counterexample)
        return _proved(name, checked, weights)
    if counterexample is None and last_resort is not None:
        counterexample = last_resort()
    if counterexample is None:
        return Outcome("undecided", f"no certificate, and nothing was found that breaks the statement: {failure}")
    return Outcome("refuted", f"an exact counterexample breaks it, and it has no certificate: {failure}", 0,
        counterexample)  # fmt: skip


def _proved(name: str, valid: list[Certificate], weights: int) -> Outcome:
    said = f"{len(valid)} identities of formal sums, with {weights} weights that are ≥ 0, checked exactly."
    text = json.dumps({"check": CHECK, "certificates": [one.record() for one in valid]}, indent=1, ensure_ascii=False)
    return Outcome("proved", said, len(valid) + weights, artefacts={f"{name}.worst_case.json": text + "\n"})


def _name(key: Any) -> str:
    return f"<{key[0]},{key[1]}>" if isinstance(key, tuple) else (key or "1")


def _text(expression: Expression) -> dict[str, str]:
    return {_name(key): str(factor) for key, factor in expression.terms.items()}
