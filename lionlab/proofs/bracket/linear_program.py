"""Linear programs in rational numbers: an optimum with its dual, or the combination of rows that shows there is none.

    minimise ⟨c, x⟩   subject to   A x = b,   x_j ≥ 0 except where j is free

Every answer carries what proves it: at an optimum both x and y with Aᵀy ≤ c and ⟨b, y⟩ = ⟨c, x⟩, otherwise a y with
Aᵀy ≤ 0 < ⟨b, y⟩ (equality where j is free). `is_optimal` and `is_infeasible` check them without the method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Row = list[Fraction]


@dataclass(frozen=True)
class Program:
    """`objective` c (n,), `rows` A (k, n), `right` b (k,), all rational; `free` the indices without a sign."""

    objective: tuple[Fraction, ...]
    rows: tuple[tuple[Fraction, ...], ...]
    right: tuple[Fraction, ...]
    free: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Optimum:
    """The least value, where it is taken, and the prices y of the rows that prove it least."""

    value: Fraction
    x: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]


@dataclass(frozen=True)
class Infeasible:
    """A combination of the rows that no x meets."""

    prices: tuple[Fraction, ...]


@dataclass(frozen=True)
class Unbounded:
    """A feasible x, and a direction along which the objective falls for ever."""

    x: tuple[Fraction, ...]
    direction: tuple[Fraction, ...]


Answer = Optimum | Infeasible | Unbounded


def is_optimal(program: Program, found: Optimum) -> bool:
    """Whether x and y prove each other: feasible both, and with the same value."""
    price = _reduced(program.objective, program, found.prices)
    is_feasible = all(_inner(row, found.x) == b for row, b in zip(program.rows, program.right, strict=True))
    signs = all(
        price[j] == 0 if j in program.free else found.x[j] >= 0 and price[j] >= 0 for j in range(len(found.x))
    )
    values = {_inner(program.objective, found.x), _inner(program.right, found.prices), found.value}
    return is_feasible and signs and len(values) == 1


def is_infeasible(program: Program, found: Infeasible) -> bool:
    """Whether the combination of rows contradicts itself."""
    price = _reduced((Fraction(0),) * len(program.objective), program, found.prices)
    signs = all(price[j] == 0 if j in program.free else price[j] >= 0 for j in range(len(price)))
    return signs and _inner(program.right, found.prices) > 0


def solve(program: Program) -> Answer:
    """The simplex method in two phases, by Bland's rule, which never cycles."""
    n, k = len(program.objective), len(program.rows)
    mirrored = sorted(program.free)  # a free x_j is x_j − x_j′, both ≥ 0
    tableau: list[Row] = []
    flips = [Fraction(1) if b >= 0 else Fraction(-1) for b in program.right]
    for i, (row, b) in enumerate(zip(program.rows, program.right, strict=True)):
        unit = [Fraction(int(i == other)) for other in range(k)]
        whole = [*row, *(-row[j] for j in mirrored)]
        tableau.append([*(flips[i] * Fraction(a) for a in whole), *unit, flips[i] * Fraction(b)])
    width = n + len(mirrored)
    basis = list(range(width, width + k))

    first = [Fraction(0)] * width + [Fraction(1)] * k
    _pivot_until_optimal(tableau, basis, first, width + k)
    prices = _prices(tableau, basis, first, width, flips)
    if sum(first[j] * row[-1] for j, row in zip(basis, tableau, strict=True)) > 0:
        return Infeasible(prices)
    _drive_out(tableau, basis, width)

    second = [*map(Fraction, program.objective), *(-Fraction(program.objective[j]) for j in mirrored)]
    second += [Fraction(0)] * k
    entering = _pivot_until_optimal(tableau, basis, second, width)
    x = _point(basis, [row[-1] for row in tableau], n, width, mirrored)
    if entering is None:
        prices = _prices(tableau, basis, second, width, flips)
        return Optimum(_inner(tuple(map(Fraction, program.objective)), x), x, prices)
    direction = _point(basis, [-row[entering] for row in tableau], n, width, mirrored, entering)
    return Unbounded(x, direction)


def _pivot_until_optimal(tableau: list[Row], basis: list[int], cost: Row, width: int) -> int | None:
    """None at an optimum, else the column that can grow without end."""
    while True:
        weights = [(cost[j], row) for j, row in zip(basis, tableau, strict=True) if cost[j] != 0]
        entering = next(
            (j for j in range(width) if j not in basis and cost[j] < sum(c * row[j] for c, row in weights)), None
        )
        if entering is None:
            return None
        rising = [i for i, row in enumerate(tableau) if row[entering] > 0]
        if not rising:
            return entering
        _pivot(tableau, basis, min(rising, key=lambda i: (tableau[i][-1] / tableau[i][entering], basis[i])), entering)


def _pivot(tableau: list[Row], basis: list[int], i: int, j: int) -> None:
    pivot = tableau[i][j]
    tableau[i] = [a / pivot if a else a for a in tableau[i]]
    for other, row in enumerate(tableau):
        factor = row[j]
        if other != i and factor:
            tableau[other] = [a - factor * b if b else a for a, b in zip(row, tableau[i], strict=True)]
    basis[i] = j


def _drive_out(tableau: list[Row], basis: list[int], width: int) -> None:
    """Artificial columns leave the basis where they can; rows in which they cannot are repetitions of others."""
    for i in range(len(basis)):
        if basis[i] >= width:
            j = next((j for j in range(width) if tableau[i][j] != 0), None)
            if j is not None:
                _pivot(tableau, basis, i, j)


def _prices(tableau: list[Row], basis: list[int], cost: Row, width: int, flips: Row) -> tuple[Fraction, ...]:
    """y = c_B B⁻¹, read off the columns of the artificial unknowns."""
    return tuple(
        flip * sum((cost[j] * row[width + i] for j, row in zip(basis, tableau, strict=True)), Fraction(0))
        for i, flip in enumerate(flips)
    )


def _point(
    basis: Sequence[int], entries: Row, n: int, width: int, mirrored: Sequence[int], entering: int | None = None
) -> tuple[Fraction, ...]:
    whole = [Fraction(0)] * width
    for j, entry in zip(basis, entries, strict=True):
        if j < width:
            whole[j] = entry
    if entering is not None:
        whole[entering] = Fraction(1)
    for place, j in enumerate(mirrored):
        whole[j] -= whole[n + place]
    return tuple(whole[:n])


def _reduced(objective: tuple[Fraction, ...], program: Program, prices: tuple[Fraction, ...]) -> list[Fraction]:
    columns = zip(*program.rows, strict=True)
    return [c - _inner(column, prices) for c, column in zip(objective, columns, strict=True)]


def _inner(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), Fraction(0))
