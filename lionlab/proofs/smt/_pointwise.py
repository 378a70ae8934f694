"""Inequalities between values and slopes of K at points, without a method: the obligation, and its replay by values."""

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

from ._formulas import Formula, Values
from ._functions import CONCRETE, Curve
from ._obligation import Obligation
from ._plain import Function, function

DOMAIN = "K = ‖·‖₁, dead zone with e > 0, Huber with e > 0; any dimension"

# Excess of the claimed bound, by the values of K and K*; None where a hypothesis fails.
Plain = Callable[[Function, Values], Fraction | None]


def about(
    name: str, K: Curve, says: str, conclusion: Formula, plain: Plain, hints: Sequence[Values] = ()
) -> Obligation:
    """The obligation that `conclusion` holds in the scene of K; `plain` is its excess by the values of K."""
    kind = type(K).__name__

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        return plain(function(kind, values), values)

    is_concrete = isinstance(K, CONCRETE)
    return Obligation(f"{name}-{kind}", says, K.scene, conclusion, replay if is_concrete else None, hints)
