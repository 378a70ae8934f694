"""Accelerated proximal gradient descent on F = f + K*(λ·)/λ: a solver that shares nothing with Lion-K's dynamics."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ..objectives import Loss
from ..precision import unit_roundoff
from ._composite import penalty, penalty_proximal
from ._conditions import kkt_score


class Descent(NamedTuple):
    """The state of the descent; every array is float64."""

    x: Array
    ahead: Array  # the extrapolated point at which the gradient is taken
    value: Array  # F(x)
    score: Array  # S(x); ‖∇f(x)‖₂ when there is no decay
    scale: Array  # what the score is measured against
    inertia: Array  # t of Beck and Teboulle; 1 right after a restart
    curvature: Array  # the current guess of L
    iterations: Array


@eqx.filter_jit
def descend(
    f: Loss,
    K: ConvexFunction,
    start: Array,
    *,
    has_decay: bool,
    weight_decay: Array,
    curvature: Array,
    curvature_decay: Array,
    tolerance: Array,
    max_iterations: Array,
) -> Descent:
    """Runs from `start` until score ≤ tolerance·scale, or `max_iterations`, or a value that is not finite.

    FISTA (Beck and Teboulle 2009) with the gradient restart of O'Donoghue and Candès (2015). A step is refused, and the
    curvature doubled or the momentum dropped, when ∇f changed by more than curvature·‖step‖ or F rose.
    """

    def measured(x: Array, g: Array, floor: Array) -> tuple[Array, Array, Array]:
        """(F, score, scale): the scale is the size of the terms that cancel in the score, at least `floor`."""
        value = f.value(x) + penalty(K, weight_decay, x, has_decay)
        if not has_decay:
            return value, euclidean_norm(g), floor
        terms = jnp.abs(K.value(-g)) + jnp.abs(jnp.sum(weight_decay * x * g))
        return value, kkt_score(K, weight_decay, x, g, has_decay), jnp.maximum(floor, terms)

    def unfinished(state: Descent) -> Array:
        good = jnp.isfinite(state.score) & jnp.isfinite(state.value) & jnp.isfinite(state.curvature)
        solved = state.score <= tolerance * state.scale
        return (good | (state.iterations == 0)) & ~solved & (state.iterations < max_iterations)

    def advance(state: Descent) -> Descent:
        step = 1 / state.curvature
        g_ahead = f.slope(state.ahead)
        x = penalty_proximal(K, weight_decay, state.ahead - step * g_ahead, step, has_decay)
        g = f.slope(x)
        value, score, scale = measured(x, g, floor)
        # Differences of gradients and of values carry the rounding of what is subtracted.
        noise = 100 * unit_roundoff(x.dtype)
        sizes = euclidean_norm(g) + euclidean_norm(g_ahead) + state.curvature * euclidean_norm(x)
        change, length = euclidean_norm(g - g_ahead), euclidean_norm(x - state.ahead)
        is_flat_enough = change <= state.curvature * length + noise * sizes
        is_lower = value <= state.value + noise * (1 + jnp.abs(state.value))
        accepted = is_flat_enough & is_lower
        doubled = ~is_flat_enough | (~is_lower & (state.inertia <= 1))
        overshoots = jnp.sum((state.ahead - x) * (x - state.x)) > 0
        inertia = jnp.where(overshoots | ~accepted, 1.0, (1 + jnp.sqrt(1 + 4 * state.inertia**2)) / 2)
        here = jnp.where(accepted, x, state.x)
        push = jnp.where(overshoots | ~accepted, 0.0, (state.inertia - 1) / inertia)
        return Descent(
            x=here,
            ahead=here + push * (here - state.x),
            value=jnp.where(accepted, value, state.value),
            score=jnp.where(accepted, score, state.score),
            scale=jnp.where(accepted, scale, state.scale),
            inertia=inertia,
            curvature=state.curvature * jnp.where(doubled, 2.0, jnp.where(accepted, curvature_decay, 1.0)),
            iterations=state.iterations + 1,
        )

    one = jnp.ones((), start.dtype)
    origin = jnp.zeros_like(start)
    g_origin = f.slope(origin)
    begin = K.conjugate().projection(weight_decay * start) / weight_decay if has_decay else start
    g_begin = f.slope(begin)
    # The score at the origin, which lies in every dom K*, is the natural unit of the problem; where the origin is
    # stationary that is 0, a unit nothing comes below, and the first gradient takes its place.
    at_origin, at_begin = (K.value(-g) if has_decay else euclidean_norm(g) for g in (g_origin, g_begin))
    floor = jnp.where(at_origin > 0, at_origin, at_begin)
    value, score, scale = measured(begin, g_begin, floor)
    state = Descent(begin, begin, value, score, scale, one, curvature * one, jnp.zeros((), jnp.int64))
    return jax.lax.while_loop(unfinished, advance, state)


def first_curvature(f: Loss) -> dict[str, float]:
    """The first guess of L and its factor per accepted step: L itself when known, else a guess that may also shrink."""
    known = f.smoothness
    if known is not None and known > 0:
        # Half a part in a billion above L: rounding in L must not make every step look too long.
        return {"curvature": known * (1 + 5e-10), "curvature_decay": 1.0}
    return {"curvature": 1.0, "curvature_decay": 0.98}
