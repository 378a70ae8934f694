"""The coefficients of a Lyapunov function and of its rates, so that every route can be tried on the same errors."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Coefficients:
    """Factors on the coefficients of the theorem; all 1 is the theorem itself.

        H = loss·α f(x) + penalty·(γ/λ) K*(λx) + c [conjugate·K*(λx) + momentum·K(m) − product·⟨λx, m⟩]
        change of H ≤ −first·(rate of Δ1) − second·(rate of Δ2) + slack·(L/2)‖x⁺−x‖²

    The discrete method reads it with α = γ divided out. `slack` has no part in continuous time.
    """

    loss: Any = 1
    penalty: Any = 1
    conjugate: Any = 1
    momentum: Any = 1
    product: Any = 1
    first: Any = 1
    second: Any = 1
    slack: Any = 1

    def with_error(self, name: str, relative: Fraction) -> "Coefficients":
        """The same with one coefficient off by a relative error, of either sign."""
        return replace(self, **{name: getattr(self, name) * (1 + relative)})


THEOREM = Coefficients()
OF_THE_FUNCTION = ("loss", "penalty", "conjugate", "momentum", "product")
OF_THE_RATES = ("first", "second")
