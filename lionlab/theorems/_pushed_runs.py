"""Phase 1 against an adversary: runs whose gradients are random, or push outward at every step: how far λx is."""

import dataclasses
import functools
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, DeadzoneL1, Huber
from ..convex._l2 import direction
from ..dynamics import GradientNoise, LionK, State
from ..energy import constraint_distance
from ._cases import DECAYS, KINDS, PAPER_ROWS, Batch, Case, batches, bowl, shape_for
from ._claim import Run
from ._hypotheses import boundary

NUM_STEPS = 150
BETAS = ((0.9, 0.99), (0.0, 0.5), (0.99, 0.9))
# ηλ from 0.01 to 1; at 1 explicit decay lands in the set in one step.
CONTRACTIONS = (0.01, 0.06, 0.3, 1.0)
DECAY_WEIGHTS = (0.5, 2.0)


class Gradients(GradientNoise):
    """Noise that replaces ∇f by a push of length `push` away from the set, where `push` > 0, and adds `spread`·normal.

    Outside, the push is along y − P(y), y = λx; inside, along y itself.
    """

    K: ConvexFunction
    weight_decay: float
    push: float
    spread: float

    def sample(self, key: Array, state: State, gradient: Array) -> Array:
        y = self.weight_decay * state.x
        off = y - self.K.conjugate().projection(y)
        outward = direction(jnp.where(jnp.any(off != 0), off, y))
        pushed = jnp.where(self.push > 0, -gradient - self.push * outward, jnp.zeros_like(gradient))
        return pushed + self.spread * jax.random.normal(key, gradient.shape, gradient.dtype)


@dataclass(frozen=True)
class Scenario:
    """How the cases are run: factors on x0 and on the λ of the step, both 1 for the claim itself.

    `is_smaller_set` measures distances to (1 − 1e-6) dom K*.
    """

    start: float = 1.0
    decay: float = 1.0
    is_smaller_set: bool = False


@dataclass(frozen=True)
class PushedRun:
    """One case, its states and distances of λx to dom K* (T+1, …), and whether the gradients pushed outward."""

    case: Case
    x: np.ndarray
    m: np.ndarray
    gradient: np.ndarray
    distance: np.ndarray
    distance_to_smaller: np.ndarray  # to (1 − 1e-6) dom K*, for planted wrongs
    is_adversarial: bool

    @property
    def contraction(self) -> float:
        """ηλ."""
        return float(self.case.method.step_size) * self.case.method.weight_decay  # type: ignore[arg-type]

    @property
    def size(self) -> np.ndarray:
        """‖λx_t‖₂."""
        return np.linalg.norm((self.case.method.weight_decay * self.x).reshape(len(self.x), -1), axis=1)


def is_attained(one: PushedRun) -> bool:
    """Whether an outward push makes ∇K(m̃) support dom K* at the nearest point, so that no step does better.

    So for every norm when nothing but the push is in m̃, and for separable K, dead zone and Huber among them, where
    every coordinate outside is pushed outward beyond the threshold at every step.
    """
    method = one.case.method
    K = method.K
    if not one.is_adversarial or not (K.is_positively_homogeneous or isinstance(K, DeadzoneL1 | Huber)):
        return False
    if not K.is_separable:
        return not np.any(one.case.m0)
    y = method.weight_decay * one.x[:-1]
    m_tilde = method.beta1 * one.m[:-1] - (1 - method.beta1) * one.gradient
    is_outside = np.abs(y) > np.max(np.abs(np.asarray(K.conjugate().domain_projection(1e6 * np.sign(y[0])))))
    threshold = float(getattr(K, "threshold", 0.0))
    return bool(np.all(~is_outside | (m_tilde * np.sign(y) > threshold)))


def evaluation_count(one: PushedRun) -> float:
    """Roundings in ∇K and in a projection on dom K*: one per entry, an SVD's backward error for matrices; a power p
    multiplies its argument's relative error by max(p, q)."""
    K, shape = one.case.method.K, one.case.x0.shape
    p = float(getattr(K, "p", 2.0))
    exponent = max(p, p / (p - 1), 2.0) if 1 < p < np.inf else 2.0
    return (one.case.x0.size + 8.0 if len(shape) < 2 else 8.0 * sum(shape)) * exponent / 2


@functools.cache
def pushed_cases(is_quick: bool, is_inside: bool, contractions: tuple[float, ...] = CONTRACTIONS) -> tuple[Case, ...]:
    """K × decay × λ × ηλ × β, started outside with some coordinates inside, or `is_inside`: on the boundary."""
    names = ("‖·‖₁", "Huber") if is_quick else (*PAPER_ROWS, "‖·‖₂", "log cosh", "nuclear")
    found = []
    for label in names:
        K = KINDS[label]
        for decay in DECAYS[:1] if is_quick and label != "‖·‖₁" else DECAYS:
            found += _sweep(label, K, decay, is_inside, contractions)
    return tuple(found)


def _sweep(label: str, K: ConvexFunction, decay: str, is_inside: bool, contractions: tuple[float, ...]) -> list[Case]:
    shape = shape_for(K)
    objective = bowl(shape)
    rng = np.random.default_rng([len(label), *shape])
    found = []
    for lam in DECAY_WEIGHTS:
        for contraction in contractions:
            for beta1, beta2 in BETAS:
                far = rng.choice((-1.0, 1.0), size=shape) * rng.uniform(0.2, 4, size=shape)
                y = boundary(K, far).projection if is_inside else far
                method = LionK(K, contraction / lam, lam, beta1, beta2, decay)
                name = f"{label}, {decay}, λ={lam}, ηλ={contraction}, β=({beta1}, {beta2})"
                found.append(Case(name, method, objective, y / lam, np.zeros(shape), NUM_STEPS))
    return found


_KNOWN: weakref.WeakKeyDictionary[Case, dict[Any, PushedRun]] = weakref.WeakKeyDictionary()


def pushed_runs(cases: Sequence[Case], run: Run, scenario: Scenario = Scenario()) -> list[PushedRun]:
    """Every case twice: under random gradients, and pushed outward at every step. What is known is not repeated."""
    found = []
    for is_adversarial in (False, True):
        key = (is_adversarial, run.seed, scenario)
        groups: dict[float, list[Case]] = {}
        for case in cases:
            if key not in _KNOWN.setdefault(case, {}):
                groups.setdefault(case.method.weight_decay, []).append(case)
        for group in groups.values():
            for batch in batches(group):
                for one in _run(batch, is_adversarial, run.seed, scenario):
                    _KNOWN[one.case][key] = one
        found += [_KNOWN[case][key] for case in cases]
    return found


def _run(standard: Batch, is_adversarial: bool, seed: int, scenario: Scenario) -> list[PushedRun]:
    batch = Batch(tuple(_changed(case, scenario) for case in standard.cases))
    method = standard.cases[0].method
    push, spread = (1e4, 0.0) if is_adversarial else (0.0, 10.0)
    gradients = Gradients(method.K, float(method.weight_decay), push, spread)
    trajectory = batch.simulate(gradients, seed)
    x, m, g = trajectory.x, trajectory.m, trajectory.gradient
    if x is None or m is None or g is None:
        raise RuntimeError("a run recorded with x and m must hold x, m and the gradients.")
    distance = constraint_distance(method, trajectory)
    nearby = dataclasses.replace(method, weight_decay=method.weight_decay * (1 + 1e-6), step_size=1e-9)
    to_smaller = constraint_distance(nearby, trajectory)
    return [
        PushedRun(case, x[:, b], m[:, b], g[:, b], distance[:, b], to_smaller[:, b], is_adversarial)
        for b, case in enumerate(standard.cases)
    ]


def _changed(case: Case, scenario: Scenario) -> Case:
    method = dataclasses.replace(case.method, weight_decay=scenario.decay * case.method.weight_decay)
    return dataclasses.replace(case, x0=scenario.start * case.x0, method=method)


def worst_of(runs: Sequence[PushedRun], error: Callable[[PushedRun], float]) -> tuple[float, PushedRun]:
    """(the largest error, the run it belongs to); NaN is worse than anything."""
    found = [(error(one), one) for one in runs]
    return max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
