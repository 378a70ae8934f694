"""How long phase 1 lasts, known before the run: the distance to the set shrinks by 1 − η_tλ per step, whatever happens.

For any gradients, any K and 0 ≤ η_tλ ≤ 1: dist(λx_T, dom K*) ≤ Π_{t<T}(1 − η_tλ) · dist(λx_0, dom K*).

In floating point a step may lose half a unit in the last place of x, which is all of a step shorter than that. With
c = η_tλ, unit roundoff u, and s the size of what lies on the boundary when it stalls,

    d_{t+1} ≤ (1 − c)d_t + u(1 + 5c)(s + d_t),

one rounding in the sum and five, in λ, λx, the direction, η and their product, that count for ηλ of themselves.
Entry by entry, as for a box, rounding to nearest takes no step back either: d_{t+1} ≤ d_t.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..convex._function import euclidean_norm
from ._arguments import require_number
from ._choice import ChosenK
from ._metrics import constraint_metrics, measured_arrays

STEPS_AT_A_TIME = 2**16


def phase_one_length(
    learning_rate: Any,
    weight_decay: float,
    params: Any,
    K: ChosenK | None = None,
    tolerance: float = 1e-3,
    mask: Any = None,
    max_steps: int = 1_000_000,
) -> int | None:
    """The number of steps after which the parameters are sure to be within `tolerance` of the constraint set, or None.

    It is the least T with Π_{t<T}(1 − η_tλ)·d ≤ tolerance, rounding added, where d is the Euclidean distance of
    λ·params to dom K*, over all arrays that decay (`constraint_metrics(…).total_distance`). No gradients enter; a run
    may be faster, for equality is attained only when ∇K pushes outward at every step. Started inside, T is 0.

    - `learning_rate`: η, or the schedule step -> η given to `lion_k`; `K`, `mask`: as given to it.
    - `weight_decay`: λ ≥ 0, one number: a set that moves with λ is not approached by this rule.
    - `tolerance` ≥ 0, a Euclidean distance in units of λx.
    - `max_steps`: how far a schedule is looked at, at most 10⁹.

    None means that no such number of steps can be promised: not within `max_steps`, as with a schedule whose sum stays
    finite or which falls to 0 too early; or not in the precision of the parameters, where the tolerance is below what
    rounding leaves. Entries that start outside the set stall up to us/(ηλ) outside, with u the unit roundoff and s the
    Euclidean norm of their projections: √n·u/(ηλ) for n entries outside a box, which for 10⁴ of them at ηλ = 0.001 is
    0.006 in float32. With bfloat16 parameters and ηλ below 1/512 decay rounds away altogether. That is the rounding
    of the step; ∇K is taken to be exact, as a sign is, and momentum and decay to be in the precision of the parameters.

    **Raises:** `ValueError` for numbers out of range, a step with ηλ outside [0, 1] (named), or parameters that are not
    finite; `TypeError` for a schedule of λ or a K without K*.
    Source: arXiv 2310.05898, §3 (phase 1), in discrete time.
    """
    if callable(weight_decay):
        raise TypeError(
            "phase_one_length: weight_decay must be one number; with a schedule of it the set itself moves."
        )
    require_number("weight_decay", weight_decay, 0, math.inf)
    require_number("tolerance", tolerance, 0, math.inf)
    if isinstance(max_steps, bool) or not isinstance(max_steps, (int, np.integer)) or not 0 <= max_steps <= 10**9:
        raise ValueError(f"max_steps must be an integer in [0, 1e9], got {max_steps!r}.")
    distance = float(constraint_metrics(K, weight_decay, params, mask=mask).total_distance)
    rounding = _rounding(K, weight_decay, params, mask)
    if not math.isfinite(distance):
        raise ValueError("phase_one_length: params must be finite; their distance to the set is not.")
    if distance <= tolerance:
        return 0
    if not callable(learning_rate):
        require_number("learning_rate", learning_rate, 0, math.inf)
        return _of_constant(float(learning_rate) * float(weight_decay), distance, tolerance, rounding, max_steps)
    return _of_schedule(learning_rate, float(weight_decay), distance, tolerance, rounding, max_steps)


class _Rounding(NamedTuple):
    """Of the arrays outside the set: the largest unit roundoff u, √Σ(us)², and whether the sets are boxes."""

    roundoff: float
    loss: float
    is_entrywise: bool

    def of_step(self, contraction: float) -> tuple[float, float]:
        """(a, b) with d⁺ ≤ (1 − c + a)d + b for c = `contraction`."""
        count = 1 + 5 * contraction
        return count * self.roundoff, count * self.loss


def _rounding(K: ChosenK | None, weight_decay: float, params: Any, mask: Any) -> _Rounding:
    roundoff, squares, is_entrywise = 0.0, 0.0, True
    for array in measured_arrays(K, weight_decay, params, mask, None, None, None)[0]:
        if array.x.size == 0 or not array.weight_decay > 0:
            continue
        y = array.weight_decay * array.x
        nearest = array.K.conjugate().projection(y)
        # Of a box only the coordinates outside move towards its boundary, and can stall there.
        size = float(euclidean_norm(jnp.where(nearest == y, jnp.zeros_like(y), nearest)))
        if size > 0:
            roundoff, squares = max(roundoff, array.roundoff), squares + (array.roundoff * size) ** 2
            is_entrywise = is_entrywise and array.K.is_separable
    return _Rounding(roundoff, math.sqrt(squares), is_entrywise)


def _of_constant(
    contraction: float, distance: float, tolerance: float, rounding: _Rounding, max_steps: int
) -> int | None:
    _require_contractions(np.asarray([contraction]), 0)
    relative, loss = rounding.of_step(contraction)
    shrinkage = contraction - relative
    if shrinkage <= 0:
        return None
    stall = loss / shrinkage
    if tolerance <= stall:
        return None
    steps = math.ceil(math.log((tolerance - stall) / (distance - stall)) / math.log(1 - shrinkage))
    return steps if steps <= max_steps else None


def _of_schedule(
    schedule: Callable[[Any], Any],
    weight_decay: float,
    distance: float,
    tolerance: float,
    rounding: _Rounding,
    max_steps: int,
) -> int | None:
    for first, etas in _step_sizes(schedule, max_steps):
        contractions = etas * weight_decay
        _require_contractions(contractions, first)
        for index, contraction in enumerate(contractions.tolist()):
            relative, loss = rounding.of_step(contraction)
            moved = (1 - contraction + relative) * distance + loss
            distance = min(distance, moved) if rounding.is_entrywise else moved
            if distance <= tolerance:
                return first + index + 1
    return None


def _step_sizes(schedule: Callable[[Any], Any], max_steps: int) -> Iterator[tuple[int, np.ndarray]]:
    """(first step, η of so many steps), block by block; the last may be of any length."""
    for first in range(0, max_steps, STEPS_AT_A_TIME):
        steps = np.arange(first, min(first + STEPS_AT_A_TIME, max_steps), dtype=np.int32)
        try:
            found = jax.vmap(lambda step: jnp.asarray(schedule(step)))(jnp.asarray(steps))
            values = np.asarray(found, np.float64)
        except Exception:  # noqa: BLE001 - a schedule with Python branches cannot be traced; call it step by step
            values = np.asarray([float(schedule(int(step))) for step in steps])
        if values.shape != steps.shape:
            raise ValueError(f"learning_rate(step) must return one number, got shape {values.shape[1:]}.")
        yield first, values


def _require_contractions(contractions: np.ndarray, first: int) -> None:
    """**Raises:** `ValueError` naming the first step whose ηλ is not in [0, 1]."""
    wrong = ~((contractions >= 0) & (contractions <= 1))
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(
            f"learning_rate·weight_decay must be in [0, 1], got {contractions[index]:g} at step {first + index}; "
            "lower one of them."
        )
