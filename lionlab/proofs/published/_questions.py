"""Questions to a decision procedure for the reals: a fact holds when its negation has no solution.

"unsat" is z3's word. "sat" is not: a point counts only after all formulas were evaluated at it without z3, in fractions
(`_exact`), and z3 works within a limit of its own count of work, the same on every machine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .._proof import Outcome
from ..smt._solver import ask
from ._exact import Interval, Point, holds, names

Confirm = Callable[[Point], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Question:
    """`premises` must be satisfiable, and unsatisfiable together with `negation`.

    - `definitions`, `located`: equations that define irrational unknowns, and intervals in which there are such
      numbers, as was seen by changes of sign. They are premises too, and hold by that when a point is evaluated.
    - `confirm`: makes of a point where the premises and the negation hold a counterexample, by a second computation;
      None where it shows nothing. Without it the point itself is the counterexample, to the fact.
    """

    fact: str
    premises: Sequence[Any]
    negation: Any
    confirm: Confirm | None = None
    definitions: Sequence[Any] = ()
    located: Mapping[str, Interval] = field(default_factory=dict)

    def text(self, *asserted: Any) -> str:
        import z3

        # Not z3's own text of them all, which shares and numbers what the process happens to hold.
        formulas = [*self.definitions, *self.premises, *asserted]
        lines = [z3.Real(name).decl().sexpr() for name in names(formulas)]
        lines += [f"(assert {formula.sexpr()})" for formula in formulas]
        return "\n".join([*lines, "(check-sat)", ""])

    def solve(self, *asserted: Any) -> tuple[str, Point | None]:
        """("sat" | "unsat" | "unknown", a point of the premises and what is asserted, if one was seen to be one)."""
        formulas = [*self.premises, *asserted]
        unknowns = tuple(name for name in names(formulas) if name not in self.located)
        found = ask(self.text(*asserted), unknowns)
        if found.model is None:
            return found.word, None
        point: dict[str, Fraction | Interval] = {**self.located, **found.model}
        return found.word, point if holds(formulas, point) else None


def answer(questions: Sequence[Question], file_stem: str) -> Outcome:
    """Proved when every negation is unsatisfiable and every set of premises has a point; the texts are kept."""
    artefacts = {}
    for number, question in enumerate(questions):
        word, point = question.solve(question.negation)
        artefacts[f"{file_stem}-{number}.smt2"] = f"; {question.fact}: its negation\n{question.text(question.negation)}"
        if word == "sat":
            found = point and counterexample(question, point)
            if not found:
                return Outcome("undecided", f"{question.fact}: a model was found that does not replay", number)
            return Outcome("refuted", f"not so: {question.fact}", number, found)
        if word != "unsat":
            return Outcome("undecided", f"{question.fact}: no answer within the resource limit", number)
        if question.solve()[1] is None:
            return Outcome("undecided", f"{question.fact}: no point of the premises was found and replayed", number)
    said = f"z3 finds no solution of the {len(questions)} negations; all premises have a point that was replayed."
    return Outcome("proved", said, len(questions), artefacts=artefacts)


def counterexample(question: Question, point: Point) -> Mapping[str, Any] | None:
    """The point as text, with what the second computation found."""
    found = {} if question.confirm is None else question.confirm(point)
    if found is None:
        return None
    return {"fact": question.fact, **{name: _text(at) for name, at in point.items()}, **found}


def _text(at: Fraction | Interval) -> str:
    return f"{float(at.low):.17g}" if isinstance(at, Interval) else str(at)
