"""How fast the KKT score goes down: the annealing theorem and the deterministic rate, with their constants.

Each bound comes from a telescoping sum that ends in F(x_T) (or H ≥ F), so it holds with F(x_T) ≥ inf F in place of
inf F. That is what is checked: it is stronger, and needs no solver. D = sup {‖v‖₂² : v ∈ dom K*}, and f is L-smooth.
The rate under noise is in `stochastic_rate.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..dynamics import LionK
from ._cases import PARAMETERS
from ._claim import Claim, Measurement, Run, Wrong
from ._courses import (
    CONSTANT,
    CONVEX,
    EXPLICIT,
    FAR,
    FORGETS,
    INSIDE,
    LION,
    NONE,
    NOT_INCREASING,
    PENALISED,
    ROUND,
    SMOOTH_AND_BOUNDED,
    Course,
    courses,
    given_course,
)
from ._hypotheses import BELOW_ONE, ORDERED_BETAS

Bound = Callable[[Course], float]


def annealing_bound(k: Course) -> float:
    """F(x_0) − F(x_T) + 2√D β1η_0n_0/(1−β2) + (2 + 4β1/(1−β2)) L D Ση_t²."""
    return _annealing(k, first=1.0, memory=1.0)


def _annealing(k: Course, first: float, memory: float, decrease: float = 1.0) -> float:
    etas = k.observed[0]
    beta1, patience, L = k.method.beta1, 1 / (1 - k.method.beta2), k.objective.smoothness
    start = 2 * np.sqrt(k.squared_radius) * beta1 * etas[0] * k.first_error * patience
    squares = L * k.squared_radius * np.sum(etas[: k.num_steps] ** 2)
    return float(decrease * k.decrease[0] + first * start + (2 + 4 * memory * beta1 * patience) * squares)


def deterministic_bound(k: Course) -> float:
    """V_0/(aηT) + 2LηD/a + 2β1√D‖E_0‖/(T(1−β2)) + 4β1ηLD/(1−β2) + 4ηLD, η → η/(1−ηλ) for explicit decay."""
    return _deterministic(k, start=1.0, chatters=1.0)


def _deterministic(k: Course, start: float, chatters: float) -> float:
    etas, _, F, bracket = k.observed
    beta1, beta2, lam = k.method.beta1, k.method.beta2, k.method.weight_decay
    eta = etas[0] / (1 - etas[0] * lam) if k.method.decay == "explicit" else etas[0]
    c = eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2)
    a, H = 1 + c * lam, F[0, 0] + c * bracket
    L, size = k.objective.smoothness, k.squared_radius
    decrease = start * (H - F[-1, 0]) / (a * eta * k.num_steps)
    forgetting = 2 * beta1 * np.sqrt(size) * k.first_error / (k.num_steps * (1 - beta2))
    chatter = 2 * L * eta * size / a + 4 * beta1 * eta * L * size / (1 - beta2) + 4 * eta * L * size
    return float(decrease + forgetting + chatters * chatter)


def weighted_sum(k: Course) -> float:
    """Σ_{t<T} η_t S(x_t)."""
    etas, S, _, _ = k.observed
    return float(np.sum(etas[: k.num_steps] * S[:-1, 0]))


def mean_after_steps(k: Course) -> float:
    """(1/T) Σ_{t=1..T} S(x_t)."""
    return float(np.mean(k.observed[1][1:]))


def measure(
    quantity: Callable[[Course], float],
    standard: Callable[[Run], list[Course]],
    cases: Sequence[Course],
    run: Run,
    subject: Bound,
) -> Measurement:
    if run.parameters and subject not in (annealing_bound, deterministic_bound):
        # A user's own run need not come near the bound; a wrong is looked for where the standard ones do.
        cases = [*cases, *standard(Run(run.seed, is_quick=True))]
    worst, where = -np.inf, None
    for course in cases:
        left, right = quantity(course), subject(course)
        if not np.isfinite([left, right]).all():
            return Measurement(np.nan, 1.0, len(cases), {"label": course.label, "left side": left, "bound": right})
        ratio = left / right if right > 0 else (np.inf if left > right else 0.0)
        if ratio > worst:
            worst, where = float(ratio), {"label": course.label, "left side": left, "bound": right}
    return Measurement(worst, 1.0, len(cases), where)


def falling(step: Array) -> Array:
    """η_t = 0.1/√(t+1): Ση_t diverges."""
    return 0.1 / jnp.sqrt(step + 1.0)


def constant(step_size: float) -> Callable[[Array], Array]:
    return lambda step: step_size + 0 * step


def annealing_courses(run: Run) -> list[Course]:
    # With β1 near 1 the sign reads a momentum that is a step old, and the run swings far; m_0 = −∇f(x_0).
    slow = LionK(LION, constant(1e-3), 0.5, 0.99999, 0.9999)
    pushed = LionK(LION, constant(1e-4), 0.5, 0.999, 0.999)
    return [
        *courses(run, falling, ((0.9, 0.99), (0.9, 0.5))),
        Course("an old momentum, constant step", slow, ROUND, NONE + 0.1, NONE - 0.1, 5000),
        Course("a large wrong momentum at the solution", pushed, ROUND, NONE, NONE + 1e3, 5000),
        Course("far from the solution", LionK(LION, constant(2e-3), 0.02), FAR, NONE, NONE, 500),
    ]


def deterministic_courses(run: Run) -> list[Course]:
    # A schedule that does not change shares its compilation with the annealed runs.
    found = courses(run, constant(0.02), ((0.9, 0.99), (0.5, 0.5)))
    if not run.is_quick:
        implicit = [replace(k, method=replace(k.method, decay="implicit")) for k in found if k.method.K == LION]
        found += [replace(k, label=k.label + ", implicit") for k in implicit]
    c = 0.01 / (2 - 0.01 * 0.5)
    return [
        *found,
        Course("a period-2 orbit", LionK(LION, constant(0.01), 0.5), ROUND, NONE + c, NONE + c / 199, 5000),
        Course("far from the solution", LionK(LION, constant(2e-3), 0.02), FAR, NONE, NONE, 500),
    ]


def standard_or_own(standard: Callable[[Run], list[Course]], run: Run) -> list[Course]:
    return [given_course(run.parameters)] if run.parameters else standard(run)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="annealing-theorem",
        statement=(
            "With explicit decay and step sizes that do not increase, Ση_t S(x_t) ≤ F(x_0) − inf F "
            "+ 2√D β1η_0n_0/(1−β2) + (2 + 4β1/(1−β2)) L D Ση_t², f convex or not; so Ση = ∞ and η → 0 give "
            "lim inf S = 0."
        ),
        source="derived here, beyond arXiv 2310.05898 and 2411.07724",
        hypotheses=(PENALISED, EXPLICIT, CONVEX, INSIDE, NOT_INCREASING, FORGETS, SMOOTH_AND_BOUNDED),
        observable="largest ratio of the left to the right side, with F(x_T) ≥ inf F in place of inf F",
        tolerance="1: the theorem's own right side, made smaller by F(x_T) − inf F",
        cases=partial(standard_or_own, annealing_courses),
        measure=partial(measure, weighted_sum, annealing_courses),
        subject=annealing_bound,
        wrongs=(
            Wrong("without the momentum's part of Ση²", lambda k: _annealing(k, 1.0, 0.0)),
            Wrong("without the first momentum's error n_0", lambda k: _annealing(k, 0.0, 1.0)),
            Wrong("without F(x_0) − F(x_T)", lambda k: _annealing(k, 1.0, 1.0, decrease=0.0)),
        ),
        parameters=PARAMETERS,
    ),
    Claim(
        id="deterministic-rate",
        statement=(
            "At a constant step with implicit decay the mean KKT score is at most V_0/(aηT) + 2LηD/a + "
            "2β1√D‖E_0‖/(T(1−β2)) + 4β1ηLD/(1−β2) + 4ηLD, and with explicit decay the same with η′ = η/(1−ηλ) for η "
            "throughout, in c and a too; so η ∝ T^{-1/2} makes it O(T^{-1/2})."
        ),
        source="arXiv 2310.05898, Theorem 4.1, summed; constants in the tradition of arXiv 2411.07724",
        hypotheses=(
            PENALISED, CONVEX, INSIDE, CONSTANT, BELOW_ONE, ORDERED_BETAS, FORGETS, SMOOTH_AND_BOUNDED,
        ),
        observable="largest ratio of (1/T)ΣS(x_t), t = 1..T, to the bound, with F(x_T) ≥ inf F in place of inf F",
        tolerance="1: the theorem's own right side, made smaller by F(x_T) − inf F",
        cases=partial(standard_or_own, deterministic_courses),
        measure=partial(measure, mean_after_steps, deterministic_courses),
        subject=deterministic_bound,
        wrongs=(
            Wrong("half of V_0", lambda k: _deterministic(k, 0.5, 1.0)),
            Wrong("without the terms in ηLD", lambda k: _deterministic(k, 1.0, 0.0)),
            Wrong("V_0/(aηT²) for V_0/(aηT)", lambda k: _deterministic(k, 1 / k.num_steps, 1.0)),
        ),
        parameters=PARAMETERS,
    ),
)  # fmt: skip
