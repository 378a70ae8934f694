"""The dictionaries between textbook flows and Lion-K flows: states, clocks, rates and implicit steps, carried over."""

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, L1Norm, L2Norm, LinfNorm
from . import _textbook_flows as textbook
from ._flow_examples import DIM
from ._special_case import direction_sensitivity, tie_sensitivity
from ._special_flow import Example
from ._textbook import box_vertices, cross_polytope_vertices

Rates = tuple[np.ndarray, ...]


def position(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = x: the momentum is not used."""
    return (x,)


def position_and_momentum(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = (x, m)."""
    return x, m


def position_and_average(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = (x, b) with b = −m."""
    return x, -m


def position_and_velocity(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = (x, v) with v = (1−εγ)m − εα∇f(x)."""
    epsilon = arguments["epsilon"]
    return x, (1 - epsilon * arguments["gamma"]) * m - epsilon * arguments["alpha"] * slope(x)


def velocity_in_textbook_time(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = (X, X') with X' = (r/t)(Z − X) at t = e^{τ/r}."""
    r = arguments["averaging"]
    return x, r * jnp.exp(-time / r) * (m - x)


def primal(time: Any, x: Any, m: Any, slope: Any, arguments: Any) -> tuple[Any, ...]:
    """y = p = ∇φ*(x), for the entropy."""
    return (jnp.exp(x),)


def logarithmic_clock(arguments: Mapping[str, Any], time: float) -> tuple[float, float]:
    """t = e^{τ/r}, dt/dτ = t/r."""
    t = float(np.exp(time / arguments["averaging"]))
    return t, t / arguments["averaging"]


def decay_clock(arguments: Mapping[str, Any], time: float) -> tuple[float, float]:
    """t = λτ."""
    return arguments["weight_decay"] * time, arguments["weight_decay"]


def average_rates(direction: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Rates]:
    def rates(t: float, y: Rates, example: Example) -> Rates:
        rate, share, decay = _averaging(example.arguments)
        return textbook.averaged_direction(direction, y[0], y[1], example.gradient(y[0]), rate, share, decay)

    return rates


def _averaging(arguments: Mapping[str, Any]) -> tuple[float, float, float]:
    """(rate, share of the gradient, decay)."""
    gamma = arguments["gamma"]
    return gamma, gamma * arguments.get("epsilon", 0.0), arguments.get("weight_decay", 0.0)


def average_step(onto: textbook.Projection) -> Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]:
    def step(example: Example, x: np.ndarray, m: np.ndarray, h: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        assert example.by_hand is not None
        a, c, _ = example.by_hand
        x_next, b_next, sigma = textbook.averaged_direction_step(x, -m, h, a, c, onto, *_averaging(example.arguments))
        return x_next, -b_next, -sigma

    return step


def sign_step(example: Example, x: np.ndarray, m: np.ndarray, h: float) -> tuple[np.ndarray, None, np.ndarray]:
    assert example.by_hand is not None
    x_next = textbook.sign_gradient_step(x, h, example.by_hand.center)
    return x_next, None, (x_next - x) / h


def best_vertex(K: ConvexFunction, g: np.ndarray, decay: float) -> np.ndarray:
    if isinstance(K, L2Norm):
        return -textbook.unit_vector(g) / decay
    corners = (box_vertices if isinstance(K, L1Norm) else cross_polytope_vertices)(DIM, 1 / decay)
    return corners[np.argmin(corners @ g)]


def frank_wolfe_step(example: Example, x: np.ndarray, m: np.ndarray, h: float) -> tuple[np.ndarray, None, np.ndarray]:
    assert example.by_hand is not None
    decay, K = example.arguments["weight_decay"], example.arguments["K"]
    kinds = {L1Norm: textbook.onto_box, LinfNorm: textbook.onto_cross_polytope, L2Norm: textbook.onto_ball}
    length = h * decay
    x_next = textbook.conditional_gradient_step(
        x, length, example.by_hand.center, lambda v: kinds[type(K)](v, 1 / decay)
    )
    return x_next, None, (x_next - x) / h + decay * x_next


def vertex_sensitivity(m_tilde: np.ndarray, error: float) -> np.ndarray:
    """The best point stays where it is but for near ties, and moves as fast as on the ball at most elsewhere."""
    magnitude = np.sort(np.abs(m_tilde))
    is_tied = magnitude[-1] - magnitude[-2] <= 2 * error
    return tie_sensitivity(m_tilde, error) + 2.0 * is_tied + direction_sensitivity(m_tilde, error)


def second_order_rates(t: float, y: Rates, example: Example) -> Rates:
    arguments = example.arguments
    assert example.hessian is not None
    damping = arguments["epsilon"] * arguments["alpha"]
    return textbook.nesterov_with_hessian(
        y[0], y[1], example.gradient, example.hessian, arguments["gamma"], damping, arguments["alpha"]
    )


def slope_of(example: Example) -> Callable[[np.ndarray], np.ndarray]:
    """∇h of mirror descent's objective."""
    h = example.arguments["objective"]
    return lambda p: h.matrix @ (p - h.center)


def tanh_mirror(example: Example) -> Callable[[np.ndarray], np.ndarray]:
    sharpness = float(example.arguments["K"].sharpness)
    return lambda z: np.tanh(sharpness * z)
