"""Questions to a decision procedure for the reals: a fact holds when its negation has no solution."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome

TIMEOUT_MILLISECONDS = 60_000

Model = Mapping[str, Fraction]


class Question(NamedTuple):
    """`premises` must be satisfiable, and unsatisfiable together with `negation`.

    `replay` turns a model into a counterexample in exact numbers, or returns None where the model shows nothing.
    """

    fact: str
    premises: Sequence[Any]
    negation: Any
    replay: Callable[[Model], Mapping[str, Any] | None]


def solve(assertions: Sequence[Any]) -> tuple[str, dict[str, Fraction], str]:
    """("sat" | "unsat" | "unknown", model, SMT-LIB text); irrational values of a model are cut to 30 digits."""
    import z3

    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MILLISECONDS)
    solver.add(*assertions)
    word = str(solver.check())
    model = {}
    if word == "sat":
        found = solver.model()
        for variable in found.decls():
            value = found[variable]
            if z3.is_algebraic_value(value):
                value = value.approx(30)
            if z3.is_rational_value(value):
                model[variable.name()] = Fraction(value.numerator_as_long(), value.denominator_as_long())
    return word, model, solver.to_smt2()


def answer(questions: Sequence[Question], file_stem: str) -> Outcome:
    """Proved when every negation is unsatisfiable and every set of premises is not; the texts are kept."""
    artefacts = {}
    for number, question in enumerate(questions):
        word, model, text = solve([*question.premises, question.negation])
        artefacts[f"{file_stem}-{number}.smt2"] = f"; {question.fact}: its negation\n{text}"
        if word == "sat":
            found = question.replay(model)
            if found is None:
                return Outcome("undecided", f"{question.fact}: a model was found that does not replay", number)
            return Outcome("refuted", f"not so: {question.fact}", number, found)
        if word != "unsat":
            return Outcome("undecided", f"{question.fact}: no answer in time", number)
        if solve(question.premises)[0] != "sat":
            return Outcome("undecided", f"{question.fact}: the premises were not seen to be satisfiable", number)
    said = f"z3 finds no solution of the {len(questions)} negations; each set of premises has one."
    return Outcome("proved", said, len(questions), artefacts=artefacts)
