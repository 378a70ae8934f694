"""Near a fixed point: K = (κ/2)z², f of curvature a, one dimension, where all of a step is a polynomial.

At rest λx = κm and ∇f(x) = −m. A small deviation ε of (x, m) moves x by a multiple of ε, so that ‖x⁺−x‖² is of the
order ε², and a change of H of the order ε, for one sign of ε upward, exceeds every multiple of it. H can only fall
for all κ, a and deviations if its gradient vanishes at every fixed point. For the weights of `replay.Weights` and a
quadratic form Q in (λx, m, ∇f) that says: momentum = product = q, conjugate = q + loss/λ, and Q = r(m + ∇f)².
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

from .replay import Weights
from .step import Method

Form = Mapping[tuple[str, str], Any]
"""Coefficients of ⟨a, b⟩ for pairs of the names "y" (λx), "m", "g" (∇f)."""


@dataclass(frozen=True)
class Deviation:
    """A step from near the fixed point m = 1, λx = κ, ∇f(x) = −1: from (x + size·ξ, m + size·μ)."""

    method: Method
    bend: Fraction
    curvature: Fraction
    direction: tuple[Fraction, Fraction]
    weights: Weights = field(default_factory=Weights)
    form: Form = field(default_factory=dict)

    def change(self, size: Fraction) -> tuple[Fraction, Fraction]:
        """(H(x⁺,m⁺) − H(x,m), (x⁺−x)²), exactly."""
        k, kappa = self.method, self.bend
        x, m = (size * part for part in self.direction)  # deviations
        g = self.curvature * x
        m_tilde = k.beta1 * m - (1 - k.beta1) * g
        x_next = (x + k.step_size * kappa * m_tilde) / (1 + k.step_size * k.weight_decay)
        m_next = k.beta2 * m - (1 - k.beta2) * g
        return self._H(x_next, m_next) - self._H(x, m), (x_next - x) ** 2

    def slope(self) -> Fraction:
        """The change of H per unit of size at size 0: two values of a polynomial of degree 2 without constant term."""
        return 2 * self.change(Fraction(1))[0] - self.change(Fraction(2))[0] / 2

    def reversed(self) -> "Deviation":
        """The opposite deviation."""
        return replace(self, direction=(-self.direction[0], -self.direction[1]))

    def refuting_size(self, rise: Any) -> Fraction:
        """A size at which H rises by more than rise·(x⁺−x)²; asks for a positive `slope`."""
        size = Fraction(1)
        while True:
            change, square = self.change(size)
            if change > rise * square:
                return size
            size /= 2

    def _H(self, x: Fraction, m: Fraction) -> Fraction:
        """H less a constant, from deviations."""
        one, kappa = self.weights, self.bend
        f = -x + self.curvature * x**2 / 2
        y, m, g = kappa + self.method.weight_decay * x, 1 + m, -1 + self.curvature * x
        vectors = {"y": y, "m": m, "g": g}
        square = sum((weight * vectors[a] * vectors[b] for (a, b), weight in self.form.items()), Fraction(0))
        return Fraction(
            one.loss * f + one.conjugate * y**2 / (2 * kappa) + one.momentum * kappa * m**2 / 2
            - one.product * y * m + one.square * (m + g) ** 2 + square
        )  # fmt: skip

    def record(self, rise: Any) -> dict[str, Any]:
        """The step as exact text."""
        size = self.refuting_size(rise)
        change, square = self.change(size)
        return {
            "method": {name: str(number) for name, number in self.method._asdict().items()},
            "K": f"({self.bend}/2) z^2",
            "f": f"-(x - x0) + ({self.curvature}/2)(x - x0)^2 with x0 = {self.bend / self.method.weight_decay}",
            "x - x0": str(size * self.direction[0]),
            "m - 1": str(size * self.direction[1]),
            "change of H": str(change),
            "(x+ - x)^2": str(square),
            "claimed rise / (x+ - x)^2": str(rise),
        }


def refutation(method: Method, weights: Weights) -> Deviation | None:
    """A deviation along which H rises at first order; None where there is none among `candidates`."""
    for candidate in candidates(method):
        one = replace(candidate, weights=weights)
        slope = one.slope()
        if slope != 0:
            return one if slope > 0 else one.reversed()
    return None


def candidates(method: Method) -> Iterator[Deviation]:
    """κ = 1, 2, 3, the curvatures 0 and ±L, and both coordinates.

    As H is linear in its weights and quadratic in the state, the first-order changes along these say as much of its
    weights as those along all deviations from all fixed points.
    """
    zero, unit, L = Fraction(0), Fraction(1), Fraction(method.smoothness)
    for bend, curvature, direction in product((1, 2, 3), (zero, L, -L), ((unit, zero), (zero, unit))):
        yield Deviation(method, Fraction(bend), curvature, direction)
