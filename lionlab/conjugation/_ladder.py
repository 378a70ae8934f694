"""What evaluations of a function of one variable tell before anything is solved: its slopes at powers of two."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import double_precision, unit_roundoff

# Neighbouring rungs are this power of two apart: few evaluations to reach from the least to the largest numbers.
RATIO_EXPONENT = 4
SMALLEST = 4 * np.finfo(np.float64).tiny


class Ladder(NamedTuple):
    """k and k' at ±`points`, 0 first: row 0 of `values` and `slopes` (T,) to the right, row 1 to the left of 0.

    `slopes` are those along the way out, so they do not decrease; from where k is +inf or not a number they are +inf.
    `lengths` says how many rungs on each side come before one where k or k' is NaN.
    """

    points: Array
    values: Array
    slopes: Array
    lengths: Array

    def size_near_one(self) -> float:
        """|k(1)| + |k(−1)|, without what is not finite; for a ladder in NumPy."""
        values = np.abs(np.asarray(self.values)[:, np.searchsorted(np.asarray(self.points), 1.0)])
        return float(np.sum(values, where=np.isfinite(values)))


class Finite(eqx.Module):
    """k for a function known to be finite: a value of +inf is an overflow, hence not a number."""

    function: Callable[..., Array]

    def __call__(self, z: Array, *parameters: Array) -> Array:
        value = self.function(z, *parameters)
        return jnp.where(jnp.isinf(value), jnp.full_like(value, jnp.nan), value)


def derivatives(k: Callable[..., Array], z: Array, *parameters: Array) -> tuple[Array, Array, Array]:
    """(k, k', k'') at every entry of the vector z. Where k is +inf, k' is +inf right of 0 and −inf left of it."""

    def at(point: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        def value(u: Array) -> Array:
            return k(u, *parameters).astype(u.dtype)

        return jax.jvp(jax.value_and_grad(value), (point,), (jnp.ones_like(point),))

    (value, slope), (_, curvature) = jax.vmap(at)(z)
    return value, jnp.where(value == jnp.inf, jnp.copysign(jnp.inf, z), slope), curvature


def ladder(k: Callable[..., Array], dtype: Any, *parameters: Array) -> Ladder:
    """The ladder of k in `dtype`, as far in as squares of its points are numbers, and as far out as their cubes are.

    Farther out a formula for k' may overflow in a denominator, and give a slope that is finite and wrong.
    """
    most = jnp.finfo(dtype).maxexp
    top, bottom = ((most // power - 2) // RATIO_EXPONENT * RATIO_EXPONENT for power in (3, 2))
    exponents = np.arange(-bottom, top + 1, RATIO_EXPONENT)
    points = jnp.asarray(np.append(0.0, np.exp2(exponents)), dtype)
    both = jnp.concatenate([points, -points])
    values, slopes, _ = (found.reshape(2, -1) for found in derivatives(k, both, *parameters))
    known = jax.lax.cumprod((~jnp.isnan(values) & ~jnp.isnan(slopes)).astype(jnp.int32), axis=1)
    outward = jnp.stack([slopes[0], -slopes[1]])
    steepest = jax.lax.cummax(jnp.where(known == 1, outward, jnp.full_like(outward, jnp.inf)), axis=1)
    return Ladder(points, values, steepest, jnp.sum(known, axis=1, dtype=jnp.int32))


@eqx.filter_jit
def _climbed(k: Callable[..., Array]) -> Ladder:
    return ladder(k, np.float64)


def check_scalar_function(name: str, k: Any, *, must_vanish: bool = False, is_extended: bool = False) -> Ladder:
    """The ladder of k in float64, once k is found to be a convex function of one variable as far as the ladder shows.

    **Raises:** `TypeError` unless k is callable, can be traced and differentiated twice by JAX, and maps a scalar to a
    real scalar; `ValueError` where k(0) or k'(0) is no number, where k(0) ≠ 0 although it `must_vanish`, and where k
    lies below a tangent, with the two points that show it.
    """
    if not callable(k):
        raise TypeError(f"{name} must be a JAX function of one real number, got {k!r}.")
    # Numbers which k captured in float32 must not fail this check merely because it is made in float64.
    with double_precision(), jax.numpy_dtype_promotion("standard"), jax.ensure_compile_time_eval():
        try:
            result = jax.eval_shape(k, jax.ShapeDtypeStruct((), np.float64))
            is_scalar = isinstance(result, jax.ShapeDtypeStruct) and result.shape == () and result.dtype.kind == "f"
            rungs = jax.tree.map(np.asarray, _climbed(k if is_extended else Finite(k))) if is_scalar else None
        except Exception as error:  # whatever the user's code raises, said with what it was called with
            raise TypeError(
                f"{name} could not be traced and differentiated by JAX at a real number: {error}"
            ) from error
    if rungs is None:
        raise TypeError(f"{name} must map a real number to a real number (shape ()), it gave {result}.")
    if not rungs.lengths.all():
        raise ValueError(
            f"{name} and its derivative must be numbers at 0, got k(0) = {rungs.values[0, 0]:g} or NaN for k'."
        )
    if not np.isfinite(rungs.values[0, 0]) or (must_vanish and rungs.values[0, 0] != 0):
        wanted = "0: subtract it" if must_vanish else "finite"
        raise ValueError(f"{name} at 0 must be {wanted}; got {rungs.values[0, 0]:g}.")
    _require_tangents_below(name, rungs)
    return rungs


def _require_tangents_below(name: str, rungs: Ladder) -> None:
    """k at every rung against its tangent at the rung before, with room for rounding of both.

    Near 0 a formula may have subtracted numbers of the size that k has near ±1, and its values there are no better.
    """
    subtracted = rungs.size_near_one()
    for side, sign in enumerate((1.0, -1.0)):
        length = int(rungs.lengths[side])
        t, v, g = rungs.points[:length], rungs.values[side, :length], rungs.slopes[side, :length]
        with np.errstate(invalid="ignore", over="ignore"):
            rise = g[:-1] * np.diff(t)
            terms = np.abs(v[:-1]) + np.abs(v[1:]) + np.abs(rise) + subtracted
            # Numbers below the smallest normal one count as 0 in compiled code.
            allowance = 64 * unit_roundoff(np.float64) * terms + SMALLEST
            is_below = np.isfinite(v[:-1]) & np.isfinite(rise) & (v[1:] - v[:-1] < rise - allowance)
        if is_below.any():
            i = int(np.flatnonzero(is_below)[0])
            raise ValueError(
                f"{name} is not convex: its tangent at {sign * t[i]:g} has the value {v[i] + rise[i]:g} at "
                f"{sign * t[i + 1]:g}, above the function's {v[i + 1]:g}."
            )
