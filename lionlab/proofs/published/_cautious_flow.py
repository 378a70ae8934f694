"""One coordinate of Lion's flow without decay, in exact numbers, bare or masked, and what H_κ = αf + κ‖m‖₁ does on it.

With s = sign(m̃), σ = s·sign(m), e = εγ and G = α∇f, where ε > 0 every pair |m|, |m̃| > 0 is some state and

    −ε dH_κ/dt = (κ − σ(1−e))|m| + (1 − σκ)|m̃|                      Lion
    −dH_κ/dt   = κγ|m| + (1−κ)|G|,  κγ|m| + κ|G|,  κγ|m| + (1+κ)|G|      masked: kept; not kept; kept against m

The two routes share what stands here and no more: the statement, what is taken for granted, and dH_κ/dt in numbers.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

# A function of e = εγ that takes fractions and symbols alike.
End = Callable[[Any], Any]


class Statement(NamedTuple):
    """H_κ is said never to rise exactly for `lower` ≤ κ ≤ `upper`, and for the masked method likewise."""

    lower: End
    upper: End
    masked_lower: End
    masked_upper: End

    def ends(self, is_masked: bool) -> tuple[End, End]:
        return self[2:] if is_masked else self[:2]


RIGHT = Statement(lambda e: 1 - e, lambda e: 1, lambda e: 0, lambda e: 1)
SMALL = Fraction(1, 10**9)
# Domain of both routes, and the wrongs both must refute.
DOMAIN = "all real α∇f, m (per coordinate, hence any dimension), ε ≥ 0, γ ≥ 0, εγ ≤ 1, κ"
ASSUMPTIONS = (
    "H_κ is a sum over coordinates, and every pair (m, ∇f) is a state for some linear f",
    "H_κ is absolutely continuous along the flow; for almost every t with m_i = 0 also dm_i/dt = 0, so ∇f_i = 0 there",
)
PLANTED: tuple[tuple[str, Statement], ...] = (
    ("half of 1−εγ is enough for Lion", RIGHT._replace(lower=lambda e: (1 - e) / 2)),
    ("Lion's lower end too low by 1e-9", RIGHT._replace(lower=lambda e: 1 - e - SMALL)),
    ("Lion's upper end too high by 1e-9", RIGHT._replace(upper=lambda e: 1 + SMALL)),
    ("the mask changes nothing", RIGHT._replace(masked_lower=lambda e: 1 - e)),
    ("the masked flow lets κ be −1e-9", RIGHT._replace(masked_lower=lambda e: -SMALL)),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    """The statement with one of its ends off by a relative error."""
    exact = getattr(RIGHT, name)
    return RIGHT._replace(**{name: lambda e: exact(e) * (1 + relative)})


COEFFICIENTS = ("lower", "upper", "masked_upper")


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def selection(epsilon: Fraction, gamma: Fraction, m: Fraction, force: Fraction) -> int:
    """sign(m̃)."""
    return sign(m - epsilon * (force + gamma * m))


def rate(kappa: Fraction, gamma: Fraction, m: Fraction, force: Fraction, u: Any, is_masked: bool) -> Fraction:
    """dH_κ/dt from the definitions, where m ≠ 0 and u ∈ ∂|·|(m̃); `force` is α∇f."""
    kept = u if u * force < 0 or not is_masked else 0
    return force * kept + kappa * sign(m) * (-force - gamma * m)
