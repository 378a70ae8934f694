"""Which H_κ = αf + κ‖m‖₁ never rises along Lion's flow without decay, and which along the masked ("cautious") one.

    ṁ = −α∇f − γm,   m̃ = m + εṁ,   ẋ = sign(m̃)                        Lion, λ = 0
                                   ẋ = sign(m̃) where it opposes ∇f, else 0     masked

Both are a sum over coordinates, so one coordinate decides; and dH/dt scales with (m, α∇f), so m = ±1 decides.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

FAR, NEAR = Fraction(10**30), Fraction(1, 10**30)
SMALL = Fraction(1, 10**9)


class Constants(NamedTuple):
    """ε and γ of the flow."""

    epsilon: Fraction
    gamma: Fraction


End = Callable[[Constants], Fraction]


class Statement(NamedTuple):
    """H_κ is said never to rise exactly for `lower` ≤ κ ≤ `upper`, for Lion, and for the masked method."""

    lower: End
    upper: End
    masked_lower: End
    masked_upper: End


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def rate(k: Constants, kappa: Fraction, m: Fraction, force: Fraction, is_masked: bool) -> Fraction:
    """dH_κ/dt where m ≠ 0; `force` is α∇f."""
    m_dot = -force - k.gamma * m
    u = sign(m + k.epsilon * m_dot)
    if is_masked and u * force >= 0:
        u = 0
    return force * u + kappa * sign(m) * m_dot


def forces(k: Constants) -> list[Fraction]:
    """α∇f small, large, and within 10⁻³⁰ of where m̃ = 0, for m = 1."""
    found = [side * size for side in (1, -1) for size in (NEAR, Fraction(1, 3), Fraction(1), Fraction(7), FAR)]
    if k.epsilon:
        switch = (1 - k.epsilon * k.gamma) / k.epsilon
        found += [switch, switch - NEAR, switch + NEAR]
    return [Fraction(0), *found]


def rise(k: Constants, kappa: Fraction, is_masked: bool) -> tuple[Fraction, Fraction] | None:
    """A state (m, α∇f) at which H_κ rises, if one of these is."""
    for force in forces(k):
        for m in (Fraction(1), Fraction(-1), NEAR, -NEAR):
            if rate(k, kappa, m, sign(m) * force, is_masked) > 0:
                return m, sign(m) * force
    return None


def constants(run: Run) -> list[Constants]:
    """ε and γ with εγ from 0 to 1, both ends included."""
    epsilons = [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(3)]
    products = [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(1)]
    found = [Constants(epsilon, product / epsilon) for epsilon in epsilons[1:] for product in products]
    found += [Constants(epsilons[0], Fraction(gamma)) for gamma in (0, 1, 5)]
    return found[::2] if run.is_quick else found


def weights(lower: Fraction, upper: Fraction) -> list[Fraction]:
    """κ at, just inside and just outside both ends, and a grid."""
    ends = [end + shift for end in (lower, upper) for shift in (-SMALL, Fraction(0), SMALL)]
    return [*ends, (lower + upper) / 2, *(Fraction(n, 4) for n in range(-4, 9))]


def measure(cases: Sequence[Constants], run: Run, subject: Statement) -> Measurement:
    """How many (ε, γ, κ, method) contradict the statement."""
    wrong, where, count = 0, None, 0
    for k in cases:
        for is_masked, ends in ((False, subject[:2]), (True, subject[2:])):
            lower, upper = ends[0](k), ends[1](k)
            for kappa in weights(lower, upper):
                found, count = rise(k, kappa, is_masked), count + 1
                if (lower <= kappa <= upper) == (found is None):
                    continue
                wrong += 1
                where = where or {
                    "method": "masked" if is_masked else "Lion",
                    "epsilon, gamma, kappa": [str(k.epsilon), str(k.gamma), str(kappa)],
                    "m, alpha grad f at which H rises": [str(part) for part in found or ()],
                }
    return Measurement(float(wrong), 0.0, count, where)


def outside(k: Constants) -> str | None:
    if k.epsilon < 0 or k.gamma < 0:
        return f"ε = {k.epsilon} and γ = {k.gamma} must not be negative."
    return None if k.epsilon * k.gamma <= 1 else f"εγ is {float(k.epsilon * k.gamma):g}, above 1."


def enhanced(k: Constants) -> Fraction:
    """1 − εγ."""
    return 1 - k.epsilon * k.gamma


def number(value: Fraction | int) -> End:
    return lambda k: Fraction(value)


RIGHT = Statement(enhanced, number(1), number(0), number(1))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cautious-lion-interval",
        statement=(
            "Without decay H_κ = αf + κ‖m‖₁ rises along no flow of Lion, whatever f ∈ C¹, exactly when 1−εγ ≤ κ ≤ 1, "
            "and along no masked (cautious) one exactly when 0 ≤ κ ≤ 1."
        ),
        source="derived here; the method is that of arXiv 2411.16085, whose H (appendix A.3.3) is κ = 1−εγ",
        hypotheses=(Hypothesis("ε ≥ 0, γ ≥ 0 and εγ ≤ 1", outside),),
        observable="sets of (ε, γ, κ, method) that contradict the statement, in exact rational arithmetic",
        tolerance="none: signs of fractions",
        cases=constants,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("half of 1−εγ is enough for Lion", RIGHT._replace(lower=lambda k: enhanced(k) / 2)),
            Wrong("Lion's lower end too low by 1e-9", RIGHT._replace(lower=lambda k: enhanced(k) - SMALL)),
            Wrong("Lion's lower end too high by 1e-9", RIGHT._replace(lower=lambda k: enhanced(k) + SMALL)),
            Wrong("Lion's upper end too high by 1e-9", RIGHT._replace(upper=number(1 + SMALL))),
            Wrong("the mask changes nothing", RIGHT._replace(masked_lower=enhanced)),
            Wrong("the masked flow lets κ be −1e-9", RIGHT._replace(masked_lower=number(-SMALL))),
            Wrong("the masked flow lets κ be 1 + 1e-9", RIGHT._replace(masked_upper=number(1 + SMALL))),
        ),
        is_exact=True,
    ),
)
