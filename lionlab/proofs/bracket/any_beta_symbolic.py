"""A Lyapunov function for every β1, β2, as an identity for all constants.

With s = m + ∇f(x), d = ∇f(x⁺) − ∇f(x), p = x⁺−x, r = β1/2L and H = f + K*(λx)/λ + r‖s‖²,

    L(½ + β1/(1−β2))‖p‖² − ΔH = [⟨g, p⟩ + (L/2)‖p‖² − f(x⁺) + f(x)] + D_K*(λx; λx⁺)/λ + η⟨u − λx⁺, m̃⁺ − z⁺⟩
        + r/(1−β2) (L²‖p‖² − ‖d‖²) + rβ2(1−β2)‖s − d/(1−β2)‖² + β1(1−β2)/(2L) ‖s − Lp/(1−β2)‖²,

and every term is ≥ 0 for 0 ≤ β1 and 0 ≤ β2 < 1: the loss spends β1⟨s, p⟩ at most, the momentum's error s shrinks by β2
and is fed by d, and r is what balances the two. On K = |·| one step makes all six vanish.
Every term is an inner product or a value, so that the identity for numbers is the identity for vectors.
"""

from collections.abc import Iterator
from typing import Any

from .._proof import Outcome, Proof
from .any_beta import NAMES, AnyBeta, planted, with_error
from .ends import Ends
from .identities import Sign, Zero, outcome
from .interval_symbolic import D, Place, free_step, sign_step, symbols
from .step import Method


def method() -> Method:
    """β1 = R/(R+S) and β2 = B/(B+P), P > 0 and B, R, S ≥ 0, each by itself: in any order."""
    B, P, R, S, eta, lam, L = symbols("B P R S eta lam L", positive=True)
    return Method(R / (R + S), B / (B + P), eta, lam, L)


def prove(subject: AnyBeta, is_quick: bool) -> Outcome:
    """The identity, the signs of its weights, the step that reaches the constant, and why no other form does better."""
    return outcome("any-beta-lyapunov", _obligations(subject), (__doc__ or "").splitlines())


def _obligations(subject: AnyBeta) -> Iterator[Zero | Sign]:
    k = method()
    L, beta1, rest = k.smoothness, k.beta1, 1 - k.beta2
    d, m, g, u = symbols("d m g u")
    step = free_step(k)
    move = k.step_size * (step.m_tilde.slope - step.y_next)
    conjugate = step.z_next.point * step.y_next - step.z_next.value - step.z.point * step.y + step.z.value
    change = _change(subject, k, step.g, move, conjugate, step.m.point + step.g, d)
    look_ahead = D(step.m_tilde, step.z_next) + D(step.z_next, step.m_tilde)
    shown = D(step.z_next, step.z) / k.weight_decay + k.step_size * look_ahead
    squares = _squares(k, step.m.point + step.g, move, d)
    yield Zero("the identity", subject.rise(k) * move**2 - change - shown - sum(squares))

    # λ = 0: K* is dropped, and z⁺ = 0 is where K is least.
    start, least = Place(0, 0, symbols("K_0")), Place(beta1 * m - (1 - beta1) * g, u, symbols("K_mtilde"))
    change = _change(subject, k, g, k.step_size * u, 0, m + g, d)
    shown = k.step_size * (D(start, least) + (least.value - start.value))
    squares = _squares(k, m + g, k.step_size * u, d)
    yield Zero("the identity at λ = 0", subject.rise(k) * (k.step_size * u) ** 2 - change - shown - sum(squares))
    for said, factor in (("β1", beta1), ("β2", k.beta2), ("1−β2", rest), ("L", L)):
        yield Sign(said, factor)

    lead = symbols("t", positive=True)
    one = _sign_step(k, 1 / rest)
    yield Zero("the step on K = |·| that reaches the constant", one[0](subject) - subject.rise(k) * one[1] ** 2)
    # Any weight rho/L > 0 of the square: a step with t = (β1 + 2ρβ2)/(2ρ(1−β2²)) rises by at least as much.
    rho = symbols("rho", positive=True)
    worst = (beta1 + 2 * rho * k.beta2) / (2 * rho * (1 - k.beta2**2))
    other, p = _sign_step(k, worst)
    excess = other(AnyBeta(square=2 * rho / beta1)) - AnyBeta().rise(k) * p**2
    square = (2 * rho - beta1) ** 2 / (4 * rho * (1 - k.beta2**2))
    yield Zero("no other weight of the square does better", excess - square * L * p**2)
    yield from _without_bracket(lead)


def _change(subject: AnyBeta, k: Method, g: Any, move: Any, conjugate: Any, s: Any, d: Any) -> Any:
    """ΔH, with f(x⁺) − f(x) at its largest."""
    one, r = subject.coefficients, subject.square * k.beta1 / (2 * k.smoothness)
    loss = one.loss * (g * move + k.smoothness * move**2 / 2)
    return loss + one.penalty / k.weight_decay * conjugate + r * ((k.beta2 * s + d) ** 2 - s**2)


def _squares(k: Method, s: Any, move: Any, d: Any) -> tuple[Any, Any, Any]:
    """The three last terms of the identity; the first of them is ≥ 0 as f is L-smooth."""
    rest, r, L = 1 - k.beta2, k.beta1 / (2 * k.smoothness), k.smoothness
    return (
        r / rest * (L**2 * move**2 - d**2),
        r * k.beta2 * rest * (s - d / rest) ** 2,
        k.beta1 * rest / (2 * L) * (s - L * move / rest) ** 2,
    )


def _sign_step(k: Method, lead: Any) -> tuple[Any, Any]:
    """A step with x = 0, m̃⁺ = 0, u = 1 and s = lead·L(x⁺−x): ΔH as a function of the subject, and x⁺−x."""
    move = k.step_size / (1 + k.step_size * k.weight_decay)
    s = lead * k.smoothness * move
    return (lambda one: _change(one, k, k.beta1 * s, move, 0, s, k.smoothness * move)), move


def _without_bracket(s: Any) -> Iterator[Zero | Sign]:
    """For β2 < β1 and q ≠ 0 the part q[K(m) − ⟨λx, m⟩] rises without bound as K gets steeper where the step is not."""
    P, Q, B, N, eta, lam, L, q = symbols("P Q B N eta lam L q", positive=True)
    # 1−β1 = P, β1−β2 = Q, β2 = B, over their sum.
    k = Method((Q + B) / (P + Q + B), B / (P + Q + B), eta, lam, L)
    m, m_next = (1 - k.beta1) * s, -(k.beta1 - k.beta2) * s
    flat = sign_step(k, 0, m, k.beta1 * s, (1, 0))
    steep = flat._replace(m_next=Place(m_next, -N, -N * m_next))
    grown = steep.excess(Ends(), q) - flat.excess(Ends(), q)
    yield Zero("q > 0, K = max(z, −Nz): the rise grows with N", grown - q * N * (k.beta1 - k.beta2) * s)
    steeper = flat._replace(m=Place(m, N, N * m))
    grown = steeper.excess(Ends(), -q) - flat._replace(m=Place(m, 0, 0)).excess(Ends(), -q)
    yield Zero("q < 0, K = max(0, Nz), u = 1: the rise grows with N", grown - q * N * (1 - k.beta1) * s)
    yield Sign("1−β1", 1 - k.beta1)
    yield Sign("β1−β2", k.beta1 - k.beta2)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="any-beta-lyapunov",
        route="symbolic",
        statement=(
            "L(½+β1/(1−β2))‖x⁺−x‖² − ΔH is a sum of six terms ≥ 0, a step of K = |·| makes it 0, no other weight of "
            "the square does better, and for β2 < β1 a bracket q[K(m) − ⟨λx, m⟩] makes H rise without bound."
        ),
        domain="every convex K, every L-smooth f, every dimension, η, L > 0, λ ≥ 0, 0 ≤ β1 ≤ 1 and 0 ≤ β2 < 1",
        is_complete=True,
        assumptions=(
            "the subgradient inequality, Fenchel–Young, the descent lemma, and ‖∇f(x⁺) − ∇f(x)‖ ≤ L‖x⁺−x‖",
            "λx ∈ dom K* and ∂K*(λx), ∂K*(λx⁺) are not empty; K is least at 0 where λ = 0",
            "explicit decay is implicit decay with η/(1−ηλ) for η",
        ),
        prove=prove,
        subject=AnyBeta(),
        planted=planted(),
        coefficients=NAMES,
        perturbed=with_error,
    ),
)
