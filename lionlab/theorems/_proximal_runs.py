"""Runs of the implicit step with their ledgers: computed once, shared by the claims about it."""

import dataclasses
import functools
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, DeadzoneL1
from ..dynamics import check_number
from ..energy import Ledger
from ..integration import FlowSolution, IntegrationError
from ..precision import double_precision
from ._cases import KINDS, RippledBowl, bowl, compiled_once, nonconvex_bowl, shape_for
from ._claim import Hypothesis, Run
from ._energy_runs import one_of
from ._flow_cases import CONSTANTS, FlowBatch, FlowCase, flow_batches, flow_sweep, with_parameters
from ._flow_cases import PARAMETERS as FLOW_PARAMETERS
from ._hypotheses import boundary, not_convex
from ._observed_loss import breaks_convexity, pairs_in

UNIT = 2.0**-53
STEPS = (1e-3, 0.1, 1.0, 100.0)
"""Lengths h of the implicit step, hλ from 5e-4 to 200."""

NUM_STEPS = 30
PARAMETERS = (*FLOW_PARAMETERS, "step")
"""What of a case a user may replace; `step` is h."""


@dataclass(frozen=True)
class ProximalRun:
    """One case: states (T+1, …), selections (T, …), the energy ledger of H_h, or of H_M with M = `bound`."""

    case: FlowCase
    x: np.ndarray
    m: np.ndarray
    s: np.ndarray
    lyapunov: np.ndarray
    inclusion_residual: np.ndarray
    ledger: Ledger
    bound: float | None


def start_inside(K: ConvexFunction, shape: Sequence[int]) -> Callable[[np.random.Generator, float], np.ndarray]:
    """Starts with λx0 in dom K*, a tenth of the way from its boundary."""

    def start(rng: np.random.Generator, weight_decay: float) -> np.ndarray:
        far = 2 * rng.normal(size=shape)
        return 0.9 * boundary(K, far).projection / weight_decay if weight_decay > 0 else far

    return start


def start_outside(shape: Sequence[int]) -> Callable[[np.random.Generator, float], np.ndarray]:
    """Starts with every |λx_i| between 3 and 6."""

    def start(rng: np.random.Generator, weight_decay: float) -> np.ndarray:
        return rng.choice((-1.0, 1.0), size=shape) * rng.uniform(3, 6, size=shape) / (weight_decay or 1.0)

    return start


def grid(step: float, num_steps: int = NUM_STEPS) -> np.ndarray:
    """The times 0, h, 2h, …"""
    return step * np.arange(num_steps + 1)


def linear_loss(slope: np.ndarray) -> RippledBowl:
    """f = ⟨slope, x⟩ up to a curvature of 2⁻²⁶ and a constant: D_f is next to nothing, and descent an equality."""
    curvature = 2.0**-26  # with less of it the constant ‖slope‖²/(2·curvature) is large, and its rounding hides 1e-6
    return RippledBowl(curvature * np.eye(len(slope)), -slope / curvature, np.asarray(0.0))


@functools.cache
def kind_cases(label: str, steps: tuple[float, ...], is_convex: bool, is_inside: bool) -> tuple[FlowCase, ...]:
    """K of one kind with f convex or not, starts inside or outside dom K*, and every h and (α, γ, ε, λ)."""
    K = KINDS[label]
    shape = shape_for(K)
    # A loss of its own for either start: what runs in one batch shares the M of H_M, which a start inside is to do
    # without.
    f = bowl(shape) if is_convex else nonconvex_bowl(shape)
    start = start_inside(K, shape) if is_inside else start_outside(shape)
    name = f"{label}, f {'convex' if is_convex else 'nonconvex'}, start {'inside' if is_inside else 'outside'}"
    return tuple(
        one
        for step in steps
        for one in flow_sweep(
            K, f, grid(step), CONSTANTS, start, seed=3, momentum=1.0, step=step, label=f"{name}, h={step}"
        )
    )


NEARLY_ENHANCED = (
    (1.0, 0.25, 2.0, 0.5), (2.0, 0.25, 2.0, 0.5), (1.0, 0.5, 1.0, 0.5), (1.0, 1.0, 0.5, 0.5), (1.5, 0.0, 1.0, 1.0),
)  # fmt: skip
"""(α, γ, ε, λ) with 0 < εγ < 1, or γ = 0: c_h and both terms are positive."""


@functools.cache
def exact_cases() -> tuple[FlowCase, ...]:
    """K = ‖·‖₁, written as a dead zone of 0, and a linear f: first steps on which every remainder vanishes.

    There the descent is an equality. From x0 = 0 the step stays inside, so D_K* = 0; m and m⁺ have one sign, so D_K =
    0; and the gradients are of several sizes, so that somewhere m̃⁺ has the other sign than m⁺ and Δ2 > 0.
    """
    f = linear_loss(np.array([0.05, 0.15, -0.025, 0.3]))
    found = []
    for step in (0.1, 1.0):
        label = f"‖·‖₁, f linear, h={step}"
        cases = flow_sweep(DeadzoneL1(0.0), f, grid(step), NEARLY_ENHANCED, step=step, label=label)
        found += [dataclasses.replace(one, m0=np.full(4, 0.4)) for one in cases]
    return tuple(found)


@functools.cache
def proximal_cases(is_quick: bool, is_convex: bool | None = None) -> tuple[FlowCase, ...]:
    """The standard cases, with f of either kind or one; a quick run has one kind of K. The tests run every kind."""
    labels = ("dead zone",) if is_quick else ("dead zone", "Huber", "nuclear")
    steps = (0.1, 1.0, 100.0) if is_quick else STEPS
    wanted = (True, False) if is_convex is None else (is_convex,)
    return (
        tuple(
            one
            for label in labels
            for convexity in wanted
            for is_inside in (True, False)
            for one in kind_cases(label, steps, convexity, is_inside)
        )
        + exact_cases()
    )


def with_step(default: FlowCase, run: Run) -> FlowCase:
    """`default` with the user's parameters, `step` among them. **Raises:** as `with_parameters`."""
    parameters = dict(run.parameters)
    given = parameters.pop("step", default.step)
    step = check_number("step", given, 0, np.inf)
    if step == 0:
        raise ValueError("step must be > 0, got 0; it is the length of an implicit step.")
    chosen = with_parameters(default, parameters)
    if callable(chosen.flow.alpha):
        raise ValueError("alpha must be a number here: the implicit step's H_h has no term for one that changes.")
    return dataclasses.replace(chosen, step=step, times=grid(step), is_given=True)


def cases_of(run: Run, is_convex: bool | None = None) -> Sequence[FlowCase]:
    """The standard cases, or the user's own."""
    if not run.parameters:
        return proximal_cases(run.is_quick, is_convex)
    return [with_step(proximal_cases(True, is_convex)[0], run)]


def with_controls(
    cases: Sequence[FlowCase], run: Run, is_right: bool, is_convex: bool | None = None
) -> Sequence[FlowCase]:
    """The cases; and for a planted wrong beside a user's own case, which need not show it, some standard ones too."""
    return cases if is_right or not run.parameters else [*cases, *proximal_cases(True, is_convex)]


_KNOWN: weakref.WeakKeyDictionary[FlowCase, ProximalRun] = weakref.WeakKeyDictionary()


def proximal_runs(cases: Iterable[FlowCase]) -> list[ProximalRun]:
    """The run of every case, those already known not repeated."""
    cases = list(cases)
    for batch in flow_batches([case for case in cases if case not in _KNOWN]):
        for case, found in zip(batch.cases, _run(batch), strict=True):
            _KNOWN[case] = found
    return [_KNOWN[case] for case in cases]


def _run(batch: FlowBatch) -> list[ProximalRun]:
    try:
        solution: Any = batch.integrate("proximal")
    except IntegrationError:
        # A step that finds no s is no measurement: nothing finite comes of it, and nothing passes.
        solution = _nothing(batch)
    return [
        ProximalRun(
            case, solution.x[:, b], solution.m[:, b], solution.selection[:, b], solution.lyapunov[:, b],
            solution.inclusion_residual[:, b], one_of(solution.ledger, b), solution.bound,
        )
        for b, case in enumerate(batch.cases)
    ]  # fmt: skip


def _nothing(batch: FlowBatch) -> FlowSolution:
    times = batch.cases[0].times
    count, steps = len(batch.cases), len(times) - 1
    states = np.full((steps + 1, count, *batch.cases[0].x0.shape), np.nan)
    rows, entries = np.full((steps + 1, count), np.nan), np.full((steps, count), np.nan)
    ledger = Ledger(**{field.name: entries for field in dataclasses.fields(Ledger)})
    return FlowSolution(
        times, states, states, rows, rows, rows, rows, None, "proximal", steps, states[1:], entries, ledger,
        batched=True,
    )  # fmt: skip


def slopes(objective: Any, x: np.ndarray) -> np.ndarray:
    """∇f at every x_t."""
    with double_precision():
        return np.asarray(_slopes(objective, jnp.asarray(x)))


@compiled_once
def _slopes(objective: Any, x: Array) -> Array:
    return jax.vmap(objective.slope)(x)


def positive(bound: np.ndarray) -> np.ndarray:
    """The bound, and u where it is 0: a run at rest at 0 has no rounding and nothing to round."""
    return np.where(bound > 0, bound, UNIT)


def _is_finite_function(case: FlowCase) -> str | None:
    return not_convex(case.flow.K, case.x0.shape, is_finite=True)


def _is_least_at_zero(case: FlowCase) -> str | None:
    K = case.flow.K
    if case.flow.weight_decay > 0 or K.is_positively_homogeneous:
        return None
    with double_precision():
        slope = np.asarray(K.selection(jnp.zeros(case.x0.shape)))
    if not np.any(slope):
        return None
    return f"K = {K!r} is not least at 0, and with λ = 0 H falls only then; take λ > 0, or a K with K(0) = min K."


def _is_convex(case: FlowCase) -> str | None:
    if not case.is_given and case.objective.is_convex:
        return None
    return breaks_convexity(case.objective, pairs_in(case.x0[None]))


FINITE_FUNCTION = Hypothesis("K is convex and finite everywhere", _is_finite_function)
LEAST_AT_ZERO = Hypothesis("K(0) = min K where λ = 0", _is_least_at_zero)
CONVEX = Hypothesis("f is convex, and no pair of its gradients shows otherwise", _is_convex)
