"""Unitarily invariant norms of a matrix: a vector norm of its singular values. The nuclear norm is the K of Muon."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._l1 import L1Norm
from ._linf import LinfNorm
from ._lp import LpNorm
from ._norm import Norm
from ._parameter import real_parameter


class UnitarilyInvariantNorm(Norm):
    """K(Z) = gauge(σ(Z)) for a vector norm `gauge` that ignores signs and order; every operation acts on σ(Z).

    Takes matrices only: a vector has no singular values worth the name, and is refused with a `ValueError`.
    """

    @property
    @abstractmethod
    def gauge(self) -> ConvexFunction:
        """The norm of the singular values."""

    def value(self, z: Array) -> Array:
        return self.gauge.value(self.singular_values(z))

    def selection(self, z: Array) -> Array:
        return self._on_singular_values(z, self.gauge.selection)

    def proximal(self, z: Array, step: Array) -> Array:
        return self._on_singular_values(z, lambda s: self.gauge.proximal(s, step))

    def dual_norm(self, y: Array) -> Array:
        return self.gauge.dual_norm(self.singular_values(y))

    def dual_norm_selection(self, y: Array) -> Array:
        return self._on_singular_values(y, self.gauge.dual_norm_selection)

    def dual_ball_projection(self, y: Array) -> Array:
        projected = self._on_singular_values(y, self.gauge.conjugate().projection)
        return jnp.where(self.dual_norm(y) > 1, projected, y)

    def singular_values(self, z: Array) -> Array:
        """σ_1 ≥ σ_2 ≥ … of a matrix; NaN where an entry is not finite. **Raises:** `ValueError` for a vector."""
        scale, scaled = self._scaled(z)
        return scale * jnp.linalg.svd(_at_least_single(scaled), compute_uv=False).astype(z.dtype)

    def _on_singular_values(self, z: Array, transform) -> Array:  # type: ignore[no-untyped-def]
        """U·diag(transform(σ))·Vᵀ, with 0 on the null part, where U and V are arbitrary; NaN unless z is finite."""
        scale, scaled = self._scaled(z)
        factors = jnp.linalg.svd(_at_least_single(scaled), full_matrices=False)
        u, s, vt = (factor.astype(z.dtype) for factor in factors)
        is_null = s <= max(z.shape) * float(jnp.finfo(z.dtype).eps) * s[0]
        transformed = jnp.where(is_null, 0, transform(jnp.where(is_null, 0, scale * s)))
        transformed = jnp.where(jnp.isnan(scale), scale, transformed)
        return jnp.matmul(u * transformed[None, :], vt, precision=jax.lax.Precision.HIGHEST)

    def _scaled(self, z: Array) -> tuple[Array, Array]:
        if z.ndim != 2:
            raise ValueError(
                f"{type(self).__name__} takes a matrix, got an array of shape {z.shape}. For a vector use LpNorm(p)."
            )
        scale = jnp.max(jnp.abs(z))
        # LAPACK complains aloud about a NaN or an infinity, so it gets zeros, and the answer is NaN through the scale.
        finite = jnp.isfinite(scale)
        divisor = jnp.where(finite & (scale > 0), scale, jnp.ones_like(scale))
        return jnp.where(finite, divisor, jnp.nan), jnp.where(finite, z / divisor, jnp.zeros_like(z))


def _at_least_single(z: Array) -> Array:
    """Half precision has no singular value decomposition of its own."""
    return z.astype(jnp.float32) if z.dtype.itemsize < 4 else z


class NuclearNorm(UnitarilyInvariantNorm):
    """K(Z) = ‖Z‖_* = Σσ_i. Subgradient UVᵀ, the polar factor, 0 on the null part; K* is the indicator of ‖Y‖_op ≤ 1.

    Source: arXiv 2506.15054 (Muon).
    """

    @property
    def gauge(self) -> ConvexFunction:
        return L1Norm()


class SpectralNorm(UnitarilyInvariantNorm):
    """K(Z) = ‖Z‖_op = σ₁. Subgradient u₁v₁ᵀ, 0 at 0; K* is the indicator of ‖Y‖_* ≤ 1."""

    @property
    def gauge(self) -> ConvexFunction:
        return LinfNorm()


class SchattenNorm(UnitarilyInvariantNorm):
    """K(Z) = ‖σ(Z)‖_p, 1 ≤ p ≤ inf: nuclear at p = 1, Frobenius at 2, spectral at inf; K* keeps ‖σ(Y)‖_q ≤ 1.

    **Raises:** `ValueError` when p < 1 or NaN, `TypeError` when p is no number.
    """

    p: float = eqx.field(static=True, converter=real_parameter)

    def __check_init__(self) -> None:
        if not self.p >= 1:
            raise ValueError(f"SchattenNorm: p must lie in [1, inf], got {self.p:g}. For p < 1 it is not convex.")

    @property
    def gauge(self) -> ConvexFunction:
        return LpNorm(self.p)
