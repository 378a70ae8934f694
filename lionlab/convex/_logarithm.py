"""log(1+x) by a polynomial: XLA's own, in float64, is a call for one number at a time."""

import functools
import math
from decimal import Decimal

import jax
import jax.numpy as jnp
from jax import Array

from ._polynomial import interpolating_coefficients, polynomial

# Degree (float64) at which Q in log(1+f) = f − f²Q(f) is exact to rounding for 1 + f between √½ and √2.
DEGREE = 21


@jax.custom_jvp
def log1p(x: Array) -> Array:
    """log(1+x) for x ≥ −1; −inf at −1, inf at inf and NaN below.

    With 1 + x = 2^k(1+f), √½ ≤ 1 + f < √2, it is k·log 2 + log(1+f). There is no division in it: XLA would keep the
    quotient in memory, and leave a sum of several such logarithms unvectorised.
    """
    if x.dtype != jnp.float64:  # XLA has vectorised the shorter ones
        return jnp.log1p(x)
    info, integer = jnp.finfo(x.dtype), jnp.int64
    y = 1 + x
    lost = jnp.where(x < 1, x - (y - 1), 1 - (y - x))  # what rounding took from y, exactly
    bits = jax.lax.bitcast_convert_type(y, integer)
    one, root = (jax.lax.bitcast_convert_type(jnp.asarray(v, x.dtype), integer) for v in (1.0, math.sqrt(0.5)))
    k = (bits - root) >> info.nmant
    f = jax.lax.bitcast_convert_type(bits - (k << info.nmant), x.dtype) - 1
    f = jnp.where(k == 0, x, f)
    # 1/(1+f) to a tenth, which is enough for what is itself below a rounding.
    share = jax.lax.bitcast_convert_type(one - (k << info.nmant), x.dtype) * (1 - f + f * f)
    lost = jnp.where(k == 0, jnp.zeros_like(x), lost * share)

    k = k.astype(x.dtype)
    # The leading part of log 2 has so few digits that its product with k is exact.
    leading = round(math.log(2) * 2.0 ** (info.nmant - 11)) / 2.0 ** (info.nmant - 11)
    trailing = float(Decimal(2).ln() - Decimal(leading))
    found = k * leading + (f - (f * f * polynomial(f, _coefficients()) - (k * trailing + lost)))
    beyond = jnp.where(x < -1, jnp.nan, jnp.where(x == -1, -jnp.inf, x))
    return jnp.where((x > -1) & (x < jnp.inf), found, beyond)


@log1p.defjvp
def _log1p_rule(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    """1/(1+x): nothing can be differentiated through the bits of a number."""
    (x,), (dx,) = primals, tangents
    return log1p(x), dx / (1 + x)


@functools.cache
def _coefficients() -> tuple[float, ...]:
    """Of Q(f) = (f − log(1+f))/f² in powers of f."""
    low, high = math.sqrt(0.5) - 1, math.sqrt(2.0) - 1
    return interpolating_coefficients(lambda f: (f - (1 + f).ln()) / (f * f), low, high, DEGREE)
