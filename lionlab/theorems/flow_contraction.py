"""Phase 1 of the flow: dist(λx_t, dom K*) ≤ e^{−λ(t−s)} dist(λx_s, dom K*), whatever the gradients do.

The Runge–Kutta method takes λx to R(hλ)λx plus a combination of points of dom K* whose weights are ≥ 0 and sum to
1 − R(hλ), R(z) = 1 − z + z²/2 − z³/6 + z⁴/24: it shows the rate with no other error than R against e^{−z}.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import LogCosh, PseudoHuber
from ._claim import Claim, Measurement, Run, Wrong
from ._conjugate_samples import evaluation_count
from ._flow_cases import PARAMETERS, FlowCase, standard_or_given
from ._flow_hypotheses import DECAYS, FINITE_FUNCTION, SMOOTH, STARTS_OUTSIDE
from ._flow_outside_runs import KINDS_OUTSIDE, STEP, is_pushed, outside_cases, outside_runs, shaken_cases
from ._flow_runs import TIGHT, FlowRun, failures, length
from ._hypotheses import boundary

UNIT = 2.0**-53


@dataclass(frozen=True)
class Rate:
    """Distances shrink like e^{−(rate·λ + damping·γ)t}; `is_smaller_set` measures them to (1 − 1e-6) dom K*."""

    rate: float = 1.0
    damping: float = 0.0
    is_smaller_set: bool = False


PHASE_1 = Rate()


def excess(one: FlowRun, subject: Rate, is_fixed_step: bool) -> float:
    """The largest dist_t − e^{−λ(t−s)}dist_s over all pairs s < t of saved times, in units of its allowance.

    Where the gradients push outward along the projection's own normal, and ∇K reaches the nearest point, of |…|.
    """
    flow, times = one.case.flow, one.case.times
    lam = flow.weight_decay
    d = _distances_to_smaller(one) if subject.is_smaller_set else one.distance
    # Distances to the smaller set are measured at every eighth time.
    is_measured = np.ones(len(d), bool) if not subject.is_smaller_set else np.arange(len(d)) % 8 == 0
    is_measured = is_measured[None, :] & is_measured[:, None]
    apart = times[None, :] - times[:, None]
    factor = np.exp(-(subject.rate * lam + subject.damping * flow.gamma) * apart)
    # What the Runge–Kutta method makes of the rate is known: it is added to both sides.
    factor = factor + _bias(lam, apart, times, is_fixed_step)
    over = (d[None, :] - factor * d[:, None]) / _allowance(one, apart, is_fixed_step)
    if is_pushed(one.case) and not isinstance(flow.K, LogCosh | PseudoHuber):
        over = np.abs(over)
    return float(np.max(over[(apart > 0) & is_measured]))


def _bias(lam: float, apart: np.ndarray, times: np.ndarray, is_fixed_step: bool) -> np.ndarray | float:
    """R(hλ)^k − e^{−λ(t−s)}, over the k = (t−s)/h steps of the Runge–Kutta method; nothing for the adaptive one."""
    if not is_fixed_step:
        return 0.0
    interval = float(np.diff(times).max())
    h = interval / np.ceil(interval / STEP * (1 - 1e-12))
    z = h * lam
    R = 1 - z + z**2 / 2 - z**3 / 6 + z**4 / 24
    return R ** (np.abs(apart) / h) - np.exp(-lam * np.abs(apart))


def _allowance(one: FlowRun, apart: np.ndarray, is_fixed_step: bool) -> np.ndarray:
    """Rounding of the distances and of every step between, and for the adaptive solver what its tolerances admit."""
    lam, C = one.case.flow.weight_decay, evaluation_count(one.case.flow.K, one.case.x0.shape)
    largest = float(np.max(length(lam * one.x)))
    steps = one.num_steps * np.abs(apart) / (one.case.times[-1] - one.case.times[0]) + 1
    # A step rounds x twice, and hλ(∇K − λx), of twice the size of λx outside, by the roundings of its four stages.
    per_step = UNIT * (2 + 2 * (8 + C) * STEP * lam) * largest
    solver = 0.0 if is_fixed_step else lam * one.step_error * one.num_steps
    return 2 * C * UNIT * largest + steps * per_step + solver


def _distances_to_smaller(one: FlowRun) -> np.ndarray:
    share, lam = 1 - 1e-6, one.case.flow.weight_decay
    found = np.full(len(one.x), np.nan)
    for i in range(0, len(one.x), 8):
        found[i] = share * boundary(one.case.flow.K, lam * one.x[i] / share).distance
    return found


def cases(run: Run) -> list[FlowCase]:
    """Starts outside dom K*, under gradients that are convex, wild, pushed outward, and for Huber shaken in time."""

    def standard() -> list[FlowCase]:
        found = [case for label in KINDS_OUTSIDE[: 1 if run.is_quick else None] for case in outside_cases(False, label)]
        return found if run.is_quick else [*found, *shaken_cases("Huber")]

    return standard_or_given(run, standard)


def measure(cases: Sequence[FlowCase], run: Run, subject: Rate) -> Measurement:
    """The worst excess over all runs."""
    if subject is not PHASE_1 and run.parameters:
        cases = [*cases, *outside_cases(False, "Huber")]
    shaken = [case for case in cases if callable(case.flow.alpha)]
    steady = [case for case in cases if not callable(case.flow.alpha)]
    fixed, adaptive = outside_runs(steady, "rk4", TIGHT), outside_runs(shaken, "tsit5", TIGHT)
    found = [(excess(one, subject, True), one) for one in fixed]
    found += [(excess(one, subject, False), one) for one in adaptive]
    ratio, one = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    note = failures([*fixed, *adaptive])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **one.case.replay()}, note)


CLAIMS = (
    Claim(
        id="flow-contraction",
        statement=(
            "Along the flow of a smooth K, dist(λx_t, dom K*) ≤ e^{−λ(t−s)}·dist(λx_s, dom K*) for all s < t and any "
            "gradients: of a convex f, wild, pushing outward, or multiplied by an α(t) that swings a hundredfold; with "
            "equality when ∇K(m̃) is the nearest point, as under an outward push for Moreau envelopes of norms."
        ),
        source="arXiv 2310.05898, §3 (phase 1)",
        hypotheses=(SMOOTH, FINITE_FUNCTION, DECAYS, STARTS_OUTSIDE),
        observable="largest excess of dist_t over e^{−λ(t−s)}dist_s, and |excess| where equal, over all pairs of times",
        tolerance=(
            "1: the rounding of the steps between and of two distances, by fourth-order Runge–Kutta, whose factor "
            "R(hλ)^k per k steps exceeds e^{−λ(t−s)} by a known 1e-11 to 1e-8; for α(t), tsit5 at 1e-11, and what it "
            "admits in x times λ."
        ),
        cases=cases,
        measure=measure,
        subject=PHASE_1,
        wrongs=(
            Wrong("a rate too fast by a relative 1e-6", Rate(rate=1 + 1e-6)),
            Wrong("a rate too slow by a relative 1e-6, as the one attained", Rate(rate=1 - 1e-6)),
            Wrong("the rate γ + λ", Rate(damping=1.0)),
            Wrong("the rate 2λ", Rate(rate=2.0)),
            Wrong("distances measured to a set smaller by a relative 1e-6", Rate(is_smaller_set=True)),
        ),
        parameters=PARAMETERS,
    ),
)
