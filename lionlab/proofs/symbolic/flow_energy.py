"""The flow's Lyapunov function: dH/dt is an identity, and both of its rates have a sign.

    dH/dt = −(γ+cλ)Δ1 − cΔ2,     Δ1 = ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩,     Δ2 = ⟨∇K(m̃) − ∇K(m), ṁ⟩

The left side is differentiated by machine: the chain rule along ẋ = ∇K(m̃) − λx and ṁ = −α∇f(x) − γm.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._calculus import derivative
from ._derivation import Derivation, Step, at_most, equation
from ._facts import Fact, fenchel_young, fenchel_young_equality, given, subgradient
from ._lion_k import K, K_conjugate, f, m, weighted_energy, x, α, γ, ε, λ
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import ONE, ZERO, Defined, Term, Vector, inner
from .ledger import wrong_functions

τ = Vector("τ")
MOVING = "a dot be the derivative in time; f be differentiable, K convex with a derivative, K* with one at λx"
AT_REST = "a dot be the derivative in time; f be differentiable, K convex with a derivative and K(0) = min K"


@dataclass(frozen=True)
class Flow:
    """The flow with or without decay, and with or without the enhancement ε."""

    has_decay: bool = True
    is_enhanced: bool = True
    factors: Coefficients = THEOREM

    @property
    def g(self) -> Term:
        """∇f(x)."""
        return f.gradient(x)

    @property
    def m_dot(self) -> Term:
        """ṁ."""
        return Defined("ṁ", -(α * self.g) - γ * m)

    @property
    def m_tilde(self) -> Term:
        """m̃ = m + εṁ, which is m for ε = 0."""
        return Defined("m̃", m + ε * self.m_dot if self.is_enhanced else m)

    @property
    def u(self) -> Term:
        """∇K(m̃)."""
        return K.gradient(self.m_tilde)

    @property
    def x_dot(self) -> Term:
        """ẋ."""
        return Defined("ẋ", self.u - λ * x if self.has_decay else self.u)

    @property
    def c(self) -> Term:
        """(1−εγ)/(1+ελ)."""
        above = 1 - ε * γ if self.is_enhanced else ONE
        return Defined("c", above / (1 + ε * λ) if self.has_decay and self.is_enhanced else above)

    @property
    def z(self) -> Term:
        """∇K*(λx); 0 without decay."""
        return K_conjugate.gradient(λ * x) if self.has_decay else ZERO

    @property
    def energy(self) -> Term:
        """H(x, m)."""
        weights = (α, γ / λ, self.c)
        return Defined("H", weighted_energy(x, m, weights, self.has_decay, self.factors))

    @property
    def alignment(self) -> Term:
        """Δ₁."""
        return Defined("Δ₁", inner(self.x_dot, self.m_tilde - self.z))

    @property
    def enhancement(self) -> Term:
        """Δ₂, written with ṁ so that ε = 0 needs no division."""
        return Defined("Δ₂", inner(self.u - K.gradient(m), self.m_dot))

    @property
    def first_rate(self) -> Term:
        """γ + cλ."""
        return self.factors.first * (γ + self.c * λ if self.has_decay else γ)

    @property
    def second_rate(self) -> Term:
        """c."""
        return self.factors.second * self.c

    @property
    def change(self) -> Term:
        """dH/dt."""
        return Defined("dH/dt", derivative(self.energy, {x: self.x_dot, m: self.m_dot}), False)

    @property
    def hypotheses(self) -> tuple[Chain, ...]:
        """α > 0, γ ≥ 0, λ > 0, 0 ≤ ε with εγ ≤ 1."""
        found = [chain(0, "<", α), chain(0, "≤", γ)]
        if self.has_decay:
            found.append(chain(0, "<", λ))
        return (*found, chain(0, "<", ε), chain(ε * γ, "≤", 1)) if self.is_enhanced else tuple(found)

    @property
    def title(self) -> str:
        """Which flow it is."""
        return ", ".join(["λ > 0" if self.has_decay else "λ = 0", "ε > 0" if self.is_enhanced else "ε = 0"])

    def derivation(self, title: str, steps: list[Step]) -> Derivation:
        """The steps with the flow's hypotheses."""
        setting = (MOVING if self.has_decay else AT_REST,)
        about = (self.energy,) if any(step.left == self.change for step in steps) else ()
        return Derivation(
            f"{title}, {self.title}", setting, self.hypotheses, tuple(steps), self.choices, about,
            tuple(step for step in steps if step.relation == "≤"), "smooth K",
        )  # fmt: skip

    @property
    def choices(self) -> tuple[tuple[Vector, Term], ...]:
        """In an instance m is such that m̃ is ∇K*(λx), up to τ: ẋ and both rates are small there."""
        if not self.is_enhanced:
            return ((m, self.z + τ),)
        return ()


def identity_steps(one: Flow) -> list[Step]:
    """dH/dt = −(γ+cλ)Δ₁ − cΔ₂."""
    chained = derivative(one.energy, {x: one.x_dot, m: one.m_dot})
    steps = [equation(one.change, chained, "the chain rule"), equation(α * one.g, -one.m_dot - γ * m, "the flow of m")]
    if one.is_enhanced:
        rate = γ + one.c * λ if one.has_decay else γ
        steps.append(equation(ε * rate - 1, -one.c, "the choice of c"))
    return [
        *steps,
        equation(
            one.change, -(one.first_rate * one.alignment) - one.second_rate * one.enhancement,
            "insert both, and m = m̃ − εṁ where m stands beside ẋ",
        ),
    ]  # fmt: skip


def alignment_facts(one: Flow) -> list[tuple[int, Fact]]:
    """Δ₁ as a sum of Fenchel–Young gaps, or of inequalities against K(0) = min K."""
    if not one.has_decay:
        least = given(K(one.m_tilde) - K(ZERO), "K(0) = min K")
        return [(1, subgradient(K, ZERO, one.m_tilde, one.u)), (1, least)]
    return [
        (1, fenchel_young(K, K_conjugate, one.z, one.u)),
        (1, fenchel_young(K, K_conjugate, one.m_tilde, λ * x)),
        (-1, fenchel_young_equality(K, K_conjugate, one.m_tilde, one.u)),
        (-1, fenchel_young_equality(K, K_conjugate, one.z, λ * x)),
    ]


def enhancement_facts(one: Flow) -> list[tuple[Term, Fact]]:
    """Δ₂ = (1/ε)⟨∇K(m̃) − ∇K(m), m̃ − m⟩ as two subgradient inequalities; without enhancement it is 0."""
    if not one.is_enhanced:
        return []
    both = (subgradient(K, m, one.m_tilde, one.u), subgradient(K, one.m_tilde, m, K.gradient(m)))
    return [(1 / ε, fact) for fact in both]


def sign_steps(one: Flow) -> list[Step]:
    """Δ₁ ≥ 0, Δ₂ ≥ 0."""
    second = at_most(0, one.enhancement, "m̃ − m = εṁ, and ∇K is monotone", enhancement_facts(one))
    if not one.is_enhanced:
        second = equation(one.enhancement, 0, "m̃ = m")
    return [at_most(0, one.alignment, "subgradients are monotone", alignment_facts(one)), second]


def identities(factors: Coefficients) -> list[Derivation]:
    """The derivative of H and the signs of its rates, for λ > 0 and λ = 0, ε > 0 and ε = 0."""
    found = []
    for one in flows(factors):
        found.append(one.derivation("The derivative of H along the flow", identity_steps(one)))
        found.append(one.derivation("The signs of the rates", sign_steps(one)))
    return found


def flows(factors: Coefficients) -> list[Flow]:
    """With and without decay, with and without enhancement."""
    return [Flow(decay, enhanced, factors) for decay in (True, False) for enhanced in (True, False)]


def descent(one: Flow) -> Derivation:
    """dH/dt ≤ 0."""
    first, second = sign_steps(one)
    because = [(one.first_rate, first.fact())]
    if one.is_enhanced:
        because.append((one.second_rate, second.fact()))
    last = at_most(one.change, 0, "dH/dt = −(γ + cλ)Δ₁ − cΔ₂", because)
    return one.derivation("H falls along the flow", [first, second, last])


def reversed_sign(factors: Coefficients) -> Coefficients:
    """With the rates of the other sign."""
    return replace(factors, first=-1, second=-1)


MILLIONTH = 1 + Fraction(1, 10**6)
DOMAIN = "every convex K with a derivative, every differentiable f, any dimension, α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1"
CHAIN_RULE = "the chain rule along the trajectory, for K* where K* has a derivative"
IDENTITIES, DESCENT = Derived(identities), Derived(lambda factors: [descent(one) for one in flows(factors)])
WRONGS = wrong_functions(
    Planted("the first rate too large by one part in a million", replace(THEOREM, first=MILLIONTH)),
    Planted("both rates with their signs reversed", reversed_sign(THEOREM)),
)

PROOFS = (
    Proof(
        claim="flow-derivative",
        route="symbolic",
        statement="dH/dt = −(γ+cλ)Δ1 − cΔ2 identically, and Δ1, Δ2 are sums of inequalities of K and K*.",
        domain=DOMAIN + ", at every λx where K* has a derivative; at λ = 0 with K(0) = min K",
        is_complete=True,
        assumptions=IDENTITIES.taken(THEOREM, CHAIN_RULE),
        prove=IDENTITIES,
        subject=THEOREM,
        planted=WRONGS,
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=THEOREM.with_error,
    ),
    Proof(
        claim="flow-descent",
        route="symbolic",
        statement="−dH/dt is a sum of inequalities of K and K* with weights ≥ 0, for f convex or not.",
        domain=DOMAIN + ", λx0 ∈ dom K*, the rate at almost every t; at λ = 0 with K(0) = min K",
        is_complete=True,
        assumptions=DESCENT.taken(
            THEOREM, CHAIN_RULE.replace("where K* has a derivative", "at almost every t"),
            "a locally Lipschitz function with derivative ≤ 0 almost everywhere does not rise",
        ),
        prove=DESCENT,
        subject=THEOREM,
        planted=wrong_functions(),
        coefficients=OF_THE_FUNCTION,
        perturbed=THEOREM.with_error,
    ),
)  # fmt: skip
