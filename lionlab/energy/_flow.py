"""The Lyapunov function of the flow, and the rate at which it falls.

    H(x,m) = αf(x) + (γ/λ)K*(λx) + c[K*(λx) + K(m) − ⟨λx, m⟩],     c = (1−εγ)/(1+ελ)
    dH/dt  = −(γ+cλ)Δ1 − cΔ2,   Δ1 = ⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩ ≥ 0,   Δ2 = ⟨∇K(m̃) − ∇K(m), ṁ⟩ ≥ 0

The implicit step of length h lowers H_h, the same with c_h = (1−εγ)/(1+(ε+h)λ). For λ = 0 the terms of K* drop out.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..dynamics import FlowConstants, LionKFlow, Motion, State, constants_at


def flow_bracket_weight(constants: FlowConstants, h: Array | float = 0.0) -> Array:
    """c = (1−εγ)/(1+ελ) of the flow, c_h = (1−εγ)/(1+(ε+h)λ) of its implicit step. arXiv 2310.05898, Theorem 3.1."""
    return constants.retained / (1 + (constants.epsilon + h) * constants.weight_decay)


class ConjugateTerm(NamedTuple):
    """K*(λx), or K_M*(λx), and an element of its subdifferential."""

    value: Array
    z: Array


def conjugate_term(K: ConvexFunction, y: Array, bound: Array | None, allowance: Array) -> ConjugateTerm:
    """K* and ∂K* at y = λx, or those of K_M for `bound` = M; y may be outside dom K* by `allowance`, else +inf."""
    if bound is not None:
        return ConjugateTerm(*K.truncated_conjugate(y, bound))
    K_star = K.conjugate()
    return ConjugateTerm(K_star.value_within(y, allowance), K_star.selection(y))


def flow_lyapunov_value(
    constants: FlowConstants, f: Array, K_m: Array, K_star: Array, y_dot_m: Array, h: Array | float = 0.0
) -> Array:
    """H from the values of f(x), K(m), K*(λx) and ⟨λx, m⟩; H_h for an implicit step of length `h`."""
    alpha, gamma, _, lam = constants
    c = flow_bracket_weight(constants, h)
    penalty = jnp.where(lam > 0, (gamma / jnp.where(lam > 0, lam, 1) + c) * K_star, 0)
    return alpha * f + penalty + c * (K_m - y_dot_m)


class Dissipation(NamedTuple):
    """The two rates at which H falls, both ≥ 0 for every convex K; their sum is −dH/dt."""

    alignment: Array  # (γ+cλ)Δ1
    enhancement: Array  # cΔ2


def dissipation(K: ConvexFunction, constants: FlowConstants, state: State, motion: Motion, z: Array) -> Dissipation:
    """The rates at (x, m), given ẋ, ṁ and z ∈ ∂K*(λx). Source: arXiv 2310.05898, Theorem 3.1, as an identity."""
    _, gamma, _, lam = constants
    c = flow_bracket_weight(constants)
    z = jnp.where(lam > 0, z, jnp.zeros_like(z))
    # At rest on the boundary z may be infinite, and contributes nothing.
    delta1 = jnp.sum(jnp.where(motion.x_dot == 0, 0, motion.x_dot * (motion.m_tilde - z)))
    delta2 = jnp.sum((motion.direction - K.selection(state.m)) * motion.m_dot)
    return Dissipation((gamma + c * lam) * delta1, c * delta2)


def flow_lyapunov_at(flow: LionKFlow, f: Any, x: Array, m: Array, bound: Array | None) -> Array:
    """H(x, m), or H_M for `bound` = M, of a bare point; a changing α is that of time 0."""
    constants = constants_at(flow, jnp.zeros((), x.dtype))
    y = constants.weight_decay * x
    K_star = flow.K.conjugate().value(y) if bound is None else flow.K.truncated_conjugate(y, bound)[0]
    return flow_lyapunov_value(constants, f.value(x), flow.K.value(m), K_star, jnp.sum(y * m))
