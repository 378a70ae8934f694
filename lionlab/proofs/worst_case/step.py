"""One step of the discrete method and its Lyapunov function, over formal vectors and any numbers.

    m̃⁺ = β1 m − (1−β1) g,   m⁺ = β2 m − (1−β2) g,   x⁺ = (x + ηu)/(1+ηλ),   u ∈ ∂K(m̃⁺)

Implicit decay; explicit decay with η is the same step with η/(1−ηλ) for η (`decay.py`). K*(λx) is a free value, only
known to be finite; after the step it is ⟨z⁺, λx⁺⟩ − K(z⁺) for some z⁺ with λx⁺ ∈ ∂K(z⁺).
"""

from functools import cache
from typing import Any, NamedTuple

from ..coefficients import Coefficients
from ..gram import Expression, Vector, value, vector
from .interpolation import Sample, conjugate_value, square
from .ranges import Range


class Constants(NamedTuple):
    """η, λ, β1, β2, L. With λ = 0 the terms of K* are left out, and 0 ∈ ∂K(0) is taken for granted."""

    eta: Any
    lam: Any
    beta1: Any
    beta2: Any
    L: Any

    @property
    def c(self) -> Any:
        return self.eta * self.beta1 / (self.eta * self.lam * (1 - self.beta1) + 1 - self.beta2)

    @property
    def a(self) -> Any:
        return 1 + self.c * self.lam


class State(NamedTuple):
    """x, m, and the values f(x), K*(λx), K(m) there."""

    x: Vector
    m: Vector
    f: Expression
    conjugate: Expression
    K: Expression


class Step(NamedTuple):
    """A step, the samples of f at both ends and those of K: at m̃⁺ (slope u), m⁺ (slope w) and z⁺ (slope λx⁺)."""

    k: Constants
    before: State
    after: State
    loss: Sample
    loss_after: Sample
    at_look_ahead: Sample
    at_momentum: Sample
    at_dual: Sample

    @property
    def move(self) -> Vector:
        return self.after.x - self.before.x

    @property
    def alignment(self) -> Expression:
        """ηaΔ1."""
        k = self.k
        distance = self.at_look_ahead.point - self.at_dual.point
        return k.eta * k.a * ((self.at_look_ahead.slope - self.at_dual.slope) @ distance)

    @property
    def enhancement(self) -> Expression:
        """ηbΔ2 = c⟨u − w, m⁺ − m⟩."""
        return self.k.c * ((self.at_look_ahead.slope - self.at_momentum.slope) @ (self.after.m - self.before.m))

    @property
    def loss_remainder(self) -> Expression:
        """D_f(x⁺; x)."""
        return self.after.f - self.before.f - self.loss.slope @ self.move

    @property
    def conjugate_remainder(self) -> Expression:
        """D_K*(λx; λx⁺); 0 for λ = 0."""
        if self.k.lam == 0:
            return Expression()
        z, y = self.at_dual.point, self.k.lam * self.before.x
        return self.before.conjugate - self.after.conjugate - z @ (y - self.at_dual.slope)

    @property
    def momentum_remainder(self) -> Expression:
        """D_K(m; m⁺)."""
        return self.before.K - self.after.K - self.at_momentum.slope @ (self.before.m - self.after.m)

    @property
    def slack(self) -> Expression:
        """(L/2)‖x⁺−x‖²."""
        return self.k.L / 2 * square(self.move)


def start() -> State:
    return State(vector("x0"), vector("m0"), value("f0"), value("K*(λx0)"), value("K(m0)"))


def step(k: Constants, before: State, t: int = 0) -> Step:
    """Step t. At β1 = β2, where m̃⁺ = m⁺, w is u."""
    n = t + 1
    g, u = vector(f"g{t}"), vector(f"u{n}")
    w = u if k.beta1 == k.beta2 else vector(f"w{n}")
    m_tilde = k.beta1 * before.m - (1 - k.beta1) * g
    m = k.beta2 * before.m - (1 - k.beta2) * g
    x = 1 / (1 + k.eta * k.lam) * (before.x + k.eta * u)
    z = vector(f"z{n}") if k.lam != 0 else Vector()
    dual = Sample(z, k.lam * x, value(f"K(z{n})"))
    K, K_tilde = value(f"K(m{n})"), value(f"K(m̃{n})")
    after = State(x, m, value(f"f{n}"), conjugate_value(dual), K)
    losses = Sample(before.x, g, before.f), Sample(x, vector(f"g{n}"), after.f)
    return Step(k, before, after, *losses, Sample(m_tilde, u, K_tilde), Sample(m, w, K), dual)


def energy(k: Constants, q: Coefficients, s: State) -> Expression:
    """H = f + K*(λx)/λ + c[K*(λx) + K(m) − ⟨λx, m⟩], with the factors `q`."""
    bracket = q.momentum * s.K - q.product * (k.lam * s.x @ s.m)
    total = q.loss * s.f + k.c * bracket
    return total if k.lam == 0 else total + (q.penalty / k.lam + k.c * q.conjugate) * s.conjugate


def rise(k: Constants, q: Coefficients, one: Step) -> Expression:
    """H(x⁺,m⁺) − H(x,m)."""
    return energy(k, q, one.after) - energy(k, q, one.before)


class Case(NamedTuple):
    """Constants as rational functions of the generators of a range; `spread` is b·η/c = (1−β2)/(β2−β1)."""

    range: Range
    k: Constants
    spread: Any
    is_reversed: bool


@cache
def cases() -> tuple[Case, ...]:
    """All constants with 0 ≤ β1 ≤ β2 ≤ 1, β1 < 1, η, L > 0, λ ≥ 0, but for β2 = 1 with λ = 0 or β1 = β2."""
    apart = "0 <= β1 < β2 <= 1" + (said := "; β1 = A/S, β2 = (A+Q)/S, S = A+Q+P")
    below = "0 <= β1 < β2 < 1" + said
    equal = "0 <= β1 = β2 < 1; β1 = A/S, S = A+P"
    ranges = (
        Range(f"η, λ, L > 0, {apart}", ("eta", "lam", "L", "Q"), ("A", "P")),
        Range(f"η, λ, L > 0, {equal}", ("eta", "lam", "L", "P"), ("A",)),
        Range(f"η, L > 0, λ = 0, {below}", ("eta", "L", "Q", "P"), ("A",)),
        Range(f"η, L > 0, λ = 0, {equal}", ("eta", "L", "P"), ("A",)),
    )
    return tuple(case_on(one) for one in ranges)


@cache
def reversed_cases() -> tuple[Case, ...]:
    """All constants with 0 ≤ β2 < β1 ≤ 1, η, L > 0, λ ≥ 0."""
    shares = "0 <= β2 < β1 <= 1; β2 = A/S, β1 = (A+Q)/S, S = A+Q+P"
    return (
        case_on(Range(f"η, λ, L > 0, {shares}", ("eta", "lam", "L", "Q"), ("A", "P")), is_reversed=True),
        case_on(Range(f"η, L > 0, λ = 0, {shares}", ("eta", "L", "Q"), ("A", "P")), is_reversed=True),
    )


def case_on(one: Range, is_reversed: bool = False) -> Case:
    """The constants on a range that has the generators eta, L, A, P and perhaps lam, Q; others are free.

    ValueError where the range reaches a pole of c, 1/λ, 1/L or (1−β2)/(β2−β1).
    """
    n = one.numbers
    A, Q, P = n["A"], n.get("Q", 0), n["P"]
    low, high = A / (A + Q + P), (A + Q) / (A + Q + P)
    beta1, beta2 = (high, low) if is_reversed else (low, high)
    spread = (1 - beta2) / (beta2 - beta1) if Q != 0 else 0
    k = Constants(n["eta"], n.get("lam", 0), beta1, beta2, n["L"])
    one.refuse_poles(S=A + Q + P, of_x=1 + k.eta * k.lam, of_c=k.eta * k.lam * (1 - beta1) + 1 - beta2, L=k.L,
        **({"β2−β1": beta2 - beta1} if Q != 0 else {}), **({"λ": k.lam} if k.lam != 0 else {}))  # fmt: skip
    return Case(one, k, spread, is_reversed)
