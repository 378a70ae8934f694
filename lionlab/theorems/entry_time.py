"""When phase 1 ends is known before the run: within δ of the set after ⌈log(δ/dist_0)/log(factor)⌉ steps at most.

The factor is 1−ηλ (explicit) or 1/(1+ηλ) (implicit), and an outward push takes exactly that many steps. Coordinate by
coordinate, for ‖·‖₁ and dead zone: one that is outside can enter only in a step whose direction does not point outward.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..convex import DeadzoneL1, L1Norm
from ._cases import PARAMETERS, Case, standard_or_given
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._hypotheses import CONSTANT_STEP, DECAYS, STARTS_OUTSIDE
from ._pushed_runs import PushedRun, is_attained, pushed_cases, pushed_runs, worst_of

# Shares of the first distance that are asked for; odd numbers, so that no prediction is a whole number of steps.
SHARES = (0.513, 0.107, 0.0213, 0.00313)


@dataclass(frozen=True)
class Prediction:
    """The steps needed to shrink a distance to `share` of itself: from (ηλ, decay, share) to a number of steps.

    `forbidden` is the sign of the directions in which no coordinate is said to enter: 1 outward, −1 inward.
    """

    steps: Callable[[float, str, float], float]
    forbidden: int = 1


def predicted(h: float, decay: str, share: float) -> float:
    """⌈log(share)/log(factor)⌉, one step where ηλ = 1 and decay is explicit."""
    factor = 1 - h if decay == "explicit" else 1 / (1 + h)
    return 1.0 if factor <= 0 else float(np.ceil(np.log(share) / np.log(factor)))


def steps_apart(prediction: Prediction, one: PushedRun) -> float:
    """The largest observed − predicted, in steps, or |observed − predicted| where the prediction is attained.

    −inf for a run that starts inside or ends before any of the predicted steps: it shows nothing.
    """
    d, decay = one.distance, one.case.method.decay
    apart = -np.inf
    for share in SHARES:
        steps = prediction.steps(one.contraction, decay, share)
        later = np.flatnonzero(~(d <= share * d[0]))
        observed = float(later[-1] + 1) if later.size else 0.0
        if d[0] == 0 or predicted(one.contraction, decay, share) > len(d) - 2:
            continue  # inside already, or the run is too short to show it
        # Under an attaining push dist is 0 only up to rounding, and ηλ = 1 lands inside at once.
        difference = observed - steps
        apart = max(apart, abs(difference) if is_attained(one) else difference)
    against = float(_entries(one, prediction.forbidden))
    return against if against > 0 else apart


def _entries(one: PushedRun, direction: int) -> int:
    """How many coordinates entered the box in a step whose own direction points outward (1) or inward (−1)."""
    method = one.case.method
    if not isinstance(method.K, L1Norm | DeadzoneL1):
        return 0
    y = method.weight_decay * one.x
    m_tilde = method.beta1 * one.m[:-1] - (1 - method.beta1) * one.gradient
    threshold = float(getattr(method.K, "threshold", 0.0))
    pointed = np.where(np.abs(m_tilde) > threshold, np.sign(m_tilde), 0) * np.sign(y[:-1])
    # Nearer than this the stored coordinate can land on the face by rounding.
    was_outside = np.abs(y[:-1]) > 1 + 8 * 2.0**-53 / min(one.contraction, 1.0)
    # A step of ηλ = 1 ends at u itself, on the face it points to.
    return int(np.sum(was_outside & (pointed == direction) & (np.abs(y[1:]) < 1 - 4 * 2.0**-53)))


def measure(cases: Sequence[Case], run: Run, subject: Prediction) -> Measurement:
    """The worst difference over all runs, random and adversarial, in steps."""
    if run.parameters and subject is not THEOREM:
        cases = [*cases, *(case for case in pushed_cases(True, False) if case.label.startswith("‖·‖₁"))]
    steps, one = worst_of(pushed_runs(cases, run), partial(steps_apart, subject))
    steps = steps if np.isfinite(steps) else np.nan  # no run showed anything
    gradients = "pushed outward" if one.is_adversarial else "random"
    return Measurement(steps, 0.0, 2 * len(cases), {"steps": steps, "gradients": gradients, **one.case.replay()})


def _too_short(case: Case) -> str | None:
    method = case.method
    steps = predicted(float(method.step_size) * method.weight_decay, method.decay, SHARES[0])  # type: ignore[arg-type]
    if steps <= case.num_steps - 1:
        return None
    return (
        f"{case.num_steps} steps are too few: {steps:g} are needed to come within {SHARES[0]:g} of the first distance."
    )


THEOREM = Prediction(predicted)

CLAIMS = (
    Claim(
        id="entry-time",
        statement=(
            "For 0 < δ < dist_0 and ηλ < 1, dist(λx, dom K*) ≤ δ from step ⌈log(δ/dist_0)/log(1−ηλ)⌉ on (for implicit "
            "decay at every η, with 1/(1+ηλ)), whatever the "
            "gradients; where ∇K(m̃) maximises ⟨λx − p, ·⟩ over dom K* at every step, p nearest to λx, exactly that "
            "many are needed, and no coordinate enters in an outward step."
        ),
        source="derived here from phase 1, arXiv 2310.05898, §3",
        hypotheses=(DECAYS, CONSTANT_STEP, STARTS_OUTSIDE, Hypothesis("the run is long enough to show it", _too_short)),
        observable="largest observed − predicted number of steps (|observed − predicted| where the bound is attained)",
        tolerance="0 steps: both are whole numbers, and the δ asked for lie away from a whole number of steps.",
        cases=lambda run: standard_or_given(run, lambda: pushed_cases(run.is_quick, False)),
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("one step less", Prediction(lambda h, decay, share: predicted(h, decay, share) - 1)),
            Wrong("twice the rate", Prediction(lambda h, decay, share: predicted(h, decay, share**0.5))),
            Wrong("coordinates enter in outward steps, never in inward ones", Prediction(predicted, forbidden=-1)),
            Wrong("a rate 1 % too fast", Prediction(lambda h, decay, share: predicted(1.01 * h, decay, share))),
            Wrong(
                "the explicit count for implicit decay", Prediction(lambda h, _, share: predicted(h, "explicit", share))
            ),
        ),
        parameters=PARAMETERS,
    ),
)
