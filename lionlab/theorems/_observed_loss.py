"""What a loss shows of its smoothness and convexity, from its gradients alone: declared properties are held to it.

L-smooth means ‖∇f(x) − ∇f(y)‖ ≤ L‖x − y‖ and convex ⟨∇f(x) − ∇f(y), x − y⟩ ≥ 0 for all pairs. Pairs can only refute, so
passing here proves nothing; failing here means that a theorem which asks for it does not speak of this loss.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import double_precision
from ._cases import compiled_once

UNIT = 2.0**-53
# A Bregman remainder is an integral of gradients along the step, so the inside of a step counts as its end does.
SHARES = (1 / 16, 1 / 4, 1 / 2, 3 / 4, 1.0)
PAIRS_AROUND = 64


class Pairs(NamedTuple):
    """x_i and y_i, (N, …)."""

    x: np.ndarray
    y: np.ndarray


def pairs_in(visited: np.ndarray, seed: int = 0) -> Pairs:
    """x_t with points of the step that leaves it, and seeded pairs, wide and narrow, of the box the points lie in."""
    rng, shape = np.random.default_rng(seed), visited.shape[1:]
    along = [(visited[:-1], visited[:-1] + share * np.diff(visited, axis=0)) for share in SHARES if len(visited) > 1]
    low, high = visited.min(axis=0), visited.max(axis=0)
    # One point alone has no box; then it is one of its own size, or of size 1 about 0.
    reach = np.maximum(high - low, max(float(np.max(np.abs(visited))), 1.0) if len(visited) == 1 else 0.0)
    inside = low + reach * rng.uniform(size=(PAIRS_AROUND, *shape))
    far = low + reach * rng.uniform(size=(PAIRS_AROUND, *shape))
    width = 10.0 ** rng.uniform(-4, -1, size=(PAIRS_AROUND, *(1 for _ in shape)))
    near = inside + width * reach * rng.normal(size=(PAIRS_AROUND, *shape))
    xs, ys = zip(*along, (inside, far), (inside, near), strict=True)
    return Pairs(np.concatenate(xs), np.concatenate(ys))


def breaks_smoothness(objective: Any, pairs: Pairs) -> str | None:
    """Why f is not L-smooth with the L it declares, with the worst pair; None where no pair shows it."""
    L = objective.smoothness
    name = type(objective).__name__
    if L is None:
        return f"no smoothness constant L is known for {name}; the theorem needs an L-smooth f."
    at_x, at_y = _slopes(objective, pairs)
    with np.errstate(invalid="ignore"):  # inf − inf is told below
        apart, change = _length(pairs.x - pairs.y), _length(at_x - at_y)
    excess = change - L * apart - _rounding(L, pairs, at_x, at_y)
    return _told(excess, pairs, lambda i: (
        f"{name} declares L = {L:.10g}, but ‖∇f(x) − ∇f(y)‖ = {change[i] / apart[i]:.10g}·‖x − y‖"
    ))  # fmt: skip


def breaks_convexity(objective: Any, pairs: Pairs) -> str | None:
    """Why f is not convex, with the worst pair; None where no pair shows it."""
    name = type(objective).__name__
    if not objective.is_convex:
        return f"{name} is not known to be convex; the theorem needs a convex f."
    at_x, at_y = _slopes(objective, pairs)
    apart = _length(pairs.x - pairs.y)
    product = np.sum(((at_x - at_y) * (pairs.x - pairs.y)).reshape(len(apart), -1), axis=1)
    L = objective.smoothness or 0.0
    excess = -product - apart * _rounding(L, pairs, at_x, at_y)
    return _told(excess, pairs, lambda i: (
        f"{name} is declared convex, but ⟨∇f(x) − ∇f(y), x − y⟩ = {product[i]:.4g}"
    ))  # fmt: skip


def _told(excess: np.ndarray, pairs: Pairs, reason: Any) -> str | None:
    if np.isnan(excess).any():
        i = int(np.argmax(np.isnan(excess)))
        return f"∇f is not finite at x = {pairs.x[i].tolist()} or y = {pairs.y[i].tolist()}."
    i = int(np.argmax(excess))
    return None if excess[i] <= 0 else f"{reason(i)} at x = {pairs.x[i].tolist()}, y = {pairs.y[i].tolist()}."


def _rounding(L: float, pairs: Pairs, at_x: np.ndarray, at_y: np.ndarray) -> np.ndarray:
    """64(d+2)u of both gradients and of what they are made of, L times both points."""
    d = pairs.x[0].size
    size = _length(at_x) + _length(at_y) + L * (_length(pairs.x) + _length(pairs.y))
    return 64 * (d + 2) * UNIT * size


def _length(v: np.ndarray) -> np.ndarray:
    return np.linalg.norm(v.reshape(len(v), -1), axis=1)


def _slopes(objective: Any, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    with double_precision():
        found = np.asarray(_gradients(objective, jnp.asarray(np.concatenate(pairs), jnp.float64)))
    return found[: len(pairs.x)], found[len(pairs.x) :]


@compiled_once
def _gradients(objective: Any, x: Array) -> Array:
    return jax.vmap(objective.slope)(x)
