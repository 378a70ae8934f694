"""∇K as the optimizer takes it: `K.selection`, in a form that does not gather arrays that lie on several devices.

A separable K acts entry by entry and needs nothing of this. A sum over all entries is one all-reduce, where a formula
is written so; a sort would bring the whole array to every device. Matrix norms stay as they are: a singular value
decomposition gathers its matrix.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import Array

from ..convex import GroupL2Norm, L2Norm, LinfNorm, Scaled, SeparableSum, TopKL1
from ._choice import Direction
from ._euclidean_direction import euclidean_direction, group_direction
from ._sharded_top_k import largest_entry_direction, top_k_direction
from ._unfolded import Unfolded


def sharded_selection(K: Direction, z: Array) -> Array:
    """`K.selection(z)`, equal to it but for rounding, and exactly equal for `TopKL1` and `LinfNorm`.

    Collectives on sharded z: none for a separable K; one all-reduce for `L2Norm` and `GroupL2Norm`; all-reduces of one
    integer for `LinfNorm` (2) and `TopKL1` (one for every bit of an entry, and where a tie must be broken one for every
    bit of the size); each once for every axis of devices that z lies along. `Scaled` and `SeparableSum` take what their
    parts take; splitting into blocks moves shards.
    """
    # By the type itself: a class derived from one of these may have a selection of its own.
    rule = _RULES.get(type(K))
    return K.selection(z) if rule is None else rule(K, z)


def _scaled(K: Scaled, z: Array) -> Array:
    return K.factor * sharded_selection(K.function, z)


def _unfolded(K: Unfolded, z: Array) -> Array:
    if z.ndim < 2:
        return K.selection(z)  # which refuses it
    return sharded_selection(K.function, z.reshape(-1, z.shape[-1])).reshape(z.shape)


def _block_by_block(K: SeparableSum, z: Array) -> Array:
    return jnp.concatenate([sharded_selection(function, block) for function, block in K.blocks(z)])


_RULES: dict[type, Callable[[Any, Array], Array]] = {
    L2Norm: lambda K, z: euclidean_direction(z),
    GroupL2Norm: lambda K, z: group_direction(K.groups, z),
    LinfNorm: lambda K, z: largest_entry_direction(z),
    TopKL1: lambda K, z: top_k_direction(K.k, z),
    Scaled: _scaled,
    Unfolded: _unfolded,
    SeparableSum: _block_by_block,
}
