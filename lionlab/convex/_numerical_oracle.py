"""A convex function of JAX as the plain callables that numerical conjugation takes, and JAX's way back to the host."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..conjugation import ConvexOracle
from ..precision import cast_floats, double_precision, unit_roundoff
from ._function import ConvexFunction

# A larger K(0) would leave K fewer than nine digits.
LARGEST_START = 1e7


@eqx.filter_jit
def _values_and_subgradients(K: ConvexFunction, z: Array) -> tuple[Array, Array]:
    return jax.vmap(lambda point: (K.value(point), K.selection(point)))(z)


@eqx.filter_jit
def _values(function: Callable[[Array], Array], z: Array) -> Array:
    return jax.vmap(function)(z)


@eqx.filter_jit
def _second_derivative(K: ConvexFunction, z: Array) -> Array:
    return jax.jacfwd(K.selection)(z)


def _padded(points: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Points in K's shape, their number raised to a power of 4: each new number would be a new compilation."""
    count = 1
    while count < len(points):
        count *= 4
    padded = np.zeros((count, *shape))
    padded[: len(points)] = points.reshape(len(points), *shape)
    return jnp.asarray(padded)


def oracle_of(
    K: ConvexFunction, shape: Sequence[int], recession: Any = None, evaluation_error: float | None = None
) -> ConvexOracle:
    """K − K(0) on arrays of one shape as a `ConvexOracle` on vectors: float64 whatever JAX's flag says, compiled once.

    `recession` is a convex function, or any JAX function of one array of that shape that returns a scalar.
    """
    shape = tuple(shape)
    size = int(np.prod(shape))
    in_double = cast_floats(jax.tree.map(_as_double, K), np.float64)

    def original(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with double_precision():
            values, subgradients = _values_and_subgradients(in_double, _padded(points, shape))
            n = len(points)
            return np.asarray(values, np.float64)[:n], np.asarray(subgradients, np.float64)[:n].reshape(n, size)

    start = 0.0 if K.is_positively_homogeneous else value_at_zero(K, shape)
    if np.isfinite(start) and abs(start) > LARGEST_START:
        raise ValueError(f"K(0) is {start:g}: subtract it from K, of which it leaves too few digits; K* then gains it.")

    def evaluate(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, subgradients = original(points)
        return values - start, subgradients

    def hessian(point: np.ndarray) -> np.ndarray:
        with double_precision():
            second = _second_derivative(in_double, jnp.asarray(point.reshape(shape)))
            return np.asarray(second, np.float64).reshape(size, size)

    growth = None
    if recession is not None:
        far = cast_floats(jax.tree.map(_as_double, recession), np.float64)
        call = far.value if isinstance(far, ConvexFunction) else far

        def growth(points: np.ndarray) -> np.ndarray:
            with double_precision():
                return np.asarray(_values(call, _padded(points, shape)), np.float64)[: len(points)]

    error = 8 * (size + 8) * unit_roundoff(np.float64) if evaluation_error is None else evaluation_error
    return ConvexOracle(
        evaluate,
        size,
        is_smooth=K.is_smooth,
        is_positively_homogeneous=K.is_positively_homogeneous,
        recession=growth,
        hessian=hessian if K.is_smooth else None,
        # Relative to 1 + |K|, and K is K(0) larger than what the oracle shows.
        evaluation_error=error * (1 + abs(start)) if np.isfinite(start) else error,
    )


def value_at_zero(K: ConvexFunction, shape: Sequence[int]) -> float:
    """K(0), in float64."""
    in_double = cast_floats(jax.tree.map(_as_double, K), np.float64)
    with double_precision():
        return float(_values_and_subgradients(in_double, jnp.zeros((1, *shape)))[0][0])


def _as_double(leaf: Any) -> Any:
    is_float = eqx.is_array(leaf) and np.issubdtype(leaf.dtype, np.floating)
    return np.asarray(leaf, np.float64) if is_float else leaf


def on_host(compute: Callable[..., tuple[Any, ...]], owner: Any, result: tuple[Any, ...], *operands: Array) -> Any:
    """`compute(owner, *operands)` in NumPy, from inside a compiled program; `result` holds shapes and dtypes.

    The arrays inside `owner` travel as operands, for they may be traced. Under `vmap` the points are taken one by one.
    """
    arrays, rest = eqx.partition(owner, eqx.is_array)
    leaves, structure = jax.tree.flatten(arrays)
    dtypes = [np.dtype(leaf.dtype) for leaf in (*leaves, *operands)]

    def host(*words: Any) -> Any:
        queue = iter([np.asarray(word) for word in words])
        arguments = [_joined([next(queue) for _ in range(1 + _is_wide(dtype))], dtype) for dtype in dtypes]
        whole = eqx.combine(jax.tree.unflatten(structure, arguments[: len(leaves)]), rest)
        answers = compute(whole, *arguments[len(leaves) :])
        typed = [np.asarray(a, kind.dtype).reshape(kind.shape) for a, kind in zip(answers, result, strict=True)]
        return tuple(word for answer in typed for word in _halves(answer))

    kinds = tuple(word for kind in result for word in _word_kinds(kind))
    sent = [word for array in (*leaves, *operands) for word in _to_words(jnp.asarray(array))]
    received = iter(jax.pure_callback(host, kinds, *sent, vmap_method="sequential"))
    return tuple(_assembled([next(received) for _ in _word_kinds(kind)], kind.dtype) for kind in result)


# JAX runs a callback in a thread of its own, where float64 is float32 unless the *global* flag says otherwise, on the
# way in and on the way out. A float64 therefore crosses as the two 32-bit halves of its bits.


def _is_wide(dtype: Any) -> bool:
    return np.dtype(dtype) == np.float64


def _word_kinds(kind: jax.ShapeDtypeStruct) -> list[jax.ShapeDtypeStruct]:
    return [jax.ShapeDtypeStruct(kind.shape, np.uint32)] * 2 if _is_wide(kind.dtype) else [kind]


def _to_words(array: Array) -> list[Array]:
    if not _is_wide(array.dtype):
        return [array]
    bits = jax.lax.bitcast_convert_type(array, jnp.uint64)
    upper = jax.lax.shift_right_logical(bits, jnp.full_like(bits, 32))
    return [upper.astype(jnp.uint32), bits.astype(jnp.uint32)]


def _assembled(words: list[Array], dtype: Any) -> Array:
    if not _is_wide(dtype):
        return words[0]
    upper, lower = (word.astype(jnp.uint64) for word in words)
    bits = jax.lax.shift_left(upper, jnp.full_like(upper, 32)) | lower
    return jax.lax.bitcast_convert_type(bits, jnp.float64)


def _halves(array: np.ndarray) -> list[np.ndarray]:
    if not _is_wide(array.dtype):
        return [array]
    bits = np.array(array).view(np.uint64)
    return [(bits >> np.uint64(32)).astype(np.uint32), bits.astype(np.uint32)]


def _joined(words: list[np.ndarray], dtype: np.dtype) -> np.ndarray:
    if not _is_wide(dtype):
        return words[0]
    bits = (words[0].astype(np.uint64) << np.uint64(32)) | words[1].astype(np.uint64)
    return np.asarray(bits, np.uint64).view(np.float64)
