"""The energy ledger of the implicit step: every change of H_h, split exactly into five named terms.

    H_h(x⁺,m⁺) − H_h(x,m) = −h(γ+c_hλ)Δ1 − c_h⟨s−w, m⁺−m⟩ − αD_f(x;x⁺) − (γ/λ+c_h)D_K*(λx;λx⁺) − c_h D_K(m;m⁺)

with Δ1 = ⟨s − λx⁺, m̃⁺ − z⁺⟩, z⁺ ∈ ∂K*(λx⁺), w ∈ ∂K(m⁺). Every remainder is taken at the new point, where the step was:
for convex f all five terms are ≤ 0, at any step length. For a ρ-weakly convex f the third is at most (αρ/2)‖x⁺−x‖².
"""

import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..dynamics import FlowConstants, ProximalStep, State
from ._flow import ConjugateTerm, flow_bracket_weight, flow_lyapunov_value
from ._ledger import Entry


def proximal_entry(
    K: ConvexFunction,
    constants: FlowConstants,
    h: Array,
    before: State,
    step: ProximalStep,
    losses: tuple[Array, Array],
    conjugates: tuple[ConjugateTerm, ConjugateTerm],
) -> Entry:
    """The ledger of one implicit step from `before`; `losses` are f and `conjugates` K*(λ·) there and after it."""
    alpha, gamma, epsilon, lam = constants
    c = flow_bracket_weight(constants, h)
    a = gamma + c * lam
    penalty = jnp.where(lam > 0, gamma / jnp.where(lam > 0, lam, 1) + c, 0)
    (x, m), (x_next, m_next), s, g, m_tilde = before, step.state, step.selection, step.gradient, step.m_tilde
    dx, dm = x_next - x, m_next - m
    (f, f_next), (at_x, at_next) = losses, conjugates
    z = jnp.where(lam > 0, at_next.z, jnp.zeros_like(at_next.z))
    # At ε = 0 m̃⁺ = m⁺, and s itself is the element of ∂K(m⁺) that makes the second term vanish, as it does in theory.
    w = jnp.where(epsilon > 0, K.selection(m_next), s)
    v = h * (s - lam * x_next)
    K_m, K_next = K.value(m), K.value(m_next)

    H = flow_lyapunov_value(constants, f, K_m, at_x.value, lam * jnp.sum(x * m), h)
    H_next = flow_lyapunov_value(constants, f_next, K_next, at_next.value, lam * jnp.sum(x_next * m_next), h)
    change = H_next - H
    alignment = -a * jnp.sum(v * (m_tilde - z))
    enhancement = -c * jnp.sum((s - w) * dm)
    loss_remainder = alpha * (f_next - f - jnp.sum(g * dx))
    conjugate_remainder = penalty * (at_next.value - at_x.value) - a * jnp.sum(z * dx)
    momentum_remainder = c * (K_next - K_m) - c * jnp.sum(w * dm)
    total = alignment + enhancement + loss_remainder + conjugate_remainder + momentum_remainder

    # Rounding. Inner products of d terms cost (d+2)u Σ|a_i b_i|, combining the parts and the coefficients a, c, which
    # satisfy ε(γ+cλ) + c(1+hλ) = 1 to a few u, 16u of their magnitudes. The stored x⁺, m⁺, m̃⁺ miss the equations of
    # the step by at most 4 roundings of what entered them.
    size, u = jnp.abs, jnp.finfo(x.dtype).eps / 2
    values = alpha * (size(f) + size(f_next)) + penalty * (size(at_x.value) + size(at_next.value))
    values = values + c * (size(K_m) + size(K_next) + lam * jnp.sum(size(x * m) + size(x_next * m_next)))
    x_size, m_size = size(x) + size(x_next), size(m) + size(m_next)
    products = a * jnp.sum(size(v) * (size(m_tilde) + size(z))) + c * jnp.sum((size(s) + size(w)) * m_size)
    products = products + jnp.sum((alpha * size(g) + a * size(z)) * x_size)
    products = products + jnp.sum(size(v) * (2 * alpha * size(g) + 2 * (a + c / h) * m_size))
    x_off = 4 * u * (size(x) + h * size(s) + (1 + h * lam) * size(x_next))
    m_off = 4 * u * (size(m) + h * alpha * size(g) + (1 + h * gamma) * size(m_next))
    m_tilde_off = 4 * u * (constants.retained * size(m_next) + epsilon * alpha * size(g))
    stored = jnp.sum(x_off * (a * size(z) + alpha * size(g) + c * lam * size(m)))
    stored = stored + jnp.sum(size(v) * (a * m_tilde_off + c * (1 / h + lam) * m_off))
    bound = (x.size + 18) * u * (values + products) + stored

    # Signs. s ∈ ∂K(m̃⁺ + e), and an evaluated subgradient is exact at a point a relative `near` away: the pairs
    # ⟨s − λx⁺, m̃⁺ − z⁺⟩, ⟨s − w, m̃⁺ − m⁺⟩ = (ε/h)⟨s − w, m⁺ − m⟩ and, at ε = 0, D_K with s for w, miss their sign by
    # ‖e‖ times the subgradients' distance; and all that meets λx⁺ by how far that may settle outside dom K*.
    near = u * (2 * x.size + 12)
    e = jnp.maximum(step.inclusion_residual, step.tolerance) + near * _norm(m_tilde)
    apart = c * _norm(s - K.selection(m_next))
    per_time = jnp.where(epsilon > 0, h / jnp.where(epsilon > 0, epsilon, 1), 1)
    missed = a * _norm(v) * e + apart * (per_time * (e + _norm(m_tilde_off)) + _norm(m_off) + near * _norm(m_next))
    settled = (near + 3 * u * (1 + 1 / jnp.maximum(h * lam, u))) * lam * _norm(x_next)
    outward = a * h * _norm(m_tilde - z) + 2 * penalty * _norm(z)
    return Entry(
        change, alignment, enhancement, loss_remainder, conjugate_remainder, momentum_remainder,
        change - total, bound, bound + missed + settled * outward, K.ball_norm(m_tilde),
    )  # fmt: skip


def _norm(v: Array) -> Array:
    return jnp.sqrt(jnp.sum(v**2))
