"""The worst case of a quantity over all functions, as a semidefinite program over inner products and values.

    max  target    subject to    every inequality ≥ 0,  size ≤ 1,  Gram matrix ⪰ 0

A solver only points the way. `certified_bound` turns its multipliers into fractions and checks target ≤ τ·size exactly;
`counterexample` turns its Gram matrix into rational vectors and values that satisfy every inequality exactly.
Needs cvxpy and Clarabel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ..gram import Expression, Key
from .rational import is_positive_semidefinite, solution_near

Inequalities = Mapping[str, Expression]


@dataclass(frozen=True)
class Problem:
    """`target` is maximised where every one of `inequalities` is ≥ 0 and `size`, a sum of squares, is at most 1."""

    target: Expression
    inequalities: Inequalities
    size: Expression

    @property
    def vectors(self) -> list[str]:
        return sorted({name for one in self._all for key in one.terms if isinstance(key, tuple) for name in key})

    @property
    def values(self) -> list[str]:
        return sorted({key for one in self._all for key in one.terms if isinstance(key, str) and key})

    @property
    def _all(self) -> list[Expression]:
        return [self.target, self.size, *self.inequalities.values()]

    def matrix(self, one: Expression) -> list[list[Any]]:
        """The symmetric matrix of its inner products."""
        names = self.vectors
        return [
            [one[a, b] if a == b else one[min(a, b), max(a, b)] * Fraction(1, 2) for b in names] for a in names
        ]  # fmt: skip


class Found(NamedTuple):
    """What the solver says, in floating point: the worst case, a multiplier for each inequality, and for `size`."""

    value: float
    multipliers: dict[str, float]
    of_size: float


class Bound(NamedTuple):
    """target ≤ τ·size, exactly: target + Σ multiplier·inequality = τ·size − (a positive semidefinite form)."""

    tau: Fraction
    multipliers: dict[str, Fraction]


class Example(NamedTuple):
    """Rational vectors and values that satisfy every inequality, and the target there."""

    vectors: dict[str, tuple[Fraction, ...]]
    values: dict[str, Fraction]
    target: Fraction


def worst_case(problem: Problem) -> Found:
    """The solver's answer; nothing is proved by it."""
    import cvxpy as cp

    *_, rows = _variables(problem)
    above, small = cp.hstack([rows(one) for one in problem.inequalities.values()]) >= 0, rows(problem.size) <= 1
    program = cp.Problem(cp.Maximize(rows(problem.target)), [above, small])
    program.solve(solver=cp.CLARABEL)
    if above.dual_value is None:
        return Found(float("inf"), {}, float("inf"))
    weights = np.maximum(np.asarray(above.dual_value, dtype=float), 0.0)
    multipliers = dict(zip(problem.inequalities, weights.tolist(), strict=True))
    return Found(float(program.value), multipliers, float(small.dual_value))


def certified_bound(problem: Problem, found: Found, tau: Fraction) -> Bound | None:
    """target ≤ τ·size with rational multipliers, checked exactly; None where the rounded ones do not show it."""
    for denominator in (10, 10**3, 10**6, 10**9):
        near = [Fraction(one).limit_denominator(denominator) for one in found.multipliers.values()]
        weights = solution_near(*_equations(problem, tau), near)
        if weights is not None and (bound := checked(problem, tau, dict(zip(found.multipliers, weights, strict=True)))):
            return bound
    return None


def checked(problem: Problem, tau: Fraction, multipliers: Mapping[str, Fraction]) -> Bound | None:
    """The bound, if it is one: no multiplier is negative, no value is left, and what is left is a positive form."""
    left = tau * problem.size - problem.target
    for name, weight in multipliers.items():
        left = left - weight * problem.inequalities[name]
    is_valid = (
        all(weight >= 0 for weight in multipliers.values())
        and all(isinstance(key, tuple) for key in left.terms)
        and is_positive_semidefinite(problem.matrix(left))
    )
    return Bound(tau, dict(multipliers)) if is_valid else None


def counterexample(problem: Problem, above: Fraction = Fraction(0)) -> Example | None:
    """Vectors and values that satisfy every inequality and have target > `above`, exactly; None if none is found.

    The point searched for satisfies all inequalities with room to spare, so that it can be rounded.
    """
    import cvxpy as cp

    found = worst_case(problem)
    if not found.value > above:
        return None
    wanted = min((found.value + float(above)) / 2, float(above) + 1.0)
    G, v, rows = _variables(problem)
    room = cp.Variable()
    inequalities = [rows(one) >= room for one in problem.inequalities.values()]
    bounded = [rows(problem.size) <= 1, cp.trace(G) <= 100, rows(problem.target) >= wanted, room <= 1]
    program = cp.Problem(cp.Maximize(room), [*inequalities, *bounded])
    program.solve(solver=cp.CLARABEL)
    if G.value is None:
        return None
    eigenvalues, eigenvectors = np.linalg.eigh((G.value + G.value.T) / 2)
    factor = eigenvectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    vectors = {name: tuple(map(_rounded, row)) for name, row in zip(problem.vectors, factor.tolist(), strict=True)}
    values = dict(zip(problem.values, map(_rounded, np.atleast_1d(v.value).tolist()), strict=True))
    return replayed(problem, vectors, values, above)


def replayed(
    problem: Problem, vectors: dict[str, tuple[Fraction, ...]], values: dict[str, Fraction], above: Fraction
) -> Example | None:
    """The example, if it is one: every inequality holds and the target exceeds `above`, in rational arithmetic."""
    target = problem.target.at(vectors, values)
    holds = all(one.at(vectors, values) >= 0 for one in problem.inequalities.values())
    return Example(vectors, values, target) if holds and target > above else None


def _rounded(number: float) -> Fraction:
    return Fraction(round(number * 2**24), 2**24)


def _variables(problem: Problem) -> tuple[Any, Any, Any]:
    import cvxpy as cp

    G = cp.Variable((len(problem.vectors),) * 2, PSD=True)
    v = cp.Variable(max(len(problem.values), 1))
    return G, v, lambda one: _linear(problem, one, G, v)


def _linear(problem: Problem, one: Expression, G: Any, v: Any) -> Any:
    import cvxpy as cp

    total = cp.sum(cp.multiply(np.array(problem.matrix(one), dtype=float), G)) + float(one[""])
    if problem.values:
        total = total + np.array([float(one[name]) for name in problem.values]) @ v
    return total


def _equations(problem: Problem, tau: Fraction) -> tuple[list[list[Fraction]], list[Fraction]]:
    """What the multipliers must satisfy: values, constants, and products with a vector that has no square cancel.

    A positive form without ‖v‖² has no ⟨v, w⟩ either; it is this that leaves the solver no interior and few digits.
    """
    ones = list(problem.inequalities.values())
    squared = {name for one in problem._all for name in problem.vectors if one[name, name] != 0}
    pairs = {key for one in problem._all for key in one.terms if isinstance(key, tuple) and not squared.issuperset(key)}
    keys: list[Key] = [*problem.values, "", *sorted(pairs)]
    rows = [[Fraction(one[key]) for one in ones] for key in keys]
    return rows, [Fraction(tau * problem.size[key] - problem.target[key]) for key in keys]
