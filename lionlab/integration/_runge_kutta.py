"""The classical Runge–Kutta method with a fixed step, for large batches of flows with a smooth K.

For hλ ≤ 1 it keeps the constraint set exactly: x⁺ = R(hλ)x + Σ w_i ∇K(m̃_i) with

    R(z) = 1 − z + z²/2 − z³/6 + z⁴/24 ∈ (0, 1),    w = (h/6)(1 − z + z²/2 − z³/4,  2 − z + z²/2,  2 − z,  1) ≥ 0,

and Σ w_i = (1 − R)/λ: a convex combination of λx and of points of dom K*. Distances shrink by R(hλ) per step.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from ..convex._function import rounding_allowance
from ..dynamics import LionKFlow, State, scan_unstacked
from ._augmented import Augmented, Solved, account, augmented, augmented_field, ball_norm, observe_all


def solve_in_fixed_steps(
    flow: LionKFlow, f: Any, times: Array, start: State, bound: Array | None, steps_per_interval: int, batched: bool
) -> Solved:
    """The flow at `times`, by `steps_per_interval` equal steps between each two of them."""
    field = partial(augmented_field, flow, f, bound)

    def advance(now: Augmented, time: Array, h: Array) -> Augmented:
        def moved(by: Array | float, slope: Augmented) -> Augmented:
            return jax.tree.map(lambda y, k: y + by * k, now, slope)

        k1 = field(time, now)
        k2 = field(time + h / 2, moved(h / 2, k1))
        k3 = field(time + h / 2, moved(h / 2, k2))
        k4 = field(time + h, moved(h, k3))
        return moved(h / 6, jax.tree.map(lambda a, b, c, d: a + 2 * (b + c) + d, k1, k2, k3, k4))

    def through(now: Augmented, window: tuple[Array, Array]) -> tuple[Augmented, Augmented]:
        begin, h = window
        counts = jnp.arange(steps_per_interval).astype(begin.dtype)
        after, _ = jax.lax.scan(lambda y, count: (advance(y, begin + count * h, h), None), now, counts)
        return after, after

    initial = augmented(flow, start)
    windows = (times[:-1], jnp.diff(times) / steps_per_interval)
    _, later = scan_unstacked(through, initial, windows, len(times) - 1, batched=batched)
    saved = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), initial, later)
    count = jnp.asarray((len(times) - 1) * steps_per_interval)
    allowance = rounding_of(flow, times, saved.state.x, count)
    observed = observe_all(flow, f, bound, allowance, times, saved.state)
    largest = jnp.max(jax.vmap(partial(ball_norm, flow, f))(times, saved.state))
    return Solved(saved.state, *account(saved), observed, allowance, largest, count, jnp.asarray(True))


def rounding_of(flow: LionKFlow, times: Array, x: Array, count: Array) -> Array:
    """How far λx may be from where phase 1 puts it by the rounding of `count` steps of mean length h."""
    h = (times[-1] - times[0]) / jnp.maximum(count, 1).astype(times.dtype)
    contraction = jnp.minimum(h * flow.weight_decay, 1)
    largest = jax.lax.cummax(jax.vmap(lambda y: rounding_allowance(y, 20.0, jnp.maximum(contraction, 1e-30)))(x))
    return jnp.where(contraction > 0, flow.weight_decay * largest, 0)
