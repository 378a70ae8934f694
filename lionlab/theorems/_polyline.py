"""Convex functions of one variable made of straight pieces, in rational arithmetic: values, slopes, conjugates."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Polyline:
    """The convex function with K(0) = 0, the `slopes` k_0 < … < k_n, and `kinks` t_1 < … < t_n between them."""

    kinks: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]

    def __call__(self, z: Fraction) -> Fraction:
        return self._from_the_left(z) - self._from_the_left(Fraction(0))

    def _from_the_left(self, z: Fraction) -> Fraction:
        """A primitive of the slope."""
        jumps = (b - a for a, b in pairwise(self.slopes))
        return self.slopes[0] * z + sum(
            (jump * max(z - t, Fraction(0)) for jump, t in zip(jumps, self.kinks, strict=True)), Fraction(0)
        )

    def subdifferential(self, z: Fraction) -> tuple[Fraction, Fraction]:
        """The least and the largest slope at z."""
        left = sum(t < z for t in self.kinks)
        right = sum(t <= z for t in self.kinks)
        return self.slopes[left], self.slopes[right]

    def dual_points(self, y: Fraction) -> tuple[Fraction, ...]:
        """Elements of ∂K*(y), where there are any: all kinks that have y among their slopes, else none."""
        return tuple(t for t, (low, high) in zip(self.kinks, pairwise(self.slopes), strict=True) if low <= y <= high)

    def conjugate(self, y: Fraction) -> Fraction:
        """K*(y), for y from the first slope to the last."""
        z = self.dual_points(y)[0]
        return z * y - self(z)


ABSOLUTE = Polyline((Fraction(0),), (Fraction(-1), Fraction(1)))


def random_polyline(rng: random.Random) -> Polyline:
    """One to four kinks and slopes of both signs, of small denominators, so that points meet kinks."""
    number = rng.randint(1, 4)
    kinks = sorted(rng.sample([Fraction(n, 4) for n in range(-12, 13)], number))
    slopes = sorted(rng.sample([Fraction(n, 6) for n in range(-18, 19)], number + 1))
    return Polyline(tuple(kinks), tuple(slopes))


def some_number(rng: random.Random) -> Fraction:
    """A quarter, or a smaller part, of a small integer."""
    return Fraction(rng.randint(-16, 16), rng.choice((4, 4, 7, 60)))


def some_slope(rng: random.Random, K: Polyline, z: Fraction) -> Fraction:
    """An element of ∂K(z): either end, or between."""
    low, high = K.subdifferential(z)
    return low + rng.choice((Fraction(0), Fraction(1), Fraction(1, 3))) * (high - low)


def some_conjugate_slope(rng: random.Random, K: Polyline, y: Fraction) -> Fraction:
    """An element of ∂K*(y)."""
    points: Sequence[Fraction] = K.dual_points(y)
    return rng.choice(points)
