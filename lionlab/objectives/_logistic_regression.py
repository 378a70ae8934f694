"""Logistic regression: the mean log-loss of a linear classifier with two classes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._loss import Loss, checked_parameter, product


class LogisticRegression(Loss):
    """f(x) = (1/n) Σ log(1 + exp(−s_i⟨a_i, x⟩)): `features` (n, d) with rows a_i, `labels` (n,) giving the signs s_i.

    Labels are all in {0, 1} or all in {−1, 1}; 0 means −1. Convex, L = ‖A‖²/(4n). Separable data have no minimiser, and
    none is known in closed form otherwise.

    **Raises:** `ValueError` for other labels, shapes that do not fit, or entries that are not finite.
    """

    features: np.ndarray
    signs: np.ndarray

    def __init__(self, features: Any, labels: Any):
        a, given = checked_parameter("features", features, 2), checked_parameter("labels", labels, 1)
        if given.shape != a.shape[:1]:
            raise ValueError(f"labels must have shape {a.shape[:1]}, one per row of features, got {given.shape}.")
        if not (np.isin(given, (0, 1)).all() or np.isin(given, (-1, 1)).all()):
            raise ValueError(f"labels must all lie in {{0, 1}} or all in {{-1, 1}}, got values {np.unique(given)[:5]}.")
        self.features, self.signs = a, np.where(given > 0, 1.0, -1.0)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.features.shape[1:]

    @property
    def is_convex(self) -> bool:
        return True

    @property
    def smoothness(self) -> float:
        return float(np.linalg.norm(np.asarray(self.features, np.float64), 2) ** 2 / (4 * len(self.features)))

    def value(self, x: Array) -> Array:
        return jnp.mean(jax.nn.softplus(-self._margins(x)))

    def slope(self, x: Array) -> Array:
        features, signs = jnp.asarray(self.features, x.dtype), jnp.asarray(self.signs, x.dtype)
        return product(features.T, -signs * jax.nn.sigmoid(-self._margins(x))) / len(signs)

    def _margins(self, x: Array) -> Array:
        return jnp.asarray(self.signs, x.dtype) * product(jnp.asarray(self.features, x.dtype), x)
