"""One coordinate of Lion's flow without decay, in exact numbers, bare or masked, and what H_κ = αf + κ‖m‖₁ does on it.

With s = sign(m̃), σ = s·sign(m), e = εγ and G = α∇f, where ε > 0 every pair |m|, |m̃| > 0 is some state and

    −ε dH_κ/dt = (κ − σ(1−e))|m| + (1 − σκ)|m̃|                      Lion
    −dH_κ/dt   = κγ|m| + (1−κ)|G|,  κγ|m| + κ|G|,  κγ|m| + (1+κ)|G|      masked: kept; not kept; kept against m
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
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


def rate(
    epsilon: Fraction, gamma: Fraction, kappa: Fraction, m: Fraction, force: Fraction, is_masked: bool
) -> Fraction:
    """dH_κ/dt from the definitions, where m ≠ 0; `force` is α∇f."""
    m_dot = -force - gamma * m
    u = sign(m + epsilon * m_dot)
    if is_masked and u * force >= 0:
        u = 0
    return force * u + kappa * sign(m) * m_dot


def rise(epsilon: Fraction, gamma: Fraction, kappa: Fraction, is_masked: bool) -> Mapping[str, str] | None:
    """A state where H_κ rises, if one is found near the edges of the cones on which its rate is linear."""
    sizes = [Fraction(10**30), Fraction(1), Fraction(1, 10**30)]
    forces = [side * size for side, size in product((1, -1), sizes)]
    if epsilon:
        forces += [(1 - epsilon * gamma) / epsilon + shift * sizes[2] for shift in (-1, 0, 1)]
    for m, force in product((Fraction(1), sizes[2]), forces):
        found = rate(epsilon, gamma, kappa, m, force, is_masked)
        if found > 0:
            return {"m": str(m), "alpha grad f": str(force), "dH/dt": str(found)}
    return None


def admissible(epsilon: Fraction, gamma: Fraction, is_masked: bool) -> tuple[Fraction, Fraction]:
    """The κ for which no coefficient of the formulas above is negative, a coefficient that is 0 throughout aside."""
    if is_masked or not epsilon:
        return Fraction(0 if is_masked else 1), Fraction(1)
    return 1 - epsilon * gamma, Fraction(1)


def contradiction(subject: Statement, constants: Sequence[tuple[Fraction, Fraction]]) -> Mapping[str, Any] | None:
    """Where the statement is seen to be wrong: H_κ rises though κ is in, or never rises though κ is out."""
    for (epsilon, gamma), is_masked in product(constants, (False, True)):
        lower, upper = (Fraction(end(epsilon * gamma)) for end in subject.ends(is_masked))
        true_lower, true_upper = admissible(epsilon, gamma, is_masked)
        method = "masked" if is_masked else "Lion"
        for kappa in (lower, upper):
            state = rise(epsilon, gamma, kappa, is_masked) if lower <= upper else None
            if state:
                return {"method": method, **_named(epsilon, gamma, kappa), **state}
        for kappa in (true_lower, true_upper):
            if not lower <= kappa <= upper:
                return {"method": method, **_named(epsilon, gamma, kappa), "H rises": "nowhere"}
    return None


# Where a wrong statement that the routes have refuted in general is sought to be wrong in numbers.
SAMPLES = [(Fraction(1), Fraction(n, 4)) for n in (2, 1, 0, 4)] + [(Fraction(0), Fraction(1))]


def _named(epsilon: Fraction, gamma: Fraction, kappa: Fraction) -> dict[str, str]:
    return {"epsilon": str(epsilon), "gamma": str(gamma), "kappa": str(kappa)}
