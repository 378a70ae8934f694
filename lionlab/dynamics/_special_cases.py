"""Textbook methods as Lion-K: a choice of K and of the two betas, named in the textbook's own terms.

    m̃⁺ = β1 m − (1−β1) g,   m⁺ = β2 m − (1−β2) g,   x⁺ = x + η(∇K(m̃⁺) − λx)

Every docstring states the textbook's recursion and the dictionary of states, under which the two produce the same
iterates in exact arithmetic. m tracks −∇f, so a textbook's momentum is −m up to a factor. Where a method has no
momentum, the start's m_0 is without effect.
"""

import math
from typing import Any

import jax.numpy as jnp

from ..convex import ConvexFunction, L1Norm, L2Norm, NuclearNorm, SquaredL2
from ..precision import double_precision
from ._method import LionK, Schedule, check_number
from ._reflected import ReflectedObjective

Rate = float | Schedule


def gradient_descent(learning_rate: Rate) -> LionK:
    """x⁺ = x − lr·g. K = ½‖·‖², λ = 0, β1 = 0. Source: arXiv 2310.05898, table 1."""
    return LionK(SquaredL2(), learning_rate, 0.0, beta1=0.0, beta2=0.0)


def heavy_ball(learning_rate: float, momentum: float) -> LionK:
    """Polyak's x_{t+1} = x_t − lr·g_t + μ(x_t − x_{t−1}). K = ½‖·‖², λ = 0, β1 = β2 = μ, η = lr/(1−μ).

    States: x_t − x_{t−1} = ηm_t, so x_{−1} = x_0 − ηm_0; m_0 = 0 is Polyak's usual start x_{−1} = x_0.

    **Raises:** `ValueError` unless 0 ≤ μ < 1.
    """
    mu = _momentum(momentum)
    rate = check_number("learning_rate", learning_rate, 0, math.inf)
    return LionK(SquaredL2(), rate / (1 - mu), 0.0, beta1=mu, beta2=mu)


def nesterov(learning_rate: float, momentum: float) -> LionK:
    """v⁺ = μv − lr·∇f(θ + μv), θ⁺ = θ + v⁺. K = ½‖·‖², λ = 0, β2 = μ, β1 = μ², η = lr/(1−μ).

    States: x = θ + μv, the point at which the gradient is taken, and ηm = v; so θ = x − μηm.

    **Raises:** `ValueError` unless 0 ≤ μ < 1.
    """
    mu = _momentum(momentum)
    rate = check_number("learning_rate", learning_rate, 0, math.inf)
    return LionK(SquaredL2(), rate / (1 - mu), 0.0, beta1=mu**2, beta2=mu)


def signum(learning_rate: Rate, momentum: float) -> LionK:
    """b⁺ = μb + (1−μ)g, x⁺ = x − lr·sign(b⁺). K = ‖·‖₁, λ = 0, β1 = β2 = μ. States: b = −m.

    **Raises:** `ValueError` unless 0 ≤ μ < 1.
    """
    mu = _momentum(momentum)
    return LionK(L1Norm(), learning_rate, 0.0, beta1=mu, beta2=mu)


def normalized_momentum(learning_rate: Rate, momentum: float) -> LionK:
    """b⁺ = μb + (1−μ)g, x⁺ = x − lr·b⁺/‖b⁺‖₂. K = ‖·‖₂, λ = 0, β1 = β2 = μ. States: b = −m.

    **Raises:** `ValueError` unless 0 ≤ μ < 1.
    """
    mu = _momentum(momentum)
    return LionK(L2Norm(), learning_rate, 0.0, beta1=mu, beta2=mu)


def sign_descent(learning_rate: Rate) -> LionK:
    """x⁺ = x − lr·sign(g). K = ‖·‖₁, λ = 0, β1 = 0."""
    return LionK(L1Norm(), learning_rate, 0.0, beta1=0.0, beta2=0.0)


def dual_space_preconditioning(K: ConvexFunction, learning_rate: Rate) -> LionK:
    """x⁺ = x − lr·∇K(g), for an even K; any other gives x + lr·∇K(−g). λ = 0, β1 = 0.

    The theory of the method wants K smooth; its own letter for K is the conjugate of a reference function.
    Source: Maddison, Paulin, Teh, Doucet, arXiv 1902.02257.
    """
    return LionK(K, learning_rate, 0.0, beta1=0.0, beta2=0.0)


def mirror_descent(objective: Any, learning_rate: Rate) -> LionK:
    """∇φ(p⁺) = ∇φ(p) − lr·∇h(p) for the objective h. K(z) = h(−z), λ = 0, β1 = 0; it is run on φ*, not on h.

    States: x = ∇φ(p), and p = ∇φ*(x). Lion-K's own loss is φ*, the conjugate of the mirror map:
    `simulate(mirror_descent(h, lr), Objective(phi_conjugate, dim), x0=∇φ(p_0), …)`.

    `objective` h must be convex and have `value` and `slope` traceable by JAX, as every lionlab objective.

    **Raises:** `ValueError` when h is known not to be convex, `TypeError` when it has no `value` and `slope`.
    """
    return LionK(ReflectedObjective(objective), learning_rate, 0.0, beta1=0.0, beta2=0.0)


def frank_wolfe(K: ConvexFunction, step_fraction: Rate, weight_decay: float) -> LionK:
    """v = argmin {⟨g, v⟩ : λv ∈ dom K*}, x⁺ = x + γ(v − x), for a support function (a norm) K. β1 = 0, ηλ = γ.

    `step_fraction` γ ∈ (0, 1], a number or a schedule such as `lambda t: 2 / (t + 2)`. v = ∇K(−g)/λ.

    **Raises:** `ValueError` when K is not positively homogeneous (K* is then a penalty, not a set), λ is not > 0, or
    γ > 1 by more than rounding.
    """
    decay = check_number("weight_decay", weight_decay, 0, math.inf)
    if decay == 0:
        raise ValueError("weight_decay must be > 0 for frank_wolfe: the set is {v : weight_decay·v ∈ dom K*}.")
    if isinstance(K, ConvexFunction) and not K.is_positively_homogeneous:
        raise ValueError(f"K must be positively homogeneous (a norm) for frank_wolfe, got {K!r}.")
    if callable(step_fraction):
        given = step_fraction  # bound here, so that the type stays known inside the schedule
        return LionK(K, lambda step: _frank_wolfe_step(given(step), decay), decay, beta1=0.0, beta2=0.0)
    fraction = check_number("step_fraction", step_fraction, 0, 1)
    with double_precision():
        step_size = float(_frank_wolfe_step(fraction, decay))
    return LionK(K, step_size, decay, beta1=0.0, beta2=0.0)


def lion(learning_rate: Rate, weight_decay: float, beta1: float = 0.9, beta2: float = 0.99) -> LionK:
    """c = β1 b + (1−β1)g, x⁺ = x − lr·(sign(c) + λx), b⁺ = β2 b + (1−β2)g. K = ‖·‖₁. States: b = −m.

    Source: Chen et al., arXiv 2302.06675, program 1.
    """
    return LionK(L1Norm(), learning_rate, weight_decay, beta1=beta1, beta2=beta2)


def muon(learning_rate: Rate, weight_decay: float, momentum: float = 0.95, nesterov: bool = True) -> LionK:
    """B⁺ = μB + (1−μ)G, X⁺ = (1−lr·λ)X − lr·polar(μB⁺ + (1−μ)G); `nesterov=False`: polar(B⁺). K = nuclear norm.

    polar(Z) = UVᵀ exactly, where Muon as shipped iterates Newton–Schulz. β2 = μ, and β1 = μ² or, without nesterov, μ.
    States: B = −m.

    **Raises:** `ValueError` unless 0 ≤ μ < 1.
    """
    mu = _momentum(momentum)
    return LionK(NuclearNorm(), learning_rate, weight_decay, beta1=mu**2 if nesterov else mu, beta2=mu)


def _momentum(momentum: float) -> float:
    mu = check_number("momentum", momentum, 0, 1)
    if mu == 1:
        raise ValueError("momentum must be < 1, got 1: the gradient would never enter.")
    return mu


def _frank_wolfe_step(step_fraction: Any, weight_decay: float) -> Any:
    """η = γ/λ, but where γ = 1 rounds ηλ to just above 1, the largest float with ηλ ≤ 1; γ > 1 is left as it is."""
    largest = 1 / weight_decay
    if largest * weight_decay > 1:
        largest = math.nextafter(largest, 0)
    step_size = step_fraction / weight_decay
    return jnp.where(step_fraction > 1, step_size, jnp.minimum(step_size, largest))
