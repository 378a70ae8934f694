"""From derivations to an outcome: proved when every step of every derivation is, refuted where one does not close."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .._proof import Outcome
from . import _page
from ._derivation import Derivation, gaps, num_obligations
from ._instances import counterexample


@dataclass(frozen=True)
class Derived:
    """The derivations of a claim, as the function `prove` of a `Proof`.

    `build(subject)`: the derivations of the statement of that subject.
    """

    build: Callable[[Any], Sequence[Derivation]]

    def __call__(self, subject: Any, is_quick: bool) -> Outcome:
        """Checks everything; nothing is left out when quick."""
        derivations = self.build(subject)
        found = next(((one, gap) for one in derivations for gap in gaps(one)), None)
        if found is None:
            steps = sum(len(one.steps) for one in derivations)
            said = f"{counted(steps, 'step')} in {counted(len(derivations), 'derivation')}: every residual vanishes, "
            said += "every weight shows that it is ≥ 0."
            return Outcome("proved", said, sum(map(num_obligations, derivations)), None, pages(derivations))
        derivation, gap = found
        said = (
            f"{derivation.title}, step ({gap.index}), {_page.statement(derivation.steps[gap.index - 1])}: {gap.said}."
        )
        return Outcome("refuted", said, counterexample=counterexample(derivation))


def pages(derivations: Sequence[Derivation]) -> dict[str, str]:
    """The derivations as files: one page in Unicode, one in LaTeX."""
    return {
        "derivation.txt": "\n\n\n".join(map(_page.text, derivations)) + "\n",
        "derivation.tex": "\n\n".join(map(_page.latex, derivations)) + "\n",
    }


def counted(number: int, noun: str) -> str:
    """1 step, 2 steps."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
