"""The Euclidean projection on the ℓq ball, 1 < q < ∞: a root in one unknown, scale-free."""

import math

import jax
import jax.numpy as jnp
from jax import Array

from ._half_precision import half_in_float32

# Newton's method doubles the digits, so few steps suffice; tests/convex/test_lq_ball.py holds these counts against
# 60-digit arithmetic for q from 1.001 to 101 and entries from 1e-120 to 1e150.
INNER_STEPS = 12
OUTER_STEPS = 36


@half_in_float32
def lq_ball_projection(y: Array, q: float) -> Array:
    """argmin ‖u − y‖₂ subject to ‖u‖_q ≤ 1.

    With a = |y| the optimality conditions are u_i + νu_i^{q−1} = a_i and ‖u‖_q = 1. Take the largest entry a₁ and its
    image w = u₁ ∈ [d^{−1/q}, min(1, a₁)] as the unknown instead of ν: for θ = w/a₁ the ratios r_i = u_i/w solve

        θr + (1 − θ)r^{q−1} = a_i/a₁,   0 ≤ r ≤ 1,

    and w grows with every u_i, so w‖r(w)‖_q = 1 has one root. All numbers lie in [0, 1] whatever the size of y.
    """
    # So far out that 1/a₁ is no ordinary number, a 256th of y has the same projection, up to rounding.
    y = jnp.where(jnp.max(jnp.abs(y)) > 2.0 ** (float(jnp.finfo(y.dtype).maxexp) - 8), y / 256, y)
    largest = jnp.max(jnp.abs(y))
    outside = jnp.isfinite(largest) & (jnp.max(jnp.abs(y)) * _norm_of_ratios(jnp.abs(y) / _safe(largest), q) > 1)
    a1 = jnp.where(outside, largest, jnp.ones_like(largest))
    ratios = jnp.where(outside, jnp.abs(y) / a1, jnp.zeros_like(y))
    bracket = (jnp.asarray(y.size ** (-1 / q), y.dtype), jnp.minimum(jnp.ones_like(a1), a1))

    def mismatch(w: Array) -> tuple[Array, Array, Array]:
        """G = log(w‖r(w)‖_q), wG'(w), and r(w)."""
        theta, rest = w / a1, (a1 - w) / a1
        r = _solve_ratios(theta, rest, ratios, q)
        powers = jnp.where(r > 0, r ** (q - 1), jnp.zeros_like(r))
        slope = (powers - r) * r / _safe(theta * r + rest * (q - 1) * powers)
        total = _safe(jnp.sum(powers * r))
        return jnp.log(w) + jnp.log(total) / q, 1 + theta * jnp.sum(powers * slope) / total, r

    def refine(index: Array, state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        low, high, w, _ = state
        error, growth, r = mismatch(w)
        low, high = jnp.where(error <= 0, w, low), jnp.where(error >= 0, w, high)
        newton = w - w * error / growth
        # At first every third step halves the bracket, which bounds the work where Newton creeps. The last steps are
        # Newton's alone: the far end of the bracket may have stayed where it was, and halving would lose the digits.
        # For the same reason a step across an end goes to that end, which may lie within rounding of the root.
        halves = (index % 3 == 2) & (index < OUTER_STEPS - 12)
        return low, high, jnp.where(halves, (low + high) / 2, jnp.clip(newton, low, high)), r

    low, high = bracket[0], jnp.maximum(*bracket)
    *_, r = jax.lax.fori_loop(0, OUTER_STEPS, refine, (low, high, high, ratios))
    # w‖r‖_q is 1 up to rounding; dividing by it instead of trusting w puts u on the sphere to the last digits.
    return jnp.where(outside, jnp.sign(y) * r / _norm_of_ratios(r, q), y)


def _solve_ratios(theta: Array, rest: Array, target: Array, q: float) -> Array:
    """The root r ∈ [0, 1] of θr + (1−θ)r^{q−1} = target, entry by entry; `rest` is 1 − θ without cancellation.

    In v = log r the logarithm of the left side is convex and increasing, so Newton's method from an upper bound falls
    monotonically to the root. One step in r itself then restores the digits that the exponential loses.
    """
    e = q - 1
    positive = (target > 0) & (target < 1)
    log_target = jnp.log(jnp.where(positive, target, jnp.ones_like(target)))
    log_theta, log_rest = jnp.log(theta), jnp.log(rest)

    def newton(_: int, v: Array) -> Array:
        linear, power = log_theta + v, log_rest + e * v
        share = jax.nn.sigmoid(power - linear)
        return v - (jnp.logaddexp(linear, power) - log_target) / (1 + (e - 1) * share)

    v = jax.lax.fori_loop(0, INNER_STEPS, newton, log_target / max(1.0, e))
    r = jnp.exp(v)
    polishable = r > math.sqrt(float(jnp.finfo(r.dtype).tiny))
    base = jnp.where(polishable, r, jnp.ones_like(r))
    power = base**e
    polished = base - (theta * base + rest * power - target) / (theta + rest * e * power / base)
    r = jnp.where(polishable, polished, r)
    return jnp.where(positive, r, jnp.where(target >= 1, jnp.ones_like(r), jnp.zeros_like(r)))


def _norm_of_ratios(r: Array, q: float) -> Array:
    return jnp.sum(r**q) ** (1 / q)


def _safe(v: Array) -> Array:
    return jnp.where(v > 0, v, jnp.ones_like(v))
