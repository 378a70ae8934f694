"""The conjugate of a convex function of one variable made of parabolas and lines, compared in rational arithmetic.

It is of the same kind: the polyline {(z, g) : g ∈ ∂f(z)} with its axes exchanged. The functions here have whole numbers
for breakpoints and slopes, and powers of 2 for curvatures, so that float64 has nothing to round and must agree exactly.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ..conjugation import PiecewiseQuadratic
from ._claim import Claim, Measurement, Run, Wrong

Conjugation = Callable[[PiecewiseQuadratic], PiecewiseQuadratic]
Rational = Fraction | float  # a float only for ±inf


@dataclass(frozen=True)
class Pieces:
    """f(z) = az² + bz + c with one (a, b, c) of `pieces` between any two neighbours of `marks`.

    The domain reaches from the first of them to the last, which may be ±inf.
    """

    marks: tuple[Rational, ...]
    pieces: tuple[tuple[Fraction, Fraction, Fraction], ...]

    def function(self) -> PiecewiseQuadratic:
        """In the library's form."""
        low, *inner, high = map(float, self.marks)
        return PiecewiseQuadratic.from_pieces(
            inner, [(float(a), float(b), float(c)) for a, b, c in self.pieces], (low, high)
        )

    def value(self, z: Fraction) -> Rational:
        """f(z)."""
        for (low, high), (a, b, c) in zip(pairwise(self.marks), self.pieces, strict=True):
            if low <= z <= high:
                return a * z * z + b * z + c
        return math.inf

    def conjugate(self, y: Fraction) -> Rational:
        """sup yz − f(z), piece by piece."""
        sections = zip(pairwise(self.marks), self.pieces, strict=True)
        return max(_highest(low, high, piece, y) for (low, high), piece in sections)


def _highest(low: Rational, high: Rational, piece: tuple[Fraction, Fraction, Fraction], y: Fraction) -> Rational:
    """sup yz − az² − bz − c over low ≤ z ≤ high: at the vertex, or at the end that is nearest to it."""
    a, b, c = piece
    best: Rational = (y - b) / (2 * a) if a else math.copysign(math.inf, y - b) if y != b else 0
    z = min(max(best, low), high)
    return math.inf if math.isinf(z) else (y - b) * z - a * z * z - c


def examples(run: Run) -> Sequence[Pieces]:
    """Seeded functions with up to five pieces, on the line, half-lines and bounded intervals."""
    rng = np.random.default_rng(run.seed)
    return [_random(rng) for _ in range(40 if run.is_quick else 400)]


def _random(rng: np.random.Generator) -> Pieces:
    count = int(rng.integers(1, 6))
    inner = [Fraction(int(t)) for t in np.cumsum(rng.integers(1, 5, count + 1)) - 6]
    first: Rational = -math.inf if rng.random() < 0.5 else inner[0]
    last: Rational = math.inf if rng.random() < 0.5 else inner[-1]
    curvatures = [Fraction(0), Fraction(1, 4), Fraction(1), Fraction(2)]
    pieces: list[tuple[Fraction, Fraction, Fraction]] = []
    slope, height = Fraction(int(rng.integers(-6, 1))), Fraction(int(rng.integers(-3, 4)))
    for low, high in pairwise(inner):
        a = curvatures[rng.integers(4)]
        slope += int(rng.integers(0, 3))  # the jump at a kink; at the first mark there is nothing to jump from
        b = slope - 2 * a * low
        pieces.append((a, b, height - a * low * low - b * low))
        height, slope = height + slope * (high - low) + a * (high - low) ** 2, slope + 2 * a * (high - low)
    return Pieces((first, *inner[1:-1], last), tuple(pieces))


def measure(examples: Sequence[Pieces], run: Run, subject: Conjugation) -> Measurement:
    """How many numbers differ: f* where it has corners, between and beyond them, and f** from f, bit by bit."""
    where, count, wrong = None, 0, 0
    for pieces in examples:
        f = pieces.function()
        f_star = subject(f)
        back = subject(f_star)
        # Between corners of a curved piece the middle is a number of few digits; steps of 1/2 past the ends.
        corners = [Fraction(g) for g in f.slopes.tolist()]
        middles = [(g + h) / 2 for g, h in pairwise(corners)]
        ys = [*corners, *middles, corners[0] - Fraction(1, 2), corners[-1] + Fraction(1, 2)]
        errors = [y for y in ys if float(f_star(float(y))) != float(pieces.conjugate(y))]
        is_back = all(np.array_equal(*pair) for pair in ((back.points, f.points), (back.slopes, f.slopes)))
        ends = (back.first, back.last, back.value, back.conjugate_value)
        is_back &= ends == (f.first, f.last, f.value, f.conjugate_value)
        count, wrong = count + len(ys) + 1, wrong + len(errors) + (not is_back)
        if where is None and (errors or not is_back):
            plain = [[str(number) for number in piece] for piece in pieces.pieces]
            marks = [str(mark) for mark in pieces.marks]
            where = {"marks": marks, "pieces": plain, "slopes": [str(y) for y in errors], "f** is f": bool(is_back)}
    return Measurement(float(wrong), 0.0, count, where)


def _scaled(f: PiecewiseQuadratic) -> PiecewiseQuadratic:
    found = f.conjugate()
    return replace(found, value=0.99 * found.value)


def _without_a_corner(f: PiecewiseQuadratic) -> PiecewiseQuadratic:
    found = f.conjugate()
    if len(found.points) < 3:
        return found
    kept = np.arange(len(found.points)) != 1
    return replace(found, points=found.points[kept], slopes=found.slopes[kept])


def _finite_everywhere(f: PiecewiseQuadratic) -> PiecewiseQuadratic:
    """Where f grows along a line f* ends; here it goes on as a line itself."""
    found = f.conjugate()
    return replace(found, last=(1.0, 0.0) if found.last == (0.0, 1.0) else found.last)


def _off_in_the_last_digit(f: PiecewiseQuadratic) -> PiecewiseQuadratic:
    found = f.conjugate()
    return replace(found, value=float(np.nextafter(found.value, math.inf)))


CLAIMS = (
    Claim(
        id="piecewise-conjugate",
        statement=(
            "The conjugate of a convex piecewise linear-quadratic function of one variable is exact where float64 has "
            "nothing to round, +inf outside its domain included, and its conjugate is the function again, bit for bit."
        ),
        source="Rockafellar and Wets, Variational Analysis, Theorem 11.14 and §10.E",
        hypotheses=(),
        observable="number of values of f* that differ from rational arithmetic, and of functions with f** ≠ f",
        tolerance="0: breakpoints and slopes are whole numbers and curvatures powers of 2, so that nothing is rounded.",
        cases=examples,
        measure=measure,
        subject=PiecewiseQuadratic.conjugate,
        wrongs=(
            Wrong("the value at the first corner scaled by 0.99", _scaled),
            Wrong("one corner of the subdifferential left out", _without_a_corner),
            Wrong("no end of the domain on the right", _finite_everywhere),
            Wrong("the value at the first corner off by its last digit", _off_in_the_last_digit),
        ),
        is_exact=True,
    ),
)
