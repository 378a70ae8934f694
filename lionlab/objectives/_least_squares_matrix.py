"""Least squares over matrices: the loss on which the nuclear-norm K (Muon) can be checked."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from ._loss import Loss, checked_parameter, product


class LeastSquaresMatrix(Loss):
    """f(X) = ½‖left X right − target‖_F², `left` (p, n), `target` (p, q), `right` (m, q); without `right`, X is (n, q).

    ∇f(X) = leftᵀ(left X right − target) rightᵀ, L = ‖left‖²‖right‖² (operator norms), convex. The known minimiser is
    left⁺ target right⁺, of all minimisers the one of least Frobenius norm (⁺ the pseudoinverse).

    **Raises:** `ValueError` when the shapes do not fit or an entry is not finite.
    """

    left: np.ndarray
    target: np.ndarray
    right: np.ndarray | None

    def __init__(self, left: Any, target: Any, right: Any = None):
        self.left, self.target = checked_parameter("left", left, 2), checked_parameter("target", target, 2)
        self.right = None if right is None else checked_parameter("right", right, 2)
        if self.target.shape[0] != self.left.shape[0]:
            raise ValueError(f"target must have {self.left.shape[0]} rows, as left has, got shape {self.target.shape}.")
        if self.right is not None and self.right.shape[1] != self.target.shape[1]:
            raise ValueError(f"right must have {self.target.shape[1]} columns, as target has, got {self.right.shape}.")

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.left.shape[1], self.target.shape[1] if self.right is None else self.right.shape[0])

    @property
    def is_convex(self) -> bool:
        return True

    @property
    def smoothness(self) -> float:
        factors = [self.left] if self.right is None else [self.left, self.right]
        return float(np.prod([np.linalg.norm(np.asarray(factor, np.float64), 2) ** 2 for factor in factors]))

    @property
    def minimizers(self) -> np.ndarray:
        x = np.linalg.pinv(self.left) @ self.target
        return (x if self.right is None else x @ np.linalg.pinv(self.right))[None]

    def value(self, x: Array) -> Array:
        return jnp.sum(self._residual(x) ** 2) / 2

    def slope(self, x: Array) -> Array:
        pulled_back = product(jnp.asarray(self.left, x.dtype).T, self._residual(x))
        return pulled_back if self.right is None else product(pulled_back, jnp.asarray(self.right, x.dtype).T)

    def _residual(self, x: Array) -> Array:
        image = product(jnp.asarray(self.left, x.dtype), x)
        if self.right is not None:
            image = product(image, jnp.asarray(self.right, x.dtype))
        return image - jnp.asarray(self.target, x.dtype)
