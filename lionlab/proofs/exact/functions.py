"""K and K* in fractions, for every K of the theory that takes rational numbers to rational numbers.

    ‖z‖₁, dead zone Σ max(|z_i|−e, 0), Huber, ½s‖z‖², the sum of the k largest |z_i| (‖z‖∞ for k = 1)

A vector is a tuple of fractions. K*(y) is None outside dom K*. Each K names the element of ∂K(z) it takes at a kink,
0 where that is one, the first entries at a tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

Vector = tuple[Any, ...]
ZERO, ONE = Fraction(0), Fraction(1)


class ConvexPair(Protocol):
    """K and K* over one kind of numbers, made from a float by `number`."""

    def number(self, value: Any) -> Any:
        """A float or a fraction as a number of this kind, nothing lost."""

    def value(self, z: Vector) -> Any:
        """K(z)."""

    def slope(self, z: Vector) -> Vector:
        """An element of ∂K(z)."""

    def conjugate(self, y: Vector) -> Any:
        """K*(y), None outside dom K*."""

    def conjugate_slope(self, y: Vector) -> Vector:
        """An element of ∂K*(y), y in dom K* and ∂K*(y) not empty."""


def sign(value: Any) -> int:
    """−1, 0 or 1."""
    return (value > 0) - (value < 0)


def clipped(value: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return min(max(value, low), high)


class Rational:
    """Numbers are fractions: every float is one."""

    def number(self, value: Any) -> Fraction:
        return Fraction(value)


class InBox(Rational):
    """dom K* = {‖y‖∞ ≤ 1}, K* a sum over the entries."""

    def penalty(self, y: Vector) -> Fraction:
        """K* inside the box."""
        raise NotImplementedError

    def conjugate(self, y: Vector) -> Fraction | None:
        return self.penalty(y) if all(abs(each) <= 1 for each in y) else None

    def nearest(self, y: Vector) -> Vector:
        """The point of dom K* next to y."""
        return tuple(clipped(each, -ONE, ONE) for each in y)


@dataclass(frozen=True)
class DeadZone(InBox):
    """K(z) = Σ max(|z_i| − e, 0), e = `threshold` ≥ 0: ‖z‖₁ at e = 0.  K*(y) = e‖y‖₁."""

    threshold: Fraction = ZERO

    def value(self, z: Vector) -> Fraction:
        return sum((max(abs(each) - self.threshold, ZERO) for each in z), ZERO)

    def slope(self, z: Vector) -> Vector:
        return tuple(Fraction(sign(each)) if abs(each) > self.threshold else ZERO for each in z)

    def penalty(self, y: Vector) -> Fraction:
        return self.threshold * sum(map(abs, y), ZERO)

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(self.threshold * sign(each) for each in y)


@dataclass(frozen=True)
class Huber(InBox):
    """K(z) = Σ h(z_i), h(z) = z²/(2e) up to |z| = e = `threshold` and |z| − e/2 beyond.  K*(y) = (e/2)‖y‖²."""

    threshold: Fraction

    def value(self, z: Vector) -> Fraction:
        e = self.threshold
        return sum((each**2 / (2 * e) if abs(each) <= e else abs(each) - e / 2 for each in z), ZERO)

    def slope(self, z: Vector) -> Vector:
        return tuple(clipped(each / self.threshold, -ONE, ONE) for each in z)

    def penalty(self, y: Vector) -> Fraction:
        return self.threshold / 2 * sum((each**2 for each in y), ZERO)

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(self.threshold * each for each in y)


@dataclass(frozen=True)
class Square(Rational):
    """K(z) = (s/2)‖z‖², s = `scale` > 0.  K*(y) = ‖y‖²/(2s), finite everywhere."""

    scale: Fraction = ONE

    def value(self, z: Vector) -> Fraction:
        return self.scale / 2 * sum((each**2 for each in z), ZERO)

    def slope(self, z: Vector) -> Vector:
        return tuple(self.scale * each for each in z)

    def conjugate(self, y: Vector) -> Fraction:
        return sum((each**2 for each in y), ZERO) / (2 * self.scale)

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(each / self.scale for each in y)

    def nearest(self, y: Vector) -> Vector:
        return y


@dataclass(frozen=True)
class TopK(Rational):
    """K(z) = the sum of the k largest |z_i|.  K* is the indicator of ‖y‖∞ ≤ 1, ‖y‖₁ ≤ k."""

    k: int

    def _largest(self, z: Vector) -> list[int]:
        return sorted(range(len(z)), key=lambda i: -abs(z[i]))[: self.k]  # stable: the first ones at a tie

    def value(self, z: Vector) -> Fraction:
        return sum((abs(z[i]) for i in self._largest(z)), ZERO)

    def slope(self, z: Vector) -> Vector:
        kept = set(self._largest(z))
        return tuple(Fraction(sign(each)) if i in kept else ZERO for i, each in enumerate(z))

    def conjugate(self, y: Vector) -> Fraction | None:
        return ZERO if all(abs(each) <= 1 for each in y) and sum(map(abs, y)) <= self.k else None

    def conjugate_slope(self, y: Vector) -> Vector:
        return tuple(ZERO for _ in y)

    def nearest(self, y: Vector) -> Vector:
        """sign(y_i)·clip(|y_i| − τ, 0, 1) with the least τ ≥ 0 whose sum is at most k.

        The sum falls with τ, linearly between the numbers |y_i| and |y_i| − 1.
        """

        def lowered(tau: Fraction) -> list[Fraction]:
            return [clipped(abs(each) - tau, ZERO, ONE) for each in y]

        tau = ZERO
        if sum(lowered(tau)) > self.k:
            bends = sorted({ZERO, *(b for each in y for b in (abs(each), abs(each) - 1) if b > 0)})
            after = next(i for i, bend in enumerate(bends) if sum(lowered(bend)) <= self.k)
            low, high = bends[after - 1], bends[after]
            above, below = sum(lowered(low), ZERO), sum(lowered(high), ZERO)
            tau = low + (above - self.k) * (high - low) / (above - below)
        return tuple(sign(each) * size for each, size in zip(y, lowered(tau), strict=True))


def inner(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """⟨left, right⟩."""
    return sum((a * b for a, b in zip(left, right, strict=True)), ZERO * 0 if not left else left[0] * 0)
