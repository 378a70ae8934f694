"""The quintic of Muon's Newton–Schulz iteration as it is shipped, on exact numbers.

    p(σ) = 3.4445σ − 4.7750σ³ + 2.0315σ⁵        on each singular value of Z/‖Z‖_F, five times

Numbers are kept as integers over one denominator: common factors are never sought, which for numbers of this length
would take most of the time.
"""

from collections.abc import Sequence
from fractions import Fraction

SHIPPED = (34445, -47750, 20315)  # over 10⁴
CUBIC = (15000, -5000, 0)  # Newton and Schulz's own, (3σ − σ³)/2
NUM_STEPS = 5

# Entries over a common denominator.
Scaled = tuple[Sequence[Sequence[int]], int]


def polynomial(value: Fraction, coefficients: tuple[int, int, int] = SHIPPED) -> Fraction:
    a, b, c = coefficients
    return (a * value + b * value**3 + c * value**5) / 10**4


def iterated(value: Fraction, num_steps: int, coefficients: tuple[int, int, int] = SHIPPED) -> tuple[int, int]:
    """p∘…∘p(σ) as numerator and denominator."""
    (n, d), (a, b, c) = (value.numerator, value.denominator), coefficients
    for _ in range(num_steps):
        n_square, d_square = n * n, d * d
        d_fourth = d_square * d_square
        n, d = n * (a * d_fourth + n_square * (b * d_square + c * n_square)), 10**4 * d * d_fourth
    return n, d


def orthogonalised(matrix: Sequence[Sequence[Fraction]], coefficients: tuple[int, int, int] = SHIPPED) -> Scaled:
    """O(Z) for a matrix whose Frobenius norm is rational."""
    square = sum((entry**2 for row in matrix for entry in row), Fraction(0))
    norm = Fraction(_root(square.numerator), _root(square.denominator))
    common = 1
    for row in matrix:
        for entry in row:
            common = common * (entry / norm).denominator
    rows = [[int(entry / norm * common) for entry in row] for row in matrix]
    return _iterated((rows, common), NUM_STEPS, coefficients)


def floor(numerator: int, denominator: int, digits: int) -> Fraction:
    """The largest number of so many decimal digits that is not above."""
    return Fraction(numerator * 10**digits // denominator, 10**digits)


def preimage(value: Fraction, left: Fraction, right: Fraction, bits: int = 100) -> Fraction:
    """σ in [left, right] with p(σ) = value to 2⁻ᵇⁱᵗˢ of the interval, p being monotone there."""
    is_rising = polynomial(left) < polynomial(right)
    for _ in range(bits):
        middle = (left + right) / 2
        if (polynomial(middle) < value) == is_rising:
            left = middle
        else:
            right = middle
    return left


def _iterated(matrix: Scaled, num_steps: int, coefficients: tuple[int, int, int]) -> Scaled:
    (rows, denominator), (a, b, c) = matrix, coefficients
    for _ in range(num_steps):
        gram = _product(rows, [list(column) for column in zip(*rows, strict=True)])
        third = _product(gram, rows)
        fifth = _product(gram, third)
        square = denominator**2
        rows = [
            [a * x * square**2 + b * y * square + c * z for x, y, z in zip(*lines, strict=True)]
            for lines in zip(rows, third, fifth, strict=True)
        ]
        denominator = 10**4 * denominator * square**2
    return rows, denominator


def _product(left: Sequence[Sequence[int]], right: Sequence[Sequence[int]]) -> list[list[int]]:
    columns = list(zip(*right, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in left]


def _root(square: int) -> int:
    import math

    root = math.isqrt(square)
    if root**2 != square:
        raise ValueError(f"the Frobenius norm must be rational for an exact iteration, but {square} is no square.")
    return root
