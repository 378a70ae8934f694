"""Theorem 4.1 and its consequences: how much H falls in one step, how much it can rise, and the average of T steps.

    ΔH ≤ −η(aΔ1 + bΔ2) + (Lη²/2)‖V‖²

The right side less the left is the descent lemma of f and two subgradient inequalities, with weights 1, 1/λ + c and c.
"""

from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from ._derivation import Derivation, at_most, equation
from ._exact_runs import step_to_the_minimum
from ._facts import Fact, descent_lemma, given
from ._lion_k import ORDERS, L, TwoBeta, f, ordered, x, β1, β2, λ
from ._proving import Derived
from ._signs import chain
from ._terms import Constant, Defined, Operand, Term, constants, squared_norm
from .ledger import ALL_K, NAMES, TITLES, WHERE, rates, remainders, setting, wrong_functions
from .ledger_signs import alignment_facts, conjugate_fact, momentum_fact, second_sign_steps, weakened

IN_ORDER = ("<", "=")
SMOOTH = "f be L-smooth, convex or not, K convex and finite, K* its conjugate"


def lemma(one: TwoBeta) -> Fact:
    """D_f(x⁺; x) ≤ (L/2)‖x⁺ − x‖²."""
    return descent_lemma(f, L, one.x_next, x, one.g)


def remainder_facts(one: TwoBeta) -> list[tuple[Term, Fact]]:
    """The remainders of K* and K with their weights in the ledger."""
    penalty = [(1 / λ + one.c, conjugate_fact(one))] if one.has_decay else []
    return [*penalty, (one.c, momentum_fact(one))]


def one_step(kind: str, order: str, factors: Coefficients) -> Derivation:
    """ΔH ≤ −ηaΔ₁ − ηbΔ₂ + (L/2)‖x⁺ − x‖²."""
    one = TwoBeta(kind, order == "=", factors)
    first, second = rates(one)
    decrease = -first
    steps = []
    if order == "<":
        b = Defined("b", one.c * (1 - β2) / (one.step * (β2 - β1)))
        enhancement = second_sign_steps(one)[1].right.parts()[-1]
        rate = factors.second * (one.step * b * enhancement)
        steps.append(equation(second, rate, "m⁺ − m and m̃⁺ − m⁺ are multiples of m + ∇f(x)"))
        decrease = decrease - rate
    else:
        steps += [
            equation(one.m_tilde, one.m_next, "β₁ = β₂, so that u ∈ ∂K(m⁺) may serve as w, and Δ₂ = 0"),
        ]
    allowed = factors.slack * (L * one.step**2 / 2 * squared_norm(one.velocity))
    change = one.energy(True) - one.energy(False)
    steps += [
        equation(one.x_next - x, one.step * one.velocity, "the step of x"),
        at_most(change, decrease + allowed, "the energy ledger", [(1, lemma(one)), *remainder_facts(one)]),
    ]
    title = f"One step of the method, {TITLES[kind]}, {ORDERS[order]}"
    hypotheses = (*one.hypotheses, ordered(order), chain(0, "≤", L))
    return Derivation(title, (SMOOTH, *setting(one)[1:]), hypotheses, tuple(steps), one.choices)


def one_steps(factors: Coefficients) -> list[Derivation]:
    """For each kind of decay and both orders of β₁ and β₂."""
    return [one_step(kind, order, factors) for kind in TITLES for order in IN_ORDER]


def rise(kind: str, order: str, factors: Coefficients) -> Derivation:
    """ΔH ≤ D_f(x⁺; x) ≤ (L/2)‖x⁺ − x‖²."""
    one = TwoBeta(kind, order == "=", factors)
    loss = remainders(one)[0]
    first_weight = one.step * one.first_rate
    aligned = at_most(0, one.alignment, "subgradients are monotone", alignment_facts(one))
    second = second_sign_steps(one)
    signed: list[tuple[Operand, Fact]] = [(first_weight, aligned.fact()), *remainder_facts(one)]
    if order == "<":
        signed.append((1, second[-1].fact()))
    change = one.energy(True) - one.energy(False)
    slack = factors.slack * (L / 2 * squared_norm(one.x_next - x))
    falls = at_most(change, factors.first * loss, "the energy ledger with its terms of known sign", signed)
    steps = (
        aligned, *second, falls, at_most(factors.first * loss, slack, "L-smoothness", [(1, lemma(one))]),
        at_most(change, slack, "both together", [*signed, (1, lemma(one))]),
    )  # fmt: skip
    title = f"How much H can rise, {TITLES[kind]}, {ORDERS[order]}"
    hypotheses = (*one.hypotheses, ordered(order), chain(0, "≤", L))
    return Derivation(title, (SMOOTH, *setting(one)[1:]), hypotheses, steps, one.choices, stated=(falls,))


def average(kind: str, order: str, factors: Coefficients) -> Derivation:
    """The single step, from T steps to T + 1 by it, and from the sum to the mean."""
    single, one = one_step(kind, order, factors), TwoBeta(kind, order == "=", factors)
    descends = single.statement
    T, sums, norms, start = constants("T R Q H₀")
    now, least, per_step = one.energy(False), Constant("inf H"), factors.slack * (L * one.step / 2)
    summed = start - now - one.step * sums + one.step * per_step * norms
    below = given(summed, "the statement for T steps, which is true for T = 0")
    above = given(now - least, "H_T ≥ inf H")
    steps = (
        *single.steps,
        at_most(
            one.energy(True), start - one.step * sums + one.step * per_step * norms + descends.right,
            "induction on T: R gains aΔ₁ + bΔ₂ and Q gains ‖V‖²", [(1, below), (1, descends.fact())],
        ),
        at_most(
            sums / T, (start - least) / (one.step * T) + per_step * (norms / T), "the sum over T steps, divided by ηT",
            [(1 / (one.step * T), below), (1 / (one.step * T), above)],
        ),
    )  # fmt: skip
    setting = (
        *single.setting,
        "(x, m) be the state after T steps and H₀ the value at the start; R the sum of aΔ₁ + bΔ₂ and Q that of ‖V‖²",
    )
    title = single.title.replace("One step", "The mean over T steps")
    return Derivation(title, setting, (*single.hypotheses, chain(0, "<", T)), steps)


def averages(factors: Coefficients) -> list[Derivation]:
    """For each kind of decay and both orders of β₁ and β₂."""
    return [average(kind, order, factors) for kind in TITLES for order in IN_ORDER]


def rises(factors: Coefficients) -> list[Derivation]:
    """For each kind of decay and both orders of β₁ and β₂."""
    return [rise(kind, order, factors) for kind in TITLES for order in IN_ORDER]


MILLIONTH = Fraction(1, 10**6)
SMALLER_L = Planted("L too small by one part in a million", replace(THEOREM, slack=1 - MILLIONTH))
NO_L = Planted("no term (L/2)‖x⁺ − x‖² at all", replace(THEOREM, slack=0))
LARGER_A = Planted("a too large by one part in a million", replace(THEOREM, first=1 + MILLIONTH))
LARGER_B = Planted("b too large by one part in a million", replace(THEOREM, second=1 + MILLIONTH))
SMALLER_D = Planted("D_f too small by one part in a million", replace(THEOREM, first=1 - MILLIONTH))


def _proof(
    claim: str, statement: str, prove: Derived, planted: tuple[Planted, ...], coefficients: tuple[str, ...],
    weaker: tuple[str, ...], *more: str,
) -> Proof:  # fmt: skip
    return Proof(
        claim=claim,
        route="symbolic",
        statement=statement,
        domain=ALL_K.replace("differentiable f", "L-smooth f, convex or not") + f", 0 ≤ β₁ ≤ β₂{WHERE}",
        is_complete=True,
        assumptions=prove.taken(THEOREM, *more),
        prove=prove,
        subject=THEOREM,
        planted=planted,
        coefficients=coefficients,
        perturbed=weakened(*weaker),
    )


PROOFS = (
    _proof(
        "one-step-descent",
        "Theorem 4.1: the slack is the descent lemma of f and the remainders of K* and K with weights ≥ 0.",
        Derived(one_steps), wrong_functions(SMALLER_L, NO_L, LARGER_A, LARGER_B), (*NAMES, "slack"), ("slack",),
    ),
    _proof(
        "bounded-rise",
        "The ledger's terms other than D_f are ≤ 0, and the descent lemma bounds D_f.",
        # "first" is the factor of D_f here: the rates are not in the bound.
        Derived(rises), wrong_functions(SMALLER_L, NO_L, SMALLER_D), (*OF_THE_FUNCTION, "first", "slack"),
        ("penalty", "conjugate", "first", "slack"),
    ),
    _proof(
        "average-descent",
        "The single step, summed by induction over T steps and divided by ηT.",
        # Not K and K* alone: with less of them H has no lower bound, with more of them the bound is weaker.
        Derived(averages, step_to_the_minimum),
        (SMALLER_L, NO_L, LARGER_A, LARGER_B,
         Planted("the loss too small by one part in a million", replace(THEOREM, loss=1 - MILLIONTH))),
        ("loss", "product", "first", "second", "slack"), ("loss", "product", "slack"),
        "induction over the steps", "H is bounded below",
    ),
)  # fmt: skip
