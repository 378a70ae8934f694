"""Where the flow comes to rest is stationary for F(x) = αf(x) + (γ/λ)K*(λx).

S(x) = K(z) + K*(λx) − ⟨z, λx⟩ with z = −(α/γ)∇f(x) is a Fenchel–Young gap: S ≥ 0, and S = 0 exactly where
λx ∈ ∂K(z), which is 0 ∈ α∇f + γ∂K*(λx). At rest m = z and ∇K(m) = λx.
"""

import functools
from collections.abc import Callable, Sequence

import numpy as np

from ._cases import bowl, nonconvex_bowl, shape_for
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._conjugate_samples import evaluation_count
from ._flow_cases import PARAMETERS, SMOOTH_KINDS, FlowCase, flow_sweep, standard_or_given
from ._flow_energy import bracket_weight, numbers_of
from ._flow_hypotheses import ENERGY
from ._flow_runs import FlowRun, failures, flow_runs, pieces, start_inside

UNIT = 2.0**-53
DURATION = 400.0
# As many (α, γ, ε, λ) as the other runs have, so that they share a compilation; α = γ, α above and below γ, λ = 0.
DAMPED = (
    (1.0, 1.0, 0.5, 0.5), (2.0, 0.5, 0.0, 1.0), (1.0, 0.5, 2.0, 2.0), (1.5, 2.0, 0.25, 0.0), (1.0, 2.0, 0.1, 0.3),
    (0.5, 1.0, 1.0, 1.0), (3.0, 1.0, 0.0, 0.5),
)  # fmt: skip


@functools.cache
def standard_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """Every smooth kind of K × f convex, and rippled with many stationary points × (α, γ, ε, λ); T = 400."""
    found: list[FlowCase] = []
    for label in ("Huber",) if is_quick else ("Huber", "log cosh", "envelope of ℓ2"):
        K = SMOOTH_KINDS[label]
        shape, times = shape_for(K), np.linspace(0, DURATION, 41)
        losses = {"convex": bowl(shape), "rippled": nonconvex_bowl(shape)}
        for name, f in losses.items():
            found += flow_sweep(K, f, times, DAMPED, start_inside(K, shape), 5, f"{label}, f {name}", 1.0)
    return tuple(found)


Factor = Callable[[FlowCase], float]


def force(case: FlowCase) -> float:
    """α/γ."""
    numbers = numbers_of(case)
    return numbers.alpha / numbers.gamma


def _with_bracket(case: FlowCase) -> float:
    numbers = numbers_of(case)
    return numbers.alpha / (numbers.gamma + bracket_weight(numbers) * numbers.weight_decay)


def _without_decay(case: FlowCase) -> float:
    return 1 / case.flow.weight_decay if case.flow.weight_decay > 0 else 1.0


class Score:
    """S with factors on its parts: what stands for α/γ, and for ⟨z, λx⟩ and K*(λx)."""

    def __init__(self, force: Factor = force, coupling: Factor = lambda case: 1.0, conjugate: float = 1.0):
        self.force, self.coupling, self.conjugate = force, coupling, conjugate


KKT = Score()


def measured_score(one: FlowRun, score: Score) -> float:
    """|S(x_T)| over its allowance; NaN where the run has not come to rest."""
    case, lam = one.case, one.case.flow.weight_decay
    last = pieces(case, one.x[-1:], one.m[-1:])
    z = -score.force(case) * last.g
    # At m = z the library evaluates K(z) and ∇K(z).
    at_z = pieces(case, one.x[-1:], z)
    coupling = score.coupling(case) * lam * float(np.sum(z * one.x[-1:]))
    K_star = score.conjugate * float(last.K_star[0])
    S = float(at_z.K[0]) + K_star - coupling
    admitted = (1 + lam + 1 / case.flow.gamma) * one.step_error * one.num_steps
    if not max(np.abs(last.x_dot).max(), np.abs(last.m_dot).max()) <= admitted:
        return np.nan
    # S ≤ ⟨∇K(z) − λx, z − z*⟩, z* ∈ ∂K*(λx), and the first factor is 0 at rest.
    far = float(np.linalg.norm(-force(case) * last.g - last.z))
    size = float(at_z.K[0]) + abs(K_star) + abs(coupling)
    rounding = 4 * evaluation_count(case.flow.K, case.x0.shape) * UNIT * size
    return abs(S) / (admitted * (far + one.step_error) + rounding)


def measure(cases: Sequence[FlowCase], run: Run, subject: Score) -> Measurement:
    """The worst score over all runs."""
    if subject is not KKT and run.parameters:
        cases = [*cases, *standard_cases(True)]
    runs = flow_runs(cases)
    found = [measured_score(one, subject) for one in runs]
    i = int(np.argmax(np.where(np.isnan(found), np.inf, found)))
    restless = [one.case.label for one, ratio in zip(runs, found, strict=True) if np.isnan(ratio)]
    note = f"Not at rest at T: {'; '.join(restless)}." if restless else ""
    if subject is not KKT:
        found = [np.nan_to_num(ratio, nan=-1.0) for ratio in found]
        i = int(np.argmax(found))
    return Measurement(found[i], 1.0, len(cases), {"ratio": found[i], **cases[i].replay()}, failures(runs) or note)


def _is_damped(case: FlowCase) -> str | None:
    if case.flow.gamma > 0:
        return None
    return "γ is 0: the momentum keeps adding up ∇f, and F = αf holds no penalty to be stationary for; take γ > 0."


CLAIMS = (
    Claim(
        id="flow-stationarity",
        statement=(
            "For smooth K and γ > 0, λ ≥ 0 a bounded flow comes to rest, for f convex or not, α = γ or not, where "
            "the score S(x) = K(−(α/γ)∇f) + ⟨λx, (α/γ)∇f⟩ + K*(λx) is 0: at a stationary "
            "point of F(x) = αf(x) + (γ/λ)K*(λx)."
        ),
        source="arXiv 2310.05898, Theorem 3.1 (LaSalle); the score of arXiv 2411.07724 with its factor α/γ",
        hypotheses=(*ENERGY, Hypothesis("γ > 0", _is_damped)),
        observable=(
            "largest S at T = 400 in units of its allowance; not a number where ‖ẋ‖∞ or ‖ṁ‖∞ is above what the "
            "tolerances admit, that is where a run has not come to rest"
        ),
        tolerance=(
            "1: S ≤ ⟨∇K(z) − λx, z − z*⟩ with z = −(α/γ)∇f, z* ∈ ∂K*(λx), whose first factor is 0 at rest but for what "
            "the tolerances admit, (1+λ+1/γ)·N·√(2d+1)·tol·(1+‖x‖) over N steps; and the rounding of S."
        ),
        cases=lambda run: standard_or_given(run, lambda: standard_cases(run.is_quick)),
        measure=measure,
        subject=KKT,
        wrongs=(
            Wrong("∇f in place of (α/γ)∇f", Score(force=lambda case: 1.0)),
            Wrong("α/γ too large by a relative 1e-5", Score(force=lambda case: (1 + 1e-5) * force(case))),
            Wrong("α/(γ+cλ), the weight of K* in H, in place of α/γ", Score(force=_with_bracket)),
            Wrong("K*(λx) left out", Score(conjugate=0.0)),
            Wrong("K*(λx) too large by a relative 1e-5", Score(conjugate=1 + 1e-5)),
            Wrong("the sign of ⟨λx, ∇f⟩", Score(coupling=lambda case: -1.0)),
            Wrong("λ left out of ⟨λx, ∇f⟩", Score(coupling=_without_decay)),
        ),
        parameters=PARAMETERS,
    ),
)
