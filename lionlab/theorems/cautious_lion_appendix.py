"""The look-ahead printed in the appendix of the Cautious paper, with its sign, and with the one that is meant.

In that paper's signs m follows +∇L:   ṁ = α∇L − γm,   ẋ = −sign(m̃),   H = αL + (1−εγ)‖m‖₁

    printed      m̃ = m − ε(α∇L + γm)
    consistent   m̃ = m + εṁ = (1−εγ)m + εα∇L
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from .cautious_lion import FAR, NEAR, Constants, constants, outside, sign

# (m, α∇L, ε, γ) → m̃, per coordinate
LookAhead = Callable[[Fraction, Fraction, Constants], Fraction]


class Statement(NamedTuple):
    """H rises at no state with `consistent`; with `printed` dH/dt is `rate` at m = 1, α∇L = 3/(2ε)."""

    printed: LookAhead
    consistent: LookAhead
    rate: Callable[[Constants], Fraction]


def derivative(k: Constants, look_ahead: LookAhead, m: Fraction, force: Fraction) -> Fraction:
    """dH/dt per coordinate where m ≠ 0; `force` is α∇L."""
    x_dot = -sign(look_ahead(m, force, k))
    return force * x_dot + (1 - k.epsilon * k.gamma) * sign(m) * (force - k.gamma * m)


def printed(m: Fraction, force: Fraction, k: Constants) -> Fraction:
    return m - k.epsilon * (force + k.gamma * m)


def consistent(m: Fraction, force: Fraction, k: Constants) -> Fraction:
    return m + k.epsilon * (force - k.gamma * m)


def rate(k: Constants) -> Fraction:
    product = k.epsilon * k.gamma
    return (3 - Fraction(5, 2) * product + product**2) / k.epsilon


def states(k: Constants) -> list[tuple[Fraction, Fraction]]:
    """m = ±1 with α∇L small, large, of the size of 1/ε, and within 10⁻³⁰ of where either m̃ is 0."""
    switch = (1 - k.epsilon * k.gamma) / k.epsilon
    sizes = [NEAR, FAR, switch, switch + NEAR, abs(switch - NEAR), *(n / (8 * k.epsilon) for n in range(1, 17))]
    return [(Fraction(m), side * size) for m in (1, -1) for side in (1, -1) for size in [Fraction(0), *sizes]]


def measure(cases: Sequence[Constants], run: Run, subject: Statement) -> Measurement:
    """States at which H rises with `consistent`, and constants at which `printed` has another rate than said."""
    wrong, where, count = 0, None, 0
    for k in cases:
        found = derivative(k, subject.printed, Fraction(1), 3 / (2 * k.epsilon))
        count += 1
        if not found == subject.rate(k) > 0:
            wrong += 1
            where = where or {"epsilon, gamma": [str(k.epsilon), str(k.gamma)], "dH/dt as printed": str(found)}
        for m, force in states(k):
            count += 1
            if derivative(k, subject.consistent, m, force) > 0:
                wrong += 1
                where = where or {"epsilon, gamma": [str(k.epsilon), str(k.gamma)], "m, force": [str(m), str(force)]}
    return Measurement(float(wrong), 0.0, count, where)


def cases(run: Run) -> list[Constants]:
    """ε = ½, γ = 1 first, where the rate is 4; then others with 0 < ε and εγ ≤ 1."""
    return [Constants(Fraction(1, 2), Fraction(1)), *(k for k in constants(run) if k.epsilon > 0)]


def no_look_ahead(k: Constants) -> str | None:
    return None if k.epsilon > 0 else "ε = 0: both look-aheads are m itself."


RIGHT = Statement(printed, consistent, rate)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cautious-lion-printed-sign",
        statement=(
            "With ṁ = α∇L − γm, ẋ = −sign(m̃) and the printed m̃ = m − ε(α∇L + γm), H = αL + (1−εγ)‖m‖₁ rises for all "
            "ε > 0: at m = 1, α∇L = 3/(2ε), dH/dt = (3 − (5/2)εγ + (εγ)²)/ε, +4 for ε = ½, γ = 1; with m̃ = m + εṁ "
            "it never rises."
        ),
        source="arXiv 2411.16085v4, appendix A.3.3, where the two formulas stand side by side; a slip of sign",
        hypotheses=(
            Hypothesis("ε ≥ 0, γ ≥ 0 and εγ ≤ 1", outside),
            Hypothesis("ε > 0", no_look_ahead),
        ),
        observable="rates and states that contradict the statement, in exact rational arithmetic",
        tolerance="none: equality and signs of fractions",
        cases=cases,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("the two look-aheads exchanged", Statement(consistent, printed, rate)),
            Wrong("H does not rise with the printed one either", RIGHT._replace(consistent=printed)),
            Wrong("half of εṁ is enough", RIGHT._replace(
                consistent=lambda m, force, k: m + k.epsilon / 2 * (force - k.gamma * m))),
            Wrong("the rate too large by 1e-12", RIGHT._replace(rate=lambda k: rate(k) + Fraction(1, 10**12))),
            Wrong("the rate without its last term", RIGHT._replace(
                rate=lambda k: (3 - Fraction(5, 2) * k.epsilon * k.gamma) / k.epsilon)),
        ),
        is_exact=True,
    ),
)  # fmt: skip
