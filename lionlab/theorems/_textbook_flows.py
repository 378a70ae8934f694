"""Textbook flows in NumPy, written from their own papers: nothing here knows of Lion-K.

The first half gives rates of change; momentum buffers b have the textbook's sign, they track +∇f. The second half gives
implicit Euler steps of the inclusions, for f(x) = ½Σ aᵢ(xᵢ−cᵢ)², where they can be solved by hand: what multiplies
the unknown direction σ is then a number, or diagonal, and σ is the projection of the rest on the directions allowed.
"""

from collections.abc import Callable

import numpy as np

Gradient = Callable[[np.ndarray], np.ndarray]
Hessian = Callable[[np.ndarray], np.ndarray]
Projection = Callable[[np.ndarray], np.ndarray]


def gradient_flow(x: np.ndarray, gradient: Gradient, speed: float) -> np.ndarray:
    return -speed * gradient(x)


def heavy_ball(
    x: np.ndarray, v: np.ndarray, gradient: Gradient, friction: float, force: float
) -> tuple[np.ndarray, np.ndarray]:
    """Polyak 1964: a ball in the potential f, with friction: ẍ = −friction·ẋ − force·∇f(x)."""
    return v, -friction * v - force * gradient(x)


def nesterov_with_hessian(
    x: np.ndarray, v: np.ndarray, gradient: Gradient, hessian: Hessian, friction: float, damping: float, force: float
) -> tuple[np.ndarray, np.ndarray]:
    """Alvarez, Attouch, Bolte, Redont 2002: ẍ = −friction·ẋ − damping·∇²f(x)ẋ − force·∇f(x)."""
    return v, -friction * v - damping * hessian(x) @ v - force * gradient(x)


def averaged(b: np.ndarray, g: np.ndarray, rate: float) -> np.ndarray:
    """ḃ of the exponential average of gradients."""
    return rate * (g - b)


def sign_of(b: np.ndarray) -> np.ndarray:
    """One element of the set-valued sign."""
    return np.sign(b)


def unit_vector(b: np.ndarray) -> np.ndarray:
    return b / np.sqrt(np.sum(b * b))


def polar_factor(B: np.ndarray) -> np.ndarray:
    """UVᵀ of B = UΣVᵀ, which is B(BᵀB)^{−1/2}."""
    left, _, right = np.linalg.svd(B, full_matrices=False)
    return left @ right


def averaged_direction(
    direction: Callable[[np.ndarray], np.ndarray], x: np.ndarray, b: np.ndarray, g: np.ndarray,
    rate: float, share: float, decay: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Signum, normalised momentum, Lion, Muon: ẋ = −direction((1−share)b + share·∇f) − decay·x, ḃ = rate(∇f − b)."""
    return -direction((1 - share) * b + share * g) - decay * x, averaged(b, g, rate)


def relativistic_velocity(p: np.ndarray, rest_mass: float) -> np.ndarray:
    """∇ of the kinetic energy Σ√(pᵢ²+rest_mass²), of Maddison et al. 2018."""
    return p / np.sqrt(p * p + rest_mass * rest_mass)


def hamiltonian_descent(
    q: np.ndarray, p: np.ndarray, gradient: Gradient, rest_mass: float, friction: float
) -> tuple[np.ndarray, np.ndarray]:
    """Maddison, Paulin, Teh, O'Donoghue, Doucet 2018: q̇ = ∇k(p), ṗ = −∇f(q) − friction·p."""
    return relativistic_velocity(p, rest_mass), -gradient(q) - friction * p


def exponentiated_gradient_flow(p: np.ndarray, slope: Gradient) -> np.ndarray:
    """Mirror descent for the entropy Σ p log p − p: d/dt log p = −∇h(p). Nemirovski and Yudin 1983."""
    return -p * slope(p)


def accelerated_mirror_descent(
    t: float, X: np.ndarray, Z: np.ndarray, gradient: Gradient, mirror: Callable[[np.ndarray], np.ndarray], r: float
) -> tuple[np.ndarray, np.ndarray]:
    """Krichene, Bayen, Bartlett 2015: X' = (r/t)(∇ψ*(Z) − X), Z' = −(t/r)∇f(X); `mirror` is ∇ψ*."""
    return (r / t) * (mirror(Z) - X), -(t / r) * gradient(X)


def nesterov_in_time(t: float, X: np.ndarray, V: np.ndarray, gradient: Gradient, r: float) -> tuple[np.ndarray, ...]:
    """Su, Boyd, Candès 2014: X″ + ((r+1)/t)X' + ∇f(X) = 0."""
    return V, -(r + 1) / t * V - gradient(X)


def conditional_gradient(x: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Jacimovic and Geary 1999: x' = v − x for the best v of the set along −∇f(x)."""
    return best - x


def onto_box(v: np.ndarray, half_width: float = 1.0) -> np.ndarray:
    return np.clip(v, -half_width, half_width)


def onto_ball(v: np.ndarray, radius: float = 1.0) -> np.ndarray:
    return v * min(1.0, radius / max(float(np.sqrt(np.sum(v * v))), np.finfo(float).tiny))


def onto_cross_polytope(v: np.ndarray, radius: float = 1.0) -> np.ndarray:
    """The nearest point of ‖·‖₁ ≤ radius (Held, Wolfe, Crowder 1974): soft thresholding until the sum fits."""
    sizes = np.sort(np.abs(v))[::-1]
    if sizes.sum() <= radius:
        return v
    thresholds = (np.cumsum(sizes) - radius) / np.arange(1, len(v) + 1)
    threshold = thresholds[np.flatnonzero(sizes > thresholds)[-1]]
    return np.sign(v) * np.maximum(np.abs(v) - threshold, 0)


def onto_spectral_ball(V: np.ndarray) -> np.ndarray:
    """The nearest matrix with no singular value above 1."""
    left, values, right = np.linalg.svd(V, full_matrices=False)
    return (left * np.minimum(values, 1)) @ right


def averaged_direction_step(
    x: np.ndarray, b: np.ndarray, h: float, curvature: np.ndarray | float, center: np.ndarray, onto: Projection,
    rate: float, share: float, decay: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """(x⁺, b⁺, σ): x⁺ = x + h(−σ − decay·x⁺), b⁺ = b + h·rate(g⁺ − b⁺), σ ∈ direction((1−share)b⁺ + share·g⁺).

    The argument is P − Qσ: σ is a direction of it exactly when σ is the point of the unit ball nearest to P/Q.
    """
    kept = (1 - share) / (1 + h * rate)
    entered = kept * h * rate + share
    P = kept * b + entered * curvature * (x / (1 + h * decay) - center)
    sigma = onto(P / (entered * curvature * h / (1 + h * decay)))
    x_next = (x - h * sigma) / (1 + h * decay)
    return x_next, (b + h * rate * curvature * (x_next - center)) / (1 + h * rate), sigma


def sign_gradient_step(x: np.ndarray, h: float, center: np.ndarray) -> np.ndarray:
    """x⁺ = x − hσ, σ ∈ sign(a(x⁺−c)): towards c at unit speed, and there it stays."""
    return center + np.sign(x - center) * np.maximum(np.abs(x - center) - h, 0)


def conditional_gradient_step(x: np.ndarray, h: float, center: np.ndarray, onto: Projection) -> np.ndarray:
    """x⁺ = x + h(v − x⁺), v the best of the set along −a(x⁺−c): v = onto(the v that would put x⁺ on c)."""
    return (x + h * onto(((1 + h) * center - x) / h)) / (1 + h)
