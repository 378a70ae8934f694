"""The discrete Lyapunov function H, and H_M which is finite outside the constraint set too."""

import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import rounding_allowance
from ..dynamics import Constants, bracket_weight


def conjugate_value(K: ConvexFunction, constants: Constants, y: Array, bound: Array | None) -> Array:
    """K*(y), or K_M*(y) when `bound` = M. Inside is decided with the rounding a run of contraction ηλ accumulates."""
    if bound is not None:
        return K.truncated_conjugate(y, bound)[0]
    contraction = constants.step_size * constants.weight_decay
    allowance = rounding_allowance(y, evaluation_count=2.0 * y.size + 8, contraction=contraction)
    return K.conjugate().value_within(y, jnp.where(contraction > 0, allowance, jnp.zeros_like(allowance)))


def lyapunov_from_values(constants: Constants, decay: str, f: Array, K_star: Array, K: Array, y_dot_m: Array) -> Array:
    """H = f + K*(λx)/λ + c[K*(λx) + K(m) − ⟨λx, m⟩] from its parts; for λ = 0 the K* terms are 0. Thm 4.1."""
    lam = constants.weight_decay
    c = bracket_weight(constants, decay)
    penalty = jnp.where(lam > 0, (1 / jnp.where(lam > 0, lam, 1) + c) * K_star, 0)
    return f + penalty + c * (K - y_dot_m)


def lyapunov_value(
    K: ConvexFunction, f: Array, constants: Constants, decay: str, x: Array, m: Array, bound: Array | None = None
) -> Array:
    """H(x, m), or H_M(x, m) when `bound` = M, given f = f(x)."""
    y = constants.weight_decay * x
    return lyapunov_from_values(
        constants, decay, f, conjugate_value(K, constants, y, bound), K.value(m), jnp.sum(y * m)
    )
