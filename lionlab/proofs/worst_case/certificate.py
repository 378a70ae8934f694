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

    def failures(self) -> list[str]:
        """Everything that is wrong with it, in words; empty for a valid one."""
        residual = self.target
        for term in self.terms:
            residual = residual + term.weight * term.expression
        found = [f"{_name(key)} is left with the coefficient {factor}" for key, factor in residual.terms.items()]
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


CHECK = (
    "An expression maps '<u,v>' (an inner product), 'name' (a value) and '1' to coefficients. Add up target and "
    "weight times expression: every coefficient must vanish as a rational function. Every weight must be >= 0: where "
    "the named numbers are, its coefficients have one sign. Every expression of a term must be the inequality named."
)


def outcome(
    name: str, certificates: Iterable[Certificate], refuter: Refuter, last_resort: Refuter | None = None
) -> Outcome:
    """Refuted where `refuter` finds what breaks the statement, else proved if every certificate is valid.

    An identity (no terms) that is none is refuted in any case. Where an inequality has no valid weights, `last_resort`
    may search longer for a counterexample; without one the outcome is undecided.
    """
    if (counterexample := refuter()) is not None:
        return _refuted(counterexample)
    valid = []
    for one in certificates:
        if failures := one.failures():
            return _failed(one, failures[0], last_resort() if last_resort else None)
        valid.append(one)
    weights = sum(len(one.terms) for one in valid)
    said = f"{len(valid)} identities of formal sums, with {weights} weights that are ≥ 0, checked exactly."
    text = json.dumps({"check": CHECK, "certificates": [one.record() for one in valid]}, indent=1, ensure_ascii=False)
    return Outcome("proved", said, len(valid) + weights, artefacts={f"{name}.worst_case.json": text + "\n"})


def _refuted(counterexample: Mapping[str, Any]) -> Outcome:
    return Outcome("refuted", "an exact counterexample breaks it.", 0, counterexample)


def _failed(one: Certificate, failure: str, counterexample: Mapping[str, Any] | None) -> Outcome:
    why = f"{one.said}, {one.range.said}: {failure}."
    if counterexample is not None:
        return _refuted(counterexample)
    if not one.terms:
        return Outcome("refuted", f"no identity: {why}")
    return Outcome("undecided", f"no certificate, and nothing was found that breaks the statement: {why}")


def _name(key: Any) -> str:
    return f"<{key[0]},{key[1]}>" if isinstance(key, tuple) else (key or "1")


def _text(expression: Expression) -> dict[str, str]:
    return {_name(key): str(factor) for key, factor in expression.terms.items()}
