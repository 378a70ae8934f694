"""Exact single steps in one dimension, with piecewise linear K and quadratic f: what false statements break on.

Wherever K is linear between m and m⁺, K* is so between λx and λx⁺, and f has curvature L, the theorem is an equality,
so that any error of a coefficient, however small, shows.
"""

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from ..coefficients import THEOREM
from ..gram import Expression
from .certificate import Refuter
from .plain_functions import FUNCTIONS, PiecewiseLinear, Scene
from .step import Constants, Step, rise, start, step

PER_PAIR = 40


def _constants(*texts: str) -> tuple[Constants, ...]:
    return tuple(Constants(*map(Fraction, text.split())) for text in texts)


# η, λ, β1, β2, L
ORDERED = _constants(
    "1/10 1/2 9/10 99/100 1", "1 1 1/5 99/100 2", "1/2 2 9/10 9/10 1", "1/3 1 1/2 1 1", "1/4 0 9/10 99/100 1",
    "1/2 1/3 1/3 1/2 3",
)  # fmt: skip
REVERSED = _constants("1/10 1/2 99/100 1/2 1", "1/2 1 1/2 0 1")


@cache
def one_step(k: Constants) -> Step:
    return step(k, start())


@cache
def scenes(k: Constants) -> tuple[Scene, ...]:
    """Seeded steps at these constants, those first in which the theorem is an equality."""
    rng = random.Random(4)
    found = [one for K in FUNCTIONS for _ in range(PER_PAIR) if (one := _scene(k, K, rng)) is not None]
    s = one_step(k)
    gap = rise(k, THEOREM, s) + s.alignment + s.enhancement - s.slack
    return tuple(sorted(found, key=lambda one: gap.at(one.vectors, one.values) != 0))


def _scene(k: Constants, K: PiecewiseLinear, rng: random.Random) -> Scene | None:
    """f(x+d) = gd + (s/2)Ld² with s = 1, 0, −1; ties of ∇K are broken at random. None where λx⁺ is outside dom K*."""
    y = Fraction(rng.randint(-12, 12), 12) if k.lam else Fraction(0)
    x = y / k.lam if k.lam else Fraction(rng.randint(-4, 4), 2)
    m, g = Fraction(rng.randint(-18, 18), 6), Fraction(rng.randint(-18, 18), 6)
    m_tilde, m_next = k.beta1 * m - (1 - k.beta1) * g, k.beta2 * m - (1 - k.beta2) * g
    u = rng.choice(K.subgradients(m_tilde))
    w = u if k.beta1 == k.beta2 else rng.choice(K.subgradients(m_next))
    x_next = (x + k.eta * u) / (1 + k.eta * k.lam)
    if not (K.has_finite_conjugate(y) and K.has_finite_conjugate(k.lam * x_next)):
        return None
    z = rng.choice(K.conjugate_subgradients(k.lam * x_next)) if k.lam else Fraction(0)
    curvature, d = rng.choice([1, 1, 0, -1]) * k.L, x_next - x
    values = {
        "f0": Fraction(0), "f1": g * d + curvature / 2 * d * d, "K*(λx0)": K.conjugate(y),
        "K(m0)": K(m), "K(m1)": K(m_next), "K(m̃1)": K(m_tilde), "K(z1)": K(z),
    }  # fmt: skip
    numbers = {"x0": x, "m0": m, "g0": g, "g1": g + curvature * d, "u1": u, "w1": w, "z1": z}
    said = {name: str(number) for name, number in k._asdict().items()} | {
        "K": str(K), "f": f"({g})(x-x0) + ({curvature}/2)(x-x0)^2", "x": str(x), "m": str(m),
        "gradient of K at the look-ahead": str(u), "at the momentum": str(w), "of K*": str(z),
    }  # fmt: skip
    return Scene({name: (number,) for name, number in numbers.items()}, values, said)


def broken(
    target: Callable[[Step], Expression], constants: tuple[Constants, ...] = ORDERED, is_identity: bool = False
) -> Refuter:
    """What breaks "target ≤ 0" (or "target = 0"), with the value of the target there; None where no scene does."""

    def refuter() -> Mapping[str, Any] | None:
        for k in constants:
            expression = target(one_step(k))
            for one in scenes(k):
                excess = expression.at(one.vectors, one.values)
                if excess > 0 or (is_identity and excess != 0):
                    return {**one.said, "excess": str(excess)}
        return None

    return refuter
