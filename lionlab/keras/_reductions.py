"""What several directions share: signs, scaling by the largest entry, ranks, groups and singular values."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import keras
import numpy as np
from keras import ops

Tensor = Any


def sign(z: Tensor) -> Tensor:
    """sign(z) with sign(0) = 0; NaN stays NaN, which some backends call 0."""
    return ops.where(z == z, ops.sign(z), z)


def in_single_precision(form: Callable[[Any, Tensor], Tensor]) -> Callable[[Any, Tensor], Tensor]:
    """`form` for half-precision z computed in float32: sums of many squares overflow, and no SVD takes them."""

    @functools.wraps(form)
    def wrapped(K: Any, z: Tensor) -> Tensor:
        dtype = keras.backend.standardize_dtype(z.dtype)
        if dtype not in ("float16", "bfloat16"):
            return form(K, z)
        return ops.cast(form(K, ops.cast(z, "float32")), dtype)

    return wrapped


def relative(z: Tensor, axis: int | None = None) -> Tensor:
    """z divided by its largest magnitude (along `axis`), so that no power of an entry overflows; 0 stays 0."""
    largest = ops.max(ops.abs(z), axis=axis, keepdims=True)
    usable = ops.logical_and(largest > 0, ops.isfinite(largest))
    return z / ops.where(usable, largest, ops.ones_like(largest))


def rank_by_magnitude(z: Tensor) -> Tensor:
    """The rank of every entry by falling magnitude, 0 for the largest, ties by rising index; NaN before all."""
    flat = ops.reshape(z, (-1,))
    size = ops.where(ops.isnan(flat), ops.full_like(flat, float("inf")), ops.abs(flat))
    return ops.reshape(ops.argsort(ops.argsort(-size)), z.shape)


def grouped(groups: Sequence[Sequence[int]], z: Tensor, on_rows: Callable[[Tensor], Tensor]) -> Tensor:
    """`on_rows` of a table with one group in each row, its results put back; one table for every size of group."""
    by_size: dict[int, list[Sequence[int]]] = {}
    for group in groups:
        by_size.setdefault(len(group), []).append(group)
    tables = [np.asarray(same, np.int32) for same in by_size.values()]
    rows = [ops.reshape(on_rows(ops.take(z, table)), (-1,)) for table in tables]
    order = np.concatenate([table.ravel() for table in tables])
    return ops.take(ops.concatenate(rows, axis=0), np.argsort(order).astype(np.int32))


def on_singular_values(z: Tensor, transform: Callable[[Tensor], Tensor]) -> Tensor:
    """U·diag(transform(σ))·Vᵀ of a matrix, with 0 on the null part, where U and V are arbitrary; NaN unless finite."""
    scale = ops.max(ops.abs(z))
    is_finite = ops.isfinite(scale)
    divisor = ops.where(ops.logical_and(is_finite, scale > 0), scale, ops.ones_like(scale))
    u, s, vt = ops.svd(ops.where(is_finite, z / divisor, ops.zeros_like(z)), full_matrices=False)
    epsilon = float(np.finfo(keras.backend.standardize_dtype(z.dtype)).eps)
    is_null = s <= max(z.shape) * epsilon * s[0]
    transformed = transform(ops.where(is_null, ops.zeros_like(s), divisor * s))
    transformed = ops.where(is_null, ops.zeros_like(s), transformed)
    transformed = ops.where(is_finite, transformed, ops.full_like(s, float("nan")))
    with jax.default_matmul_precision("highest"):  # heard where Keras runs on JAX
        return ops.matmul(u * transformed[None, :], vt)
