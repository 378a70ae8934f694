"""What Lion-K minimises: F(x) = f(x) + K*(λx)/λ."""

import math
import numbers
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..objectives import Loss
from ..precision import as_numpy, double_precision


def composite_value(f: Loss, K: ConvexFunction, weight_decay: float, x: Any) -> float:
    """F(x) = f(x) + K*(λx)/λ, λ = `weight_decay`: the objective of the discrete method; +inf where λx ∉ dom K*.

    For a norm K the second term is the indicator of ‖λx‖_dual ≤ 1. With λ = 0 there is no constraint and F = f.
    Computed in x's dtype.

    **Raises:** `TypeError`/`ValueError` when λ is not a finite number ≥ 0 or x does not fit f.
    Source: arXiv 2310.05898, §3 (there α f + (γ/λ) K*(λ·), divided by α = γ).
    """
    point, decay = checked_problem(f, K, weight_decay, x)
    with double_precision():
        return float(_value(f, K, decay, point, bool(decay > 0)))


def penalty(K: ConvexFunction, weight_decay: Array, x: Array, has_decay: bool) -> Array:
    """G(x) = K*(λx)/λ, and 0 when there is no decay."""
    return K.conjugate().value(weight_decay * x) / weight_decay if has_decay else jnp.zeros((), x.dtype)


def penalty_proximal(K: ConvexFunction, weight_decay: Array, x: Array, step: Array, has_decay: bool) -> Array:
    """argmin_u G(u) + ‖u − x‖²/(2·step).

    Put y = λu: the problem is 1/λ times K*(y) + ‖y − λx‖²/(2·λ·step), so u = prox_{λ·step·K*}(λx)/λ.
    """
    if not has_decay:
        return x
    return K.conjugate().proximal(weight_decay * x, weight_decay * step) / weight_decay


@eqx.filter_jit
def _value(f: Loss, K: ConvexFunction, weight_decay: Array, x: Array, has_decay: bool) -> Array:
    return f.value(x) + penalty(K, weight_decay, x, has_decay)


def checked_problem(f: Any, K: Any, weight_decay: Any, x: Any) -> tuple[Any, Any]:
    """(x, λ) as NumPy arrays of one dtype, with every argument checked."""
    decay = checked_weight_decay(f, K, weight_decay)
    point = as_numpy("x", x)
    if point.shape != f.shape:
        raise ValueError(f"x must have shape {f.shape}, the shape of the objective's argument, got {point.shape}.")
    if not np.all(np.isfinite(point.astype(np.float64))):
        raise ValueError("x must be finite, got NaN or infinite entries.")
    return point, np.asarray(decay, point.dtype)


def checked_weight_decay(f: Any, K: Any, weight_decay: Any) -> float:
    """λ as a float. **Raises:** `TypeError` for a wrong f, K or λ, `ValueError` for a negative or infinite λ."""
    if not isinstance(f, Loss):
        raise TypeError(f"f must be an objective, got {f!r}; wrap a JAX function as Objective(function, dim).")
    if not isinstance(K, ConvexFunction):
        raise TypeError(f"K must be a convex function of lionlab such as L1Norm(), got {K!r}.")
    if isinstance(weight_decay, bool) or not isinstance(weight_decay, numbers.Real):
        raise TypeError(f"weight_decay must be a number, got {weight_decay!r}.")
    decay = float(weight_decay)
    if not (math.isfinite(decay) and decay >= 0):
        raise ValueError(f"weight_decay must be finite and at least 0, got {decay}; 0 means no constraint.")
    return decay
