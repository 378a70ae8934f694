"""Linear programs in rational numbers: an optimum with its dual, or the combination of rows that shows there is none.

    minimise ⟨c, x⟩   subject to   A x = b,   x_j ≥ 0 except where j is free

Every answer carries what proves it: at an optimum both x and y with Aᵀy ≤ c and ⟨b, y⟩ = ⟨c, x⟩, otherwise a y with
Aᵀy ≤ 0 < ⟨b, y⟩ (equality where j is free). `is_optimal` and `is_infeasible` check them without the method.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


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
    signs = all(price[j] == 0 if j in program.free else found.x[j] >= 0 and price[j] >= 0 for j in range(len(found.x)))
    values = {_inner(program.objective, found.x), _inner(program.right, found.prices), found.value}
    return is_feasible and signs and len(values) == 1


def is_infeasible(program: Program, found: Infeasible) -> bool:
    """Whether the combination of rows contradicts itself."""
    price = _reduced((Fraction(0),) * len(program.objective), program, found.prices)
    signs = all(price[j] == 0 if j in program.free else price[j] >= 0 for j in range(len(price)))
    return signs and _inner(program.right, found.prices) > 0


def solve(program: Program) -> Answer:
    """The simplex method in two phases, by Bland's rule, which never cycles, without fractions until the end."""
    table = _Table(program)
    table.improve(table.first_cost, table.width + table.num_rows)
    prices = table.prices(table.first_cost)
    if table.cost_of_point(table.first_cost) > 0:
        return Infeasible(prices)
    table.drive_out()
    entering = table.improve(table.cost, table.width)
    x = table.point([row[-1] for row in table.rows])
    if entering is None:
        prices = tuple(price / table.cost_scale for price in table.prices(table.cost))
        return Optimum(_inner(program.objective, x), x, prices)
    return Unbounded(x, table.point([-row[entering] for row in table.rows], entering))


class _Table:
    """Whole numbers over one denominator, the last pivot (Edmonds; Bareiss): every division leaves no remainder.

    Columns: the unknowns, the negative parts of the free ones, an artificial unknown for each row, the right side.
    """

    def __init__(self, program: Program) -> None:
        self.num_unknowns, self.num_rows = len(program.objective), len(program.rows)
        self.mirrored = sorted(program.free)  # a free x_j is x_j − x_j′, both ≥ 0
        self.width = self.num_unknowns + len(self.mirrored)
        self.denominator = 1
        self.rows: list[list[int]] = []
        self.row_scales: list[int] = []
        for i, (row, b) in enumerate(zip(program.rows, program.right, strict=True)):
            scale = math.lcm(*(a.denominator for a in row), b.denominator) * (1 if b >= 0 else -1)
            whole = [a.numerator * (scale // a.denominator) for a in row]
            unit = [int(i == other) for other in range(self.num_rows)]
            right = b.numerator * (scale // b.denominator)
            self.rows.append([*whole, *(-whole[j] for j in self.mirrored), *unit, right])
            self.row_scales.append(scale)
        self.basis = list(range(self.width, self.width + self.num_rows))
        self.first_cost = [0] * self.width + [1] * self.num_rows
        self.cost_scale = math.lcm(*(c.denominator for c in program.objective))
        cost = [*program.objective, *(-program.objective[j] for j in self.mirrored)]
        self.cost = [int(self.cost_scale * c) for c in cost] + [0] * self.num_rows

    def improve(self, cost: list[int], width: int) -> int | None:
        """Pivots to an optimum: None, or the column that can grow without end."""
        while True:
            weights = [(cost[j], row) for j, row in zip(self.basis, self.rows, strict=True) if cost[j] != 0]
            basis, denominator = frozenset(self.basis), self.denominator
            entering = next(
                (
                    j
                    for j in range(width)
                    if j not in basis and denominator * cost[j] < sum([c * row[j] for c, row in weights])
                ),
                None,
            )
            if entering is None:
                return None
            rising = [i for i, row in enumerate(self.rows) if row[entering] > 0]
            if not rising:
                return entering
            ratios = {i: Fraction(self.rows[i][-1], self.rows[i][entering]) for i in rising}
            self.pivot(min(rising, key=lambda i: (ratios[i], self.basis[i])), entering)

    def pivot(self, i: int, j: int) -> None:
        """Column j enters the basis in row i."""
        if self.rows[i][j] < 0:
            self.rows[i] = [-a for a in self.rows[i]]
        pivotal, pivot, old = self.rows[i], self.rows[i][j], self.denominator
        for other, row in enumerate(self.rows):
            if other != i:
                factor = row[j]
                if factor:
                    # Most entries are 0 and stay so.
                    self.rows[other] = [
                        (pivot * a - factor * b) // old if b else pivot * a // old if a else 0
                        for a, b in zip(row, pivotal, strict=True)
                    ]
                elif pivot != old:
                    self.rows[other] = [pivot * a // old if a else 0 for a in row]
        self.denominator = pivot
        self.basis[i] = j

    def drive_out(self) -> None:
        """Artificial unknowns leave the basis where they can; rows in which they cannot are repetitions of others."""
        for i in range(self.num_rows):
            if self.basis[i] >= self.width:
                j = next((j for j in range(self.width) if self.rows[i][j] != 0), None)
                if j is not None:
                    self.pivot(i, j)

    def prices(self, cost: list[int]) -> tuple[Fraction, ...]:
        """y = c_B B⁻¹, read off the columns of the artificial unknowns."""
        totals = (
            sum(cost[j] * row[self.width + i] for j, row in zip(self.basis, self.rows, strict=True))
            for i in range(self.num_rows)
        )
        scales = zip(totals, self.row_scales, strict=True)
        return tuple(Fraction(total * scale, self.denominator) for total, scale in scales)

    def cost_of_point(self, cost: list[int]) -> int:
        """The cost of the present point, up to the denominator."""
        return sum(cost[j] * row[-1] for j, row in zip(self.basis, self.rows, strict=True))

    def point(self, entries: Sequence[int], entering: int | None = None) -> tuple[Fraction, ...]:
        """The unknowns, with `entries` for those in the basis; a direction where `entering` grows by 1."""
        whole = [Fraction(0)] * self.width
        for j, entry in zip(self.basis, entries, strict=True):
            if j < self.width:
                whole[j] = Fraction(entry, self.denominator)
        if entering is not None:
            whole[entering] = Fraction(1)
        for place, j in enumerate(self.mirrored):
            whole[j] -= whole[self.num_unknowns + place]
        return tuple(whole[: self.num_unknowns])


def _reduced(objective: tuple[Fraction, ...], program: Program, prices: tuple[Fraction, ...]) -> list[Fraction]:
    columns = zip(*program.rows, strict=True)
    return [c - _inner(column, prices) for c, column in zip(objective, columns, strict=True)]


def _inner(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True) if a and b), Fraction(0))
