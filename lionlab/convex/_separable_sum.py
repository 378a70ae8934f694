"""K(z) = Σ_j K_j(z_j) over consecutive blocks z_j of the leading axis; everything, K* included, acts block by block."""

import functools
import operator
from collections.abc import Callable, Iterable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction, is_within
from ._scaled import require_function


class SeparableSum(ConvexFunction):
    """K(z) = Σ_j K_j(z_j). The leading axis of z is split into equal blocks as by `numpy.split`, or by `sizes`.

    A norm in each block makes a norm; its dual norm is the largest of the blocks' dual norms.

    **Raises:** `ValueError` for an empty list, sizes that are not positive or not one per function, and on a z whose
    leading axis does not split; `TypeError` for an entry that is no convex function, or a size that is no integer.
    """

    functions: tuple[ConvexFunction, ...]
    sizes: tuple[int, ...] | None = eqx.field(static=True)

    def __init__(self, functions: Iterable[ConvexFunction], sizes: Sequence[int] | None = None):
        try:
            self.functions = tuple(functions)
        except TypeError:
            raise TypeError(f"SeparableSum: functions must be a list of convex functions, got {functions!r}.") from None
        try:
            self.sizes = None if sizes is None else tuple(map(operator.index, sizes))
        except TypeError:
            raise TypeError(f"SeparableSum: sizes must be integers, got {sizes!r}.") from None

    def __check_init__(self) -> None:
        if not self.functions:
            raise ValueError("SeparableSum: functions is empty. Give at least one convex function.")
        for function in self.functions:
            require_function(self, function)
        if self.sizes is not None and (len(self.sizes) != len(self.functions) or min(self.sizes) < 1):
            raise ValueError(
                f"SeparableSum: sizes must hold {len(self.functions)} positive integers, one per function; "
                f"got {self.sizes}."
            )

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
        return sum_of(function.value(block) for function, block in self.blocks(z))

    def value_within(self, z: Array, allowance: Array) -> Array:
        values = sum_of(function.value_within(block, allowance) for function, block in self.blocks(z))
        return jnp.where(is_within(self.excess(z), allowance), values, jnp.inf)

    def selection(self, z: Array) -> Array:
        return self._joined(z, lambda function, block: function.selection(block))

    def conjugate(self) -> "SeparableSum":
        return SeparableSum([function.conjugate() for function in self.functions], self.sizes)

    def proximal(self, z: Array, step: Array) -> Array:
        return self._joined(z, lambda function, block: function.proximal(block, step))

    def projection(self, z: Array) -> Array:
        return self._joined(z, lambda function, block: function.projection(block))

    def excess(self, z: Array) -> Array:
        # Not `euclidean_norm` of their stack: where every excess is the constant 0, XLA folds its scaling into 0·inf.
        return functools.reduce(jnp.hypot, [function.excess(block) for function, block in self.blocks(z)])

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(self._dual_norms(y))

    def dual_norm_selection(self, y: Array) -> Array:
        """That of the first block with the largest dual norm, 0 in the others."""
        deciding = jax.lax.argmax(self._dual_norms(y), 0, jnp.int32)
        parts = [function.dual_norm_selection(block) for function, block in self.blocks(y)]
        return jnp.concatenate([jnp.where(deciding == j, part, jnp.zeros_like(part)) for j, part in enumerate(parts)])

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        if not self.is_separable:
            return super().truncated_conjugate(y, bound)
        parts = [function.truncated_conjugate(block, bound) for function, block in self.blocks(y)]
        return sum_of(value for value, _ in parts), jnp.concatenate([slope for _, slope in parts])

    def blocks(self, z: Array) -> list[tuple[ConvexFunction, Array]]:
        """(K_j, z_j) for every block."""
        length = z.shape[0] if z.ndim else 0
        sizes = self.sizes or (length // len(self.functions),) * len(self.functions)
        if sum(sizes) != length or not length:
            wanted = f"sizes {self.sizes}" if self.sizes else f"{len(self.functions)} equal blocks"
            raise ValueError(
                f"SeparableSum: the leading axis of an array of shape {z.shape} does not split into {wanted}."
            )
        return list(zip(self.functions, jnp.split(z, _ends(sizes)), strict=True))

    def _joined(self, z: Array, operation: Callable[[ConvexFunction, Array], Array]) -> Array:
        return jnp.concatenate([operation(function, block) for function, block in self.blocks(z)])

    def _dual_norms(self, y: Array) -> Array:
        return jnp.stack([function.dual_norm(block) for function, block in self.blocks(y)])


def sum_of(terms: Iterable[Array]) -> Array:
    """The sum of scalars, first to last."""
    first, *rest = terms
    for term in rest:
        first = first + term
    return first


def _ends(sizes: Sequence[int]) -> list[int]:
    return [sum(sizes[: j + 1]) for j in range(len(sizes) - 1)]
