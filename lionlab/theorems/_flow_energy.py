"""H of the flow and its two rates once more, in plain NumPy, where any constant can be made wrong.

H = αf + (γ/λ+c)K*(λx) + c[K(m) − ⟨λx, m⟩],   −dH/dt = (γ+cλ)⟨u − λx, m̃ − z⟩ + c⟨u − w, ṁ⟩,   c = (1−εγ)/(1+ελ)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ._flow_cases import FlowCase
from ._flow_runs import Pieces


class Numbers(NamedTuple):
    """α, γ, ε, λ of a flow."""

    alpha: float
    gamma: float
    epsilon: float
    weight_decay: float


def bracket_weight(numbers: Numbers) -> float:
    """c = (1−εγ)/(1+ελ)."""
    _, gamma, epsilon, lam = numbers
    return max(1 - epsilon * gamma, 0.0) / (1 + epsilon * lam)


def alignment_weight(numbers: Numbers, c: float) -> float:
    """γ + cλ."""
    return numbers.gamma + c * numbers.weight_decay


@dataclass(frozen=True)
class Formula:
    """How c, γ+cλ and the coefficient of Δ2 are computed, and factors on single terms of H; the theorem by default."""

    c: Callable[[Numbers], float] = bracket_weight
    first: Callable[[Numbers, float], float] = alignment_weight
    second: Callable[[Numbers, float], float] = lambda numbers, c: c
    penalty: float = 1.0  # on γ/λ + c
    coupling: float = 1.0  # on ⟨λx, m⟩
    loss: float = 1.0  # on αf
    is_at_look_ahead: bool = False  # ∇K(m̃) in place of ∇K(m) in the second rate
    is_at_momentum: bool = False  # m in place of m̃ in the first rate


THEOREM = Formula()


def numbers_of(case: FlowCase) -> Numbers:
    """The constants of a case, α being one."""
    flow = case.flow
    return Numbers(float(flow.alpha), flow.gamma, flow.epsilon, flow.weight_decay)  # type: ignore[arg-type]


def energy(case: FlowCase, p: Pieces, x: np.ndarray, m: np.ndarray, formula: Formula = THEOREM) -> np.ndarray:
    """H at states (N, …), an array (N,)."""
    numbers = numbers_of(case)
    alpha, gamma, _, lam = numbers
    c = formula.c(numbers)
    penalty = formula.penalty * (gamma / lam + c) * p.K_star if lam > 0 else 0.0
    return formula.loss * alpha * p.f + penalty + c * (p.K - formula.coupling * lam * inner(x, m))


def rates(case: FlowCase, p: Pieces, x: np.ndarray, m: np.ndarray, formula: Formula = THEOREM) -> np.ndarray:
    """The two rates at which H falls, an array (2, N)."""
    numbers = numbers_of(case)
    c = formula.c(numbers)
    ahead = m if formula.is_at_momentum else p.m_tilde
    w = p.u if formula.is_at_look_ahead else p.w
    delta1 = inner(p.x_dot, ahead - p.z)
    return np.stack([formula.first(numbers, c) * delta1, formula.second(numbers, c) * inner(p.u - w, p.m_dot)])


def inner(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """⟨a_i, b_i⟩ for every i of the first axis."""
    return np.sum((a * b).reshape(len(a), -1), axis=1)
