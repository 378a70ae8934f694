"""A proof of this route: a function that lists the obligations of a subject, discharged one by one."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..coefficients import THEOREM
from ._obligation import Obligation, discharge

SOLVER = "z3 decides real polynomial arithmetic rightly where it answers unsat (no certificate; the queries are kept)"
SUMS = "sums over coordinates of what is shown for one coordinate"


def smt_proof(
    claim: str,
    *,
    statement: str,
    domain: str,
    obligations: Callable[[Any], Sequence[Obligation]],
    planted: Sequence[Planted],
    subject: Any = THEOREM,
    is_complete: bool = False,
    assumptions: Sequence[str] = (SUMS,),
    coefficients: Sequence[str] = (),
    perturbed: Callable[[str, Fraction], Any] | None = None,
) -> Proof:
    """The proof of a claim by z3; `obligations(subject)` are those of one subject. Quick leaves none of them out."""

    def prove(subject: Any, is_quick: bool) -> Outcome:
        return discharge(obligations(subject))

    return Proof(
        claim=claim,
        route="smt",
        statement=statement,
        domain=domain,
        is_complete=is_complete,
        assumptions=(SOLVER, *assumptions),
        prove=prove,
        subject=subject,
        planted=tuple(planted),
        needs=("z3",),
        coefficients=tuple(coefficients),
        perturbed=perturbed,
    )


def signed(signs: dict[str, int]) -> Callable[[str, Fraction], Any]:
    """`perturbed` of the theorem's coefficients: errors have the sign given by name, + where none is."""
    return lambda name, relative: THEOREM.with_error(name, signs.get(name, 1) * relative)
