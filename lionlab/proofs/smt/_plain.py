"""The statements a second time, in plain fractions: functions by their values alone, steps run forward, H evaluated.

Slopes are recognised by the case of equality of Fenchel and Young, derivatives are those of the values of H along the
flow: nothing here is shared with the formulas that the solver is asked about.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from ._formulas import Values

HALF = Fraction(1, 2)


class Function(NamedTuple):
    """K and K* of one variable: a fraction, or None for +∞."""

    value: Callable[[Fraction], Any]
    conjugate: Callable[[Fraction], Any]

    def is_slope(self, u: Fraction, z: Fraction) -> bool:
        """u ∈ ∂K(z)."""
        K, dual = self.value(z), self.conjugate(u)
        return K is not None and dual is not None and K + dual == u * z


def _on_box(dual: Callable[[Fraction], Fraction]) -> Callable[[Fraction], Any]:
    return lambda y: dual(y) if abs(y) <= 1 else None


def function(name: str, values: Values) -> Function:
    """The function of a class of `_functions`, its bend or radius among the values."""
    if name == "Absolute":
        return Function(abs, _on_box(lambda y: Fraction(0)))
    if name == "Truncated":
        M = values["radius"]
        return Function(lambda z: abs(z) if abs(z) <= M else None, lambda y: M * max(abs(y) - 1, Fraction(0)))
    e = values["bend"]
    if name == "DeadZone":
        return Function(lambda z: max(abs(z) - e, Fraction(0)), _on_box(lambda y: e * abs(y)))
    if name == "Huber":
        return Function(lambda z: z * z / (2 * e) if abs(z) <= e else abs(z) - e / 2, _on_box(lambda y: e / 2 * y * y))
    raise ValueError(f"no plain function is known by the name {name!r}.")


def derivative(of: Callable[[Fraction], Fraction | None]) -> Fraction | None:
    """The derivative at 0 of a function whose pieces are quadratic; None where it has none, as at a kink."""

    def one_sided(step: Fraction) -> Fraction | None:
        at, near, far = of(Fraction(0)), of(step), of(2 * step)
        if at is None or near is None or far is None:
            return None
        return (4 * (near - at) - (far - at)) / (2 * step)

    for power in range(4, 400, 4):
        step = Fraction(1, 2**power)
        found = {one_sided(step), one_sided(step / 2), one_sided(-step), one_sided(-step / 2)}
        if len(found) == 1:
            return found.pop()
    return None
