"""What the user asked for, checked: the solver chosen, the times, the tolerances, and every refusal in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics import LionKFlow, alpha_at, check_number
from ..precision import as_numpy, double_precision

SOLVERS = ("auto", "tsit5", "kvaerno5", "rk4", "proximal")
ADAPTIVE = ("tsit5", "kvaerno5")
# (rtol, atol) of the adaptive solvers, and the relative tolerance of the inclusion.
TOLERANCES = {"float64": (1e-8, 1e-10, 1e-13), "float32": (1e-4, 1e-6, 2e-6)}
# α(t) is looked at this often from one saved time to the next.
LOOKS_BETWEEN_TIMES = 16
# Of the implicit step every state is kept, with some twenty numbers of its account; of rk4 none but the saved ones.
MOST_STEPS = {"proximal": 10**7, "rk4": 10**9}
# With coarser ones neither phase 1 nor the energy account could tell a solution from garbage.
COARSEST = 1e-3


@dataclass(frozen=True)
class Request:
    """A solve that makes sense. `steps` counts from the first time to each; only "proximal" and "rk4" have it."""

    solver: str
    times: np.ndarray
    step: float | None
    rtol: float
    atol: float
    bound: float | None
    dense: bool
    batched: bool
    smoothness: float | None  # of the objective, where the solver uses it
    steps: np.ndarray | None = None
    steps_per_interval: int = 0


def checked_request(
    flows: Sequence[LionKFlow],
    objective: Any,
    x: np.ndarray,
    times: Any,
    solver: str,
    step: float | None,
    rtol: float | None,
    atol: float | None,
    bound: float | None,
    dense: bool,
    batched: bool,
) -> Request:
    """**Raises:** `ValueError`/`TypeError` naming the argument, its value, what is allowed, and the way out."""
    for flow in flows:
        if not isinstance(flow, LionKFlow):
            raise TypeError(f"flow must be a LionKFlow, got {flow!r}; LionKFlow.from_discrete(method) makes one.")
    if x.dtype.name not in TOLERANCES:
        raise TypeError(f"x0 must be float64 or float32 to integrate a flow, got {x.dtype.name}; convert it.")
    if len(x) == 0:
        raise ValueError("x0 must hold at least one start, got none.")
    chosen = _chosen_solver(flows, solver, step)
    moments = _checked_times(times, x.dtype)
    _check_weights(flows, moments)
    length = None if step is None else check_number("step", step, 0, math.inf, excludes_low=True)
    defaults = TOLERANCES[x.dtype.name]
    relative = defaults[2] if chosen == "proximal" else defaults[0]
    used_rtol = relative if rtol is None else check_number("rtol", rtol, float(np.finfo(x.dtype).eps), COARSEST)
    used_atol = defaults[1] if atol is None else check_number("atol", atol, 0, COARSEST)
    if bound is not None:
        check_number("bound", bound, 0, math.inf, excludes_low=True)
    if dense and (chosen not in ADAPTIVE or batched):
        raise ValueError('dense output needs solver="tsit5" or "kvaerno5" and a single flow; or ask for more times.')
    smoothness = getattr(objective, "smoothness", None) if chosen == "proximal" else None
    asked = Request(chosen, moments, length, used_rtol, used_atol, bound, dense, batched, smoothness)
    if chosen == "proximal":
        return _with_grid(asked, flows)
    return _with_intervals(asked, flows) if chosen == "rk4" else asked


def _chosen_solver(flows: Sequence[LionKFlow], solver: str, step: float | None) -> str:
    if solver not in SOLVERS:
        raise ValueError(f"solver must be one of {SOLVERS}, got {solver!r}.")
    kinks = next((flow.K for flow in flows if not flow.K.is_smooth), None)
    if kinks is None:
        return "tsit5" if solver == "auto" else solver
    if solver == "proximal" or (solver == "auto" and step is not None):
        return "proximal"
    subject = f'solver="{solver}" cannot be used' if solver != "auto" else "no general solver can be used"
    raise ValueError(
        f"{subject} with {kinks!r}: its ∇K jumps, the flow is a differential inclusion that slides along the kinks, "
        'and general solvers fail on it, some without saying so. Use solver="proximal" with step=h, or smooth K as '
        "MoreauEnvelope(K, smoothing)."
    )


def _check_weights(flows: Sequence[LionKFlow], moments: np.ndarray) -> None:
    """α as a function of time must be traceable by JAX, one number, finite and > 0 at saved times and between them."""
    changing = [flow for flow in flows if callable(flow.alpha)]
    if 0 < len(changing) < len(flows):
        raise ValueError(
            "alpha of the flows of one batch must be a number in all of them or a function in all of them."
        )
    shares = np.linspace(0, 1, LOOKS_BETWEEN_TIMES, endpoint=False)
    moments = np.append((moments[:-1, None] + np.diff(moments)[:, None] * shares).ravel(), moments[-1])
    for flow in changing:
        try:
            with double_precision():
                values = np.asarray(jax.vmap(lambda t, flow=flow: alpha_at(flow, t))(jnp.asarray(moments)))
        except Exception as error:  # noqa: BLE001 - a user's function may fail in any way
            raise ValueError(
                f"alpha as a function must be written in jax.numpy, time -> number: {str(error).splitlines()[0]}"
            ) from None
        if values.shape != moments.shape:
            raise ValueError(f"alpha(time) must be one number, got shape {values.shape[1:]}.")
        is_wrong = ~(np.isfinite(values) & (values > 0))
        if is_wrong.any():
            first = int(np.argmax(is_wrong))
            raise ValueError(f"alpha(time) must be finite and > 0, got {values[first]:g} at time {moments[first]:g}.")


def _checked_times(times: Any, dtype: Any) -> np.ndarray:
    moments = as_numpy("times", times).astype(np.float64)
    if moments.ndim != 1 or len(moments) < 2:
        raise ValueError(f"times must be at least two numbers in a row, got shape {moments.shape}.")
    if not np.isfinite(moments).all() or not (np.diff(moments.astype(dtype)) > 0).all():
        raise ValueError("times must be finite and increasing; the first is the time of the start.")
    return moments


def _with_grid(asked: Request, flows: Sequence[LionKFlow]) -> Request:
    """Times on times[0] + k·step, up to the rounding of writing them down."""
    if asked.step is None:
        raise ValueError('solver="proximal" needs step=h, the length of its steps, for instance 0.01.')
    if any(callable(flow.alpha) for flow in flows):
        raise ValueError(
            'solver="proximal" needs a constant alpha: its Lyapunov function has no term for a changing one.'
        )
    counts = (asked.times - asked.times[0]) / asked.step
    steps = np.rint(np.minimum(counts, 2.0**62)).astype(np.int64)
    off = np.abs(counts - steps)
    # Times may be written in x0's precision, or be added up step by step.
    rounding = 16 * np.finfo(np.float64).eps * (np.abs(asked.times) + abs(asked.times[0])) / asked.step
    is_stray = (off > 1e-6 + rounding) | (np.diff(steps, prepend=-1) < 1)
    _check_count(asked, float(counts[-1]))
    if is_stray.any():
        raise ValueError(
            f"times must lie on times[0] + k·step with step = {asked.step:g}, got {float(asked.times[is_stray][0])!r}; "
            "use times = t0 + step * numpy.arange(n)."
        )
    return replace(asked, steps=steps)


def _check_count(asked: Request, count: float) -> None:
    most = MOST_STEPS[asked.solver]
    if count > most:
        raise ValueError(
            f"step = {asked.step:g} makes {count:.3g} steps from the first time to the last, and {asked.solver} takes "
            f"at most {most:.0e}; use a longer step or a shorter time."
        )


def _with_intervals(asked: Request, flows: Sequence[LionKFlow]) -> Request:
    """Equally many steps between any two times, none longer than `step`."""
    if asked.step is None:
        raise ValueError('solver="rk4" needs step=h, the longest step it may take, for instance 0.05.')
    per_interval = max(int(np.ceil(min(np.diff(asked.times).max() / asked.step, 1e18) * (1 - 1e-12))), 1)
    _check_count(asked, float(per_interval) * (len(asked.times) - 1))
    longest = float(np.diff(asked.times).max()) / per_interval
    for flow in flows:
        if longest * flow.weight_decay > 1:
            raise ValueError(
                f"step·weight_decay must be ≤ 1 for rk4, got {longest * flow.weight_decay:g}: beyond it the method "
                "does not keep the constraint set; lower step."
            )
    return replace(asked, steps_per_interval=per_interval)
