"""Textbook flows are Lion-K flows: each named constructor of `lionlab.dynamics` against a textbook written on its own.

gradient flow, heavy ball, Nesterov, Hamiltonian descent, preconditioning, mirror descent, accelerated too: a smooth K
Signum, normalised momentum, sign gradient, Frank–Wolfe, Lion, Muon: a norm
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .. import dynamics
from ..convex import L1Norm, L2Norm, LinfNorm, LogCosh, PseudoHuber, SquaredL2
from ..dynamics import ExponentialWeight, LionKFlow
from ..objectives import Quadratic
from . import _textbook_flows as textbook
from ._claim import Claim
from ._flow_dictionaries import (
    average_rates,
    average_step,
    best_vertex,
    decay_clock,
    frank_wolfe_step,
    logarithmic_clock,
    position,
    position_and_average,
    position_and_momentum,
    position_and_velocity,
    primal,
    second_order_rates,
    sign_step,
    slope_of,
    tanh_mirror,
    velocity_in_textbook_time,
    vertex_sensitivity,
)
from ._flow_examples import DIM, closed_form_examples, entropy_examples, matrix_examples, vector_examples
from ._flow_special_case import claim
from ._special_case import direction_sensitivity, polar_sensitivity, scaled_error, tie_sensitivity
from ._special_flow import SpecialFlow

MILLIONTH = 1 + 1e-6


def _changed(constructor: Callable[..., LionKFlow], **changes: Callable[..., Any]) -> Callable[..., LionKFlow]:
    """A faulty constructor: fields of the right flow replaced by functions of it."""

    def faulty(**arguments: Any) -> LionKFlow:
        right = constructor(**arguments)
        fields = {name: getattr(right, name) for name in ("K", "alpha", "gamma", "epsilon", "weight_decay")}
        return LionKFlow(**{**fields, **{name: change(right) for name, change in changes.items()}})

    return faulty


def _off(name: str) -> dict[str, Callable[[LionKFlow], Any]]:
    """One field off by one part in a million, downwards so that εγ ≤ 1 stays true."""
    return {name: lambda flow: getattr(flow, name) / MILLIONTH}


def _weight(scale: Callable[[float], float], rate: Callable[[float], float]) -> dict[str, Callable[[LionKFlow], Any]]:
    """α(τ) = scale(r)·e^{rate(r)τ}, r read off the right one's rate 2/r."""
    return {"alpha": lambda flow: ExponentialWeight(scale(2 / flow.alpha.rate), rate(2 / flow.alpha.rate))}


SOME_DECAY = {"weight_decay": lambda flow: 1e-6}
GAMMAS = [{"gamma": 1.5}, {"gamma": 0.4}]
AVERAGES = [
    {"gamma": 1.5, "epsilon": 0.3, "weight_decay": 0.8},
    {"gamma": 0.5, "epsilon": 1.0, "weight_decay": 1.5},
]
BALLS = [{"gamma": 0.8, "alpha": 1.0}, {"gamma": 0.1, "alpha": 2.0}]
HESSIANS = [{"gamma": 0.8, "epsilon": 0.5, "alpha": 1.0}, {"gamma": 0.3, "epsilon": 1.2, "alpha": 2.0}]
KINETIC = [{"K": PseudoHuber(0.5), "gamma": 0.7}, {"K": PseudoHuber(0.2), "gamma": 0.0}]
REFERENCES = [{"K": PseudoHuber(0.5)}, {"K": PseudoHuber(0.2)}]
SETS = [
    {"K": L1Norm(), "weight_decay": 0.7}, {"K": LinfNorm(), "weight_decay": 0.3}, {"K": L2Norm(), "weight_decay": 1.5},
]  # fmt: skip
MIRRORS = [{"K": LogCosh(1.0), "averaging": 2.0}, {"K": LogCosh(2.0), "averaging": 3.0}]
NESTEROVS = [{"averaging": 2.0}, {"averaging": 4.0}]


def _nesterov_in_time(averaging: float) -> LionKFlow:
    return dynamics.accelerated_mirror_descent_flow(SquaredL2(), averaging)


SPECIAL_FLOWS: tuple[SpecialFlow, ...] = (
    SpecialFlow(
        "gradient", "gradient flow", "K = ½‖·‖², λ = 0, εγ = 1", "ẋ = −speed·∇f(x)", dynamics.gradient_flow, position,
        lambda t, y, example: (textbook.gradient_flow(y[0], example.gradient, example.arguments["speed"]),),
        partial(scaled_error, 1.0), partial(vector_examples, [{"speed": 1.0}, {"speed": 0.3}]),
        (
            ("the speed off by one part in a million", _changed(dynamics.gradient_flow, **_off("alpha"))),
            ("a momentum of 1e-6 left on", _changed(dynamics.gradient_flow, **_off("epsilon"))),
            ("K = ‖·‖²", _changed(dynamics.gradient_flow, K=lambda flow: SquaredL2(2.0))),
        ),
    ),
    SpecialFlow(
        "heavy-ball", "Polyak's heavy ball ẍ + γẋ + α∇f = 0", "K = ½‖·‖², λ = 0, ε = 0", "Polyak 1964",
        dynamics.heavy_ball_flow, position_and_momentum,
        lambda t, y, example: textbook.heavy_ball(
            y[0], y[1], example.gradient, example.arguments["gamma"], example.arguments["alpha"]),
        partial(scaled_error, 1.0), partial(vector_examples, BALLS),
        (
            ("γ off by one part in a million", _changed(dynamics.heavy_ball_flow, **_off("gamma"))),
            ("α off by one part in a million", _changed(dynamics.heavy_ball_flow, **_off("alpha"))),
            ("an enhancement of 1e-6", _changed(dynamics.heavy_ball_flow, epsilon=lambda flow: 1e-6)),
            ("α = γ, as the two-beta method has it", _changed(dynamics.heavy_ball_flow, alpha=lambda flow: flow.gamma)),
        ),
    ),
    SpecialFlow(
        "nesterov", "Nesterov's flow ẍ + γẋ + εα∇²f ẋ + α∇f = 0", "K = ½‖·‖², λ = 0",
        "Alvarez, Attouch, Bolte, Redont 2002", dynamics.nesterov_flow, position_and_velocity, second_order_rates,
        partial(scaled_error, 1.0), partial(vector_examples, HESSIANS),
        (
            ("ε off by one part in a million", _changed(dynamics.nesterov_flow, **_off("epsilon"))),
            ("γ off by one part in a million", _changed(dynamics.nesterov_flow, **_off("gamma"))),
            ("ε = 0, which is the heavy ball", _changed(dynamics.nesterov_flow, epsilon=lambda flow: 0.0)),
            ("ε where εα belongs", _changed(dynamics.nesterov_flow, epsilon=lambda flow: 0.9 / flow.gamma)),
        ),
    ),
    SpecialFlow(
        "signum", "sign momentum (Signum)", "K = ‖·‖₁, λ = 0, ε = 0, α = γ", "Bernstein et al. 2018, with small steps",
        dynamics.signum_flow, position_and_average, average_rates(textbook.sign_of), tie_sensitivity,
        partial(closed_form_examples, GAMMAS),
        (
            ("εγ = 1, without momentum", _changed(dynamics.signum_flow, epsilon=lambda flow: 1 / flow.gamma)),
            ("γ off by one part in a million", _changed(dynamics.signum_flow, **_off("gamma"))),
            ("α off by one part in a million", _changed(dynamics.signum_flow, **_off("alpha"))),
            ("a weight decay of 1e-6", _changed(dynamics.signum_flow, **SOME_DECAY)),
        ),
        step=average_step(textbook.onto_box),
    ),
    SpecialFlow(
        "normalized-momentum", "normalised momentum", "K = ‖·‖₂, λ = 0, ε = 0, α = γ",
        "Cutkosky and Mehta 2020, with small steps", dynamics.normalized_momentum_flow, position_and_average,
        average_rates(textbook.unit_vector), direction_sensitivity,
        partial(closed_form_examples, GAMMAS, is_isotropic=True),
        (
            ("εγ = 1, without momentum", _changed(
                dynamics.normalized_momentum_flow, epsilon=lambda flow: 1 / flow.gamma)),
            ("γ off by one part in a million", _changed(dynamics.normalized_momentum_flow, **_off("gamma"))),
            ("an enhancement of 1e-6", _changed(dynamics.normalized_momentum_flow, epsilon=lambda flow: 1e-6)),
            ("a weight decay of 1e-6", _changed(dynamics.normalized_momentum_flow, **SOME_DECAY)),
        ),
        step=average_step(textbook.onto_ball),
    ),
    SpecialFlow(
        "sign-gradient", "sign gradient flow", "K = ‖·‖₁, λ = 0, εγ = 1", "ẋ ∈ −sign(∇f(x))",
        dynamics.sign_gradient_flow, position,
        lambda t, y, example: (-textbook.sign_of(example.gradient(y[0])),), tie_sensitivity,
        partial(closed_form_examples, [{}]),
        (
            ("a momentum of ½ left on", _changed(dynamics.sign_gradient_flow, epsilon=lambda flow: 0.5)),
            ("a momentum of 1e-6 left on", _changed(dynamics.sign_gradient_flow, **_off("epsilon"))),
            ("a weight decay of 1e-6", _changed(dynamics.sign_gradient_flow, **SOME_DECAY)),
        ),
        step=sign_step,
    ),
    SpecialFlow(
        "hamiltonian-descent", "dissipative Hamiltonian descent q̇ = ∇k(p), ṗ = −∇f(q) − γp",
        "K = k smooth, ε = 0, λ = 0, α = 1", "Maddison et al. 2018 (arXiv 1809.05042)",
        dynamics.hamiltonian_descent_flow, position_and_momentum,
        lambda t, y, example: textbook.hamiltonian_descent(
            y[0], y[1], example.gradient, float(example.arguments["K"].threshold), example.arguments["gamma"]),
        # √(z²+e²) has slope 1/e at most, and 5 is the largest 1/e here.
        partial(scaled_error, 5.0), partial(vector_examples, KINETIC, run_on="Quadratic"),
        (
            ("a friction of 1e-6 more", _changed(
                dynamics.hamiltonian_descent_flow, gamma=lambda flow: flow.gamma + 1e-6)),
            ("α off by one part in a million", _changed(dynamics.hamiltonian_descent_flow, **_off("alpha"))),
            ("an enhancement of 1e-6", _changed(dynamics.hamiltonian_descent_flow, epsilon=lambda flow: 1e-6)),
            ("the rest mass off by one part in a million", _changed(
                dynamics.hamiltonian_descent_flow, K=lambda flow: PseudoHuber(float(flow.K.threshold) * MILLIONTH))),
        ),
    ),
    SpecialFlow(
        "dual-space-preconditioning", "dual-space preconditioned gradient flow ẋ = −∇k(∇f(x))",
        "K = k smooth and even, λ = 0, εγ = 1, α = γ", "Maddison et al. 2019 (arXiv 1902.02257), with small steps",
        dynamics.dual_space_preconditioning_flow, position,
        lambda t, y, example: (
            -textbook.relativistic_velocity(example.gradient(y[0]), float(example.arguments["K"].threshold)),),
        partial(scaled_error, 5.0), partial(vector_examples, REFERENCES, run_on="Quadratic"),
        (
            ("the threshold off by one part in a million", _changed(
                dynamics.dual_space_preconditioning_flow,
                K=lambda flow: PseudoHuber(float(flow.K.threshold) * MILLIONTH))),
            ("α/γ off by one part in a million", _changed(dynamics.dual_space_preconditioning_flow, **_off("alpha"))),
            ("a momentum of 1e-6 left on", _changed(dynamics.dual_space_preconditioning_flow, **_off("epsilon"))),
        ),
    ),
    SpecialFlow(
        "mirror-descent", "mirror descent with the entropy, d/dt log p = −∇h(p),",
        "K(z) = h(−z), run on f = φ* from ∇φ(p₀), λ = 0, εγ = 1, α = γ", "Nemirovski and Yudin 1983",
        dynamics.mirror_descent_flow, primal,
        lambda t, y, example: (textbook.exponentiated_gradient_flow(y[0], slope_of(example)),),
        # ∇h is Lipschitz with constant 1 here.
        partial(scaled_error, 1.0), entropy_examples,
        (
            ("α/γ off by one part in a million", _changed(dynamics.mirror_descent_flow, **_off("alpha"))),
            ("K(z) = h(z), not reflected", lambda objective: dynamics.mirror_descent_flow(
                Quadratic(objective.matrix, -objective.center))),
            ("a momentum of 1e-6 left on", _changed(dynamics.mirror_descent_flow, **_off("epsilon"))),
            ("a weight decay of 1e-6 in h", lambda objective: dynamics.mirror_descent_flow(
                Quadratic(objective.matrix + 1e-6 * np.eye(DIM), objective.center))),
        ),
    ),
    SpecialFlow(
        "accelerated-mirror-descent", "accelerated mirror descent X' = (r/t)(∇ψ*(Z) − X), Z' = −(t/r)∇f(X)",
        "K = ψ*, γ = ε = 0, λ = 1, α(τ) = e^{2τ/r}/r² at τ = r log t", "Krichene, Bayen, Bartlett 2015",
        dynamics.accelerated_mirror_descent_flow, position_and_momentum,
        lambda t, y, example: textbook.accelerated_mirror_descent(
            t, y[0], y[1], example.gradient, tanh_mirror(example), example.arguments["averaging"]),
        # tanh(bz) has slope b at most.
        partial(scaled_error, 2.0),
        partial(vector_examples, MIRRORS, run_on="Quadratic", textbook_window=(0.5, 5.0)),
        (
            ("α off by one part in a million", _changed(
                dynamics.accelerated_mirror_descent_flow, **_weight(lambda r: MILLIONTH / r**2, lambda r: 2 / r))),
            ("α grows like t^2.000002", _changed(
                dynamics.accelerated_mirror_descent_flow, **_weight(lambda r: 1 / r**2, lambda r: 2 * MILLIONTH / r))),
            ("α without the factor 1/r²", _changed(
                dynamics.accelerated_mirror_descent_flow, **_weight(lambda r: 1.0, lambda r: 2 / r))),
            ("a damping of 1e-6", _changed(dynamics.accelerated_mirror_descent_flow, gamma=lambda flow: 1e-6)),
            ("λ off by one part in a million", _changed(
                dynamics.accelerated_mirror_descent_flow, **_off("weight_decay"))),
        ),
        clock=logarithmic_clock,
    ),
    SpecialFlow(
        "nesterov-in-time", "Nesterov's equation X″ + ((r+1)/t)X' + ∇f(X) = 0",
        "K = ½‖·‖², γ = ε = 0, λ = 1, α(τ) = e^{2τ/r}/r² at τ = r log t", "Su, Boyd, Candès 2014 (arXiv 1503.01243)",
        _nesterov_in_time, velocity_in_textbook_time,
        lambda t, y, example: textbook.nesterov_in_time(
            t, y[0], y[1], example.gradient, example.arguments["averaging"]),
        partial(scaled_error, 1.0),
        partial(vector_examples, NESTEROVS, run_on="Quadratic", textbook_window=(0.5, 5.0)),
        (
            ("α off by one part in a million", _changed(
                _nesterov_in_time, **_weight(lambda r: MILLIONTH / r**2, lambda r: 2 / r))),
            ("r for r+1: α = e^{2τ/r}/(r−1)²", _changed(
                _nesterov_in_time, **_weight(lambda r: 1 / (r - 1) ** 2, lambda r: 2 / r))),
            ("an enhancement of 1e-6", _changed(_nesterov_in_time, epsilon=lambda flow: 1e-6)),
            ("λ off by one part in a million", _changed(_nesterov_in_time, **_off("weight_decay"))),
        ),
        clock=logarithmic_clock,
    ),
    SpecialFlow(
        "frank-wolfe", "the Frank–Wolfe flow x' = v(x) − x over a box, a cross-polytope or a ball",
        "K its support function, εγ = 1, time λτ, oracle ∇K(−∇f)/λ", "Jacimovic and Geary 1999",
        dynamics.frank_wolfe_flow, position,
        lambda t, y, example: (textbook.conditional_gradient(y[0], best_vertex(
            example.arguments["K"], example.gradient(y[0]), example.arguments["weight_decay"])),),
        vertex_sensitivity, partial(closed_form_examples, SETS, is_isotropic=True),
        (
            ("λ off by one part in a million", _changed(dynamics.frank_wolfe_flow, **_off("weight_decay"))),
            ("a momentum of ½ left on", _changed(dynamics.frank_wolfe_flow, epsilon=lambda flow: 0.5 / flow.gamma)),
            ("a momentum of 1e-6 left on", _changed(dynamics.frank_wolfe_flow, **_off("epsilon"))),
            ("no decay", _changed(dynamics.frank_wolfe_flow, weight_decay=lambda flow: 0.0)),
        ),
        clock=decay_clock, step=frank_wolfe_step,
    ),
    SpecialFlow(
        "lion", "Lion", "K = ‖·‖₁, α = γ", "Chen et al., arXiv 2302.06675, with small steps", dynamics.lion_flow,
        position_and_average, average_rates(textbook.sign_of), tie_sensitivity,
        partial(closed_form_examples, AVERAGES),
        (
            ("ε = 0, Signum with decay", _changed(dynamics.lion_flow, epsilon=lambda flow: 0.0)),
            ("ε off by one part in a million", _changed(dynamics.lion_flow, **_off("epsilon"))),
            ("γ off by one part in a million", _changed(dynamics.lion_flow, **_off("gamma"))),
            ("λ off by one part in a million", _changed(dynamics.lion_flow, **_off("weight_decay"))),
        ),
        step=average_step(textbook.onto_box),
    ),
    SpecialFlow(
        "muon", "Muon with weight decay and the exact polar factor", "K the nuclear norm, α = γ",
        "Jordan et al. 2024, with small steps; Liu et al., arXiv 2502.16982", dynamics.muon_flow, position_and_average,
        average_rates(textbook.polar_factor), polar_sensitivity, partial(matrix_examples, AVERAGES),
        (
            ("ε = 0, without Nesterov's second average", _changed(dynamics.muon_flow, epsilon=lambda flow: 0.0)),
            ("ε off by one part in a million", _changed(dynamics.muon_flow, **_off("epsilon"))),
            ("α off by one part in a million", _changed(dynamics.muon_flow, **_off("alpha"))),
            ("λ off by one part in a million", _changed(dynamics.muon_flow, **_off("weight_decay"))),
        ),
        step=average_step(textbook.onto_spectral_ball),
    ),
)  # fmt: skip
"""Every flow of the paper's family that has a name."""

CLAIMS: tuple[Claim, ...] = tuple(claim(special) for special in SPECIAL_FLOWS)
