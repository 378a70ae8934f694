"""Where Lion with many workers stops: votes and averages of signs do not lead where the averaged gradient leads.

f = ½(x−1)², gradient noise −2 (probability 0.9) or +18 (0.1), of mean 0, 25 workers, β1 = β2 = 0.3, λ = 0

At a fixed x a worker's m̃ is −(x−1) plus 2 − Σ_k 14·0.3ᵏb_k with independent b_k ∈ {0, 1} of probability 0.1; that of
the averaged gradient is the same with B_k/25 for b_k, B_k binomial. For small η the run stops where the mean step
changes sign.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

WORKERS = 25
BETA = Fraction(3, 10)
RARE, LOW, HIGH, MINIMISER = Fraction(1, 10), -2, 18, 1
# How many steps back are followed; all that is older shifts m̃ by at most (HIGH − LOW)·βⁿ, and is bounded so.
LAGS = {"vote": 10, "mean of signs": 10, "averaged gradient": 4}


class Turn(NamedTuple):
    """The mean step of a method is said to be positive at `below` and everywhere under it, negative from `above` on."""

    below: Fraction
    above: Fraction


@cache
def delays(method: str) -> Mapping[Fraction, int]:
    """Values of Σ_k (1−β)βᵏ(HIGH−LOW)b_k over the lags, with weights that sum to a power of 10."""
    if method == "averaged gradient":
        draws = [(Fraction(b, WORKERS), math.comb(WORKERS, b) * 9 ** (WORKERS - b)) for b in range(WORKERS + 1)]
    else:
        draws = [(Fraction(0), 9), (Fraction(1), 1)]
    # In units of (1−β)(HIGH−LOW)·10⁻ⁿ/25 all values are integers.
    lags = LAGS[method]
    found = {0: 1}
    for k in range(lags):
        unit = 3**k * 10 ** (lags - k)
        after: dict[int, int] = {}
        for value, weight in found.items():
            for share, chance in draws:
                key = value + int(share * WORKERS) * unit
                after[key] = after.get(key, 0) + weight * chance
        found = after
    scale = (1 - BETA) * (HIGH - LOW) / (WORKERS * 10**lags)
    return {key * scale: weight for key, weight in found.items()}


def chance_up(method: str, x: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of the probability that m̃ > 0 at x."""
    known = delays(method)
    threshold = MINIMISER - LOW - x
    older = (HIGH - LOW) * BETA ** LAGS[method]
    total = sum(known.values())
    surely = sum(weight for value, weight in known.items() if value + older < threshold)
    perhaps = sum(weight for value, weight in known.items() if value < threshold)
    return Fraction(surely, total), Fraction(perhaps, total)


def mean_step(method: str, x: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of the mean of the step over η, of a method whose x is held fixed."""
    bounds = chance_up(method, x)
    if method == "vote":
        return _vote(bounds[0]), _vote(bounds[1])
    return 2 * bounds[0] - 1, 2 * bounds[1] - 1


def _vote(p: Fraction) -> Fraction:
    """Mean sign of the sum of an odd number of independent signs that are + with probability p."""
    wins = range(WORKERS // 2 + 1, WORKERS + 1)
    return 2 * sum((math.comb(WORKERS, n) * p**n * (1 - p) ** (WORKERS - n) for n in wins), Fraction(0)) - 1


def measure(cases: Sequence[str], run: Run, subject: Mapping[str, Turn]) -> Measurement:
    """How many ends have another sign of the mean step than stated, or one that is not certain."""
    wrong, where = 0, None
    for method in cases:
        turn = subject[method]
        for x, is_up in ((turn.below, True), (turn.above, False)):
            low, high = mean_step(method, x)
            if not (low > 0 if is_up else high < 0):
                wrong += 1
                where = where or {"method": method, "x": str(x), "mean step": [float(low), float(high)]}
    return Measurement(float(wrong), 0.0, 2 * len(cases), where)


def turn(below: str, above: str) -> Turn:
    return Turn(Fraction(below), Fraction(above))


BIASED = turn("2.98", "2.99")
RIGHT = {"vote": BIASED, "mean of signs": BIASED, "averaged gradient": turn("0.9", "1.1")}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="distributed-vote-bias",
        statement=(
            "A vote of Distributed Lion, or a mean of signs, keeps phase 1, being in [−1, 1], but need not go where "
            "Lion on the averaged gradient goes: for f = ½(x−1)², noise −2 or +18 with probabilities 0.9 and 0.1, 25 "
            "workers, β1 = β2 = 0.3, the mean step changes sign between 2.98 and 2.99, Lion's between 0.9 and 1.1."
        ),
        source="derived here; the methods are those of arXiv 2404.00438",
        hypotheses=(
            Hypothesis("x held fixed, momenta in their stationary law: the limit of small η"),
            Hypothesis("independent noise of workers and steps"),
        ),
        observable="ends where the mean step has not the stated sign for certain, in exact rational probabilities",
        tolerance="none: what is older than the steps followed moves m̃ by at most 20·0.3ⁿ, and is bounded by that",
        cases=lambda run: list(LAGS),
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("the vote stops at the minimum", {**RIGHT, "vote": turn("0.95", "1.05")}),
            Wrong("the vote stops one hundredth sooner", {**RIGHT, "vote": turn("2.97", "2.98")}),
            Wrong("the mean of signs does better than the vote", {**RIGHT, "mean of signs": turn("1", "2")}),
            Wrong("averaging gradients does not help", {**RIGHT, "averaged gradient": BIASED}),
        ),
        is_exact=True,
    ),
)
