"""Phase 1 measured: how far λx is from dom K*, and when it has come to stay."""

from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction
from ..dynamics import LionK, LionKFlow, compiled
from ..precision import cast_floats, double_precision


class Run(Protocol):
    """What a `Trajectory` of the method and a `FlowSolution` of the flow have in common."""

    @property
    def x(self) -> np.ndarray | None: ...

    @property
    def batched(self) -> bool: ...


def constraint_distance(method: LionK | LionKFlow, trajectory: Run) -> np.ndarray:
    """Euclidean distances of λx_t to dom K*, one per recorded state: (T+1,), or (T+1, B) for a batch of one method.

    By phase 1 they contract by 1−ηλ per step, those of a `LionKFlow` like e^{−λt}, whatever the gradients do. All 0
    when λ = 0. `trajectory` is a `Trajectory`, or a `FlowSolution` with its times in the place of steps.

    **Raises:** `ValueError` when the states were not recorded, `TypeError` for what is no method or no trajectory.
    Source: arXiv 2310.05898, §3 (phase 1).
    """
    _check_kinds(method, trajectory)
    if trajectory.x is None:
        raise ValueError('constraint_distance needs the states: simulate with "x" in record.')
    x = trajectory.x
    rows = x.reshape(-1, *x.shape[2:]) if trajectory.batched else x
    with double_precision():
        run = compiled(_distances, x.size, for_long_runs=())  # a distance may be a search, a loop of its own
        arguments = jnp.asarray(method.weight_decay, x.dtype), jnp.asarray(rows)
        distances = np.asarray(run(cast_floats(method.K, x.dtype), *arguments))
    return distances.reshape(x.shape[:2]) if trajectory.batched else distances


def _check_kinds(method: object, trajectory: object) -> None:
    if not isinstance(method, LionK | LionKFlow):
        raise TypeError(f"method must be a LionK or a LionKFlow, got {method!r}.")
    if not (hasattr(trajectory, "x") and hasattr(trajectory, "batched")):
        raise TypeError(f"trajectory must be what `simulate` or `integrate` returns, got {type(trajectory).__name__}.")


def _distances(K: ConvexFunction, weight_decay: jax.Array, x: jax.Array) -> jax.Array:
    return jax.vmap(K.conjugate().distance)(weight_decay * x)


def phase_switch(method: LionK | LionKFlow, trajectory: Run, tolerance: float) -> int | None:
    """The first recorded index t from which dist(λx, dom K*) stays ≤ `tolerance` to the end, or None if it does not.

    Of a `FlowSolution` it is an index into its `times`.

    **Raises:** `ValueError` when `tolerance` is negative or NaN.
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be a distance ≥ 0, got {tolerance!r}.")
    _check_kinds(method, trajectory)
    if trajectory.batched:
        raise ValueError("phase_switch takes one trajectory; select a run of the batch first.")
    outside = ~(constraint_distance(method, trajectory) <= tolerance)  # NaN counts as outside
    last = np.flatnonzero(outside)
    first = 0 if last.size == 0 else int(last[-1]) + 1
    return first if first < len(outside) else None
