"""What the weight decay decides: how large the set is, and with it whether the loss pays for the constraint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..convex import ConvexFunction, DeadzoneL1, Huber, L1Norm, TopKL1
from ..dynamics import LionK
from ..problem import constrained_minimum
from ..simulation import simulate_batch
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._either_loss import DIM, EitherLoss, quadratics
from ._recipe import NUM_STEPS, annealed, first_step_size, geometric, iterates

SCORE = 1e-5
"""What the recipe's last score is at most (claim annealed-optimum); S/λ bounds F − min F."""


@dataclass(frozen=True)
class Sweep:
    """One quadratic whose minimiser has dual norm 1, under one K, at several λ: 1/λ is the radius in units of ‖x*‖."""

    label: str
    K: ConvexFunction
    loss: EitherLoss
    weight_decays: tuple[float, ...]

    @cached_property
    def minima(self) -> np.ndarray:
        """min F for every λ, by solvers that share nothing with Lion-K; NaN where they did not converge."""
        found = [constrained_minimum(self.loss, self.K, lam) for lam in self.weight_decays]
        return np.array([minimum.value if minimum.converged else np.nan for minimum in found])

    def limits(self, subject: Callable[[ConvexFunction, float], LionK]) -> np.ndarray:
        """x_T for every λ, one compiled batch."""
        methods = [subject(self.K, lam) for lam in self.weight_decays]
        x0 = np.zeros((len(methods), DIM))
        found = simulate_batch(methods, self.loss, x0, NUM_STEPS, record=("x",), record_every=1000)
        return iterates(found)[-1]

    def values(self, points: np.ndarray) -> np.ndarray:
        """f at each point, in NumPy."""
        off = points - self.loss.center
        return np.einsum("bi,ij,bj->b", off, self.loss.matrix, off) / 2


def dual_norm(K: ConvexFunction, x: np.ndarray) -> np.ndarray:
    """‖x‖_dual of every row: the max-norm, and for the top-k norm the larger of it and ‖x‖₁/k."""
    largest = np.abs(x).max(axis=-1)
    return np.maximum(largest, np.abs(x).sum(axis=-1) / K.k) if isinstance(K, TopKL1) else largest


def swept(K: ConvexFunction, label: str, run: Run) -> list[Sweep]:
    """Radii from a quarter to four times ‖x*‖_dual."""
    radii = (0.25, 0.5, 0.8, 0.95, 1.0, 1.05, 1.5, 4.0)
    found = []
    for i in range(1 if run.is_quick else 2):
        (loss,) = quadratics(1, 70 * run.seed + i)  # of condition number 10
        unit = EitherLoss(loss.matrix, loss.center / dual_norm(K, loss.center), loss.signed_features, loss.share)
        found.append(Sweep(f"{label}, quadratic {i}", K, unit, tuple(1 / radius for radius in radii)))
    return found


def norm_sweeps(run: Run) -> list[Sweep]:
    return [*swept(L1Norm(), "‖·‖₁", run), *swept(TopKL1(3), "top-3", run)]


def penalty_sweeps(run: Run) -> list[Sweep]:
    return [*swept(DeadzoneL1(0.05), "dead zone", run), *swept(Huber(0.2), "Huber", run)]


def measure_norms(cases: Sequence[Sweep], run: Run, subject: Callable[[ConvexFunction, float], LionK]) -> Measurement:
    """The worst of |f(x_T) − min F| in units of S/λ, and |‖λx_T‖_dual − 1| in units of what S allows.

    f is μ-strongly convex, so ½μ‖x − x_λ‖² ≤ F − min F ≤ S/λ: x is within √(2S/(λμ)) of the solution, and its dual norm
    within √d as much of the solution's.
    """
    worst, where, count = 0.0, None, 0
    for sweep in cases:
        lam = np.array(sweep.weight_decays)
        limits, least = sweep.limits(subject), sweep.loss.eigenvalues[0]
        excess = np.abs(sweep.values(limits) - sweep.minima) / (SCORE / lam)
        reach = np.sqrt(DIM) * lam * np.sqrt(2 * SCORE / (lam * least))
        off_boundary = np.abs(lam * dual_norm(sweep.K, limits) - 1) / reach
        # 1/λ ≥ ‖x*‖_dual = 1: the set holds x*, and the loss must be its unconstrained minimum, 0.
        unchanged = np.abs(sweep.values(limits)) / (SCORE / lam)
        ratios = np.maximum(excess, np.where(lam >= 1, off_boundary, 0.0))
        ratios = np.maximum(ratios, np.where(lam <= 1, unchanged, 0.0))
        index = int(np.argmax(ratios))
        count += len(lam)
        if not ratios[index] <= worst:
            worst, where = float(ratios[index]), {"label": sweep.label, "weight_decay": lam[index], "x": limits[index]}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, count, where)


def measure_penalties(
    cases: Sequence[Sweep], run: Run, subject: Callable[[ConvexFunction, float], LionK]
) -> Measurement:
    """The worst of |F(x_T) − min F| in units of S/λ, and of what the penalty must cost over what it did cost.

    Inside the set ∇f = −∇K*(λx): e in size on some entry for the dead zone, eλ|x| for Huber. f is L-smooth, so that
    f − min f ≥ ‖∇f‖²/(2L), less what S leaves open.
    """
    worst, where, count = 0.0, None, 0
    for sweep in cases:
        lam, e = np.array(sweep.weight_decays), float(sweep.K.threshold)  # type: ignore[attr-defined]
        limits = sweep.limits(subject)
        losses = sweep.values(limits)
        if isinstance(sweep.K, Huber):
            penalties, force = e / 2 * lam * np.sum(limits**2, axis=-1), e * lam * np.linalg.norm(limits, axis=-1)
        else:
            penalties, force = e * np.abs(limits).sum(axis=-1), np.full(len(lam), e)
        excess = np.abs(losses + penalties - sweep.minima) / (SCORE / lam)
        is_outside = lam * np.abs(limits).max(axis=-1) > 1 + 1e-6
        # ‖∇f‖ can be off by L·√(2S/(λμ)) where x is not the solution yet.
        slack = sweep.loss.smoothness * np.sqrt(2 * SCORE / (lam * sweep.loss.eigenvalues[0]))
        must_cost = np.maximum(force - slack, 0) ** 2 / (2 * sweep.loss.smoothness)
        ratios = np.maximum(np.where(is_outside, np.inf, excess), must_cost / np.maximum(losses, 1e-300))
        index = int(np.argmax(ratios))
        count += len(lam)
        if not ratios[index] <= worst:
            worst, where = float(ratios[index]), {"label": sweep.label, "weight_decay": lam[index], "x": limits[index]}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, count, where)


def off_by_a_ten_thousandth(K: ConvexFunction, weight_decay: float) -> LionK:
    return LionK(K, geometric(first_step_size(weight_decay)), weight_decay * 1.0001)


def always_one(K: ConvexFunction, weight_decay: float) -> LionK:
    return LionK(K, geometric(0.1), 1.0)


def without_decay(K: ConvexFunction, weight_decay: float) -> LionK:
    return LionK(K, geometric(first_step_size(weight_decay)), 0.0)


def without_threshold(K: ConvexFunction, weight_decay: float) -> LionK:
    """The same kind with a threshold near 0: the bare sign, which carries no penalty."""
    return annealed(type(K)(1e-6), weight_decay)


def flat(sweep: Sweep) -> str | None:
    eigenvalues = sweep.loss.eigenvalues
    return None if eigenvalues[0] > 0 else "the quadratic is not strictly convex; its minimiser is one of many."


STRICT = Hypothesis("f is strictly convex with minimiser x*, ‖x*‖_dual = 1", flat)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="lambda-sweep",
        statement=(
            "For a norm K the loss is unchanged while 1/λ ≥ ‖x*‖_dual; below, the solution lies on the boundary of the "
            "set and the loss follows the constrained optimum."
        ),
        source="arXiv 2310.05898, §3 and §5 (the constraint ‖x‖∞ ≤ 1/λ)",
        hypotheses=(STRICT,),
        observable="the largest of |f − min F|·λ/S and |‖λx‖_dual − 1| over √(2dλS/μ), S = 1e-5",
        tolerance="S/λ bounds F − min F, and ½μ‖x − x_λ‖² ≤ F − min F; S = 1e-5 is what the annealed run guarantees",
        cases=norm_sweeps,
        measure=measure_norms,
        subject=annealed,
        wrongs=(
            Wrong("λ off by one part in ten thousand", off_by_a_ten_thousandth),
            Wrong("λ = 1 throughout", always_one),
            Wrong("no weight decay", without_decay),
        ),
    ),
    Claim(
        id="lambda-sweep-penalty",
        statement="Dead zone and Huber carry their penalty at every λ: the loss stays above its minimum in any set.",
        source="arXiv 2310.05898, table 2: K*(λx)/λ is e‖x‖₁ and (eλ/2)‖x‖² inside the box",
        hypotheses=(STRICT,),
        observable="the largest of |F − min F|·λ/S, S = 1e-5, and (‖∇K*(λx)‖²/(2L))/(f − min f)",
        tolerance="S/λ bounds F − min F; f − min f ≥ ‖∇f‖²/(2L), less L√(2S/(λμ)) in ‖∇f‖",
        cases=penalty_sweeps,
        measure=measure_penalties,
        subject=annealed,
        wrongs=(
            Wrong("a threshold of 1e-6, which carries no penalty", without_threshold),
            Wrong("λ off by one part in ten thousand", off_by_a_ten_thousandth),
            Wrong("no weight decay", without_decay),
        ),
    ),
)
