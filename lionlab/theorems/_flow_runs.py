"""Flows solved once and shared by the claims about H: states, energies, and what the solver's tolerances admit."""

import functools
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, LogCosh, PseudoHuber, SquaredL2
from ..dynamics import LionKFlow, State, constants_at, vector_field
from ..energy import conjugate_term, flow_bracket_weight
from ..integration import FlowSolution, IntegrationError
from ..precision import cast_floats, double_precision
from ._cases import bowl, compiled_once, nonconvex_bowl, shape_for
from ._flow_cases import CONSTANTS, SMOOTH_KINDS, FlowCase, flow_batches, flow_sweep
from ._hypotheses import boundary

TIGHT = 1e-11
"""The tolerance, relative and absolute, at which flows are solved."""

UNDAMPED = ((1.0, 0.0, 0.0, 0.0), (1.0, 0.0, 0.5, 0.0))
"""(α, γ, ε, λ) with γ = λ = 0: H = αf + K(m) is conserved at ε = 0, and only the enhancement can lower it."""


def start_inside(K: ConvexFunction, shape: Sequence[int]) -> Callable[[np.random.Generator, float], np.ndarray]:
    """Starts with λx0 at 0.9 of a random point's projection on dom K*."""

    def start(rng: np.random.Generator, weight_decay: float) -> np.ndarray:
        far = 2 * rng.normal(size=shape)
        return 0.9 * boundary(K, far).projection / weight_decay if weight_decay > 0 else far

    return start


def is_analytic(K: ConvexFunction) -> bool:
    """Whether ∇K is known to have no kinks, so that a solver of order 5 works at its order."""
    return isinstance(K, LogCosh | PseudoHuber | SquaredL2)


@functools.cache
def inside_cases(is_quick: bool) -> tuple[FlowCase, ...]:
    """Every smooth kind of K × f convex, nonconvex × (α, γ, ε, λ), started inside with a momentum; T = 5."""
    found: list[FlowCase] = []
    for label in ("Huber", "log cosh") if is_quick else SMOOTH_KINDS:
        K = SMOOTH_KINDS[label]
        shape = shape_for(K)
        for name, f in (("convex", bowl(shape)), ("nonconvex", nonconvex_bowl(shape))):
            found += flow_sweep(
                K, f, np.linspace(0, 5, 41), CONSTANTS + UNDAMPED, start_inside(K, shape), 1, f"{label}, f {name}", 1.0
            )
    return tuple(found)


@dataclass(frozen=True)
class FlowRun:
    """One case solved: states (n, …), energies and distances (n,); all NaN where the solver gave up, see `failure`.

    `step_error` is what the tolerances admit in x in one step, √(2d+1)·tol·(1 + ‖x‖), as a step is accepted on the root
    mean square over the 2d + 1 states. `admitted` bounds what such errors, in x, m
    and the dissipation, multiplied by the slopes of H and added over all steps, make of H(t) + dissipated − H(0).
    """

    case: FlowCase
    x: np.ndarray
    m: np.ndarray
    lyapunov: np.ndarray
    dissipated: np.ndarray
    residual: np.ndarray
    distance: np.ndarray
    bound: float | None
    num_steps: int
    step_error: float
    admitted: float
    failure: str = ""


_KNOWN: weakref.WeakKeyDictionary[FlowCase, dict[float, FlowRun]] = weakref.WeakKeyDictionary()


def flow_runs(cases: Sequence[FlowCase], tolerance: float = TIGHT) -> list[FlowRun]:
    """Every case solved by tsit5 with rtol = atol = `tolerance`; what is known is not repeated."""
    cases = list(cases)
    for batch in flow_batches([case for case in cases if tolerance not in _KNOWN.get(case, {})]):
        try:
            solution = batch.integrate("tsit5", rtol=tolerance, atol=tolerance)
        except IntegrationError as error:
            for case in batch.cases:
                _KNOWN.setdefault(case, {})[tolerance] = _failed(case, str(error))
            continue
        for b, case in enumerate(batch.cases):
            _KNOWN.setdefault(case, {})[tolerance] = one_run(case, solution, b, tolerance)
    return [_KNOWN[case][tolerance] for case in cases]


def one_run(case: FlowCase, solution: FlowSolution, b: int, tolerance: float) -> FlowRun:
    """Run `b` of a batch."""
    x, m = solution.x[:, b], solution.m[:, b]
    steps = int(np.asarray(solution.num_steps)[b])
    unit = float(np.sqrt(2 * case.x0.size + 1)) * tolerance
    size_x, size_m = 1 + length(x), 1 + length(m)
    p = pieces(case, x, m, solution.bound)
    per_step = p.steepness_x * size_x + p.steepness_m * size_m + 1 + np.abs(solution.dissipated[:, b])
    step_error, admitted = unit * float(np.max(size_x)), steps * unit * float(np.max(per_step))
    return FlowRun(
        case, x, m, solution.lyapunov[:, b], solution.dissipated[:, b], solution.balance_residual[:, b],
        solution.constraint_distance[:, b], solution.bound, steps, step_error, admitted,
    )  # fmt: skip


def _failed(case: FlowCase, why: str) -> FlowRun:
    n = len(case.times)
    states, numbers = np.full((n, *case.x0.shape), np.nan), np.full(n, np.nan)
    return FlowRun(case, states, states, numbers, numbers, numbers, numbers, None, 0, np.nan, np.nan, why)


def failures(runs: Sequence[FlowRun]) -> str:
    """What the solver said of the runs that it did not finish."""
    return " ".join(dict.fromkeys(one.failure for one in runs if one.failure))


class Pieces(NamedTuple):
    """What H and its rates are made of at N states, evaluated by the library: arrays (N,) or (N, …)."""

    f: np.ndarray
    g: np.ndarray  # ∇f(x)
    K: np.ndarray  # K(m)
    K_star: np.ndarray  # K*(λx), or K_M*(λx)
    z: np.ndarray  # ∈ ∂K*(λx), or ∂K_M*(λx)
    w: np.ndarray  # ∇K(m)
    u: np.ndarray  # ∇K(m̃)
    m_tilde: np.ndarray
    x_dot: np.ndarray
    m_dot: np.ndarray
    steepness_x: np.ndarray  # ‖∂H/∂x‖₂
    steepness_m: np.ndarray  # ‖∂H/∂m‖₂


def pieces(case: FlowCase, x: np.ndarray, m: np.ndarray, bound: float | None = None) -> Pieces:
    """The `Pieces` at states x, m of shape (N, …); λx outside dom K* by less than 1e-6 counts as inside."""
    with double_precision():
        M = None if bound is None else jnp.asarray(bound, jnp.float64)
        states = State(jnp.asarray(x), jnp.asarray(m))
        flow, f = cast_floats((case.flow, case.objective), np.float64)
        return Pieces(*map(np.asarray, _pieces(flow, f, states, M)))


@compiled_once
def _pieces(flow: LionKFlow, f: Any, states: State, bound: Array | None) -> tuple[Array, ...]:
    def at(state: State) -> tuple[Array, ...]:
        K, constants = flow.K, constants_at(flow, jnp.zeros((), state.x.dtype))
        alpha, gamma, _, lam = constants
        g = f.slope(state.x)
        motion = vector_field(K, constants, state, g)
        conjugate = conjugate_term(K, lam * state.x, bound, jnp.full((), 1e-6, state.x.dtype))
        c, w = flow_bracket_weight(constants), K.selection(state.m)
        z = jnp.where(lam > 0, conjugate.z, jnp.zeros_like(conjugate.z))
        by_x = alpha * g + (gamma + c * lam) * z - c * lam * state.m
        by_m = c * (w - lam * state.x)
        values = f.value(state.x), g, K.value(state.m), conjugate.value, z, w
        steepness = jnp.sqrt(jnp.sum(by_x**2)), jnp.sqrt(jnp.sum(by_m**2))
        return (*values, motion.direction, motion.m_tilde, motion.x_dot, motion.m_dot, *steepness)

    return jax.vmap(at)(states)


def length(v: np.ndarray) -> np.ndarray:
    """‖v_i‖₂ for every i of the first axis."""
    return np.linalg.norm(v.reshape(len(v), -1), axis=1)
