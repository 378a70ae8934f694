"""The first thing asked of a candidate: that its gradient can vanish wherever Lion-K may rest.

A fixed point of K = (κ/2)‖·‖² has λx = κm and ∇f(x) = −m. Beside it a step changes H at first order in the deviation
and ‖x⁺−x‖² at second: no rise ever suffices unless that first order is 0, for every κ, every curvature of f, and every
deviation. These are linear equations in the weights of H. What they leave is

    momentum = product = q,     conjugate = q + 1/λ,     the form = r‖m + ∇f(x)‖².
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ..proofs.bracket.fixed_point import Deviation, candidates
from ..proofs.bracket.linear_program import Infeasible, Program, solve
from ..proofs.bracket.replay import Weights
from ..proofs.bracket.step import Method
from ._candidate import Candidate

PLAIN = ("conjugate", "momentum", "product")


@dataclass(frozen=True)
class Restless:
    """Deviations from fixed points, with factors: the first-order changes of H, so weighted, add up to `total` ≠ 0.

    `total` does not depend on the weights that were free; so whatever they are, H changes at first order along one of
    the deviations, and rises along it or its opposite by more than any multiple of ‖x⁺−x‖².
    """

    deviations: tuple[tuple[Fraction, Deviation], ...]
    total: Fraction

    def is_valid(self, weights: Mapping[str, Fraction]) -> bool:
        """Whether the sum is what it is said to be for these weights of the candidate."""
        slopes = (factor * _slope(deviation, weights) for factor, deviation in self.deviations)
        return sum(slopes, Fraction(0)) == self.total


@dataclass(frozen=True)
class Reduced:
    """What is left of a candidate: q and r, a number where the candidate fixes them."""

    bracket: Fraction | None
    square: Fraction | None


def reduced(candidate: Candidate, method: Method) -> Reduced | Restless:
    """q and r of the candidate, or why it can have none."""
    known = {name: weight for name, weight in candidate.known().items() if weight is not None}
    brackets = {known[name] for name in ("momentum", "product") if name in known}
    if "conjugate" in known:
        brackets.add(known["conjugate"] - 1 / method.weight_decay)
    squares = {known[name] for name in ("mm", "mg", "gg") if name in known}
    if len(brackets) > 1 or len(squares) > 1 or known.get("yy") or known.get("yg"):
        return _restless(candidate, method)
    return Reduced(next(iter(brackets), None), next(iter(squares), None))


def _restless(candidate: Candidate, method: Method) -> Restless:
    known = candidate.known()
    free = [name for name, weight in known.items() if weight is None]
    given = {name: weight for name, weight in known.items() if weight is not None}
    deviations = list(candidates(method))
    rows, right = [], []
    for deviation in deviations:
        nothing = _slope(deviation, {})
        rows.append(tuple(_slope(deviation, {name: Fraction(1)}) - nothing for name in free))
        right.append(-_slope(deviation, given))
    answer = solve(Program((Fraction(0),) * len(free), tuple(rows), tuple(right), frozenset(range(len(free)))))
    if not isinstance(answer, Infeasible):
        raise ArithmeticError("weights that cannot rest were found to rest; this is an error of the search.")
    used = tuple((-price, one) for price, one in zip(answer.prices, deviations, strict=True) if price != 0)
    return Restless(used, sum((price * b for price, b in zip(answer.prices, right, strict=True)), Fraction(0)))


def _slope(deviation: Deviation, weights: Mapping[str, Fraction]) -> Fraction:
    """The first-order change of H along a deviation, for these weights and 0 for the others, f included."""
    plain = Weights(1, **{name: weights.get(name, Fraction(0)) for name in PLAIN})
    form = {}
    for name, weight in weights.items():
        if name not in PLAIN:
            form[name[0], name[1]] = weight if name[0] == name[1] else 2 * weight
    return replace(deviation, weights=plain, form=form).slope()
