"""Phase 1: weight decay draws λx to dom K* at a rate that no gradient can slow, random, stale or adversarial.

    explicit decay   dist(λx⁺, dom K*) ≤ (1−ηλ) dist(λx, dom K*)
    implicit decay   dist(λx⁺, dom K*) ≤ dist(λx, dom K*)/(1+ηλ)
    the flow         e^{−λτ} at time τ = ηt, which explicit decay stays below and meets as η → 0

A push straight outward attains all three for every norm, and for dead zone and Huber beyond their thresholds, which is
why a rate wrong by 1e-6 must show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ._cases import PARAMETERS, Case, standard_or_given
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._hypotheses import BELOW_ONE, CONSTANT_STEP, DECAYS, STARTS_OUTSIDE
from ._pushed_runs import CONTRACTIONS, PushedRun, evaluation_count, is_attained, pushed_cases, pushed_runs, worst_of

UNIT = 2.0**-53
# At this ηλ the envelope lies a relative ηλ/2 = 1e-7 from the rate attained, so that an error of 1e-6 in it shows.
SLOW = 2e-7
# An outward direction at a distance d is known to δ = u‖λx‖/d, and ∇K of it supports dom K* up to δ^p or δ². At 1e-3
# that is far below u; at smaller d the push no longer aims exactly.
CLEARLY_OUTSIDE = 1e-3


def explicit_factor(h: float) -> float:
    """1 − ηλ, h = ηλ."""
    return 1 - h


def implicit_factor(h: float) -> float:
    """1/(1+ηλ)."""
    return 1 / (1 + h)


@dataclass(frozen=True)
class Rate:
    """The factor per step as a function of ηλ; `is_smaller_set` measures distances to (1 − 1e-6) dom K*."""

    factor: Callable[[float], float]
    is_smaller_set: bool = False


@dataclass(frozen=True)
class Envelope:
    """e^{−λτ·rate} above, and below it e^{−λτ − t·second·(ηλ)²/(2(1−ηλ))}, which explicit decay cannot fall under."""

    rate: float = 1.0
    second: float = 1.0
    is_smaller_set: bool = False


def allowance(one: PushedRun) -> np.ndarray:
    """Rounding of one step's distances: 8u for the step as stored, a projection and a ∇K, of ‖λx‖ + ‖λx⁺‖."""
    rounding = (8 + 2 * evaluation_count(one)) * UNIT * (one.size[1:] + one.size[:-1])
    return np.where(rounding > 0, rounding, UNIT)  # a run that rests at 0 has no rounding and no distance


def step_error(rate: Rate, one: PushedRun) -> float:
    """Excess of d⁺ over factor·d, and where the rate is attained |d⁺ − factor·d|, in units of rounding."""
    d = one.distance_to_smaller if rate.is_smaller_set else one.distance
    excess = (d[1:] - rate.factor(one.contraction) * d[:-1]) / allowance(one)
    is_clear = d[:-1] > CLEARLY_OUTSIDE * one.size[:-1]
    attained = np.max(np.abs(excess[is_clear]), initial=0.0) if is_attained(one) else 0.0
    return float(np.maximum(np.max(excess), attained))


def envelope_error(envelope: Envelope, one: PushedRun) -> float:
    """Excess of d_t over e^{−λτ}d_0, and under an attaining push of the lower envelope over d_t, over rounding."""
    d = one.distance_to_smaller if envelope.is_smaller_set else one.distance
    h, t = one.contraction, np.arange(len(d))
    gathered = np.zeros(len(d))
    for step, rounding in enumerate(allowance(one)):
        gathered[step + 1] = (1 - h) * gathered[step] + rounding
    upper, lower = -h * t * envelope.rate, -h * t - envelope.second * t * h**2 / (2 * (1 - h))
    # Evaluating an exponential of size v costs a relative (v + 4)u.
    slack = gathered + (h * t + 4) * UNIT * d[0] + allowance(one)[0]
    above = (d - np.exp(upper) * d[0]) / slack
    if not is_attained(one):
        return float(np.max(above))
    below = (np.exp(lower) * d[0] - d) / slack
    return float(np.maximum(np.max(above), np.max(below[d > CLEARLY_OUTSIDE * one.size], initial=-np.inf)))


def measure(
    decay: str, error: Callable[..., float], cases: Sequence[Case], run: Run, subject: Rate | Envelope
) -> Measurement:
    """The worst error over all runs, random and adversarial."""
    if run.parameters and subject not in RIGHT:
        controls = [case for case in pushed_cases(True, False, (SLOW, *CONTRACTIONS)) if case.label.startswith("‖·‖₁")]
        cases = [*cases, *(case for case in controls if BELOW_ONE.failure(case) is None)]
    runs = pushed_runs([case for case in cases if case.method.decay == decay], run)
    ratio, one = worst_of(runs, partial(error, subject))
    gradients = "pushed outward" if one.is_adversarial else "random"
    return Measurement(ratio, 1.0, len(runs), {"ratio": ratio, "gradients": gradients, **one.case.replay()})


EXPLICIT, IMPLICIT, FLOW = Rate(explicit_factor), Rate(implicit_factor), Envelope()
RIGHT = (EXPLICIT, IMPLICIT, FLOW)


def cases(decay: str, run: Run, contractions: Sequence[float] = CONTRACTIONS) -> Sequence[Case]:
    """Starts outside dom K*, of one decay. A user's case is taken with that decay unless it names another."""
    chosen = standard_or_given(
        Run(run.seed, run.is_quick, {"decay": decay, **run.parameters} if run.parameters else {}),
        lambda: pushed_cases(run.is_quick, False, tuple(contractions)),
    )
    return [case for case in chosen if run.parameters or case.method.decay == decay]


def _is(decay: str) -> Hypothesis:
    return Hypothesis(
        f"decay is {decay}",
        lambda case: None if case.method.decay == decay else f"decay is {case.method.decay}; this form is for {decay}.",
    )


TOLERANCE = (
    "1: the rounding of one step's two distances, (8+2C)u(‖λx‖+‖λx⁺‖), C counting the roundings of ∇K and of a "
    "projection on dom K*. A distance then stalls where ηλ·dist falls below it, as it must; equality is held "
    "where dist ≥ 1e-3·‖λx‖, so that outward is well defined"
)
OBSERVABLE = "largest excess of dist⁺ over its envelope, and |dist⁺ − envelope| where attained, in units of rounding"
SMALLER = "distances measured to a set smaller by a relative 1e-6"

CLAIMS = (
    Claim(
        id="contraction-explicit",
        statement=(
            "Explicit decay: dist(λx⁺, dom K*) ≤ (1−ηλ)·dist(λx, dom K*) for any gradients and 0 ≤ ηλ ≤ 1, with "
            "equality where ∇K(m̃) maximises ⟨λx − p, ·⟩ over dom K*, p the point of it nearest to λx."
        ),
        source="arXiv 2310.05898, §3 (phase 1), carried to discrete time here",
        hypotheses=(DECAYS, CONSTANT_STEP, _is("explicit"), STARTS_OUTSIDE),
        observable=OBSERVABLE,
        tolerance=TOLERANCE + ".",
        cases=partial(cases, "explicit"),
        measure=partial(measure, "explicit", step_error),
        subject=EXPLICIT,
        wrongs=(
            Wrong("a rate too fast by a relative 1e-6", Rate(lambda h: (1 - h) * (1 - 1e-6))),
            Wrong("(1−ηλ)² per step", Rate(lambda h: (1 - h) ** 2)),
            Wrong("the implicit rate 1/(1+ηλ) as the one attained", Rate(implicit_factor)),
            Wrong(SMALLER, Rate(explicit_factor, is_smaller_set=True)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="contraction-implicit",
        statement=(
            "Implicit decay: dist(λx⁺, dom K*) ≤ dist(λx, dom K*)/(1+ηλ) for any gradients and any ηλ ≥ 0, with "
            "equality where ∇K(m̃) maximises ⟨λx − p, ·⟩ over dom K*, p the point of it nearest to λx."
        ),
        source="arXiv 2310.05898, §3 (phase 1), carried to discrete time here",
        hypotheses=(DECAYS, CONSTANT_STEP, _is("implicit"), STARTS_OUTSIDE),
        observable=OBSERVABLE,
        tolerance=TOLERANCE + ".",
        cases=partial(cases, "implicit"),
        measure=partial(measure, "implicit", step_error),
        subject=IMPLICIT,
        wrongs=(
            Wrong("a rate too fast by a relative 1e-6", Rate(lambda h: (1 - 1e-6) / (1 + h))),
            Wrong("the explicit rate 1−ηλ, which is faster", Rate(explicit_factor)),
            Wrong("the flow's rate e^{−ηλ}, which is faster too", Rate(lambda h: float(np.exp(-h)))),
            Wrong(SMALLER, Rate(implicit_factor, is_smaller_set=True)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="contraction-envelope",
        statement=(
            "At time τ = ηt explicit decay has brought the distance below the flow's envelope e^{−λτ}·dist_0; where "
            "∇K(m̃) maximises ⟨λx − p, ·⟩ over dom K* at every step, p nearest to λx, it stays above "
            "e^{−λτ−(ηλ)²t/(2(1−ηλ))}·dist_0, so that both meet as η → 0."
        ),
        source="arXiv 2310.05898, §3, dist ≤ e^{−λ(t−s)}dist_s for the flow; the lower envelope is derived here",
        hypotheses=(DECAYS, CONSTANT_STEP, _is("explicit"), BELOW_ONE, STARTS_OUTSIDE),
        observable="largest excess of dist_t over e^{−λτ}dist_0, or of the lower envelope over dist_t, over rounding",
        tolerance=TOLERANCE + "; gathered over the steps with weight 1−ηλ, and (λτ+4)u for the exponentials.",
        cases=partial(cases, "explicit", contractions=(SLOW, *CONTRACTIONS)),
        measure=partial(measure, "explicit", envelope_error),
        subject=FLOW,
        wrongs=(
            Wrong("a rate of the upper envelope too fast by a relative 1e-6", Envelope(rate=1 + 1e-6)),
            Wrong("no second-order gap below the envelope", Envelope(second=0.0)),
            Wrong("a second-order gap too small by a relative 1e-2", Envelope(second=0.99)),
            Wrong(SMALLER, Envelope(is_smaller_set=True)),
        ),
        parameters=PARAMETERS,
    ),
)
