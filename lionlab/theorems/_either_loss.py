"""Quadratics and logistic regressions as one kind of loss, so that both run, and are solved, in one compilation."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..objectives import LogisticRegression, Loss, Quadratic, random_quadratic


class EitherLoss(Loss):
    """f(x) = s·½(x−c)ᵀA(x−c) + (1−s)(1/n)Σ log(1 + exp(−⟨a_i, x⟩)), with s = 1 or s = 0: one or the other.

    The rows a_i carry the signs of the labels. L is the chosen loss's own.
    """

    matrix: np.ndarray
    center: np.ndarray
    signed_features: np.ndarray
    share: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.center.shape

    @property
    def is_convex(self) -> bool:
        return bool(self.share == 0 or self.eigenvalues[0] >= 0)

    @property
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues of A, ascending."""
        return np.linalg.eigvalsh(self.matrix)

    @property
    def smoothness(self) -> float:
        if self.share == 1:
            return float(np.max(np.abs(self.eigenvalues)))
        return float(np.linalg.norm(self.signed_features, 2) ** 2 / (4 * len(self.signed_features)))

    @property
    def minimizers(self) -> np.ndarray | None:
        return self.center[None] if self.share == 1 else None

    def value(self, x: Array) -> Array:
        A, c, rows, s = (jnp.asarray(part, x.dtype) for part in self._parts())
        quadratic = jnp.sum((x - c) * jnp.sum(A * (x - c)[None], axis=1)) / 2
        return s * quadratic + (1 - s) * jnp.mean(jax.nn.softplus(-jnp.sum(rows * x[None], axis=1)))

    def slope(self, x: Array) -> Array:
        A, c, rows, s = (jnp.asarray(part, x.dtype) for part in self._parts())
        weights = -jax.nn.sigmoid(-jnp.sum(rows * x[None], axis=1)) / rows.shape[0]
        return s * jnp.sum(A * (x - c)[None], axis=1) + (1 - s) * jnp.sum(rows * weights[:, None], axis=0)

    def _parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return self.matrix, self.center, self.signed_features, self.share


DIM, ROWS = 10, 20
LARGEST_CONDITION = 1e3


def as_either(loss: Quadratic | LogisticRegression) -> EitherLoss:
    """The same loss in the common form. A quadratic has `DIM` entries, a regression `ROWS` rows of them."""
    if isinstance(loss, Quadratic):
        return EitherLoss(loss.matrix, loss.center, np.zeros((ROWS, DIM)), np.asarray(1.0))
    signed = loss.features * loss.signs[:, None]
    return EitherLoss(np.zeros((DIM, DIM)), np.zeros(DIM), signed, np.asarray(0.0))


def quadratics(count: int, seed: int, condition: float = LARGEST_CONDITION) -> tuple[EitherLoss, ...]:
    """Convex quadratics with condition numbers from 10 to `condition` and centres of norm about 2√d."""
    conditions = np.logspace(1, np.log10(condition), count)
    return tuple(as_either(random_quadratic(DIM, float(c), seed * 1000 + i)) for i, c in enumerate(conditions))


def logistic_regressions(count: int, seed: int) -> tuple[EitherLoss, ...]:
    """Two noisy classes that overlap: normal features, labels from a random direction plus noise."""
    found = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        features = rng.normal(size=(ROWS, DIM))
        labels = features @ rng.normal(size=DIM) + 2 * rng.normal(size=ROWS) > 0
        found.append(as_either(LogisticRegression(features, labels)))
    return tuple(found)
