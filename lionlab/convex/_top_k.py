"""K(z) = sum of the k largest |z_i|: ∇K moves k coordinates at a time; K* keeps ‖λx‖₁ ≤ k and ‖λx‖∞ ≤ 1."""

import operator

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._function import signed_unit_vector
from ._norm import Norm


class TopKL1(Norm):
    """K(z) = Σ_{i≤k} |z|₍ᵢ₎, the k largest magnitudes (all of them when k exceeds the dimension).

    Subgradient sign(z) on those k entries, the first ones at a tie, and 0 elsewhere; K* is the indicator of
    ‖y‖₁ ≤ k, ‖y‖∞ ≤ 1.

    **Raises:** `ValueError` when k < 1, `TypeError` when k is no integer.
    Source: arXiv 2310.05898, table 2.
    """

    k: int = eqx.field(static=True)

    def __init__(self, k: int):
        try:
            self.k = operator.index(k)
        except TypeError:
            raise TypeError(f"TopKL1: k must be an integer >= 1, got {k!r}.") from None
        if self.k < 1 or isinstance(k, bool):
            raise ValueError(f"TopKL1: k must be an integer >= 1, got {k!r}.")

    def value(self, z: Array) -> Array:
        return jnp.sum(jax.lax.top_k(jnp.ravel(jnp.abs(z)), min(self.k, z.size))[0])

    def selection(self, z: Array) -> Array:
        # By position, not by comparing with the k-th magnitude: XLA may compute z twice, once with fused multiply-adds,
        # and an entry that decides would then fail to equal itself.
        _, chosen = jax.lax.top_k(jnp.ravel(jnp.abs(z)), min(self.k, z.size))
        position = jax.lax.iota(jnp.int32, z.size)
        kept = jnp.any(position[:, None] == chosen[None, :].astype(jnp.int32), axis=1)
        return jnp.where(kept.reshape(z.shape), jnp.sign(z), jnp.zeros_like(z))

    def dual_norm(self, y: Array) -> Array:
        return jnp.maximum(jnp.max(jnp.abs(y)), jnp.sum(jnp.abs(y)) / self.k)

    def dual_norm_selection(self, y: Array) -> Array:
        largest_decides = jnp.max(jnp.abs(y)) >= jnp.sum(jnp.abs(y)) / self.k
        return jnp.where(largest_decides, signed_unit_vector(y), jnp.sign(y) / self.k)

    def dual_ball_projection(self, y: Array) -> Array:
        """clip(|y| − τ, 0, 1) with the least τ ≥ 0 that makes the sum at most k, found by bisection.

        The k-th largest entry c bounds τ: at least k entries reach 1 at τ = c − 1, fewer than k are left at τ = c.
        Measured from c, all numbers that matter lie in [−1, 1] whatever the size of y.
        """
        magnitude = jnp.abs(y)
        k = min(self.k, y.size)
        above_pivot = magnitude - jax.lax.top_k(jnp.ravel(magnitude), k)[0][k - 1]

        def lowered(threshold: Array) -> Array:
            return jnp.clip(above_pivot - threshold, 0, 1)

        def halve(_: int, bracket: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = bracket
            middle = (low + high) / 2
            fits = jnp.sum(lowered(middle)) <= self.k
            return jnp.where(fits, low, middle), jnp.where(fits, middle, high)

        ends = (jnp.full((), -1, y.dtype), jnp.zeros((), y.dtype))
        _, threshold = jax.lax.fori_loop(0, jnp.finfo(y.dtype).nmant + 3, halve, ends)
        boxed = jnp.minimum(magnitude, 1)
        return jnp.sign(y) * jnp.where(jnp.sum(boxed) <= self.k, boxed, lowered(threshold))
