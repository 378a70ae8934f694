"""K(z) = ‖z‖_p for 1 ≤ p ≤ ∞: between Lion (p = 1), normalised momentum (p = 2) and coordinate descent (p = ∞)."""

import math
from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._half_precision import half_in_float32
from ._l1 import L1Norm
from ._l2 import L2Norm
from ._linf import LinfNorm
from ._lq_ball import lq_ball_projection
from ._norm import Norm
from ._parameter import real_parameter
from ._power import power, power_of_two_below


class LpNorm(Norm):
    """K(z) = (Σ|z_i|^p)^{1/p} with 1 ≤ p ≤ inf; K* is the indicator of ‖y‖_q ≤ 1, 1/p + 1/q = 1.

    Subgradient sign(z)|z|^{p−1}/‖z‖_p^{p−1}, 0 at 0. At p = 1, 2, inf it is `L1Norm`, `L2Norm`, `LinfNorm` in every
    respect, `is_separable` and the ball of a truncation included. p is fixed: a new p is a new function, compiled anew.

    **Raises:** `ValueError` when p < 1 (not convex) or NaN; `TypeError` when p is no number.
    Source: arXiv 2310.05898, table 2, row 2.
    """

    p: float = eqx.field(static=True, converter=real_parameter)

    def __check_init__(self) -> None:
        if not self.p >= 1:
            raise ValueError(
                f"LpNorm: p must lie in [1, inf], got {self.p:g}. For p < 1 ‖z‖_p is not convex; use p = 1."
            )

    @property
    def form(self) -> ConvexFunction:
        """The function that carries out the operations: the closed form of p = 1, 2, inf, or the general formula."""
        closed_forms: dict[float, Callable[[], ConvexFunction]] = {1.0: L1Norm, 2.0: L2Norm, math.inf: LinfNorm}
        return closed_forms[self.p]() if self.p in closed_forms else PowerNorm(self.p)

    @property
    def is_separable(self) -> bool:
        return self.form.is_separable

    def value(self, z: Array) -> Array:
        return self.form.value(z)

    def selection(self, z: Array) -> Array:
        return self.form.selection(z)

    def conjugate(self) -> ConvexFunction:
        return self.form.conjugate()

    def proximal(self, z: Array, step: Array) -> Array:
        return self.form.proximal(z, step)

    def dual_norm(self, y: Array) -> Array:
        return self.form.dual_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return self.form.dual_norm_selection(y)

    def dual_ball_projection(self, y: Array) -> Array:
        return self.form.conjugate().projection(y)


class PowerNorm(Norm):
    """‖z‖_p for 1 < p < ∞ by its formula; entries are measured by the largest one, so no power overflows."""

    p: float = eqx.field(static=True)

    @property
    def q(self) -> float:
        """The dual exponent, 1/p + 1/q = 1."""
        return self.p / (self.p - 1)

    def value(self, z: Array) -> Array:
        return power_norm(z, self.p)

    def selection(self, z: Array) -> Array:
        return power_norm_gradient(z, self.p)

    def dual_norm(self, y: Array) -> Array:
        return power_norm(y, self.q)

    def dual_norm_selection(self, y: Array) -> Array:
        return power_norm_gradient(y, self.q)

    def dual_ball_projection(self, y: Array) -> Array:
        return lq_ball_projection(y, self.q)


def relative_to_largest(v: Array, p: float) -> tuple[Array, Array]:
    """(s, v/s) with s near the largest |v_i|, so that no p-th power overflows and the largest does not vanish.

    s is the power of two below it, read from its bits, unless p is so large that 2^p is: a run waits for a division.
    """
    largest = jnp.max(jnp.abs(v))
    if p > 64:
        safe = jnp.where((largest > 0) & jnp.isfinite(largest), largest, jnp.ones_like(largest))
        return safe, v / safe
    scale, inverse = power_of_two_below(largest)
    return scale, v * inverse


@half_in_float32
def power_norm(v: Array, p: float) -> Array:
    """‖v‖_p, 1 < p < ∞."""
    scale, ratio = relative_to_largest(v, p)
    t = jnp.abs(ratio)
    return scale * power(jnp.sum(t * power(t, p - 1)), 1 / p)


@half_in_float32
def power_norm_gradient(v: Array, p: float) -> Array:
    """sign(v)t^{p−1}/(Σt^p)^{1−1/p} with t = |v|/s for any s > 0; 0 at 0.

    Written (t/‖t‖_p)^{p−1} the rounding of the norm would be raised to the power p − 1.
    """
    _, ratio = relative_to_largest(v, p)
    t = jnp.abs(ratio)
    powers = power(t, p - 1)
    total = jnp.sum(t * powers)
    return jnp.sign(ratio) * powers * jnp.where(total == 0, jnp.zeros_like(total), power(total, 1 / p - 1))
