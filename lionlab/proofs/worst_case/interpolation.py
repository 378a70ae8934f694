"""What values and slopes at a few points can be: the inequalities between samples of one function.

Samples belong to some convex function exactly if `convex` is ≥ 0 for every ordered pair; to some L-smooth one if
`smooth` is; to some convex L-smooth one if `smooth_convex` is (Taylor, Hendrickx & Glineur 2017, Theorem 4 and 6).
That they hold is what a proof needs; that they suffice is what makes a worst case a function.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from ..gram import Expression, Vector

HALF = Fraction(1, 2)


class Sample(NamedTuple):
    """A function at one point: where, a subgradient there, and the value."""

    point: Vector
    slope: Vector
    value: Expression


def remainder(there: Sample, here: Sample) -> Expression:
    """The Bregman remainder D(there; here): value there, less the tangent from here."""
    return there.value - here.value - here.slope @ (there.point - here.point)


def convex(there: Sample, here: Sample) -> Expression:
    """≥ 0 for convex functions: the subgradient inequality."""
    return remainder(there, here)


def square(vector: Vector) -> Expression:
    """‖v‖²."""
    return vector @ vector


def smooth(there: Sample, here: Sample, L: Any) -> Expression:
    """≥ 0 for L-smooth functions, convex or not."""
    d, e = there.point - here.point, there.slope - here.slope
    return (
        there.value - here.value - HALF * ((here.slope + there.slope) @ d)
        - 1 / (4 * L) * square(e) + L / 4 * square(d)
    )  # fmt: skip


def smooth_convex(there: Sample, here: Sample, L: Any) -> Expression:
    """≥ 0 for convex L-smooth functions."""
    return remainder(there, here) - 1 / (2 * L) * square(there.slope - here.slope)


def weakly_convex(there: Sample, here: Sample, rho: Any) -> Expression:
    """≥ 0 where f + (ρ/2)‖·‖² is convex."""
    return remainder(there, here) + rho / 2 * square(there.point - here.point)


def monotone(one: Sample, other: Sample) -> Expression:
    """⟨slope − slope′, point − point′⟩: the sum of `convex` both ways, in which the values cancel."""
    return (one.slope - other.slope) @ (one.point - other.point)


def conjugate_value(sample: Sample) -> Expression:
    """K*(slope) = ⟨point, slope⟩ − K(point), for the slope is a subgradient at the point."""
    return sample.point @ sample.slope - sample.value


def fenchel_young(value: Expression, point: Vector, conjugate: Expression, slope: Vector) -> Expression:
    """K(z) + K*(y) − ⟨z, y⟩, ≥ 0 by the definition of K* as a supremum."""
    return value + conjugate - point @ slope
