"""f(x) = ½(x−c)ᵀA(x−c), the loss on which everything can be checked by hand."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import unit_roundoff
from ._loss import Loss, checked_parameter, product


class Quadratic(Loss):
    """f(x) = ½(x−center)ᵀ matrix (x−center), `matrix` (d, d) symmetric, not necessarily positive, `center` (d,).

    ∇f(x) = matrix (x−center), L = the largest |eigenvalue|. The centre is a minimiser exactly when f is convex;
    otherwise f is unbounded below.

    **Raises:** `ValueError` when `matrix` is not square, finite and symmetric up to rounding, or `center` does not fit.
    """

    matrix: np.ndarray
    center: np.ndarray

    def __init__(self, matrix: Any, center: Any):
        a = checked_parameter("matrix", matrix, 2)
        c = checked_parameter("center", center, 1)
        if a.shape[0] != a.shape[1]:
            raise ValueError(f"matrix must be square, got shape {a.shape}.")
        if c.shape != a.shape[:1]:
            raise ValueError(f"center must have shape {a.shape[:1]} to fit matrix, got {c.shape}.")
        # BᵀB and QΛQᵀ come back symmetric only up to one rounding per summed term.
        gap, allowed = np.max(np.abs(a - a.T)), 2 * len(c) * unit_roundoff(np.float64) * np.max(np.abs(a))
        if not gap <= allowed:
            raise ValueError(f"matrix must be symmetric, |A − Aᵀ| reaches {gap:.3g}; pass (A + Aᵀ)/2, the same f.")
        self.matrix, self.center = (a + a.T) / 2, c

    @property
    def shape(self) -> tuple[int, ...]:
        return self.center.shape

    @property
    def smoothness(self) -> float:
        return float(np.max(np.abs(self.eigenvalues)))

    @property
    def is_convex(self) -> bool:
        """No eigenvalue below 0, up to the backward error d·ε‖A‖ of computing them."""
        eigenvalues = self.eigenvalues
        backward_error = 2 * len(eigenvalues) * unit_roundoff(np.float64) * np.max(np.abs(eigenvalues))
        return bool(eigenvalues[0] >= -backward_error)

    @property
    def minimizers(self) -> np.ndarray | None:
        return self.center[None] if self.is_convex else None

    @property
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues of `matrix`, ascending."""
        return np.linalg.eigvalsh(np.asarray(self.matrix, np.float64))

    def value(self, x: Array) -> Array:
        difference = x - jnp.asarray(self.center, x.dtype)
        return jnp.sum(difference * product(jnp.asarray(self.matrix, x.dtype), difference)) / 2

    def slope(self, x: Array) -> Array:
        return product(jnp.asarray(self.matrix, x.dtype), x - jnp.asarray(self.center, x.dtype))
