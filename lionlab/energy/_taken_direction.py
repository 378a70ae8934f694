"""∇K(m̃⁺) as a step took it, where K has kinks and evaluating it again may select another element of ∂K(m̃⁺)."""

from contextlib import suppress

import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ..dynamics import Constants, look_ahead
from ._ledger import Directions, Node, step_rounding


def taken_direction(
    K: ConvexFunction,
    constants: Constants,
    decay: str,
    before: Node,
    after: Node,
    gradient: Array,
    directions: Directions,
) -> Array:
    """u = ∇K(m̃⁺) as the step took it, for a K with kinks and a step whose direction differs from the recomputed one.

    Where m̃⁺ is a tie up to rounding, recomputing it may select another element of ∂K than the step did. Then, and
    only if the step's own direction (x⁺−x)/η + λx is an element of ∂K(m̃⁺) up to rounding, that one is used. A
    direction that is none keeps the recomputed u, and shows in the residual.
    """
    eta, lam, u = constants.step_size, constants.weight_decay, directions.u
    m_tilde = look_ahead(constants, before.m, gradient)
    rounding = step_rounding(constants, decay, before, after, gradient, None)
    taken = (after.x - before.x) / eta + lam * (before.x if decay == "explicit" else after.x)
    error = rounding.x / eta
    is_element = _is_subgradient(K, m_tilde, taken, u, rounding.m_tilde, error)
    with suppress(NotImplementedError):  # neither K nor K* has a proximal step
        is_element &= _is_subgradient_nearby(K, m_tilde, taken, u, rounding.m_tilde, error)
    return jnp.where(directions.differs & is_element, taken, u)


def _is_subgradient(K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array) -> Array:
    """Whether the Fenchel–Young gap of (m, taken) is 0 up to the errors of both.

    It is of second order: a direction that is wrong by ε leaves a gap of ε², so that this alone would pass too much.
    """
    off_domain = 4 * euclidean_norm(taken_error)
    gap = K.value(m) + K.conjugate().value_within(taken, off_domain) - jnp.sum(m * taken)
    u_off = jnp.finfo(m.dtype).eps / 2
    allowed = (m.size + 8) * u_off * (jnp.abs(K.value(m)) + jnp.sum(jnp.abs(m * taken)))
    allowed += jnp.sum(jnp.abs(m) * 4 * taken_error + 2 * m_error * (jnp.abs(u) + jnp.abs(taken)))
    return gap <= allowed


def _is_subgradient_nearby(
    K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array
) -> Array:
    """Whether taken + e ∈ ∂K(m + d) for some d, e within the errors of both; of first order in what is wrong.

    u ∈ ∂K(m) exactly where prox_γK(m + γu) = m, for any γ > 0, and the prox expands no distance: it returns to within
    2‖d‖ + γ‖e‖ of m. Where K is smooth, a direction wrong by ε misses m by γε/(1 + γ·curvature) instead, and the
    curvature of a norm is about 1/γ for the γ taken here, which makes γu as long as m.
    """
    length, slope = euclidean_norm(m), jnp.maximum(euclidean_norm(taken), euclidean_norm(u))
    gamma = jnp.where((length > 0) & (slope > 0), length / jnp.where(slope > 0, slope, 1), jnp.ones_like(length))
    missed = euclidean_norm(K.proximal(m + gamma * taken, gamma) - m)
    # How exact the prox is shows where its answer is known: at u, which is an element of ∂K(m).
    own_error = euclidean_norm(K.proximal(m + gamma * u, gamma) - m)
    evaluation = (m.size + 32) * jnp.finfo(m.dtype).eps * (length + gamma * slope)
    allowed = 2 * euclidean_norm(m_error) + gamma * euclidean_norm(taken_error)
    return missed <= allowed + evaluation + 4 * own_error
