"""Cautious weight decay in continuous time, ε = 0: its Lyapunov function, the rate of it, and that it keeps no box.

    ẋ = ∇K(m) − λ1(m∘x ≤ 0)∘x,   ṁ = −α∇f − γm,   H = αf + K(m) + λ‖(−m∘x)₊‖₁

An entry decays only where the update pushes it towards 0; for a separable even K the signs of ∇K(m)∘x say the same.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

Vector = tuple[Fraction, ...]


class Function(NamedTuple):
    """K and ∇K, linear or quadratic between kinks."""

    name: str
    value: Callable[[Vector], Fraction]
    slope: Callable[[Vector], Vector]


class Constants(NamedTuple):
    alpha: Fraction
    gamma: Fraction
    lam: Fraction


class State(NamedTuple):
    """f = ½Σ b_i(x_i − c_i)², K, constants, and a point away from kinks."""

    K: Function
    k: Constants
    b: Vector
    c: Vector
    x: Vector
    m: Vector


class Statement(NamedTuple):
    """H has `penalty` for λ, −dH/dt is `rate`, and H is said not to rise where `falls`."""

    penalty: Callable[[Constants], Fraction]
    rate: Callable[[State], Fraction]
    falls: Callable[[Vector, Vector], bool]


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def entrywise(name: str, value: Callable[[Fraction], Fraction], slope: Callable[[Fraction], Fraction]) -> Function:
    return Function(name, lambda m: sum(map(value, m), Fraction(0)), lambda m: tuple(map(slope, m)))


# Its slope can have an entry of the other sign than m, as the nuclear norm's can: m = (1, 1) gives (−1, 3).
COUPLED = Function(
    "½mᵀ[[1, −2], [−2, 5]]m",
    lambda m: (m[0] ** 2 - 4 * m[0] * m[1] + 5 * m[1] ** 2) / 2,
    lambda m: (m[0] - 2 * m[1], 5 * m[1] - 2 * m[0]),
)
HALF = Fraction(1, 2)
FUNCTIONS = (
    entrywise("‖m‖₁", abs, lambda v: Fraction(sign(v))),
    entrywise("½‖m‖²", lambda v: v**2 / 2, lambda v: v),
    entrywise("dead zone ½", lambda v: max(abs(v) - HALF, Fraction(0)), lambda v: Fraction(sign(v) * (abs(v) > HALF))),
    entrywise("Huber ½", lambda v: v**2 if abs(v) <= HALF else abs(v) - HALF / 2,
              lambda v: max(Fraction(-1), min(Fraction(1), 2 * v))),
    COUPLED,
)  # fmt: skip


def lyapunov(s: State, x: Vector, m: Vector, penalty: Fraction) -> Fraction:
    loss = sum((b * (v - c) ** 2 / 2 for b, v, c in zip(s.b, x, s.c, strict=True)), Fraction(0))
    against = sum((max(-u * v, Fraction(0)) for u, v in zip(m, x, strict=True)), Fraction(0))
    return s.k.alpha * loss + s.K.value(m) + penalty * against


def velocity(s: State) -> tuple[Vector, Vector]:
    """ẋ and ṁ."""
    slope = s.K.slope(s.m)
    x_dot = tuple(u - s.k.lam * (v if w * v <= 0 else 0) for u, v, w in zip(slope, s.x, s.m, strict=True))
    m_dot = tuple(-s.k.alpha * b * (v - c) - s.k.gamma * w for b, v, c, w in zip(s.b, s.x, s.c, s.m, strict=True))
    return x_dot, m_dot


def derivative(s: State, penalty: Fraction) -> Fraction:
    """dH/dt from values of H alone: a central difference is exact for what is quadratic in t near 0."""
    t = Fraction(1, 10**9)
    x_dot, m_dot = velocity(s)

    def moved(by: Fraction) -> Fraction:
        x = tuple(v + by * d for v, d in zip(s.x, x_dot, strict=True))
        return lyapunov(s, x, tuple(v + by * d for v, d in zip(s.m, m_dot, strict=True)), penalty)

    return (moved(t) - moved(-t)) / (2 * t)


def rate(s: State) -> Fraction:
    """⟨λ1(mx ≤ 0) + γ, ∇K(m)∘m⟩ + λ(λ+γ)‖(−mx)₊‖₁."""
    slope, (_, gamma, lam) = s.K.slope(s.m), s.k
    turned = [m * x <= 0 for m, x in zip(s.m, s.x, strict=True)]
    first = sum((lam * t + gamma) * u * m for t, u, m in zip(turned, slope, s.m, strict=True))
    return first + lam * (lam + gamma) * sum(max(-m * x, Fraction(0)) for m, x in zip(s.m, s.x, strict=True))


def falls(slope: Vector, m: Vector) -> bool:
    return all(u * v >= 0 for u, v in zip(slope, m, strict=True))


def states(run: Run) -> list[State]:
    """Random rational states with entries of ten thousandths, 1/20000 away from every kink."""
    rng, found = random.Random(run.seed), []

    def entry() -> Fraction:
        return Fraction(2 * rng.randint(-15_000, 15_000) + 1, 20_000)

    for K in FUNCTIONS:
        for alpha, gamma, lam in ((1, 1, 20), (2, 0, 1), (HALF, 3, Fraction(1, 10))):
            for _ in range(5 if run.is_quick else 40):
                k = Constants(Fraction(alpha), Fraction(gamma), Fraction(lam))
                b, c, x, m = ((entry(), entry()) for _ in range(4))
                found.append(State(K, k, b, c, x, m))
    tilted = Constants(Fraction(1), Fraction(1), Fraction(20)), (Fraction(1), Fraction(1)), (Fraction(1), Fraction(2))
    return [*found, State(COUPLED, *tilted, (-Fraction(1, 1000), Fraction(1, 1000)), (Fraction(1), Fraction(1)))]


def measure(cases: Sequence[State], run: Run, subject: Statement) -> Measurement:
    """How many states contradict the statement."""
    wrong, where = 0, None
    for s in cases:
        found = derivative(s, subject.penalty(s.k))
        if found != -subject.rate(s) or (subject.falls(s.K.slope(s.m), s.m) and found > 0):
            wrong += 1
            where = where or {"K": s.K.name, **{n: [str(v) for v in getattr(s, n)] for n in ("k", "b", "c", "x", "m")}}
    return Measurement(float(wrong), 0.0, len(cases), where)


def near_a_kink(s: State) -> str | None:
    edges = [v * w for v, w in zip(s.x, s.m, strict=True)] + [abs(v) - HALF for v in s.m]
    return "a kink of H passes through the point." if any(edge == 0 for edge in edges) else None


RIGHT = Statement(lambda k: k.lam, rate, falls)
TINY = Fraction(1, 10**12)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cautious-decay-identity",
        statement=(
            "For ẋ = ∇K(m) − λ1(m∘x ≤ 0)∘x and H = αf + K(m) + λ‖(−m∘x)₊‖₁, for every K and almost every t, "
            "dH/dt = −⟨λ1(m∘x ≤ 0) + γ, ∇K(m)∘m⟩ − λ(λ+γ)‖(−m∘x)₊‖₁, which is ≤ 0 where every ∇K(m)_i m_i ≥ 0."
        ),
        source="derived here for every K; the method is that of arXiv 2510.12402 (cautious weight decay)",
        hypotheses=(
            Hypothesis("K, f differentiable at the point and no m_i x_i = 0, as almost everywhere", near_a_kink),
            Hypothesis("ε = 0 and γ, λ ≥ 0"),
        ),
        observable="states that contradict the statement, in exact rational arithmetic",
        tolerance="none: central differences of H are exact for quadratic f and piecewise quadratic K",
        cases=states,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("λ in H too large by 1e-12", RIGHT._replace(penalty=lambda k: k.lam * (1 + TINY))),
            Wrong("the rate too large by 1e-12", RIGHT._replace(rate=lambda s: rate(s) * (1 + TINY))),
            Wrong("H without its penalty", RIGHT._replace(penalty=lambda k: Fraction(0))),
            Wrong("λγ for λ(λ+γ)", RIGHT._replace(rate=lambda s: rate(s) - s.k.lam**2 * sum(
                max(-m * x, Fraction(0)) for m, x in zip(s.m, s.x, strict=True)))),
            Wrong("it falls for every K, whatever the signs of ∇K(m)∘m", RIGHT._replace(falls=lambda slope, m: True)),
        ),
        is_exact=True,
    ),
)  # fmt: skip
