"""K and K* in Arb balls, for those K that take rational numbers to irrational ones.

    (1/b)Σ log cosh(b z_i),   Σ √(z_i²+e²) − e,   ‖z‖₂ and ‖z‖_p, 1 < p < ∞

A vector is a tuple of balls. A comparison that the balls leave open raises `Undecided`: nothing is guessed.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .balls import ball, root, square

Vector = tuple[Any, ...]


class Undecided(ArithmeticError):
    """The balls are too wide to say."""


def is_at_most(x: Any, bound: int) -> bool:
    """Whether x ≤ bound, `Undecided` where the ball leaves it open."""
    if x <= bound:
        return True
    if x > bound:
        return False
    raise Undecided(f"{x} ≤ {bound} is open.")


class InBalls:
    """Numbers are balls."""

    def number(self, value: Any) -> Any:
        return ball(value)


@dataclass(frozen=True)
class LogCosh(InBalls):
    """K(z) = (1/b)Σ log cosh(b z_i), b = `sharpness`.  K*(y) = (1/2b)Σ (1+y)log(1+y) + (1−y)log(1−y)."""

    sharpness: Fraction

    def value(self, z: Vector) -> Any:
        b = ball(self.sharpness)
        return sum((b * each).cosh().log() for each in z) / b

    def slope(self, z: Vector) -> Vector:
        return tuple((ball(self.sharpness) * each).tanh() for each in z)

    def conjugate(self, y: Vector) -> Any:
        if not all(is_at_most(abs(each), 1) for each in y):
            return None
        halves = ((1 + each) * (1 + each).log() + (1 - each) * (1 - each).log() for each in y)
        return sum(halves) / (2 * ball(self.sharpness))

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(each.atanh() / ball(self.sharpness) for each in y)


@dataclass(frozen=True)
class PseudoHuber(InBalls):
    """K(z) = Σ √(z_i²+e²) − e, e = `threshold`.  K*(y) = eΣ(1 − √(1−y_i²))."""

    threshold: Fraction

    def value(self, z: Vector) -> Any:
        e = ball(self.threshold)
        return sum(root(square(each) + square(e)) - e for each in z)

    def slope(self, z: Vector) -> Vector:
        return tuple(each / root(square(each) + square(ball(self.threshold))) for each in z)

    def conjugate(self, y: Vector) -> Any:
        if not all(is_at_most(abs(each), 1) for each in y):
            return None
        return ball(self.threshold) * sum(1 - root((1 - each) * (1 + each)) for each in y)

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(ball(self.threshold) * each / root((1 - each) * (1 + each)) for each in y)


@dataclass(frozen=True)
class PowerNorm(InBalls):
    """K(z) = ‖z‖_p, 1 < p < ∞.  K* is the indicator of ‖y‖_q ≤ 1, 1/p + 1/q = 1."""

    p: Fraction = Fraction(2)

    def value(self, z: Vector) -> Any:
        return _power_norm(z, self.p)

    def slope(self, z: Vector) -> Vector:
        size = self.value(z)
        if size.is_zero():
            return tuple(ball(0) for _ in z)
        return tuple(each / size * _power(abs(each) / size, self.p - 2) if not each.is_zero() else each for each in z)

    def conjugate(self, y: Vector) -> Any:
        return ball(0) if is_at_most(_power_norm(y, self.p / (self.p - 1)), 1) else None

    def conjugate_slope(self, y: Vector) -> Vector:
        """0, which is in ∂K* everywhere on the ball."""
        return tuple(ball(0) for _ in y)


def _power_norm(z: Vector, p: Fraction) -> Any:
    total = sum((_power(abs(each), p) for each in z if not each.is_zero()), ball(0))
    return total if total.is_zero() else _power(total, 1 / p)


def _power(x: Any, exponent: Fraction) -> Any:
    """x^exponent for x > 0; squares and roots apart, so that p = 2 needs no logarithm."""
    if exponent == 2:
        return square(x)
    if exponent == 0:
        return ball(1)
    return root(x) if exponent == Fraction(1, 2) else x ** ball(exponent)
