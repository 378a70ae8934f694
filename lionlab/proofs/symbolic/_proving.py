"""From derivations to an outcome: proved when every step is, refuted when the statement is seen to be false.

That some step does not close refutes nothing: other weights might close it. A stated inequality is refuted by numbers
at which it fails, a stated equation also by a residual that is not 0 at a point of its domain. The rest is undecided.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .._proof import Outcome
from . import _page
from ._derivation import Derivation, gaps, num_obligations, residual
from ._instances import admits, counterexample
from ._values import nonzero

NUM_POINTS = 40


@dataclass(frozen=True)
class Derived:
    """The derivations of a claim, as the function `prove` of a `Proof`.

    `build(subject)`: the derivations of the statement of that subject.   `replay(subject)`: numbers at which the
    statement fails, computed without the derivations; None where none are found.
    """

    build: Callable[[Any], Sequence[Derivation]]
    replay: Callable[[Any], Mapping[str, str] | None] | None = None

    def taken(self, subject: Any, *more: str) -> tuple[str, ...]:
        """What the derivations take for granted, in their words, and what no step can name."""
        laws = (law for one in self.build(subject) for law in one.laws())
        return tuple(dict.fromkeys((*laws, *more)))

    def __call__(self, subject: Any, is_quick: bool) -> Outcome:
        """Checks everything; nothing is left out when quick."""
        derivations = self.build(subject)
        replayed = None if self.replay is None else self.replay(subject)
        found = [(one, gap) for one in derivations for gap in islice(gaps(one), 1)]
        if not found and replayed is None:
            steps = sum(len(one.steps) for one in derivations)
            said = f"{counted(steps, 'step')} in {counted(len(derivations), 'derivation')}: every residual vanishes, "
            said += "every weight shows that it is ≥ 0."
            return Outcome("proved", said, sum(map(num_obligations, derivations)), None, pages(derivations))
        said = "; ".join(
            f"{one.title}, step ({gap.index}), {_page.statement(one.steps[gap.index - 1])}: {gap.said}"
            for one, gap in found[:1]
        )
        if replayed is not None:
            return Outcome("refuted", f"{said or 'an exact run'}.", counterexample=replayed)
        for one, _ in found:
            numbers = counterexample(one)
            if numbers is not None or is_false_equation(one):
                return Outcome("refuted", f"{said}.", counterexample=numbers)
        return Outcome("undecided", f"{said}; no instance was met in which the statement is false.")


def is_false_equation(derivation: Derivation) -> bool:
    """Whether a stated equation, its facts inserted, is not 0 at some point that the hypotheses admit."""
    beside = [part for one in derivation.hypotheses for part in one.terms]
    return any(
        step.relation == "="
        and nonzero(residual(step), lambda point: admits(point, derivation), beside, NUM_POINTS) is not None
        for step in derivation.statements
    )


def pages(derivations: Sequence[Derivation]) -> dict[str, str]:
    """The derivations as files: one page in Unicode, one in LaTeX."""
    return {
        "derivation.txt": "\n\n\n".join(map(_page.text, derivations)) + "\n",
        "derivation.tex": "\n\n".join(map(_page.latex, derivations)) + "\n",
    }


def counted(number: int, noun: str) -> str:
    """1 step, 2 steps."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
