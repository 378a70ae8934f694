"""A Lyapunov function for every β1, β2: what is claimed of it, and steps that reach its constant.

    H = f + K*(λx)/λ + (β1/2L)‖m + ∇f(x)‖²,       ΔH ≤ L(½ + β1/(1−β2)) ‖x⁺−x‖²

Proofs are in `any_beta_symbolic.py` and `any_beta_worst_case.py`.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ..coefficients import THEOREM, Coefficients
from .replay import Piece, Step, Weights
from .step import Method

NAMES = ("loss", "penalty", "square", "slack")


@dataclass(frozen=True)
class AnyBeta:
    """Factors on f, on K*(λx)/λ, on the square and on the constant of the rise; 1 is the theorem."""

    coefficients: Coefficients = THEOREM
    square: Any = 1

    def weights(self, k: Method) -> Weights:
        """H as weights."""
        one = self.coefficients
        return Weights(one.loss, one.penalty / k.weight_decay, 0, 0, self.square * k.beta1 / (2 * k.smoothness))

    def rise(self, k: Method) -> Any:
        """The claimed multiple of ‖x⁺−x‖²."""
        return self.coefficients.slack * k.smoothness * (Fraction(1, 2) + k.beta1 / (1 - k.beta2))


def with_error(name: str, relative: Fraction) -> AnyBeta:
    """The claim with a relative error in one factor; less rise than there is, by that much."""
    if name == "square":
        return AnyBeta(square=1 + relative)
    return AnyBeta(THEOREM.with_error(name, -relative if name == "slack" else relative))


def planted() -> tuple[Planted, ...]:
    """Coarse wrongs in every factor."""
    half = Fraction(1, 2)
    return (
        Planted("the rise is half as large", AnyBeta(replace(THEOREM, slack=half))),
        Planted("the square has half its weight", AnyBeta(square=half)),
        Planted("no square at all", AnyBeta(square=0)),
        Planted("a square of twice the weight", AnyBeta(square=2)),
        Planted("K* has half its weight", AnyBeta(replace(THEOREM, penalty=half))),
        Planted("f has half its weight", AnyBeta(replace(THEOREM, loss=half))),
    )


def sign_step(k: Method, lead: Any, K: tuple[Any, Any] = (-1, 1)) -> Step:
    """One step on K = max of the two slopes times z, from λx = 0 with m̃⁺ = 0, the upper slope taken.

    m + ∇f(x) = s = `lead`·L(x⁺−x) and f has curvature L, so that ∇f(x⁺) − ∇f(x) = L(x⁺−x): the loss and K are as bad
    as they can be at once.
    """
    low, high = (Fraction(slope) for slope in K)
    h, zero = k.step_size * k.weight_decay, Fraction(0)
    move = k.step_size * high / (1 + h)
    s = lead * k.smoothness * move
    m, m_next = (1 - k.beta1) * s, (k.beta2 - k.beta1) * s

    def piece(z: Fraction) -> Piece:
        slope = low if z < 0 else high
        return Piece((z,), (slope,), slope * z)

    pieces = {
        "m": piece(m), "m~": Piece((zero,), (high,), zero), "m+": piece(m_next),
        "z": Piece((zero,), (zero,), zero), "z+": Piece((zero,), (high * h / (1 + h),), zero),
        "low": Piece((zero,), (low,), zero),
    }  # fmt: skip
    return Step(k, (s - m,), pieces, Fraction(k.smoothness))


def worst_sign_step(k: Method, weights: Weights, rise: Any) -> Step:
    """The `sign_step` with the largest excess: a quadratic in the lead, known from three of its values."""
    at = [sign_step(k, Fraction(lead)).excess(weights, rise) for lead in (-1, 0, 1)]
    bend, slope = (at[2] + at[0]) / 2 - at[1], (at[2] - at[0]) / 2
    if bend >= 0:
        return sign_step(k, Fraction(10**6 if slope >= 0 else -(10**6)))
    return sign_step(k, -slope / (2 * bend))
