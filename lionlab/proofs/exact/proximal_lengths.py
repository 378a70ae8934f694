"""A shorter implicit step raises H_h: by how much is an identity, that it outlasts six steps is one run in fractions.

c_h = (1−εγ)/(1+(ε+h)λ),   c_{h′} − c_h = (1−εγ)(h−h′)λ / ((1+(ε+h)λ)(1+(ε+h′)λ)) ≥ 0 for h′ < h
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, value, vector
from .functions import clipped
from .grid import Factor, at, right_at_first, vanishes

ONE, HALF = Fraction(1), Fraction(1, 2)
ALPHA, GAMMA, EPSILON, LAM = ONE, ONE, HALF, ONE
CENTER = Fraction(-4)
STEPS = 6
F, K_STAR, K_M, X, M = value("f(x)"), value("K*(λx)"), value("K(m)"), vector("x"), vector("m")


@dataclass(frozen=True)
class Lengths:
    """The first step and the six after it; factors on c_h (of ε) and on ⟨λx, m⟩ after the change of h."""

    first: Fraction = ONE
    later: Fraction = Fraction(1, 1000)
    weight: Factor = ONE
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


def is_implicit_step(
    x: Fraction, m: Fraction, h: Fraction, x_next: Fraction, m_next: Fraction, gradient: Fraction
) -> bool:
    """Whether x⁺ = x + h(s − λx⁺) with s ∈ ∂|m̃⁺|, m⁺ = m + hṁ, ṁ = −α∇f(x⁺) − γm⁺ and m̃⁺ = m⁺ + εṁ."""
    s, m_dot = (x_next - x) / h + LAM * x_next, (m_next - m) / h
    m_tilde = m_next + EPSILON * m_dot
    return m_dot == -ALPHA * gradient - GAMMA * m_next and abs(s) <= 1 and s * m_tilde == abs(m_tilde)


def energy(x: Fraction, m: Fraction, c: Fraction) -> Fraction:
    """H_h, at |λx| ≤ 1.

    **Raises:** `ValueError` outside, where H is infinite.
    """
    if abs(LAM * x) > 1:
        raise ValueError(f"|λx| = {abs(LAM * x)} > 1.")
    return ALPHA / 2 * (x - CENTER) ** 2 + c * (abs(m) - LAM * x * m)


def prove(one: Lengths, is_quick: bool) -> Outcome:
    """The identities of H_h and c_h; then a step of h from (0, 3), the change to h′, and six steps of h′."""

    def weights(epsilon: Any, gamma: Any, lam: Any, h: Any, shorter: Any) -> Any:
        below = (1 + (epsilon + h) * lam) * (1 + (epsilon + shorter) * lam)
        difference = at(one.weight, epsilon) * weight(shorter, epsilon, gamma, lam) - weight(h, epsilon, gamma, lam)
        return difference * below - (1 - epsilon * gamma) * (h - shorter) * lam

    def change(alpha: Any, gamma: Any, lam: Any, c: Any, later: Any) -> Expression:
        def H(own: Any, product: Any) -> Expression:
            return (alpha * lam) * F + gamma * K_STAR + (lam * own) * (K_STAR + K_M - (product * lam) * (X @ M))

        return H(later, one.product) - H(c, ONE) - (lam * (later - c)) * (K_STAR + K_M - lam * (X @ M))

    # c_h′ − c_h times positive numbers is (1−εγ)(h−h′)λ ≥ 0; λ(H_h′ − H_h) is λ(c_h′ − c_h) times the bracket.
    facts = (
        ("the difference of c_h′ and c_h", weights, ("ε", "γ", "λ", "h", "h′")),
        ("the difference of H_h′ and H_h", change, ("α", "γ", "λ", "c_h", "c_h′")),
    )
    for said, formula, names in facts:
        if (found := vanishes(formula, names)).where is not None:
            return Outcome("refuted", f"not {said}", 0, dict(found.where))
    start = (Fraction(0), Fraction(3))
    x, m = after(*start, one.first)
    if not is_implicit_step(*start, one.first, x, m, x - CENTER):
        return Outcome("undecided", "the first step is no implicit step")
    before, changed = energy(x, m, weight(one.first)), energy(x, m, weight(one.later))
    for _ in range(STEPS):
        previous = x, m
        x, m = after(x, m, one.later)
        if not is_implicit_step(*previous, one.later, x, m, x - CENTER):
            return Outcome("undecided", "a step is no implicit step")
    left = energy(x, m, weight(one.later)) - before
    if left <= 0:
        return Outcome("refuted", "six steps take the rise away", 0, {"left of the rise": str(float(left))})
    said = f"H_h rises by {float(changed - before):.4g}, {float(left):.4g} of it after six steps"
    return Outcome("proved", said, len(facts) + STEPS + 2)


PROOFS = (
    Proof(
        claim="proximal-shrinking-steps-fail",
        route="exact arithmetic",
        statement="H_h′ − H_h = (c_h′ − c_h)[K*(λx) + K(m) − ⟨λx, m⟩] and c_h′ ≥ c_h for h′ < h, by identities; and "
        "one run of implicit steps, s ∈ ∂K(m̃⁺) at each, in which the six after the change do not undo the rise",
        domain="all α, ε, γ, λ > 0 with εγ ≤ 1, h′ < h and every K, f, at every x and m where both H_h are finite, for "
        "the change of H_h; what some runs do is shown by one of them",
        is_complete=True,
        assumptions=("a polynomial that vanishes on a grid wider than its degrees is 0", "K(m) + K*(λx) ≥ ⟨λx, m⟩"),
        prove=prove,
        subject=Lengths(),
        planted=(
            Planted("a step that grows", Lengths(Fraction(1, 1000), ONE)),
            Planted("a length that stays", Lengths(ONE, ONE)),
            Planted("c_h too large by a relative 1e-9", Lengths(weight=1 + Fraction(1, 10**9))),
            Planted("the sign of ⟨λx, m⟩", Lengths(product=-ONE)),
            Planted("c_h right at ε = 1/7 and 2/7 alone", Lengths(weight=right_at_first(0))),
        ),
        coefficients=("weight", "product"),
        perturbed=lambda name, size: Lengths(**{name: 1 + size}),
    ),
)
