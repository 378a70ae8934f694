"""The exact ledgers of H, and its derivative along the flow, each by evaluation on a grid of constants.

    flow        dH/dt = −(γ+cλ)Δ1 − cΔ2
    discrete    H(x⁺,m⁺) − H(x,m) = −ηaΔ1 − ηbΔ2 + D_f − (1/λ+c)D_K* − cD_K
    proximal    H_h(x⁺,m⁺) − H_h(x,m) = −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ − αD_f(x;x⁺) − (γ/λ+c_h)D_K* − c_hD_K

Vectors and function values stay names; the constants are numbers. Each is parametrised so that only polynomials are
left: by the state after the step, and by c, which takes the place of β2 or γ. Both sides are multiplied by λ.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ..gram import Expression, value, vector
from .grid import right_at_first, vanishes

X, M, G, U, W, Z = (vector(name) for name in ("x⁺", "m", "g", "u", "w", "z⁺"))
F0, F1, S0, S1, K0, K1 = (value(name) for name in ("f(x)", "f(x⁺)", "K*(λx)", "K*(λx⁺)", "K(m)", "K(m⁺)"))


def discrete(k: Coefficients, eta: Any, lam: Any, beta1: Any, beta2: Any, c: Any) -> Expression:
    """λ·(left − right) of one implicit step, c the theorem's."""
    x = (1 + eta * lam) * X - eta * U
    m_tilde = beta1 * M - (1 - beta1) * G
    m_next = beta2 * M - (1 - beta2) * G
    dm, y, y_next = m_next - M, lam * x, lam * X
    change = k.loss * lam * (F1 - F0) + (k.penalty + k.conjugate * (lam * c)) * (S1 - S0)
    change = change + lam * c * (k.momentum * (K1 - K0) - k.product * ((y_next @ m_next) - (y @ M)))
    paid = k.first * (lam * eta * (1 + c * lam)) * ((U - y_next) @ (m_tilde - Z)) + k.second * (lam * c) * (
        (U - W) @ dm
    )
    D_f = F1 - F0 - (G @ (X - x))
    D_conjugate = S0 - S1 + (Z @ (y_next - y))
    D_momentum = K0 - K1 + (W @ dm)
    return change + paid - lam * D_f + (1 + lam * c) * D_conjugate + lam * c * D_momentum


def with_momentum(k: Coefficients) -> Callable[..., Expression]:
    """β1 ≠ 0, hence c ≠ 0, which takes the place of β2: 1 − β2 = ηβ1/c − ηλ(1−β1), c = 1/s."""
    return lambda eta, lam, beta1, s: discrete(k, eta, lam, beta1, 1 - eta * beta1 * s + eta * lam * (1 - beta1), 1 / s)


def without_momentum(k: Coefficients) -> Callable[..., Expression]:
    """β1 = 0, c = 0."""
    return lambda eta, lam, beta2: discrete(k, eta, lam, 0, beta2, 0)


def without_decay(k: Coefficients) -> Callable[..., Expression]:
    """λ = 0: H = f + cK(m), c = ηβ1/(1−β2), without the terms of K*; 1 − β2 = q."""

    def formula(eta: Any, beta1: Any, q: Any) -> Expression:
        m_tilde, dm = beta1 * M - (1 - beta1) * G, -q * (M + G)
        # Everything times q/η, so that qc/η = β1; x⁺ − x = ηu.
        paid = k.first * q * (U @ m_tilde) + k.second * beta1 * ((U - W) @ dm)
        change = k.momentum * beta1 * (K1 - K0) + beta1 * (K0 - K1 + (W @ dm))
        return paid + change + q * (U @ G) + (k.loss - 1) * (q / eta) * (F1 - F0)

    return formula


def same_step(eta: Any, lam: Any) -> Expression:
    """(1−ηλ)x + ηu less (x + η′u)/(1+η′λ), η′ = η/(1−ηλ), paired with a vector."""
    prime, x = eta / (1 - eta * lam), vector("x")
    return ((1 - eta * lam) * x + eta * U - (1 / (1 + prime * lam)) * (x + prime * U)) @ vector("v")


def proximal(k: Coefficients) -> Callable[..., Expression]:
    """λε·(left − right) of the implicit step, εγ = 1 − c(1+(ε+h)λ)."""

    def formula(alpha: Any, epsilon: Any, lam: Any, h: Any, c: Any) -> Expression:
        eg = 1 - c * (1 + (epsilon + h) * lam)  # εγ
        x = (1 + h * lam) * X - h * U
        # ε(m⁺ − m) = −h(εγ m⁺ + εα g⁺); m here is m⁺, and the vector g is ∇f(x⁺).
        ratio = eg / epsilon
        m_before = (1 + h * ratio) * M + h * alpha * G
        m_tilde = (1 - eg) * M - epsilon * alpha * G
        dm, y, y_next = M - m_before, lam * x, lam * X
        change = k.loss * (alpha * lam) * (F1 - F0) + (k.penalty * ratio + k.conjugate * (lam * c)) * (S1 - S0)
        change = change + lam * c * (k.momentum * (K1 - K0) - k.product * ((y_next @ M) - (y @ m_before)))
        paid = k.first * (lam * h * (ratio + c * lam)) * ((U - y_next) @ (m_tilde - Z))
        paid = paid + k.second * (lam * c) * ((U - W) @ dm)
        D_f = F0 - F1 - (G @ (x - X))
        D_conjugate = S0 - S1 + (Z @ (y_next - y))
        D_momentum = K0 - K1 + (W @ dm)
        return change + paid + alpha * lam * D_f + (ratio + lam * c) * D_conjugate + lam * c * D_momentum

    return formula


def flow(k: Coefficients) -> Callable[..., Expression]:
    """dH/dt + (γ+cλ)Δ1 + cΔ2 along the flow, εγ = 1 − c(1+ελ)."""

    def formula(alpha: Any, epsilon: Any, lam: Any, c: Any) -> Expression:
        gamma = (1 - c * (1 + epsilon * lam)) / epsilon
        x, z = vector("x"), vector("∇K*(λx)")
        m_dot = -alpha * G - gamma * M
        m_tilde, x_dot = M + epsilon * m_dot, U - lam * x
        change = k.loss * alpha * (G @ x_dot) + (k.penalty * gamma + k.conjugate * (c * lam)) * (z @ x_dot)
        change = change + c * (k.momentum * (W @ m_dot) - k.product * lam * ((x_dot @ M) + (x @ m_dot)))
        paid = k.first * (gamma + c * lam) * (x_dot @ (m_tilde - z)) + k.second * c * ((U - W) @ m_dot)
        return change + paid

    return formula


def same_rate(gamma: Any, epsilon: Any, lam: Any) -> Any:
    """γ+cλ less (γ+λ)/(1+ελ), which is ≥ 0 at a glance."""
    return gamma + (1 - epsilon * gamma) / (1 + epsilon * lam) * lam - (gamma + lam) / (1 + epsilon * lam)


Case = tuple[str, Callable[[Coefficients], Callable[..., Expression]], tuple[str, ...]]
# Coefficients, or what they are for a first constant (η, α): planted, to be right at some of its values alone.
Subject = Coefficients | Callable[[Any], Coefficients]
DISCRETE: tuple[Case, ...] = (
    ("β1 ≠ 0", with_momentum, ("η", "λ", "β1", "1/c")),
    ("β1 = 0", without_momentum, ("η", "λ", "β2")),
    ("λ = 0", without_decay, ("η", "β1", "1−β2")),
    ("explicit decay", lambda k: same_step, ("η", "λ")),
)
PROXIMAL: tuple[Case, ...] = (("ε ≠ 0", proximal, ("α", "ε", "λ", "h", "c")),)
FLOW: tuple[Case, ...] = (
    ("ε ≠ 0", flow, ("α", "ε", "λ", "c")),
    ("γ+cλ = (γ+λ)/(1+ελ)", lambda k: same_rate, ("γ", "ε", "λ")),
)


def prove_cases(cases: tuple[Case, ...], subject: Subject, is_quick: bool) -> Outcome:
    """Every case vanishes on a grid larger than its degrees."""
    points, said = 0, []
    for label, formula, names in cases:
        found = vanishes(_with(formula, subject), names)
        points += found.points
        if found.where is not None:
            return Outcome("refuted", f"{label}: the two sides differ at {dict(found.where)}.")
        said.append(f"{label}: degrees {found.degrees}, {found.points} points")
    if not said:
        return Outcome("undecided", "there is no case to look at.")
    return Outcome("proved", f"the two sides agree on the grid; {'; '.join(said)}.", points)


def _with(formula: Callable[[Coefficients], Callable[..., Any]], subject: Subject) -> Callable[..., Any]:
    if isinstance(subject, Coefficients):
        return formula(subject)
    return lambda first, *others: formula(subject(first))(first, *others)


def _proof(
    claim: str, statement: str, domain: str, cases: tuple[Case, ...], is_complete: bool, assumptions: tuple[str, ...]
) -> Proof:
    names = OF_THE_FUNCTION + OF_THE_RATES
    return Proof(
        claim=claim,
        route="exact arithmetic",
        statement=statement,
        domain=domain,
        is_complete=is_complete,
        assumptions=("a polynomial that vanishes on a grid wider than its degrees is 0", *assumptions),
        prove=lambda k, is_quick: prove_cases(cases, k, is_quick),
        subject=THEOREM,
        planted=(
            Planted("K*(λx)/λ left out of H", Coefficients(penalty=0)),
            Planted("the sign of ⟨λx, m⟩", Coefficients(product=-1)),
            Planted("half of the second term", Coefficients(second=Fraction(1, 2))),
            Planted("twice K(m)", Coefficients(momentum=2)),
            Planted(
                "⟨λx, m⟩ right at two values of a constant", lambda one: Coefficients(product=right_at_first(0)(one))
            ),
            Planted("Δ1 right at two values of a constant", lambda one: Coefficients(first=right_at_first(0)(one))),
        ),
        coefficients=names,
        perturbed=THEOREM.with_error,
    )


MONOTONE = "∂K is monotone, ∂K* = (∂K)⁻¹: Δ1, Δ2 ≥ 0"

PROOFS = (
    _proof(
        "ledger-identity",
        "the two sides of the discrete ledger are one linear combination of inner products and values, for all η, λ, "
        "β1, β2 with c defined, implicit decay; β1 = 0 and λ = 0 apart; explicit decay is implicit decay with η′",
        "any vectors u, w, z⁺, any values of f, K, K*: every f, K, dimension, order of the betas, at every step where "
        "∂K*(λx⁺) is not empty; at λ = 0 without K* and z⁺, which needs K(0) = min K",
        DISCRETE,
        True,
        ("f, K and K* are finite at both ends of the step",),
    ),
    _proof(
        "proximal-ledger",
        "the two sides of the proximal ledger are one linear combination of inner products and values",
        "any vectors s, w, z⁺, any values of f, K, K*, at every step where ∂K*(λx⁺) is not empty; all α, γ, λ, h with "
        "1 + (ε+h)λ ≠ 0; ε = 0 as a limit, and λ = 0, where K* and z⁺ are put to 0, which needs K(0) = min K",
        PROXIMAL,
        True,
        ("both sides are continuous at ε = 0, and over λ at λ = 0",),
    ),
    _proof(
        "flow-derivative",
        "dH/dt + (γ+cλ)Δ1 + cΔ2 is the zero combination of inner products, and γ+cλ, c ≥ 0",
        "any vectors ∇K(m̃), ∇K(m), ∇K*(λx), ∇f(x), wherever K* is differentiable at λx; all constants with 1 + ελ ≠ 0; "
        "ε = 0 as a limit; at λ = 0 with K* and ∇K* put to 0, which needs K(0) = min K",
        FLOW,
        True,
        ("the chain rule", "both sides are continuous at ε = 0", MONOTONE),
    ),
    _proof(
        "flow-descent",
        "dH/dt = −(γ+cλ)Δ1 − cΔ2 with γ+cλ = (γ+λ)/(1+ελ) ≥ 0, c = (1−εγ)/(1+ελ) ≥ 0 and Δ1, Δ2 ≥ 0",
        "every smooth K, every differentiable f, all α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1; ε = 0 as a limit; λ = 0 where "
        "K(0) = min K",
        FLOW,
        True,
        (
            "K*(λx_t) is absolutely continuous, with the chain rule for an element of ∂K*(λx_t) almost everywhere",
            "continuity at ε = 0",
            MONOTONE,
        ),
    ),
    _proof(
        "proximal-descent",
        "ΔH_h + h[(γ+c_hλ)Δ1 + (c_h/ε)Δ2] is minus three Bregman remainders with weights α, γ/λ+c_h, c_h ≥ 0",
        "every convex f and K, any h > 0, all α, γ, ε, λ ≥ 0 with εγ ≤ 1, at every step where ∂K*(λx⁺) is not empty; "
        "λ = 0 where K(0) = min K; with K_M for K from outside the set",
        PROXIMAL,
        True,
        ("both sides are continuous at ε = 0, and over λ at λ = 0", "Bregman remainders are ≥ 0", MONOTONE),
    ),
)
