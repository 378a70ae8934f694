"""The claims of the theory, held against an optimizer that says it is a Lion-K: set, energy, optimum.

Probing tells what an optimizer does in one step; here whole runs are held against what must follow if it is what it
claims to be: x stays in the set and is drawn into it, the energy ledger closes, and with a falling learning rate x
comes to the minimum of f(x) + K*(λx)/λ that an independent solver finds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..convex import ConvexFunction
from ..dynamics import LionK, Trajectory
from ..energy import energy_ledger
from ..objectives import Loss
from ..problem import constrained_minimum, kkt_residuals
from ._black_box import BlackBox
from ._counterexample import Counterexample
from ._envelope import Phase, first_phase
from ._momentum_scale import momentum_scale
from ._reference_problems import reference_problems

LEDGER_STEPS = 200
ANNEALED_STEPS = 8000
LAST_RATE = 1e-7
"""η_T of the annealed runs, times λ; η_0λ is a tenth. Measured over the zoo: a hundredth of the tolerances below."""
SCORE, GAP = 1e-5, 1e-6
"""What the annealed limit may miss: S, and F − F_ref, both in the units of the problem's gradients."""


@dataclass(frozen=True)
class Claimed:
    """What an optimizer says it is: Lion-K with these constants, η a number."""

    K: ConvexFunction
    weight_decay: float
    learning_rate: float
    beta1: float = 0.9
    beta2: float = 0.99
    decay: str = "explicit"

    def method(self, learning_rate: Any = None) -> LionK:
        """The method of the library that it claims to be."""
        rate = self.learning_rate if learning_rate is None else learning_rate
        return LionK(self.K, rate, self.weight_decay, self.beta1, self.beta2, decay=self.decay)


@dataclass(frozen=True)
class Held:
    """One consequence of the claim, and whether it was seen to hold.

    - `verdict`: CONSISTENT, VIOLATED, or NOT_APPLICABLE with the reason in `outcome`.
    - `measured` ≤ `bound` is what was checked, `observable` says of what.
    - `counterexample`: a run that violates it, to be replayed; None where none does.
    """

    check: str
    verdict: str
    outcome: str
    measured: float | None = None
    bound: float | None = None
    observable: str = ""
    counterexample: Counterexample | None = None


def held_against(
    box: BlackBox, claimed: Claimed, shape: tuple[int, ...] = (3, 4), seed: int = 0, is_quick: bool = False
) -> tuple[Held, ...]:
    """Every consequence that can be tried; with `is_quick` only those that take no runs on losses."""
    found = list(constraint_held(box, claimed, shape, seed))
    if not is_quick:
        found.append(ledger_held(box, claimed, shape, seed))
        found.append(optimum_held(box, claimed, shape, seed))
    return tuple(found)


def constraint_held(box: BlackBox, claimed: Claimed, shape: tuple[int, ...], seed: int = 0) -> tuple[Held, Held]:
    """Runs from the boundary stay, and runs from outside come nearer by 1−ηλ a step, whatever the gradients."""
    names = ("set kept", "drawn into the set")
    reason = _no_set(claimed, shape)
    if reason:
        return (Held(names[0], "NOT_APPLICABLE", reason), Held(names[1], "NOT_APPLICABLE", reason))
    implicit = claimed.decay == "implicit"
    kept, drawn = (
        first_phase(
            box,
            claimed.K,
            claimed.weight_decay,
            claimed.learning_rate,
            shape,
            is_outside=outside,
            is_implicit=implicit,
            seed=seed,
            rate=_rate(box, claimed),
        )
        for outside in (False, True)
    )
    return (
        _of_phase(names[0], kept, box, claimed, "is {distance:.3g} outside the set it started in"),
        _of_phase(names[1], drawn, box, claimed, "is {distance:.6g} from the set, and theory allows {envelope:.6g}"),
    )


def _no_set(claimed: Claimed, shape: tuple[int, ...]) -> str | None:
    if claimed.weight_decay == 0:
        return "without weight decay no set is claimed"
    far: Any = 1e3 * np.ones(shape)
    if float(claimed.K.conjugate().domain_distance(far)) == 0:
        return f"K* of {claimed.K!r} is finite everywhere: a penalty and no set"
    return None


def _rate(box: BlackBox, claimed: Claimed) -> float | None:
    """None where the optimizer runs at the claimed rate by itself, or can be given none."""
    return claimed.learning_rate if box.accepts_rate and box.learning_rate != claimed.learning_rate else None


def _of_phase(check: str, phase: Phase, box: BlackBox, claimed: Claimed, words: str) -> Held:
    observable = "largest distance beyond the envelope, in units of the rounding allowed"
    if phase.worst <= 1:
        shown = f"; the bound is attained to {phase.attained:.4f}" if phase.attained else ""
        said = f"no gradients of {phase.runs} kinds broke it{shown}"
        return Held(check, "CONSISTENT", said, max(phase.worst, 0.0), 1.0, observable)
    said = f"pushed with gradients {phase.name!r}, after {phase.step} steps x "
    said += words.format(distance=phase.distance, envelope=phase.envelope)
    example = _replayable(box, claimed, said, phase.x, phase.gradients)
    return Held(check, "VIOLATED", said, phase.worst, 1.0, observable, example)


def _replayable(
    box: BlackBox,
    claimed: Claimed,
    said: str,
    x: np.ndarray,
    gradients: np.ndarray,
    learning_rates: np.ndarray | None = None,
) -> Counterexample:
    """The run x_0, …, x_T with these gradients as a file can hold it: gradients no longer depend on x.

    Where they then lead elsewhere, as they do if the optimizer does not repeat itself, what was seen first is kept.
    """
    x0 = x[0]
    wanted = box.gradient_shape(x0)
    if gradients.shape[1:] != wanted:
        gradients = np.broadcast_to(gradients[:, None], (len(gradients), *wanted))
    rates = learning_rates
    if rates is None and _rate(box, claimed) is not None:
        rates = np.full(len(gradients), claimed.learning_rate)
    model = {
        "K": repr(claimed.K),
        "weight_decay": claimed.weight_decay,
        "learning_rate": claimed.learning_rate,
        "beta1": claimed.beta1,
        "beta2": claimed.beta2,
        "decay": claimed.decay,
    }
    first = Counterexample(
        box.name, said, x0.dtype.name, x0, np.array(gradients), rates, x, len(gradients) - 1, None, model
    )
    again = first.replay(box)
    return replace(first, observed=again.x) if again.is_same else first


def ledger_held(box: BlackBox, claimed: Claimed, shape: tuple[int, ...], seed: int = 0) -> Held:
    """The exact energy ledger of a run on a quadratic: residual within rounding, and the terms' signs."""
    check, observable = "energy ledger", "largest residual or wrong sign, in units of the rounding allowed"
    if claimed.beta2 == 1:
        return Held(check, "NOT_APPLICABLE", "β2 = 1 leaves the weight of the bracket infinite")
    f = reference_problems(shape, claimed.weight_decay or 1.0, count=1, seed=seed)[0]
    x0 = np.zeros(shape)
    seen: list[np.ndarray] = []
    course = box.run(x0, _recorded(f, box, seen), learning_rate=_rate(box, claimed), steps=LEDGER_STEPS)
    if course.momentum is None:
        return Held(check, "NOT_APPLICABLE", "the momentum cannot be read")
    if not (np.isfinite(course.x).all() and np.isfinite(course.momentum).all()):
        said = "on a quadratic x or m is not a number"
        return _ledger_violated(said, np.inf, course.x, seen, box, claimed)
    if np.dtype(course.dtype).itemsize < 8:
        return Held(check, "NOT_APPLICABLE", f"it computes in {course.dtype}, and the ledger is held in float64")
    scale = momentum_scale(course.momentum, np.stack(seen), claimed.beta2)
    trajectory = Trajectory(x=course.x, m=course.momentum / scale, gradient=np.stack(seen))
    try:
        ledger = energy_ledger(claimed.method(), f, trajectory)
    except ValueError as error:
        return _ledger_violated(f"the run has no ledger: {error}", np.inf, course.x, seen, box, claimed)
    ratios = [np.abs(ledger.residual) / ledger.rounding_bound]
    signed = [ledger.alignment, ledger.conjugate_remainder, ledger.momentum_remainder]
    signed += [ledger.enhancement] if claimed.beta1 <= claimed.beta2 else []
    ratios += [term / ledger.sign_allowance for term in signed]
    with np.errstate(invalid="ignore"):
        worst = np.max(np.where(np.isnan(ratios), np.inf, ratios), axis=0)
    i = int(np.argmax(worst))
    if worst[i] <= 1:
        said = f"H adds up in all {LEDGER_STEPS} steps, and its terms have their signs"
        said += "" if scale == 1 else f"; what it keeps is {scale:.6g} times m, and was divided by that"
        return Held(check, "CONSISTENT", said, max(float(worst[i]), 0.0), 1.0, observable)
    said = f"on a quadratic, in step {i}, H changes by {ledger.change[i]:.6g}, of which {ledger.residual[i]:.3g} is "
    said += (
        "unaccounted for" if abs(ledger.residual[i]) > ledger.rounding_bound[i] else "accounted for with wrong signs"
    )
    return _ledger_violated(said, float(worst[i]), course.x[: i + 2], seen[: i + 1], box, claimed)


def _ledger_violated(
    said: str, worst: float, x: np.ndarray, seen: list[np.ndarray], box: BlackBox, claimed: Claimed
) -> Held:
    observable = "largest residual or wrong sign, in units of the rounding allowed"
    example = _replayable(box, claimed, said, x, np.stack(seen))
    return Held("energy ledger", "VIOLATED", said, worst, 1.0, observable, example)


def optimum_held(
    box: BlackBox, claimed: Claimed, shape: tuple[int, ...], seed: int = 0, steps: int = ANNEALED_STEPS
) -> Held:
    """With η_t = η_0(η_T/η_0)^{t/(T−1)} the limit is the minimum of f + K*(λ·)/λ, by its own conditions and F."""
    check, observable = "annealed optimum", "largest of S/1e-5, (F − F_ref)/1e-6 and distance outside/1e-6"
    if claimed.weight_decay == 0:
        return Held(check, "NOT_APPLICABLE", "without weight decay there is no constraint to be held against")
    if not box.accepts_schedule:
        return Held(check, "NOT_APPLICABLE", "not tried: it cannot be given a learning rate for each step")
    decay, worst = claimed.weight_decay, 0.0
    for f in reference_problems(shape, decay, seed=seed):
        missed, x, gradients, rates = _annealed(box, claimed, f, steps)
        worst = max(worst, missed)
        if not missed <= 1:
            said = f"with a falling learning rate x comes to rest elsewhere than at the minimum under λ = {decay:g}"
            example = _replayable(box, claimed, said, x, gradients, rates)
            return Held(check, "VIOLATED", said, missed, 1.0, observable, example)
    said = f"annealed over {steps} steps, it ends at the independently computed minimum"
    return Held(check, "CONSISTENT", said, worst, 1.0, observable)


def _annealed(box: BlackBox, claimed: Claimed, f: Loss, steps: int) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """(what the limit misses in tolerances, x, the gradients, the learning rates) of one annealed run from 0."""
    first, last = 0.1 / claimed.weight_decay, LAST_RATE / claimed.weight_decay
    rates = first * (last / first) ** (np.arange(steps) / (steps - 1))
    seen: list[np.ndarray] = []
    course = box.run(np.zeros(f.shape), _recorded(f, box, seen), learning_rate=lambda t: rates[t], steps=steps)
    limit = np.asarray(course.x[-1], np.float64)
    missed = _missed(f, claimed, limit) if np.isfinite(limit).all() else np.inf
    return missed, course.x, np.stack(seen), rates


def _missed(f: Any, claimed: Claimed, limit: np.ndarray) -> float:
    """By what multiple of the tolerances the limit misses stationarity, the minimal F, and the set."""
    K: Any = claimed.K
    decay = claimed.weight_decay
    reference = constrained_minimum(f, K, decay, tolerance=1e-12)
    residuals = kkt_residuals(f, K, decay, limit)
    scale = max(float(K(np.asarray(f.gradient(np.zeros(f.shape))))), 1.0)
    star = K.conjugate()
    value = float(f(limit)) + float(star(star.domain_projection(decay * limit))) / decay
    gap = abs(value - reference.value) * decay
    return float(max(residuals.raw_score / (SCORE * scale), gap / (GAP * scale), residuals.feasibility / GAP))


def _recorded(f: Loss, box: BlackBox, seen: list[np.ndarray]) -> Callable[[int, np.ndarray], np.ndarray]:
    """(t, x) → ∇f(x) in NumPy, the same for all workers where there are several, keeping what it returned."""
    slope = _plain_gradient(f)

    def gradient(t: int, x: np.ndarray) -> np.ndarray:
        seen.append(np.broadcast_to(slope(np.asarray(x, np.float64)), box.gradient_shape(x)))
        return seen[-1]

    return gradient


def _plain_gradient(f: Any) -> Callable[[np.ndarray], np.ndarray]:
    if hasattr(f, "left"):
        square, product = f.left.T @ f.left, f.left.T @ f.target
        return lambda x: square @ x - product
    matrix, center = np.asarray(f.matrix), np.asarray(f.center)
    return lambda x: matrix @ (x - center)
