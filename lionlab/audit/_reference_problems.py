"""Reference problems whose constrained optimum is on the boundary of the set in some directions and inside in others.

All are scaled by λ, f(x) = φ(λx)/λ with gradients of order 1, so that one recipe fits every λ.
"""

import numpy as np

from ..objectives import LeastSquaresMatrix, Loss, Quadratic

REACH = 2.0
"""The size of the unconstrained minimiser's entries, in radii 1/λ."""


def reference_problems(shape: tuple[int, ...], weight_decay: float, count: int = 2, seed: int = 0) -> list[Loss]:
    """`count` convex quadratics on arrays of this shape, condition numbers up to 100.

    **Raises:** `ValueError` for an array with more than two axes.
    """
    if len(shape) > 2:
        raise ValueError(f"reference problems are for vectors and matrices, got shape {shape}.")
    rng = np.random.default_rng(seed)
    found: list[Loss] = []
    for i in range(count):
        basis, _ = np.linalg.qr(rng.normal(size=(shape[0], shape[0])))
        condition = 10.0 if i == 0 else 100.0
        curvature = np.geomspace(1 / np.sqrt(condition), np.sqrt(condition), shape[0])
        if len(shape) == 1:
            center = _center(rng, shape) / weight_decay
            found.append(Quadratic(weight_decay * (basis * curvature) @ basis.T, center))
        else:
            left = np.sqrt(weight_decay) * np.sqrt(curvature)[:, None] * basis.T
            found.append(LeastSquaresMatrix(left, left @ (_center(rng, shape) / weight_decay)))
    return found


def _center(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Entries outside the box, and well inside."""
    return np.where(rng.random(shape) < 0.5, REACH, 0.3) * rng.choice((-1.0, 1.0), shape) * rng.uniform(0.8, 1.2, shape)
