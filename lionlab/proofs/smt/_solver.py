"""z3, asked by text alone: satisfiable with a rational model, unsatisfiable, or not known within a deterministic limit.

"unsat" rests on z3's decision procedure for real polynomial arithmetic (nlsat). It leaves no certificate; the text is
kept, so that another solver can be asked. "sat" rests on nothing: the model is replayed by others in exact arithmetic.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

# z3's own count of elementary work, the same on every machine. The hardest query of the room needs a fifth of it.
RESOURCE_LIMIT = 20_000_000

# Decimal places of the rationals tried, in this order, in place of an irrational number.
PRECISIONS = (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Answer:
    """`model`: rational values of the unknowns, for "sat"; None where no rational one was found near z3's."""

    word: Literal["sat", "unsat", "unknown"]
    model: dict[str, Fraction] | None = None


@functools.lru_cache(maxsize=1000)
def ask(text: str, unknowns: tuple[str, ...] = (), limit: int = RESOURCE_LIMIT) -> Answer:
    """What z3 says to a query in SMT-LIB text. With `unknowns` named, a satisfiable one comes with their values.

    Several proofs rest on the same lemmas: an answer is a function of the text, and is not asked for twice.
    """
    import z3

    # A context of its own for every query: the answer may not depend on what was asked before.
    context = z3.Context()
    solver = z3.SolverFor("QF_NRA", ctx=context)
    solver.set("rlimit", limit)
    solver.from_string(text)
    found = str(solver.check())
    if found == "unsat":
        return Answer("unsat")
    if found != "sat":
        return Answer("unknown")
    return Answer("sat", _rational_model(z3, solver, [z3.Real(name, context) for name in unknowns]))


def _rational_model(z3: Any, solver: Any, unknowns: list[Any]) -> dict[str, Fraction] | None:
    """Numbers are pinned one after the other, an irrational one to a rational nearby, if there is still a model."""
    model, values = solver.model(), {}
    for unknown in unknowns:
        value = model.eval(unknown, model_completion=True)
        if z3.is_rational_value(value):
            solver.add(unknown == value)
        else:
            for nearby in _nearby(value):
                solver.push()
                solver.add(unknown == nearby)
                if str(solver.check()) == "sat":
                    value, model = nearby, solver.model()
                    break
                solver.pop()
            else:
                return None
        values[str(unknown)] = Fraction(value.numerator_as_long(), value.denominator_as_long())
    return values


def _nearby(value: Any) -> Iterator[Any]:
    for places in PRECISIONS:
        yield value.approx(places)
