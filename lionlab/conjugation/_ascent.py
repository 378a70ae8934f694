"""K* of a smooth K in compiled JAX: solve ∇K(z) + ridge·z = y by Newton steps that look at slopes only.

Values of K, in which the last half of the digits of z cannot be seen, are never compared. Where ∇K misses y for every
z, which is where K*(y) = +inf, the residual stays large and says so.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

MOST_STEPS = 80
MOST_TRIALS = 30

Gradient = Callable[[Array], Array]


def solve_gradient(gradient: Gradient, y: Array, ridge: Array, tolerance: Array) -> tuple[Array, Array]:
    """(z, ‖∇K(z) + ridge·z − y‖₂) for a y of any shape: Newton steps whose equations conjugate gradients solve.

    Stops at `tolerance`, when 8 steps improve nothing, or after 80 steps. The line search asks for the sign of the
    derivative along the step, which convexity makes monotone.
    """

    def slope_at(z: Array) -> Array:
        return gradient(z) + ridge * z - y

    def proceed(state: tuple[Array, ...]) -> Array:
        _, _, _, size, idle, count = state
        return (size > tolerance) & (idle < 8) & (count < MOST_STEPS)

    def advance(state: tuple[Array, ...]) -> tuple[Array, ...]:
        z, slope, best, size, idle, count = state
        direction = _newton_direction(slope_at, z, slope)
        z, slope = _searched(slope_at, z, direction, jnp.sum(direction * slope))
        found = _length(slope)
        idle = jnp.where(found < 0.9 * size, 0, idle + 1)
        return z, slope, jnp.where(found < size, z, best), jnp.minimum(found, size), idle, count + 1

    start = jnp.zeros_like(y)
    slope, zero = slope_at(start), jnp.zeros((), jnp.int32)
    first: tuple[Array, ...] = (start, slope, start, _length(slope), zero, zero)
    _, _, best, size, _, _ = jax.lax.while_loop(proceed, advance, first)
    return best, size


def _length(v: Array) -> Array:
    return jnp.sqrt(jnp.sum(v**2))


def _newton_direction(slope_at: Gradient, z: Array, slope: Array) -> Array:
    """−H⁻¹·slope to within min(0.1, √‖slope‖) of ‖slope‖; cut short where H has no curvature left to divide by."""

    def curvature_along(p: Array) -> Array:
        return jax.jvp(slope_at, (z,), (p,))[1]

    size = _length(slope)
    goal = size * jnp.minimum(0.1, jnp.sqrt(size))

    def proceed(state: tuple[Array, ...]) -> Array:
        _, r, _, _, is_flat, count = state
        return (_length(r) > goal) & ~is_flat & (count < z.size + 10)

    def advance(state: tuple[Array, ...]) -> tuple[Array, ...]:
        s, r, p, stiffest, _, count = state
        Hp = curvature_along(p)
        square, energy = jnp.sum(p**2), jnp.sum(p * Hp)
        stiffest = jnp.maximum(stiffest, energy / jnp.where(square > 0, square, 1))
        is_flat = ~(energy > 1e-14 * stiffest * square)
        length = jnp.sum(r**2) / jnp.where(is_flat, 1, energy)
        s_next, r_next = s + length * p, r - length * Hp
        ratio = jnp.sum(r_next**2) / jnp.sum(r**2)
        kept = jnp.where(is_flat, s, s_next)
        return kept, jnp.where(is_flat, r, r_next), r_next + ratio * p, stiffest, is_flat, count + 1

    zero = jnp.zeros_like(size)
    first: tuple[Array, ...] = (jnp.zeros_like(z), -slope, -slope, zero, jnp.zeros((), bool), jnp.zeros((), jnp.int32))
    s = jax.lax.while_loop(proceed, advance, first)[0]
    return jnp.where(jnp.sum(s * slope) < 0, s, -slope)


class _Trial(NamedTuple):
    length: Array
    low: Array
    high: Array
    slope: Array
    derivative: Array
    attempts: Array


def _searched(slope_at: Gradient, z: Array, direction: Array, descent: Array) -> tuple[Array, Array]:
    """(point, slope) along `direction` where the derivative has gone from `descent` to between 0.95 and −0.5 of it."""

    def is_long(trial: _Trial) -> Array:
        return ~(trial.derivative <= -0.5 * descent)

    def proceed(trial: _Trial) -> Array:
        return (is_long(trial) | (trial.derivative < 0.95 * descent)) & (trial.attempts < MOST_TRIALS)

    def retry(trial: _Trial) -> _Trial:
        high = jnp.where(is_long(trial), trial.length, trial.high)
        low = jnp.where(is_long(trial), trial.low, trial.length)
        return tried(jnp.where(jnp.isinf(high), 4 * trial.length, (low + high) / 2), low, high, trial.attempts + 1)

    def tried(length: Array, low: Array, high: Array, count: Array) -> _Trial:
        slope = slope_at(z + length * direction)
        return _Trial(length, low, high, slope, jnp.sum(slope * direction), count)

    one = jnp.ones((), z.dtype)
    first = tried(one, jnp.zeros_like(one), jnp.full_like(one, jnp.inf), jnp.zeros((), jnp.int32))
    last = jax.lax.while_loop(proceed, retry, first)
    return z + last.length * direction, last.slope


def solve_separable_gradient(gradient: Gradient, y: Array, ridge: Array, tolerance: Array) -> tuple[Array, Array]:
    """The same for a separable K: one increasing equation per entry, Newton's step kept inside a bracket."""
    ones = jnp.ones_like(y)

    def proceed(state: tuple[Array, ...]) -> Array:
        _, low, high, slope, _, count = state
        ends = jnp.maximum(jnp.abs(low), jnp.abs(high))
        is_open = jnp.isinf(ends) | (high - low > jnp.finfo(y.dtype).eps * ends)
        return (_length(jnp.where(is_open, slope, 0)) > tolerance) & (count < 200)

    def advance(state: tuple[Array, ...]) -> tuple[Array, ...]:
        z, low, high, slope, curvature, count = state
        low, high = jnp.where(slope <= 0, z, low), jnp.where(slope >= 0, z, high)
        newton = z - slope / jnp.where(curvature > 0, curvature, 1)
        middle = (low + high) / 2  # infinite, or not a number, until both sides are known
        away = z - jnp.sign(slope) * (1 + 3 * jnp.abs(z))
        fallback = jnp.where(jnp.isfinite(middle), middle, away)
        fits = (curvature > 0) & (newton > low) & (newton < high) & (jnp.abs(newton - z) <= 2 * (1 + 3 * jnp.abs(z)))
        trial = jnp.where(fits & (count % 4 != 3), newton, fallback)
        trial = jnp.where(slope == 0, z, trial)
        return trial, low, high, *observed(trial), count + 1

    def observed(z: Array) -> tuple[Array, Array]:
        slope, curvature = jax.jvp(gradient, (z,), (ones,))
        return slope + ridge * z - y, curvature + ridge

    start = jnp.zeros_like(y)
    infinite = jnp.full_like(y, jnp.inf)
    first: tuple[Array, ...] = (start, -infinite, infinite, *observed(start), jnp.zeros((), jnp.int32))
    z, _, _, slope, _, _ = jax.lax.while_loop(proceed, advance, first)
    return z, _length(slope)
