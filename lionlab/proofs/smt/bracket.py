"""The weights q of the bracket that do as well as c, at every γ, ε, λ with εγ ≤ 1.

With H_q = αf + (γ/λ)K*(λx) + q[K*(λx) + K(m) − ⟨λx, m⟩] and c = (1−εγ)/(1+ελ):

    H_q falls along the flow of every convex K   ⇔   c ≤ q ≤ 1  and  qελ ≤ 1−εγ

Sufficient as in `flow`. Necessary, since for every other q the flow of |·| has a moment at which H_q rises, given here
by formulas in γ, ε, λ and q. With t, s > 0 small enough

    q < c          y = 0,      ṁ = −1,  m = ε + t        m̃ = t      just past its change of sign, m not
    q > 1          y = 0,      ṁ = 1,   m = t            m̃ = ε + t
    qελ > 1−εγ     y = s − 1,  ṁ = 1,   m = t − ε < 0    m̃ = t
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted
from ..coefficients import THEOREM
from ._facts import facts
from ._flow import PRODUCT, USUAL, Moment, plain_moment
from ._formulas import Scene, Term, Values, all_of, size_of
from ._functions import ALL, FOLLOWS_FROM_EVERY, Absolute, Curve, Every
from ._obligation import Obligation
from ._route import SUMS, smt_proof

NO_ENHANCEMENT: Values = {**USUAL, "epsilon": Fraction(0)}
STRONG_DECAY: Values = {**USUAL, "weight_decay": Fraction(4)}


@dataclass(frozen=True)
class Ends:
    """Factors on the three ends of the interval."""

    lower: Fraction = Fraction(1)
    one: Fraction = Fraction(1)
    upper: Fraction = Fraction(1)


INTERVAL = Ends()


def sufficient(of: type[Curve], ends: Ends) -> Obligation:
    at = Moment(of)
    q = at.scene.real("q")
    at.scene.assume("q ≥ c", q * at.D >= ends.lower * at.N)
    at.scene.assume("q ≤ 1", q <= ends.one)
    at.scene.assume("q ≤ (1−εγ)/(ελ)", q * at.epsilon * at.lam <= ends.upper * at.N)

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        q, epsilon, lam = values["q"], values["epsilon"], values["weight_decay"]
        N = 1 - epsilon * values["gamma"]
        if not (ends.lower * N / (1 + epsilon * lam) <= q <= ends.one and q * epsilon * lam <= ends.upper * N):
            return None
        plain = plain_moment(of.__name__, THEOREM, values, without, q)
        return None if plain is None else plain.rise

    return Obligation(
        name=f"weights-inside-{of.__name__}",
        says="dH_q/dt ≤ 0 for q in the interval",
        scene=at.scene,
        conclusion=at.derivative(THEOREM, q * at.D) <= 0,
        replay=None if of is Every else replay,
        hints=[USUAL, NO_ENHANCEMENT, STRONG_DECAY] if of is Absolute else [],
        regular=at.regular,
        follows="" if of in (Absolute, Every) else FOLLOWS_FROM_EVERY,
    )


def necessary(end: str, ends: Ends) -> Obligation:
    """The moment of the flow of |·| named for one end of the interval, at any q beyond it."""
    scene = Scene()
    gamma, epsilon, lam, q, t, s = scene.reals("gamma epsilon weight_decay q t s")
    scene.assume("γ, ε, λ ≥ 0", all_of(gamma >= 0, epsilon >= 0, lam >= 0))
    scene.assume(PRODUCT, epsilon * gamma <= 1)
    D, N = scene.define("D", 1 + epsilon * lam), scene.define("N", 1 - epsilon * gamma)
    # Each equation has one solution, which is positive: the factor of t or s is positive where the premises hold.
    if end == "lower":
        beyond, m_dot, m, w, y = q * D < ends.lower * N, -1, epsilon + t, 1, Term(0)
        small = (2 * t * (1 + gamma + size_of(q) * lam)).equals(N - q * D)
    elif end == "one":
        beyond, m_dot, m, w, y = q > ends.one, 1, t, 1, Term(0)
        small = (2 * t * (1 + gamma + q * lam)).equals(q - 1)
    else:
        beyond, m_dot, m, w, y = q * epsilon * lam > ends.upper * N, 1, t - epsilon, -1, s - 1
        past = q * epsilon * lam - N
        small = (2 * t * (past + epsilon * (gamma + q * lam))).equals(epsilon * past) & (s * (4 * q + past)).equals(
            past
        )
    scene.assume(f"q is beyond the end named {end}", beyond)
    scene.assume("t and s", small)
    K = Absolute(scene)
    look_ahead, x_dot = m + epsilon * m_dot, 1 - y
    force = -m_dot - gamma * m
    slope_in_x = force - q * lam * m
    rate = slope_in_x * x_dot + q * ((w - y) * m_dot)
    is_moment = all_of(
        look_ahead > 0, m * w > 0, y > -1, y < 1, K.is_slope(Term(w), m), K.is_slope(Term(1), look_ahead)
    )
    return Obligation(
        f"weights-beyond-{end}", f"dH_q/dt > 0 at the moment named, q beyond: {end}", scene, is_moment & (rate > 0)
    )


def interval(ends: Ends) -> list[Obligation]:
    inside = [sufficient(of, ends) for of in ALL]
    return [*inside, *(necessary(end, ends) for end in Ends.__dataclass_fields__), *facts()]


def wider(name: str, relative: Fraction) -> Ends:
    """An end moved outward."""
    return replace(INTERVAL, **{name: 1 + (-relative if name == "lower" else relative)})


PROOFS = (
    smt_proof(
        "flow-bracket-interval",
        statement="For q inside, dH_q/dt > 0 has no solution; beyond each end |·| has a moment with dH_q/dt > 0.",
        domain=(
            "all γ, ε, λ ≥ 0 with εγ ≤ 1; necessary: K = |·|; sufficient: every convex K that is a sum over "
            "coordinates, ‖·‖₁, dead zone and Huber by their own graphs, any dimension"
        ),
        assumptions=(SUMS,),
        obligations=interval,
        subject=INTERVAL,
        planted=(
            Planted("half of c is enough", replace(INTERVAL, lower=Fraction(1, 2))),
            Planted("q = 2 is not too large", replace(INTERVAL, one=Fraction(2), upper=Fraction(2))),
            Planted("without q ≤ (1−εγ)/(ελ)", replace(INTERVAL, upper=Fraction(10**6))),
        ),
        coefficients=tuple(Ends.__dataclass_fields__),
        perturbed=wider,
    ),
)
