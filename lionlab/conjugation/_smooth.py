"""K* of a smooth K: solve ∇K(z) = y, then ⟨y, z⟩ − K(z) is a lower bound and K*(∇K(z)) + a ball at y an upper one."""

import math

import numpy as np

from ._cuts import Ball, Cuts, displaced, inscribed_ball, lower_bound, miss_of, regular_simplex, upper_bound
from ._linear_program import best_upper_bound
from ._oracle import ConvexOracle


def stationary_point(
    oracle: ConvexOracle, y: np.ndarray, start: np.ndarray, tolerance: float, *, ridge: float = 0.0, steps: int = 60
) -> np.ndarray:
    """A z with ∇K(z) + ridge·z = y up to `tolerance` in the Euclidean norm, or the best found.

    A quasi-Newton search far from the solution and damped Newton steps near it; where K* has no finite maximiser the
    search runs off to infinity and returns the z that went farthest before it stalled.
    """
    from scipy.optimize import minimize

    def objective(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, g = oracle.at(z)
        return value + ridge / 2 * float(z @ z) - float(y @ z), g + ridge * z - y

    options = {"maxiter": 400, "maxfun": 800, "ftol": 0.0, "gtol": max(tolerance, 1e-9), "maxcor": 20}
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x
    return _newton(oracle, y, found if np.all(np.isfinite(found)) else start, tolerance, ridge, steps)


def _newton(
    oracle: ConvexOracle, y: np.ndarray, z: np.ndarray, tolerance: float, ridge: float, steps: int
) -> np.ndarray:
    """Levenberg–Marquardt steps on ∇K(z) + ridge·z = y, accepted only where the residual shrinks."""
    identity = np.eye(len(y))
    residual = y - ridge * z - oracle.at(z)[1]
    size, damping = float(np.linalg.norm(residual)), 0.0
    for _ in range(steps):
        if not size > tolerance:
            break
        curvature = second_derivative(oracle, z) + ridge * identity
        scale = float(np.trace(curvature)) / len(y)
        step = _solve(curvature + damping * scale * identity, residual)
        trial = z + step
        if not np.all(np.isfinite(trial)):
            break
        trial_residual = y - ridge * trial - oracle.at(trial)[1]
        trial_size = float(np.linalg.norm(trial_residual))
        if trial_size < size:
            z, residual, size, damping = trial, trial_residual, trial_size, damping / 10
        elif damping > 1e8:
            break
        else:
            damping = max(10 * damping, 1e-6)
    return z


def second_derivative(oracle: ConvexOracle, z: np.ndarray) -> np.ndarray:
    """∇²K(z), by central differences of ∇K where the oracle has none to give."""
    if oracle.hessian is not None:
        curvature = oracle.hessian(z)
        if np.all(np.isfinite(curvature)):  # a derivative of a singular value decomposition is not, at ties
            return curvature
    h = 6e-6 * (1 + float(np.linalg.norm(z)))
    shifts = h * np.eye(len(z))
    g = oracle.evaluate(np.concatenate([z + shifts, z - shifts]))[1]
    curvature = (g[: len(z)] - g[len(z) :]) / (2 * h)
    return (curvature + curvature.T) / 2


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        solution = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        solution = np.full_like(right, math.nan)
    if np.all(np.isfinite(solution)) or not np.all(np.isfinite(matrix)):
        return solution
    return np.linalg.lstsq(matrix, right, rcond=None)[0]


def balls_near(oracle: ConvexOracle, z: np.ndarray, cuts: Cuts, far: Ball | None) -> list[Ball]:
    """Balls inside dom K* around ∇K(z), from gradients around z; the farther ones are larger and higher."""
    d = oracle.size
    simplex = regular_simplex(d)
    y = oracle.at(z)[1]
    inverse = _solve(second_derivative(oracle, z) + 1e-300 * np.eye(d), np.eye(d))
    reach = 1 + float(np.linalg.norm(z))
    shapes = [simplex @ inverse.T * (size * max(float(np.linalg.norm(y)), 1e-3)) for size in (1e-1, 1e-3, 1e-5)]
    shapes += [simplex * (reach * size) for size in (1.0, 1e-2)]
    balls = [far] if far is not None else []
    for shape in shapes:
        before = len(cuts)
        if np.all(np.abs(shape) <= 1e6 * reach):
            cuts.add(z + shape)
        ball = inscribed_ball(oracle, cuts.subgradients[before:], cuts.heights[before:])
        balls += [ball] if ball is not None else []
    return balls


def enclose_smooth(
    oracle: ConvexOracle, y: np.ndarray, cuts: Cuts, far: Ball | None, tolerance: float
) -> tuple[float, float, np.ndarray]:
    """(lower, upper, z) for K*(y); upper is +inf where no certificate was found."""
    residual = 1e-3 * miss_of(oracle, y, y[None])
    z = stationary_point(oracle, y, np.zeros_like(y), residual)
    lower, upper = lower_bound(oracle, y, z), math.inf
    if not math.isfinite(lower):
        return -math.inf, math.inf, z
    miss = 2 * miss_of(oracle, y, y[None])
    balls = balls_near(oracle, z, cuts, far)
    balls.sort(key=lambda ball: ball.share(miss) * (abs(ball.height - lower) + float(np.linalg.norm(z)) * miss))
    for ball in balls:
        share = ball.share(miss)
        # The rest of the combination lies a little beyond y, at one gradient if Newton gets there, else by the LP.
        near = _newton(oracle, displaced(y, ball, share), z, residual, 0.0, 20)
        before = len(cuts)
        cuts.add(near[None])
        g, k = cuts.subgradients[before:], cuts.heights[before:]
        upper = min(upper, upper_bound(oracle, y, np.ones(len(g)), g, k, ball, share))
        if math.isfinite(upper) and upper - lower <= 0.01 * tolerance * abs(upper):
            break
    if math.isfinite(upper):
        return lower, upper, z
    for ball in balls[:2]:
        upper = min(upper, best_upper_bound(y, cuts, ball)[0])
    return lower, upper, z
