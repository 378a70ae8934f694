"""Sliding modes: where the solution rests on a kink of K, the implicit step returns which element of ∂K holds it there.

At rest ẋ = s − λx = 0 and m̃ = −(α/γ)∇f(x): x is the minimiser of αf + (γ/λ)K*(λ·), and s = λx ∈ ∂K(m̃). Where m̃ lies on
a kink, as for every coordinate of K = ‖·‖₁ whose optimum is inside the box, s is strictly between the values that ∇K
takes, and no rule that evaluates ∇K can find it.

For f = ½‖x − x̂‖² the limit is the projection of x̂ on dom K*/λ; the examples below were projected by hand.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import ConvexFunction, DeadzoneL1, L1Norm, L2Norm, LinfNorm, NuclearNorm, TopKL1
from ..dynamics import LionKFlow
from ..integration import FlowSolution, integrate
from ._cases import RippledBowl
from ._claim import Claim, Measurement, Run, Wrong
from ._proximal_runs import UNIT

NUM_STEPS = 200
# The accuracy that must be reached, so that a run too short to say anything cannot pass by its own large allowance.
ACCURACY = 1e-6


Constants = tuple[float, float, float, float]
"""α, γ, ε, λ."""


@dataclass(frozen=True, eq=False)
class Example:
    """A quadratic f = ½⟨x−center, diag(curvature)(x−center)⟩ with the limit known; observed after `steps` of `h`."""

    label: str
    K: ConvexFunction
    constants: Constants
    curvature: tuple[float, ...]
    center: np.ndarray
    limit: np.ndarray
    x0: np.ndarray
    m0: np.ndarray
    h: float
    steps: int
    num_steps: int

    def replay(self) -> dict[str, object]:
        return {
            "K": repr(self.K), "α, γ, ε, λ": self.constants, "curvature": self.curvature, "label": self.label,
            "center": self.center.tolist(), "x0": self.x0.tolist(), "m0": self.m0.tolist(), "step": self.h,
            "steps": self.steps, "limit": self.limit.tolist(),
        }  # fmt: skip


THEIR_OWN = (1.0, 1.0, 0.5, 1.0)
UNEQUAL = (2.0, 0.5, 0.4, 1.0)
ROUND = (1.0, 1.0, 1.0, 1.0)
_TURN = np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])

KNOWN: dict[str, tuple[ConvexFunction, Constants, tuple[float, ...], object, object]] = {
    "‖·‖₁": (L1Norm(), THEIR_OWN, (1.0, 3.0), (0.3, -4.0), (0.3, -1.0)),
    # Soft thresholding by γe/α = 1/8, then the box; the last entry rests inside the dead zone, at no kink.
    "dead zone": (DeadzoneL1(0.5), UNEQUAL, ROUND, (0.825, -3.0, 0.3, 0.05), (0.7, -1.0, 0.175, 0.0)),
    # Inside the ball nothing binds, and all of s slides.
    "‖·‖₂, inside": (L2Norm(), THEIR_OWN, (1.0, 2.0, 0.5, 3.0), (0.3, -0.4, 0.2, 0.1), (0.3, -0.4, 0.2, 0.1)),
    # 1 + (0.9−τ) + (0.6−τ) = 2 at τ = 1/4.
    "top-2": (TopKL1(2), UNEQUAL, ROUND, (2.0, 0.9, 0.6, -0.1), (1.0, 0.65, 0.35, 0.0)),
    # Singular values 3 and 1/2 become 1 and 1/2, between the same singular vectors. The curved face adds a mode, m̃ of
    # size 2 turning: ẋ = ((1−εγ)m − εαx)/2 − λx, ṁ = −αx − γm, whose rate 1.125 is above λ = 1.
    "nuclear": (
        NuclearNorm(), THEIR_OWN, (1.0, 1.0, 1.0), _TURN @ np.array([[3.0, 0.0], [0.0, 0.5], [0.0, 0.0]]),
        _TURN @ np.array([[1.0, 0.0], [0.0, 0.5], [0.0, 0.0]]),
    ),
    # (0.9−τ) + (0.6−τ) = 1 at τ = 1/4.
    "‖·‖∞": (LinfNorm(), THEIR_OWN, ROUND, (0.9, 0.6, -0.1, 0.0), (0.65, 0.35, 0.0, 0.0)),
}  # fmt: skip
"""K, (α, γ, ε, λ), the curvatures and the centre of f, and the limit, at which s = λx."""


def example(label: str, h: float, steps: int, num_steps: int = NUM_STEPS) -> Example:
    """The known example of that name; from (0, 0) for the paper's K, else from a seeded start."""
    K, constants, curvature, center, limit = KNOWN[label]
    rng = np.random.default_rng(11)
    at, rest = np.asarray(center, float), np.asarray(limit, float)
    x0, m0 = 0.5 * rng.normal(size=(2, *at.shape)) * (label != "‖·‖₁")
    return Example(f"{label}, h={h}", K, constants, curvature, at, rest, x0, m0, h, steps, num_steps)


@functools.cache
def examples(is_quick: bool) -> tuple[Example, ...]:
    """The first at h = 0.1 and 0.01 to time 20 and at h = 1 to time 40, the others at h = 0.1 and 1."""
    found = [example("‖·‖₁", 0.1, 200), example("‖·‖₁", 1.0, 40)]
    if not is_quick:
        found.append(example("‖·‖₁", 0.01, 2000, 2000))
    for label in ("dead zone",) if is_quick else ("dead zone", "‖·‖₂, inside", "top-2", "nuclear"):
        found += [example(label, 0.1, 200), example(label, 1.0, 40)]
    return tuple(found)


@functools.lru_cache(maxsize=64)
def solved(one: Example) -> FlowSolution:
    """The run of an example, every step of it."""
    f = RippledBowl(np.diag(one.curvature), one.center, np.asarray(0.0))
    times = one.h * np.arange(one.num_steps + 1)
    return integrate(LionKFlow(one.K, *one.constants), f, one.x0, one.m0, times, "proximal", step=one.h)


@dataclass(frozen=True)
class Prediction:
    """Where the run is said to rest, and the selection it is said to return, as functions of the limit."""

    limit: Callable[[Example], np.ndarray] = lambda one: one.limit
    selection: Callable[[Example], np.ndarray] = lambda one: one.constants[3] * one.limit


THEOREM = Prediction()


def measure(cases: Sequence[Example], run: Run, subject: Prediction) -> Measurement:
    """Worst of the errors of x and s over what is left of the transient, and of ΔH_h over its allowance."""
    found: list[tuple[float, str, Example]] = []
    for one in cases:
        for name, ratio in _ratios(one, subject).items():
            found.append((ratio, name, one))
    ratio, name, one = max(found, key=lambda entry: np.inf if np.isnan(entry[0]) else entry[0])
    return Measurement(ratio, 1.0, len(cases), {"of": name, "ratio": ratio, **one.replay()})


def _ratios(one: Example, subject: Prediction) -> dict[str, float]:
    solution = solved(one)
    selection, residual, ledger = solution.selection, solution.inclusion_residual, solution.ledger
    if selection is None or residual is None or ledger is None:
        return {"run": np.nan}
    alpha, gamma, epsilon, lam = one.constants
    end, half, h = one.steps, one.steps // 2, one.h
    left = max(1 / (1 + h * lam), 1 / (1 + h / epsilon)) ** (end - half)
    size = float(np.linalg.norm(one.limit) + np.linalg.norm(one.center))
    # ∇f is off by (γ/α)‖e‖, which moves the rest point by at most that over the least curvature.
    settled = gamma / alpha * float(residual[half:end].max()) / min(one.curvature) + 64 * one.limit.size * UNIT * size
    x_limit, s_limit = subject.limit(one), subject.selection(one)
    wanted = {"x": (solution.x[half], solution.x[end], x_limit, one.limit, settled)}
    at = (selection[half - 1], selection[end - 1], s_limit, lam * one.limit)
    wanted["s"] = (*at, (lam + 2 / h) * settled)
    ratios = {"ΔH_h": float(np.max(ledger.change / np.where(ledger.sign_allowance > 0, ledger.sign_allowance, UNIT)))}
    for name, (at_half, at_end, predicted, truth, rounding) in wanted.items():
        allowed = 2 * left * float(np.linalg.norm(at_half - truth)) + rounding
        ratios[name] = float(np.linalg.norm(at_end - predicted) / allowed)
        ratios[f"allowance of {name} over {ACCURACY}"] = float(allowed / ACCURACY)
    return ratios


def _scaled(limit: np.ndarray) -> np.ndarray:
    return (1 + 1e-6) * limit


CLAIMS = (
    Claim(
        id="sliding-modes",
        statement=(
            "The implicit step comes to rest at the minimiser of αf + (γ/λ)K*(λ·) also where that lies on a kink of K, "
            "with the selection s = λx exactly: for K = ‖·‖₁, f = ½(x−x̂)ᵀdiag(1,3)(x−x̂), x̂ = (0.3, −4), α = γ = λ = "
            "1, ε = ½ at x = s = (0.3, −1), for steps of 0.01, 0.1 and 1; H_h falls at every step."
        ),
        source="derived here; implicit Euler for sliding modes: Acary & Brogliato (2010)",
        hypotheses=(),
        observable="worst error of x and of s over what is left of the transient; ΔH_h over its allowance",
        tolerance=(
            "1: in the final mode a saturated coordinate contracts by 1/(1+hλ) and a sliding one by 1/(1+h/ε) a step; "
            "so the error halfway, times twice the larger to the power of the steps since, is allowed, and "
            "(γ/α)‖e‖/μ + 64d·u of rounding, times λ + 2/h for s; all of it must be ≤ 1e-6."
        ),
        cases=lambda run: examples(run.is_quick),
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("the selection that ∇K gives, a sign or 0", Prediction(selection=lambda one: np.sign(one.limit))),
            Wrong("the minimiser of f alone", Prediction(limit=lambda one: one.center)),
            Wrong("a limit too far out by a relative 1e-6", Prediction(limit=lambda one: _scaled(one.limit))),
            Wrong(
                "a selection too large by a relative 1e-6",
                Prediction(selection=lambda one: _scaled(one.constants[3] * one.limit)),
            ),
        ),
    ),
)
