"""The constrained minimum by solvers independent of Lion-K, with a certificate."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction
from ..objectives import Loss
from ..precision import double_precision
from ._box import is_smooth_on_box, minimize_on_box
from ._composite import checked_problem, checked_weight_decay
from ._conditions import residuals_with_rounding
from ._descent import Descent, descend, first_curvature

_RANDOM_STARTS = 8
# Two runs into one minimum, one of which stopped early: their F differ by the square of the distance left.
_SAME_VALUE = 1e-8


@dataclass(frozen=True)
class ConstrainedMinimum:
    """What `constrained_minimum` found.

    - `x`: the point, float64; `value`: F(x) = f(x) + K*(λx)/λ.
    - `stationarity`: S(x), see `kkt_residuals`.
    - `gap_bound`: F(x) − min F is at most this, S(x)/λ plus the rounding in evaluating S from ∇f; None where nothing is
      certified: f not known to be convex, or λ = 0.
    - `converged`: whether the score came below the tolerance. For f not known to be convex that certifies a
      stationary point only, the lowest of those found from `starts` starting points.
    - `solver`, `iterations` (of the descent, over all starts).
    """

    x: np.ndarray
    value: float
    stationarity: float
    gap_bound: float | None
    converged: bool
    solver: str
    starts: int
    iterations: int


def constrained_minimum(
    f: Loss,
    K: ConvexFunction,
    weight_decay: float,
    start: Any = None,
    tolerance: float = 1e-10,
    max_iterations: int = 50_000,
    seed: int = 0,
) -> ConstrainedMinimum:
    """A minimiser of F(x) = f(x) + K*(λx)/λ, the reference that runs of Lion-K are held against; always in float64.

    SciPy's L-BFGS-B where the problem is smooth on a box (L1Norm, Huber, DeadzoneL1), then, and for every other K from
    the outset, accelerated proximal gradient descent until S(x) ≤ `tolerance` times the larger of K(−∇f(0)), or
    K(−∇f(start)) where that is 0, and the
    terms that cancel in S(x). With λ = 0 the plain minimum of f, until ‖∇f(x)‖ ≤ `tolerance`·‖∇f(0)‖.

    A convex f is solved from `start` (the origin if None); any other from several starts: `start`, known minimisers of
    f, and random points from the generator with `seed`; the lowest F is returned. Look at `.converged`: an unbounded or
    too hard problem is returned as it stands, not hidden.

    **Raises:** `TypeError`/`ValueError` when λ is not a finite number ≥ 0, `tolerance` or `max_iterations` is not
    positive, or `start` does not fit f.
    """
    decay = checked_weight_decay(f, K, weight_decay)
    if not (np.isfinite(tolerance) and tolerance > 0):
        raise ValueError(f"tolerance must be positive and finite, got {tolerance}.")
    if max_iterations < 1:
        raise ValueError(f"max_iterations must be at least 1, got {max_iterations}.")
    origin = np.zeros(f.shape) if start is None else checked_problem(f, K, decay, start)[0].astype(np.float64)
    starts = [origin] if f.is_convex else [origin, *_further_starts(f, K, decay, seed)]
    on_box = decay > 0 and is_smooth_on_box(K)
    with double_precision():
        runs = [_solve(f, K, decay, begin, tolerance, max_iterations, on_box) for begin in starts]
    best, converged = _best(runs, tolerance)
    x = np.array(best.x)
    residuals, rounding = residuals_with_rounding(f, K, decay, x)
    return ConstrainedMinimum(
        x=x,
        value=float(best.value),
        stationarity=residuals.stationarity,
        gap_bound=(max(residuals.stationarity, 0.0) + rounding) / decay if f.is_convex and decay > 0 else None,
        converged=converged,
        solver=("L-BFGS-B, then " if on_box else "") + "accelerated proximal gradient",
        starts=len(starts),
        iterations=sum(int(run.iterations) for run in runs),
    )


def _solve(
    f: Loss, K: ConvexFunction, decay: float, start: np.ndarray, tolerance: float, max_iterations: int, on_box: bool
) -> Descent:
    begin = jnp.asarray(minimize_on_box(f, K, decay, start) if on_box else start)
    numbers = {"weight_decay": decay, "tolerance": tolerance, "max_iterations": max_iterations, **first_curvature(f)}
    arrays = {name: jnp.asarray(number) for name, number in numbers.items()}
    return jax.tree.map(np.asarray, descend(f, K, begin, has_decay=decay > 0, **arrays))


def _best(runs: list[Descent], tolerance: float) -> tuple[Descent, bool]:
    """The run with the lowest F, and whether it converged; a converged run is preferred to one as low."""

    def height(run: Descent) -> float:
        return float(np.nan_to_num(run.value, nan=np.inf))

    lowest = min(runs, key=height)
    as_low = height(lowest) + _SAME_VALUE * (1 + abs(height(lowest)))
    solved = [run for run in runs if np.isfinite(run.value) and run.score <= tolerance * run.scale]
    best = min((run for run in solved if height(run) <= as_low), key=height, default=None)
    return (lowest, False) if best is None else (best, True)


def _further_starts(f: Loss, K: ConvexFunction, decay: float, seed: int) -> list[np.ndarray]:
    """Known minimisers of f and random points of up to twice the size of the set, brought into it."""
    known = f.minimizers
    points = [] if known is None else list(known[:_RANDOM_STARTS])
    normal = np.random.default_rng(seed).normal(size=(_RANDOM_STARTS, *f.shape))
    points += list(2 * normal / (decay if decay > 0 else 1.0))
    if decay == 0:
        return points
    return [np.asarray(K.conjugate().domain_projection(decay * point)) / decay for point in points]
