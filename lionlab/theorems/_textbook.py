"""Textbook optimizers in NumPy, one step each, written from their own papers: nothing here knows of Lion-K.

Each takes the gradient at hand (`g`, or the function `gradient` where the method chooses its own point) and returns the
method's next state. Momentum buffers b have the textbook's sign: they track +∇f.
"""

import itertools
from collections.abc import Callable

import numpy as np

Gradient = Callable[[np.ndarray], np.ndarray]


def gradient_descent(x: np.ndarray, g: np.ndarray, learning_rate: float) -> np.ndarray:
    return x - learning_rate * g


def polyak_heavy_ball(
    x: np.ndarray, x_before: np.ndarray, g: np.ndarray, learning_rate: float, momentum: float
) -> np.ndarray:
    """Polyak 1964, eq. (9): the last displacement goes on, damped."""
    return x - learning_rate * g + momentum * (x - x_before)


def nesterov_momentum(
    theta: np.ndarray, v: np.ndarray, gradient: Gradient, learning_rate: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sutskever, Martens, Dahl, Hinton 2013, eq. (3)–(4): the gradient is taken where the velocity leads."""
    v_next = momentum * v - learning_rate * gradient(theta + momentum * v)
    return theta + v_next, v_next


def averaged(b: np.ndarray, g: np.ndarray, momentum: float) -> np.ndarray:
    """An exponential moving average of gradients."""
    return momentum * b + (1 - momentum) * g


def signum(
    x: np.ndarray, b: np.ndarray, g: np.ndarray, learning_rate: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """Bernstein, Wang, Azizzadenesheli, Anandkumar 2018, algorithm 2."""
    b_next = averaged(b, g, momentum)
    return x - learning_rate * np.sign(b_next), b_next


def normalized_momentum(
    x: np.ndarray, b: np.ndarray, g: np.ndarray, learning_rate: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """Cutkosky and Mehta 2020, algorithm 1."""
    b_next = averaged(b, g, momentum)
    return x - learning_rate * b_next / np.sqrt(np.sum(b_next * b_next)), b_next


def sign_descent(x: np.ndarray, g: np.ndarray, learning_rate: float) -> np.ndarray:
    return x - learning_rate * np.sign(g)


def dual_space_preconditioned(x: np.ndarray, g: np.ndarray, learning_rate: float, threshold: float) -> np.ndarray:
    """Maddison, Paulin, Teh, Doucet 2019, eq. (4), with the relativistic kinetic energy √(‖·‖²+e²) per coordinate."""
    return x - learning_rate * g / np.sqrt(g * g + threshold * threshold)


def exponentiated_gradient(p: np.ndarray, g: np.ndarray, learning_rate: float) -> np.ndarray:
    """Kivinen and Warmuth 1997: mirror descent for the entropy Σ p log p − p, whose mirror map is the logarithm."""
    return p * np.exp(-learning_rate * g)


def conditional_gradient(x: np.ndarray, g: np.ndarray, vertices: np.ndarray, step_fraction: float) -> np.ndarray:
    """Frank and Wolfe 1956 over the polytope with these vertices: try them all, go towards the best."""
    best = vertices[np.argmin(vertices @ g)]
    return (1 - step_fraction) * x + step_fraction * best


def lion(
    x: np.ndarray, b: np.ndarray, g: np.ndarray, learning_rate: float, weight_decay: float, beta1: float, beta2: float
) -> tuple[np.ndarray, np.ndarray]:
    """Chen et al. 2023, program 1."""
    update = np.sign(beta1 * b + (1 - beta1) * g) + weight_decay * x
    return x - learning_rate * update, beta2 * b + (1 - beta2) * g


def muon(
    X: np.ndarray, B: np.ndarray, G: np.ndarray, learning_rate: float, weight_decay: float, momentum: float
) -> tuple[np.ndarray, np.ndarray]:
    """Jordan et al. 2024 with the exact polar factor for Newton–Schulz, and the decoupled decay of Liu et al. 2025."""
    B_next = averaged(B, G, momentum)
    left, _, right = np.linalg.svd(averaged(B_next, G, momentum), full_matrices=False)
    return (1 - learning_rate * weight_decay) * X - learning_rate * (left @ right), B_next


def box_vertices(dim: int, half_width: float) -> np.ndarray:
    """The 2^d corners of ‖v‖∞ ≤ half_width."""
    return half_width * np.array(list(itertools.product((-1.0, 1.0), repeat=dim)))


def cross_polytope_vertices(dim: int, half_width: float) -> np.ndarray:
    """The 2d corners of ‖v‖₁ ≤ half_width."""
    return half_width * np.concatenate([np.eye(dim), -np.eye(dim)])


def k_sparse_vertices(dim: int, k: int, half_width: float) -> np.ndarray:
    """The corners of ‖v‖∞ ≤ half_width, ‖v‖₁ ≤ k·half_width: k entries ±half_width, the others 0."""
    corners = []
    for support in itertools.combinations(range(dim), k):
        for signs in itertools.product((-1.0, 1.0), repeat=k):
            corner = np.zeros(dim)
            corner[list(support)] = signs
            corners.append(half_width * corner)
    return np.array(corners)
