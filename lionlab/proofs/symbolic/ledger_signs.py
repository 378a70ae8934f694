"""The signs of the terms of the energy ledger: sums of subgradient and Fenchel–Young inequalities, weights ≥ 0."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from ._derivation import Derivation, Step, at_most, equation
from ._facts import Fact, fenchel_young, fenchel_young_equality, given, subgradient
from ._lion_k import ORDERS, K, K_conjugate, TwoBeta, m, ordered, u, x, z_next, β1, β2, λ
from ._proving import Derived
from ._terms import ZERO, Defined, Term, inner
from .ledger import ALL_K, TITLES, WHERE, rates, remainders, setting, wrong_functions


def alignment_facts(one: TwoBeta) -> list[tuple[int, Fact]]:
    """Δ₁ as a sum of four Fenchel–Young gaps; without decay as the subgradient inequality against z = 0."""
    if not one.has_decay:
        least = given(K(one.m_tilde) - K(ZERO), "K(0) = min K")
        return [(1, subgradient(K, ZERO, one.m_tilde, u)), (1, least)]
    y = λ * one.x_next
    return [
        (1, fenchel_young(K, K_conjugate, z_next, u)),
        (1, fenchel_young(K, K_conjugate, one.m_tilde, y)),
        (-1, fenchel_young_equality(K, K_conjugate, one.m_tilde, u)),
        (-1, fenchel_young_equality(K, K_conjugate, z_next, y)),
    ]


def enhancement_facts(one: TwoBeta) -> list[tuple[int, Fact]]:
    """Δ₂ as a sum of two subgradient inequalities of K."""
    return [
        (1, subgradient(K, one.m_next, one.m_tilde, u)),
        (1, subgradient(K, one.m_tilde, one.m_next, one.slope_of_K)),
    ]


def conjugate_fact(one: TwoBeta) -> Fact:
    """D_K*(λx; λx⁺) ≥ 0."""
    return subgradient(K_conjugate, λ * x, λ * one.x_next, z_next)


def momentum_fact(one: TwoBeta) -> Fact:
    """D_K(m; m⁺) ≥ 0."""
    return subgradient(K, m, one.m_next, one.slope_of_K)


def second_sign_steps(one: TwoBeta) -> list[Step]:
    """The term of Δ₂ is ≤ 0 for β₁ ≤ β₂, last of them its sign."""
    enhancement = Defined("Δ₂", inner(u - one.slope_of_K, one.m_tilde - one.m_next))
    second = rates(one)[1]
    if one.equal:
        return [
            equation(one.m_tilde, one.m_next, "β₁ = β₂, so that u ∈ ∂K(m⁺) may serve as w"),
            equation(second, 0, "w = u"),
        ]
    weight = one.c * ((1 - β2) / (β2 - β1))
    sign = at_most(0, enhancement, "K is convex: its subgradients are monotone", enhancement_facts(one))
    return [
        sign,
        equation(second, one.factors.second * weight * enhancement, "m⁺ − m and m̃⁺ − m⁺ are multiples of one vector"),
        at_most(0, second, "the weight of Δ₂ is ≥ 0", [(one.factors.second * weight, sign.fact())]),
    ]


def signs(kind: str, factors: Coefficients, order: str) -> Derivation:
    """The signs of the terms; `order` of β₁ and β₂: "any", "<" or "="."""
    one = TwoBeta(kind, order == "=", factors)
    loss, conjugate, momentum = remainders(one)
    first, _ = rates(one)
    aligned = at_most(0, one.alignment, "subgradients are monotone", alignment_facts(one))
    weight = one.factors.first * (one.step * one.first_rate)
    steps = [aligned, at_most(0, first, "a = 1 + cλ > 0 and c ≥ 0", [(weight, aligned.fact())])]
    if one.has_decay:
        steps.append(at_most(0, (1 / λ + one.c) * conjugate, "K* is convex", [(1 / λ + one.c, conjugate_fact(one))]))
    steps.append(at_most(0, one.c * momentum, "K is convex", [(one.c, momentum_fact(one))]))
    if order != "any":
        steps += second_sign_steps(one)
        change = one.energy(True) - one.energy(False)
        weights = [(1, step.fact()) for step in steps if step.left == ZERO and step.right in signed(one)]
        steps.append(at_most(change, loss, "the ledger: only the remainder of the loss can raise H", weights))
    title = f"The signs of the ledger, {TITLES[kind]}, {ORDERS[order]}"
    hypotheses = (*one.hypotheses, ordered(order))
    stated = tuple(step for step in steps if step.left == ZERO and step.relation == "≤")
    return Derivation(title, setting(one), hypotheses, tuple(steps), one.choices, stated=stated)


def signed(one: TwoBeta) -> tuple[Term, ...]:
    """The four terms with a sign, as they stand in the ledger."""
    _, conjugate, momentum = remainders(one)
    penalty = ((1 / λ + one.c) * conjugate,) if one.has_decay else ()
    return (*rates(one), *penalty, one.c * momentum)


def weakened(*names: str) -> Callable[[str, Fraction], Coefficients]:
    """An error of the sign that makes a bound false: more of everything, less of `names`."""
    return lambda name, relative: THEOREM.with_error(name, -relative if name in names else relative)


SIGNS = Derived(
    lambda factors: [signs(kind, factors, order) for kind in TITLES for order in ORDERS],
)

PROOFS = (
    Proof(
        claim="ledger-signs",
        route="symbolic",
        statement="The three terms with a sign are sums of subgradient and Fenchel–Young inequalities with weights "
        "≥ 0, for β₁ ≤ β₂ the fourth too, so that ΔH ≤ D_f(x⁺; x).",
        domain=ALL_K + WHERE,
        is_complete=True,
        assumptions=SIGNS.taken(THEOREM),
        prove=SIGNS,
        subject=THEOREM,
        planted=wrong_functions(
            Planted("a with its sign reversed", replace(THEOREM, first=-1)),
            Planted("the second term with its sign reversed", replace(THEOREM, second=-1)),
        ),
        # Not the sizes of the rates: what is ≥ 0 stays so when its weight is off by a part in a thousand.
        coefficients=OF_THE_FUNCTION,
        perturbed=weakened("penalty", "conjugate"),
    ),
)
