"""A shorter implicit step raises H_h: by how much is an identity, that it outlasts six steps is one run in fractions.

c_h = (1−εγ)/(1+(ε+h)λ),   c_{h′} − c_h = (1−εγ)(h−h′)λ / ((1+(ε+h)λ)(1+(ε+h′)λ)) ≥ 0 for h′ < h
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from .functions import clipped
from .grid import vanishes

ONE, HALF = Fraction(1), Fraction(1, 2)
ALPHA, GAMMA, EPSILON, LAM = ONE, ONE, HALF, ONE
CENTER = Fraction(-4)
STEPS = 6


@dataclass(frozen=True)
class Lengths:
    """The first step and the six after it; factors on c_h and on ⟨λx, m⟩ after the change of h."""

    first: Fraction = ONE
    later: Fraction = Fraction(1, 1000)
    weight: Fraction = ONE
    product: Fraction = ONE


def weight(h: Any, epsilon: Any = EPSILON, gamma: Any = GAMMA, lam: Any = LAM) -> Any:
    """c_h."""
    return (1 - epsilon * gamma) / (1 + (epsilon + h) * lam)


def after(x: Fraction, m: Fraction, h: Fraction) -> tuple[Fraction, Fraction]:
    """One implicit step with K = |·|, f = ½(x−C)²: m̃⁺ = p − qs falls with s, and s ∈ ∂|m̃⁺| is p/q cut to [−1, 1]."""

    def momenta(s: Fraction) -> tuple[Fraction, Fraction, Fraction]:
        x_next = (x + h * s) / (1 + h * LAM)
        g = x_next - CENTER
        m_next = (m - h * ALPHA * g) / (1 + h * GAMMA)
        return x_next, m_next, (1 - EPSILON * GAMMA) * m_next - EPSILON * ALPHA * g

    p = momenta(Fraction(0))[2]
    q = p - momenta(ONE)[2]
    x_next, m_next, _ = momenta(clipped(p / q, -ONE, ONE))
    return x_next, m_next


def energy(x: Fraction, m: Fraction, c: Fraction, product: Fraction = ONE) -> Fraction:
    """H_h at |λx| ≤ 1."""
    return ALPHA / 2 * (x - CENTER) ** 2 + c * (abs(m) - product * LAM * x * m)


def prove(one: Lengths, is_quick: bool) -> Outcome:
    """The identity of c_h; then a step of h from (0, 3), the change to h′, and six steps of h′."""

    def formula(epsilon: Any, gamma: Any, lam: Any, h: Any, shorter: Any) -> Any:
        below = (1 + (epsilon + h) * lam) * (1 + (epsilon + shorter) * lam)
        difference = one.weight * weight(shorter, epsilon, gamma, lam) - weight(h, epsilon, gamma, lam)
        return difference * below - (1 - epsilon * gamma) * (h - shorter) * lam

    if (identity := vanishes(formula, ("ε", "γ", "λ", "h", "h′"))).where is not None:
        return Outcome("refuted", "not the difference of c_h′ and c_h", 0, dict(identity.where))
    x, m = after(Fraction(0), Fraction(3), one.first)
    before, changed = energy(x, m, weight(one.first)), energy(x, m, weight(one.later), one.product)
    predicted = (weight(one.later) - weight(one.first)) * (abs(m) - LAM * x * m)
    if changed - before != predicted:
        return Outcome("refuted", "not the change of H_h", 0, {"change": str(changed - before), "said": str(predicted)})
    for _ in range(STEPS):
        x, m = after(x, m, one.later)
    left = energy(x, m, weight(one.later)) - before
    if left <= 0:
        return Outcome("refuted", "six steps take the rise away", 0, {"left of the rise": str(float(left))})
    return Outcome("proved", f"H_h rises by {float(predicted):.4g}, {float(left):.4g} of it after six steps", 3)


PROOFS = (
    Proof(
        claim="proximal-shrinking-steps-fail",
        route="exact arithmetic",
        statement="c_h′ − c_h ≥ 0 for h′ < h by an identity, and one run in which six steps do not undo the rise",
        domain="all ε, γ, λ, h, h′ and every K, f for the change of H_h, (c_h′ − c_h) times a Fenchel–Young gap",
        is_complete=True,
        assumptions=("a polynomial that vanishes on a grid wider than its degrees is 0", "K(m) + K*(λx) ≥ ⟨λx, m⟩"),
        prove=prove,
        subject=Lengths(),
        planted=(
            Planted("a step that grows", Lengths(Fraction(1, 1000), ONE)),
            Planted("a length that stays", Lengths(ONE, ONE)),
            Planted("c_h too large by a relative 1e-9", Lengths(weight=1 + Fraction(1, 10**9))),
            Planted("the sign of ⟨λx, m⟩", Lengths(product=-ONE)),
        ),
        coefficients=("weight", "product"),
        perturbed=lambda name, size: Lengths(**{name: 1 + size}),
    ),
)
