"""What is summed over one array of parameters: distance to dom K*, K*(λx), K(−g), K(m) and the inner products."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction, SeparableFunction
from ..convex._function import euclidean_norm
from ..precision import unit_roundoff
from ._one_pass_sums import one_pass_sums


class MeasuredArray(NamedTuple):
    """One array x of parameters, and what belongs to it.

    `gradient` and `m` = −mu are None where they were not given. `roundoff` is the unit roundoff of the precision x is
    stored in, `contraction` the ηλ of a step; all arrays are in the precision they are measured in.
    """

    K: ConvexFunction
    x: Array
    weight_decay: Array
    contraction: Array
    roundoff: float
    gradient: Array | None
    m: Array | None


class MeasuredSums(NamedTuple):
    """Scalars of one array, y = λx: `distance` of y to dom K*, `conjugate` = K*(y), and values at −g and at m.

    What was not asked for is 0: the values at an array that was not given, and with neither `conjugate`.
    """

    distance: Array
    conjugate: Array
    K_at_slope: Array
    y_dot_gradient: Array
    K_at_m: Array
    y_dot_m: Array


def measured_sums(array: MeasuredArray) -> MeasuredSums:
    """The sums of one array; a `SeparableFunction` takes one pass over it and no memory."""
    if array.x.size == 0:
        return MeasuredSums(*[jnp.zeros((), array.x.dtype)] * 6)
    return _in_one_pass(array) if isinstance(array.K, SeparableFunction) else _one_by_one(array)


def _in_one_pass(array: MeasuredArray) -> MeasuredSums:
    K: SeparableFunction = array.K  # type: ignore[assignment]  # the caller's case
    # Without barriers XLA would share what the update computed, by keeping it in memory; behind one stands mu = −m, the
    # array that is there, and not m, which would have to be written down.
    mu = None if array.m is None else -array.m
    x, decay, gradient, mu = jax.lax.optimization_barrier((array.x, array.weight_decay, array.gradient, mu))
    m = None if mu is None else -mu
    y, zero = decay * x, jnp.zeros((), x.dtype)
    inner = jnp.clip(y, -K.radius, K.radius)
    at_slope = [] if gradient is None else [K.density(-gradient), y * gradient]
    at_m = [] if m is None else [K.density(m), y * m]
    # Time goes with the number of sums, and the distance needs one alone.
    of_conjugate = [K.conjugate_density(inner), y**2] if at_slope or at_m else []
    squares, *others = one_pass_sums((y - inner) ** 2, *of_conjugate, *at_slope, *at_m)
    distance = _root(squares)
    if not others:
        return MeasuredSums(distance, zero, zero, zero, zero, zero)
    conjugate, size, *products = others
    is_inside = (distance <= _allowance(array, jnp.sqrt(size))) & jnp.isfinite(size)
    sums = [zero, zero, *products] if gradient is None else [*products, *([] if at_m else [zero, zero])]
    return MeasuredSums(distance, jnp.where(is_inside, conjugate, jnp.inf), *sums)


def _one_by_one(array: MeasuredArray) -> MeasuredSums:
    K, conjugate, zero = array.K, array.K.conjugate(), jnp.zeros((), array.x.dtype)
    y = array.weight_decay * array.x
    distance = conjugate.distance(y)
    # At an infinite x it is inf − inf, and NaN only there or where x holds NaN.
    distance = jnp.where(jnp.isnan(distance) & ~jnp.any(jnp.isnan(y)), jnp.inf, distance)
    value = conjugate.value_within(y, _allowance(array, euclidean_norm(y)))
    at_slope = (zero, zero) if array.gradient is None else (K.value(-array.gradient), jnp.sum(y * array.gradient))
    at_m = (zero, zero) if array.m is None else (K.value(array.m), jnp.sum(y * array.m))
    return MeasuredSums(distance, value, *at_slope, *at_m)


def _root(squares: Array) -> Array:
    """√ with derivative 0 at 0, where it has none: inside the set the distance does not change."""
    is_zero = squares == 0
    return jnp.where(is_zero, squares, jnp.sqrt(jnp.where(is_zero, jnp.ones_like(squares), squares)))


def _allowance(array: MeasuredArray, size: Array) -> Array:
    """How far outside y may lie by rounding: u(1 + 3/(ηλ))‖y‖ for what is stored, and the error of the evaluation."""
    contraction = jnp.where(array.contraction > 0, array.contraction, jnp.ones_like(array.contraction))
    return (array.roundoff * (1 + 3 / contraction) + unit_roundoff(array.x.dtype) * _evaluation_count(array)) * size


def _evaluation_count(array: MeasuredArray) -> float:
    """Roundings in a distance: 3 entry by entry, those of an SVD for matrices, and of a sum otherwise.

    A sum of n terms errs by n roundings at worst, which at the size of a network allows everything; independent ones
    add up to √n of them, and twice that is allowed.
    """
    if array.K.is_separable:
        return 3.0
    return 8 + (8.0 * sum(array.x.shape) if array.x.ndim > 1 else 2 * math.sqrt(array.x.size))
