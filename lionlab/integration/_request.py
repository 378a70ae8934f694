"""What the user asked for, checked: the solver chosen, the times, the tolerances, and every refusal in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..dynamics import LionKFlow, check_number
from ..precision import as_numpy

SOLVERS = ("auto", "tsit5", "kvaerno5", "rk4", "proximal")
ADAPTIVE = ("tsit5", "kvaerno5")
# (rtol, atol) of the adaptive solvers, and the relative tolerance of the inclusion, by the bits of the dtype.
TOLERANCES = {64: (1e-8, 1e-10, 1e-13), 32: (1e-4, 1e-6, 2e-6), 16: (1e-2, 1e-3, 2e-2)}


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
    chosen = _chosen_solver(flows, solver, step)
    moments = _checked_times(times, x.dtype)
    length = None if step is None else check_number("step", step, 0, math.inf)
    if length == 0:
        raise ValueError("step must be > 0, got 0.")
    defaults = TOLERANCES[8 * x.dtype.itemsize]
    relative = defaults[2] if chosen == "proximal" else defaults[0]
    least = float(np.finfo(x.dtype).eps) if x.dtype.name != "bfloat16" else 2.0**-7
    used_rtol = relative if rtol is None else check_number("rtol", rtol, least, 1)
    used_atol = defaults[1] if atol is None else check_number("atol", atol, 0, math.inf)
    if bound is not None and check_number("bound", bound, 0, math.inf) == 0:
        raise ValueError("bound must be > 0, got 0; use the largest ‖m̃‖_B of the run, or None to have it found.")
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
    steps = np.rint(counts).astype(np.int64)
    off = np.abs(counts - steps)
    # Times may be written in x0's precision, or be added up step by step.
    rounding = 16 * np.finfo(np.float64).eps * (np.abs(asked.times) + abs(asked.times[0])) / asked.step
    is_stray = (off > 1e-6 + rounding) | (np.diff(steps, prepend=-1) < 1)
    if is_stray.any():
        raise ValueError(
            f"times must lie on times[0] + k·step with step = {asked.step:g}, got {float(asked.times[is_stray][0])!r}; "
            "use times = t0 + step * numpy.arange(n)."
        )
    return replace(asked, steps=steps)


def _with_intervals(asked: Request, flows: Sequence[LionKFlow]) -> Request:
    """Equally many steps between any two times, none longer than `step`."""
    if asked.step is None:
        raise ValueError('solver="rk4" needs step=h, the longest step it may take, for instance 0.05.')
    per_interval = max(int(np.ceil(np.diff(asked.times).max() / asked.step * (1 - 1e-12))), 1)
    longest = float(np.diff(asked.times).max()) / per_interval
    for flow in flows:
        if longest * flow.weight_decay > 1:
            raise ValueError(
                f"step·weight_decay must be ≤ 1 for rk4, got {longest * flow.weight_decay:g}: beyond it the method "
                "does not keep the constraint set; lower step."
            )
    return replace(asked, steps_per_interval=per_interval)
