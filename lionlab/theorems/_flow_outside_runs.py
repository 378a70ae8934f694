"""Flows that start outside dom K*, under gradients of every sort: solved once, with an M known before the run."""

import functools
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..integration import IntegrationError
from ._cases import RippledBowl, bowl, shape_for
from ._flow_cases import SMOOTH_KINDS, FlowBatch, FlowCase, flow_batches, flow_sweep
from ._flow_runs import FlowRun, _failed, one_run

DURATION = 4.0
TIMES = np.linspace(0, DURATION, 41)
# Of rk4: hλ is at most 0.02, and 1 − hλ + … + (hλ)⁴/24 exceeds e^{−hλ} by a relative 3e-11.
STEP = 0.01
WITH_DECAY = ((1.0, 1.0, 0.5, 0.5), (2.0, 0.5, 0.0, 1.0), (1.0, 0.5, 2.0, 2.0), (0.7, 0.0, 0.4, 0.5))
KINDS_OUTSIDE = ("Huber", "envelope of ℓ2")


@dataclass(frozen=True)
class ShakenRate:
    """α(t) > 0, five cosines of incommensurable frequencies about their sum: gradients that follow no f."""

    amplitudes: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6)
    frequencies: tuple[float, ...] = (1.0, 2.2360680, 5.3851648, 9.4868330, 17.3493516)

    @property
    def largest(self) -> float:
        """A bound of |α|."""
        return 2.01 * sum(self.amplitudes)

    def __call__(self, time: Array) -> Array:
        parts = [a * jnp.cos(w * time + w) for a, w in zip(self.amplitudes, self.frequencies, strict=True)]
        return sum(parts, jnp.asarray(1.01 * sum(self.amplitudes), time.dtype))


SHAKEN = ShakenRate()


def wild(f: RippledBowl) -> RippledBowl:
    """The bowl with ripples 50 times as steep as it is: ∇f turns about wherever x goes."""
    return RippledBowl(f.matrix, f.center, np.asarray(50.0))


def outward(signs: np.ndarray) -> RippledBowl:
    """A loss whose −∇f is 1000·signs up to a relative 1e-5, wherever λx is of order 1."""
    return RippledBowl(1e-3 * np.eye(signs.shape[0]), 1e6 * signs, np.asarray(0.0))


@functools.cache
def outside_cases(is_quick: bool, label: str) -> tuple[FlowCase, ...]:
    """One K × (α, γ, ε, λ) × gradients of a convex bowl, wild, and pushing outward where the start already is."""
    K = SMOOTH_KINDS[label]
    shape = shape_for(K)
    signs = np.where(np.arange(np.prod(shape)) % 2 == 0, 1.0, -1.0).reshape(shape)

    def spread(rng: np.random.Generator, lam: float) -> np.ndarray:
        return signs * rng.uniform(0.3, 4, size=shape) / lam

    def along(rng: np.random.Generator, lam: float) -> np.ndarray:
        return signs * rng.uniform(1.5, 4) / lam

    f = bowl(shape)
    found = flow_sweep(K, f, TIMES, WITH_DECAY, spread, 2, f"{label}, convex f", 1.0)
    found += flow_sweep(K, wild(f), TIMES, WITH_DECAY, spread, 3, f"{label}, wild f", 1.0)
    pushed = flow_sweep(K, outward(signs), TIMES, WITH_DECAY, along, 4, f"{label}, pushed outward")
    return (*found, *(FlowCase(c.label, c.flow, c.objective, c.x0, 100 * signs, c.times) for c in pushed))


@functools.cache
def shaken_cases(label: str) -> tuple[FlowCase, ...]:
    """The same K with α(t) of `ShakenRate`."""
    found = []
    for case in outside_cases(True, label)[:4]:
        flow = type(case.flow)(case.flow.K, SHAKEN, case.flow.gamma, case.flow.epsilon, case.flow.weight_decay)
        found.append(FlowCase(f"{case.label}, α(t)", flow, case.objective, case.x0, case.m0, case.times))
    return tuple(found)


def is_pushed(case: FlowCase) -> bool:
    """Whether the gradients push outward at every moment."""
    return case.label.partition(", ")[2].startswith("pushed outward")


def momentum_bound(case: FlowCase) -> float | None:
    """An M that ‖m‖₂ and ‖m̃‖₂ cannot exceed, from the region that x cannot leave; None for a loss not of ours.

    x stays in conv({x0} ∪ dom K*/λ), there ‖∇f‖ ≤ G, ‖m_t‖ ≤ ‖m0‖ + min(t, 1/γ)·αG, and m̃ = (1−εγ)m − εα∇f.
    """
    f, flow = case.objective, case.flow
    if not isinstance(f, RippledBowl) or case.is_given:
        return None
    alpha = flow.alpha.largest if isinstance(flow.alpha, ShakenRate) else float(flow.alpha)  # type: ignore[arg-type]
    reach = max(float(np.linalg.norm(case.x0)), np.sqrt(case.x0.size) / flow.weight_decay)
    gradient: Any = f.gradient
    G = f.smoothness * reach + float(np.linalg.norm(gradient(np.zeros(f.shape))))
    lasting = min(float(case.times[-1]), 1 / flow.gamma) if flow.gamma > 0 else float(case.times[-1])
    largest = float(np.linalg.norm(case.m0)) + lasting * alpha * G
    return max(largest, (1 - flow.epsilon * flow.gamma) * largest + flow.epsilon * alpha * G)


_KNOWN: weakref.WeakKeyDictionary[FlowCase, dict[tuple[str, float], FlowRun]] = weakref.WeakKeyDictionary()


def outside_runs(cases: Sequence[FlowCase], solver: str, tolerance: float) -> list[FlowRun]:
    """Every case solved with H_M; what is known is not repeated. `tolerance` is that of tsit5."""
    cases, key = list(cases), (solver, tolerance)
    for batch in flow_batches([case for case in cases if key not in _KNOWN.get(case, {})]):
        for case, found in zip(batch.cases, _solved(batch, solver, tolerance), strict=True):
            _KNOWN.setdefault(case, {})[key] = found
    return [_KNOWN[case][key] for case in cases]


def _solved(batch: FlowBatch, solver: str, tolerance: float) -> list[FlowRun]:
    bounds = [momentum_bound(case) for case in batch.cases]
    bound = None if None in bounds else max(b for b in bounds if b is not None)
    options = {"rtol": tolerance, "atol": tolerance} if solver == "tsit5" else {"step": STEP}
    try:
        solution = batch.integrate(solver, bound=bound, **options)
    except IntegrationError as error:
        return [_failed(case, str(error)) for case in batch.cases]
    if solver != "tsit5":
        steps = np.full(len(batch.cases), solution.num_steps)
        solution = type(solution)(**{**vars(solution), "num_steps": steps})
    return [one_run(case, solution, b, tolerance) for b, case in enumerate(batch.cases)]
