"""One implicit step of the flow, for any K with a prox of K*: it never raises the Lyapunov function of a convex f.

    x⁺ = (x + hs)/(1+hλ),   m⁺ = (m − hα∇f(x⁺))/(1+hγ),   m̃⁺ = (1−εγ)m⁺ − εα∇f(x⁺),   s ∈ ∂K(m̃⁺)

Eliminating x⁺ and m⁺ leaves m̃⁺ = a − κ∇f(x⁺) with a = (1−εγ)m/(1+hγ) and κ = (1−εγ)hα/(1+hγ) + εα, so that s solves

    minimise  K*(s) + φ(s),    φ(s) = −⟨a, s⟩ + κ(1+hλ)/h · f((x + hs)/(1+hλ)),    −∇φ(s) = m̃⁺(s).

∇φ is Lipschitz with constant κhL/(1+hλ). The minimisation is by accelerated proximal gradient with restarts (Beck &
Teboulle 2009; O'Donoghue & Candès 2015), started at the last s. Every iterate s = prox_{τK*}(p + τm̃⁺(p)) is an exact
subgradient of K at a point known from the iteration,

    s ∈ ∂K(m̃⁺(s) + e),    e = (p − s)/τ + m̃⁺(p) − m̃⁺(s),

which is what certifies the step: ‖e‖ is the `inclusion_residual`, in units of the momentum.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ._flow import FlowConstants
from ._method import State

# A well-conditioned step needs tens of iterations, with the square root of the condition more: 25 000 at a million.
MOST_ITERATIONS = 50_000
# On a nonconvex φ acceleration may circle for ever; the plain method does not.
ACCELERATED_ITERATIONS = 40_000


class ProximalStep(NamedTuple):
    """An implicit step and its certificate."""

    state: State
    m_tilde: Array
    selection: Array  # s ∈ ∂K(m̃⁺ + e)
    gradient: Array  # ∇f(x⁺)
    inclusion_residual: Array  # ‖e‖₂
    tolerance: Array  # what the iteration asked of it
    curvature: Array  # the Lipschitz constant of ∇f that was found sufficient
    iterations: Array


class _Implicit(NamedTuple):
    x: Array
    m: Array
    m_tilde: Array
    gradient: Array


class _Iterate(NamedTuple):
    s: Array
    s_before: Array
    at_s: _Implicit
    momentum: Array  # t of the acceleration, 1 after a restart
    curvature: Array
    residual: Array
    tolerance: Array
    iteration: Array


def proximal_step(
    K: ConvexFunction,
    gradient: Callable[[Array], Array],
    constants: FlowConstants,
    h: Array,
    state: State,
    s: Array,
    curvature: Array,
    is_smoothness: bool,
    relative_tolerance: Array,
) -> ProximalStep:
    """The implicit step of length h from (x, m), searching s from the given one.

    `curvature` is L, the smoothness of f, when `is_smoothness`; else a first guess, raised wherever it proves too
    small. The search ends when ‖e‖ ≤ `relative_tolerance` times the size of what m̃⁺ is computed from, or after
    `MOST_ITERATIONS`; compare the fields `inclusion_residual` and `tolerance`.
    """
    alpha, gamma, epsilon, lam = constants
    K_star = K.conjugate()
    weight = constants.retained * h * alpha / (1 + h * gamma) + epsilon * alpha  # κ
    carried = constants.retained / (1 + h * gamma)

    def implicit(s: Array) -> _Implicit:
        x = (state.x + h * s) / (1 + h * lam)
        g = gradient(x)
        m = (state.m - h * alpha * g) / (1 + h * gamma)
        return _Implicit(x, m, constants.retained * m - epsilon * alpha * g, g)

    def phi_curvature(curvature: Array, scale: Array) -> Array:
        # Where f is linear the step is limited by nothing; a residual of rounding size then ends the search at once.
        least = jnp.finfo(scale.dtype).eps * scale / jnp.maximum(euclidean_norm(s), 1)
        return jnp.maximum(weight * h * curvature / (1 + h * lam), least + jnp.finfo(scale.dtype).tiny)

    def magnitude(now: _Implicit, curvature: Array) -> Array:
        # Near a stationary point ∇f vanishes but its rounding does not: x⁺ alone, as stored, leaves it u·L‖x⁺‖.
        slopes = euclidean_norm(now.gradient) + curvature * euclidean_norm(now.x)
        return carried * euclidean_norm(state.m) + weight * slopes

    def improve(now: _Iterate) -> _Iterate:
        grown = (1 + jnp.sqrt(1 + 4 * now.momentum**2)) / 2
        share = jnp.where(now.iteration < ACCELERATED_ITERATIONS, (now.momentum - 1) / grown, 0)
        p = now.s + share * (now.s - now.s_before)
        at_p = implicit(p)
        scale = magnitude(at_p, now.curvature)
        L = phi_curvature(now.curvature, scale)
        s_next = K_star.proximal(p + at_p.m_tilde / L, 1 / L)
        at_next = implicit(s_next)
        moved = s_next - p
        error = euclidean_norm(-L * moved + at_p.m_tilde - at_next.m_tilde)
        sizes = scale + magnitude(at_next, now.curvature) + L * (euclidean_norm(s_next) + euclidean_norm(p))
        tolerance = relative_tolerance * sizes
        if is_smoothness:
            is_enough, found = jnp.asarray(True), now.curvature
        else:
            # The gradient's own change tells whether L was enough here, up to its rounding.
            steepness = euclidean_norm(at_p.m_tilde - at_next.m_tilde)
            is_enough = steepness <= L * euclidean_norm(moved) + 4 * tolerance
            found = jnp.where(is_enough, now.curvature, 2 * now.curvature)
        is_backwards = jnp.sum(moved * (s_next - now.s)) < 0
        momentum = jnp.where(is_backwards | ~is_enough, jnp.ones_like(grown), grown)
        kept = jax.tree.map(lambda new, old: jnp.where(is_enough, new, old), (s_next, at_next), (now.s, now.at_s))
        residual = jnp.where(is_enough, error, jnp.full_like(error, jnp.inf))
        return _Iterate(kept[0], now.s, kept[1], momentum, found, residual, tolerance, now.iteration + 1)

    def is_unfinished(now: _Iterate) -> Array:
        is_left = ~(now.residual <= now.tolerance) & (now.iteration < MOST_ITERATIONS) & jnp.isfinite(now.curvature)
        # A gradient that is not finite stays so, unless a shorter step is still to be tried.
        return is_left & (jnp.isfinite(now.residual) | (now.iteration == 0)) if is_smoothness else is_left

    one = jnp.ones((), state.x.dtype)
    start = _Iterate(s, s, implicit(s), one, curvature, jnp.inf * one, 0 * one, jnp.zeros((), jnp.int32))
    end = jax.lax.while_loop(is_unfinished, improve, start)
    at_s = end.at_s
    return ProximalStep(
        State(at_s.x, at_s.m),
        at_s.m_tilde,
        end.s,
        at_s.gradient,
        end.residual,
        end.tolerance,
        end.curvature,
        end.iteration,
    )
