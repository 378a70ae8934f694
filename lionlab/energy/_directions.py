"""The direction of a step: ∇K(m̃⁺) evaluated again, or as the step took it; and steps that took neither.

Where m̃⁺ is a tie up to rounding, recomputing ∇K may select another element of ∂K(m̃⁺) than the step did. A step counts
as one of the method if its own direction is such an element, up to what rounding did to x, m̃⁺ and the gradient.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import rounding_allowance
from ..dynamics import Constants, displacement, look_ahead
from ._step_rounding import Node, StepRounding, step_rounding
from ._subdifferential import is_found_by_search, is_subgradient


class Directions(NamedTuple):
    """The elements of ∂K that the ledger of one step compares: evaluated once, for K is what costs most.

    `missed_x`, `missed_m`: by how many roundings x⁺ and m⁺ are not those of a step; at most 1 for a step of the method.
    `missed_pair`: how far K(m⁺) + K*(w) is from ⟨m⁺, w⟩, which it is for no other K*, in units of what is allowed.
    """

    u: Array  # ∇K(m̃⁺)
    w: Array  # ∇K(m⁺)
    spread: Array | None  # smooth K only: how far rounding m̃⁺ may have moved ∇K(m̃⁺)
    missed_x: Array
    missed_m: Array
    missed_pair: Array
    is_outside: Array  # whether m̃⁺ is outside dom K, where ∂K is empty


def step_directions(
    scale: Array, K: ConvexFunction, constants: Constants, decay: str, before: Node, after: Node, gradient: Array
) -> Directions:
    """Those of the step `before` → `after` that used `gradient`, ∇K evaluated again.

    `scale`: the largest entry of the run's momenta and gradients, to half the digits of which gradients are right.
    """
    m_tilde = look_ahead(constants, before.m, gradient)
    rounding = step_rounding(constants, decay, before, after, gradient, None)
    u, w = K.selection(m_tilde), K.selection(after.m)
    spread, x_rounding = None, rounding.x
    if K.is_smooth:  # no ties
        r = rounding.m_tilde
        spread = jnp.abs(K.selection(m_tilde + r) - K.selection(m_tilde - r))
        x_rounding = x_rounding + constants.step_size * spread
    defect = after.x - before.x - displacement(constants, u, before.x, after.x, decay)
    half = jnp.sqrt(jnp.finfo(scale.dtype).eps) * scale
    m_rounding = rounding.m + _constants_rounding(before, gradient) + (1 - constants.beta2) * half
    missed_m = _share(_momentum_defect(constants, before, after, gradient), m_rounding)
    is_outside = K.excess(m_tilde) > rounding_allowance(m_tilde, evaluation_count=m_tilde.size + 8.0)
    return Directions(u, w, spread, _share(defect, x_rounding), missed_m, _missed_pair(K, after, w), is_outside)


def _missed_pair(K: ConvexFunction, node: Node, w: Array) -> Array:
    """The Fenchel–Young gap in units of what is allowed it: half the digits, for many a K* of one's own has no more.

    It is 0 where K* is itself found from K, by search.
    """
    if is_found_by_search(K):
        return jnp.zeros_like(node.K)
    K_star, products = K.conjugate().value(w), node.m * w
    eps = float(jnp.finfo(w.dtype).eps)
    sizes = jnp.abs(node.K) + jnp.abs(K_star) + jnp.sum(jnp.abs(products))
    # A formula such as Σ cosh z_i − 1 loses a rounding of 1 in every entry, however small K is.
    return _share(node.K + K_star - jnp.sum(products), eps**0.5 * sizes + 8 * (w.size + 8) * eps)


def taken_directions(
    K: ConvexFunction,
    constants: Constants,
    decay: str,
    before: Node,
    after: Node,
    gradient: Array,
    directions: Directions,
) -> Directions:
    """The same with u as the step took it, if its own direction (x⁺−x)/η + λx is an element of ∂K(m̃⁺)."""
    eta, lam, u = constants.step_size, constants.weight_decay, directions.u
    m_tilde = look_ahead(constants, before.m, gradient)
    rounding = step_rounding(constants, decay, before, after, gradient, None)
    m_error = rounding.m_tilde + _constants_rounding(before, gradient)
    m_error = m_error + (1 - constants.beta1) * _gradient_error(constants, rounding, before, after, gradient)
    taken = (after.x - before.x) / eta + lam * (before.x if decay == "explicit" else after.x)
    is_taken = (directions.missed_x > 1) & is_subgradient(K, m_tilde, taken, u, m_error, rounding.x / eta)
    return directions._replace(u=jnp.where(is_taken, taken, u), missed_x=jnp.where(is_taken, 0, directions.missed_x))


def _share(defect: Array, allowed: Array) -> Array:
    """The largest defect of an entry in units of what is allowed to it, underflow included; 0 where none is larger."""
    size, allowed = jnp.abs(defect), allowed + 8 * (defect.size + 18) * jnp.finfo(defect.dtype).tiny
    return jnp.max(jnp.where(size <= allowed, 0, size / allowed))


def _momentum_defect(constants: Constants, before: Node, after: Node, gradient: Array) -> Array:
    return after.m - (constants.beta2 * before.m - (1 - constants.beta2) * gradient)


def _constants_rounding(before: Node, gradient: Array) -> Array:
    """What a β and 1 − β, each rounded by itself, move a mean of m and −g."""
    return jnp.finfo(before.m.dtype).eps * (jnp.abs(before.m) + jnp.abs(gradient))


def _gradient_error(constants: Constants, rounding: StepRounding, before: Node, after: Node, gradient: Array) -> Array:
    """How far the gradient that the step used may be from this one, evaluated apart: m⁺ holds a share 1−β2 of it.

    Where that share hides it, it counts as right to half its digits.
    """
    defect = jnp.abs(_momentum_defect(constants, before, after, gradient))
    own = rounding.m + _constants_rounding(before, gradient)
    told = (defect + own) / jnp.maximum(1 - constants.beta2, jnp.finfo(defect.dtype).tiny)
    half = jnp.sqrt(jnp.finfo(defect.dtype).eps)
    is_hidden = (defect <= own) & (1 - constants.beta2 < half)
    return jnp.where(is_hidden, jnp.minimum(told, half * jnp.max(jnp.abs(before.m) + jnp.abs(gradient))), told)
