"""One implicit (proximal) step and its Lyapunov function H_h over formal vectors, and exact ones in one dimension.

    x⁺ = (x + hs)/(1+hλ),   m⁺ = (m − hαg⁺)/(1+hγ),   m̃⁺ = (1−εγ)m⁺ − εαg⁺,   s ∈ ∂K(m̃⁺),   g⁺ = ∇f(x⁺)

Only g⁺ and the value of f at x and x⁺ enter, so that nothing is asked of f here.
"""

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from ..coefficients import Coefficients
from ..gram import Expression, Vector, value, vector
from .certificate import Refuter
from .interpolation import Sample, conjugate_value, square
from .plain_functions import FUNCTIONS, PiecewiseLinear, Scene
from .ranges import Range
from .step import State


class Constants(NamedTuple):
    """α, γ, ε, λ, h, ρ. With λ = 0 the terms of K* are left out, and 0 ∈ ∂K(0) is taken for granted."""

    alpha: Any
    gamma: Any
    epsilon: Any
    lam: Any
    h: Any
    rho: Any

    @property
    def c(self) -> Any:
        """c_h."""
        found = (1 - self.epsilon * self.gamma) / (1 + (self.epsilon + self.h) * self.lam)
        return found if found != 0 else 0  # a zero of SymPy's would not leave a product to the vector on its right

    @property
    def conjugate_weight(self) -> Any:
        """γ/λ + c_h, what H_h has of K*."""
        return self.gamma / self.lam + self.c


class ProximalStep(NamedTuple):
    """A step, the slope g⁺ of f after it, and the samples of K at m̃⁺ (slope s), m⁺ (slope w) and z⁺ (slope λx⁺)."""

    k: Constants
    before: State
    after: State
    g: Vector
    at_look_ahead: Sample
    at_momentum: Sample
    at_dual: Sample

    @property
    def alignment(self) -> Expression:
        """(γ+c_hλ)Δ1·h."""
        k, distance = self.k, self.at_look_ahead.point - self.at_dual.point
        return k.h * (k.gamma + k.c * k.lam) * ((self.at_look_ahead.slope - self.at_dual.slope) @ distance)

    @property
    def enhancement(self) -> Expression:
        """c_h⟨s − w, m⁺ − m⟩."""
        return self.k.c * ((self.at_look_ahead.slope - self.at_momentum.slope) @ (self.after.m - self.before.m))

    @property
    def loss_remainder(self) -> Expression:
        """D_f(x; x⁺)."""
        return self.before.f - self.after.f - self.g @ (self.before.x - self.after.x)

    @property
    def conjugate_remainder(self) -> Expression:
        """D_K*(λx; λx⁺); 0 for λ = 0."""
        if self.k.lam == 0:
            return Expression()
        y, z = self.k.lam * self.before.x, self.at_dual.point
        return self.before.conjugate - self.after.conjugate - z @ (y - self.at_dual.slope)

    @property
    def momentum_remainder(self) -> Expression:
        """D_K(m; m⁺)."""
        return self.before.K - self.after.K - self.at_momentum.slope @ (self.before.m - self.after.m)

    @property
    def slack(self) -> Expression:
        """(αρ/2)‖x⁺−x‖²."""
        return self.k.alpha * self.k.rho / 2 * square(self.after.x - self.before.x)


def proximal_step(k: Constants) -> ProximalStep:
    """At ε = 0, where m̃⁺ = m⁺, w is s."""
    x, m, g, s = (vector(name) for name in ("x0", "m0", "g1", "s1"))
    w = s if k.epsilon == 0 else vector("w1")
    z = vector("z1") if k.lam != 0 else Vector()
    x_next = 1 / (1 + k.h * k.lam) * (x + k.h * s)
    m_next = 1 / (1 + k.h * k.gamma) * (m - k.h * k.alpha * g)
    m_tilde = m_next - k.epsilon * (k.gamma * m_next + k.alpha * g)
    dual = Sample(z, k.lam * x_next, value("K(z1)"))
    before = State(x, m, value("f0"), value("K*(λx0)"), value("K(m0)"))
    after = State(x_next, m_next, value("f1"), conjugate_value(dual), value("K(m1)"))
    samples = Sample(m_tilde, s, value("K(m̃1)")), Sample(m_next, w, after.K), dual
    return ProximalStep(k, before, after, g, *samples)


def energy(k: Constants, q: Coefficients, s: State) -> Expression:
    """H_h = αf + (γ/λ)K*(λx) + c_h[K*(λx) + K(m) − ⟨λx, m⟩], with the factors `q`."""
    bracket = q.momentum * s.K - q.product * (k.lam * (s.x @ s.m))
    total = q.loss * (k.alpha * s.f) + k.c * bracket
    return total if k.lam == 0 else total + (q.penalty * (k.gamma / k.lam) + k.c * q.conjugate) * s.conjugate


def rise(k: Constants, q: Coefficients, one: ProximalStep) -> Expression:
    """H_h(x⁺,m⁺) − H_h(x,m)."""
    return energy(k, q, one.after) - energy(k, q, one.before)


@cache
def cases(more: tuple[str, ...] = ()) -> tuple[tuple[Range, Constants], ...]:
    """α, h, ρ > 0 and γ, ε, λ ≥ 0 with εγ ≤ 1, in the six cases that need a division less or more."""
    found = []
    for lam in (("lam",), ()):
        decay, base = "λ > 0" if lam else "λ = 0", ("alpha", "h", "rho", *more, *lam)
        ranges = (
            Range(f"ε > 0, γ = t/(ε(1+t)), t ≥ 0, {decay}", (*base, "epsilon"), ("t",)),
            Range(f"ε > 0, γ = 1/ε, {decay}", (*base, "epsilon")),
            Range(f"ε = 0, γ ≥ 0, {decay}", base, ("gamma",)),
        )
        for one in ranges:
            n = one.numbers
            epsilon = n.get("epsilon", 0)
            gamma = n["gamma"] if "gamma" in n else (n["t"] / (1 + n["t"]) if "t" in n else 1) / epsilon
            k = Constants(n["alpha"], gamma, epsilon, n.get("lam", 0), n["h"], n["rho"])
            one.refuse_poles(of_x=1 + k.h * k.lam, of_m=1 + k.h * k.gamma, of_c=1 + (k.epsilon + k.h) * k.lam,
                **{name: n[name] for name in ("epsilon", "lam") if name in n},
                **({"1+t": 1 + n["t"]} if "t" in n else {}))  # fmt: skip
            found.append((one, k))
    return tuple(found)


# α, γ, ε, λ, h, ρ
TRIED = tuple(
    Constants(*map(Fraction, text.split()))
    for text in ("1 1 1/2 1 1/2 1", "2 1/2 1 1/2 3 1/3", "1 1 0 1 1 1", "1 1 1/2 0 1 1", "1 0 1 1 1/4 2")
)


@cache
def one_step(k: Constants) -> ProximalStep:
    return proximal_step(k)


@cache
def scenes(k: Constants, curvature: Fraction) -> tuple[Scene, ...]:
    """Seeded steps with f of that curvature, by choosing x⁺, m⁺, g⁺ and going back."""
    rng = random.Random(4)
    found = [_scene(k, K, curvature, rng) for K in FUNCTIONS for _ in range(60)]
    return tuple(one for one in found if one is not None)


def _scene(k: Constants, K: PiecewiseLinear, curvature: Fraction, rng: random.Random) -> Scene | None:
    x_next = Fraction(rng.randint(-12, 12), 12) / k.lam if k.lam else Fraction(rng.randint(-4, 4), 2)
    m_next, g = Fraction(rng.randint(-18, 18), 6), Fraction(rng.randint(-18, 18), 6)
    m = (1 + k.h * k.gamma) * m_next + k.h * k.alpha * g
    m_tilde = m_next - k.epsilon * (k.gamma * m_next + k.alpha * g)
    s = rng.choice(K.subgradients(m_tilde))
    w = s if k.epsilon == 0 else rng.choice(K.subgradients(m_next))
    x = (1 + k.h * k.lam) * x_next - k.h * s
    if not (K.has_finite_conjugate(k.lam * x) and K.has_finite_conjugate(k.lam * x_next)):
        return None
    z = rng.choice(K.conjugate_subgradients(k.lam * x_next)) if k.lam else Fraction(0)
    d = x - x_next
    values = {
        "f0": g * d + curvature / 2 * d * d, "f1": Fraction(0), "K*(λx0)": K.conjugate(k.lam * x),
        "K(m0)": K(m), "K(m1)": K(m_next), "K(m̃1)": K(m_tilde), "K(z1)": K(z),
    }  # fmt: skip
    numbers = {"x0": x, "m0": m, "g1": g, "s1": s, "w1": w, "z1": z}
    said = {name: str(number) for name, number in k._asdict().items()} | {
        "K": str(K), "f": f"({g})(x-x1) + ({curvature}/2)(x-x1)^2", "x": str(x), "m": str(m), "x after": str(x_next),
        "s": str(s), "w": str(w), "z": str(z),
    }  # fmt: skip
    return Scene({name: (number,) for name, number in numbers.items()}, values, said)


def broken(
    target: Callable[[ProximalStep], Expression],
    curvatures: Callable[[Constants], tuple[Fraction, ...]],
    is_identity: bool = False,
) -> Refuter:
    """What breaks "target ≤ 0" (or "target = 0") for an f of one of these curvatures."""

    def refuter() -> Mapping[str, Any] | None:
        for k in TRIED:
            expression = target(one_step(k))
            for one in (one for curvature in curvatures(k) for one in scenes(k, curvature)):
                excess = expression.at(one.vectors, one.values)
                if excess > 0 or (is_identity and excess != 0):
                    return {**one.said, "excess": str(excess)}
        return None

    return refuter
