"""Whether a direction is an element of ∂K at a point, when both are known up to rounding."""

from contextlib import suppress

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, NumericalConjugate
from ..convex._function import euclidean_norm

PATTERNS = 16
"""How many points about one a function is looked at where it has no prox: so many random signs break every tie."""
REACH = 4.0
"""How far away they are, in units of the error of the point."""


def is_subgradient(K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array) -> Array:
    """Whether taken + e ∈ ∂K(m + d) for some d, e within the errors of both, entry by entry; u is known to be in ∂K(m).

    The Fenchel–Young gap, which is 0 exactly for elements, is of second order: of a direction that is wrong by ε it is
    ε², and alone would pass too much. The second test is of first order.
    """
    is_near = None
    if not is_found_by_search(K):
        with suppress(NotImplementedError):
            is_near = _by_prox(K, m, taken, u, m_error, taken_error)
    if is_near is None:
        is_near = _by_neighbours(K, m, taken, u, m_error, taken_error)
    return is_near & _by_gap(K, m, taken, u, m_error, taken_error)


def _by_gap(K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array) -> Array:
    """Whether K(m) + K*(taken) − ⟨m, taken⟩ is 0 up to the errors."""
    K_star, length = K.conjugate(), euclidean_norm(taken)
    off_domain = 4 * euclidean_norm(taken_error)
    u_off = jnp.finfo(m.dtype).eps / 2
    # A K* of one's own may have no `value_within`: a little nearer to 0 an element is in its domain all the same.
    share = jnp.minimum(off_domain / jnp.where(length > 0, length, 1) + 8 * u_off, 1)
    nearest = jnp.minimum(K_star.value_within(taken, off_domain), K_star.value((1 - share) * taken))
    gap = K.value(m) + nearest - jnp.sum(m * taken)
    allowed = ((m.size + 8) * u_off + share) * (jnp.abs(K.value(m)) + jnp.sum(jnp.abs(m * taken)))
    allowed += jnp.sum(jnp.abs(m) * 4 * taken_error + 2 * m_error * (jnp.abs(u) + jnp.abs(taken)))
    return jnp.isfinite(gap) & (gap <= allowed)


def _by_prox(K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array) -> Array:
    """u ∈ ∂K(m) exactly where prox_γK(m + γu) = m, for any γ > 0.

    The prox expands no distance: it returns to within 2‖d‖ + γ‖e‖ of m. Where K is smooth, a direction wrong by ε
    misses m by γε/(1 + γ·curvature) instead, and the curvature of a norm is about 1/γ for the γ taken here, which makes
    γu as long as m.
    """
    length, slope = euclidean_norm(m), jnp.maximum(euclidean_norm(taken), euclidean_norm(u))
    gamma = jnp.where((length > 0) & (slope > 0), length / jnp.where(slope > 0, slope, 1), jnp.ones_like(length))
    missed = euclidean_norm(K.proximal(m + gamma * taken, gamma) - m)
    # How exact the prox is shows where its answer is known: at u, which is an element of ∂K(m).
    own_error = euclidean_norm(K.proximal(m + gamma * u, gamma) - m)
    evaluation = (m.size + 32) * jnp.finfo(m.dtype).eps * (length + gamma * slope)
    allowed = 2 * euclidean_norm(m_error) + gamma * euclidean_norm(taken_error)
    return missed <= allowed + evaluation + 4 * own_error


def _by_neighbours(K: ConvexFunction, m: Array, taken: Array, u: Array, m_error: Array, taken_error: Array) -> Array:
    """Whether taken is as near to u as ∇K at points about m is, of which a tie has some that are far from it."""
    signs = np.random.default_rng(0).choice((-1.0, 1.0), (PATTERNS, *m.shape))
    about = jax.vmap(K.selection)(m[None] + REACH * jnp.asarray(signs, m.dtype) * m_error[None])
    spread = jnp.max(jax.vmap(euclidean_norm)(about - u[None]))
    evaluation = (m.size + 32) * jnp.finfo(m.dtype).eps * euclidean_norm(u)
    return euclidean_norm(taken - u) <= euclidean_norm(taken_error) + m.size**0.5 * spread + evaluation


def is_found_by_search(K: ConvexFunction) -> bool:
    """Whether a prox of K is itself a search, of seconds and of few digits."""
    return not K.is_smooth and isinstance(K.conjugate(), NumericalConjugate)
