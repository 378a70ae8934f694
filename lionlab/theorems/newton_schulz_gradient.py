"""Newton–Schulz as shipped with Muon is the gradient of no convex function: two matrices it does not order.

∇K of a convex K is monotone: ⟨∇K(A) − ∇K(B), A − B⟩ ≥ 0. Small singular values are taken above large ones, 1.2015… from
0.004 against 0.6964… from 1, and O(tZ) = O(Z) lets the second matrix be as small as one likes.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._newton_schulz import CUBIC, SHIPPED, Scaled, orthogonalised

Matrix = tuple[tuple[Fraction, ...], ...]
DIGITS = Fraction(1, 10**12)


class Pair(NamedTuple):
    """Two matrices."""

    A: Matrix
    B: Matrix


class Statement(NamedTuple):
    """O, and the first 12 decimals of ⟨O(A) − O(B), A − B⟩."""

    direction: Callable[[Matrix], Scaled]
    product: Fraction


def diagonal(first: Fraction, second: Fraction) -> Matrix:
    return (first, Fraction(0)), (Fraction(0), second)


def rotated(matrix: Matrix, left: tuple[int, int, int], right: tuple[int, int, int]) -> Matrix:
    """R·Z·Sᵀ with the rotations of two Pythagorean triples (p, q, r): ⟨·, ·⟩ stays, and O(RZSᵀ) = R·O(Z)·Sᵀ."""
    (r, s) = (((Fraction(p, n), Fraction(-q, n)), (Fraction(q, n), Fraction(p, n))) for p, q, n in (left, right))
    first = [[sum(r[i][k] * matrix[k][j] for k in (0, 1)) for j in (0, 1)] for i in (0, 1)]
    return tuple(tuple(Fraction(sum(first[i][k] * s[j][k] for k in (0, 1))) for j in (0, 1)) for i in (0, 1))


# ‖B‖_F = 10⁻³ because 1000² + 249999² = 250001²; B is 10⁻³·diag(0.004, 1) but for a relative 10⁻⁵.
PAIR = Pair(diagonal(Fraction(1), Fraction(0)), diagonal(Fraction(1, 250_001), Fraction(249_999, 250_001_000)))


def pairs(run: Run) -> list[Pair]:
    """The pair, and the same seen in turned bases."""
    turns = [((3, 4, 5), (5, 12, 13)), ((8, 15, 17), (-3, 4, 5))][: 1 if run.is_quick else 2]
    return [PAIR, *(Pair(rotated(PAIR.A, *turn), rotated(PAIR.B, *turn)) for turn in turns)]


def product(pair: Pair, direction: Callable[[Matrix], Scaled]) -> tuple[int, int]:
    """⟨O(A) − O(B), A − B⟩ as numerator and denominator."""
    (a_rows, a_scale), (b_rows, b_scale) = direction(pair.A), direction(pair.B)
    common = 1
    entries = [x - y for rows in zip(*pair, strict=True) for x, y in zip(*rows, strict=True)]
    for entry in entries:
        common *= entry.denominator
    weights = [int(entry * common) for entry in entries]
    flat_a, flat_b = ([entry for row in rows for entry in row] for rows in (a_rows, b_rows))
    total = sum(w * (x * b_scale - y * a_scale) for w, x, y in zip(weights, flat_a, flat_b, strict=True))
    return total, common * a_scale * b_scale


def measure(cases: Sequence[Pair], run: Run, subject: Statement) -> Measurement:
    """In how many pairs the product is another than stated, or not negative."""
    wrong, where = 0, None
    for pair in cases:
        top, bottom = product(pair, subject.direction)
        low = subject.product.numerator * bottom <= top * subject.product.denominator
        high = (subject.product + DIGITS).numerator * bottom > top * (subject.product + DIGITS).denominator
        if not (low and high and top < 0):
            wrong += 1
            where = where or {"product": top / bottom, "A": [[str(v) for v in row] for row in pair.A]}
    return Measurement(float(wrong), 0.0, len(cases), where)


def shipped(matrix: Matrix) -> Scaled:
    return orthogonalised(matrix, SHIPPED)


def polar(matrix: Matrix) -> Scaled:
    """The exact polar factor of a 2×2 matrix, (Z + sign(det Z) cof Z) over its size, where that is rational."""
    (a, b), (c, d) = matrix
    determinant = a * d - b * c
    side = (determinant > 0) - (determinant < 0)
    rows = [[a + side * d, b - side * c], [c - side * b, d + side * a]]
    square = sum((entry**2 for row in rows for entry in row), Fraction(0)) / (2 if side else 1)
    common = 1
    for row in rows:
        for entry in row:
            common *= entry.denominator
    scale = square * common**2
    return [[int(entry * common) for entry in row] for row in rows], math.isqrt(int(scale))


RIGHT = Statement(shipped, Fraction(-504_378_636_854, 10**12))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="newton-schulz-is-no-gradient",
        statement=(
            "Five shipped Newton–Schulz steps O are ∇K of no convex K: ⟨O(A) − O(B), A − B⟩ = −0.504378… < 0 for "
            "A = diag(1, 0), B = diag(1/250001, 249999/250001000), about 10⁻³·diag(0.004, 1)."
        ),
        source="derived here; for Muon as Lion-K see arXiv 2506.15054",
        hypotheses=(Hypothesis("exact arithmetic"),),
        observable="pairs, the two matrices in several bases, whose product is not the stated one or not negative",
        tolerance="none but the digits: the product is the stated one or up to 1e-12 above",
        cases=pairs,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("the exact polar factor", RIGHT._replace(direction=polar)),
            Wrong("Newton and Schulz's own cubic", RIGHT._replace(direction=lambda z: orthogonalised(z, CUBIC))),
            Wrong("a product larger by 1e-12", RIGHT._replace(product=RIGHT.product + DIGITS)),
            Wrong("−4.7749 for −4.7750", RIGHT._replace(direction=lambda z: orthogonalised(z, (34445, -47749, 20315)))),
        ),
        is_exact=True,
    ),
)  # fmt: skip
