"""One Lyapunov function for both phases of the flow: H_M, with K_M = K + indicator of {‖·‖_B ≤ M} in place of K.

Outside dom K* the paper's H is infinite. Where ‖m̃_t‖_B ≤ M all along, the same run is a run of the flow with K_M, so
that H_M, finite everywhere, falls and balances from any start; inside it is H wherever ∂K*(λx) meets the ball.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._claim import Claim, Measurement, Run, Wrong
from ._flow_cases import PARAMETERS, FlowBatch, FlowCase, standard_or_given
from ._flow_energy import THEOREM, Formula, bracket_weight, energy
from ._flow_hypotheses import CONSTANT_ALPHA, DECAYS, FINITE_FUNCTION, SMOOTH
from ._flow_outside_runs import KINDS_OUTSIDE, WITH_DECAY, is_pushed, outside_cases, outside_runs
from ._flow_runs import TIGHT, FlowRun, failures, pieces

SMALLER = 1 - 1e-6
# As many as the runs had beside them: the same compilation.
NUM_TOGETHER = len(WITH_DECAY)


@dataclass(frozen=True)
class Extension:
    """H_M at `fraction` of the run's M, by a formula; K_M* as 0 outside dom K* where `is_zero_outside`."""

    fraction: float = 1.0
    formula: Formula = THEOREM
    is_zero_outside: bool = False


LIBRARY = Extension()


def energies(one: FlowRun, subject: Extension) -> np.ndarray:
    """H_M at the saved times."""
    if subject is LIBRARY:
        return one.lyapunov
    bound = None if one.bound is None else subject.fraction * one.bound
    at = pieces(one.case, one.x, one.m, bound)
    if subject.is_zero_outside:
        at = at._replace(K_star=np.where(one.distance > 0, 0.0, at.K_star))
    return energy(one.case, at, one.x, one.m, subject.formula)


def errors(one: FlowRun, subject: Extension) -> dict[str, float]:
    """The rise of H_M and what its balance leaves over, in units of what the tolerances admit."""
    H = energies(one, subject)
    found = {
        "rise": float(np.max(H - np.minimum.accumulate(H))) / one.admitted,
        "balance": float(np.max(np.abs(H + one.dissipated - H[0]))) / one.admitted,
    }
    if subject is LIBRARY:
        found["H_M − H inside"] = _apart_inside(one)
    return found


def _apart_inside(one: FlowRun) -> float:
    """|H_M − H| where λx is inside and ∇K*(λx) in the ball, over what rounding and the tolerances admit."""
    if one.bound is None:
        return 0.0
    at = pieces(one.case, one.x, one.m)
    in_ball = np.array([_ball_norm(one.case, z) <= one.bound for z in at.z])
    is_compared = (one.distance == 0) & in_ball
    apart = np.abs(one.lyapunov - energy(one.case, at, one.x, one.m))[is_compared]
    return float(np.max(apart, initial=0.0)) / one.admitted


def _ball_norm(case: FlowCase, v: np.ndarray) -> float:
    return float(np.max(np.abs(v)) if case.flow.K.is_separable else np.linalg.norm(v))


def accepts_small_bound(one: FlowRun) -> bool:
    """Whether `integrate` takes an M below a ‖m̃_t‖_B or ‖m_t‖_B that the run is known to reach."""
    at = pieces(one.case, one.x, one.m, one.bound)
    reached = max(_ball_norm(one.case, v) for v in np.concatenate([at.m_tilde, one.m]))
    copies = 1 if one.case.is_given else NUM_TOGETHER
    try:
        FlowBatch((one.case,) * copies).integrate("tsit5", rtol=TIGHT, atol=TIGHT, bound=SMALLER * reached)
    except ValueError:
        return False
    return True


def cases(run: Run) -> list[FlowCase]:
    """Starts outside dom K*, under the gradients of a convex and of a wild f."""

    def standard() -> list[FlowCase]:
        labels = KINDS_OUTSIDE[: 1 if run.is_quick else None]
        return [case for label in labels for case in outside_cases(False, label)]

    return standard_or_given(run, standard)


def measure(cases: Sequence[FlowCase], run: Run, subject: Extension) -> Measurement:
    """The worst error over all runs; infinite where too small an M is accepted."""
    if subject is not LIBRARY and run.parameters:
        cases = [*cases, *outside_cases(False, "Huber")]
    runs = outside_runs(cases, "tsit5", TIGHT)
    found = [(ratio, name, one) for one in runs for name, ratio in errors(one, subject).items()]
    if subject is LIBRARY:
        strictest = [one for one in runs if not is_pushed(one.case) and not one.failure][:1]
        found += [(np.inf if accepts_small_bound(one) else 0.0, "M too small accepted", one) for one in strictest]
        if not run.parameters and not any(np.any(one.distance[1:] == 0) for one in runs):
            return Measurement(np.nan, 1.0, len(runs), note="No run entered dom K*: H_M = H was not measured.")
    ratio, name, one = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(ratio, 1.0, len(runs), {"observed": name, "M": one.bound, **one.case.replay()}, failures(runs))


CLAIMS = (
    Claim(
        id="flow-global-lyapunov",
        statement=(
            "Where ‖m̃_t‖_B ≤ M along the flow of a smooth K, H_M is finite from any start, never rises and keeps its "
            "balance through both phases, and equals H inside where ∇K*(λx) is in the ball; an M below ‖m̃_t‖_B or "
            "‖m_t‖_B is refused."
        ),
        source="derived here: K + indicator of a ball in place of K in arXiv 2310.05898, Theorem 3.1",
        hypotheses=(SMOOTH, FINITE_FUNCTION, CONSTANT_ALPHA, DECAYS),
        observable=(
            "worst rise of H_M, balance residual and |H_M − H| inside, in units of what the tolerances admit; infinite "
            "where an M a relative 1e-6 below a norm that the run reaches is accepted"
        ),
        tolerance=(
            "1: at rtol = atol = 1e-11, the number of steps times the error of an accepted one, √(2d+1)·tol·(1 + size) "
            "in x, m and the dissipation, times the slopes of H_M."
        ),
        cases=cases,
        measure=measure,
        subject=LIBRARY,
        wrongs=(
            Wrong("a third of the M", Extension(fraction=1 / 3)),
            Wrong("K_M* with an M too small by a relative 1e-6", Extension(fraction=SMALLER)),
            Wrong("K_M* taken as 0 outside dom K*", Extension(is_zero_outside=True)),
            Wrong("the sign of ⟨λx, m⟩", Extension(formula=Formula(coupling=-1.0))),
            Wrong(
                "c = 1−εγ, without the division by 1+ελ",
                Extension(formula=Formula(c=lambda n: max(1 - n.epsilon * n.gamma, 0.0))),
            ),
            Wrong(
                "c too small by a relative 1e-6", Extension(formula=Formula(c=lambda n: SMALLER * bracket_weight(n)))
            ),
        ),
        parameters=PARAMETERS,
    ),
)
