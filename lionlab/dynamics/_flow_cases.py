"""Textbook flows as Lion-K flows: a choice of K and of the constants, named in the textbook's own terms.

    ṁ = −α∇f(x) − γm,     m̃ = (1−εγ)m − εα∇f(x),     ẋ = ∇K(m̃) − λx

Every docstring states the textbook's equation and the dictionary of states, under which the two have the same
solutions. m tracks −∇f, so a textbook's momentum is −m where it tracks +∇f. Where εγ = 1 the momentum is not used: m_0
is then without effect. For a K with kinks each equation is an inclusion: sign stands for the set-valued sign.
"""

import math
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction, L1Norm, L2Norm, NuclearNorm, SquaredL2
from ._flow import LionKFlow
from ._method import check_number
from ._reflected import ReflectedObjective


class ExponentialWeight(eqx.Module):
    """α(time) = scale·e^{rate·time}, a weight of the gradient that grows. scale > 0; rate in 1/time."""

    scale: float
    rate: float

    def __call__(self, time: Array) -> Array:
        return self.scale * jnp.exp(self.rate * time)


def gradient_flow(speed: float = 1.0) -> LionKFlow:
    """ẋ = −speed·∇f(x). K = ½‖·‖², λ = 0, εγ = 1, α/γ = speed.

    **Raises:** `ValueError` unless speed > 0.
    """
    return LionKFlow(SquaredL2(), _positive("speed", speed), 1.0, 1.0, 0.0)


def heavy_ball_flow(gamma: float, alpha: float = 1.0) -> LionKFlow:
    """Polyak's ẍ + γẋ + α∇f(x) = 0. K = ½‖·‖², λ = 0, ε = 0. States: ẋ = m.

    **Raises:** `ValueError` unless γ ≥ 0 and α > 0.
    """
    return nesterov_flow(gamma, 0.0, alpha)


def nesterov_flow(gamma: float, epsilon: float, alpha: float = 1.0) -> LionKFlow:
    """ẍ + γẋ + εα∇²f(x)ẋ + α∇f(x) = 0: the heavy ball, damped along the Hessian too. K = ½‖·‖², λ = 0.

    States: ẋ = (1−εγ)m − εα∇f(x). It starts at rest from m_0 = εα∇f(x_0)/(1−εγ); from m_0 = 0 it starts downhill.
    With εγ = 1 only ẋ_0 = −εα∇f(x_0) is possible, and the solution is that of the gradient flow.

    **Raises:** `ValueError` unless γ ≥ 0, ε ≥ 0, εγ ≤ 1 and α > 0.

    Source: Alvarez, Attouch, Bolte, Redont 2002 (Hessian-driven damping); as a limit of Nesterov's method Shi, Du,
    Jordan, Su, arXiv 1810.08907.
    """
    return LionKFlow(SquaredL2(), alpha, gamma, epsilon, 0.0)


def signum_flow(gamma: float) -> LionKFlow:
    """ḃ = γ(∇f(x) − b), ẋ = −sign(b). K = ‖·‖₁, λ = 0, ε = 0, α = γ. States: b = −m.

    **Raises:** `ValueError` unless γ > 0.
    """
    return _averaging(L1Norm(), gamma)


def normalized_momentum_flow(gamma: float) -> LionKFlow:
    """ḃ = γ(∇f(x) − b), ẋ = −b/‖b‖₂. K = ‖·‖₂, λ = 0, ε = 0, α = γ. States: b = −m.

    **Raises:** `ValueError` unless γ > 0.
    """
    return _averaging(L2Norm(), gamma)


def sign_gradient_flow() -> LionKFlow:
    """ẋ = −sign(∇f(x)). K = ‖·‖₁, λ = 0, εγ = 1."""
    return LionKFlow(L1Norm(), 1.0, 1.0, 1.0, 0.0)


def hamiltonian_descent_flow(K: ConvexFunction, gamma: float) -> LionKFlow:
    """q̇ = ∇K(p), ṗ = −∇f(q) − γp for the kinetic energy K. ε = 0, λ = 0, α = 1. States: q = x, p = m.

    The theory of the method wants K smooth and least at 0. γ = 0 conserves f(q) + K(p).

    **Raises:** `ValueError` unless γ ≥ 0.

    Source: Maddison, Paulin, Teh, O'Donoghue, Doucet, arXiv 1809.05042.
    """
    return LionKFlow(K, 1.0, gamma, 0.0, 0.0)


def dual_space_preconditioning_flow(K: ConvexFunction) -> LionKFlow:
    """ẋ = −∇K(∇f(x)), for an even K; any other gives ∇K(−∇f(x)). λ = 0, εγ = 1, α = γ.

    α = γ counts: ∇K is taken at −(α/γ)∇f(x). The theory of the method wants K smooth.

    Source: the limit of small steps of Maddison, Paulin, Teh, Doucet, arXiv 1902.02257.
    """
    return LionKFlow(K, 1.0, 1.0, 1.0, 0.0)


def mirror_descent_flow(objective: Any) -> LionKFlow:
    """d/dt ∇φ(p) = −∇h(p) for the objective h. K(z) = h(−z), λ = 0, εγ = 1, α = γ; it is run on φ*, not on h.

    States: x = ∇φ(p), and p = ∇φ*(x). The flow's own loss is φ*, the conjugate of the mirror map:
    `integrate(mirror_descent_flow(h), Objective(phi_conjugate, dim), x0=∇φ(p_0), …)`. h must state its smoothness.

    H is then φ*(x), and obeys its balance law, but need not fall: it does where h is least at 0. The Lyapunov function
    of the textbook, the Bregman distance D_φ(p*, p) = φ(p*) + φ*(x) − ⟨p*, x⟩, is H of the same flow with p* for 0.

    **Raises:** `ValueError` when h is known not to be convex, `TypeError` when it has no `value` and `slope`.

    Source: Nemirovski and Yudin 1983.
    """
    return dual_space_preconditioning_flow(ReflectedObjective(objective))


def accelerated_mirror_descent_flow(K: ConvexFunction, averaging: float = 2.0) -> LionKFlow:
    """X' = (r/t)(∇ψ*(Z) − X), Z' = −(t/r)∇f(X), r = `averaging`. K = ψ*, γ = ε = 0, λ = 1, α(τ) = e^{2τ/r}/r².

    States: X = x, Z = m, at the time τ = r log t: `times = r * numpy.log(t)`, with t > 0. X is the average of ∇ψ*(Z)
    with weights t^{r−1}. With ψ = ½‖·‖² this is Nesterov's equation X″ + ((r+1)/t)X' + ∇f(X) = 0.

    Its H is (t/r)²f(X) + ψ(X) + ψ*(Z) − ⟨X, Z⟩; as α grows, the balance law has the term that α'f supplies.

    **Raises:** `ValueError` unless r > 0. f(X) − min f = O(1/t²) needs r ≥ 2.

    Source: Krichene, Bayen, Bartlett 2015 (NeurIPS); for ψ = ½‖·‖² Su, Boyd, Candès, arXiv 1503.01243.
    """
    r = _positive("averaging", averaging)
    return LionKFlow(K, ExponentialWeight(1 / r**2, 2 / r), 0.0, 0.0, 1.0)


def frank_wolfe_flow(K: ConvexFunction, weight_decay: float) -> LionKFlow:
    """x' = v(x) − x, v(x) ∈ argmin {⟨∇f(x), v⟩ : λv ∈ dom K*}, for a support function (a norm) K. εγ = 1.

    The textbook's time is λ times the flow's: `times = t / weight_decay`. v = ∇K(−∇f)/λ.

    **Raises:** `ValueError` when K is not positively homogeneous (K* is then a penalty, not a set) or λ is not > 0.

    Source: Frank and Wolfe 1956; as a flow Jacimovic and Geary 1999 (a continuous conditional gradient method).
    """
    decay = check_number("weight_decay", weight_decay, 0, math.inf)
    if decay == 0:
        raise ValueError("weight_decay must be > 0 for frank_wolfe_flow: the set is {v : weight_decay·v ∈ dom K*}.")
    if isinstance(K, ConvexFunction) and not K.is_positively_homogeneous:
        raise ValueError(f"K must be positively homogeneous (a norm) for frank_wolfe_flow, got {K!r}.")
    return LionKFlow(K, 1.0, 1.0, 1.0, decay)


def lion_flow(gamma: float, epsilon: float, weight_decay: float) -> LionKFlow:
    """ḃ = γ(∇f(x) − b), ẋ = −sign((1−εγ)b + εγ∇f(x)) − λx. K = ‖·‖₁, α = γ. States: b = −m.

    `LionKFlow.from_discrete(lion(learning_rate, weight_decay, beta1, beta2))` is the one of given betas.

    **Raises:** `ValueError` unless γ > 0, ε ≥ 0, εγ ≤ 1 and λ ≥ 0.

    Source: arXiv 2310.05898, eq. (4).
    """
    return _averaging(L1Norm(), gamma, epsilon, weight_decay)


def muon_flow(gamma: float, epsilon: float, weight_decay: float) -> LionKFlow:
    """Ḃ = γ(∇f(X) − B), Ẋ = −polar((1−εγ)B + εγ∇f(X)) − λX, polar(Z) = UVᵀ exactly. K = nuclear norm, α = γ.

    States: B = −m. A rank-deficient argument makes polar set-valued, as 0 makes the sign.

    **Raises:** `ValueError` unless γ > 0, ε ≥ 0, εγ ≤ 1 and λ ≥ 0.

    Source: arXiv 2506.15054, with the flow of arXiv 2310.05898, eq. (4).
    """
    return _averaging(NuclearNorm(), gamma, epsilon, weight_decay)


def _averaging(K: ConvexFunction, gamma: float, epsilon: float = 0.0, weight_decay: float = 0.0) -> LionKFlow:
    """α = γ makes −m the exponential average of the gradients."""
    rate = _positive("gamma", gamma)
    return LionKFlow(K, rate, rate, epsilon, weight_decay)


def _positive(name: str, value: float) -> float:
    number = check_number(name, value, 0, math.inf)
    if number == 0:
        raise ValueError(f"{name} must be > 0, got 0: the gradient would never enter.")
    return number
