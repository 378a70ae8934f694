"""A derivation: hypotheses, definitions, and steps, each of which is checked by machine and can be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ._facts import Fact
from ._normal import vanishes
from ._signs import Chain, Signs
from ._terms import ZERO, Defined, Operand, Quotient, Term, Vector, inner, term, within
from ._values import nonzero

Relation = Literal["=", "≤", "<"]


SHOWN = "shown above"


@dataclass(frozen=True)
class Step:
    """left = right, or left ≤ right, for a reason.

    `because`: weights and facts such that right − left is their weighted sum, identically; a fact "≥ 0" needs a weight
    that shows its sign. Without them an equation holds by definition, and for ≤ and < right − left shows its sign.
    """

    left: Term
    relation: Relation
    right: Term
    reason: str
    because: tuple[tuple[Term, Fact], ...] = ()

    def terms(self) -> list[Term]:
        """The sides, the weights and the facts."""
        return [self.left, self.right, *(each for weight, fact in self.because for each in (weight, fact.term))]

    def fact(self) -> Fact:
        """The step as something to build on."""
        term = self.right if self.left == ZERO else self.right - self.left
        return Fact(term, "=" if self.relation == "=" else "≥", SHOWN, SHOWN)


def equation(left: Operand, right: Operand, reason: str, because: Sequence[tuple[Operand, Fact]] = ()) -> Step:
    """left = right."""
    return Step(term(left), "=", term(right), reason, tuple((term(weight), fact) for weight, fact in because))


def at_most(left: Operand, right: Operand, reason: str, because: Sequence[tuple[Operand, Fact]] = ()) -> Step:
    """left ≤ right."""
    return Step(term(left), "≤", term(right), reason, tuple((term(weight), fact) for weight, fact in because))


def positive(right: Operand, reason: str) -> Step:
    """0 < right."""
    return Step(ZERO, "<", term(right), reason)


@dataclass(frozen=True)
class Derivation:
    """One statement with its proof.

    - `title`: what it is about.   `setting`: what the letters mean, and what is supposed of functions and sets.
    - `hypotheses`: what is supposed of the constants.   `steps`: the last is the statement.
    - `choices`: what the free vectors are in an instance with functions written out, as u = ∇K(m̃⁺); nothing where no
      instance can be made.
    - `about`: named terms that the page defines although the steps do not name them.
    - `stated`: the steps that are the statement, where that is not the last alone.
    - `instances`: of which K there are instances where the free letters may be any numbers, without `choices`; with
      them of any K, unless K has to be smooth.
    """

    title: str
    setting: tuple[str, ...]
    hypotheses: tuple[Chain, ...]
    steps: tuple[Step, ...]
    choices: tuple[tuple[Vector, Term], ...] = ()
    about: tuple[Term, ...] = ()
    stated: tuple[Step, ...] = ()
    instances: Literal["", "any K", "smooth K"] = ""

    @property
    def statement(self) -> Step:
        """The last step."""
        return self.steps[-1]

    @property
    def statements(self) -> tuple[Step, ...]:
        """What is stated, the last step last."""
        return (*(step for step in self.stated if step != self.statement), self.statement)

    def definitions(self) -> tuple[Defined, ...]:
        """The names used and what they stand for, each before it is used."""
        parts = (part for one in self.terms() for part in within(one))
        return tuple(dict.fromkeys(part for part in parts if isinstance(part, Defined) and part.is_listed))

    def terms(self) -> list[Term]:
        """Every term of the statement, then of the steps."""
        return [*self.about, *(one for step in (self.statement, *self.steps) for one in step.terms())]

    def laws(self) -> tuple[str, ...]:
        """What is taken for granted, in words."""
        laws = (fact.law for step in self.steps for _, fact in step.because)
        return tuple(dict.fromkeys(law for law in laws if law != SHOWN))


@dataclass(frozen=True)
class Gap:
    """What is wrong with a step: `index` from 1, `said`, and the term it is said of."""

    index: int
    said: str
    remains: Term


def gaps(derivation: Derivation) -> Iterator[Gap]:
    """What keeps the derivation from being a proof: residuals that are not zero, signs that do not show."""
    signs = Signs(derivation.hypotheses)
    shown: list[Fact] = []
    for i, step in enumerate(derivation.steps, 1):
        for _, fact in step.because:
            if fact.law == SHOWN and fact not in shown:
                yield Gap(i, "a fact said to be shown is shown in no step before", fact.term)
        yield from (Gap(i, said, remains) for said, remains in _gaps_of(step, signs))
        shown.append(step.fact())


def _gaps_of(step: Step, signs: Signs) -> list[tuple[str, Term]]:
    parts = (part for one in step.terms() for part in within(one))
    below = dict.fromkeys(part.denominator for part in parts if isinstance(part, Quotient))
    found: list[tuple[str, Term]] = [
        ("a denominator does not show that it is positive", one) for one in below if not signs.is_positive(one)
    ]
    for weight, fact in step.because:
        if fact.relation == "≥" and not signs.is_nonnegative(weight):
            found.append((f"the weight of {fact.reason} does not show that it is ≥ 0", weight))
        if fact.relation == "=" and step.relation == "≤" and weight.is_vector:
            found.append(("a weight is a vector", weight))
    difference = residual(step)
    if step.relation == "<" and step.because:
        found.append(("facts show ≥ 0, and not more", difference))
    if step.relation != "=" and not step.because:
        shown = signs.is_positive(difference) if step.relation == "<" else signs.is_nonnegative(difference)
        return found if shown else [*found, ("the difference does not show its sign", difference)]
    seen = nonzero(difference)
    if seen is not None:
        value, where = seen
        at = ", ".join(
            f"{name} = {number}" if "(" not in name else f"{name}, {number}" for name, number in where.items()
        )
        found.append((f"the residual does not vanish: it is {value} at {at}", difference))
    elif not vanishes(difference):
        found.append(("the residual does not vanish", difference))
    return found


def residual(step: Step) -> Term:
    """right − left less the weighted sum of the facts: 0 where the step is what the facts say."""
    difference = step.right - step.left
    for weight, fact in step.because:
        difference = difference - _weighted(weight, fact.term)
    return difference


def _weighted(weight: Term, one: Term) -> Term:
    """A weight may be a scalar, or for a vector equation used in a scalar one the vector it is multiplied with."""
    return inner(weight, one) if weight.is_vector and one.is_vector else weight * one


def num_obligations(derivation: Derivation) -> int:
    """How many separate facts are checked: steps, weights with a sign, denominators."""
    weights = sum(fact.relation == "≥" for step in derivation.steps for _, fact in step.because)
    below = {
        part.denominator
        for step in derivation.steps
        for one in (step.left, step.right)
        for part in within(one)
        if isinstance(part, Quotient)
    }
    return len(derivation.steps) + weights + len(below)
