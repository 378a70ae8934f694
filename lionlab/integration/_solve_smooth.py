"""Smooth K: the solve, once more with H_M where H is infinite, and the checks that every result must pass."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics import LionKFlow, State
from ..dynamics._compiled import compiled
from ..energy import check_bound
from ..precision import double_precision
from ._adaptive import solve_adaptively
from ._augmented import Packed, Solved, unpacked
from ._guards import IntegrationError, check_accounts, check_conjugate, check_envelope, check_finished, check_finite
from ._request import ADAPTIVE, Request
from ._runge_kutta import solve_in_fixed_steps
from ._solution import FlowSolution
from ._unconstrained import WithoutConjugate

# A bound M found by sampling ‖m̃‖_B is taken this much larger, for what lies between the samples.
MARGIN = 1.05
# At the coarsest tolerances a second M may be needed; a run that outgrows more of them is none.
MOST_BOUNDS = 8
# What is said of a solver that gives up.
STIFF = {"tsit5": ', or solver="kvaerno5" if the problem is stiff.'}
# The next three are settings, not theorems: they part what was seen of sound runs from what was seen of garbage.
# The energy account of a solution closes to this share of the energy that moved, or it is refused; how well it closes,
# `balance_residual` tells. Of a double well sound runs closed to 2 %; a run wrong in x by 4 % closed to 3.4 %.
GROSS = 0.03
# Where H hardly falls, f and K(m) may exchange much energy, of which a coarse step loses some: this share is allowed.
EXCHANGED = 0.01
# Of the sizes that enter the account, in units of their last digit: sums over some hundred steps stayed below a tenth.
ROUNDINGS = 1e3


def solve_smoothly(request: Request, flow: LionKFlow, axes: Any, f: Any, x: np.ndarray, m: np.ndarray) -> FlowSolution:
    """`request` carried out for one flow or, with `axes` saying which of its constants vary, for a batch."""

    if not np.any(np.asarray(flow.weight_decay)):
        flow = eqx.tree_at(lambda tree: tree.K, flow, WithoutConjugate(flow.K))
    start: Any = State(x, m)  # type: ignore[arg-type]  # arrays of NumPy, until compiled
    numbers = _numbers(request, x)
    kind = Kind(request.solver, request.steps_per_interval, request.batched, request.dense)

    def solve(bound: float | None, samples_ball: bool) -> Solved:
        M = None if bound is None else np.asarray(bound, x.dtype)
        solved = _compiled(flow, f, numbers, start, M, axes, kind, samples_ball)
        return jax.device_get(solved._replace(dense=None))._replace(dense=solved.dense)

    bound = request.bound
    solved = solve(bound, bound is not None)
    # Outside dom K*, and where ∂K*(λx) is empty on its boundary, H and its dissipation are infinite; H_M never is. Nor
    # is it as steep near the boundary, where an error that the tolerances admit in x can spoil the account of H.
    if bound is None and not _has_account(request, solved):
        solved, bound = _with_found_bound(solve, solved)
    return _checked(request, flow, solved, bound)


def _with_found_bound(solve: Callable[[float, bool], Solved], without: Solved) -> tuple[Solved, float | None]:
    """The solve with an M that bounds it, and that M; `without` and None where ‖m̃‖_B is not even finite.

    The account is a state that the steps are chosen for, so another M moves what coarse tolerances make of the run.
    """
    solved, bound = without, None
    largest = float(np.max(solve(1.0, True).ball_norm))
    for _ in range(MOST_BOUNDS):
        if not np.isfinite(largest):
            break
        bound = MARGIN * largest if largest > 0 else 1.0
        solved = solve(bound, True)
        largest = float(np.max(solved.ball_norm))
        if not largest > bound:
            break
    return solved, bound


class Numbers(NamedTuple):
    """The numbers of a request, as arrays: new values need no new compilation."""

    times: Any
    first_step: Any
    rtol: Any
    atol: Any


class Kind(NamedTuple):
    """What of a request is compiled in."""

    solver: str
    steps_per_interval: int
    batched: bool
    dense: bool


def _numbers(request: Request, x: np.ndarray) -> Numbers:
    first = request.step if request.solver in ADAPTIVE else None
    times, rtol, atol = (np.asarray(number, x.dtype) for number in (request.times, request.rtol, request.atol))
    return Numbers(times, None if first is None else np.asarray(first, x.dtype), rtol, atol)


def _has_account(request: Request, solved: Solved) -> bool:
    """Whether the solve came to its end with a finite H, and with an energy account that closes."""
    if not (np.all(solved.is_finished) and np.isfinite(solved.observed.lyapunov).all()):
        return False
    residual, explained = _balance(request, solved)
    return bool((np.abs(residual) <= explained).all())


def _balance(request: Request, done: Any) -> tuple[np.ndarray, np.ndarray]:
    """H(t) + dissipated − supplied − H(0), and what coarse steps and rounding may explain of it."""
    H = done.observed.lyapunov
    residual = H + done.dissipated - done.supplied - H[:1]
    exchanged = EXCHANGED * np.abs(done.observed.loss - done.observed.loss[:1])
    moved = np.maximum.accumulate(np.abs(H - H[:1]) + exchanged + np.abs(done.dissipated) + np.abs(done.supplied))
    sizes = np.abs(H) + np.abs(H[:1])
    tolerance = request.atol + request.rtol * sizes if request.solver in ADAPTIVE else 0.0
    rounding = ROUNDINGS * float(np.finfo(H.dtype).eps) * (sizes + moved)
    steps = np.asarray(done.num_steps, np.float64) + 1
    return residual, GROSS * moved + steps * tolerance + rounding


def _compiled(
    flow: LionKFlow, f: Any, numbers: Numbers, start: State, bound: Any, axes: Any, kind: Kind, samples_ball: bool
) -> Solved:
    """`_solved`, compiled for the length of the run."""
    number_count = start.x.size * len(numbers.times) * max(kind.steps_per_interval, 1)
    run = compiled(_solved, number_count, for_long_runs=())
    found = cast(Solved | Packed, run(flow, f, numbers, start, bound, axes, kind, samples_ball))
    return unpacked(found, start.x.shape) if isinstance(found, Packed) else found


def _solved(
    flow: LionKFlow, f: Any, numbers: Numbers, start: State, bound: Any, axes: Any, kind: Kind, samples_ball: bool
) -> Solved | Packed:
    def one(flow: LionKFlow, start: State) -> Solved | Packed:
        times, first_step, rtol, atol = numbers
        if kind.solver not in ADAPTIVE:
            return solve_in_fixed_steps(flow, f, times, start, bound, kind.steps_per_interval, kind.batched)
        return solve_adaptively(
            flow, f, times, start, bound, first_step, rtol, atol, kind.solver, samples_ball, kind.dense, kind.batched
        )

    if not kind.batched:
        return one(flow, start)
    per_run = Solved(1, 1, 1, 1, 1, 0, 0, 0)  # type: ignore[arg-type]  # the axis of the batch in each result
    return eqx.filter_vmap(one, in_axes=(axes, 0), out_axes=per_run)(flow, start)


def _checked(request: Request, flow: LionKFlow, solved: Solved, bound: float | None) -> FlowSolution:
    dense = solved.dense
    done: Any = solved
    name, times = request.solver, request.times
    adaptive = name in ADAPTIVE
    remedy = "Lower rtol and atol." if adaptive else "Lower step."
    check_finished(name, done.is_finished, done.num_steps,
                   "try looser tolerances, or a shorter time" + STIFF.get(name, "."))  # fmt: skip
    (x, m), H, distance = done.state, done.observed.lyapunov, done.observed.distance
    check_finite(name, times, x=x, m=m)
    decay = _phase1_decay(request, np.asarray(flow.weight_decay, np.float64))
    check_conjugate(name, times, done.observed.gap)
    check_envelope(name, times, distance, decay, done.allowance, remedy)
    check_finite(name, times, lyapunov=H, dissipated=done.dissipated)
    largest = float(np.max(done.ball_norm))
    if request.bound is not None:
        check_bound(largest, request.bound)
    elif bound is not None and not largest <= bound:
        raise IntegrationError(f"{name} found no M that bounds ‖m̃‖_B, last {bound:.3g} with {largest:.3g}. {remedy}")
    residual, explained = _balance(request, done)
    check_accounts(name, times, residual, explained, remedy)
    return FlowSolution(
        times=times.astype(x.dtype), x=x, m=m, lyapunov=H, dissipated=done.dissipated, balance_residual=residual,
        constraint_distance=distance, bound=bound, solver=name,
        num_steps=done.num_steps if request.batched else int(done.num_steps), batched=request.batched,
        interpolant=None if dense is None else _interpolant(dense),
    )  # fmt: skip


def _phase1_decay(request: Request, weight_decay: np.ndarray) -> np.ndarray:
    """What phase 1 leaves of an initial distance: e^{−λt}, or the Runge–Kutta method's own polynomial in its place."""
    column = (slice(None), *[None] * request.batched)
    if request.solver != "rk4":
        return np.exp(-weight_decay * (request.times - request.times[0])[column])
    z = weight_decay * np.diff(request.times)[column] / request.steps_per_interval
    per_interval = (1 - z + z**2 / 2 - z**3 / 6 + z**4 / 24) ** request.steps_per_interval
    return np.cumprod(np.concatenate([np.ones_like(per_interval[:1]), per_interval]), axis=0)


def _interpolant(dense: Any) -> Callable[[Any], tuple[np.ndarray, np.ndarray]]:
    def at(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with double_precision(), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            state = _evaluated(dense, jnp.asarray(times))
        shape = np.shape(times)
        return tuple(np.asarray(part).reshape(*shape, *part.shape[1:]) for part in state)  # type: ignore[return-value]

    return at


@eqx.filter_jit
def _evaluated(dense: Any, times: Any) -> State:
    interpolation, as_tree = dense
    return jax.vmap(lambda t: as_tree(interpolation.evaluate(t)).state)(times.ravel())
