"""The implicit step over all convex K: its ledger, its signs, and its decrease for every length h > 0.

    ΔH_h + h(γ+c_hλ)Δ1 + c_h⟨s−w, m⁺−m⟩ = −αD_f(x;x⁺) − (γ/λ+c_h)D_K*(λx;λx⁺) − c_hD_K(m;m⁺)

For convex f every remainder is an inequality of one function, and for ρ-weakly convex f only the slack is left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ..gram import Expression
from .certificate import Certificate, Term, equal, outcome, positive
from .interpolation import Sample, convex, fenchel_young, monotone, square, weakly_convex
from .proximal_step import Constants, ProximalStep, broken, cases, proximal_step, rise
from .ranges import Range


@dataclass(frozen=True)
class Statement:
    """The coefficients, and whether f is asked to be convex."""

    coefficients: Coefficients = THEOREM
    is_convex: bool = True


def any_curvature(k: Constants) -> tuple[Fraction, ...]:
    return Fraction(0), Fraction(1), -k.rho


def convex_curvature(k: Constants) -> tuple[Fraction, ...]:
    return Fraction(0), Fraction(1)


def weak_curvature(k: Constants) -> tuple[Fraction, ...]:
    return -k.rho, Fraction(0)


def gap(s: ProximalStep, q: Coefficients) -> Expression:
    """ΔH_h and both rates."""
    return rise(s.k, q, s) + q.first * s.alignment + q.second * s.enhancement


def kernel_terms(s: ProximalStep) -> tuple[Term, ...]:
    """(γ/λ+c_h)D_K* + c_hD_K."""
    k, at_m = s.k, s.at_momentum._replace(point=s.before.m, value=s.before.K)
    found = (Term("subgradient of K at m⁺", k.c, convex(at_m, s.at_momentum)),)
    if k.lam == 0:
        return found
    touching = fenchel_young(s.at_dual.value, s.at_dual.point, s.before.conjugate, k.lam * s.before.x)
    return (*found, Term("Fenchel–Young at z⁺ and λx", k.conjugate_weight, touching))


def rate_terms(s: ProximalStep) -> tuple[Term, ...]:
    """h(γ+c_hλ)Δ1 and (hc_h/ε)Δ2."""
    k = s.k
    first = Term("monotonicity between m̃⁺ and z⁺", k.h * (k.gamma + k.c * k.lam), monotone(s.at_look_ahead, s.at_dual))
    if k.epsilon == 0:
        return (first,)
    second = Term("monotonicity between m̃⁺ and m⁺", k.h * k.c / k.epsilon, monotone(s.at_look_ahead, s.at_momentum))
    return (first, second)


def loss_samples(s: ProximalStep) -> tuple[Sample, Sample]:
    """f at x and at x⁺; the slope at x does not enter."""
    return Sample(s.before.x, s.g, s.before.f), Sample(s.after.x, s.g, s.after.f)


def convexity(s: ProximalStep) -> tuple[Term, ...]:
    """αD_f(x; x⁺)."""
    return (Term("f is convex", s.k.alpha, convex(*loss_samples(s))),)


def prove_ledger(subject: Coefficients, is_quick: bool) -> Outcome:
    """The identity for free vectors and values."""

    def residual(s: ProximalStep) -> Expression:
        k = s.k
        found = gap(s, subject) + k.alpha * s.loss_remainder + k.c * s.momentum_remainder
        return found if k.lam == 0 else found + k.conjugate_weight * s.conjugate_remainder

    def certificates() -> Iterator[Certificate]:
        for one, k in cases():
            yield Certificate("ledger", one, residual(proximal_step(k)))

    return outcome("proximal-ledger", certificates(), broken(residual, any_curvature, is_identity=True))


def prove_descent(subject: Statement, is_quick: bool) -> Outcome:
    """The decrease for convex f, and that the rates are ≥ 0."""
    curvatures = convex_curvature if subject.is_convex else any_curvature
    refuter = broken(lambda s: gap(s, subject.coefficients), curvatures)
    return outcome("proximal-descent", descent_certificates(subject), refuter)


def descent_certificates(subject: Statement) -> Iterator[Certificate]:
    """ΔH_h ≤ −h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2] ≤ 0."""
    for one, k in cases():
        s = proximal_step(k)
        loss = convexity(s) if subject.is_convex else ()
        yield Certificate("ΔH_h + h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2]", one, gap(s, subject.coefficients), loss + kernel_terms(s))
        yield Certificate("−h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2]", one, -(s.alignment + s.enhancement), rate_terms(s))


def prove_weakly_convex(subject: Statement, is_quick: bool) -> Outcome:
    """The slack for ρ-weakly convex f, and the f that uses all of it."""
    q = subject.coefficients

    def above(s: ProximalStep) -> Expression:
        return gap(s, q) - q.slack * s.slack

    def certificates() -> Iterator[Certificate]:
        for one, k in cases():
            s = proximal_step(k)
            loss = Term("f + (ρ/2)‖·‖² is convex", k.alpha, weakly_convex(*loss_samples(s), k.rho))
            yield Certificate("ΔH_h + rates − (αρ/2)‖x⁺−x‖²", one, above(s), (loss, *kernel_terms(s)))
            yield _all_used(s, one, above)
            yield from _such_a_step(one, k, above)

    return outcome("proximal-weakly-convex", certificates(), broken(above, weak_curvature))


def _all_used(s: ProximalStep, one: Range, above: Callable[[ProximalStep], Expression]) -> Certificate:
    """For f = −(ρ/2)‖x−C‖² nothing is left but remainders of K and K*, 0 for K = ‖·‖₁ where no sign changes."""
    # g⁺ stands for −ρ(x⁺−C), so that f(x) − f(x⁺) = ⟨g⁺, x−x⁺⟩ − (ρ/2)‖x−x⁺‖² whatever C.
    d = s.before.x - s.after.x
    bowl = s._replace(before=s.before._replace(f=s.after.f + s.g @ d - s.k.rho / 2 * square(d)))
    left = above(bowl) + s.k.c * s.momentum_remainder
    if s.k.lam != 0:
        left = left + s.k.conjugate_weight * s.conjugate_remainder
    return Certificate("the same for f = −(ρ/2)‖x−C‖², with D_K and D_K*", one, left)


def _such_a_step(one: Range, k: Constants, above: Callable[[ProximalStep], Expression]) -> Iterator[Certificate]:
    """A step with K = |·|, m = 1 and f = −(ρ/2)(x−C)², C = x⁺ − 1/ρ, that moves and leaves nothing of the slack."""
    end = k.h / (2 + k.h * k.lam)
    momentum = (1 + k.h * k.alpha) / (1 + k.h * k.gamma)
    look_ahead = momentum - k.epsilon * (k.gamma * momentum - k.alpha)
    one.refuse_poles(of_end=2 + k.h * k.lam)
    vectors = {"x0": (-end,), "m0": (1,), "g1": (-1,), "s1": (1,), "w1": (1,), "z1": (0,)}
    # f(x) with f(x⁺) = 0, from g⁺ = −1 and the curvature −ρ.
    values = {"f0": 2 * end - k.rho / 2 * (2 * end) ** 2, "f1": 0, "K*(λx0)": 0, "K(m0)": 1, "K(m1)": momentum,
        "K(m̃1)": look_ahead, "K(z1)": 0}  # fmt: skip
    s = proximal_step(k)
    yield equal("the slack is used up", one, above(s).at(vectors, values))
    yield equal("x⁺ of the method, less what it is said to be", one, s.after.x.at(vectors)[0] - end)
    yield equal("m⁺ of the method, less what it is said to be", one, s.after.m.at(vectors)[0] - momentum)
    yield equal("m̃⁺ of the method, less what it is said to be", one, s.at_look_ahead.point.at(vectors)[0] - look_ahead)
    yield positive("m⁺", one, momentum, is_strict=True)
    yield positive("m̃⁺", one, look_ahead, is_strict=True)
    yield positive("1 − λx⁺, so that K* = 0 at λx⁺ and λx = −λx⁺", one, 1 - k.lam * end, is_strict=True)
    yield positive("x⁺ − x", one, 2 * end, is_strict=True)


SMALL = 1 + Fraction(1, 10**6)
SELECTIONS = (
    "x⁺, m⁺, s solve the step: s ∈ ∂K(m̃⁺); w ∈ ∂K(m⁺), λx⁺ ∈ ∂K(z⁺), K*(λx) is finite; where λ = 0, 0 ∈ ∂K(0); "
    "where ε = 0, w = s",
    "outside dom K* the same with K_M for K, of which s is a subgradient at m̃⁺ if ‖m̃⁺‖_B ≤ M",
)
CONSTANTS = (
    "every dimension, all α, h > 0 and γ, ε, λ ≥ 0 with εγ ≤ 1, α ≠ γ too, at every step where ∂K*(λx⁺) is not empty; "
    "symbolic"
)
WRONG = (
    Planted("c_h a relative 1e-6 too large", Statement(Coefficients(conjugate=SMALL, momentum=SMALL, product=SMALL))),
    Planted("+⟨λx, m⟩ in H_h", Statement(Coefficients(product=-1))),
    Planted("γ + c_hλ doubled", Statement(Coefficients(first=2))),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    """A coefficient off by a relative error, towards the stronger statement where the sign matters."""
    return Statement(THEOREM.with_error(name, -relative if name == "slack" else relative))


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="proximal-ledger",
        route="worst case",
        statement="ΔH_h less the five terms vanishes as a formal sum of inner products and values.",
        domain=f"every f and K with values and slopes, {CONSTANTS}",
        is_complete=True,
        assumptions=SELECTIONS,
        prove=prove_ledger,
        subject=THEOREM,
        planted=(*(Planted(one.description, one.subject.coefficients) for one in WRONG),
            Planted("the second rate left out", Coefficients(second=0))),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=lambda name, relative: THEOREM.with_error(name, relative),
    ),
    Proof(
        claim="proximal-descent",
        route="worst case",
        statement="ΔH_h and its rates are minus weights ≥ 0 times one inequality of f and two of K; the rates are ≥ 0.",
        domain=f"every convex K, every convex f, {CONSTANTS}",
        is_complete=True,
        assumptions=(*SELECTIONS, "the subgradient inequality of f and K, and the Fenchel–Young inequality"),
        prove=prove_descent,
        subject=Statement(),
        planted=(*WRONG, Planted("f need not be convex", Statement(is_convex=False))),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=perturbed,
    ),
    Proof(
        claim="proximal-weakly-convex",
        route="worst case",
        statement="The same with (αρ/2)‖x⁺−x‖², all of it used by a step with f = −(ρ/2)‖x−C‖² and K = |·|.",
        domain=f"every convex K, every ρ-weakly convex f, ρ > 0, {CONSTANTS}",
        is_complete=True,
        assumptions=(*SELECTIONS, "the inequality of weakly convex f, and the Fenchel–Young inequality",
            "of |·|: its slope sign z, its conjugate 0 on [−1, 1]"),
        prove=prove_weakly_convex,
        subject=Statement(),
        planted=(*WRONG, Planted("no slack, as for convex f", Statement(Coefficients(slack=0)))),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES, "slack"),
        perturbed=perturbed,
    ),
)  # fmt: skip
