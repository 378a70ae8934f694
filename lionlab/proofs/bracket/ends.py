"""What is claimed of the bracket's weight q: from where to where H_q will do, and with which coefficients.

    step:  c ≤ q ≤ min(η/(1−β2), β1/(λ(β2−β1))),   c = ηβ1/(ηλ(1−β1) + 1−β2)
    flow:  c ≤ q ≤ min(1, (1−εγ)/(ελ)),            c = (1−εγ)/(1+ελ)

η is that of implicit decay. c is the constant of arXiv 2310.05898, Theorems 4.1 and 3.1.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from .step import FlowConstants, Method

ENDS = ("low", "first", "second")


@dataclass(frozen=True)
class Ends:
    """The claim: factors on the lower end and on the two upper ones, 1 in truth, and the coefficients of H_q.

    H_q = loss·αf + penalty·(γ/λ)K*(λx) + q[conjugate·K*(λx) + momentum·K(m) − product·⟨λx, m⟩]; `slack` is the factor
    on the (L/2)‖x⁺−x‖² that a step may rise by.
    """

    low: Any = 1
    first: Any = 1
    second: Any = 1
    coefficients: Coefficients = THEOREM

    def least(self, k: Method | FlowConstants) -> Any:
        """The lower end."""
        if isinstance(k, FlowConstants):
            return self.low * (1 - k.epsilon * k.gamma) / (1 + k.epsilon * k.weight_decay)
        return self.low * k.step_size * k.beta1 / (k.step_size * k.weight_decay * (1 - k.beta1) + 1 - k.beta2)

    def uppers(self, k: Method | FlowConstants) -> tuple[Any, ...]:
        """The upper ends; the second is absent where it is infinite: at β1 = β2, at ε = 0."""
        if isinstance(k, FlowConstants):
            damping = k.epsilon * k.weight_decay
            return (self.first,) if damping == 0 else (self.first, self.second * (1 - k.epsilon * k.gamma) / damping)
        first = self.first * k.step_size / (1 - k.beta2)
        spread = k.weight_decay * (k.beta2 - k.beta1)
        return (first,) if spread == 0 else (first, self.second * k.beta1 / spread)


NAMES = (*ENDS, *OF_THE_FUNCTION)


def with_error(name: str, relative: Fraction) -> Ends:
    """The claim with a relative error in one end or coefficient; less slack than there is, by that much."""
    if name in ENDS:
        return _with_end(name, 1 + relative)
    size = -relative if name == "slack" else relative
    return Ends(coefficients=THEOREM.with_error(name, size))


def planted(names: tuple[str, ...]) -> tuple[Planted, ...]:
    """Ends a thousandth too low and too high, and coarse errors of the function."""
    small = Fraction(1, 1000)
    ends = [
        Planted(f"the {said} a thousandth too {way}", _with_end(name, 1 + sign * small))
        for name, said in (("low", "lower end"), ("first", "first upper end"), ("second", "second upper end"))
        for way, sign in (("high", 1), ("low", -1))
    ]
    coarse = [
        Planted(f"the coefficient of {name} is a half", Ends(coefficients=replace(THEOREM, **{name: Fraction(1, 2)})))
        for name in names
    ]
    return (*ends, *coarse)


def _with_end(name: str, factor: Fraction) -> Ends:
    factors: dict[str, Any] = {name: factor}
    return replace(Ends(), **factors)
