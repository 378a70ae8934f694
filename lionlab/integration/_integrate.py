"""`integrate`: NumPy in, one compiled solve of the flow, checks, NumPy out."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ..dynamics import LionKFlow, checked_start
from ..precision import cast_floats, double_precision
from ._request import Request, checked_request
from ._solution import FlowSolution
from ._solve_implicit import solve_implicitly
from ._solve_smooth import solve_smoothly


def integrate(
    flow: LionKFlow,
    objective: Any,
    x0: Any,
    m0: Any,
    times: Any,
    solver: str = "auto",
    step: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    bound: float | None = None,
    dense: bool = False,
) -> FlowSolution:
    """Solves the Lion-K flow from (x0, m0) and returns it at `times`, as NumPy arrays in x0's dtype.

    **Arguments:**

    - `flow`: a `LionKFlow`.   `objective`: f, an `Objective` or another loss of lionlab.
    - `x0`: a vector or a matrix; Python numbers mean float64.   `m0`: the momentum, x0's dtype; None is zero.
    - `times`: increasing, at least two; the first is the time of the start.
    - `solver`: for smooth K "tsit5" (explicit), "kvaerno5" (implicit, for stiff problems) or "rk4" (fixed step, fast in
      large batches); for any K "proximal", the implicit step, which for convex f never raises H. "auto" is tsit5 for a
      smooth K, and proximal for any other K if `step` is given.
    - `step`: the length h > 0 of a step of "proximal", where `times` lie on times[0] + k·h, and the longest of "rk4"
      (hλ ≤ 1). For the adaptive solvers the first step, chosen by them if None.
    - `rtol`, `atol`: relative and absolute local tolerances of the adaptive solvers (1e-8 and 1e-10; float32: 1e-4 and
      1e-6). For "proximal", `rtol` is that of the inclusion s ∈ ∂K(m̃⁺ + e), ‖e‖ relative to what m̃⁺ is made of.
    - `bound`: M for H_M in place of H, finite outside the constraint set too. None: the largest ‖m̃‖_B seen, if the
      start is outside, else H. See `FlowSolution.bound`.
    - `dense`: keep the interpolant of an adaptive solver, for `FlowSolution.at`.

    **Raises:** `ValueError`/`TypeError` for bad input, among it a general solver for a nonsmooth K. `IntegrationError`
    when a solver gives up, or its result contradicts phase 1 or the energy balance.

    Source: arXiv 2310.05898, eq. (4), Theorem 3.1 and §3; the implicit step follows Acary & Brogliato (2010).
    """
    x, m = checked_start(objective, x0, m0)
    request = checked_request([flow], objective, x, times, solver, step, rtol, atol, bound, dense, batched=False)
    return _solve(request, [flow], objective, x, m)


def integrate_batch(
    flows: LionKFlow | Sequence[LionKFlow],
    objective: Any,
    x0: Any,
    m0: Any,
    times: Any,
    solver: str = "auto",
    step: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    bound: float | None = None,
) -> FlowSolution:
    """`integrate` for B flows at once: `x0` and `m0` carry the batch on their first axis, results on their second.

    `flows` is one `LionKFlow` for all, or B of them with the same kind of K, whose constants then differ from run to
    run. Where H_M is used, one M serves all runs.
    """
    several = [flows] if isinstance(flows, LionKFlow) else list(flows)
    x, m = checked_start(objective, x0, m0, is_batch=True)
    if x.ndim < 2:
        raise ValueError(f"x0 of a batch must have the batch as its first axis, got shape {x.shape}.")
    if len(several) not in (1, len(x)):
        raise ValueError(f"flows must be one LionKFlow or one for each of the {len(x)} starts, got {len(several)}.")
    request = checked_request(several, objective, x, times, solver, step, rtol, atol, bound, False, batched=True)
    return _solve(request, several, objective, x, m)


def _solve(request: Request, flows: Sequence[LionKFlow], objective: Any, x: np.ndarray, m: np.ndarray) -> FlowSolution:
    with double_precision():
        rows = [cast_floats(flow, x.dtype) for flow in flows]
        if len({jax.tree.structure(row) for row in rows}) > 1:
            raise ValueError("flows of one batch must share the kind of K; integrate the others separately.")
        is_shared = len(rows) == 1
        flow = (
            rows[0]
            if is_shared
            else jax.tree.map(lambda *leaves: np.stack(leaves) if eqx.is_array(leaves[0]) else leaves[0], *rows)
        )
        axes = None if is_shared else eqx.if_array(0)
        f = cast_floats(objective, x.dtype)
        solve = solve_implicitly if request.solver == "proximal" else solve_smoothly
        return solve(request, flow, axes, f, x, m)
