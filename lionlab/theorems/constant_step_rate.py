"""No rate at a constant step size tends to 0 where the sign must switch at the solution: the mean score has a floor.

K = |·|, f = (a/2)x², |λx| ≤ 1, so that S(x) = a(|x| + λx²). With c = η/(2−ηλ) and Φ(x) = a(1+2λc)|x|/(2−ηλ)

    S(x) + Φ(x⁺) − Φ(x) = ac(1+λc) + aλ(|x|−c)² + a(1+2λc)/(2−ηλ)·(|x⁺| − η + (1−ηλ)|x|)

and the last bracket is ≥ 0 at every step with m̃ ≠ 0. Summed, with 0 ≤ Φ ≤ 3a/λ, it is the floor of the mean.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from .two_cycle import Constants, State, constants, orbit, sign, step, too_long

TINY = Fraction(1, 10**12)


class Start(NamedTuple):
    """A run from (x, m) of so many steps."""

    k: Constants
    state: State
    num_steps: int


class Statement(NamedTuple):
    """floor ≤ S(x) + weight·(|x⁺| − |x|) at every step, and floor − shortfall/T ≤ mean S."""

    floor: Callable[[Constants], Fraction]
    weight: Callable[[Constants], Fraction]
    shortfall: Callable[[Constants], Fraction]


def amplitude(k: Constants) -> Fraction:
    return k.eta / (2 - k.eta * k.lam)


def floor(k: Constants) -> Fraction:
    c = amplitude(k)
    return k.a * c * (1 + k.lam * c)


def weight(k: Constants) -> Fraction:
    return k.a * (1 + 2 * k.lam * amplitude(k)) / (2 - k.eta * k.lam)


def starts(run: Run) -> list[Start]:
    """On the period-2 orbit, 10⁻¹² away from it on either side, at the edge of the box, and anywhere in it."""
    rng, found = random.Random(run.seed), []
    for k in constants(run):
        x, m = orbit(k)
        edge = 1 / k.lam, 2 * k.a / k.lam
        found += [Start(k, (x * (1 + shift * TINY), m), 2) for shift in (-1, 0, 1)]
        found.append(Start(k, edge, 40))
        if not run.is_quick:
            somewhere = Fraction(rng.randint(-1000, 1000), 1000) / k.lam, Fraction(rng.randint(-3000, 3000), 1001)
            found.append(Start(k, somewhere, 60))
    return found


def score(k: Constants, x: Fraction) -> Fraction:
    """K(−∇f) + λx∇f, K* being 0 in the box."""
    return k.a * (abs(x) + k.lam * x**2)


def measure(cases: Sequence[Start], run: Run, subject: Statement) -> Measurement:
    """In how many runs a step, or the mean, is below what is stated."""
    wrong, where = 0, None
    for case in cases:
        k, (x, m) = case.k, case.state
        below, total = False, Fraction(0)
        lowest, slope, allowed = subject.floor(k), subject.weight(k), subject.shortfall(k)
        for t in range(1, case.num_steps + 1):
            if sign(k.beta1 * m - (1 - k.beta1) * k.a * x) == 0:
                break
            after, m = step(k, (x, m))
            total += score(k, x)
            below |= score(k, x) + slope * (abs(after) - abs(x)) < lowest or total < t * lowest - allowed
            x = after
        if below:
            wrong += 1
            where = where or {"constants": list(map(str, k)), "x0, m0": list(map(str, case.state))}
    return Measurement(float(wrong), 0.0, len(cases), where)


def outside(case: Start) -> str | None:
    # On the orbit ηλ = 1 puts c at the edge 1/λ, and 10⁻¹² more is outside.
    return None if abs(case.k.lam * case.state[0]) <= 1 else "|λx_0| > 1: the start is outside the box."


RIGHT = Statement(floor, weight, lambda k: 3 * k.a / k.lam)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="constant-step-no-vanishing-rate",
        statement=(
            "For K = |·|, f = (a/2)x², constant η, c = η/(2−ηλ), S(x) + Φ(x⁺) − Φ(x) ≥ ac(1+λc) at every step with "
            "m̃ ≠ 0, Φ = a(1+2λc)|x|/(2−ηλ) ∈ [0, 3a/λ]. So every run with m̃ ≠ 0 at every step has (1/T)ΣS ≥ ac(1+λc) − "
            "3a/(λT), and no bound on it that tends to 0 as T grows at fixed η holds of such a run."
        ),
        source="derived here, beyond arXiv 2310.05898: the floor of constant-step-floor as a bound with its constant",
        hypotheses=(
            Hypothesis("0 < ηλ ≤ 1", lambda case: too_long(case.k)),
            Hypothesis("|λx_0| ≤ 1", outside),
            Hypothesis("m̃ ≠ 0 at every step counted; λ > 0, β1 ≤ 1, β2 < 1"),
        ),
        observable="runs with a step or a mean below the stated floor, in exact rational arithmetic",
        tolerance="none: comparisons of fractions",
        cases=starts,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("a floor higher by one part in 10¹²", RIGHT._replace(floor=lambda k: floor(k) * (1 + TINY))),
            Wrong("Φ larger by one part in 10⁶", RIGHT._replace(weight=lambda k: weight(k) * (1 + TINY * 10**6))),
            Wrong("Φ smaller by one part in 10⁶", RIGHT._replace(weight=lambda k: weight(k) * (1 - TINY * 10**6))),
            Wrong(
                "the mean is above the floor from the first step on", RIGHT._replace(shortfall=lambda k: Fraction(0))
            ),
        ),
        is_exact=True,
    ),
)
