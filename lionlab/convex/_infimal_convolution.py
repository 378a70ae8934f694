"""K₁ □ … □ Kₙ: the cheapest way to write z as a sum. Its conjugate is K₁* + … + Kₙ*, so domains intersect."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..conjugation import Bracket
from ..precision import as_numpy, unit_roundoff
from ._function import ConvexFunction
from ._half_precision import in_float32
from ._power import power_of_two_below
from ._precomposed import Precomposed
from ._slope import with_slope
from ._sum import Sum, listed, require_terms
from ._terms import entrywise_truncated_conjugate
from ._translated import Translated, conjugate_over_any_ball


class InfimalConvolution(ConvexFunction):
    """K(z) = inf {K₁(z₁) + … + Kₙ(zₙ) : z₁ + … + zₙ = z}, closed: K* = K₁* + … + Kₙ* and K = (K₁* + … + Kₙ*)*.

    Lion-K with it keeps λx in the intersection of the sets that K₁, …, Kₙ keep it in; of norms it is a norm, whose dual
    norm is the largest of theirs. With (1/2e)‖·‖² it is `MoreauEnvelope(K, e)`, and smooth as soon as one term is.

    Value, subgradient and prox follow a rule, exact up to rounding, wherever `Sum` has one for the conjugates: all
    terms separable, or one of them a multiple of ‖·‖² or ‖·‖₂. Otherwise they are refused, and `bracket` encloses K(z)
    for two finite terms: a minimum found by search is known from above only, and is not returned as if it were K(z).

    The terms must have a common affine minorant, as all K ≥ 0 have; without it the infimum is −inf everywhere.

    **Raises:** `ValueError` for an empty list, and for value, subgradient and prox where there is no rule; `TypeError`
    for an entry that is no convex function.
    Source: Rockafellar, Convex Analysis, theorems 5.4 and 16.4.
    """

    functions: tuple[ConvexFunction, ...]

    def __init__(self, functions: Iterable[ConvexFunction]):
        self.functions = listed("InfimalConvolution", functions)

    def __check_init__(self) -> None:
        require_terms(self, self.functions)

    @property
    def form(self) -> ConvexFunction:
        """The same function as the conjugate of the sum of conjugates, which carries out every operation."""
        return self.conjugate().conjugate()

    def bracket(self, z: Any) -> Bracket:
        """lower ≤ K(z) ≤ upper for two terms finite everywhere, certified; NumPy only, in float64.

        K(z) = K₁(0) + K₂(z) − φ*(0) for φ(w) = K₁(w) + K₂(z − w) less its value at 0, and `NumericalConjugate` brackets
        φ*. Its `maximiser` is the w found, the part of z that goes to K₁.

        **Raises:** `ValueError` for another number of terms than two, and where K(z) = −inf is certified.
        """
        if len(self.functions) != 2:
            raise ValueError(f"InfimalConvolution: bracket takes two terms, got {len(self.functions)}. Nest them.")
        from ._numerical import NumericalConjugate

        point: Any = as_numpy("z", z).astype(np.float64)
        first, second = self.functions
        start: Any = np.zeros_like(point)
        own, height = float(first(start)), float(second(point))
        reflected = Precomposed(Translated(second, -point, 0.0, -height - own), -np.eye(len(point)))
        found = NumericalConjugate(Sum([first, reflected])).bracket(start)
        if found.status == "INFINITE":
            raise ValueError(f"InfimalConvolution: the terms {self.functions} have no common affine minorant.")
        error = 8 * (point.size + 8) * unit_roundoff(np.float64) * (abs(height) + abs(own))
        top = height + own
        return replace(found, lower=top - found.upper - error, upper=top - found.lower + error)

    @property
    def is_smooth(self) -> bool:
        return any(function.is_smooth for function in self.functions)

    @property
    def is_twice_differentiable(self) -> bool:
        return len(self.functions) == 1 and self.functions[0].is_twice_differentiable

    @property
    def is_positively_homogeneous(self) -> bool:
        return all(function.is_positively_homogeneous for function in self.functions)

    @property
    def is_separable(self) -> bool:
        return all(function.is_separable for function in self.functions)

    def value(self, z: Array) -> Array:
        if z.dtype == jnp.float16:
            return in_float32(self).value(z.astype(jnp.float32)).astype(z.dtype)
        return with_slope(z, value=self._value, selection=self.selection)

    def _value(self, z: Array) -> Array:
        size, of_order_one = self._sized(z)
        return size * self.form.value(of_order_one)

    def value_within(self, z: Array, allowance: Array) -> Array:
        return self.form.value_within(z, allowance)

    def selection(self, z: Array) -> Array:
        if z.dtype == jnp.float16:
            return in_float32(self).selection(z.astype(jnp.float32)).astype(z.dtype)
        return self.form.selection(self._sized(z)[1])

    def conjugate(self) -> Sum:
        return Sum([function.conjugate() for function in self.functions])

    def proximal(self, z: Array, step: Array) -> Array:
        if z.dtype == jnp.float16:
            return in_float32(self).proximal(*(each.astype(jnp.float32) for each in (z, step))).astype(z.dtype)
        size, of_order_one = self._sized(z)
        return size * self.form.proximal(of_order_one, step / size)

    def _sized(self, z: Array) -> tuple[Array, Array]:
        """(s, z/s): a homogeneous K has no size of its own, and the multipliers of its parts are looked for near 1."""
        if not self.is_positively_homogeneous:
            return jnp.ones((), z.dtype), z
        size, inverse = power_of_two_below(jnp.max(jnp.abs(z)))
        return size, z * inverse

    def projection(self, z: Array) -> Array:
        return self.form.projection(z)

    def excess(self, z: Array) -> Array:
        return self.form.excess(z)

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(self._dual_norms(y))

    def dual_norm_selection(self, y: Array) -> Array:
        """That of the first term with the largest dual norm."""
        deciding = jax.lax.argmax(self._dual_norms(y), 0, jnp.int32)
        candidates = jnp.stack([function.dual_norm_selection(y) for function in self.functions])
        return jax.lax.dynamic_index_in_dim(candidates, deciding, keepdims=False)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        if self.is_separable:
            return entrywise_truncated_conjugate(self, y, bound)
        if self.is_positively_homogeneous:
            return super().truncated_conjugate(y, bound)
        return conjugate_over_any_ball(self, y, bound)

    def _dual_norms(self, y: Array) -> Array:
        return jnp.stack([function.dual_norm(y) for function in self.functions])
