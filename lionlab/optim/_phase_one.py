"""How long phase 1 lasts, known before the run: the distance to the set shrinks by 1 − η_tλ per step, whatever happens.

For any gradients, any K and 0 ≤ η_tλ ≤ 1: dist(λx_T, dom K*) ≤ Π_{t<T}(1 − η_tλ) · dist(λx_0, dom K*).
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._arguments import require_number
from ._choice import ChosenK
from ._metrics import constraint_metrics

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

    It is the least T with Π_{t<T}(1 − η_tλ)·d ≤ tolerance, where d is the Euclidean distance of λ·params to dom K*,
    over all arrays that decay (`constraint_metrics(…).total_distance`). No gradients enter; a run may be faster, for
    equality is attained only when ∇K pushes outward at every step. Started inside, T is 0.

    - `learning_rate`: η, or the schedule step -> η given to `lion_k`; `K`, `mask`: as given to it.
    - `weight_decay`: λ ≥ 0, one number: a set that moves with λ is not approached by this rule.
    - `tolerance` ≥ 0, a Euclidean distance in units of λx.
    - `max_steps`: how far a schedule is looked at, at most 10⁹. None means: not within so many steps, as with a
      schedule whose sum stays finite, or which falls to 0 too early.

    It holds in exact arithmetic. Rounding stalls a coordinate about ulp(1/λ)/(2ηλ) outside 1/λ: at λ = 1, η = 0.001
    that is 6e-5 in float32; with bfloat16 parameters, and ηλ below 1/512 anywhere, decay rounds away altogether.

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
    if not math.isfinite(distance):
        raise ValueError("phase_one_length: params must be finite; their distance to the set is not.")
    if distance <= tolerance:
        return 0
    logarithm = math.log(tolerance / distance) if tolerance > 0 else -math.inf
    if not callable(learning_rate):
        require_number("learning_rate", learning_rate, 0, math.inf)
        return _of_constant(float(learning_rate) * float(weight_decay), logarithm, max_steps)
    return _of_schedule(learning_rate, float(weight_decay), logarithm, max_steps)


def _of_constant(contraction: float, logarithm: float, max_steps: int) -> int | None:
    _log_factors(np.asarray([contraction]), 0)
    if contraction == 0 or (logarithm == -math.inf and contraction < 1):
        return None
    steps = 1 if contraction == 1 else math.ceil(logarithm / math.log1p(-contraction))
    return steps if steps <= max_steps else None


def _of_schedule(schedule: Callable[[Any], Any], weight_decay: float, logarithm: float, max_steps: int) -> int | None:
    total = 0.0
    for first, etas in _step_sizes(schedule, max_steps):
        with np.errstate(over="ignore"):
            totals = total + np.cumsum(_log_factors(etas * weight_decay, first))
        reached = totals <= logarithm
        if reached.any():
            return first + int(np.argmax(reached)) + 1
        total = float(totals[-1])
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


def _log_factors(contractions: np.ndarray, first: int) -> np.ndarray:
    """log(1 − η_tλ). **Raises:** `ValueError` naming the first step that is no contraction."""
    wrong = ~((contractions >= 0) & (contractions <= 1))
    if wrong.any():
        index = int(np.argmax(wrong))
        raise ValueError(
            f"learning_rate·weight_decay must be in [0, 1], got {contractions[index]:g} at step {first + index}; "
            "lower one of them."
        )
    with np.errstate(divide="ignore"):
        return np.log1p(-contractions)
