"""How a textbook method is held against its Lion-K: one step of each from the same state, at every state of a run.

The textbook's step is taken from the state the run is in, carried over by the dictionary of states, so rounding does
not accumulate: equality of every step, and of the momentum it leaves, is equality of the whole runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..dynamics import LionK
from ..objectives import Loss
from ..precision import unit_roundoff
from ..simulation import simulate
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

NUM_STEPS = 40
# Multiplications and additions behind one entry of x⁺ on either side: two products with at most 20 rows and 6 columns
# each, and what combines them.
OPERATIONS = 64


@dataclass(frozen=True)
class Now:
    """The state the textbook starts its step from: x, the iterate before it, m, ∇f(x), ∇f as a function, and t."""

    x: np.ndarray
    x_before: np.ndarray | None
    m: np.ndarray
    g: np.ndarray
    gradient: Callable[[np.ndarray], np.ndarray]
    t: int


@dataclass(frozen=True)
class Example:
    """One run: the constructor's arguments in the textbook's terms, the loss, its gradient in NumPy, and the start."""

    label: str
    arguments: Mapping[str, Any]
    objective: Loss
    gradient: Callable[[np.ndarray], np.ndarray]
    x0: np.ndarray
    m0: np.ndarray


Expected = tuple[np.ndarray, np.ndarray | None]


@dataclass(frozen=True)
class SpecialCase:
    """A textbook method, its constructor, and its step written in the run's coordinates (x⁺, m⁺; None: no momentum).

    `dictionary` says which Lion-K it is. `sensitivity(m̃, e)` bounds how far an error e in m̃ moves ∇K(m̃), entry by
    entry: the conditioning of the method.
    """

    name: str
    textbook: str
    dictionary: str
    source: str
    constructor: Callable[..., LionK]
    expected: Callable[..., Expected]
    sensitivity: Callable[[np.ndarray, float], Any]
    examples: Callable[[int], Sequence[Example]]
    wrongs: tuple[tuple[str, Callable[..., LionK]], ...]


def measure(special: SpecialCase, cases: Sequence[Example], run: Run, subject: Callable[..., LionK]) -> Measurement:
    """The largest |step − textbook's step| in units of its rounding bound."""
    worst, where = 0.0, None
    for example in cases:
        right = special.constructor(**example.arguments)
        right_sizes = right.step_sizes(NUM_STEPS)
        found = simulate(subject(**example.arguments), example.objective, example.x0, NUM_STEPS, example.m0)
        xs, ms = np.asarray(found.x), np.asarray(found.m)
        loss_scale = curvature_and_center(example.objective)
        for t in range(NUM_STEPS):
            before = xs[t - 1] if t else None
            now = Now(xs[t], before, ms[t], example.gradient(xs[t]), example.gradient, t)
            x_next, m_next = special.expected(now, **example.arguments)
            m_tilde = right.beta1 * now.m - (1 - right.beta1) * now.g
            x_size = np.linalg.norm(now.x)
            g_size = np.linalg.norm(now.g) + loss_scale[0] * (x_size + loss_scale[1])
            e = OPERATIONS * unit_roundoff(np.float64) * float(np.linalg.norm(now.m) + g_size)
            sizes = x_size + np.linalg.norm(x_next) + (0 if before is None else np.linalg.norm(before))
            allowed_x = OPERATIONS * unit_roundoff(np.float64) * sizes
            allowed_x = allowed_x + right_sizes[t] * special.sensitivity(m_tilde, e)
            ratio = np.max(np.abs(xs[t + 1] - x_next) / allowed_x)
            if m_next is not None:
                ratio = np.maximum(ratio, np.max(np.abs(ms[t + 1] - m_next)) / e)
            if not ratio <= worst:  # a NaN is worse than anything, and stays
                worst, where = float(ratio), {"label": example.label, "step": t, "x": now.x, "m": now.m}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases) * NUM_STEPS, where)


def curvature_and_center(f: Loss) -> tuple[float, float]:
    """(√d L, ‖x*‖): the terms summed in ∇f(x) = A(x−c) are ‖|A||x−c|‖ ≤ √d L(‖x‖ + ‖c‖) in size, and likewise."""
    center = 0.0 if f.minimizers is None else float(np.linalg.norm(f.minimizers[0]))
    return float(np.sqrt(f.dim)) * (f.smoothness if f.smoothness is not None else 1.0), center


def tie_sensitivity(m_tilde: np.ndarray, error: float) -> np.ndarray:
    """The sign does not move with m̃, except where rounding can change it, and there it may be anything in [−1, 1]."""
    return np.where(np.abs(m_tilde) <= error, 2.0, 0.0)


def direction_sensitivity(m_tilde: np.ndarray, error: float) -> float:
    """v/‖v‖ moves by 2e/‖v‖ at most."""
    return 2 * error / float(np.linalg.norm(m_tilde))


def polar_sensitivity(m_tilde: np.ndarray, error: float) -> float:
    """The polar factor moves by e/σ_min, and is computed with backward error OPERATIONS·u·σ_max."""
    values = np.linalg.svd(m_tilde, compute_uv=False)
    return float((error + OPERATIONS * unit_roundoff(np.float64) * values[0]) / values[-1])


def scaled_error(factor: float, m_tilde: np.ndarray, error: float) -> float:
    """∇K is Lipschitz with this constant; beside the error of m̃, the operations of ∇K round."""
    return factor * (error + OPERATIONS * unit_roundoff(np.float64) * float(np.linalg.norm(m_tilde)))


def claim(special: SpecialCase) -> Claim:
    return Claim(
        id=f"special-case-{special.name}",
        statement=f"{special.textbook} is Lion-K, state for state and step for step, with {special.dictionary}.",
        source=f"arXiv 2310.05898, §3 (special cases); textbook form: {special.source}",
        hypotheses=(
            Hypothesis(
                "the start is finite",
                lambda example: None if np.isfinite(example.x0).all() else f"x0 = {example.x0} is not finite.",
            ),
        ),
        observable="largest difference between a step and the textbook's from the same state, over its rounding bound",
        tolerance=(
            f"rounding: {OPERATIONS}u(‖x‖ + ‖x⁺‖) + η·(how far an error of {OPERATIONS}u(‖m‖+‖∇f‖+√d L(‖x‖+‖x*‖)) "
            "in m̃ moves ∇K(m̃)), u the unit roundoff; where rounding can change a sign, either sign is allowed"
        ),
        cases=lambda run: special.examples(run.seed),
        measure=partial(measure, special),
        subject=special.constructor,
        wrongs=tuple(Wrong(description, subject) for description, subject in special.wrongs),
    )
