"""The implicit step carried out for a request: the run, its M where H is infinite, its account, and the checks."""

from typing import Any, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics import LionKFlow, State
from ..dynamics._compiled import compiled
from ..energy import Ledger, check_bound
from ._guards import IntegrationError, check_envelope, check_finite
from ._proximal import Account, Steps, proximal_account, proximal_steps
from ._request import Request
from ._solution import FlowSolution


def solve_implicitly(
    request: Request, flow: LionKFlow, axes: Any, f: Any, x: np.ndarray, m: np.ndarray
) -> FlowSolution:
    """`request` carried out for one flow or, with `axes` saying which of its constants vary, for a batch."""
    if request.steps is None or request.step is None:
        raise ValueError("the implicit step needs a grid of times.")
    kept, length = request.steps, request.step
    h = jnp.asarray(length, x.dtype)
    is_smoothness = request.smoothness is not None
    # Of an unknown smoothness 1 is a first guess, doubled until it suffices.
    curvature = jnp.asarray(request.smoothness if is_smoothness else 1.0, x.dtype)
    start = State(jnp.asarray(x), jnp.asarray(m))
    count, batched = int(kept[-1]), request.batched
    run = _run(flow, f, start, h, count, curvature, is_smoothness, jnp.asarray(request.rtol, x.dtype), axes, batched)
    _check_inclusion(request, run)
    bound = request.bound
    account = _account(flow, f, h, run, None if bound is None else jnp.asarray(bound, x.dtype), axes, batched)
    # Outside dom K* H is infinite; on its boundary, where ∂K*(λx) may be empty, its ledger is. H_M never is.
    if bound is None and not (np.isfinite(np.asarray(account.lyapunov)).all() and _has_ledger(account)):
        largest = float(np.max(np.asarray(run.ball_norm)))
        bound = largest if largest > 0 else 1.0
        account = _account(flow, f, h, run, jnp.asarray(bound, x.dtype), axes, batched)
    if bound is not None:
        check_bound(float(np.max(np.asarray(run.ball_norm))), bound)
    return _checked(request, kept, length, flow, run, account, bound)


def _has_ledger(account: Account) -> bool:
    return bool(np.isfinite(np.asarray(account.entries.residual)).all())


def _run(flow: LionKFlow, f: Any, start: State, h: Any, count: int, *others: Any) -> Steps:
    run = compiled(_stepped, start.x.size * count, for_long_runs=())
    return cast(Steps, run(flow, f, start, h, count, *others))


def _stepped(
    flow: LionKFlow, f: Any, start: State, h: Any, count: int, curvature: Any, is_smoothness: bool, rtol: Any,
    axes: Any, batched: bool,
) -> Steps:  # fmt: skip
    def one(flow: LionKFlow, start: State) -> Steps:
        return proximal_steps(flow, f, start, h, count, curvature, is_smoothness, rtol, batched)

    if not batched:
        return one(flow, start)
    return eqx.filter_vmap(one, in_axes=(axes, 0), out_axes=Steps(0, 1, 0, 1, 1))(flow, start)  # type: ignore[arg-type]


def _account(flow: LionKFlow, f: Any, h: Any, run: Steps, *others: Any) -> Account:
    account = compiled(_accounted, run.steps.selection.size, for_long_runs=())
    return cast(Account, account(flow, f, h, run, *others))


def _accounted(flow: LionKFlow, f: Any, h: Any, run: Steps, bound: Any, axes: Any, batched: bool) -> Account:
    def one(flow: LionKFlow, run: Steps) -> Account:
        return proximal_account(flow, f, h, run, bound)

    if not batched:
        return one(flow, run)
    return eqx.filter_vmap(one, in_axes=(axes, Steps(0, 1, 0, 1, 1)), out_axes=1)(flow, run)  # type: ignore[arg-type]


def _check_inclusion(request: Request, run: Steps) -> None:
    steps = run.steps
    residual, tolerance = np.asarray(steps.inclusion_residual), np.asarray(steps.tolerance)
    is_met = np.isfinite(residual) & (residual <= tolerance)
    if not is_met.all():
        first, most = np.argwhere(~is_met)[0], np.asarray(steps.iterations).max()
        found, wanted = residual[tuple(first)], tolerance[tuple(first)]
        raise IntegrationError(
            f"proximal: step {first[0] + 1} found no s ∈ ∂K(m̃⁺) in {most} iterations, its "
            f"residual is {found:.3g} where {wanted:.3g} is asked; raise rtol, shorten step, or state the objective's "
            "smoothness."
        )
    gap, explained = np.asarray(run.gap), np.asarray(run.explained)
    is_fine = np.isfinite(gap) & (np.abs(gap) <= explained)
    if not is_fine.all():
        first = np.argwhere(~is_fine)[0]
        step, found, most = first[0] + 1, gap[tuple(first)], explained[tuple(first)]
        if not np.isfinite(found):
            raise IntegrationError(
                f"proximal: at step {step} K(m̃) or K*(s) is infinite: the momentum has left the set where K is finite "
                "(a larger M of Truncated(K, M) keeps it in), or K and its conjugate do not belong together."
            )
        raise IntegrationError(
            f"proximal: at step {step} K(m̃) + K*(s) differs from ⟨s, m̃⟩ by {found:.3g}, where s is an element of "
            f"∂K(m̃) up to {most:.3g}: K and its conjugate do not belong together."
        )


def _checked(
    request: Request, kept: np.ndarray, length: float, flow: LionKFlow, run: Steps, on_device: Account,
    bound: float | None,
) -> FlowSolution:  # fmt: skip
    times, steps = request.times, jax.tree.map(np.asarray, run.steps)
    states = jax.tree.map(lambda a, b: np.concatenate([np.asarray(a)[None], np.asarray(b)]), run.start, run.steps.state)
    account: Any = jax.tree.map(np.asarray, on_device)
    x, m = states.x[kept], states.m[kept]
    check_finite("proximal", times, x=x, m=m, lyapunov=account.lyapunov[kept])
    every = times[0] + np.arange(len(states.x)) * length
    shrinkage = 1 / (1 + length * np.asarray(flow.weight_decay, np.float64))
    decay = shrinkage ** np.arange(len(states.x)).reshape(-1, *[1] * (account.distance.ndim - 1))
    check_envelope("proximal", every, account.distance, decay, account.allowance, "Please report this.")
    entries = account.entries._asdict()
    entries.pop("ball_norm")
    ledger = Ledger(**entries, lyapunov=account.lyapunov)
    dissipated, residual = (
        np.concatenate([np.zeros_like(sums[:1]), np.cumsum(sums, axis=0)])[kept]
        for sums in (-(ledger.alignment + ledger.enhancement), ledger.residual)
    )
    return FlowSolution(
        times=times.astype(x.dtype), x=x, m=m, lyapunov=account.lyapunov[kept], dissipated=dissipated,
        balance_residual=residual, constraint_distance=account.distance[kept], bound=bound, solver="proximal",
        num_steps=int(kept[-1]), selection=steps.selection[kept[1:] - 1],
        inclusion_residual=np.maximum.reduceat(steps.inclusion_residual, kept[:-1], axis=0), ledger=ledger,
        most_iterations=int(steps.iterations.max()), batched=request.batched,
    )  # fmt: skip
