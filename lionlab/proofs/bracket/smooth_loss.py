"""What an L-smooth loss adds to the question of `step.py`: two inequalities, and a square in s, V and d that is left.

d = ∇f(x⁺) − ∇f(x). Units are those of `step.py`, L = η = 1.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..gram import Expression, Key, Vector, value, vector

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
SQUARE = ("V", "d", "s")


def interpolations(g: Vector) -> dict[str, Expression]:
    """What an L-smooth f can be between x and x⁺, in units L = η = 1: both are ≥ 0. "f" is f(x⁺) − f(x)."""
    V, d = vector("V"), vector("d")
    room = QUARTER * (V @ V) - QUARTER * (d @ d)
    rise = g @ V + HALF * (d @ V)
    return {"f at x+": room - value("f") + rise, "f at x": room + value("f") - rise}


def is_square(key: Key) -> bool:
    """Whether a key is an inner product of two of s, V and d."""
    return isinstance(key, tuple) and set(key) <= set(SQUARE)


def square_of(one: Expression) -> list[list[Fraction]]:
    """The symmetric matrix of the square part, rows and columns in the order of `SQUARE`."""
    return [[_entry(one, a, b) for b in SQUARE] for a in SQUARE]


def square_times(one: Expression, name: str, vector: Mapping[str, Fraction]) -> Fraction:
    """The entry `name` of the square part times a vector."""
    return sum((_entry(one, name, other) * number for other, number in vector.items()), Fraction(0))


def _entry(one: Expression, a: str, b: str) -> Fraction:
    factor = Fraction(one[(min(a, b), max(a, b))])
    return factor if a == b else factor / 2


def is_positive_semidefinite(matrix: Sequence[Sequence[Fraction]]) -> bool:
    """Whether no vector v has ⟨v, matrix v⟩ < 0. Exact for fractions.

    A pivot must not be negative, and a pivot 0 must have a row of zeros; what is left after each is eliminated in turn.
    """
    left = [list(row) for row in matrix]
    while left:
        pivot, row = left[0][0], left[0][1:]
        if pivot < 0 or (pivot == 0 and any(row)):
            return False
        left = [
            [entry - (row[i] * row[j] / pivot if pivot else 0) for j, entry in enumerate(line[1:])]
            for i, line in enumerate(left[1:])
        ]
    return True
