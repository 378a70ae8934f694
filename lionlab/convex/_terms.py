"""K₁ + … + Kₙ as far as it is the same for every sum: values and subgradients add up, and so do the predicates."""

import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._separable_sum import sum_of


class Terms(ConvexFunction):
    """(K₁ + … + Kₙ)(z) on one argument. How its proximal map is found depends on the terms: see `Sum`."""

    functions: tuple[ConvexFunction, ...]

    @property
    def is_smooth(self) -> bool:
        return all(function.is_smooth for function in self.functions)

    @property
    def is_twice_differentiable(self) -> bool:
        return all(function.is_twice_differentiable for function in self.functions)

    @property
    def is_positively_homogeneous(self) -> bool:
        return all(function.is_positively_homogeneous for function in self.functions)

    @property
    def is_separable(self) -> bool:
        return all(function.is_separable for function in self.functions)

    def value(self, z: Array) -> Array:
        return sum_of(function.value(z) for function in self.functions)

    def value_within(self, z: Array, allowance: Array) -> Array:
        return sum_of(function.value_within(z, allowance) for function in self.functions)

    def selection(self, z: Array) -> Array:
        """∇K₁(z) + … + ∇Kₙ(z), which is in ∂(K₁ + … + Kₙ)(z)."""
        return sum_of(function.selection(z) for function in self.functions)


def entrywise_truncated_conjugate(function: ConvexFunction, y: Array, bound: Array) -> tuple[Array, Array]:
    """max {⟨y, z⟩ − K(z) : ‖z‖∞ ≤ M} and a maximiser, for any separable K whose domain meets the box.

    A concave function of one variable has its maximum over an interval at the point nearest to its free maximiser,
    which is a point of ∂k*(y_i), and ±infinite where y_i is outside dom k*.
    """
    conjugate = function.conjugate()
    inside = conjugate.projection(y)
    free = jnp.clip(conjugate.selection(inside), -bound, bound)
    end = jnp.broadcast_to(bound, y.shape).astype(y.dtype)
    z = function.projection(jnp.where(y > inside, end, jnp.where(y < inside, -end, free)))
    return jnp.sum(y * z) - function.value(z), z
