"""Linear algebra in fractions, as far as a certificate needs it: nothing is rounded."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Matrix = list[list[Fraction]]


def is_positive_semidefinite(matrix: Sequence[Sequence[Any]]) -> bool:
    """Whether xᵀAx ≥ 0 for all x, by symmetric elimination: pivots ≥ 0, and where one is 0 its row is 0."""
    rest = [[Fraction(entry) for entry in row] for row in matrix]
    while rest:
        (pivot, *row), below = rest[0], [line[1:] for line in rest[1:]]
        if pivot < 0 or (pivot == 0 and any(row)):
            return False
        if pivot > 0:
            below = [[entry - a * b / pivot for entry, b in zip(line, row, strict=True)]
                for line, a in zip(below, row, strict=True)]  # fmt: skip
        rest = below
    return True


def solution_near(rows: Matrix, right: Sequence[Fraction], near: Sequence[Fraction]) -> list[Fraction] | None:
    """A solution λ of rows·λ = right that differs from `near` by little, and not where `near` is 0; None if none is.

    The entries that are not 0 are corrected by the least change, λ = near + Dᵀ(DDᵀ)⁻¹(right − rows·near).
    """
    active = [j for j, number in enumerate(near) if number != 0]
    lines = [[row[j] for j in active] for row in rows]
    off = [b - _product(row, near) for row, b in zip(rows, right, strict=True)]
    weights = solved([[_product(one, other) for other in lines] for one in lines], off)
    if weights is None:
        return None
    found = list(near)
    for j, column in zip(active, zip(*lines, strict=True), strict=True):
        found[j] += _product(column, weights)
    return found


def _product(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def solved(matrix: Matrix, right: Sequence[Fraction]) -> list[Fraction] | None:
    """One solution of a square system, by Gauss–Jordan elimination, free unknowns 0; None if there is none."""
    size = len(matrix)
    lines = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    pivots: list[int] = []
    for column in range(size):
        place = len(pivots)
        at = next((i for i in range(place, size) if lines[i][column]), None)
        if at is None:
            continue
        lines[place], lines[at] = lines[at], lines[place]
        lines[place] = [entry / lines[place][column] for entry in lines[place]]
        for i, line in enumerate(lines):
            if i != place and line[column]:
                lines[i] = [a - line[column] * b for a, b in zip(line, lines[place], strict=True)]
        pivots.append(column)
    if any(line[-1] for line in lines[len(pivots) :]):
        return None
    found = [Fraction(0)] * size
    for line, column in zip(lines, pivots, strict=False):
        found[column] = line[-1]
    return found
