"""The exact energy ledger of the two-β method, an identity.

    H(x⁺,m⁺) − H(x,m) = −ηaΔ1 − ηbΔ2 + D_f(x⁺;x) − (1/λ+c)D_K*(λx;λx⁺) − cD_K(m;m⁺)

Only two things are used: the definition of c, and that the step is what it is. K, K*, u, w and z⁺ need not even belong
together; where convexity enters is told by the signs, in `ledger_signs.py`.
"""

from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._derivation import Derivation, Step, equation, positive
from ._facts import remainder
from ._lion_k import (
    FUNCTIONS,
    SUBGRADIENTS,
    WITHOUT_DECAY,
    K,
    K_conjugate,
    TwoBeta,
    f,
    m,
    u,
    x,
    z_next,
    β1,
    β2,
    η,
    λ,
)  # fmt: skip
from ._proving import Derived
from ._signs import chain
from ._terms import Defined, Term, inner

TITLES = {"implicit": "implicit decay", "explicit": "explicit decay", "none": "no decay, λ = 0"}


def remainders(one: TwoBeta) -> tuple[Term, Term, Term]:
    """D_f(x⁺; x), D_K*(λx; λx⁺), D_K(m; m⁺)."""
    return (
        Defined("D_f(x⁺; x)", remainder(f, one.x_next, x, one.g)),
        Defined("D_K*(λx; λx⁺)", remainder(K_conjugate, λ * x, λ * one.x_next, z_next)),
        Defined("D_K(m; m⁺)", remainder(K, m, one.m_next, one.slope_of_K)),
    )


def rates(one: TwoBeta) -> tuple[Term, Term]:
    """η a Δ₁ and η b Δ₂, the latter as c⟨u − w, m⁺ − m⟩, which is defined for every β₁ and β₂."""
    second = one.c * inner(u - one.slope_of_K, one.m_next - m)
    return one.factors.first * (one.step * one.first_rate * one.alignment), one.factors.second * second


def setting(one: TwoBeta) -> tuple[str, ...]:
    """What is supposed of functions and vectors."""
    if one.has_decay:
        return FUNCTIONS, SUBGRADIENTS
    return FUNCTIONS, f"u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺); {WITHOUT_DECAY}"


def ledger_steps(one: TwoBeta) -> list[Step]:
    """The derivation of the ledger."""
    loss, conjugate, momentum = remainders(one)
    first, second = rates(one)
    s = Defined("s", m + one.g)
    c, a, step = one.c, one.first_rate, one.step
    pulled = 1 - one.beta1
    pushed = u - λ * x if one.has_decay else u
    steps = [
        equation(one.x_next - x, step * one.velocity, "the step of x"),
        equation(one.m_next - m, -((1 - β2) * s), "the step of m"),
        equation(one.m_tilde - m, -(pulled * s), "the look-ahead"),
        equation(step * (one.beta1 - c * one.decay * pulled) - c * (1 - β2), 0, "the choice of c"),
    ]
    if one.has_decay:
        steps += [
            equation(
                K_conjugate(λ * one.x_next) - K_conjugate(λ * x),
                step * λ * inner(z_next, one.velocity) - conjugate,
                "the definition of the remainder of K*",
            ),
            equation(
                inner(one.x_next, one.m_next) - inner(x, m),
                step * inner(one.velocity, one.m_next) + inner(x, one.m_next - m),
                "bilinearity",
            ),
        ]
    steps += [
        equation(
            K(one.m_next) - K(m), inner(one.slope_of_K, one.m_next - m) - momentum,
            "the definition of the remainder of K",
        ),
        equation(
            step * inner(one.g, one.velocity),
            -(step * a * inner(one.velocity, one.m_tilde)) - c * inner(pushed, one.m_next - m)
            + (step * c * λ * inner(one.velocity, one.m_next) if one.has_decay else 0),
            "∇f(x) = s − m, and by (4) the coefficient of ⟨V, s⟩ vanishes",
        ),
    ]  # fmt: skip
    signed = -first - second + loss
    if one.has_decay:
        signed = signed - (1 / λ + c) * conjugate
    steps.append(equation(one.energy(True) - one.energy(False), signed - c * momentum, "all of the above, summed"))
    return steps


def identity(kind: str, factors: Coefficients) -> Derivation:
    """The ledger with that kind of decay, for β₁ and β₂ in any order."""
    one = TwoBeta(kind, factors=factors)
    return Derivation(
        f"The energy ledger, {TITLES[kind]}", setting(one), one.hypotheses, tuple(ledger_steps(one)), one.choices
    )


def positive_denominators() -> list[Derivation]:
    """c is defined where β₂ < 1, and where λ > 0 and β₁ < 1."""
    below = η * λ * (1 - β1) + (1 - β2)
    cases = {"β₂ < 1": (chain(β1, "≤", 1), chain(β2, "<", 1)), "β₁ < 1": (chain(β1, "<", 1), chain(β2, "≤", 1))}
    setting = ("η be the step of the implicit form",)
    step = positive(below, "a sum of numbers ≥ 0, one of them > 0")
    return [
        Derivation(f"The denominator of c, {name}", setting, (chain(0, "<", η), chain(0, "<", λ), *case), (step,))
        for name, case in cases.items()
    ]


def identities(factors: Coefficients) -> list[Derivation]:
    """With implicit, explicit and no decay."""
    return [*(identity(kind, factors) for kind in TITLES), *positive_denominators()]


def wrong_functions(*more: Planted) -> tuple[Planted, ...]:
    """Wrong coefficients of H, each of which makes the ledger wrong and some bound on H's rise false."""
    return (
        Planted("the product ⟨λx, m⟩ left out of the bracket", replace(THEOREM, product=0)),
        Planted("K*(λx) left out of the bracket", replace(THEOREM, conjugate=0)),
        Planted("the loss too large by one part in a million", replace(THEOREM, loss=1 + Fraction(1, 10**6))),
        *more,
    )


NAMES = (*OF_THE_FUNCTION, *OF_THE_RATES)
ALL_K = "every finite convex K, every differentiable f, any dimension, all constants the claim admits"
WHERE = ", every step where ∂K*(λx⁺) is not empty; implicit decay, explicit decay with ηλ < 1, and λ = 0"

IDENTITY = Derived(identities)
PROOFS = (
    Proof(
        claim="ledger-identity",
        route="symbolic",
        statement="ΔH is the sum of the five named terms, identically in all constants, vectors and function values.",
        domain=f"{ALL_K}, β₁ above β₂ too{WHERE}",
        is_complete=True,
        assumptions=IDENTITY.taken(THEOREM, "the inner product is bilinear and symmetric"),
        prove=IDENTITY,
        subject=THEOREM,
        planted=wrong_functions(
            Planted("a too large by one part in a million", replace(THEOREM, first=1 + Fraction(1, 10**6))),
            Planted("the second term with its sign reversed", replace(THEOREM, second=-1)),
        ),
        coefficients=NAMES,
        perturbed=THEOREM.with_error,
    ),
)
