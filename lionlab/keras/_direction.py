"""∇K in `keras.ops`, so that one formula serves every backend: the same element of ∂K as `K.subgradient` returns.

A form belongs to exactly one class: a class derived from `L1Norm` may have another ∇K, and takes no part in its form.
Where Keras runs on JAX, a K without a form is taken at its own word, `K.selection`; elsewhere it is refused.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import keras
import numpy as np
from keras import ops

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    Precomposed,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SeparableSum,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    Sum,
    TopKL1,
    Translated,
    Truncated,
)
from ..convex._lp import PowerNorm
from ._envelope import envelope_direction, has_envelope
from ._reductions import grouped, in_single_precision, on_singular_values, rank_by_magnitude, relative, sign
from ._unfolded import Unfolded, matrix_shape

Tensor = Any


def direction(K: ConvexFunction, z: Tensor) -> Tensor:
    """∇K(z), a tensor of z's shape and dtype."""
    form = FORMS.get(type(K))
    return K.selection(z) if form is None else form(K, z)


def require_direction(K: object) -> None:
    """**Raises:** `TypeError` unless K is a convex function whose direction Keras' backend can compute."""
    if not isinstance(K, ConvexFunction):
        slip = f" Write {K.__name__}(…)." if isinstance(K, type) else ""
        if type(K).__name__ == "NewtonSchulz":
            slip = " Keras has no Newton–Schulz here; write NuclearNorm(), whose direction it approximates."
        raise TypeError(f"LionK: K must be a lionlab convex function such as L1Norm(), got {K!r}.{slip}")
    missing = without_form(K)
    if missing is not None and keras.backend.backend() != "jax":
        raise TypeError(
            f"LionK: the direction of {missing!r} is written in JAX, and Keras runs on {keras.backend.backend()}. "
            f"Set KERAS_BACKEND=jax, or use one of {', '.join(sorted(kind.__name__ for kind in FORMS))}."
        )


def without_form(K: ConvexFunction) -> ConvexFunction | None:
    """The first part of K that has no form in `keras.ops`, None where K has one."""
    if isinstance(K, MoreauEnvelope):
        return None if has_envelope(K.function) else K
    if type(K) not in FORMS:
        return K
    if isinstance(K, Sum | SeparableSum):
        return next((missing for part in K.functions if (missing := without_form(part)) is not None), None)
    return without_form(K.function) if isinstance(K, Scaled | Truncated | Translated | Precomposed | Unfolded) else None


def _dead_zone(K: DeadzoneL1, z: Tensor) -> Tensor:
    # Asked this way round, a NaN stays one.
    return ops.where(ops.abs(z) <= K.threshold, ops.zeros_like(z), sign(z))


def _pseudo_huber(K: PseudoHuber, z: Tensor) -> Tensor:
    # z/√(z² + e²) with both measured by the larger: no square overflows, or vanishes beside nothing.
    size = ops.abs(z)
    larger = ops.maximum(size, K.threshold)
    ratio, own = z / larger, K.threshold / larger
    return ops.where(ops.isinf(size), sign(z), ratio / ops.sqrt(ratio * ratio + own * own))


def _first_largest(K: LinfNorm, z: Tensor) -> Tensor:
    first = ops.argmax(ops.reshape(ops.abs(z), (-1,)))
    position = ops.reshape(ops.arange(_size(z), dtype="int32"), z.shape)
    found = ops.where(position == ops.cast(first, "int32"), sign(z), ops.zeros_like(z))
    # The largest of numbers with a NaN among them is another one on every backend.
    return ops.where(ops.isnan(z), z, found)


def _power(K: PowerNorm, z: Tensor) -> Tensor:
    t = ops.abs(relative(z))
    powers = ops.power(t, K.p - 1)
    total = ops.sum(t * powers)
    is_zero = total == 0
    length = ops.power(ops.where(is_zero, ops.ones_like(total), total), 1 / K.p - 1)
    return sign(z) * powers * ops.where(is_zero, ops.zeros_like(total), length)


def _top_k(K: TopKL1, z: Tensor) -> Tensor:
    return ops.where(rank_by_magnitude(z) < K.k, sign(z), ops.zeros_like(z))


def _sorted(K: SortedL1Norm, z: Tensor) -> Tensor:
    weights = ops.cast(ops.convert_to_tensor(np.asarray(K.weights)), z.dtype)
    return sign(z) * ops.take(weights, rank_by_magnitude(z))


def _groups(K: GroupL2Norm, z: Tensor) -> Tensor:
    return grouped(K.groups, z, lambda block: _unit_rows(block))


def _unit(K: L2Norm, z: Tensor) -> Tensor:
    return ops.reshape(_unit_rows(ops.reshape(z, (1, -1))), z.shape)


def _unit_rows(rows: Tensor) -> Tensor:
    """Every row divided by its Euclidean length; 0 where that is 0."""
    scaled = relative(rows, axis=1)
    length = ops.sqrt(ops.sum(scaled * scaled, axis=1, keepdims=True))
    return scaled / ops.where(length == 0, ops.ones_like(length), length)


def _by_singular_values(K: NuclearNorm | SpectralNorm | SchattenNorm, z: Tensor) -> Tensor:
    return on_singular_values(z, lambda s: direction(K.gauge, s))


def _blocks(K: SeparableSum, z: Tensor) -> Tensor:
    sizes: Sequence[int] = K.sizes or (z.shape[0] // len(K.functions),) * len(K.functions)
    ends = np.cumsum(sizes)
    parts = zip(K.functions, ends - np.asarray(sizes), ends, strict=True)
    return ops.concatenate([direction(function, z[int(start) : int(end)]) for function, start, end in parts], axis=0)


def _sum(K: Sum, z: Tensor) -> Tensor:
    first, *rest = (direction(function, z) for function in K.functions)
    for term in rest:
        first = first + term
    return first


def _precomposed(K: Precomposed, z: Tensor) -> Tensor:
    matrix = ops.cast(ops.convert_to_tensor(K.map.matrix), z.dtype)
    with jax.default_matmul_precision("highest"):  # heard where Keras runs on JAX
        inner = direction(K.function, ops.tensordot(matrix, z, axes=1))
        return ops.tensordot(ops.transpose(matrix), inner, axes=1)


def _translated(K: Translated, z: Tensor) -> Tensor:
    shift, slope = (ops.cast(ops.convert_to_tensor(np.asarray(c, np.float64)), z.dtype) for c in (K.shift, K.slope))
    return direction(K.function, z - shift) + slope


def _unfolded(K: Unfolded, z: Tensor) -> Tensor:
    return ops.reshape(direction(K.function, ops.reshape(z, matrix_shape(tuple(z.shape)))), z.shape)


def _size(z: Tensor) -> int:
    return int(np.prod(z.shape))


FORMS: dict[type[ConvexFunction], Callable[[Any, Tensor], Tensor]] = {
    L1Norm: lambda K, z: sign(z),
    DeadzoneL1: _dead_zone,
    Huber: lambda K, z: ops.clip(z / K.threshold, -1.0, 1.0),
    PseudoHuber: _pseudo_huber,
    LogCosh: lambda K, z: ops.tanh(K.sharpness * z),
    SquaredL2: lambda K, z: K.scale * z,
    L2Norm: in_single_precision(_unit),
    LinfNorm: _first_largest,
    LpNorm: lambda K, z: direction(K.form, z),
    PowerNorm: in_single_precision(_power),
    TopKL1: _top_k,
    SortedL1Norm: _sorted,
    GroupL2Norm: in_single_precision(_groups),
    NuclearNorm: in_single_precision(_by_singular_values),
    SpectralNorm: in_single_precision(_by_singular_values),
    SchattenNorm: in_single_precision(_by_singular_values),
    Scaled: lambda K, z: K.factor * direction(K.function, z),
    SeparableSum: _blocks,
    Sum: _sum,
    Truncated: lambda K, z: direction(K.function, z),
    Translated: in_single_precision(_translated),
    Precomposed: in_single_precision(_precomposed),
    Unfolded: _unfolded,
    MoreauEnvelope: lambda K, z: envelope_direction(K.function, K.smoothing, z),
}
"""Class → its ∇K. Envelopes have their own table, by the function that is smoothed."""
