"""K(Az) for a matrix A: the total variation, a change of basis, a norm with another ball. K* is read at A⁻ᵀy."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._fixed import Fixed, array_parameter
from ._function import ConvexFunction, euclidean_norm
from ._image import Image, along, apply, nearest_image
from ._linear_map import LinearMap, linear_map
from ._scaled import require_function
from ._terms import entrywise_truncated_conjugate
from ._translated import conjugate_over_any_ball


class Precomposed(ConvexFunction):
    """z ↦ K(Az), A = `matrix` of shape (k, d); a z with more axes is multiplied along its leading one.

    Subgradient Aᵀ∇K(Az). K*(y) = inf {K*(w) : Aᵀw = y}: with independent rows (k ≤ d) there is at most one w, K* is
    K*(w) by rule, and dom K* is the image of K's under Aᵀ. Prox and the projection on dom K* are closed forms where A
    keeps angles (A Aᵀ = cI) or is diagonal with a separable K. Otherwise they are the minimum of a strongly convex
    problem, found to rounding by an accelerated method whose number of steps grows with the condition number of A.
    With dependent rows the conjugate is a `NumericalConjugate`, and so is all that needs it.

    It is declared homogeneous only where K is and A is one to one: else it is no norm, and a truncation needs a ball.

    **Raises:** `TypeError` when `function` is no convex function or `matrix` holds no numbers; `ValueError` for a
    `matrix` that has not two axes, is 0 or not finite, and on a z whose leading axis does not fit it; for prox and
    projection where the condition number exceeds 1000.
    Source: Rockafellar, Convex Analysis, theorem 16.3.
    """

    function: ConvexFunction
    matrix: Fixed

    def __init__(self, function: ConvexFunction, matrix: Any):
        if isinstance(matrix, jax.core.Tracer):
            raise TypeError("Precomposed: matrix is traced; its rank decides the rule, so build K outside jit.")
        given = array_parameter("Precomposed", "matrix", matrix)
        if not isinstance(given, Fixed) or np.ndim(np.asarray(given)) != 2 or not np.any(np.asarray(given)):
            raise ValueError(
                f"Precomposed: matrix must have two axes and an entry that is not 0, got shape {np.shape(matrix)}. "
                "For a number use Scaled."
            )
        self.function, self.matrix = function, given

    def __check_init__(self) -> None:
        require_function(self, self.function)

    @property
    def map(self) -> LinearMap:
        """A with what is known of it."""
        return linear_map(self.matrix.entries)

    @property
    def is_smooth(self) -> bool:
        return self.function.is_smooth

    @property
    def is_twice_differentiable(self) -> bool:
        return self.function.is_twice_differentiable

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.function.is_positively_homogeneous and self.map.is_one_to_one

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable and self.map.diagonal is not None

    def value(self, z: Array) -> Array:
        return self.function.value(apply(self.map.matrix, z))

    def value_within(self, z: Array, allowance: Array) -> Array:
        return self.function.value_within(apply(self.map.matrix, z), allowance * self.map.largest)

    def selection(self, z: Array) -> Array:
        return apply(self.map.matrix.T, self.function.selection(apply(self.map.matrix, z)))

    def conjugate(self) -> ConvexFunction:
        if self.map.is_onto:
            return Image(self.function.conjugate(), self.matrix)
        from ._numerical import NumericalConjugate

        return NumericalConjugate(self)

    def proximal(self, z: Array, step: Array) -> Array:
        image, scale = apply(self.map.matrix, z), self.map.square_scale
        if self.is_separable:
            diagonal = along(np.diag(self.map.matrix), z)
            return self.function.proximal(image, step * diagonal**2) / diagonal
        if scale is not None:
            nearby = self.function.proximal(image, step * scale)
            if self.map.is_one_to_one:
                return apply(self.map.matrix.T, nearby) / scale
            return z + apply(self.map.matrix.T, nearby - image) / scale
        if not self.map.is_onto:
            return super().proximal(z, step)
        # In q = Au, which keeps the zeros of K's own prox: u is A⁺q, and what A does not see of z stays.
        q = nearest_image(self.function, self.map.inverse_transpose, z, 1 / step)
        return apply(self.map.inverse, q) if self.map.is_one_to_one else z + apply(self.map.inverse, q - image)

    def projection(self, z: Array) -> Array:
        """The domain of K(A·) is seldom known in closed form: with a K finite everywhere it is all of space."""
        image = apply(self.map.matrix, z)
        nearest = self.function.projection(image)
        if self.is_separable or (self.map.square_scale is not None and self.map.is_one_to_one):
            return jnp.where(euclidean_norm(nearest - image) > 0, apply(self.map.inverse, nearest), z)
        if type(self.function).projection is ConvexFunction.projection:
            return z
        raise ValueError(
            f"Precomposed: no rule for the points nearest to the domain of {self.function!r} through a matrix that "
            "does not keep angles."
        )

    def excess(self, z: Array) -> Array:
        return self.function.excess(apply(self.map.matrix, z)) * self.map.condition / self.map.largest

    def dual_norm(self, y: Array) -> Array:
        return self.function.dual_norm(apply(self._inverse().T, y))

    def dual_norm_selection(self, y: Array) -> Array:
        return apply(self._inverse(), self.function.dual_norm_selection(apply(self._inverse().T, y)))

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        if self.is_separable:
            return entrywise_truncated_conjugate(self, y, bound)
        if self.is_positively_homogeneous:
            return super().truncated_conjugate(y, bound)
        return conjugate_over_any_ball(self, y, bound)

    def _inverse(self) -> np.ndarray:
        if not (self.map.is_onto and self.map.is_one_to_one):
            raise NotImplementedError(
                f"Precomposed: no rule for the dual norm with a matrix of shape {self.map.matrix.shape} and rank "
                f"{self.map.rank}; it takes an invertible one."
            )
        return self.map.inverse
