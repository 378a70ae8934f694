"""dH/dt along the flow of a differentiable K as a formal sum: an identity, and ≤ 0 by two monotonicity inequalities.

    ẋ = u − λx,   ṁ = −αg − γm,   m̃ = m + εṁ;        u = ∇K(m̃), w = ∇K(m), z = ∇K*(λx), g = ∇f(x)
    dH/dt = ⟨αg + (γ+cλ)z − cλm, ẋ⟩ + c⟨w − λx, ṁ⟩ = −(γ+cλ)⟨u − λx, m̃ − z⟩ − c⟨u − w, ṁ⟩

Only slopes enter, so that a counterexample is a state and slopes that are monotone at distinct points.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, OF_THE_RATES, THEOREM, Coefficients
from ..gram import Expression, Vector, value, vector
from .certificate import Certificate, Refuter, Term, outcome, positive
from .interpolation import Sample, monotone
from .ranges import Range


class Constants(NamedTuple):
    """α, γ, ε, λ. With λ = 0 the terms of K* are left out and z is 0."""

    alpha: Any
    gamma: Any
    epsilon: Any
    lam: Any

    @property
    def c(self) -> Any:
        found = (1 - self.epsilon * self.gamma) / (1 + self.epsilon * self.lam)
        return found if found != 0 else 0  # a zero of SymPy's would not leave a product to the vector on its right


class Instant(NamedTuple):
    """The velocities at one time and the samples of K: at m̃, at m, and at z (slope λx)."""

    k: Constants
    x_dot: Vector
    m_dot: Vector
    g: Vector
    at_look_ahead: Sample
    at_momentum: Sample
    at_dual: Sample

    @property
    def first(self) -> Expression:
        """(γ+cλ)Δ1."""
        k = self.k
        return (k.gamma + k.c * k.lam) * monotone(self.at_look_ahead, self.at_dual)

    @property
    def second(self) -> Expression:
        """cΔ2."""
        return self.k.c * self.enhancement

    @property
    def enhancement(self) -> Expression:
        """Δ2 = ⟨u − w, ṁ⟩."""
        return (self.at_look_ahead.slope - self.at_momentum.slope) @ self.m_dot


def instant(k: Constants) -> Instant:
    """At ε = 0, where m̃ = m, w is u."""
    x, m, g, u = (vector(name) for name in ("x", "m", "g", "u"))
    w = u if k.epsilon == 0 else vector("w")
    z = vector("z") if k.lam != 0 else Vector()
    m_dot = -(k.alpha * g) - k.gamma * m
    K = value("K(m̃)")
    samples = Sample(m + k.epsilon * m_dot, u, K), Sample(m, w, value("K(m)")), Sample(z, k.lam * x, value("K(z)"))
    return Instant(k, u - k.lam * x, m_dot, g, *samples)


def derivative(q: Coefficients, now: Instant) -> Expression:
    """dH/dt by the chain rule, H = αf + (γ/λ)K*(λx) + c[K*(λx) + K(m) − ⟨λx, m⟩] with the factors `q`."""
    k, m, y, z = now.k, now.at_momentum.point, now.at_dual.slope, now.at_dual.point
    slope_x = q.loss * k.alpha * now.g + (q.penalty * k.gamma + q.conjugate * k.c * k.lam) * z
    slope_m = k.c * (q.momentum * now.at_momentum.slope - q.product * y)
    return (slope_x - q.product * k.c * (k.lam * m)) @ now.x_dot + slope_m @ now.m_dot


def cases() -> tuple[tuple[Range, Constants], ...]:
    """α > 0 and γ, ε, λ ≥ 0 with εγ ≤ 1, in the six cases that need a division less or more."""
    found = []
    for lam in (("lam",), ()):
        decay = "λ > 0" if lam else "λ = 0"
        ranges = (
            Range(f"ε > 0, γ = t/(ε(1+t)), t ≥ 0, {decay}", ("alpha", "epsilon", *lam), ("t",)),
            Range(f"ε > 0, γ = 1/ε, {decay}", ("alpha", "epsilon", *lam)),
            Range(f"ε = 0, γ ≥ 0, {decay}", ("alpha", *lam), ("gamma",)),
        )
        for one in ranges:
            n = one.numbers
            epsilon = n.get("epsilon", 0)
            gamma = n["gamma"] if "gamma" in n else (n["t"] / (1 + n["t"]) if "t" in n else 1) / epsilon
            k = Constants(n["alpha"], gamma, epsilon, n.get("lam", 0))
            one.refuse_poles(of_c=1 + epsilon * k.lam, **_divisors(n))
            found.append((one, k))
    return tuple(found)


def _divisors(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """What γ, 1/ε and 1/λ divide by, as far as the range has it."""
    found = {name: numbers[name] for name in ("epsilon", "lam") if name in numbers}
    return found | ({"1+t": 1 + numbers["t"]} if "t" in numbers else {})


def rate_terms(now: Instant) -> tuple[Term, ...]:
    """(γ+cλ)Δ1 + cΔ2, each by monotonicity."""
    k = now.k
    first = Term("monotonicity between m̃ and z", k.gamma + k.c * k.lam, monotone(now.at_look_ahead, now.at_dual))
    if k.epsilon == 0:
        return (first,)
    return (
        first,
        Term("monotonicity between m̃ and m", k.c / k.epsilon, monotone(now.at_look_ahead, now.at_momentum)),
    )


def balance(q: Coefficients, now: Instant) -> Expression:
    """dH/dt + (γ+cλ)Δ1 + cΔ2."""
    return derivative(q, now) + q.first * now.first + q.second * now.second


def prove_derivative(subject: Coefficients, is_quick: bool) -> Outcome:
    """The identity, and that both rates are ≥ 0."""

    def certificates() -> Iterator[Certificate]:
        for one, k in cases():
            now = instant(k)
            yield Certificate("dH/dt + (γ+cλ)Δ1 + cΔ2", one, balance(subject, now))
            weight = k.gamma + k.c * k.lam
            yield Certificate("−(γ+cλ)Δ1", one, -now.first, rate_terms(now)[:1])
            yield from (positive("γ+cλ", one, weight), positive("c", one, k.c))
            # c = 0 at εγ = 1, where Δ2 has no part in the identity and yet a sign.
            between = monotone(now.at_look_ahead, now.at_momentum)
            inverse = () if k.epsilon == 0 else (Term("monotonicity between m̃ and m", 1 / k.epsilon, between),)
            yield Certificate("−Δ2", one, -now.enhancement, inverse)

    return outcome("flow-derivative", certificates(), broken(subject, is_identity=True))


def prove_descent(subject: Coefficients, is_quick: bool) -> Outcome:
    """dH/dt ≤ 0 at every instant."""

    def certificates() -> Iterator[Certificate]:
        for one, k in cases():
            now = instant(k)
            yield Certificate("dH/dt", one, derivative(subject, now), rate_terms(now))

    return outcome("flow-descent", certificates(), broken(subject, is_identity=False))


HALF = Fraction(1, 2)
# α, γ, ε, λ
TRIED = tuple(Constants(*map(Fraction, text.split())) for text in ("1 1 1/2 1", "2 1 1 1/2", "1 1/2 0 1", "1 1 1/2 0"))
# m̃ lies this close to z, or m to m̃, where the rates are to be all but 0.
NEAR = Fraction(1, 10**30)


@cache
def states(k: Constants) -> tuple[dict[str, tuple[Fraction, ...]], ...]:
    """States with slopes inside (−1, 1) that increase from each of m, m̃, z to the next: some smooth K has them."""
    found: list[dict[str, tuple[Fraction, ...]]] = []
    values = [Fraction(n, 2) for n in (-3, -1, 1, 4)]
    for m, g, y in product(values, values, (-HALF, Fraction(1, 3)) if k.lam else (Fraction(0),)):
        m_dot = -k.alpha * g - k.gamma * m
        m_tilde = m + k.epsilon * m_dot
        for z in (m_tilde - NEAR, m_tilde + NEAR, m - 1, m + 1) if k.lam else (Fraction(0),):
            for u, w in product((-Fraction(3, 4), -Fraction(1, 4), Fraction(3, 4)), repeat=2):
                if _is_monotone((m_tilde, u), (m, w), (z, y)):
                    numbers = {"x": y / k.lam if k.lam else Fraction(1), "m": m, "g": g, "u": u, "w": w, "z": z}
                    found.append({name: (number,) for name, number in numbers.items()})
    return tuple(found)


def _is_monotone(*pairs: tuple[Fraction, Fraction]) -> bool:
    """Whether a Lipschitz, nondecreasing function takes these values: equal at equal points, else not decreasing."""
    return all(
        a == b if p == q else (a - b) * (p - q) >= 0 for i, (p, a) in enumerate(pairs) for q, b in pairs[:i]
    )  # fmt: skip


def broken(q: Coefficients, is_identity: bool) -> Refuter:
    """A state and slopes at which dH/dt > 0, or at which the balance is not 0."""

    def refuter() -> Mapping[str, Any] | None:
        for k in TRIED:
            now = instant(k)
            expression = balance(q, now) if is_identity else derivative(q, now)
            for numbers in states(k):
                excess = expression.at(numbers, {})
                if excess > 0 or (is_identity and excess != 0):
                    named = {name: str(number) for name, (number,) in numbers.items()}
                    slopes = "any with the slopes u at m + epsilon·dm/dt, w at m and lam·x at z"
                    constants = {name: str(number) for name, number in k._asdict().items()}
                    return {**constants, **named, "K": slopes, "excess": str(excess)}
        return None

    return refuter


SMALL = 1 + Fraction(1, 10**6)
SMOOTH = (
    "K is differentiable, at almost every t so is K* at λx, and the chain rule holds there; where λ = 0, ∇K(0) = 0; "
    "where ε = 0, w = u"
)
DOMAIN = (
    "every differentiable convex K, differentiable f and dimension, all α > 0, γ, ε, λ ≥ 0 with εγ ≤ 1, almost every "
    "t: those at which K* is differentiable at λx; symbolic"
)
WRONG = (
    Planted("c a relative 1e-6 too large", Coefficients(conjugate=SMALL, momentum=SMALL, product=SMALL)),
    Planted("+⟨λx, m⟩ in H", Coefficients(product=-1)),
    Planted("(γ/λ)K*(λx) left out", Coefficients(penalty=0)),
    Planted("K(m) left out", Coefficients(momentum=0)),
)

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="flow-derivative",
        route="worst case",
        statement="dH/dt + (γ+cλ)Δ1 + cΔ2 vanishes as a formal sum; both weights, (γ+cλ)Δ1 and Δ2 are ≥ 0.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=(SMOOTH, "monotonicity of ∇K"),
        prove=prove_derivative,
        subject=THEOREM,
        planted=(*WRONG, Planted("cΔ2 twice", Coefficients(second=2))),
        coefficients=(*OF_THE_FUNCTION, *OF_THE_RATES),
        perturbed=lambda name, relative: THEOREM.with_error(name, relative),
    ),
    Proof(
        claim="flow-descent",
        route="worst case",
        statement="dH/dt is minus a sum of two weights ≥ 0 times monotonicity inequalities.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=(SMOOTH, "monotonicity of ∇K", "H is absolutely continuous along the flow"),
        prove=prove_descent,
        subject=THEOREM,
        planted=WRONG,
        coefficients=OF_THE_FUNCTION,
        perturbed=lambda name, relative: THEOREM.with_error(name, relative),
    ),
)
