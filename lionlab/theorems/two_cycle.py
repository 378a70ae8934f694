"""The period-2 orbit of constant-step Lion in one dimension, in exact rational arithmetic.

f(x) = (a/2)x², K = |·|, explicit decay, c = η/(2−ηλ):   (x, m) = ±c·(1, (1−β2)a/(1+β2))
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

NUM_STEPS = 12


class Constants(NamedTuple):
    """a, η, λ, β1, β2 as fractions."""

    a: Fraction
    eta: Fraction
    lam: Fraction
    beta1: Fraction
    beta2: Fraction


State = tuple[Fraction, Fraction]


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def step(k: Constants, state: State) -> State:
    """One step of Lion on (a/2)x²."""
    x, m = state
    g = k.a * x
    u = sign(k.beta1 * m - (1 - k.beta1) * g)
    return x + k.eta * (u - k.lam * x), k.beta2 * m - (1 - k.beta2) * g


class Prediction(NamedTuple):
    """Where the orbit is, whether it exists, and how a small deviation (δx, δm) from it goes on in one step."""

    orbit: Callable[[Constants], State]
    exists: Callable[[Constants], bool]
    deviation: Callable[[Constants, State], State]


def orbit(k: Constants) -> State:
    c = k.eta / (2 - k.eta * k.lam)
    return c, c * (1 - k.beta2) * k.a / (1 + k.beta2)


def exists(k: Constants) -> bool:
    return 1 + k.beta2 - 2 * k.beta1 > 0


def deviation(k: Constants, off: State) -> State:
    """The sign does not see it: the linear map with eigenvalues 1−ηλ and β2."""
    return (1 - k.eta * k.lam) * off[0], k.beta2 * off[1] - (1 - k.beta2) * k.a * off[0]


def constants(run: Run) -> list[Constants]:
    """Products of round fractions, ηλ ≤ 1, on both sides of 1 + β2 = 2β1 and on it."""
    curvatures = [Fraction(1, 2), Fraction(1), Fraction(7)]
    rates = [(Fraction(1, 100), Fraction(1)), (Fraction(1, 10), Fraction(1, 2)), (Fraction(1, 3), Fraction(3))]
    percent = [(90, 99), (95, 98), (90, 90), (0, 50), (99, 90), (50, 0), (97, 94), (100, 99), (96, 94), (0, 0)]
    betas = [(Fraction(first, 100), Fraction(second, 100)) for first, second in percent]
    chosen = product(curvatures[:1] if run.is_quick else curvatures, rates, betas)
    return [Constants(a, eta, lam, beta1, beta2) for a, (eta, lam), (beta1, beta2) in chosen]


def is_orbit(k: Constants, start: State) -> bool:
    """Whether two steps lead to the opposite state and back, exactly, and the state is not at rest."""
    after = step(k, start)
    return start[0] != 0 and after == (-start[0], -start[1]) and step(k, after) == start


def deviates_as_predicted(k: Constants, predicted: Prediction, start: State) -> bool:
    """A deviation far too small to change a sign, followed exactly for a number of steps."""
    margin = abs(k.beta1 * start[1] - (1 - k.beta1) * k.a * start[0])
    # δm stays an average of δm and −aδx, so |δm̃| ≤ max(|δm₀|, a|δx₀|), a thousandth of the margin |m̃| at most.
    off = margin / (1000 * (1 + k.a)), -margin / (3000 * (1 + k.a))
    on, near = start, (start[0] + off[0], start[1] + off[1])
    for _ in range(NUM_STEPS):
        on, near, off = step(k, on), step(k, near), predicted.deviation(k, off)
        if (near[0] - on[0], near[1] - on[1]) != off:
            return False
    return True


def measure(cases: Sequence[Constants], run: Run, subject: Prediction) -> Measurement:
    """How many sets of constants contradict the prediction."""
    contradicting = []
    for k in cases:
        start = subject.orbit(k)
        found = is_orbit(k, start)
        if found != subject.exists(k) or (found and not deviates_as_predicted(k, subject, start)):
            contradicting.append(k)
    where = {"constants": [str(number) for number in contradicting[0]]} if contradicting else None
    return Measurement(float(len(contradicting)), 0.0, len(cases), where)


def too_long(k: Constants) -> str | None:
    return None if 0 < k.eta * k.lam <= 1 else f"ηλ is {float(k.eta * k.lam):g}, outside (0, 1]."


RIGHT = Prediction(orbit, exists, deviation)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="two-cycle-exact",
        statement=(
            "On f = (a/2)x² constant-step Lion has the period-2 orbit (x, m) = ±c(1, (1−β2)a/(1+β2)), c = η/(2−ηλ), "
            "exactly when 1 + β2 − 2β1 > 0; small deviations are multiplied by the eigenvalues 1−ηλ and β2."
        ),
        source="derived here, beyond arXiv 2310.05898; proof: insert the orbit in the recursion",
        hypotheses=(Hypothesis("0 < ηλ ≤ 1", too_long),),
        observable="sets of constants (a, η, λ, β1, β2) that contradict the statement, in exact rational arithmetic",
        tolerance="none: equality of fractions",
        cases=constants,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("c = η/2, without the decay", RIGHT._replace(
                orbit=lambda k: (k.eta / 2, k.eta / 2 * (1 - k.beta2) * k.a / (1 + k.beta2)))),
            Wrong("m = c(1−β2)a, without 1/(1+β2)", RIGHT._replace(
                orbit=lambda k: (orbit(k)[0], orbit(k)[0] * (1 - k.beta2) * k.a))),
            Wrong("c too large by one part in 10¹²", RIGHT._replace(
                orbit=lambda k: (orbit(k)[0] * (1 + Fraction(1, 10**12)), orbit(k)[1]))),
            Wrong("it exists when β1 ≤ β2", RIGHT._replace(exists=lambda k: k.beta1 <= k.beta2)),
            Wrong("it exists also at 1 + β2 = 2β1", RIGHT._replace(exists=lambda k: 1 + k.beta2 - 2 * k.beta1 >= 0)),
            Wrong("δm shrinks by β1", RIGHT._replace(deviation=lambda k, off: (
                deviation(k, off)[0], k.beta1 * off[1] - (1 - k.beta2) * k.a * off[0]))),
        ),
        is_exact=True,
    ),
)  # fmt: skip
