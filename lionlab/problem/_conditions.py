"""Optimality of x for F = f + K*(λ·)/λ, in separately named conditions: the score alone is silent outside the set."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ..objectives import Loss
from ..precision import as_numpy, double_precision, unit_roundoff
from ._composite import checked_problem


@dataclass(frozen=True)
class OptimalityResiduals:
    """How far a point x is from satisfying the Karush–Kuhn–Tucker conditions, in the units of y = λx and of K.

    - `feasibility` ≥ 0: the Euclidean distance of λx from dom K*, as computed, without any allowance for rounding.
    - `stationarity`: S(x) = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx), the Fenchel–Young gap of (−∇f, λx). Never negative but for
      rounding, 0 exactly where 0 ∈ ∂F(x), +inf where λx ∉ dom K*. It equals λ times the generalised Frank–Wolfe gap
      max_v ⟨∇f, x − v⟩ + (K*(λx) − K*(λv))/λ, so F(x) − min F ≤ S(x)/λ when f is convex.
    - `complementarity` ≥ 0: multiplier times slack. For a norm, K(−∇f)·|1 − ‖λx‖_dual|; inside the set the rest of S,
      K(−∇f)‖λx‖_dual − ⟨λx, −∇f⟩ ≥ 0, is the failure of λx to point along −∇f. For any other K, with p the chosen
      element of ∂K*(λx): ⟨−∇f − p, v − λx⟩ ≥ 0, v = prox_{K*}(λx − ∇f), the force that K* leaves unbalanced times the
      room that is left in its direction (outside dom K*, λx is replaced by its projection there). Both are 0 at a
      stationary point.
    - `raw_score`: S with K* taken at the projection of λx; for a norm K(∇f) + λ⟨x, ∇f⟩. Finite outside the set too,
      where it may be negative, and then it certifies nothing.

    With λ = 0 nothing is constrained: feasibility and complementarity are 0 and both scores are K(−∇f) − K(0). That
    is 0 exactly where the method stands still, which means ∇f = 0 unless K is flat around 0 (the dead zone).
    """

    feasibility: float
    stationarity: float
    complementarity: float
    raw_score: float


def kkt_residuals(f: Loss, K: ConvexFunction, weight_decay: float, x: Any) -> OptimalityResiduals:
    """The `OptimalityResiduals` of x for min f(x) + K*(λx)/λ, computed in x's dtype with the true gradient of f.

    **Raises:** `TypeError`/`ValueError` when λ is not a finite number ≥ 0, or x is not finite or does not fit f.
    Source: the Fenchel–Young gap that arXiv 2411.07724 and 2506.04192 call KKT score and Frank–Wolfe gap.
    """
    return residuals_with_rounding(f, K, weight_decay, x)[0]


def residuals_with_rounding(
    f: Loss, K: ConvexFunction, weight_decay: float, x: Any
) -> tuple[OptimalityResiduals, float]:
    """(`kkt_residuals`, a bound on the rounding error made in `stationarity` once ∇f(x) is given)."""
    point, decay = checked_problem(f, K, weight_decay, x)
    with double_precision():
        measure = _residuals if decay > 0 else _residuals_without_decay
        *residuals, sizes = (float(part) for part in measure(f, K, decay, point))
    # A sum of n terms errs by at most n roundings of the sum of their sizes, ⟨λx, ∇f⟩ by two more per product; K and
    # K* are sums of at most n terms, the evaluation of each within 8 roundings.
    return OptimalityResiduals(*residuals), (3 * point.size + 8) * unit_roundoff(point.dtype) * sizes


def stationarity_scores(f: Loss, K: ConvexFunction, weight_decay: float, points: Any) -> np.ndarray:
    """S(x) of `kkt_residuals` for every x along the first axis of `points`, as one array in their dtype."""
    several = as_numpy("points", points)
    if several.ndim == 0 or several.shape[1:] != f.shape:
        raise ValueError(f"points must have shape (number of points, *{f.shape}), got {several.shape}.")
    _, decay = checked_problem(f, K, weight_decay, np.zeros(f.shape, several.dtype))
    with double_precision():
        return np.asarray(_scores(f, K, decay, jnp.asarray(several), bool(decay > 0)))


@eqx.filter_jit
def _residuals(f: Loss, K: ConvexFunction, weight_decay: Array, x: Array) -> tuple[Array, ...]:
    g, y, conjugate = f.slope(x), weight_decay * x, K.conjugate()
    inside = conjugate.projection(y)
    without_conjugate = K.value(-g) + jnp.sum(y * g)
    return (
        euclidean_norm(y - inside),
        without_conjugate + conjugate.value(y),
        _norm_complementarity(K, g, y) if K.is_positively_homogeneous else _complementarity(conjugate, g, inside),
        without_conjugate + conjugate.value(inside),
        jnp.abs(K.value(-g)) + jnp.sum(jnp.abs(y * g)) + jnp.abs(conjugate.value(inside)),
    )


@eqx.filter_jit
def _residuals_without_decay(f: Loss, K: ConvexFunction, weight_decay: Array, x: Array) -> tuple[Array, ...]:
    score, zero = kkt_score(K, weight_decay, x, f.slope(x), has_decay=False), jnp.zeros((), x.dtype)
    return zero, score, zero, score, jnp.abs(score)


@eqx.filter_jit
def _scores(f: Loss, K: ConvexFunction, weight_decay: Array, points: Array, has_decay: bool) -> Array:
    return jax.vmap(lambda x: kkt_score(K, weight_decay, x, f.slope(x), has_decay))(points)


def kkt_score(K: ConvexFunction, weight_decay: Array, x: Array, gradient: Array, has_decay: bool) -> Array:
    """S(x), traceable: K(−∇f) + ⟨λx, ∇f⟩ + K*(λx), and K(−∇f) − K(0) when there is no decay."""
    if not has_decay:
        return K.value(-gradient) - K.value(jnp.zeros_like(gradient))
    y = weight_decay * x
    return K.value(-gradient) + jnp.sum(y * gradient) + K.conjugate().value(y)


def _norm_complementarity(K: ConvexFunction, g: Array, y: Array) -> Array:
    return K.value(-g) * jnp.abs(1 - K.dual_norm(y))


def _complementarity(conjugate: ConvexFunction, g: Array, y: Array) -> Array:
    """Monotonicity of ∂K* makes this at least ‖v − y‖²: −∇f + y − v ∈ ∂K*(v) and p ∈ ∂K*(y)."""
    room = conjugate.proximal(y - g, jnp.ones((), y.dtype)) - y
    force = -g - conjugate.selection(y)
    # On the boundary ∂K* can be empty, its selection infinite: without room that is no force.
    return jnp.sum(jnp.where(room == 0, jnp.zeros_like(room), force * room))
