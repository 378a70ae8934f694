"""The gradient enhancement ε is damping: it takes energy out at the rate cΔ2, and nothing at ε = 0.

On f = ½Σ a_i(x_i−c_i)² with K = ½‖·‖² and λ = 0 the flow is ẍ + (γ + εαa)ẋ + αa(x−c) = 0 in every coordinate: an
oscillation with envelope e^{−(γ+εαa)t/2} and frequency √(αa − (γ+εαa)²/4), where heavy ball, ε = 0, has γ/2. With
γ = λ = 0 the enhancement alone lowers H = αf + K(m), for every smooth K, and at ε = 0 H is conserved.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from ..convex import SquaredL2
from ..objectives import Quadratic
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._flow_cases import FlowCase, flow_sweep
from ._flow_energy import Numbers, numbers_of
from ._flow_runs import TIGHT, FlowRun, failures, flow_runs, inside_cases

CURVATURES = np.array([0.3, 1.0, 2.5, 7.0])
CENTER = np.array([1.0, -2.0, 0.5, 0.0])
# (α, γ, ε, λ), from oscillating to overdamped: γ = 0, ε = 0, both, and εγ = 1.
DAMPINGS = (
    (1.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.2, 0.0), (2.0, 0.5, 0.0, 0.0), (2.0, 0.5, 0.1, 0.0), (0.5, 0.2, 0.4, 0.0),
    (1.5, 2.0, 0.3, 0.0), (1.0, 2.0, 0.5, 0.0),
)  # fmt: skip


@dataclass(frozen=True)
class Oscillator:
    """The damping and the stiffness of ẍ + damping·ẋ + stiffness·(x−c) = 0 at a curvature a."""

    damping: Callable[[Numbers, np.ndarray], np.ndarray]
    stiffness: Callable[[Numbers, np.ndarray], np.ndarray] = lambda numbers, a: numbers.alpha * a


def enhanced(numbers: Numbers, a: np.ndarray) -> np.ndarray:
    """γ + εαa."""
    return numbers.gamma + numbers.epsilon * numbers.alpha * a


THEOREM = Oscillator(enhanced)


def oscillation(case: FlowCase, oscillator: Oscillator) -> np.ndarray:
    """x(t) at the case's times, in closed form from x0 and ẋ0 = ∇K(m̃0) = (1−εγ)m0 − εα∇f(x0)."""
    numbers, t = numbers_of(case), case.times[:, None]
    offset = case.x0 - CENTER
    speed = (1 - numbers.epsilon * numbers.gamma) * case.m0 - numbers.epsilon * numbers.alpha * CURVATURES * offset
    b = np.broadcast_to(oscillator.damping(numbers, CURVATURES), offset.shape)
    root = np.sqrt(b**2 / 4 - oscillator.stiffness(numbers, CURVATURES) + 0j)
    # sinh(rt)/r, which is t at a double root.
    safe = np.where(root == 0, 1, root)
    swing = np.where(root == 0, t, np.sinh(safe * t) / safe)
    return CENTER + (np.exp(-b * t / 2) * (np.cosh(root * t) * offset + swing * (speed + b / 2 * offset))).real


@functools.cache
def standard_cases() -> tuple[FlowCase, ...]:
    """One quadratic with four curvatures, K = ½‖·‖², λ = 0, over every damping; T = 5."""

    def start(rng: np.random.Generator, lam: float) -> np.ndarray:
        return CENTER + 2 * rng.normal(size=CENTER.shape)

    f = Quadratic(np.diag(CURVATURES), CENTER)
    return tuple(flow_sweep(SquaredL2(1.0), f, np.linspace(0, 5, 41), DAMPINGS, start, 6, "oscillator", 1.0))


def cases(run: Run) -> list[FlowCase]:
    """The oscillators; and every smooth K with γ = λ = 0, where only the enhancement can lower H."""
    return [*standard_cases(), *(case for case in inside_cases(run.is_quick) if _is_undamped(case))]


def _is_undamped(case: FlowCase) -> bool:
    return case.flow.gamma == 0 and case.flow.weight_decay == 0


@functools.cache
def amplification(case: FlowCase) -> float:
    """How much an error in (x, m) may grow in x: the largest ‖(1, 0)e^{At}‖₂ of any coordinate, A its 2×2 matrix."""
    alpha, gamma, epsilon, _ = numbers_of(case)
    field = np.array([[[-epsilon * alpha * a, 1 - epsilon * gamma], [-alpha * a, -gamma]] for a in CURVATURES])
    grown = expm(field[:, None] * case.times[:, None, None])
    return float(np.max(np.linalg.norm(grown[..., 0, :], axis=-1)))


def solution_error(one: FlowRun, oscillator: Oscillator) -> float:
    """max_t ‖x_t − closed form‖₂ over the errors of all steps, amplified, and the rounding of the closed form."""
    exact = oscillation(one.case, oscillator)
    apart = np.max(np.linalg.norm(one.x - exact, axis=1))
    size = 1 + np.max(np.abs(one.x)) + np.max(np.abs(one.m))
    unit = TIGHT * np.sqrt(2 * one.case.x0.size + 1) * np.sqrt(2 * one.case.x0.size) * size
    return float(apart / (amplification(one.case) * one.num_steps * unit))


def energy_error(one: FlowRun) -> float:
    """With γ = λ = 0: the rise of H, at ε = 0 its change, over what the tolerances admit; infinite where ε > 0 takes
    nothing out, or ε = 0 anything."""
    H, epsilon = one.lyapunov, one.case.flow.epsilon
    change = np.max(np.abs(H - H[0])) if epsilon == 0 else np.max(H - np.minimum.accumulate(H))
    is_right_sign = np.all(one.dissipated == 0) if epsilon == 0 else one.dissipated[-1] > one.admitted
    return float(change / one.admitted) if is_right_sign or one.failure else np.inf


def measure(cases: Sequence[FlowCase], run: Run, subject: Oscillator) -> Measurement:
    """The worst distance from the closed form, and for the right one the worst energy error."""
    runs = flow_runs(cases)
    found = [(solution_error(one, subject), one) for one in runs if one.case.label.startswith("oscillator")]
    if subject is THEOREM:
        found += [(energy_error(one), one) for one in runs if _is_undamped(one.case)]
    ratio, one = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **one.case.replay()}, failures(runs))


CLAIMS = (
    Claim(
        id="flow-enhancement",
        statement=(
            "The enhancement ε damps: on f = ½Σa_i(x_i−c_i)² with K = ½‖·‖², λ = 0, the flow is ẍ + (γ+εαa)ẋ + "
            "αa(x−c) = 0, whose oscillations decay like e^{−(γ+εαa)t/2}, stiff directions first; and for every smooth "
            "K with γ = λ = 0 only cΔ2 lowers H = αf + K(m), by something when ε > 0 and by nothing when ε = 0."
        ),
        source="arXiv 2310.05898, §3.1 (Nesterov momentum), Theorem 3.1; the closed form is derived here",
        hypotheses=(Hypothesis("λ = 0, so that H = αf + γ⟨z, x⟩ + cK(m) with z = 0"),),
        observable=(
            "largest ‖x_t − closed form‖₂, and with γ = λ = 0 largest rise of H (at ε = 0 change), in units of what "
            "the tolerances admit; infinite where the energy taken out has not the sign stated"
        ),
        tolerance=(
            "1: the number of steps times √(2d+1)·tol·√(2d)·(1 + size) of one, times the largest entry-wise growth "
            "‖(1, 0)e^{At}‖₂ of a coordinate's (x, m); for H as in flow-descent."
        ),
        cases=cases,
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("damping γ alone: ε without effect", Oscillator(lambda n, a: n.gamma + 0 * a)),
            Wrong("damping γ + εa, without α", Oscillator(lambda n, a: n.gamma + n.epsilon * a)),
            Wrong("damping γ + ε, the same in every direction", Oscillator(lambda n, a: n.gamma + n.epsilon + 0 * a)),
            Wrong("damping γ − εαa", Oscillator(lambda n, a: n.gamma - n.epsilon * n.alpha * a)),
            Wrong("a damping too large by a relative 1e-6", Oscillator(lambda n, a: (1 + 1e-6) * enhanced(n, a))),
            Wrong("stiffness (1−εγ)αa", Oscillator(enhanced, lambda n, a: (1 - n.epsilon * n.gamma) * n.alpha * a)),
        ),
    ),
)
