"""Arb balls without their traps: a square that is never NaN, a root that may touch 0, ends that are fractions.

A ball is a midpoint and a radius that hold the true value whatever was rounded on the way. Two operations of Arb 2
answer NaN where a reader expects a ball: `x**2` when the midpoint is exactly 0, `sqrt` when the ball touches 0.
NaN is no lie (it holds everything), but it decides nothing.
"""

import functools
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

BITS = 256  # of every midpoint: sums of states stored in 53 bits are then decided far below their last digit


def precision(bits: int = BITS) -> AbstractContextManager[None]:
    """A scope in which balls are computed to so many bits; the setting is as before on leaving it."""
    from flint import ctx

    found: AbstractContextManager[None] = ctx.workprec(bits)
    return found


def ball(value: Any) -> Any:
    """A float exactly, a fraction to the precision of the scope, a ball as it is."""
    arb, fmpq = _kinds()
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    return value if isinstance(value, arb) else arb(value)


@functools.cache
def _kinds() -> tuple[Any, Any]:
    """Balls and fractions, imported once: a million balls are made, and an import costs more than a ball."""
    from flint import arb, fmpq

    return arb, fmpq


def interval(low: Fraction, high: Fraction) -> Any:
    """A ball that holds [low, high]."""
    return ball(low).union(ball(high))


def square(x: Any) -> Any:
    """x², as a product: at a midpoint of 0 the power is NaN."""
    return x * x


def root(x: Any) -> Any:
    """√x of an x known to be ≥ 0, of which its ball need not know: what lies below 0 is left out."""
    from flint import arb

    zero = arb(0)
    if not x.upper() >= 0:
        return arb("nan")  # no number ≥ 0 in it, or NaN already
    return x.lower().max(zero).sqrt().union(x.upper().max(zero).sqrt())


def ends(x: Any) -> tuple[Fraction, Fraction]:
    """The two ends of a finite ball, as the fractions they are.

    **Raises:** `ValueError` for a ball that is not finite.
    """
    if not x.is_finite():
        raise ValueError(f"{x} has no ends.")
    return _fraction(x.lower()), _fraction(x.upper())


def _fraction(exact: Any) -> Fraction:
    mantissa, exponent = exact.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
