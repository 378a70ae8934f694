"""One loss with three faces for the claims: a convex quadratic, a convex non-quadratic, a nonconvex function."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..objectives import Loss


class RippledBowl(Loss):
    """f(x) = ½⟨x−C, A(x−C)⟩ + h Σ(1 − cos x_i), A acting on the first axis of x; L ≤ ‖A‖ + |h|.

    Convex for 0 ≤ A and |h| ≤ λ_min(A). The parameters are arrays: quadratic, convex and nonconvex share a compilation.
    """

    matrix: np.ndarray
    center: np.ndarray
    height: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.center.shape

    @property
    def smoothness(self) -> float:
        return float(np.linalg.norm(self.matrix, 2) + np.abs(self.height))

    @property
    def is_convex(self) -> bool:
        return bool(np.linalg.eigvalsh(self.matrix).min() >= np.abs(self.height))

    def value(self, x: Array) -> Array:
        off = x - jnp.asarray(self.center, x.dtype)
        return jnp.sum(off * self._curved(off)) / 2 + jnp.asarray(self.height, x.dtype) * jnp.sum(1 - jnp.cos(x))

    def slope(self, x: Array) -> Array:
        return self._curved(x - jnp.asarray(self.center, x.dtype)) + jnp.asarray(self.height, x.dtype) * jnp.sin(x)

    def _curved(self, off: Array) -> Array:
        A = jnp.asarray(self.matrix, off.dtype).reshape(self.matrix.shape + (1,) * (off.ndim - 1))
        return jnp.sum(A * off[None], axis=1)


def bowl(shape: Sequence[int], seed: int = 0, condition: float = 20.0) -> RippledBowl:
    """A convex quadratic with eigenvalues from 1/condition to 1 and a centre outside most constraint sets."""
    rng = np.random.default_rng([seed, *shape])
    basis, _ = np.linalg.qr(rng.normal(size=(shape[0], shape[0])))
    A = (basis * np.logspace(-np.log10(condition), 0, shape[0])) @ basis.T
    return RippledBowl((A + A.T) / 2, 3 * rng.normal(size=shape), np.asarray(0.0))


def nonconvex_bowl(shape: Sequence[int], seed: int = 0) -> RippledBowl:
    """The same bowl with ripples of height 1 ≥ λ_max: many stationary points, L ≤ 2."""
    smooth = bowl(shape, seed)
    return RippledBowl(smooth.matrix, smooth.center, np.asarray(1.0))
