"""The energy ledger: every change of the Lyapunov function, split exactly into five named terms.

    H(x⁺,m⁺) − H(x,m) = −ηaΔ1 − ηbΔ2 + D_f(x⁺;x) − (1/λ+c) D_K*(λx;λx⁺) − c D_K(m;m⁺)

holds for every f, K, step size and β. It is algebra, so it closes for a wrong K* or subgradient as well; those are
caught by the signs: all terms but D_f are ≤ 0 (the second only for β1 ≤ β2). A ledger therefore carries both.
"""

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..dynamics import Constants, bracket_weight, displacement, look_ahead
from ._directions import Directions
from ._function import lyapunov_from_values
from ._step_rounding import Node, step_rounding


@dataclass(frozen=True)
class Ledger:
    """Per-step arrays of length T, in units of the loss (`lyapunov` has T+1 entries).

    - `change`: H(x⁺,m⁺) − H(x,m), both with the c of this step.
    - `alignment`: −ηaΔ1 ≤ 0, Δ1 = ⟨∇K(m̃⁺) − λx⁺, m̃⁺ − z⁺⟩, z⁺ ∈ ∂K*(λx⁺), a = 1 + cλ.
    - `enhancement`: −ηbΔ2 = −c⟨∇K(m̃⁺) − ∇K(m⁺), m⁺ − m⟩, ≤ 0 when β1 ≤ β2.
    - `loss_remainder`: D_f(x⁺;x) = f(x⁺) − f(x) − ⟨g, x⁺−x⟩, the only term that can raise H; ≤ (L/2)‖x⁺−x‖².
    - `conjugate_remainder`: −(1/λ+c) D_K*(λx; λx⁺) ≤ 0.   `momentum_remainder`: −c D_K(m; m⁺) ≤ 0.
    - `residual`: change − the sum of the five, 0 in exact arithmetic. A constant wrong by a share ε moves a step by
      about ηε, which shows where that is more than rounding and ∇K depends on it: sign(m̃) forgets most errors of β1.
      One sum cannot see every error of a vector: where x⁺ is not reached along an element of ∂K(m̃⁺), it is at least
      as many `rounding_bound`s as x⁺ is roundings off; so too where m⁺ is not the step's, or
      K(m⁺) + K*(∇K(m⁺)) not ⟨m⁺, ∇K(m⁺)⟩, to half the digits, which gradients and conjugates are asked for.
    - `rounding_bound`: what |residual| can be by rounding alone. Signs hold up to `sign_allowance`.

    Source: arXiv 2310.05898, Theorem 4.1, whose inequality is this identity without the last three remainders.
    """

    change: np.ndarray
    alignment: np.ndarray
    enhancement: np.ndarray
    loss_remainder: np.ndarray
    conjugate_remainder: np.ndarray
    momentum_remainder: np.ndarray
    residual: np.ndarray
    rounding_bound: np.ndarray
    sign_allowance: np.ndarray
    lyapunov: np.ndarray


class Values(NamedTuple):
    """What the ledger evaluates at one recorded state (x, m)."""

    f: Array
    K: Array  # K(m)
    K_star: Array  # K*(λx), or K_M*(λx)
    z: Array  # an element of ∂K*(λx), or of ∂K_M*(λx)
    ball_norm: Array | None  # ‖m‖_B, for H_M only


class Entry(NamedTuple):
    """One row of the ledger."""

    change: Array
    alignment: Array
    enhancement: Array
    loss_remainder: Array
    conjugate_remainder: Array
    momentum_remainder: Array
    residual: Array
    rounding_bound: Array
    sign_allowance: Array
    ball_norm: Array  # ‖m̃⁺‖_B


def ledger_entry(
    K: ConvexFunction,
    constants: Constants,
    decay: str,
    before: Node,
    after: Node,
    gradient: Array,
    directions: Directions,
) -> Entry:
    """The ledger of the step `before` → `after` that used `gradient`."""
    lam = constants.weight_decay
    c = bracket_weight(constants, decay)
    a = 1 + c * lam
    penalty = jnp.where(lam > 0, 1 / jnp.where(lam > 0, lam, 1) + c, 0)  # 1/λ + c; no K* terms when λ = 0
    x, m, x_next, m_next = before.x, before.m, after.x, after.m
    dx, dm = x_next - x, m_next - m
    m_tilde = look_ahead(constants, m, gradient)
    rounding = step_rounding(constants, decay, before, after, gradient, directions.spread)
    u = directions.u
    w = jnp.where(constants.beta1 == constants.beta2, u, directions.w)
    u_off = jnp.finfo(x.dtype).eps / 2
    # u − λx⁺ is this share of u − λx. At ηλ = 1 it is 0, λx⁺ = u, and m̃⁺ itself is the element of ∂K*(λx⁺) to take.
    share = jnp.maximum(1 - constants.step_size * lam, 8 * u_off) if decay == "explicit" else jnp.ones_like(lam)
    z = jnp.where(share <= 8 * u_off, m_tilde, jnp.where(lam > 0, after.z, jnp.zeros_like(after.z)))
    v = displacement(constants, u, x, x_next, decay)  # η′V

    H = lyapunov_from_values(constants, decay, before.f, before.K_star, before.K, lam * jnp.sum(x * m))
    H_next = lyapunov_from_values(constants, decay, after.f, after.K_star, after.K, lam * jnp.sum(x_next * m_next))
    alignment = -a * jnp.sum(v * (m_tilde - z))
    enhancement = -c * jnp.sum((u - w) * dm)
    loss_remainder = after.f - before.f - jnp.sum(gradient * dx)
    # λ(1/λ + c)⟨z⁺, x⁺−x⟩ = a⟨z⁺, x⁺−x⟩: without it D_K* would be multiplied and divided by λ.
    conjugate_remainder = penalty * (after.K_star - before.K_star) - a * jnp.sum(z * dx)
    momentum_remainder = c * (after.K - before.K) - c * jnp.sum(w * dm)
    change = H_next - H
    total = alignment + enhancement + loss_remainder + conjugate_remainder + momentum_remainder

    # Rounding. Every inner product of d terms costs at most (d+2)u Σ|a_i b_i|, the handful of operations that combine
    # the parts a further 16u of their magnitudes; `step_rounding` is what storing the step itself did to the identity.
    size = jnp.abs
    values = size(before.f) + size(after.f) + penalty * (size(before.K_star) + size(after.K_star))
    values = values + c * (size(before.K) + size(after.K) + lam * jnp.sum(size(x * m) + size(x_next * m_next)))
    alignments = a * jnp.sum(size(v) * (size(m_tilde) + size(z)))
    enhancements = c * jnp.sum((size(u) + size(w)) * (size(m) + size(m_next)))
    products = jnp.sum((size(gradient) + a * size(z)) * (size(x) + size(x_next)))
    coefficients = a * jnp.sum((size(v) + size(dx)) * (size(m) + size(gradient)))
    evaluation = (x.size + 18) * u_off * (values + alignments + enhancements + products + coefficients)
    # What underflows in a product is lost whole, and may then be multiplied by the coefficients.
    evaluation = evaluation + 8 * (x.size + 18) * jnp.finfo(x.dtype).tiny * (1 + a + c + penalty)
    stored = jnp.sum(rounding.x * (a * size(z) + size(gradient) + c * lam * (size(m) + size(m_next))))
    stored = stored + jnp.sum(rounding.m * c * (size(u) + lam * size(x_next)) + rounding.m_tilde * a * size(v))
    bound = evaluation + stored

    # λx⁺ may lie outside dom K* by what a run settles at (3u/(ηλ) relative), which tips Δ1 and D_K* by as much.
    contraction = jnp.maximum(constants.step_size * lam, u_off)
    settled = u_off * (2 * x.size + 12 + 3 / contraction) * lam * jnp.sqrt(jnp.sum(x_next**2))
    # Rounding in λx⁺ reaches Δ1 through u − λx = (u − λx⁺)/share.
    outward = constants.step_size * a / share * jnp.sqrt(jnp.sum((m_tilde - z) ** 2)) + c * jnp.sqrt(jnp.sum(m_next**2))
    # The sum closes also for a step that is wrong at right angles to what multiplies it. It is not left to the sum.
    residual, missed = change - total, jnp.maximum(directions.missed_x, directions.missed_m)
    missed = jnp.maximum(missed, directions.missed_pair)
    lifted = jnp.where(residual < 0, -1, 1) * jnp.maximum(jnp.abs(residual), missed * bound)
    residual = jnp.where(missed > 1, lifted, residual)
    return Entry(
        change, alignment, enhancement, loss_remainder, conjugate_remainder, momentum_remainder,
        residual, bound, bound + settled * outward, K.ball_norm(m_tilde),
    )  # fmt: skip
