"""The dictionary between the two-β method and the flow: with explicit decay the method is Euler's step of the flow.

    dt = η,    α = γ = (1−β2)/η,    ε = η(1−β1)/(1−β2)

so that εγ = 1−β1, and m̃ − m⁺ = (ε−η)ṁ with (ε−η)γ = β2−β1: β1 ≤ β2 says that the gradient enhancement that is left
after the step of the momentum is not negative. The flow's c = (1−εγ)/(1+ελ) is α times the method's c, explicit decay.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, Huber, LogCosh
from ..dynamics import FlowConstants, LionK, LionKFlow, State, vector_field
from ..precision import double_precision
from ._cases import ORDERED_BETAS, RATES, REVERSED_BETAS
from ._claim import Claim, Measurement, Run, Wrong

UNIT = 2.0**-53
SIZES = np.array([[1e-3], [1.0], [40.0]])
THRESHOLD, SHARPNESS = 0.25, 2.0


class Kind(NamedTuple):
    """A smooth K, its gradient in plain NumPy, and how steep that gradient is at most."""

    K: ConvexFunction
    slope: Callable[[np.ndarray], np.ndarray]
    steepness: float


KINDS = (
    Kind(Huber(THRESHOLD), lambda z: np.clip(z / THRESHOLD, -1, 1), 1 / THRESHOLD),
    Kind(LogCosh(SHARPNESS), lambda z: np.tanh(SHARPNESS * z), SHARPNESS),
)


class Case(NamedTuple):
    """One method of explicit decay."""

    kind: Kind
    method: LionK

    @property
    def rates(self) -> tuple[float, float, float, float]:
        """(η, λ, β1, β2)."""
        method = self.method
        return float(method.step_size), method.weight_decay, method.beta1, method.beta2  # type: ignore[arg-type]


Dictionary = Callable[[LionK], tuple[float, float, float]]


def of_the_library(method: LionK) -> tuple[float, float, float]:
    """(α, γ, ε) as `LionKFlow.from_discrete` has them."""
    flow = LionKFlow.from_discrete(method)
    return float(flow.alpha), flow.gamma, flow.epsilon  # type: ignore[arg-type]


def cases(run: Run) -> Sequence[Case]:
    """Two smooth K × (η, λ) × (β1, β2) on both sides of β1 = β2."""
    kinds = KINDS[:1] if run.is_quick else KINDS
    betas = (*ORDERED_BETAS, *REVERSED_BETAS, (1.0, 0.5))
    return [Case(kind, LionK(kind.K, *rates, *beta)) for kind in kinds for rates in RATES for beta in betas]


def measure(cases: Sequence[Case], run: Run, subject: Dictionary) -> Measurement:
    """The largest difference between the method, in plain NumPy, and Euler's step of the flow, over its rounding."""
    rng = np.random.default_rng(run.seed)
    found = []
    for case in cases:
        x, m, g = SIZES * rng.normal(size=(3, 3, 8))
        ratio = max(_euler_error(case, subject, x, m, g), _way_back_error(case, subject))
        found.append((ratio, case))
    ratio, case = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"K": repr(case.kind.K), "(η, λ, β1, β2)": list(case.rates)})


def _euler_error(case: Case, subject: Dictionary, x: np.ndarray, m: np.ndarray, g: np.ndarray) -> float:
    eta, lam, beta1, beta2 = case.rates
    alpha, gamma, epsilon = subject(case.method)
    with double_precision():
        constants = FlowConstants(*(jnp.asarray(number, jnp.float64) for number in (alpha, gamma, epsilon, lam)))
        arrays = [jnp.asarray(array, jnp.float64) for array in (x, m, g)]
        motion = vector_field(case.kind.K, constants, State(*arrays[:2]), arrays[2])
        x_dot, m_dot, m_tilde = (np.asarray(array) for array in motion[:3])
    look_ahead = beta1 * m - (1 - beta1) * g
    u = case.kind.slope(look_ahead)
    # 16 roundings at most lie between the constants and either form; ∇K magnifies what m̃ is off by its steepness.
    sizes = np.abs(m) + np.abs(g)
    steepness = case.kind.steepness
    pairs = (
        (m_tilde, look_ahead, 16 * UNIT * sizes),
        (m + eta * m_dot, beta2 * m - (1 - beta2) * g, 16 * UNIT * sizes),
        (x + eta * x_dot, x + eta * (u - lam * x), 16 * UNIT * (np.abs(x) + eta * (1 + steepness * sizes))),
    )
    return max(float(np.max(np.abs(left - right) / bound)) for left, right, bound in pairs)


def _way_back_error(case: Case, subject: Dictionary) -> float:
    """`to_discrete` undoes the dictionary: β1 = 1 − εγ and β2 = 1 − γη."""
    eta, lam, beta1, beta2 = case.rates
    alpha, gamma, epsilon = subject(case.method)
    try:
        back = LionKFlow(case.kind.K, alpha, gamma, epsilon, lam).to_discrete(eta)
    except ValueError:  # only a wrong dictionary leads outside εγ ≤ 1, γη ≤ 1, α = γ
        return np.inf
    return max(abs(back.beta1 - beta1), abs(back.beta2 - beta2)) / (16 * UNIT)


def _with(of: Callable[[float, float, float], tuple[float, float, float]]) -> Dictionary:
    """The dictionary (η, β1, β2) ↦ (α, γ, ε)."""
    return lambda method: of(float(method.step_size), method.beta1, method.beta2)  # type: ignore[arg-type]


CLAIMS = (
    Claim(
        id="discrete-is-euler",
        statement=(
            "With dt = η, α = γ = (1−β2)/η and ε = η(1−β1)/(1−β2) the two-β method with explicit decay is Euler's step "
            "of the flow, for every K, f and β2 < 1; β1 = 1 − εγ and β2 = 1 − γη lead back."
        ),
        source="arXiv 2310.05898, eq. (1)–(4); derived here",
        hypotheses=(),
        observable="largest difference between m̃, m⁺, x⁺, β1, β2 of the two, in units of their rounding",
        tolerance=(
            "1: at most 16 roundings of the sizes of all that is added on either side, and for x⁺ those of m̃ "
            "magnified by how steep ∇K is; hence Lipschitz ∇K are measured."
        ),
        cases=cases,
        measure=measure,
        subject=of_the_library,
        wrongs=(
            Wrong("ε = η(1−β1), without the division by 1−β2", _with(
                lambda eta, beta1, beta2: ((1 - beta2) / eta, (1 - beta2) / eta, eta * (1 - beta1)))),
            Wrong("α = γ = 1−β2, without the division by η", _with(
                lambda eta, beta1, beta2: (1 - beta2, 1 - beta2, (1 - beta1) / (1 - beta2)))),
            Wrong("ε = η(1−β1)/(1−β2) − η, what is left after the step of the momentum", _with(
                lambda eta, beta1, beta2: ((1 - beta2) / eta, (1 - beta2) / eta, eta * (beta2 - beta1) / (1 - beta2)))),
            Wrong("ε = ηβ1/(1−β2), the other weight of m̃", _with(
                lambda eta, beta1, beta2: ((1 - beta2) / eta, (1 - beta2) / eta, eta * beta1 / (1 - beta2)))),
            Wrong("ε too large by a relative 1e-9", _with(lambda eta, beta1, beta2: (
                (1 - beta2) / eta, (1 - beta2) / eta, (1 + 1e-9) * eta * (1 - beta1) / (1 - beta2)))),
        ),
    ),
)  # fmt: skip
