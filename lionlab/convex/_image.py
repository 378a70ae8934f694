"""The image of a convex function under Aᵀ, which is the conjugate of K(A·), and least squares over its domain."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._fixed import Fixed
from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance
from ._linear_map import LinearMap, linear_map

# The accelerated method may take 150 times the condition number of steps in float64; beyond this it would take minutes.
LARGEST_CONDITION = 1000.0


class Image(ConvexFunction):
    """y ↦ φ(w) at the only w with Aᵀw = y, +inf where there is none, for a matrix A with independent rows."""

    function: ConvexFunction
    matrix: Fixed

    @property
    def map(self) -> LinearMap:
        return linear_map(self.matrix.entries)

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable and self.map.diagonal is not None

    def value(self, y: Array) -> Array:
        # Each entry of A⁻ᵀy carries the rounding of a product, which A may have magnified by its condition number.
        count = (y.size + 8.0) * (1.0 if self.map.diagonal is not None else self.map.condition)
        return self.value_within(y, rounding_allowance(y, evaluation_count=count))

    def value_within(self, y: Array, allowance: Array) -> Array:
        w = self.preimage(y)
        value = self.function.value_within(w, allowance * self.map.condition / self.map.largest)
        return jnp.where(is_within(self.excess(y), allowance), value, jnp.inf)

    def selection(self, y: Array) -> Array:
        return apply(self.map.inverse, self.function.selection(self.preimage(y)))

    def conjugate(self) -> ConvexFunction:
        from ._precomposed import Precomposed

        return Precomposed(self.function.conjugate(), self.matrix)

    def preimage(self, y: Array) -> Array:
        """The w with Aᵀw = y; the nearest to it where there is none."""
        return apply(self.map.inverse.T, y)

    def proximal(self, y: Array, step: Array) -> Array:
        return apply(self.map.matrix.T, nearest_image(self.function, self.map, y, 1 / step))

    def projection(self, y: Array) -> Array:
        w = self.preimage(y)
        found = nearest_image(Domain(self.function), self.map, y, jnp.ones((), y.dtype))
        image = apply(self.map.matrix.T, found)
        if not self.map.is_one_to_one:
            return image
        return jnp.where(jnp.all(self.function.projection(w) == w), y, image)

    def excess(self, y: Array) -> Array:
        """‖A‖ times the excess of w, and the distance of y to the range of Aᵀ; of first order where A keeps angles."""
        w = self.preimage(y)
        if self.is_separable:
            return euclidean_norm(apply(self.map.matrix.T, w - self.function.projection(w)))
        inside = self.map.largest * self.function.excess(w)
        return inside if self.map.is_one_to_one else inside + euclidean_norm(y - apply(self.map.matrix.T, w))


class Domain(ConvexFunction):
    """The indicator of dom φ, as far as a proximal map needs it."""

    function: ConvexFunction

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def value(self, z: Array) -> Array:
        value = self.function.value(z)
        return jnp.where(value < jnp.inf, jnp.zeros_like(value), jnp.inf)

    def selection(self, z: Array) -> Array:
        return jnp.zeros_like(z)

    def conjugate(self) -> ConvexFunction:
        raise NotImplementedError("The support function of a domain has no rule.")

    def proximal(self, z: Array, step: Array) -> Array:
        return self.function.projection(z)


def nearest_image(function: ConvexFunction, linear: LinearMap, target: Array, weight: Array) -> Array:
    """argmin_w φ(w) + (weight/2)‖Aᵀw − target‖² for a matrix A with independent rows.

    Where A keeps angles, or is diagonal and φ separable, it is a proximal point of φ. Otherwise the square has the
    curvatures weight·σ² between the least and the largest singular value of A, which Nesterov's method with constant
    momentum turns into a factor 1 − 1/condition per step for the gap. It stops when a step moves w by no more than
    rounding does, which bounds the distance to the solution up to the square of the condition number, or after as many
    steps as that factor needs to make the first gap smaller than rounding.

    **Raises:** `ValueError` when the condition number of A exceeds `LARGEST_CONDITION`.
    Source: Nesterov, Lectures on Convex Optimization (2018), §2.2.4.
    """
    if function.is_separable and linear.diagonal is not None:
        diagonal = along(linear.diagonal, target)
        return function.proximal(target / diagonal, 1 / (weight * diagonal**2))
    if linear.square_scale is not None:
        scaled = apply(linear.matrix, target) / linear.square_scale
        return function.proximal(scaled, 1 / (weight * linear.square_scale))
    if not linear.condition <= LARGEST_CONDITION:
        raise ValueError(
            f"Precomposed: prox and projection take a matrix of condition number <= {LARGEST_CONDITION:g}, got "
            f"{linear.condition:.3g}. Value, subgradient and conjugate do not; or orthogonalise the rows."
        )
    epsilon = float(jnp.finfo(target.dtype).eps)
    momentum = (linear.condition - 1) / (linear.condition + 1)
    most_steps = int(8 + 4 * linear.condition * (np.log(1 / epsilon) + np.log(linear.condition)))
    step = 1 / (weight * linear.largest**2)
    # (weight·step)·A(Aᵀw − target): the weight cancels.
    scale = 1 / linear.largest**2

    def descended(w: Array) -> Array:
        residual = apply(linear.matrix.T, w) - target
        return function.proximal(w - scale * apply(linear.matrix, residual), step)

    def advance(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        count, w, ahead, _ = state
        new = descended(ahead)
        moved = euclidean_norm(new - ahead) + euclidean_norm(new - w)
        return count + 1, new, new + momentum * (new - w), moved > epsilon * euclidean_norm(new)

    def goes_on(state: tuple[Array, Array, Array, Array]) -> Array:
        return (state[0] < most_steps) & state[3]

    start = descended(apply(linear.inverse.T, target))
    initial = (jnp.zeros((), jnp.int32), start, start, jnp.asarray(True))
    _, w, _, _ = jax.lax.while_loop(goes_on, advance, initial)
    return w


def along(diagonal: np.ndarray, z: Array) -> Array:
    """The diagonal as an array that multiplies z along its leading axis."""
    column = jnp.asarray(diagonal, z.dtype).reshape(-1, *(1,) * (z.ndim - 1))
    return jnp.broadcast_to(column, z.shape)


def apply(matrix: np.ndarray, z: Array) -> Array:
    """matrix · z along z's leading axis. **Raises:** `ValueError` where they do not fit."""
    if not z.ndim or z.shape[0] != matrix.shape[1]:
        raise ValueError(f"Precomposed: matrix of shape {matrix.shape} does not multiply an array of shape {z.shape}.")
    return jnp.matmul(jnp.asarray(matrix, z.dtype), z, precision=jax.lax.Precision.HIGHEST)
