"""K(z) = Σ w_i |z|₍ᵢ₎, the sorted ℓ1 norm (OWL, SLOPE): ℓ1, ℓ∞ and top-k are its corners."""

import math
from collections.abc import Iterable

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._isotonic import nonincreasing_fit
from ._norm import Norm
from ._parameter import real_parameter


class SortedL1Norm(Norm):
    """K(z) = w₁|z|₍₁₎ + w₂|z|₍₂₎ + … with |z|₍₁₎ ≥ |z|₍₂₎ ≥ … and weights w₁ ≥ w₂ ≥ … ≥ 0, w₁ > 0.

    Subgradient sign(z_i)·w_rank(i), ranks by falling |z| and at a tie by rising index. K* is the indicator of
    {y : |y|₍₁₎ + … + |y|₍ₖ₎ ≤ w₁ + … + w_k for every k}.

    **Raises:** `ValueError` when a weight is negative or not finite, when the weights increase, or when the first is 0;
    on a z with another number of entries than there are weights.
    """

    weights: tuple[float, ...] = eqx.field(static=True)

    def __init__(self, weights: Iterable[float]):
        try:
            listed = list(weights)
        except TypeError:
            raise TypeError(f"SortedL1Norm: weights must be a list such as [2, 1, 0.5], got {weights!r}.") from None
        self.weights = tuple(float(real_parameter(w)) for w in listed)

    def __check_init__(self) -> None:
        if not self.weights or not self.weights[0] > 0:
            raise ValueError("SortedL1Norm: weights needs a first weight > 0; otherwise K is not a norm.")
        for i, w in enumerate(self.weights):
            if not (math.isfinite(w) and w >= 0):
                raise ValueError(f"SortedL1Norm: weights[{i}] = {w:g} must be finite and >= 0.")
            if i and w > self.weights[i - 1]:
                raise ValueError(f"SortedL1Norm: weights[{i}] = {w:g} exceeds the weight before it; sort them falling.")

    def value(self, z: Array) -> Array:
        return jnp.sum(self._weights(z) * -jnp.sort(-jnp.ravel(jnp.abs(z))))

    def selection(self, z: Array) -> Array:
        return jnp.sign(z) * self._unsorted(z, self._weights(z))

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(self._partial_sum_ratios(y))

    def dual_norm_selection(self, y: Array) -> Array:
        """sign(y)/(w₁ + … + w_k) on the k largest entries, for the first k that attains the maximum."""
        total = jnp.cumsum(self._weights(y))
        last = jax.lax.argmax(self._partial_sum_ratios(y), 0, jnp.int32)
        position = jax.lax.iota(jnp.int32, y.size)
        height = jnp.sum(jnp.where(position == last, 1 / total, jnp.zeros_like(total)))
        return jnp.sign(y) * self._unsorted(y, jnp.where(position <= last, height, jnp.zeros_like(total)))

    def dual_ball_projection(self, y: Array) -> Array:
        """a − max(fit(a − w), 0) for the sorted a = |y|, where `fit` is the nonincreasing least-squares fit."""
        a, w = -jnp.sort(-jnp.ravel(jnp.abs(y))), self._weights(y)
        fit, a_minus_fit = nonincreasing_fit(a, w)
        return jnp.sign(y) * self._unsorted(y, jnp.where(fit > 0, a_minus_fit, a))

    def _weights(self, z: Array) -> Array:
        if z.size != len(self.weights):
            raise ValueError(f"SortedL1Norm has {len(self.weights)} weights; z has {z.size} entries, shape {z.shape}.")
        return jnp.asarray(self.weights, z.dtype)

    def _partial_sum_ratios(self, y: Array) -> Array:
        return jnp.cumsum(-jnp.sort(-jnp.ravel(jnp.abs(y)))) / jnp.cumsum(self._weights(y))

    def _unsorted(self, z: Array, by_rank: Array) -> Array:
        """Gives the entry of z with the r-th largest magnitude the r-th number."""
        position = jax.lax.iota(jnp.int32, z.size)
        _, order = jax.lax.sort((-jnp.ravel(jnp.abs(z)), position), num_keys=1, is_stable=True)
        return jax.lax.sort((order, by_rank), num_keys=1)[1].reshape(z.shape)
