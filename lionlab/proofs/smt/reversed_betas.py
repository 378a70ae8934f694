"""One step with β1 > β2 that raises H although the loss is linear: by the only value the formulas allow."""

from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted
from ..coefficients import THEOREM
from ._formulas import Values
from ._functions import Absolute
from ._obligation import Obligation
from ._plain import HALF
from ._route import smt_proof
from ._step import PlainStep, Step, about_a_step


@dataclass(frozen=True)
class Example:
    """f = 3x, K = |·|, x = 0, m = 1, η = 1/10, λ = 1/2, implicit decay, and what ΔH is."""

    beta1: Fraction = Fraction(99, 100)
    beta2: Fraction = HALF
    rise: Fraction = Fraction(6204, 21021)


def example(subject: Example) -> list[Obligation]:
    at = Step(Absolute, is_ordered=False)
    for term, value in (
        (at.eta, Fraction(1, 10)), (at.lam, HALF), (at.y, 0), (at.m, 1), (at.g, 3), (at.remainder, 0),
        (at.beta1, subject.beta1), (at.beta2, subject.beta2),
    ):  # fmt: skip
        at.scene.assume("the example", term.equals(value))

    def excess(plain: PlainStep, values: Values) -> Fraction:
        return abs(plain.change - subject.rise)

    conclusion = at.change(THEOREM).equals(at.scale * subject.rise)
    one = about_a_step("reversed-betas", at, "ΔH is the value named", conclusion, excess)
    return [replace(one, hints=[{}])]


def _with_error(name: str, relative: Fraction) -> Example:
    return replace(Example(), **{name: (1 - relative) * getattr(Example(), name)})


PROOFS = (
    smt_proof(
        "reversed-betas-one-step",
        statement="At these constants the formulas of the step, of H and of c have no solution but ΔH = 6204/21021.",
        domain="the example itself",
        is_complete=True,
        assumptions=(),
        obligations=example,
        subject=Example(),
        planted=(
            Planted("the order of the theorem", Example(beta1=HALF, beta2=Fraction(99, 100))),
            Planted("equal betas", Example(beta1=HALF)),
            Planted("the value rounded to 0.295", Example(rise=Fraction(295, 1000))),
        ),
        coefficients=tuple(Example.__dataclass_fields__),
        perturbed=_with_error,
    ),
)
