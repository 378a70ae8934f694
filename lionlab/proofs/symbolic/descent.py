"""Theorem 4.1 and its consequences: how much H falls in one step, how much it can rise, and the average of T steps.

    ΔH ≤ −η(aΔ1 + bΔ2) + (Lη²/2)‖V‖²

The right side less the left is the descent lemma of f and two subgradient inequalities, with weights 1, 1/λ + c and c.
"""

from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import THEOREM, Coefficients
from ._derivation import Derivation, at_most, equation
from ._facts import Fact, descent_lemma, given
from ._lion_k import ORDERS, L, TwoBeta, f, ordered, x, β1, β2, η, λ
from ._proving import Derived
from ._signs import chain
from ._terms import Constant, Defined, Operand, Term, constants, squared_norm
from .ledger import ALL_K, NAMES, TITLES, rates, remainders, setting, wrong_functions
from .ledger_signs import alignment_facts, conjugate_fact, momentum_fact, second_sign_steps

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
    return Derivation(title, (SMOOTH, *setting(one)[1:]), hypotheses, steps, one.choices)


def telescope(factors: Coefficients) -> Derivation:
    """From T steps to T + 1, and from the sum to the mean."""
    T, rate, norm, now, later, sums, norms, start = constants("T r q H_T H⁺ R Q H₀")
    least = Constant("inf H")
    below = given(start - now - η * sums + L * η**2 / 2 * norms, "the statement for T steps, true for T = 0")
    step = given(now - later - η * rate + L * η**2 / 2 * norm, "the step from T to T + 1")
    whole = given(now - least, "H_T ≥ inf H")
    slack = factors.slack * (L * η / 2 * (norms / T))
    steps = (
        at_most(
            later, start - η * (sums + rate) + L * η**2 / 2 * (norms + norm), "induction on T: R and Q gain r and q",
            [(1, below), (1, step)],
        ),
        at_most(sums / T, (start - least) / (η * T) + slack, "the sum over T steps, divided by ηT",
                [(1 / (η * T), below), (1 / (η * T), whole)]),
    )  # fmt: skip
    setting = (
        "R be the sum of aΔ₁ + bΔ₂ over T steps and r that of the next one, Q and q the same of ‖V‖²",
        "H₀, H_T and H⁺ be the values of H at the start, after T steps and after T + 1",
    )
    return Derivation("The mean over T steps", setting, (chain(0, "<", η), chain(0, "<", T)), steps)


def averages(factors: Coefficients) -> list[Derivation]:
    """The single step, then its sum."""
    return [*one_steps(factors), telescope(factors)]


def rises(factors: Coefficients) -> list[Derivation]:
    """For each kind of decay and both orders of β₁ and β₂."""
    return [rise(kind, order, factors) for kind in TITLES for order in IN_ORDER]


MILLIONTH = Fraction(1, 10**6)
LAWS = ("the descent lemma of L-smooth functions", "the subgradient inequality of K and of K*")
SMALLER_L = Planted("L too small by one part in a million", replace(THEOREM, slack=1 - MILLIONTH))


def perturbed(name: str, relative: Fraction) -> Coefficients:
    """With an error that makes the bound too strong: less slack, more of anything else."""
    return THEOREM.with_error(name, -relative if name == "slack" else relative)


def _proof(claim: str, statement: str, prove: Derived, laws: tuple[str, ...], *, has_rates: bool = True) -> Proof:
    return Proof(
        claim=claim,
        route="symbolic",
        statement=statement,
        domain=ALL_K.replace("differentiable f", "L-smooth f, convex or not")
        + ", 0 ≤ β₁ ≤ β₂; implicit decay, explicit decay with ηλ < 1, and λ = 0",
        is_complete=True,
        assumptions=laws,
        prove=prove,
        subject=THEOREM,
        planted=wrong_functions(
            SMALLER_L, Planted("no term (L/2)‖x⁺ − x‖² at all", replace(THEOREM, slack=0)),
            Planted("D_f or a too large by one part in a million", replace(THEOREM, first=1 + MILLIONTH)),
        ),
        coefficients=(*(NAMES if has_rates else NAMES[:-1]), "slack"),
        perturbed=perturbed,
    )  # fmt: skip


MONOTONE = "Fenchel–Young, with equality at subgradients"
PROOFS = (
    _proof(
        "one-step-descent",
        "Theorem 4.1: the slack is the descent lemma of f and the remainders of K* and K with weights ≥ 0.",
        Derived(one_steps), LAWS,
    ),
    _proof(
        "bounded-rise",
        "The ledger's terms other than D_f are ≤ 0, and the descent lemma bounds D_f.",
        Derived(rises), (*LAWS, MONOTONE), has_rates=False,
    ),
    _proof(
        "average-descent",
        "The single step, summed by induction over T steps and divided by ηT.",
        Derived(averages), (*LAWS, "induction over the steps; H is bounded below"),
    ),
)  # fmt: skip
