"""How much H must be allowed to rise, once K has been dealt with: a formula for a problem in three vectors.

For a bracket of weight q, convexity of K leaves of the change of H a multiple ω of ⟨s, V⟩ (s = m + ∇f(x), V the motion)
with ω in a range that a linear program finds. With d = ∇f(x⁺) − ∇f(x) and in units L = η = 1 the rest is

    ω⟨s, V⟩ + ½⟨d, V⟩ + ¼‖V‖² − ¼‖d‖² + r(‖β2 s + d‖² − ‖s‖²) ≤ rise·‖V‖²       for ‖d‖ ≤ ‖V‖.

Maximised over s it is ω²/(4rD) + ⟨d, V⟩(½ + ωβ2/D) + ‖d‖²(r/D − ¼) + ¼ at ‖V‖ = 1, D = 1−β2²: d is a multiple of V.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


class Worst(NamedTuple):
    """The least rise, and where it is needed: s = `lead`·V, d = `turn`·V.

    `balance` ≥ 0 is the weight of the inequality (‖V‖² − ‖d‖²)/2 ≥ 0 in the proof.
    """

    rise: Fraction
    lead: Fraction
    turn: Fraction
    balance: Fraction


def least_rise(omega: Fraction, square: Fraction, beta2: Fraction) -> Worst | None:
    """The least rise for ω and the weight r = `square`; None where none suffices."""
    zero = Fraction(0)
    if square < 0 or (square == 0 and omega != 0):
        return None
    if square == 0:
        return Worst(HALF, zero, Fraction(1), zero)
    D = 1 - beta2**2
    b, bend = HALF + omega * beta2 / D, square / D - QUARTER
    turn = Fraction(1 if b >= 0 else -1) if abs(b) + 2 * bend >= 0 else b / (-2 * bend)
    lead = (omega + 2 * square * beta2 * turn) / (2 * square * D)
    rise = omega**2 / (4 * square * D) + b * turn + bend * turn**2 + QUARTER
    # Where ‖d‖ < ‖V‖ the inequality is not used; elsewhere its weight is what makes the place stationary in d.
    balance = 2 * ((square * beta2 * lead + QUARTER) / turn + square - QUARTER) if abs(turn) == 1 else zero
    return Worst(rise, lead, turn, balance)


def best_square(omega: Fraction) -> Fraction:
    """The r that needs the least rise: |ω|/2.

    Then the rise is ½ + ω/(1−β2) for ω ≥ 0, else the larger of ½ + |ω|/(1+β2) and |ω|/(1−β2) − ½. No r needs less: with
    d = V and s = V/(1−β2) or −V/(1+β2), or d = −V and s = −V/(1−β2), the term of r vanishes and these remain.
    """
    return abs(omega) / 2


def best_omega(low: Fraction | None, high: Fraction | None, square: Fraction | None, beta2: Fraction) -> Fraction:
    """The ω of a range (None: unbounded) that needs the least rise, for a given r or (None) the best one.

    The rise is convex in ω. For the best r it is least at 0; for a given one, of pieces that are quadratic or linear,
    so that it is least at an end, where two pieces meet, or where the slope of one vanishes.
    """

    def clipped(omega: Fraction) -> Fraction:
        if low is not None and omega < low:
            return low
        return high if high is not None and omega > high else omega

    if square is None or square <= 0:
        return clipped(Fraction(0))
    found = [clipped(omega) for omega in _stationary(square, beta2)]
    return min(found, key=lambda omega: _value(omega, square, beta2))


def _value(omega: Fraction, square: Fraction, beta2: Fraction) -> Fraction:
    worst = least_rise(omega, square, beta2)
    if worst is None:
        raise ArithmeticError("a positive weight of the square always has a least rise.")
    return worst.rise


def _stationary(square: Fraction, beta2: Fraction) -> Iterator[Fraction]:
    D = 1 - beta2**2
    bend = square / D - QUARTER
    yield Fraction(0)
    yield from (2 * square * beta2, -2 * square * beta2)
    if beta2 > 0:
        yield from ((b - HALF) * D / beta2 for b in (Fraction(0), 2 * bend, -2 * bend))
    if (slope := bend / square - beta2**2 / D) != 0:
        yield beta2 / 2 / slope
