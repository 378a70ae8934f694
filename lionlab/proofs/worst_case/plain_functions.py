"""Convex functions of one variable that rational arithmetic knows exactly, to break false statements with."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

Number = Fraction | int


@dataclass(frozen=True)
class PiecewiseLinear:
    """A convex piecewise linear K with K(0) = 0: increasing `kinks`, and the `slopes` around them, one more."""

    kinks: tuple[Fraction, ...]
    slopes: tuple[Fraction, ...]

    def __call__(self, z: Number) -> Fraction:
        """K(z), the integral of the slope from 0."""
        low, high = min(z, 0), max(z, 0)
        inside = [kink for kink in self.kinks if low < kink < high]
        parts = pairwise([Fraction(low), *inside, Fraction(high)])
        total = sum(((b - a) * self.subgradients((a + b) / 2)[0] for a, b in parts), Fraction(0))
        return total if z >= 0 else -total

    def subgradients(self, z: Number) -> tuple[Fraction, Fraction]:
        """The ends of ∂K(z)."""
        return self.slopes[sum(kink < z for kink in self.kinks)], self.slopes[sum(kink <= z for kink in self.kinks)]

    def has_finite_conjugate(self, y: Number) -> bool:
        return self.slopes[0] <= y <= self.slopes[-1]

    def conjugate(self, y: Number) -> Fraction:
        """K*(y) = max over the kinks of zy − K(z), where it is finite."""
        return max(kink * y - self(kink) for kink in self.kinks)

    def conjugate_subgradients(self, y: Number) -> list[Fraction]:
        """The kinks z with y ∈ ∂K(z)."""
        return [kink for kink in self.kinks if kink * y - self(kink) == self.conjugate(y)]

    def __str__(self) -> str:
        return f"K' = {', '.join(map(str, self.slopes))} with kinks at {', '.join(map(str, self.kinks))}, K(0) = 0"


def piecewise_linear(kinks: tuple[Number, ...], slopes: tuple[Number, ...]) -> PiecewiseLinear:
    return PiecewiseLinear(tuple(map(Fraction, kinks)), tuple(map(Fraction, slopes)))


HALF = Fraction(1, 2)
ABSOLUTE = piecewise_linear((0,), (-1, 1))
DEAD_ZONE = piecewise_linear((-1, 1), (-1, 0, 1))
# All are least at 0, so that they also serve where λ = 0.
FUNCTIONS = (
    ABSOLUTE,
    DEAD_ZONE,
    piecewise_linear((-1, 0, 1), (-1, -HALF, HALF, 1)),
    piecewise_linear((0, 1), (0, HALF, 1)),
)


class Scene(NamedTuple):
    """A function, constants and a state, exactly: entries of the named vectors, the named values, and what they are."""

    vectors: dict[str, tuple[Fraction, ...]]
    values: dict[str, Fraction]
    said: dict[str, str]
