"""The ledger of a step as an identity between polynomials, and its signs; for |·| both from outside the box too.

    ΔH = −ηaΔ1 − ηbΔ2 + D_f(x⁺;x) − (1/λ+c)D_K*(λx;λx⁺) − cD_K(m;m⁺)

The identity is asked with nothing known of K: values and slopes are any reals. Where it holds for those, it holds for
every K in every dimension, since inner products are sums over coordinates of products, and values enter linearly: one
coordinate takes the whole value, the others 0.
"""

from dataclasses import replace
from fractions import Fraction

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, Coefficients
from ._facts import explicit_decay, facts, truncated_facts
from ._formulas import Values, all_of
from ._functions import Absolute, DeadZone, Huber, Truncated, Unknown
from ._obligation import Obligation
from ._plain import HALF
from ._route import SUMS, signed, smt_proof
from ._step import BOUNDED, RIGHT, USUAL, WRONG_FACTORS, Factors, PlainStep, Step, about_a_step, steps, with_error

LEDGER = "ΔH = −ηaΔ1 − ηbΔ2 + D_f − (1/λ+c)D_K* − cD_K"
OUTSIDE: Values = {**USUAL, "radius": Fraction(1)}


def residual(at: PlainStep, values: Values) -> Fraction:
    return abs(at.change - at.first - at.second - at.remainder - at.of_dual - at.of_momentum)


def identity(q: Coefficients) -> list[Obligation]:
    found = []
    for at in steps(is_ordered=False, of=(Absolute, DeadZone, Huber, Unknown)):
        closes = at.change(q).equals(at.remainders() - at.decrease(q))
        found.append(about_a_step("ledger", at, LEDGER, closes, residual, q, asked=(Unknown,)))
    return [*found, explicit_decay()]


def signs(factors: Factors) -> list[Obligation]:
    def excess(at: PlainStep, values: Values) -> Fraction:
        return max(at.first, at.second, at.of_dual, at.of_momentum)

    found = []
    for at in steps(is_ordered=True, factors=factors):
        rates = (at.alignment >= 0) & (at.enhancement >= 0)
        says = "Δ1, D_K*, D_K ≥ 0, and ⟨u − w, m⁺ − m⟩ ≥ 0 where β1 ≤ β2"
        all_signs = all_of(rates, at.dual_remainder >= 0, at.momentum_remainder >= 0)
        found.append(about_a_step("signs", at, says, all_signs, excess, needs_order=True))
    return [*found, *facts()]


def outside(q: Coefficients) -> list[Obligation]:
    """Of |·| with |m̃⁺| ≤ M: the ledger and its signs from any start; H_M = H inside, and H_M ≥ F_M where |m| ≤ M."""

    def worst_sign(at: PlainStep, values: Values) -> Fraction:
        return max(at.first, at.second, at.of_dual, at.of_momentum)

    at = Step(Truncated, is_ordered=False)
    closes = at.change(q).equals(at.remainders() - at.decrease(q))
    of_truncated = (Truncated,)
    ledger = about_a_step("ledger-outside", at, LEDGER + ", K_M for K", closes, residual, q, asked=of_truncated)
    at = Step(Truncated)
    all_signs = all_of(at.alignment >= 0, at.enhancement >= 0, at.dual_remainder >= 0, at.momentum_remainder >= 0)
    says = "Δ1, Δ2, D_K_M*, D_K ≥ 0 from any start where |m̃⁺| ≤ M"
    of_signs = about_a_step("signs-outside", at, says, all_signs, worst_sign, q, needs_order=True, asked=of_truncated)
    return [ledger, replace(of_signs, needed={**of_signs.needed, BOUNDED: OUTSIDE}), *truncated_facts()]


PROOFS = (
    smt_proof(
        "ledger-identity",
        statement="The ledger, multiplied by λD or D, is an identity of polynomials in all states, slopes and values.",
        domain="every f, K and dimension; η > 0, λ ≥ 0, β1, β2 in [0, 1] with D > 0; explicit decay with ηλ < 1 too",
        is_complete=True,
        assumptions=(SUMS,),
        obligations=identity,
        planted=(
            Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1)),
            Planted("c twice too large", Coefficients(conjugate=2, momentum=2, product=2)),
            Planted("a = 1 in place of 1 + cλ, at these constants", Coefficients(first=HALF)),
            Planted("no second term", Coefficients(second=0)),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=signed({}),
    ),
    smt_proof(
        "ledger-signs",
        statement="No Δ1, D_K* or D_K is negative, nor, where β1 ≤ β2, Δ2; where β1 > β2 some Δ2 is.",
        domain="every convex K that is a sum over coordinates, ‖·‖₁, dead zone and Huber by their own graphs",
        obligations=signs,
        subject=RIGHT,
        planted=WRONG_FACTORS,
        coefficients=tuple(Factors.__dataclass_fields__),
        perturbed=with_error,
    ),
    smt_proof(
        "global-lyapunov",
        statement="With K_M*(y) = M·max(|y|−1, 0) the ledger closes and keeps its signs from any start with |m̃⁺| ≤ M.",
        domain="K = ‖·‖₁, B the ball of ‖·‖∞, any dimension, all constants and starts; λ > 0",
        obligations=outside,
        planted=(
            Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1)),
            Planted("K_M* forgotten in the bracket", Coefficients(conjugate=0)),
            Planted("K_M* half as large", Coefficients(penalty=HALF, conjugate=HALF)),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=signed({}),
    ),
)
