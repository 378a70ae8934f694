"""How each operation acts on small arrays held as separate scalars.

Most operations on arrays only move entries about; what such an operation does to an array of labels it does to the
entries, so NumPy applies it to labels once, while tracing, and nothing is left at run time. Reductions become chains
of scalar operations, sorts and `top_k` a few comparisons of neighbours. A rule returns None where it does not apply.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core.primitives import lt_to_p

LARGEST_SMALL_ARRAY = 16


@functools.partial(jax.tree_util.register_dataclass, data_fields=["entries"], meta_fields=["shape"])
@dataclass(frozen=True)
class Unstacked:
    """A small array as the tuple of its entries in row-major order.  An entry is a 0-d array, or a whole column (T,)
    when many arrays of this shape are held side by side, never a Python number."""

    entries: tuple[Any, ...]
    shape: tuple[int, ...]

    def labels(self, offset: int = 0) -> np.ndarray:
        """The array whose entries name themselves: what an operation does to labels it does to entries."""
        return offset + np.arange(len(self.entries)).reshape(self.shape)


Value = Unstacked | jax.Array


def is_small(array: Any) -> bool:
    """Whether an array, or a type of arrays, is worth taking apart.  Random keys and empty arrays are not."""
    return 0 < array.size <= LARGEST_SMALL_ARRAY and not jnp.issubdtype(array.dtype, jax.dtypes.extended)


def take_apart(array: Any, leading: int = 0) -> Value:
    """The entries of a small array as scalars, or as columns along its first ``leading`` axes."""
    shape = np.shape(array)[leading:]
    if not is_small(jax.ShapeDtypeStruct(shape, array.dtype)):
        return array
    if not shape:
        return Unstacked((array,), shape)
    return Unstacked(tuple(array[(slice(None),) * leading + index] for index in np.ndindex(shape)), shape)


def put_together(value: Value) -> Any:
    """The inverse of `take_apart`: entries return as the last axes, after those of a column."""
    if not isinstance(value, Unstacked):
        return value
    if not value.shape:
        return value.entries[0]
    stacked = jnp.stack(value.entries, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + value.shape)


def is_known(value: Value) -> bool:
    """Whether every entry is a constant at trace time: such entries stay in NumPy."""
    return isinstance(value, Unstacked) and all(isinstance(entry, np.generic) for entry in value.entries)


def known_array(value: Any) -> np.ndarray:
    """A known value as a NumPy array."""
    return np.asarray(value.entries).reshape(value.shape)


# -- Rules that only move entries: an operation on labels -------------------------------------------------------------


def _broadcast(params: dict[str, Any], labels: np.ndarray) -> np.ndarray:
    aligned = np.ones(len(params["shape"]), int)
    aligned[list(params["broadcast_dimensions"])] = labels.shape
    return np.broadcast_to(labels.reshape(aligned), params["shape"])


def _slice(params: dict[str, Any], labels: np.ndarray) -> np.ndarray:
    strides = params["strides"] or (1,) * labels.ndim
    return labels[tuple(map(slice, params["start_indices"], params["limit_indices"], strides))]


MOVES: dict[str, Callable[..., Any]] = {
    "broadcast_in_dim": _broadcast,
    "concatenate": lambda params, *labels: np.concatenate(labels, params["dimension"]),
    "copy": lambda params, labels: labels,
    "reshape": lambda params, labels: labels.reshape(params["new_sizes"]),
    "rev": lambda params, labels: np.flip(labels, params["dimensions"]),
    "slice": _slice,
    "split": lambda params, labels: np.split(labels, np.cumsum(params["sizes"])[:-1], params["axis"]),
    "squeeze": lambda params, labels: labels.squeeze(params["dimensions"]),
    "transpose": lambda params, labels: labels.transpose(params["permutation"]),
}

# These move entries too, to places named by integer operands: where those are known, jax itself moves the labels.
INDEXED_MOVES = {"gather": 1, "dynamic_slice": 1, "scatter": 2, "dynamic_update_slice": 2, "pad": 2}


def _move(labels: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    entries = [entry for operand in operands for entry in operand.entries]
    results = labels if isinstance(labels, (list, tuple)) else [labels]
    return [Unstacked(tuple(entries[label] for label in np.ravel(result)), np.shape(result)) for result in results]


def _self_naming(operands: Sequence[Unstacked]) -> list[np.ndarray]:
    offsets = np.cumsum([0, *(len(operand.entries) for operand in operands)])
    return [operand.labels(int(offset)) for operand, offset in zip(operands, offsets, strict=False)]


def _indexed_move(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked] | None:
    name = equation.primitive.name
    if name == "scatter":
        operands = [operands[0], operands[2], operands[1]]
    moved, places = operands[: INDEXED_MOVES[name]], operands[INDEXED_MOVES[name] :]
    if equation.params.get("fill_value") is not None or not all(map(is_known, places)):
        return _slice_anywhere(operands[0], operands[1], equation.params) if name == "dynamic_slice" else None
    arguments = [labels.astype(np.int32) for labels in _self_naming(moved)] + [known_array(place) for place in places]
    if name == "scatter":
        arguments = [arguments[0], arguments[2], arguments[1]]
    with jax.ensure_compile_time_eval():
        moved_labels = np.asarray(equation.primitive.bind(*map(jnp.asarray, arguments), **equation.params))
    is_outside = moved_labels.min() < 0  # what jax fills in for an index out of bounds
    return None if is_outside else _move(moved_labels, moved)


def _slice_anywhere(operand: Unstacked, start: Unstacked, params: dict[str, Any]) -> list[Unstacked] | None:
    """A window of a vector at an index found at run time: it slides from the right end while the index lies left."""
    if len(operand.shape) != 1:
        return None
    (width,), (index,) = params["slice_sizes"], start.entries
    window = operand.entries[len(operand.entries) - width :]
    for left in reversed(range(len(operand.entries) - width)):
        is_left = lax.le(index, np.asarray(left, index.dtype))
        here = operand.entries[left : left + width]
        window = tuple(map(functools.partial(lax.select, is_left), here, window))
    return [Unstacked(window, (width,))]


# -- Rules that compute ----------------------------------------------------------------------------------------------

# fmt: off
ELEMENTWISE = frozenset((
    "abs", "acos", "acosh", "add", "add_any", "and", "asin", "asinh", "atan", "atan2", "atanh", "bessel_i0e",
    "bessel_i1e", "cbrt", "ceil", "clamp", "clz", "complex", "conj", "convert_element_type", "copy_p", "cos",
    "cosh", "digamma", "div", "eq", "eq_to", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "floor", "ge", "gt",
    "igamma", "igamma_grad_a", "igammac", "imag", "integer_pow", "is_finite", "le", "le_to", "lgamma", "log",
    "log1p", "log2", "logistic", "lt", "lt_to", "max", "min", "mul", "name", "ne", "neg", "nextafter", "not",
    "one_minus_square", "or", "polygamma", "population_count", "pow", "random_gamma_grad", "real",
    "reduce_precision", "regularized_incomplete_beta", "rem", "round", "rsqrt", "select_n", "shift_left",
    "shift_right_arithmetic", "shift_right_logical", "sign", "sin", "sinh", "sqrt", "square", "sub", "tan", "tanh",
    "xor", "zeta",
))
# fmt: on


def _elementwise(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    shape = equation.outvars[0].aval.shape
    rows = zip(*(np.broadcast_to(operand.labels(), shape).ravel() for operand in operands), strict=True)
    entries = ([operand.entries[label] for operand, label in zip(operands, row, strict=True)] for row in rows)
    return [Unstacked(tuple(equation.primitive.bind(*entry, **equation.params) for entry in entries), shape)]


def _bitcast(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked] | None:
    """Entry by entry, unless an entry becomes several of another width, or several become one."""
    return _elementwise(equation, operands) if equation.outvars[0].aval.shape == operands[0].shape else None


REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "reduce_sum": lax.add,
    "reduce_prod": lax.mul,
    "reduce_max": lax.max,
    "reduce_min": lax.min,
    "reduce_and": lax.bitwise_and,
    "reduce_or": lax.bitwise_or,
    "reduce_xor": lax.bitwise_xor,
}
CUMULATIVE = {"cumsum": lax.add, "cumprod": lax.mul, "cummax": lax.max, "cummin": lax.min}


def _lines(operand: Unstacked, axes: Iterable[int]) -> tuple[tuple[int, ...], list[list[Any]]]:
    """The remaining shape, and for each of its places the entries along the given axes, in order."""
    axes = tuple(axes)
    kept = [axis for axis in range(len(operand.shape)) if axis not in axes]
    shape = tuple(operand.shape[axis] for axis in kept)
    rows = operand.labels().transpose(*kept, *axes).reshape(math.prod(shape), -1)
    return shape, [[operand.entries[label] for label in row] for row in rows]


def _reduce(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    shape, lines = _lines(operands[0], equation.params["axes"])
    combine = REDUCTIONS[equation.primitive.name]
    return [Unstacked(tuple(functools.reduce(combine, line) for line in lines), shape)]


def _first_extreme(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    """The lowest index of the extreme entry; as in jax a nan counts as the extreme."""
    beats = lax.gt if equation.primitive.name == "argmax" else lax.lt
    dtype = np.dtype(equation.params["index_dtype"])
    shape, lines = _lines(operands[0], equation.params["axes"])
    found = []
    for line in lines:
        best, place = line[0], dtype.type(0)
        for index, entry in enumerate(line[1:], 1):
            is_new_nan = lax.bitwise_and(lax.ne(entry, entry), lax.eq(best, best))
            wins = lax.bitwise_or(beats(entry, best), is_new_nan)
            best, place = lax.select(wins, entry, best), lax.select(wins, jnp.asarray(index, dtype), place)
        found.append(place)
    return [Unstacked(tuple(found), shape)]


def _along(axis: int, operands: Sequence[Unstacked], change: Callable[[list[Any]], list[Any]]) -> list[Unstacked]:
    """Apply ``change`` to each line of rows along an axis; a row holds one entry of every operand."""
    joint = Unstacked(tuple(zip(*(operand.entries for operand in operands), strict=True)), operands[0].shape)
    shape, lines = _lines(joint, (axis,))
    changed = [change(line) for line in lines]
    rows = np.arange(sum(map(len, changed))).reshape(*shape, -1)
    order = np.moveaxis(rows, -1, axis)
    flat = [row for line in changed for row in line]
    columns = zip(*(flat[label] for label in order.ravel()), strict=True)
    return [Unstacked(column, order.shape) for column in columns]


def _accumulate(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    combine, backwards = CUMULATIVE[equation.primitive.name], equation.params["reverse"]

    def change(line: list[Any]) -> list[Any]:
        totals = [line[-1] if backwards else line[0]]
        for (entry,) in line[-2::-1] if backwards else line[1:]:
            totals.append((combine(totals[-1][0], entry),))
        return totals[::-1] if backwards else totals

    return _along(equation.params["axis"], operands, change)


def _precedes(first: Any, second: Any) -> Any:
    """Order of `lax.sort`: nan after everything, the two zeros equal."""
    is_late = lax.bitwise_and(lax.ne(second, second), lax.eq(first, first))
    return lax.bitwise_or(lax.lt(first, second), is_late)


def _bubble(rows: list[Any], precedes: Callable[[Any, Any], Any], count: int) -> list[Any]:
    """Bring the first ``count`` rows to the front.  Neighbours swap only when strictly out of order, so ties keep
    the lower index first."""
    rows = list(rows)
    for front in range(count):
        for place in reversed(range(front, len(rows) - 1)):
            swap = functools.partial(lax.select, precedes(rows[place + 1], rows[place]))
            former, latter = rows[place], rows[place + 1]
            rows[place], rows[place + 1] = tuple(map(swap, latter, former)), tuple(map(swap, former, latter))
    return rows[:count]


def _sort(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked] | None:
    keys, axis = equation.params["num_keys"], equation.params["dimension"]

    def precedes(first: Any, second: Any) -> Any:
        answer = _precedes(first[keys - 1], second[keys - 1])
        for key in reversed(range(keys - 1)):
            is_tied = lax.bitwise_not(_precedes(second[key], first[key]))
            answer = lax.bitwise_or(_precedes(first[key], second[key]), lax.bitwise_and(is_tied, answer))
        return answer

    return _along(axis, operands, lambda line: _bubble(line, precedes, len(line)))


def _top(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    """`lax.top_k`, whose order is not that of `lax.sort`: nan comes first and 0 before -0."""
    (operand,), index_dtype = operands, equation.outvars[1].aval.dtype
    axis = equation.params.get("axis", -1) % len(operand.shape)
    places = tuple(np.indices(operand.shape, index_dtype)[axis].ravel())
    less = lt_to_p.bind if jnp.issubdtype(equation.outvars[0].aval.dtype, jnp.floating) else lax.lt
    joint = [operand, Unstacked(places, operand.shape)]
    return _along(axis, joint, lambda line: _bubble(line, lambda a, b: less(b[0], a[0]), equation.params["k"]))


def _dot(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    (contracted, batched), wide = equation.params["dimension_numbers"], equation.params["preferred_element_type"]

    def rows(operand: Unstacked, contracted: Sequence[int], batched: Sequence[int]) -> tuple[tuple[int, ...], Any]:
        free = [axis for axis in range(len(operand.shape)) if axis not in (*contracted, *batched)]
        labels = operand.labels().transpose(*batched, *free, *contracted)
        sizes = [math.prod(operand.shape[axis] for axis in axes) for axes in (batched, free, contracted)]
        return tuple(operand.shape[axis] for axis in free), labels.reshape(sizes)

    def convert(entry: Any) -> Any:
        return entry if wide is None or entry.dtype == wide else lax.convert_element_type(entry, wide)

    left, right = (Unstacked(tuple(map(convert, operand.entries)), operand.shape) for operand in operands)
    (left_free, left_labels), (right_free, right_labels) = map(rows, (left, right), contracted, batched)
    shape = (*(left.shape[axis] for axis in batched[0]), *left_free, *right_free)
    entries = []
    for group, others in zip(left_labels, right_labels, strict=True):
        for row in group:
            for column in others:
                terms = (lax.mul(left.entries[i], right.entries[j]) for i, j in zip(row, column, strict=True))
                entries.append(functools.reduce(lax.add, terms))
    return [Unstacked(tuple(entries), shape)]


def _iota(equation: Any, operands: Sequence[Unstacked]) -> list[Unstacked]:
    shape, dtype = equation.params["shape"], equation.params["dtype"]
    return [Unstacked(tuple(np.indices(shape)[equation.params["dimension"]].astype(dtype).ravel()), shape)]


RULES: dict[str, Callable[..., list[Unstacked] | None]] = {
    **dict.fromkeys(MOVES, lambda equation, operands: _move(
        MOVES[equation.primitive.name](equation.params, *_self_naming(operands)), operands)),
    **dict.fromkeys(INDEXED_MOVES, _indexed_move),
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(REDUCTIONS, _reduce),
    **dict.fromkeys(CUMULATIVE, _accumulate),
    **dict.fromkeys(("argmax", "argmin"), _first_extreme),
    "bitcast_convert_type": _bitcast,
    "dot_general": _dot,
    "iota": _iota,
    "sort": _sort,
    "top_k": _top,
}  # fmt: skip
