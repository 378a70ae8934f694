"""The interval of q for all constants at once: an identity whose weights change sign exactly at its ends.

With s = m + g, D(a; b) the Bregman remainder of K, and z, z⁺ with λx ∈ ∂K(z), λx⁺ ∈ ∂K(z⁺), for every f, K and q

    (1−β1)·[H_q(x⁺,m⁺) − H_q(x,m) − D_f(x⁺;x)] =
        − q(β2−β1) D(m; m⁺) − q(1−β2) D(m̃⁺; m⁺) − ηR/(1+ηλ) D(m; m̃⁺) − ηA/(1+ηλ) D(m; z)
        − η[B + A/(1+ηλ)] D(z⁺; m̃⁺) − ηB D(m̃⁺; z⁺) − (1/λ)[B + A/(1+ηλ)] D(z⁺; z),
    ηA = q(ηλ(1−β1) + 1−β2) − ηβ1,     ηB = η − q(1−β2),     ηR = ηβ1 − qηλ(β2−β1),

and A, B, R ≥ 0 say c ≤ q, q ≤ η/(1−β2), q ≤ β1/(λ(β2−β1)). Beyond each end a step on K = |·| rises by more than
(L/2)‖x⁺−x‖². In continuous time, for every q,

    ε dH_q/dt = − (1−q) D(m̃; z) − (1−εγ−qελ) D(m; m̃) − (q(1+ελ) − (1−εγ)) D(m; z) − ε(γ+qλ) D(z; m̃) − q D(m̃; m).

Both are bilinear in points and slopes, so that the identity for numbers is the identity for vectors.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .._proof import Outcome, Proof
from .ends import NAMES, Ends, planted, with_error
from .identities import Sign, Zero, outcome
from .step import FlowConstants, Method


class Place(NamedTuple):
    """A point, a slope of K there, and the value."""

    point: Any
    slope: Any
    value: Any


def D(of: Place, at: Place) -> Any:
    """The Bregman remainder."""
    return of.value - at.value - at.slope * (of.point - at.point)


class Step(NamedTuple):
    """One step and its constants; `m_tilde` follows from the rest."""

    k: Method
    y: Any
    g: Any
    m: Place
    m_tilde: Place
    m_next: Place
    z: Place
    z_next: Place

    @property
    def y_next(self) -> Any:
        decay = self.k.step_size * self.k.weight_decay
        return (self.y + decay * self.m_tilde.slope) / (1 + decay)

    def excess(self, ends: Ends, q: Any) -> Any:
        """The rise of H_q, f at its largest, less slack·(L/2)‖x⁺−x‖²."""
        k, one = self.k, ends.coefficients
        move = k.step_size * (self.m_tilde.slope - self.y_next)
        square = k.smoothness * move**2 / 2
        conjugate = (self.z_next.point * self.y_next - self.z_next.value) - (self.z.point * self.y - self.z.value)
        product = self.y_next * self.m_next.point - self.y * self.m.point
        bracket = one.conjugate * conjugate + one.momentum * (self.m_next.value - self.m.value) - one.product * product
        loss = one.loss * (self.g * move + square)
        return loss + one.penalty * conjugate / k.weight_decay + q * bracket - one.slack * square


def symbols(names: str, **assumptions: bool) -> Any:
    import sympy as sp

    return sp.symbols(names, **assumptions)


def method() -> Method:
    """0 ≤ β1 ≤ β2 < 1 as β1 = R, β2 = Q + R, 1 = P + Q + R with P > 0 and Q, R ≥ 0."""
    P, Q, R, eta, lam, L = symbols("P Q R eta lam L", positive=True)
    return Method(R / (P + Q + R), (Q + R) / (P + Q + R), eta, lam, L)


def free_step(k: Method) -> Step:
    """A step of any K."""
    m, g, y, u, w, w_next, z, z_next = symbols("m g y u w w_next z z_next")
    at_m, at_look_ahead, at_m_next, at_z, at_z_next = symbols("K_m K_mtilde K_mnext K_z K_znext")
    m_tilde, m_next = k.beta1 * m - (1 - k.beta1) * g, k.beta2 * m - (1 - k.beta2) * g
    h = k.step_size * k.weight_decay
    y_next = (y + h * u) / (1 + h)
    return Step(
        k, y, g, Place(m, w, at_m), Place(m_tilde, u, at_look_ahead), Place(m_next, w_next, at_m_next),
        Place(z, y, at_z), Place(z_next, y_next, at_z_next),
    )  # fmt: skip


def sign_step(k: Method, x: Any, m: Any, g: Any, signs: tuple[int, int]) -> Step:
    """A step of K = |·| with u = 1, |λx| ≤ 1 and |λx⁺| ≤ 1: z = z⁺ = 0. `signs` are those of m and m⁺."""
    m_tilde, m_next = k.beta1 * m - (1 - k.beta1) * g, k.beta2 * m - (1 - k.beta2) * g
    rest = Place(0, 0, 0)
    before, after = (Place(point, sign, sign * point) for point, sign in zip((m, m_next), signs, strict=True))
    return Step(k, k.weight_decay * x, g, before, Place(m_tilde, 1, m_tilde), after, rest, rest)


def prove_step(subject: Ends, is_quick: bool) -> Outcome:
    """The identity, where its weights change sign, and the steps beyond."""
    return outcome("bracket-interval", _of_a_step(subject), (__doc__ or "").splitlines())


def _of_a_step(subject: Ends) -> Iterator[Zero | Sign]:
    k, q = method(), symbols("q")
    eta, lam, beta1, beta2, h = k.step_size, k.weight_decay, k.beta1, k.beta2, k.step_size * k.weight_decay
    low, (first, second) = subject.least(k), subject.uppers(k)
    slope = h * (1 - beta1) + 1 - beta2
    A, B, R = q * slope - eta * beta1, eta - q * (1 - beta2), eta * beta1 - q * h * (beta2 - beta1)
    both = B + A / (1 + h)
    step = free_step(k)
    m, m_tilde, m_next, z, z_next = step[3:]
    weighted = (
        q * (beta2 - beta1) * D(m, m_next) + q * (1 - beta2) * D(m_tilde, m_next) + R / (1 + h) * D(m, m_tilde)
        + A / (1 + h) * D(m, z) + both * D(z_next, m_tilde) + B * D(m_tilde, z_next) + both / h * D(z_next, z)
    )  # fmt: skip
    yield Zero("the identity of H_q", (1 - beta1) * step.excess(subject, q) + weighted)
    yield Zero("A vanishes at the lower end", A - slope * (q - low))
    yield Zero("B vanishes at the first upper end", B - (1 - beta2) * (first - q))
    yield Zero("R vanishes at the second upper end", R - h * (beta2 - beta1) * (second - q))
    for said, factor in (
        ("the lower end", low), ("the factor of A", slope), ("1−β2", 1 - beta2), ("β2−β1", beta2 - beta1),
        ("1−β1", 1 - beta1), ("what is left of R at β1 = β2", eta * beta1),
    ):  # fmt: skip
        yield Sign(said, factor)
    one, move = 1 / (1 - beta1), 1 / (1 + h)
    below = sign_step(k, 0, 1, beta1 * one, (1, 1))
    factor = move * one * slope
    yield Zero("m̃⁺ = 0 < m, m⁺: the rise below the lower end", below.excess(subject, q) - factor * (low - q))
    yield Sign("m⁺ there", below.m_next.point)
    above = sign_step(k, 0, 0, -1, (1, 1))
    yield Zero("m = 0 < m̃⁺, m⁺: above the first", above.excess(subject, q) - move * (1 - beta2) * (q - first))
    yield Sign("m⁺ there", above.m_next.point)
    beyond = sign_step(k, -1 / lam, -(1 - beta1), -beta1, (-1, -1))
    factor = 2 * move * h * (beta2 - beta1)
    yield Zero("λx = −1, m, m⁺ < 0 = m̃⁺: above the second", beyond.excess(subject, q) - factor * (q - second))
    yield Sign("−m⁺ there", -beyond.m_next.point)
    yield Sign("1 − λx⁺ there", 1 - beyond.y_next)
    yield Sign("1 + λx⁺ there", 1 + beyond.y_next)


def change(k: FlowConstants, ends: Ends, q: Any, m: Place, m_tilde: Place, z: Place, r: Any) -> Any:
    """dH_q/dt, by the chain rule, with α∇f = −ṁ − γm."""
    one, lam, V = ends.coefficients, k.weight_decay, m_tilde.slope - z.slope
    conjugate = lam * z.point * V
    product = z.slope * r + lam * V * m.point
    bracket = one.conjugate * conjugate + one.momentum * m.slope * r - one.product * product
    return -one.loss * (r + k.gamma * m.point) * V + one.penalty * k.gamma / lam * conjugate + q * bracket


def prove_flow(subject: Ends, is_quick: bool) -> Outcome:
    """The same in continuous time."""
    return outcome("flow-bracket-interval", _of_the_flow(subject), (__doc__ or "").splitlines())


def _of_the_flow(subject: Ends) -> Iterator[Zero | Sign]:
    G, T, epsilon, lam, gamma = symbols("G T epsilon lam gamma", positive=True)
    q, r, y, u, w, point, at_z = symbols("q r y u w m z")
    at = symbols("K_m K_mtilde K_z")
    k = FlowConstants(G / (G + T) / epsilon, epsilon, lam)  # εγ = G/(G+T) with G, T ≥ 0: 0 ≤ εγ ≤ 1
    left = 1 - k.epsilon * k.gamma
    low, (first, second) = subject.least(k), subject.uppers(k)
    m, m_tilde, z = Place(point, w, at[0]), Place(point + epsilon * r, u, at[1]), Place(at_z, y, at[2])
    weighted = (
        (1 - q) * D(m_tilde, z) + (left - q * epsilon * lam) * D(m, m_tilde) + q * D(m_tilde, m)
        + (q * (1 + epsilon * lam) - left) * D(m, z) + epsilon * (k.gamma + q * lam) * D(z, m_tilde)
    )  # fmt: skip
    yield Zero("the identity of dH_q/dt", epsilon * change(k, subject, q, m, m_tilde, z, r) + weighted)
    yield Zero("the weight of D(m̃; z) vanishes at the first upper end", 1 - q - (first - q))
    end = left - q * epsilon * lam - epsilon * lam * (second - q)
    yield Zero("that of D(m; m̃) vanishes at the second", end)
    yield Zero("that of D(m; z) at the lower", q * (1 + epsilon * lam) - left - (1 + epsilon * lam) * (q - low))
    yield Sign("the lower end", low)
    rest = Place(0, 0, 0)
    below = change(k, subject, q, Place(1, 1, 1), Place(0, 1, 0), rest, -1 / epsilon)
    yield Zero("K = |·|, m̃ = 0 < m: the rate below the lower end", below - (1 / epsilon + lam) * (low - q))
    above = change(k, subject, q, Place(0, 1, 0), Place(epsilon, 1, epsilon), rest, 1)
    yield Zero("m = 0 < m̃: above the first", above - (q - first))
    beyond = change(k, subject, q, Place(-1, -1, 1), Place(0, 1, 0), Place(0, -1, 0), 1 / epsilon)
    yield Zero("λx = −1, m < 0 = m̃: above the second", beyond - 2 * lam * (q - second))

    still = FlowConstants(gamma, 0, lam)
    at_rest = Place(point, u, at[0])
    monotone = (gamma + q * lam) * (D(at_rest, z) + D(z, at_rest))
    rate = change(still, subject, q, at_rest, at_rest, z, r)
    yield Zero("the identity at ε = 0", rate + monotone - (q - 1) * (u - y) * r)
    yield Zero("at ε = 0 the lower end is 1", subject.least(still) - 1)
    yield Zero("and so is the upper", subject.uppers(still)[0] - 1)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="bracket-interval",
        route="symbolic",
        statement=(
            "The change of H_q less D_f is minus a sum of seven Bregman remainders of K; their weights are ≥ 0 exactly "
            "on the interval, and beyond each end a step of K = |·| rises by more than (L/2)‖x⁺−x‖²."
        ),
        domain="every convex K, every L-smooth f, every dimension, every η, λ, L > 0 and 0 ≤ β1 ≤ β2 < 1",
        is_complete=True,
        assumptions=(
            "a Bregman remainder of a convex function is ≥ 0, and D_f ≤ (L/2)‖x⁺−x‖² for L-smooth f, with equality "
            "for ⟨g, ·⟩ + (L/2)‖·‖²",
            "λx ∈ dom K* and ∂K*(λx), ∂K*(λx⁺) are not empty",
            "explicit decay is implicit decay with η/(1−ηλ) for η",
            "a rise that is affine in m̃⁺ and positive at m̃⁺ = 0 is positive for some m̃⁺ > 0, where u = 1 is no choice",
        ),
        prove=prove_step,
        subject=Ends(),
        planted=planted(("loss", "penalty", "conjugate", "momentum", "product", "slack")),
        coefficients=(*NAMES, "slack"),
        perturbed=with_error,
    ),
    Proof(
        claim="flow-bracket-interval",
        route="symbolic",
        statement=(
            "ε dH_q/dt is minus a sum of five Bregman remainders of K, with weights that are ≥ 0 exactly on the "
            "interval; beyond each end dH_q/dt > 0 at a state of K = |·|."
        ),
        domain="every convex K, every differentiable f, every dimension, α, λ > 0, γ, ε ≥ 0, εγ ≤ 1",
        is_complete=True,
        assumptions=(
            "dH/dt is the chain rule's, with any u ∈ ∂K(m̃), w ∈ ∂K(m) and z ∈ ∂K*(λx), and w = u at ε = 0",
            "a Bregman remainder of a convex function is ≥ 0",
            "a rate that is continuous in the state and positive at m = 0, m̃ = 0 or λx = −1 is positive beside it, "
            "where K = |·| and K* are differentiable",
        ),
        prove=prove_flow,
        subject=Ends(),
        planted=planted(("loss", "penalty", "conjugate", "momentum", "product")),
        coefficients=NAMES,
        perturbed=with_error,
    ),
)  # fmt: skip
