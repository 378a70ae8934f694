"""Theorem 4.1 for one coordinate, all constants symbolic: how much H falls in a step, and how much it can rise.

That H rises by no more than −η(aΔ1 + bΔ2) + (L/2)(x⁺−x)² needs no order of β1 and β2; that ηaΔ1 + ηbΔ2 is a decrease
does, and so do both bounds on the rise.
"""

from fractions import Fraction

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, Coefficients
from ._facts import explicit_decay, facts
from ._formulas import Values, number
from ._obligation import Obligation
from ._plain import HALF
from ._route import SUMS, signed, smt_proof
from ._step import PlainStep, about_a_step, steps

DOMAIN = (
    "every convex K that is a sum over coordinates, ‖·‖₁, dead zone and Huber by their own graphs, any dimension; all "
    "η > 0, λ ≥ 0, β1, β2 in [0, 1] with D > 0, L ≥ 0; implicit decay, and explicit with ηλ < 1"
)
ASSUMPTIONS = (SUMS, "an L-smooth f has |f(x⁺) − f(x) − ⟨∇f(x), x⁺−x⟩| ≤ (L/2)‖x⁺−x‖² (the descent lemma)")


def one_step(q: Coefficients) -> list[Obligation]:
    def excess(at: PlainStep, values: Values) -> Fraction:
        return at.change - at.first - at.second - number(q.slack, values) * at.curvature

    found = []
    for at in steps(is_ordered=False):
        bound = at.scale * (q.slack * at.curvature) - at.decrease(q)
        says = "ΔH ≤ −ηaΔ1 − ηbΔ2 + (L/2)(x⁺−x)²"
        found.append(about_a_step("descent", at, says, at.change(q) <= bound, excess, q))
    return [*found, *decreases(), *facts(), explicit_decay()]


def decreases() -> list[Obligation]:
    """ηaΔ1 ≥ 0, and ηbΔ2 ≥ 0 where β1 ≤ β2."""

    def excess(at: PlainStep, values: Values) -> Fraction:
        return max(at.first, at.second)

    found = []
    for at in steps(is_ordered=True):
        signs = (at.alignment >= 0) & (at.enhancement >= 0)
        says = "Δ1 ≥ 0, and ⟨u − w, m⁺ − m⟩ ≥ 0 where β1 ≤ β2"
        found.append(about_a_step("decrease", at, says, signs, excess, needs_order=True))
    return found


def rise(q: Coefficients) -> list[Obligation]:
    def excess(at: PlainStep, values: Values) -> Fraction:
        return max(at.change - at.remainder, at.change - number(q.slack, values) * at.curvature)

    found = []
    for at in steps(is_ordered=True):
        change, slack = at.change(q), at.scale * (q.slack * at.curvature)
        says = "ΔH ≤ D_f(x⁺; x), and ΔH ≤ (L/2)(x⁺−x)²"
        both = (change <= at.scale * at.remainder) & (change <= slack)
        found.append(about_a_step("rise", at, says, both, excess, q, needs_order=True))
    return [*found, *facts(), explicit_decay()]


OTHER_SIGN = Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1))
WITHOUT_SLACK = Planted("the term (L/2)‖x⁺−x‖² left out", Coefficients(slack=0))

PROOFS = (
    smt_proof(
        "one-step-descent",
        statement="ΔH > −ηaΔ1 − ηbΔ2 + (L/2)(x⁺−x)² has no solution, nor has Δ1 < 0 or, where β1 ≤ β2, Δ2 < 0.",
        domain=DOMAIN,
        assumptions=ASSUMPTIONS,
        obligations=one_step,
        planted=(
            WITHOUT_SLACK,
            OTHER_SIGN,
            Planted("c twice too large", Coefficients(conjugate=2, momentum=2, product=2)),
            Planted("c half as large", Coefficients(conjugate=HALF, momentum=HALF, product=HALF)),
            Planted("no K*(λx)/λ", Coefficients(penalty=0)),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES, "slack"),
        perturbed=signed({"slack": -1}),
    ),
    smt_proof(
        "bounded-rise",
        statement="ΔH > D_f and ΔH > (L/2)(x⁺−x)² have no solution where β1 ≤ β2, and have one where β1 > β2.",
        domain=DOMAIN,
        assumptions=ASSUMPTIONS,
        obligations=rise,
        planted=(
            WITHOUT_SLACK,
            OTHER_SIGN,
            Planted("no bracket: F itself", Coefficients(conjugate=0, momentum=0, product=0)),
            Planted("K* not in the bracket", Coefficients(conjugate=0)),
        ),
        coefficients=(*OF_THE_FUNCTION, "slack"),
        perturbed=signed({"slack": -1}),
    ),
)
