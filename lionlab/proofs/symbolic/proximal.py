"""The implicit step: its energy ledger, the signs of all five terms, and what they imply for any length of step.

H_h(x⁺,m⁺) − H_h(x,m) = −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ − αD_f(x;x⁺) − (γ/λ+c_h)D_K*(λx;λx⁺) − c_hD_K(m;m⁺)
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from .._proof import Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ._derivation import Derivation, Step, at_most, equation, positive
from ._facts import Fact, fenchel_young, given, subgradient, weak_convexity
from ._implicit_step import Implicit, implicit_steps, s
from ._lion_k import K, K_conjugate, f, h, m, x, α, γ, ε, λ, ρ
from ._proving import Derived
from ._signs import chain
from ._terms import ONE, Constant, Defined, Number, Term, Vector, inner, squared_norm
from .ledger import wrong_functions

LONGER = Constant("h′")


def ledger_steps(one: Implicit) -> list[Step]:
    """The identity and what it is made of."""
    loss, conjugate, momentum = one.remainders
    pull = 1 + h * λ if one.has_decay else 1
    steps = [
        equation(one.m_next - m, -(h * (α * one.g + γ * one.m_next)), "the step of m"),
        equation(h * one.m_tilde, h * one.m_next + (ε if one.is_enhanced else 0) * (one.m_next - m), "m̃⁺ looks ahead"),
    ]
    if one.has_decay:
        steps += [
            equation(one.x_next - x, h * (s - λ * one.x_next), "the step of x"),
            equation(s - λ * x, pull * (s - λ * one.x_next), "the same, solved for x"),
        ]
    if one.is_enhanced:
        rate = γ + one.c * λ if one.has_decay else γ
        steps.append(equation(ε * rate - 1 + one.c * pull, 0, "the choice of c_h"))
    signed = -(one.first_weight * one.alignment) - one.second - α * loss
    if one.has_decay:
        signed = signed - one.penalty_weight * conjugate
    return [*steps, equation(one.change, signed - one.c * momentum, "all values expanded at the new point")]


def ledger(one: Implicit) -> Derivation:
    """The ledger as an equation."""
    return one.derivation("The ledger of the implicit step", "differentiable", ledger_steps(one))


def second_sign(one: Implicit) -> Step:
    """The term of Δ₂ is ≤ 0."""
    if not one.is_enhanced:
        return equation(one.second, 0, "m̃⁺ = m⁺, so that s may serve as w")
    facts = [(one.factors.second * (h * one.c / ε), fact) for _, fact in one.enhancement_facts]
    return at_most(0, one.second, "m⁺ − m = (h/ε)(m̃⁺ − m⁺)", facts)


def convexity(one: Implicit) -> Fact:
    """D_f(x; x⁺) ≥ 0."""
    return subgradient(f, x, one.x_next, one.g)


def signs(one: Implicit) -> Derivation:
    """All five terms are ≤ 0, and so is the change of H_h."""
    loss, conjugate, momentum = one.remainders
    aligned = at_most(0, one.alignment, "subgradients are monotone", one.alignment_facts)
    steps = [aligned, at_most(0, one.first_weight * one.alignment, "its weight is ≥ 0",
                              [(one.first_weight, aligned.fact())]), second_sign(one)]  # fmt: skip
    steps.append(at_most(0, α * loss, "f is convex", [(α, convexity(one))]))
    weights = dict(zip((K_conjugate, K) if one.has_decay else (K,), one.remainder_facts, strict=True))
    if one.has_decay:
        steps.append(at_most(0, one.penalty_weight * conjugate, "K* is convex", [weights[K_conjugate]]))
    steps.append(at_most(0, one.c * momentum, "K is convex", [weights[K]]))
    signed = one.derivation("The signs of the implicit step's ledger", "convex and differentiable", steps)
    return replace(signed, stated=tuple(step for step in steps if step.relation == "≤"))


def rate_of_descent(one: Implicit) -> tuple[Term, list[Step]]:
    """h[(γ+c_hλ)Δ₁ + (c_h/ε)Δ₂] and the steps that show it to be ≥ 0."""
    aligned = at_most(0, one.alignment, "subgradients are monotone", one.alignment_facts)
    second = second_sign(one)
    rate, facts, steps = one.first_weight * one.alignment, [(one.first_weight, aligned.fact())], [aligned, second]
    if one.is_enhanced:
        enhancement = Defined("Δ₂", inner(s - one.slope_of_K, one.m_tilde - one.m_next))
        weighted = one.factors.second * (h * (one.c / ε) * enhancement)
        steps.append(equation(one.second, weighted, "m⁺ − m = (h/ε)(m̃⁺ − m⁺)"))
        rate, facts = rate + weighted, [*facts, (ONE, second.fact())]
    return rate, [*steps, at_most(0, rate, "both are ≥ 0", facts)]


def descent(one: Implicit) -> Derivation:
    """H_h(x⁺,m⁺) − H_h(x,m) ≤ −h[(γ+c_hλ)Δ₁ + (c_h/ε)Δ₂] ≤ 0."""
    rate, steps = rate_of_descent(one)
    last = at_most(one.change, -rate, "the ledger", [(α, convexity(one)), *one.remainder_facts])
    return one.derivation("The implicit step lowers H_h", "convex and differentiable", [*steps, last])


def weakly_convex(one: Implicit) -> Derivation:
    """The same with (αρ/2)‖x⁺−x‖² more."""
    rate, steps = rate_of_descent(one)
    allowed = one.factors.slack * (α * ρ / 2 * squared_norm(one.x_next - x))
    facts = [(α, weak_convexity(f, ρ, x, one.x_next, one.g)), *one.remainder_facts]
    last = at_most(one.change, -rate + allowed, "the ledger", facts)
    title = "The implicit step with a weakly convex loss"
    return one.derivation(title, "ρ-weakly convex and differentiable", [*steps, last], chain(0, "≤", ρ))


def attained(factors: Coefficients) -> Derivation:
    """f = −(ρ/2)‖x − C‖² uses all of it where K and K* are linear between the points, as for K = ‖·‖₁."""
    one = Implicit(factors=factors)
    loss, conjugate, momentum = one.remainders
    center, allowed = Vector("C"), factors.slack * (α * ρ / 2 * squared_norm(one.x_next - x))

    def value(point: Term) -> Term:
        return -(ρ / 2 * squared_norm(point - center))

    lost = value(x) - value(one.x_next) - inner(-(ρ * (one.x_next - center)), x - one.x_next)
    given_loss = equation(lost, -(ρ / 2 * squared_norm(one.x_next - x)), "the remainder of f, as ∇f(x⁺) = −ρ(x⁺ − C)")
    bent = given(loss + ρ / 2 * squared_norm(one.x_next - x), "the remainder of f", "=")
    flat = [given(rest, "K and K* are linear between the points", "=") for rest in (conjugate, momentum)]
    weights = [(-α, bent), (-one.penalty_weight, flat[0]), (-one.c, flat[1])]
    signed = -(one.first_weight * one.alignment) - one.second + allowed
    last = equation(signed, one.change, "the ledger", [(-weight, fact) for weight, fact in weights])
    steps = [given_loss, replace(last, because=tuple((-weight, fact) for weight, fact in last.because))]
    return replace(one.derivation("All of the bound is used", "−(ρ/2)‖x − C‖²", steps, chain(0, "≤", ρ)), choices=())


def example(factors: Coefficients) -> Derivation:
    """A step in one coordinate that uses all of the bound, with both rates > 0, and raises H_h."""
    length, decay, force, friction, delay, modulus, start, momentum = (
        Number(Fraction(*number)) for number in ((1, 10), (1, 2), (1, 1), (1, 1), (1, 2), (200, 1), (1, 2), (3, 1))
    )
    slope, other = Number(Fraction(-1)), ONE
    x_next = Defined("x⁺", (start + length * slope) / (1 + length * decay))
    center = Defined("C", x_next + 4 / modulus)
    g = Defined("∇f(x⁺)", -(modulus * (x_next - center)))
    m_next = Defined("m⁺", (momentum - length * force * g) / (1 + length * friction))
    ahead = Defined("m̃⁺", (1 - delay * friction) * m_next - delay * force * g)
    c = Defined("c_h", (1 - delay * friction) / (1 + (delay + length) * decay))

    def energy(point: Term, at: Term) -> Term:
        bracket = factors.momentum * at - factors.product * decay * point * at
        return -(factors.loss * force * modulus / 2 * (point - center) ** 2) + c * bracket

    rise = Defined("ΔH", energy(x_next, m_next) - energy(start, momentum), False)
    first = factors.first * ((friction + c * decay) * ((slope - decay * x_next) * ahead))
    second = factors.second * (c / delay * ((slope - other) * (ahead - m_next)))
    allowed = factors.slack * (force * modulus / 2 * (x_next - start) ** 2)
    steps = (
        positive(-ahead, "so that s = −1"),
        positive(m_next, "so that w = 1 and, with m > 0, K(m) = m and K(m⁺) = m⁺"),
        positive(1 - (decay * start) ** 2, "|λx| < 1, so that K*(λx) = 0"),
        positive(1 - (decay * x_next) ** 2, "|λx⁺| < 1, so that K*(λx⁺) = 0 and z⁺ = 0"),
        positive(first, "Δ₁ > 0"),
        positive(second, "Δ₂ > 0"),
        positive(rise, "H_h rises"),
        equation(rise, allowed - length * (first + second), "all of the bound is used"),
    )
    numbers = "x = 1/2, m = 3, h = 1/10, λ = 1/2, α = γ = 1, ε = 1/2, ρ = 200"
    return Derivation("A step that uses all of it", ("K = |·|, f = −(ρ/2)(x − C)², " + numbers,), (), steps)


def change_of_length(factors: Coefficients, is_longer: bool) -> Derivation:
    """H_{h′} − H_h = (c_{h′} − c_h)·[gap], and the sign of it."""
    now, later = Implicit(factors=factors), Implicit(factors=factors, length=LONGER)
    bracket = K_conjugate(λ * x) + K(m) - inner(λ * x, m)
    weight = Defined("d", λ * (LONGER - h) / ((1 + (ε + LONGER) * λ) * (1 + (ε + h) * λ)))
    if not is_longer:
        weight = Defined("d", λ * (h - LONGER) / ((1 + (ε + LONGER) * λ) * (1 + (ε + h) * λ)))
    less = -((1 - ε * γ) * weight) if is_longer else (1 - ε * γ) * weight
    gap = fenchel_young(K, K_conjugate, m, λ * x)
    change = later.energy(False) - now.energy(False)
    steps = [
        equation(change, (later.c - now.c) * bracket, "only c_h depends on h"),
        equation(later.c - now.c, less, "over a common denominator"),
    ]
    weighted = [((1 - ε * γ) * weight, gap)]
    steps.append(at_most(change, 0, "Fenchel–Young", weighted) if is_longer else
                 at_most(0, change, "Fenchel–Young", weighted))  # fmt: skip
    order = chain(0, "<", h, "<", LONGER) if is_longer else chain(0, "<", LONGER, "<", h)
    hypotheses = (order, chain(0, "≤", γ), chain(0, "≤", ε), chain(ε * γ, "≤", 1), chain(0, "<", λ))
    title = "A longer step" if is_longer else "A shorter step"
    setting = ("K be convex, K* its conjugate, f any function",)
    return Derivation(title, setting, hypotheses, tuple(steps), stated=tuple(steps[:1]), instances="any K")


def every(*makers: Callable[[Implicit], Derivation]) -> Callable[[Coefficients], list[Derivation]]:
    """Each derivation for λ > 0 and λ = 0, ε > 0 and ε = 0."""
    return lambda factors: [make(one) for one in implicit_steps(factors) for make in makers]


MILLIONTH = Fraction(1, 10**6)
FIRST = Planted("the first rate too large by one part in a million", replace(THEOREM, first=1 + MILLIONTH))
SECOND = Planted("the second rate too large by one part in a million", replace(THEOREM, second=1 + MILLIONTH))
REVERSED = Planted("the first rate with its sign reversed", replace(THEOREM, first=-1))
DOMAIN = (
    "every convex K, α > 0, γ, ε ≥ 0 with εγ ≤ 1, every h > 0, any dimension; λ > 0 where ∂K*(λx⁺) is not empty, and "
    "λ = 0 with K(0) = min K"
)
EXTENDED = "; from outside the set by the same with K_M for K"
ALL = (*OF_THE_FUNCTION, *OF_THE_RATES)


def perturbed(name: str, relative: Fraction) -> Coefficients:
    """With an error that makes the bound too strong."""
    return THEOREM.with_error(name, -relative if name == "slack" else relative)


def _proof(
    claim: str, statement: str, domain: str, build: Callable[[Coefficients], list[Derivation]],
    more: tuple[str, ...], planted: tuple[Planted, ...], coefficients: tuple[str, ...], is_complete: bool = True,
) -> Proof:  # fmt: skip
    prove = Derived(build)
    return Proof(
        claim, "symbolic", statement, domain, is_complete, prove.taken(THEOREM, *more), prove, THEOREM, planted, (),
        coefficients, perturbed,
    )  # fmt: skip


PROOFS = (
    _proof(
        "proximal-ledger", "The change of H_h is the sum of five named terms, identically.",
        "every differentiable f, " + DOMAIN + EXTENDED, every(ledger), ("the inner product is bilinear and symmetric",),
        wrong_functions(FIRST, SECOND), ALL,
    ),
    _proof(
        "proximal-signs", "Each of the five terms is a sum of inequalities of f, K and K* with weights ≥ 0.",
        "every convex differentiable f, " + DOMAIN + EXTENDED, every(signs, ledger), (),
        wrong_functions(REVERSED), OF_THE_FUNCTION,
    ),
    _proof(
        "proximal-descent", "The change of H_h is at most minus both rates, for every length of step.",
        "every convex differentiable f, " + DOMAIN + EXTENDED, every(descent), (),
        wrong_functions(FIRST, SECOND), ALL,
    ),
    _proof(
        "proximal-weakly-convex", "The change of H_h is at most minus both rates and (αρ/2)‖x⁺−x‖², all of it used.",
        "every ρ-weakly convex differentiable f, " + DOMAIN + "; one with K = |·| uses all of the bound and raises H_h",
        lambda factors: [*every(weakly_convex)(factors), attained(factors), example(factors)], (),
        wrong_functions(FIRST, Planted("ρ too small by a millionth", replace(THEOREM, slack=1 - MILLIONTH))),
        (*ALL, "slack"),
    ),
    _proof(
        "proximal-growing-steps", "Every step lowers its H_h, and a longer next step begins at a lower one.",
        "every convex differentiable f, " + DOMAIN,
        lambda factors: [*every(descent)(factors), change_of_length(factors, True)], (),
        wrong_functions(FIRST, SECOND), ALL,
    ),
    _proof(
        "proximal-shrinking-steps-fail", "H_{h′} − H_h = (c_{h′} − c_h)·[K*(λx) + K(m) − ⟨λx, m⟩] ≥ 0 for h′ < h.",
        "every f, every convex K, every 0 < h′ < h; the comparison with the six steps after it is not part of this",
        lambda factors: [change_of_length(factors, False)], (),
        (*wrong_functions()[:2], Planted("K(m) left out of the bracket", replace(THEOREM, momentum=0))),
        ("conjugate", "momentum", "product"), False,
    ),
)  # fmt: skip
