"""What is summed over one array of parameters: distance to dom K*, K*(λx), K(−g) + ⟨λx, g⟩ and K(m) − ⟨λx, m⟩."""

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
    """Scalars of one array, y = λx: `distance` of y to dom K*, `conjugate` = K*(y), and K(z) − ⟨y, z⟩ at z = −g and m.

    What was not asked for is 0: the values at an array that was not given, and with neither `conjugate`.
    """

    distance: Array
    conjugate: Array
    at_slope: Array
    at_m: Array


def measured_sums(array: MeasuredArray) -> MeasuredSums:
    """The sums of one array; a `SeparableFunction` takes one pass over it and no memory."""
    if array.x.size == 0:
        return MeasuredSums(*[jnp.zeros((), array.x.dtype)] * 4)
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
    # Every sum takes time, and scratch of its own: K and the product are added entry by entry, where they may cancel.
    given = [None if z is None else K.density(z) - y * z for z in (None if gradient is None else -gradient, m)]
    wanted = [terms for terms in given if terms is not None]
    # ‖y‖ is what rounding is measured by; where K is homogeneous K* is 0 inside its domain.
    values = [] if K.is_positively_homogeneous else [K.conjugate_density(inner)]
    squares, *others = one_pass_sums((y - inner) ** 2, *([y**2, *wanted, *values] if wanted else []))
    distance = _root(squares)
    if not wanted:
        return MeasuredSums(distance, zero, zero, zero)
    size, *found = others
    conjugate = found.pop() if values else zero
    is_inside = (distance <= _allowance(array, jnp.sqrt(size))) & jnp.isfinite(size)
    of_given = [zero if terms is None else found.pop(0) for terms in given]
    return MeasuredSums(distance, jnp.where(is_inside, conjugate, jnp.inf), *of_given)


def _one_by_one(array: MeasuredArray) -> MeasuredSums:
    K, conjugate, zero = array.K, array.K.conjugate(), jnp.zeros((), array.x.dtype)
    y = array.weight_decay * array.x
    distance = conjugate.distance(y)
    # At an infinite x it is inf − inf, and NaN only there or where x holds NaN.
    distance = jnp.where(jnp.isnan(distance) & ~jnp.any(jnp.isnan(y)), jnp.inf, distance)
    value = conjugate.value_within(y, _allowance(array, euclidean_norm(y)))
    given = (None if array.gradient is None else -array.gradient, array.m)
    return MeasuredSums(distance, value, *(zero if z is None else K.value(z) - jnp.sum(y * z) for z in given))


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
