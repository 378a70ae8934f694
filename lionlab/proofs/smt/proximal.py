"""The implicit step of everything: its ledger is an identity, its five terms are ≤ 0, and H_h falls at every step.

For one coordinate and all constants, inside the set; for |·| also from outside it, with K_M in place of K.
"""

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._facts import facts, truncated_facts
from ._formulas import Formula, Values, all_of
from ._functions import ALL, FOLLOWS_FROM_EVERY, Absolute, Curve, DeadZone, Every, Truncated, Unknown
from ._obligation import Obligation
from ._proximal import CONVEX, USUAL, WITHOUT_DECAY, PlainProximalStep, ProximalStep, plain_proximal_step
from ._route import SUMS, signed, smt_proof
from ._step import RIGHT, WRONG_FACTORS, Factors, with_error

DOMAIN = (
    "every convex K that is a sum over coordinates, ‖·‖₁, dead zone and Huber by their own graphs, any dimension, "
    "inside the set; ‖·‖₁ also from outside; all h > 0, α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1"
)

CONVEXITY = "a convex f has f(x) ≥ f(x⁺) + ⟨∇f(x⁺), x − x⁺⟩"
BRACKET = ("conjugate", "momentum", "product")


def about(
    name: str,
    at: ProximalStep,
    says: str,
    conclusion: Formula,
    excess: Callable[[PlainProximalStep], Fraction],
    q: Coefficients = THEOREM,
    *,
    needs_convex: bool = False,
    asked: Collection[type[Curve]] = (Absolute, Truncated, Every, Unknown),
) -> Obligation:
    """The obligation that `conclusion` holds in the scene; `excess` is what it says, of the plain step."""
    kind, is_concrete = at.of.__name__, at.of not in (Every, Unknown)

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        plain = plain_proximal_step(kind, q, values, without, at.factors)
        return None if plain is None else excess(plain)

    constants = USUAL if at.has_decay else WITHOUT_DECAY
    return Obligation(
        name=f"{name}-{kind}" + ("" if at.has_decay else "-without-decay"),
        says=says,
        scene=at.scene,
        conclusion=conclusion,
        replay=replay if is_concrete else None,
        regular=[at.move.differs(0), at.m.differs(0), at.force.differs(0)],
        hints=[constants] if at.of in (Absolute, DeadZone, Truncated) else [],
        needed={CONVEX: constants} if needs_convex and at.of is Absolute and at.has_decay else {},
        follows="" if at.of in asked else FOLLOWS_FROM_EVERY,
    )


def scenes(of: Sequence[type[Curve]], factors: Factors = RIGHT) -> list[ProximalStep]:
    """With and without decay, and of |·| from outside its box."""
    inside = [ProximalStep(one, has_decay, factors) for has_decay in (True, False) for one in of]
    return [*inside, ProximalStep(Truncated, True, factors)]


def ledger(q: Coefficients) -> list[Obligation]:
    found = []
    for at in scenes((Absolute, DeadZone, Unknown)):
        closes = at.change(q).equals(at.remainders() - at.decrease(q))
        says, excess = "the ledger of the implicit step closes", lambda one: abs(one.change - sum(one.terms))
        found.append(about("proximal-ledger", at, says, closes, excess, q, asked=(Unknown,)))
    return found


def descent(q: Coefficients) -> list[Obligation]:
    found = []
    for at in scenes(ALL):
        falls = at.change(q) <= -at.decrease(q)
        says, excess = "ΔH_h ≤ −h(γ+c_hλ)Δ1 − (hc_h/ε)Δ2", lambda one: one.change - one.first - one.second
        found.append(about("proximal-descent", at, says, falls, excess, q, needs_convex=True))
    return [*found, *rates(), *facts(), *truncated_facts()]


def rates() -> list[Obligation]:
    found = []
    for at in scenes(ALL):
        both = (at.alignment >= 0) & (at.enhancement >= 0)
        says, excess = "Δ1 ≥ 0 and ⟨s − w, m⁺ − m⟩ ≥ 0", lambda one: max(one.first, one.second)
        found.append(about("proximal-rates", at, says, both, excess))
    return found


def signs(factors: Factors) -> list[Obligation]:
    found = []
    for at in scenes(ALL, factors):
        rates = (at.alignment >= 0) & (at.enhancement >= 0)
        remainders = all_of(at.remainder >= 0, at.dual_remainder >= 0, at.momentum_remainder >= 0)
        says, excess = "all five terms are ≤ 0", lambda one: max(one.terms)
        found.append(about("proximal-signs", at, says, rates & remainders, excess, needs_convex=True))
    return [*found, *facts(), *truncated_facts()]


# c = (1−εγ)/(1+ελ) over c_h, at the constants where counterexamples are looked for.
FLOW_OVER_STEP = Fraction(26, 25)
OTHER_SIGN = Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1))
PROOFS = (
    smt_proof(
        "proximal-ledger",
        statement="The ledger, multiplied by λE or E, is an identity of polynomials in all states, slopes and values.",
        domain="every f, K and dimension, K_M for K too; all h, α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1",
        is_complete=True,
        obligations=ledger,
        planted=(
            OTHER_SIGN,
            Planted("no second term", Coefficients(second=0)),
            Planted("c of the flow in place of c_h", Coefficients(**dict.fromkeys(BRACKET, FLOW_OVER_STEP))),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=signed({}),
    ),
    smt_proof(
        "proximal-descent",
        statement="ΔH_h > −h(γ+c_hλ)Δ1 − (hc_h/ε)Δ2 has no solution for convex f, nor has Δ1 < 0 or Δ2 < 0.",
        domain=DOMAIN,
        assumptions=(SUMS, CONVEXITY),
        obligations=descent,
        planted=(
            OTHER_SIGN,
            Planted("no K*(λx)/λ", Coefficients(penalty=0)),
            Planted("c_h six times too large", Coefficients(**dict.fromkeys(BRACKET, 6))),
            Planted("c of the flow in place of c_h", Coefficients(**dict.fromkeys(BRACKET, FLOW_OVER_STEP))),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=signed({}),
    ),
    smt_proof(
        "proximal-signs",
        statement="None of the five terms is positive for convex f.",
        domain=DOMAIN,
        assumptions=(SUMS, CONVEXITY),
        obligations=signs,
        subject=RIGHT,
        planted=WRONG_FACTORS,
        coefficients=tuple(Factors.__dataclass_fields__),
        perturbed=with_error,
    ),
)
