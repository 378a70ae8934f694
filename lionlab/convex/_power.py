"""t^e for a fixed exponent e by polynomials: XLA's own `pow` and `log` are calls, one number at a time."""

import functools
import math
from decimal import Decimal
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from ._polynomial import interpolating_coefficients, polynomial

# Degrees at which the interpolant of f^e on [1, 2), 0 < e < 1, and of 2^g on [−½, ½] is exact to rounding.
DEGREES = {"float32": (9, 6), "float64": (21, 11)}
# Beyond this many factors the rounding of a product exceeds that of `pow`.
MOST_FACTORS = 8


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def power(t: Array, exponent: float) -> Array:
    """t^exponent for t ≥ 0 and −1 < exponent < ∞; inf where t = 0 has a negative exponent.

    Whole and half exponents are products and a square root, the others t^⌊e⌋·t^{e−⌊e⌋}. Numbers below the smallest
    normal one count as 0.
    """
    whole = math.floor(exponent)
    if exponent - whole in (0.0, 0.5) and 0 <= whole <= 64:
        return t**whole * (jnp.sqrt(t) if exponent > whole else 1)
    if whole > MOST_FACTORS or t.dtype.name not in DEGREES:
        return t**exponent
    if whole <= 0:
        return _fractional_power(t, exponent)
    return t**whole * _fractional_power(t, exponent - whole)


@power.defjvp
def _power_rule(exponent: float, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    """e·t^{e−1}, by jax's own `pow`: nothing can be differentiated through the bits of a number."""
    (t,), (dt,) = primals, tangents
    return power(t, exponent), (exponent * t ** (exponent - 1)) * dt


def power_of_two_below(size: Array) -> tuple[Array, Array]:
    """(s, 1/s), s the power of two with s ≤ size < 2s, or the nearest one that has an inverse."""
    info, integer = jnp.finfo(size.dtype), _integer_of(size)
    exponent = jax.lax.bitcast_convert_type(size, integer) >> info.nmant
    bias = info.maxexp - 1
    exponent = jnp.clip(exponent, 1, 2 * bias - 1)
    scale, inverse = (
        jax.lax.bitcast_convert_type(e << info.nmant, size.dtype) for e in (exponent, 2 * bias - exponent)
    )
    return scale, inverse


def _fractional_power(t: Array, exponent: float) -> Array:
    """t^e for |e| < 1: with t = 2^k f, 1 ≤ f < 2, it is f^e·2^g·2^n where n + g = ke, n whole and |g| ≤ ½."""
    info, integer = jnp.finfo(t.dtype), _integer_of(t)
    bits = jax.lax.bitcast_convert_type(t, integer)
    one = (info.maxexp - 1) << info.nmant  # the bits of 1.0
    f = jax.lax.bitcast_convert_type((bits & ((1 << info.nmant) - 1)) | one, t.dtype)
    k = ((bits >> info.nmant) - (info.maxexp - 1)).astype(t.dtype)

    # The leading part of e has so few digits that its product with k is exact.
    grain = 2.0 ** (info.nmant - 12)
    leading = round(exponent * grain) / grain
    n = jnp.round(k * leading)
    g = (k * leading - n) + k * (exponent - leading)
    scale = jax.lax.bitcast_convert_type((n.astype(integer) + (info.maxexp - 1)) << info.nmant, t.dtype)
    mantissa_coefficients, binary_coefficients = _coefficients(exponent, t.dtype.name)
    found = polynomial(2 * f - 3, mantissa_coefficients) * (polynomial(g, binary_coefficients) * scale)

    at_zero = jnp.zeros_like(t) if exponent > 0 else jnp.full_like(t, jnp.inf)
    at_infinity = t if exponent > 0 else jnp.where(jnp.isnan(t), t, jnp.zeros_like(t))
    beyond = jnp.where(t < info.smallest_normal, at_zero, at_infinity)
    return jnp.where((t >= info.smallest_normal) & (t < jnp.inf), found, beyond)


def _integer_of(t: Array) -> Any:
    return {2: jnp.int16, 4: jnp.int32, 8: jnp.int64}[t.dtype.itemsize]


@functools.cache
def _coefficients(exponent: float, dtype: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of f^e in powers of 2f − 3 ∈ [−1, 1), and of 2^g in powers of g ∈ [−½, ½]."""
    degree, binary_degree = DEGREES[dtype]
    mantissa = interpolating_coefficients(lambda u: ((u + 3) / 2) ** Decimal(exponent), -1.0, 1.0, degree)
    return mantissa, interpolating_coefficients(lambda g: Decimal(2) ** g, -0.5, 0.5, binary_degree)
