"""K(z) = Σ_g ‖z_g‖₂ over groups of coordinates: normalised momentum in every group, and K* keeps ‖λx_g‖₂ ≤ 1."""

import operator
from collections.abc import Iterable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ._function import squarable
from ._norm import Norm

# Up to this many (group, coordinate) pairs a membership table is cheaper than gathering and scattering, and a compiled
# scan over a small state can take it apart into scalars.
LARGEST_TABLE = 4096


class GroupL2Norm(Norm):
    """K(z) = Σ_g ‖z_g‖₂ for vectors z; `groups` lists the indices of every group and must partition range(d).

    Subgradient z_g/‖z_g‖₂ in every group, 0 where z_g = 0; K* is the indicator of max_g ‖y_g‖₂ ≤ 1.

    **Raises:** `ValueError` naming the index that is missing, repeated or negative, or the group that is empty;
    `TypeError` naming an index that is no integer, or groups that are no list of lists.
    """

    groups: tuple[tuple[int, ...], ...] = eqx.field(static=True)

    def __init__(self, groups: Iterable[Sequence[int]]):
        try:
            listed = [list(group) for group in groups]
        except TypeError:
            raise TypeError(
                f"GroupL2Norm: groups must be a list of index lists such as [[0, 1], [2]], got {groups!r}."
            ) from None
        self.groups = tuple(tuple(_index(i) for i in group) for group in listed)

    def __check_init__(self) -> None:
        seen: set[int] = set()
        for number, group in enumerate(self.groups):
            if not group:
                raise ValueError(f"GroupL2Norm: group {number} is empty. Leave it out.")
            for i in group:
                if i < 0:
                    raise ValueError(f"GroupL2Norm: index {i} is negative. Count coordinates from 0.")
                if i in seen:
                    raise ValueError(f"GroupL2Norm: index {i} appears twice. Every coordinate belongs to one group.")
                seen.add(i)
        missing = next(i for i in range(len(seen) + 1) if i not in seen)
        if not seen or missing < len(seen):
            raise ValueError(
                f"GroupL2Norm: index {missing} is in no group. The groups must cover 0, 1, …, {max(seen, default=0)}."
            )

    def value(self, z: Array) -> Array:
        return jnp.sum(self.group_norms(z))

    def selection(self, z: Array) -> Array:
        _, scaled, lengths = self._scaled_to_square(z)
        return (scaled / self._spread(jnp.where(lengths == 0, jnp.ones_like(lengths), lengths))).astype(z.dtype)

    def dual_norm(self, y: Array) -> Array:
        return jnp.max(self.group_norms(y))

    def dual_norm_selection(self, y: Array) -> Array:
        """The direction of y in the first longest group, 0 elsewhere."""
        first_longest = jax.lax.argmax(self.group_norms(y), 0, jnp.int32)
        return jnp.where(self._group_of(y) == first_longest, self.selection(y), jnp.zeros_like(y))

    def dual_ball_projection(self, y: Array) -> Array:
        return jnp.where(self._spread(self.group_norms(y)) > 1, self.selection(y), y)

    def group_norms(self, z: Array) -> Array:
        """‖z_g‖₂ for every group, without overflow or underflow; +inf where an entry is infinite."""
        inverse, _, lengths = self._scaled_to_square(z)
        return (lengths * inverse).astype(z.dtype)

    def _scaled_to_square(self, z: Array) -> tuple[Array, Array, Array]:
        """(1/s_g, s_g·z_g, ‖s_g·z_g‖₂), s_g powers of two with which squares neither overflow nor underflow.

        Half precision has no room for sums of squares, and is taken in float32.
        """
        z = z.astype(jnp.float32) if z.dtype.itemsize < 4 else z
        factor, inverse = squarable(self._per_group(jnp.abs(z), "max"))
        scaled = z * self._spread(factor)
        # XLA rewrites (cv)² as c²v² where c is known at compile time, and c² overflows: something has to stand between.
        return inverse, scaled, jnp.sqrt(self._per_group(jnp.maximum(jnp.abs(scaled), 0) ** 2, "sum"))

    def _group_of(self, z: Array) -> np.ndarray:
        dimension = sum(map(len, self.groups))
        if z.shape != (dimension,):
            raise ValueError(f"GroupL2Norm: its groups cover a vector of shape ({dimension},), got shape {z.shape}.")
        numbers = np.zeros(dimension, np.int32)
        for number, group in enumerate(self.groups):
            numbers[list(group)] = number
        return numbers

    def _membership(self, z: Array) -> np.ndarray:
        return self._group_of(z) == np.arange(len(self.groups))[:, None]

    def _per_group(self, v: Array, reduction: str) -> Array:
        """The sum or maximum of v ≥ 0 over every group."""
        if len(self.groups) * v.size <= LARGEST_TABLE:
            table = jnp.where(self._membership(v), v[None, :], 0)
            return jnp.max(table, axis=1) if reduction == "max" else jnp.sum(table, axis=1)
        reduce = jax.ops.segment_max if reduction == "max" else jax.ops.segment_sum
        return reduce(v, self._group_of(v), num_segments=len(self.groups))

    def _spread(self, per_group: Array) -> Array:
        """The number of its group for every coordinate."""
        dimension = sum(map(len, self.groups))
        template = jnp.zeros(dimension, per_group.dtype)
        if len(self.groups) * dimension <= LARGEST_TABLE:
            return jnp.sum(jnp.where(self._membership(template), per_group[:, None], 0), axis=0)
        return per_group[self._group_of(template)]


def _index(value: object) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]  # raises TypeError for everything that is no integer
    except TypeError:
        raise TypeError(f"GroupL2Norm: index {value!r} is not an integer. Give lists such as [[0, 1], [2]].") from None
