"""Constants of a theorem as rational functions of numbers that are only known to be positive or not negative.

β1 ≤ β2 ≤ 1, say, is β1 = A/S, β2 = (A+Q)/S with S = A+Q+P and A, Q, P ≥ 0: the shares of β1, β2−β1 and 1−β2 in 1. Then
a weight is seen to be ≥ 0 by its coefficients, and an identity of rational functions holds for every constant in range.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any


@cache
def _field(names: tuple[str, ...]) -> Any:
    from sympy import QQ
    from sympy.polys.fields import FracField
    from sympy.polys.orderings import lex

    return FracField(names, QQ, lex)


@dataclass(frozen=True)
class Range:
    """What the generators of a case are: `positive` ones > 0, the others ≥ 0.   `said`: which constants these give."""

    said: str
    positive: tuple[str, ...]
    nonnegative: tuple[str, ...] = ()

    @property
    def numbers(self) -> dict[str, Any]:
        """Each generator, by name, as an element of the field of rational functions over the rationals."""
        names = self.positive + self.nonnegative
        return dict(zip(names, _field(names).gens, strict=True))

    def is_nonnegative(self, number: Any) -> bool:
        """Whether the coefficients show that `number` is ≥ 0 on the whole range. False does not mean that it is not."""
        if not hasattr(number, "field"):
            return bool(number >= 0)
        above, below = number.numer.coeffs(), number.denom.coeffs()
        return not above or len({c > 0 for c in above + below}) == 1

    def is_nonzero(self, number: Any) -> bool:
        """Whether the coefficients show that `number` is defined and vanishes nowhere on the range."""
        return bool(number != 0) and self.is_defined(number) and self.is_defined(1 / number)

    def refuse_poles(self, **denominators: Any) -> None:
        """ValueError where one of them, by name, may vanish on the range or has a pole itself.

        An identity of rational functions says nothing at a pole, though nothing of it may be left in what cancels.
        """
        for name, number in denominators.items():
            if not self.is_nonzero(number):
                raise ValueError(
                    f"the range {self.said} may have a pole: {name} = {number} is not seen to be other than 0 on it. "
                    f"Make more of its generators positive than {', '.join(self.positive)}."
                )

    def is_defined(self, number: Any) -> bool:
        """Whether no denominator vanishes on the range: one sign, and a term that has positive generators only."""
        if not hasattr(number, "field"):
            return True
        terms = number.denom.terms()
        signs = {c > 0 for _, c in terms}
        return len(signs) == 1 and any(not any(powers[len(self.positive) :]) for powers, _ in terms)
