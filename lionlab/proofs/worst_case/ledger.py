"""The energy ledger as an identity of formal sums, and its signs from the inequalities of convex functions.

    ΔH + ηaΔ1 + ηbΔ2 − D_f + (1/λ+c)D_K* + cD_K = 0        for free vectors x, m, g, u, w, z⁺ and free values

The identity asks nothing of K, f or the vectors. The signs do: each term is a weight ≥ 0 times an inequality of K.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ..gram import Expression, Vector
from .certificate import Certificate, Refuter, outcome
from .descent import rate_terms, remainder_terms
from .interpolation import monotone
from .step import Case, Constants, Step, cases, reversed_cases, rise, start, step
from .step_scenes import ORDERED, REVERSED, broken

SELECTIONS = "u ∈ ∂K(m̃⁺), w ∈ ∂K(m⁺), λx⁺ ∈ ∂K(z⁺); where λ = 0, 0 ∈ ∂K(0); where β1 = β2, w = u"
EVERY_BETA = (
    "every dimension, all η > 0, λ ≥ 0 and β1, β2 in [0, 1], in either order, for which c is finite, at every step "
    "where ∂K*(λx⁺) is not empty"
)


def enhancement(k: Constants, s: Step) -> Expression:
    """ηbΔ2 with b = c(1−β2)/(η(β2−β1)) and Δ2 = ⟨u − w, m̃⁺ − m⁺⟩; 0 at β1 = β2, where w = u."""
    if k.beta1 == k.beta2:
        return Expression()
    b = k.c * (1 - k.beta2) / (k.eta * (k.beta2 - k.beta1))
    return k.eta * b * monotone(s.at_look_ahead, s.at_momentum)


def residual(q: Coefficients, s: Step) -> Expression:
    """ΔH less the five terms; the factors `q` are on what the theorem names, not on the weights of D_K and D_K*."""
    k = s.k
    remainders = s.loss_remainder - k.c * s.momentum_remainder
    if k.lam != 0:
        remainders = remainders - (1 / k.lam + k.c) * s.conjugate_remainder
    return rise(k, q, s) + q.first * s.alignment + q.second * enhancement(k, s) - remainders


def prove_identity(subject: Coefficients, is_quick: bool) -> Outcome:
    """Every change of H is the sum of the five terms."""

    def left(s: Step) -> Expression:
        return residual(subject, s)

    def certificates() -> Iterator[Certificate]:
        for case in cases() + reversed_cases():
            yield Certificate("ledger", case.range, left(step(case.k, start())))

    return outcome("ledger-identity", certificates(), broken(left, ORDERED + REVERSED, is_identity=True))


@dataclass(frozen=True)
class Signs:
    """Which points and slopes the four terms pair, and whether −ηbΔ2 is said to be ≤ 0 only for β1 ≤ β2."""

    aligned_with: str = "z"
    momentum_slope: str = "w"
    conjugate_point: str = "z"
    is_ordered: bool = True


def signed(subject: Signs, s: Step) -> dict[str, Expression]:
    """The four terms, each said to be ≤ 0."""
    k, change, dual = s.k, s.after.m - s.before.m, s.at_dual
    partner = dual.point if subject.aligned_with == "z" else s.at_momentum.point
    slope = s.at_momentum.slope if subject.momentum_slope == "w" else s.at_look_ahead.slope
    point = dual.point if subject.conjugate_point == "z" else s.at_momentum.point
    move = k.lam * s.move if k.lam != 0 else Vector()
    distance = s.at_look_ahead.point - partner
    found = {
        "−ηaΔ1": -(k.eta * k.a * ((s.at_look_ahead.slope - dual.slope) @ distance)),
        "−cD_K": -(k.c * (s.before.K - s.after.K + slope @ change)),
        "−ηbΔ2": -enhancement(k, s),
    }
    if k.lam != 0:
        remainder = s.before.conjugate - s.after.conjugate + point @ move
        found["−(1/λ+c)D_K*"] = -((1 / k.lam + k.c) * remainder)
    return found


def sign_certificates(subject: Signs, case: Case, is_reversed: bool) -> Iterator[Certificate]:
    s = step(case.k, start())
    targets = signed(subject, s)
    alignment, *enhancing = rate_terms(case, s)
    momentum, *conjugate = remainder_terms(s)
    yield Certificate("−ηaΔ1", case.range, targets["−ηaΔ1"], (alignment,))
    yield Certificate("−cD_K", case.range, targets["−cD_K"], (momentum,))
    if conjugate:
        yield Certificate("−(1/λ+c)D_K*", case.range, targets["−(1/λ+c)D_K*"], tuple(conjugate))
    if enhancing and not (is_reversed and subject.is_ordered):
        yield Certificate("−ηbΔ2", case.range, targets["−ηbΔ2"], tuple(enhancing))


def prove_signs(subject: Signs, is_quick: bool) -> Outcome:
    """Four weights ≥ 0, each times one inequality of K."""

    def certificates() -> Iterator[Certificate]:
        for case in cases():
            yield from sign_certificates(subject, case, is_reversed=False)
        for case in reversed_cases():
            yield from sign_certificates(subject, case, is_reversed=True)

    return outcome("ledger-signs", certificates(), _wrong_sign(subject))


def _wrong_sign(subject: Signs) -> Refuter:
    def target(name: str) -> Refuter:
        constants = ORDERED if name == "−ηbΔ2" and subject.is_ordered else ORDERED + REVERSED
        return broken(lambda s: signed(subject, s).get(name, Expression()), constants)

    names = ("−ηaΔ1", "−cD_K", "−(1/λ+c)D_K*", "−ηbΔ2")
    return lambda: next(({"term": name, **found} for name in names if (found := target(name)()) is not None), None)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="ledger-identity",
        route="worst case",
        statement="ΔH less the five terms vanishes as a formal sum of inner products and values.",
        domain=f"every f and K with values and slopes, {EVERY_BETA}; symbolic in all constants",
        is_complete=True,
        assumptions=("K*(λx⁺) = ⟨z⁺, λx⁺⟩ − K(z⁺) for λx⁺ ∈ ∂K(z⁺), and K*(λx) is finite; where β1 = β2, w = u",
            "explicit decay is implicit decay with η/(1−ηλ) for η, as proved under explicit-is-implicit"),
        prove=prove_identity,
        subject=THEOREM,
        planted=(
            Planted("c a relative 1e-6 too large", Coefficients(conjugate=1 + Fraction(1, 10**6),
                momentum=1 + Fraction(1, 10**6), product=1 + Fraction(1, 10**6))),
            Planted("ηaΔ1 a relative 1e-6 too large", Coefficients(first=1 + Fraction(1, 10**6))),
            Planted("ηbΔ2 left out", Coefficients(second=0)),
            Planted("+⟨λx, m⟩ in H", Coefficients(product=-1)),
        ),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=lambda name, relative: THEOREM.with_error(name, relative),
    ),
    Proof(
        claim="ledger-signs",
        route="worst case",
        statement="ηaΔ1, (1/λ+c)D_K* and cD_K, and for β1 ≤ β2 also ηbΔ2, are weights ≥ 0 times inequalities of K.",
        domain=f"every convex K, every f, {EVERY_BETA}; symbolic in all constants",
        is_complete=True,
        assumptions=(SELECTIONS, "the subgradient inequality and the Fenchel–Young inequality",
            "explicit decay is implicit decay with η/(1−ηλ) for η, as proved under explicit-is-implicit"),
        prove=prove_signs,
        subject=Signs(),
        planted=(
            Planted("−ηbΔ2 ≤ 0 for every β", Signs(is_ordered=False)),
            Planted("Δ1 = ⟨u − λx⁺, m̃⁺ − m⁺⟩", Signs(aligned_with="m")),
            Planted("D_K with the slope at m̃⁺", Signs(momentum_slope="u")),
            Planted("D_K* with m⁺ for z⁺", Signs(conjugate_point="m")),
        ),
    ),
)  # fmt: skip
