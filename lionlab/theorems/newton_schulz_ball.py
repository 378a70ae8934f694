"""The ball that Muon keeps when its orthogonal factor is Newton–Schulz's approximation of it.

    X⁺ = (1−ηλ)X + ηsO(M̃⁺),   ‖O‖_op ≤ p(x₁) = 1.2023…        s: the width factor of the shapes

Along fixed singular vectors a singular value of X moves as x⁺ = (1−ηλ)x + ηs·p(p(p(p(p(σ))))), σ ∈ [0, 1], signs free.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._newton_schulz import NUM_STEPS, floor, iterated
from .newton_schulz import RIGHT as RANGE
from .newton_schulz import TURNS, pulled_back

ROUNDING = Fraction(1, 10**20)
CLOSE = Fraction(1, 10**9)
# One more digit in the last place is an upper bound of p(x₁).
LARGEST = RANGE.largest + Fraction(1, 10**12)


class Walk(NamedTuple):
    """ηλ, λ, s, and the signed σ of each step; `is_aligned` where every step is the largest there is."""

    rate: Fraction
    weight_decay: Fraction
    width_factor: Fraction
    sigmas: tuple[Fraction, ...]
    is_aligned: bool


Radius = Callable[[Walk], Fraction]


def radius(walk: Walk) -> Fraction:
    """s·p(x₁)/λ."""
    return walk.width_factor * LARGEST / walk.weight_decay


def direction(sigma: Fraction, is_outward: bool) -> Fraction:
    """An entry of O, moved by less than 10⁻²⁰ away from 0 or towards it."""
    numerator, denominator = iterated(abs(sigma), NUM_STEPS)
    found = floor(numerator, denominator, 20) + (ROUNDING if is_outward else 0)
    return found if sigma >= 0 else -found


def positions(walk: Walk) -> list[Fraction]:
    """x_1, x_2, … from x_0 = 0: not less than true in size for any walk but the aligned one, there not more."""
    known = {sigma: direction(sigma, not walk.is_aligned) for sigma in set(walk.sigmas)}
    x, found = Fraction(0), []
    for sigma in walk.sigmas:
        move = walk.rate / walk.weight_decay * walk.width_factor * known[sigma]
        x = (1 - walk.rate) * x + move
        # Kept short: 10⁻²⁵ is far below what is compared.
        x = Fraction(round(x * 10**25), 10**25)
        found.append(x)
    return found


def walks(run: Run) -> list[Walk]:
    """The aligned walk and random ones, for several ηλ, λ and width factors."""
    rng, found = random.Random(run.seed), []
    best = pulled_back(TURNS[0], NUM_STEPS - 1)
    levels = [Fraction(rng.randint(-1000, 1000), 1000) for _ in range(10 if run.is_quick else 60)]
    for rate in (Fraction(1, 10), Fraction(1, 3), Fraction(1)):
        for weight_decay, width_factor in ((Fraction(1), Fraction(1)), (Fraction(1, 10), Fraction(1, 5))):
            found.append(Walk(rate, weight_decay, width_factor, (best,) * 300, True))
            drawn = tuple(rng.choice(levels) for _ in range(100))
            found.append(Walk(rate, weight_decay, width_factor, drawn, False))
    return found


def measure(cases: Sequence[Walk], run: Run, subject: Radius) -> Measurement:
    """How many walks leave the ball, and how many aligned ones stay a relative 10⁻⁹ away from its boundary."""
    wrong, where = 0, None
    for walk in cases:
        reached, allowed = max(map(abs, positions(walk))), subject(walk)
        if reached > allowed or (walk.is_aligned and reached < allowed * (1 - CLOSE)):
            wrong += 1
            where = where or {"reached": float(reached), "radius": float(allowed), "rate": str(walk.rate)}
    return Measurement(float(wrong), 0.0, len(cases), where)


def too_long(walk: Walk) -> str | None:
    return None if 0 < walk.rate <= 1 else f"ηλ is {float(walk.rate):g}, outside (0, 1]."


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="newton-schulz-ball",
        statement=(
            "Muon with five shipped Newton–Schulz steps, decay λ and width factor s keeps ‖X‖_op ≤ 1.2023…·s/λ, "
            "1.2023… = p(x₁), for 0 < ηλ ≤ 1 in exact arithmetic, and where min(n, m) ≥ 2 no smaller ball; with the "
            "exact polar factor s/λ."
        ),
        source="derived here: ‖X⁺‖ ≤ (1−ηλ)‖X‖ + ηs‖O‖, and newton-schulz-overshoot",
        hypotheses=(
            Hypothesis("0 < ηλ ≤ 1", too_long),
            Hypothesis("exact arithmetic, X_0 in the ball; n×m matrices"),
        ),
        observable="walks of a singular value that leave the ball, or aligned ones that do not fill it to 1e-9",
        tolerance="directions are rounded to 1e-20, outward for the bound and inward for reaching it",
        cases=walks,
        measure=measure,
        subject=radius,
        wrongs=(
            Wrong("s/λ, as with the exact polar factor", lambda walk: walk.width_factor / walk.weight_decay),
            Wrong("without the width factor", lambda walk: LARGEST / walk.weight_decay),
            Wrong("smaller by 1e-8", lambda walk: radius(walk) * (1 - Fraction(1, 10**8))),
            Wrong("larger by 1e-8", lambda walk: radius(walk) * (1 + Fraction(1, 10**8))),
        ),
        is_exact=True,
    ),
)
