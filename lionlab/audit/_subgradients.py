"""Whether a vector is an element of ∂K, to rounding: the selection where it is one, else the Fenchel–Young gap."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import cast_floats, double_precision

SMOOTH_PART = 1e-5
"""Up to this change of ∇K under the rounding of z it counts as differentiable there; beyond, z is near a kink."""
PADDED, PADDED_SIZE = 512, 1024
"""Rows in one call; a sixteenth of them where a row has more numbers than this, or padding would cost the most."""


@eqx.filter_jit
def _selection(K: ConvexFunction, z: Array) -> Array:
    return jax.vmap(K.selection)(z)


@eqx.filter_jit
def _gap(K: ConvexFunction, z: Array, u: Array, allowance: Array) -> Array:
    star = K.conjugate()

    def gap(z: Array, u: Array, allowance: Array) -> Array:
        return K.value(z) + star.value_within(u, allowance) - jnp.sum(z * u)

    return jax.vmap(gap)(z, u, allowance)


class Slopes(NamedTuple):
    """∇K at both ends of the interval in which z may lie, and at z."""

    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


class Subgradients:
    """∂K at many points at once, in float64."""

    def __init__(self, K: ConvexFunction) -> None:
        self.K = K

    def selection(self, z: np.ndarray) -> np.ndarray:
        """The documented element of ∂K(z_i) for z (n, *shape)."""
        return self._call(0, z)

    def _call(self, which: int, *arrays: np.ndarray) -> np.ndarray:
        # One length for all, so that each function is compiled once for a kind of K.
        program = (_selection, _gap)[which]
        count = len(arrays[0])
        length = PADDED if arrays[0].size <= PADDED_SIZE * count else PADDED // 16
        parts = []
        for start in range(0, count, length):
            rows = [array[start : start + length] for array in arrays]
            held = len(rows[0])
            rows = [np.concatenate([r, np.repeat(r[-1:], length - held, axis=0)]) for r in rows]
            with double_precision():
                done = program(cast_floats(self.K, np.float64), *(jnp.asarray(r, jnp.float64) for r in rows))
            parts.append(np.asarray(done)[:held])
        return np.concatenate(parts)

    def slopes(self, z: np.ndarray, shift: np.ndarray) -> Slopes:
        """∇K at z − shift, z and z + shift."""
        with np.errstate(all="ignore"):
            seen = self.selection(np.concatenate([z - shift, z, z + shift]))
            return Slopes(*np.split(seen, 3))

    def excess_by_entry(self, u: np.ndarray, error: np.ndarray, slopes: Slopes) -> np.ndarray:
        """How far each entry of u is from between the slopes, in units of its error, for separable K."""
        low, middle, high = slopes
        least, most = np.minimum(np.minimum(low, high), middle), np.maximum(np.maximum(low, high), middle)
        off = np.maximum(np.maximum(least - u, u - most), 0) / (error + np.finfo(np.float64).tiny)
        return np.where(np.isnan(off), np.inf, off)

    def excess(
        self, z: np.ndarray, u: np.ndarray, shift: np.ndarray, error: np.ndarray, slopes: Slopes | None = None
    ) -> np.ndarray:
        """How far each u_i (n, *shape) is from ∂K at some point within `shift` of z_i, in units of its own error.

        At most 1 where it is an element. For separable K entry by entry: between the slopes at both ends of the
        interval. Otherwise u must be the selection up to what the shift changes, or have a Fenchel–Young gap that the
        shift explains.
        """
        with np.errstate(all="ignore"):
            slopes = self.slopes(z, shift) if slopes is None else slopes
            low, middle, high = slopes
            axes = tuple(range(1, z.ndim))
            floor = np.finfo(np.float64).tiny
            if self.K.is_separable:
                return self.excess_by_entry(u, error, slopes).max(axis=axes)
            width = np.maximum(np.abs(low - middle), np.abs(high - middle)).max(axis=axes, keepdims=True)
            allowed = error + np.where(width <= SMOOTH_PART, 8 * width, 0)
            off = (np.abs(u - middle) / (allowed + floor)).max(axis=axes)
            off = np.where(np.isnan(off), np.inf, off)
            is_off = (off > 1) & (np.abs(z).max(axis=axes) > 0)
            if is_off.any() and not self.K.is_smooth:
                off[is_off] = np.minimum(off[is_off], self._tie(z[is_off], u[is_off], shift[is_off], error[is_off]))
            return off

    def _tie(self, z: np.ndarray, u: np.ndarray, shift: np.ndarray, error: np.ndarray) -> np.ndarray:
        """The Fenchel–Young gap over what rounding and the shift allow."""
        axes = tuple(range(1, z.ndim))
        outside = np.sqrt(np.sum(error**2, axis=axes))
        gap = self._call(1, z, u, outside)
        sizes = np.abs(u).max(axis=axes) + np.abs(self.selection(z)).max(axis=axes)
        slack = np.sum(np.abs(z) * error, axis=axes) + sizes * np.sum(shift, axis=axes)
        slack += 64 * 2.0**-53 * np.sum(np.abs(z) * (np.abs(u) + sizes.reshape(-1, *[1] * (z.ndim - 1))), axis=axes)
        return np.where(np.isnan(gap), np.inf, gap / (4 * slack + np.finfo(np.float64).tiny))
