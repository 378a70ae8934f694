"""What is minimised, and how far from it a point is: H ≥ F, and the KKT score is λ times the Frank–Wolfe gap.

H(x, m) − F(x) = c[K*(λx) + K(m) − ⟨λx, m⟩],     S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx)
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from ._derivation import Derivation, at_most, equation
from ._facts import Fact, fenchel_young, fenchel_young_equality, gap, subgradient
from ._lion_k import K, K_conjugate, TwoBeta, f, m, ordered, x, λ
from ._proving import Derived
from ._signs import chain
from ._terms import Defined, Operand, Term, Vector, inner
from .ledger import TITLES, wrong_functions
from .ledger_signs import weakened

v = Vector("v")
CONVEX = "f be differentiable, K convex and finite, K* its conjugate, λx ∈ dom K*"


BEST = ((v, K.gradient(-f.gradient(x)) / λ),)  # in an instance, where the bounds are attained


def composite(point: Term) -> Term:
    """F = f + K*(λ·)/λ."""
    name = "F(x)" if point == x else "F(v)"
    return Defined(name, f(point) + 1 / λ * K_conjugate(λ * point), point == x)


def lower_bound(kind: str, factors: Coefficients) -> Derivation:
    """F(x) ≤ H(x, m), with equality at m ∈ ∂K*(λx)."""
    one = TwoBeta(kind, factors=factors)
    above = one.energy(False) - composite(x)
    steps = (
        equation(above, one.c * gap(K, K_conjugate, m, λ * x), "the definitions"),
        equation(
            one.energy(False), composite(x),
            "for m ∈ ∂K*(λx); and inf over m of K(m) − ⟨λx, m⟩ is −K*(λx) by definition, attained or not",
            [(-one.c, fenchel_young_equality(K, K_conjugate, m, λ * x))],
        ),
        at_most(composite(x), one.energy(False), "for every m", [(one.c, fenchel_young(K, K_conjugate, m, λ * x))]),
    )  # fmt: skip
    title = f"H lies above what is minimised, {TITLES[kind]}"
    choices = ((m, K_conjugate.gradient(λ * x)),)
    return Derivation(title, (CONVEX,), (*one.hypotheses, ordered("any")), steps, choices, stated=steps[1:])


def score(factors: Coefficients) -> Term:
    """S(x), with factors on its three terms."""
    g = f.gradient(x)
    found = factors.momentum * K(-g) + factors.product * inner(λ * x, g) + factors.conjugate * K_conjugate(λ * x)
    return Defined("S(x)", found)


def best_step(factors: Coefficients) -> Term:
    """⟨∇f(x), x − v⟩ + (K*(λx) − K*(λv))/λ, the step from x to v."""
    return inner(f.gradient(x), x - v) + factors.penalty * ((K_conjugate(λ * x) - K_conjugate(λ * v)) / λ)


def frank_wolfe(factors: Coefficients) -> Derivation:
    """S = λ max over v of the step to v."""
    S, g = score(factors), f.gradient(x)
    steps = (
        at_most(0, S, "Fenchel–Young at −∇f(x) and λx", [(1, fenchel_young(K, K_conjugate, -g, λ * x))]),
        at_most(λ * best_step(factors), S, "for every v", [(1, fenchel_young(K, K_conjugate, -g, λ * v))]),
        equation(
            λ * best_step(factors), S, "for λv = ∇K(−∇f(x)), an element of ∂K, which is never empty",
            [(1, fenchel_young_equality(K, K_conjugate, -g, λ * v))],
        ),
    )  # fmt: skip
    setting = (CONVEX, "for a norm K both K* vanish on the set, and the right side is the Frank–Wolfe gap")
    title = "The KKT score is λ times the Frank–Wolfe gap"
    return Derivation(title, setting, (chain(0, "<", λ),), steps, BEST, stated=steps)


def certificate(factors: Coefficients) -> Derivation:
    """F(x) − F(v) ≤ S(x)/λ for every v, a minimiser among them."""
    g = f.gradient(x)
    facts: list[tuple[Operand, Fact]] = [
        (1, subgradient(f, v, x, g)),
        (1 / λ, fenchel_young(K, K_conjugate, -g, λ * v)),
    ]
    last = at_most(composite(x) - composite(v), factors.slack * (score(factors) / λ), "for every v", facts)
    setting = (CONVEX.replace("differentiable", "convex and differentiable"),)
    return Derivation("The score certifies the distance to the minimum", setting, (chain(0, "<", λ),), (last,), BEST)


MILLIONTH = Fraction(1, 10**6)


def _proof(
    claim: str, statement: str, domain: str, build: Callable[[Coefficients], list[Derivation]],
    planted: tuple[Planted, ...], coefficients: tuple[str, ...], weaker: tuple[str, ...] = (),
) -> Proof:  # fmt: skip
    prove = Derived(build)
    return Proof(
        claim, "symbolic", statement, domain, True, prove.taken(THEOREM), prove, THEOREM, planted, (), coefficients,
        weakened(*weaker),
    )  # fmt: skip


TERMS = (
    Planted("⟨λx, ∇f⟩ left out of the score", replace(THEOREM, product=0)),
    Planted("K*(λx) left out of the score", replace(THEOREM, conjugate=0)),
    Planted("K(−∇f) too small by one part in a million", replace(THEOREM, momentum=1 - MILLIONTH)),
)
OF_THE_SCORE = ("momentum", "product", "conjugate")

PROOFS = (
    _proof(
        "lyapunov-lower-bound", "H − F is c times a Fenchel–Young gap, 0 at m ∈ ∂K*(λx).",
        "every f, every finite convex K, any dimension, λx ∈ dom K*; implicit and explicit decay",
        lambda factors: [lower_bound(kind, factors) for kind in ("implicit", "explicit")],
        wrong_functions(), OF_THE_FUNCTION,
    ),
    _proof(
        "kkt-score-is-frank-wolfe-gap", "S less λ times the step to v is a Fenchel–Young gap, 0 at the best v.",
        "every differentiable f, every finite convex K, any dimension, λ > 0, λx ∈ dom K*",
        lambda factors: [frank_wolfe(factors)], TERMS, (*OF_THE_SCORE, "penalty"),
    ),
    _proof(
        "kkt-score-bounds-the-gap", "S/λ − (F(x) − F(v)) is the convexity of f plus a Fenchel–Young gap over λ.",
        "every convex differentiable f, every finite convex K, any dimension, λ > 0, λx ∈ dom K*",
        lambda factors: [certificate(factors)],
        (*TERMS, Planted("S/λ too small by one part in a million", replace(THEOREM, slack=1 - MILLIONTH))),
        (*OF_THE_SCORE, "slack"), ("momentum", "conjugate", "slack"),
    ),
)  # fmt: skip
