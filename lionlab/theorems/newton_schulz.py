"""How far Newton–Schulz as shipped with Muon leaves the singular values from 1: the exact range, overshoot included.

p rises to x₁, falls to x₂ and rises again: p(x₁) is the largest value on [0, p(x₁)] and p maps that interval into
itself, so that the supremum is p(x₁) after any number of steps.
"""

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._newton_schulz import NUM_STEPS, iterated, preimage

# Between these p is monotone: they bracket x₁ = 0.5545…, where p turns, and x₂ = 1.0501….
TURNS = (Fraction(554_528_790_854, 10**12), Fraction(1_050_136_079_121, 10**12))
DIGITS = Fraction(1, 10**12)


class Point(NamedTuple):
    """A singular value of Z/‖Z‖_F, and how many steps are made."""

    sigma: Fraction
    num_steps: int


class Statement(NamedTuple):
    """The largest value for any number of steps; the ends of the range after five from σ ≥ 1/100. Known to 10⁻¹²."""

    largest: Fraction
    five_lowest: Fraction
    five_highest: Fraction


def points(run: Run) -> list[Point]:
    """A grid of [0, 1], finer near 0, and the points from which the ends are reached."""
    size = 60 if run.is_quick else 200
    grid = [Fraction(n, size) for n in range(size + 1)] + [Fraction(n, 100 * size) for n in range(1, size)]
    found = [Point(sigma, NUM_STEPS) for sigma in [*grid, Fraction(1, 100)]]
    found += [Point(sigma, n) for sigma in grid[:: 5 if run.is_quick else 1] for n in (1, 2, 3)]
    first, second = TURNS
    for n in range(1, NUM_STEPS + 1):
        found.append(Point(pulled_back(first, n - 1), n))
    # x₂ is met once more on the way down from x₁: from there, and from where p(x₂) is reached one step sooner.
    return [*found, Point(pulled_back(preimage(second, first, Fraction(1)), 3), 5), Point(pulled_back(second, 3), 5)]


def pulled_back(value: Fraction, times: int) -> Fraction:
    for _ in range(times):
        value = preimage(value, Fraction(0), TURNS[0])
    return value


def measure(cases: Sequence[Point], run: Run, subject: Statement) -> Measurement:
    """How many points lie outside the stated ranges, and how many stated ends are not reached."""
    outside, where = 0, None
    reached = dict.fromkeys((*((n, "largest") for n in range(1, NUM_STEPS + 1)), (5, "lowest"), (5, "highest")), False)
    for case in cases:
        numerator, denominator = _value(case)

        def is_above(bound: Fraction, top: int = numerator, bottom: int = denominator) -> bool:
            return top * bound.denominator >= bound.numerator * bottom

        is_in = not is_above(subject.largest + DIGITS) and numerator >= 0
        reached[case.num_steps, "largest"] |= is_above(subject.largest)
        if case.num_steps == NUM_STEPS and case.sigma >= Fraction(1, 100):
            is_in &= is_above(subject.five_lowest) and not is_above(subject.five_highest + DIGITS)
            reached[5, "lowest"] |= not is_above(subject.five_lowest + DIGITS)
            reached[5, "highest"] |= is_above(subject.five_highest)
        if not is_in:
            outside += 1
            where = where or {"sigma": str(case.sigma), "steps": case.num_steps, "value": numerator / denominator}
    missed = [f"{name} of {n} steps" for (n, name), found in reached.items() if not found]
    if missed and where is None:
        where = {"not reached": missed}
    return Measurement(float(outside + len(missed)), 0.0, len(cases), where)


@functools.cache
def _value(case: Point) -> tuple[int, int]:
    """p∘…∘p(σ), asked for again by every planted wrong."""
    return iterated(case.sigma, case.num_steps)


def not_normalised(case: Point) -> str | None:
    return None if 0 <= case.sigma <= 1 else f"σ = {float(case.sigma):g} is no singular value of Z/‖Z‖_F."


RIGHT = Statement(
    Fraction(1_202_368_605_163, 10**12), Fraction(681_831_462_177, 10**12), Fraction(1_134_357_264_562, 10**12)
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="newton-schulz-overshoot",
        statement=(
            "With p(σ) = 3.4445σ − 4.775σ³ + 2.0315σ⁵ a singular value can be p(x₁) = 1.202368605163… after any "
            "number ≥ 1 of steps, and no more, x₁ = 0.5545… where p′ = 0; five steps take [0.01, 1] onto "
            "[0.681831462177…, 1.134357264562…]."
        ),
        source="derived here; the polynomial is that of Muon's reference implementation",
        hypotheses=(
            Hypothesis("σ ∈ [0, 1], as after division by the Frobenius norm; exact arithmetic", not_normalised),
        ),
        observable="points outside the stated ranges, and stated ends not reached, in exact rational arithmetic",
        tolerance="none but the digits: a stated end is given by its first 12 decimals and lies less than 1e-12 above",
        cases=points,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("no overshoot", RIGHT._replace(largest=Fraction(1))),
            Wrong("a largest value lower by 1e-12", RIGHT._replace(largest=RIGHT.largest - DIGITS)),
            Wrong("a largest value higher by 1e-12", RIGHT._replace(largest=RIGHT.largest + DIGITS)),
            Wrong("five steps lead to 0.7 at least", RIGHT._replace(five_lowest=Fraction(7, 10))),
            Wrong("five steps lead to 1.2 at most", RIGHT._replace(five_highest=Fraction(6, 5))),
        ),
        is_exact=True,
    ),
)
