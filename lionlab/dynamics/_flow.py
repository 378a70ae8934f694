"""Lion-K in continuous time: the constants of the flow, its vector field, and the dictionary to the discrete method."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import unit_roundoff
from ._method import LionK, State, check_number, velocity

Rate = Callable[[Any], Any]


class LionKFlow(eqx.Module):
    """The Lion-K flow, of which Lion-K with explicit decay is Euler's method. m tracks −∇f; most libraries store −m.

        ṁ = −α∇f(x) − γm,      m̃ = m + εṁ,      ẋ = ∇K(m̃) − λx

    It minimises F(x) = αf(x) + (γ/λ)K*(λx); for a norm K: f subject to ‖λx‖_dual ≤ 1. Where K has kinks this is the
    differential inclusion ẋ ∈ ∂K(m̃) − λx, whose solutions slide along the kinks.

    **Arguments:**

    - `K`: a `ConvexFunction`.
    - `alpha`: α > 0, the weight of the gradient, or a function `time -> α(time)` differentiable by JAX.
    - `gamma`: γ ≥ 0, the damping, in 1/time.
    - `epsilon`: ε ≥ 0, the gradient enhancement, a time; εγ ≤ 1.
    - `weight_decay`: λ ≥ 0, in 1/time: what is outside the constraint set approaches it like e^{−λt}. 0: no constraint.

    **Raises:** `ValueError` or `TypeError` naming the argument, its value and the allowed range.

    Source: arXiv 2310.05898, eq. (4) and Theorem 3.1.
    """

    K: ConvexFunction
    alpha: float | Rate
    gamma: float
    epsilon: float
    weight_decay: float

    def __check_init__(self) -> None:
        if not isinstance(self.K, ConvexFunction):
            raise TypeError(f"K must be a lionlab ConvexFunction such as L1Norm(), got {self.K!r}.")
        if not callable(self.alpha):
            check_number("alpha", self.alpha, 0, math.inf, excludes_low=True)
        gamma = check_number("gamma", self.gamma, 0, math.inf)
        epsilon = check_number("epsilon", self.epsilon, 0, math.inf)
        check_number("weight_decay", self.weight_decay, 0, math.inf)
        # εγ = 1 written as a product of two rounded numbers may exceed 1 by their rounding.
        if epsilon * gamma > 1 + 8 * unit_roundoff(np.float64):
            raise ValueError(
                f"epsilon·gamma must be ≤ 1, got {epsilon:g}·{gamma:g} = {epsilon * gamma:g}: beyond it m̃ = "
                "(1−εγ)m − εα∇f would push against the momentum; lower one of them."
            )

    @classmethod
    def from_discrete(cls, method: LionK) -> "LionKFlow":
        """The flow of which `method` is a step of length dt = η: α = γ = (1−β2)/η and ε = η(1−β1)/(1−β2).

        With explicit decay the method is exactly Euler's step of this flow; with implicit decay the same but for the
        decay, taken at the end of the step.

        **Raises:** `ValueError` for a step-size schedule (its flow would change with it) and for β2 = 1.
        """
        if not isinstance(method, LionK):
            raise TypeError(f"method must be a LionK, got {method!r}.")
        if callable(method.step_size):
            raise ValueError("from_discrete needs a constant step_size, got a schedule; every step size has its flow.")
        if method.beta2 == 1:
            raise ValueError("from_discrete needs beta2 < 1, got 1: the momentum would never move (α = γ = 0).")
        rate = (1 - method.beta2) / method.step_size
        return cls(method.K, rate, rate, (1 - method.beta1) / rate, method.weight_decay)

    def to_discrete(self, step_size: float) -> LionK:
        """Euler's step of length dt = `step_size` as a `LionK`: β1 = 1 − εγ, β2 = 1 − γ·dt, explicit decay.

        **Raises:** `ValueError` unless α = γ, which the two-β method forces, and unless γ·dt ≤ 1 and λ·dt ≤ 1.
        """
        if callable(self.alpha) or not math.isclose(self.alpha, self.gamma, rel_tol=8 * unit_roundoff(np.float64)):
            raise ValueError(
                f"to_discrete needs alpha = gamma, got {self.alpha!r} and {self.gamma!r}: both become (1−β2)/step_size."
            )
        length = check_number("step_size", step_size, 0, math.inf)
        if length == 0 or length * self.gamma > 1:
            raise ValueError(f"step_size must be in (0, 1/gamma] = (0, {1 / self.gamma:g}], got {length:g}.")
        beta1 = max(1 - self.epsilon * self.gamma, 0.0)
        return LionK(self.K, length, self.weight_decay, beta1, 1 - self.gamma * length)


class FlowConstants(NamedTuple):
    """The numbers of the flow at one time, as arrays of the run's dtype."""

    alpha: Array
    gamma: Array
    epsilon: Array
    weight_decay: Array

    @property
    def retained(self) -> Array:
        """1 − εγ ≥ 0, the share of m in m̃ = (1−εγ)m − εα∇f."""
        return jnp.maximum(1 - self.epsilon * self.gamma, 0)


def constants_at(flow: LionKFlow, time: Array) -> FlowConstants:
    """The constants of `flow` at `time`, in the dtype of `time`."""
    return FlowConstants(
        alpha_at(flow, time),
        *(jnp.asarray(number, time.dtype) for number in (flow.gamma, flow.epsilon, flow.weight_decay)),
    )


def alpha_at(flow: LionKFlow, time: Array) -> Array:
    """α(time)."""
    return jnp.asarray(flow.alpha(time) if callable(flow.alpha) else flow.alpha, time.dtype)


def alpha_growth(flow: LionKFlow, time: Array) -> Array:
    """dα/dt, by which α(t)f(x) changes although nothing moves; 0 for a number."""
    if not callable(flow.alpha):
        return jnp.zeros_like(time)
    return jax.jvp(lambda t: alpha_at(flow, t), (time,), (jnp.ones_like(time),))[1]


class Motion(NamedTuple):
    """What moves at one time: ẋ, ṁ, and the m̃ and ∇K(m̃) behind them."""

    x_dot: Array
    m_dot: Array
    m_tilde: Array
    direction: Array


def vector_field(K: ConvexFunction, constants: FlowConstants, state: State, gradient: Array) -> Motion:
    """The right-hand side of the flow at (x, m), given g = ∇f(x)."""
    alpha, gamma, epsilon, lam = constants
    x, m = state
    m_dot = -alpha * gradient - gamma * m
    m_tilde = constants.retained * m - epsilon * alpha * gradient  # = m + εṁ, without cancelling εγm
    u = K.selection(m_tilde)
    return Motion(velocity(u, lam, x), m_dot, m_tilde, u)
