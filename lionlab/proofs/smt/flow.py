"""Theorem 3.1 for one coordinate, all constants symbolic: dH/dt as an identity, its two rates, its sign.

And the bracket weights q that do as well as c: with K* weight γ/λ + q, H_q falls for every convex K iff
c ≤ q ≤ min(1, (1−εγ)/(ελ)). Outside the interval |·| alone is enough to raise it, at every γ, ε and λ.
"""

from collections.abc import Callable, Collection
from fractions import Fraction

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._facts import facts
from ._flow import PRODUCT, TOO_LARGE, USUAL, Moment, PlainMoment, plain_moment
from ._formulas import Formula, Term, Values
from ._functions import ALL, CONCRETE, FOLLOWS_FROM_EVERY, Absolute, Curve, Every, Unknown
from ._obligation import Obligation
from ._route import SUMS, signed, smt_proof

DOMAIN = (
    "every convex K that is a sum over coordinates, ‖·‖₁, dead zone and Huber by their own graphs, any dimension and "
    "differentiable f; all α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1"
)
UNNAMED: tuple[type[Curve], ...] = (*CONCRETE, Unknown)
BRACKET = ("conjugate", "momentum", "product")
UNDIVIDED = 1 + Term("epsilon") * Term("weight_decay")
ALMOST = "H along the flow has the derivative that the chain rule gives with the slopes chosen, at almost every time"


def about_a_moment(
    name: str,
    at: Moment,
    says: str,
    conclusion: Formula,
    q: Coefficients,
    excess: Callable[[PlainMoment], Fraction],
    *,
    needs_product: bool = False,
    asked: Collection[type] = (Absolute, Every, Unknown),
) -> Obligation:
    """The obligation that `conclusion` holds in the scene; `excess` is what it says, of the plain moment."""
    kind, is_concrete = at.of.__name__, at.of in CONCRETE

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        plain = plain_moment(kind, q, values, without)
        return None if plain is None else excess(plain)

    return Obligation(
        name=f"{name}-{kind}",
        says=says,
        scene=at.scene,
        conclusion=conclusion,
        replay=replay if is_concrete else None,
        hints=[USUAL] if is_concrete else [],
        regular=at.regular,
        needed={PRODUCT: TOO_LARGE} if needs_product and at.of is Absolute else {},
        follows="" if at.of in asked else FOLLOWS_FROM_EVERY,
    )


def identity(q: Coefficients) -> list[Obligation]:
    """dH/dt = −(γ+cλ)Δ1 − cΔ2, whatever u, w, z are; and both rates are ≥ 0."""
    found = []
    for of in UNNAMED:
        at = Moment(of)
        closes = at.derivative(q).equals(-at.first(q) - at.second(q))
        says, excess = "dH/dt = −(γ+cλ)Δ1 − cΔ2", lambda one: abs(one.rise + one.first + one.second)
        found.append(about_a_moment("derivative", at, says, closes, q, excess, asked=(Unknown,)))
    for of in ALL:
        at = Moment(of)
        both = (at.alignment >= 0) & (at.enhancement >= 0)
        says, excess = "Δ1 ≥ 0 and Δ2 ≥ 0", lambda one: -min(one.first, one.second)
        found.append(about_a_moment("rates", at, says, both, THEOREM, excess))
    return [*found, *facts()]


def descent(q: Coefficients) -> list[Obligation]:
    """dH/dt ≤ 0."""
    found = []
    for of in ALL:
        at = Moment(of)
        falls = at.derivative(q) <= 0
        found.append(about_a_moment("falls", at, "dH/dt ≤ 0", falls, q, lambda one: one.rise, needs_product=True))
    return [*found, *facts()]


PROOFS = (
    smt_proof(
        "flow-derivative",
        statement="dH/dt + (γ+cλ)Δ1 + cΔ2 ≠ 0 has no solution, whatever the slopes; nor has Δ1 < 0 or Δ2 < 0.",
        domain=(
            "the identity for every differentiable K and f, K* with a gradient at λx, any dimension; Δ1, Δ2 ≥ 0 for "
            + DOMAIN
        ),
        assumptions=(SUMS, ALMOST),
        obligations=identity,
        planted=(
            Planted("c = 1−εγ, without the division by 1+ελ", Coefficients(**dict.fromkeys(BRACKET, UNDIVIDED))),
            Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1)),
            Planted("Δ2 with its sign reversed", Coefficients(second=-1)),
            Planted("Δ1 left out", Coefficients(first=0)),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=signed({}),
    ),
    smt_proof(
        "flow-descent",
        statement="dH/dt > 0 has no solution where εγ ≤ 1, and has one where εγ > 1.",
        domain=DOMAIN,
        assumptions=(SUMS, ALMOST, "a function that is absolutely continuous with derivative ≤ 0 does not rise"),
        obligations=descent,
        planted=(
            Planted("no bracket: F itself", Coefficients(conjugate=0, momentum=0, product=0)),
            Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1)),
            Planted("2αf in place of αf", Coefficients(loss=2)),
            Planted("c four times too large", Coefficients(conjugate=4, momentum=4, product=4)),
        ),
        coefficients=OF_THE_FUNCTION,
        perturbed=signed({}),
    ),
)
