"""The L/2 of Theorem 4.1 cannot be lowered, not even for convex f, and without β1 ≤ β2 nothing takes its place.

    σ* = sup (H(x⁺,m⁺) − H(x,m)) / ‖x⁺−x‖²    over all convex K, all L-smooth f and all x, m

One family in one dimension shows it, in exact rationals: K = |·|, x = 0, m = M, f = gx + (L/2)x² and m̃⁺ = δM > 0, which
takes g = M(β1−δ)/(1−β1). For β1 ≤ β2 the ratio is L/2 − O(δ); for β1 > β2 it grows like M.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

# The family must come this near to the constant claimed.
NEAR = Fraction(1, 10**10)
STEPS = 40


class Constants(NamedTuple):
    """η (of the implicit form), λ, β1, β2, L as fractions."""

    eta: Fraction
    lam: Fraction
    beta1: Fraction
    beta2: Fraction
    L: Fraction

    @property
    def c(self) -> Fraction:
        return self.eta * self.beta1 / (self.eta * self.lam * (1 - self.beta1) + 1 - self.beta2)


class Start(NamedTuple):
    """x, m, and f(x + d) = gd + (curvature/2)d²."""

    x: Fraction
    m: Fraction
    g: Fraction
    curvature: Fraction


def rise_and_move(k: Constants, at: Start) -> tuple[Fraction, Fraction]:
    """H(x⁺,m⁺) − H(x,m) and (x⁺−x)² of one Lion step, K = |·| and |λx| ≤ 1, so that K* is 0."""
    m_tilde, m = k.beta1 * at.m - (1 - k.beta1) * at.g, k.beta2 * at.m - (1 - k.beta2) * at.g
    x = (at.x + k.eta * ((m_tilde > 0) - (m_tilde < 0))) / (1 + k.eta * k.lam)
    d = x - at.x
    bracket = abs(m) - k.lam * x * m - abs(at.m) + k.lam * at.x * at.m
    return at.g * d + at.curvature / 2 * d * d + k.c * bracket, d * d


def family(k: Constants, delta: Fraction, size: Fraction) -> Start:
    """The step with m̃⁺ = δ·size."""
    return Start(Fraction(0), size, size * (k.beta1 - delta) / (1 - k.beta1), k.L)


def other_steps(k: Constants, seed: int) -> list[Start]:
    """Seeded steps from anywhere in the set, f convex or not."""
    rng = random.Random(seed)
    radius = 1 / k.lam if k.lam else Fraction(2)
    found = []
    for _ in range(STEPS):
        x, m = radius * Fraction(rng.randint(-8, 8), 8), Fraction(rng.randint(-9, 9), 3)
        found.append(Start(x, m, Fraction(rng.randint(-9, 9), 2), rng.choice([-1, 0, 1]) * k.L))
    return found


def contradiction(k: Constants, least: Fraction | None, seed: int) -> str | None:
    """What contradicts that `least` is σ* (None: that there is no σ), exactly; None where nothing does."""
    deltas = [Fraction(1, 10**power) * k.L * k.eta / (1 + k.eta * k.L) for power in (2, 8, 14)]
    one = Fraction(1)
    starts = [family(k, delta, one) for delta in deltas] + other_steps(k, seed)
    large = [family(k, deltas[1], Fraction(10) ** power) for power in (3, 9, 15)]
    if least is None:
        risen = [rise / move for rise, move in (rise_and_move(k, at) for at in large)]
        if risen[-1] > 10**9 * k.L and risen[-1] > 10**5 * risen[1] > 10**10 * risen[0] > 0:
            return None
        return f"the rise stays at {float(risen[-1]):g}‖x⁺−x‖² as m grows"
    largest = Fraction(0)
    for at in starts + large:
        rise, move = rise_and_move(k, at)
        if rise > least * move:
            return f"x = {at.x}, m = {at.m}, g = {at.g}, curvature {at.curvature}: H rises by {rise}, (x⁺−x)² is {move}"
        largest = max(largest, rise / move) if move else largest
    return None if largest >= least * (1 - NEAR) else f"no step exceeds {float(largest):g}‖x⁺−x‖²"


def constants(run: Run) -> list[Constants]:
    """Products of round fractions, β1 below, at and above β2."""
    rates = [("1/100", "1"), ("1/10", "1/2"), ("1/3", "3"), ("1/5", "0")]
    betas = [("9/10", "99/100"), ("9/10", "9/10"), ("0", "1/2"), ("1/2", "1/2"), ("19/20", "49/50"), ("1/5", "99/100"),
        ("99/100", "9/10"), ("1/2", "0"), ("23/25", "9/10")]  # fmt: skip
    curvatures = ("1",) if run.is_quick else ("1/7", "1", "50")
    chosen = product(rates, betas, curvatures)
    return [Constants(*map(Fraction, (*rate, *beta, L))) for rate, beta, L in chosen]


def measure(cases: Sequence[Constants], run: Run, subject: Callable[[Constants], Fraction | None]) -> Measurement:
    """How many sets of constants contradict the constant claimed."""
    found = [(k, why) for k in cases if (why := contradiction(k, subject(k), run.seed)) is not None]
    where = None
    if found:
        k, why = found[0]
        where = {name: str(number) for name, number in k._asdict().items()} | {"K": "|z|", "seen": why}
    return Measurement(float(len(found)), 0.0, len(cases), where)


def least_slack(k: Constants) -> Fraction | None:
    """σ*."""
    return k.L / 2 if k.beta1 <= k.beta2 else None


def times(factor: Fraction) -> Callable[[Constants], Fraction | None]:
    return lambda k: None if (least := least_slack(k)) is None else factor * least


def out_of_range(k: Constants) -> str | None:
    is_inside = 0 <= k.beta1 < 1 and 0 <= k.beta2 < 1 and k.eta > 0 and k.lam >= 0 and k.L > 0
    return None if is_inside else "β1 and β2 must lie in [0, 1), η and L must be positive and λ not negative."


SMALL = Fraction(1, 10**9)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="slack-constant-is-attained",
        statement=(
            "For β1 ≤ β2, L/2 is the least σ with H(x⁺,m⁺) − H(x,m) ≤ σ‖x⁺−x‖² for all convex K and all L-smooth f, "
            "convex f included, β1 = β2 included; for β1 > β2 there is no such σ."
        ),
        source="derived here, on arXiv 2310.05898, Theorem 4.1; K = |·|, f = gx + (L/2)x², m̃⁺ → 0",
        hypotheses=(Hypothesis("0 ≤ β1, β2 < 1, η, L > 0, λ ≥ 0", out_of_range),),
        observable=(
            "sets of constants (η, λ, β1, β2, L) for which a step rises by more than σ‖x⁺−x‖², or no step by "
            "(1 − 1e-10)σ‖x⁺−x‖², in exact rational arithmetic"
        ),
        tolerance="none: fractions; 1e-10 is how near the family is followed to its limit, and δ goes to 1e-14 for it.",
        cases=constants,
        measure=measure,
        subject=least_slack,
        wrongs=(
            Wrong("L/4 is enough", times(Fraction(1, 2))),
            Wrong("a relative 1e-9 less than L/2 is enough", times(1 - SMALL)),
            Wrong("a relative 1e-9 more than L/2 is needed", times(1 + SMALL)),
            Wrong("(1+cλ)L/2 is needed", lambda k: k.L / 2 * (1 + k.c * k.lam) if k.beta1 <= k.beta2 else None),
            Wrong("1000·L is enough for β1 > β2", lambda k: least_slack(k) or 1000 * k.L),
            Wrong("there is none at β1 = β2", lambda k: None if k.beta1 == k.beta2 else least_slack(k)),
        ),
        is_exact=True,
    ),
)
