"""Choices of K by name: labels as in `optax.multi_transform`, and the one for networks, spectral on matrices."""

import dataclasses
import math
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import jax

from ..convex import ConvexFunction, L1Norm, NuclearNorm, Scaled
from ._choice import Choice, Direction, by_rule, is_direction, is_function, spread
from ._newton_schulz import NewtonSchulz
from ._unfolded import Unfolded


def by_label(functions: Mapping[Hashable, Direction], labels: Any) -> Choice:
    """The K that `functions` has for the label of each parameter.

    `labels` is a tree of labels, a prefix of the parameters', or a function params -> such a tree, as in
    `optax.multi_transform`.

    **Raises:** `TypeError` naming the entry of `functions` that is no K, or when it is no mapping; `ValueError` (from
    `init`) a label without K.
    """
    if not isinstance(functions, Mapping):
        raise TypeError(f'by_label: functions must map labels to K, as {{"a": L1Norm()}}, got {functions!r}.')
    known = dict(functions)
    for label, function in known.items():
        if not is_direction(function):
            raise TypeError(
                f"by_label: functions[{label!r}] must be a ConvexFunction or NewtonSchulz, got {function!r}."
            )

    def of_label(label: Any) -> Direction:
        if label not in known:
            raise ValueError(f"by_label: no K for the label {label!r}; there are {', '.join(map(repr, known))}.")
        return known[label]

    def of_tree(params: Any) -> Any:
        given = labels(params) if is_function(labels) else labels
        return jax.tree.map(of_label, spread("labels", given, params))

    return Choice(of_tree)


def spectral_for_matrices(
    matrices: Direction | None = None,
    rest: Direction | None = None,
    embeddings: tuple[str, ...] = ("embed",),
    factor: Callable[[int, int], float] | None = None,
) -> Choice:
    """`matrices` (`NuclearNorm()`: Muon, no singular value of λX above 1) for matrices, `rest` (`L1Norm()`) otherwise.

    - Vectors, scalars and embeddings are of the rest; an embedding is known by a path that contains one of
      `embeddings`, in upper or lower case.
    - A kernel with more than two axes is unfolded to a matrix: the last axis, the output features of Flax and Keras,
      are the columns, all others together the rows.
    - `factor`: (rows, columns) -> s > 0, by which direction and constraint set of a matrix grow: ‖X‖_op ≤ s/λ.
      `width_factor` and `rms_factor(0.2)` are those of Muon.

    **Raises:** `TypeError` when `matrices` or `rest` is no K, or `embeddings` no tuple of strings.
    """
    spectral, other = matrices or NuclearNorm(), rest or L1Norm()
    for name, given in (("matrices", spectral), ("rest", other)):
        if not is_direction(given):
            raise TypeError(f"spectral_for_matrices: {name} must be a ConvexFunction or NewtonSchulz, got {given!r}.")

    # A string is a sequence of letters, of which nearly every path has one.
    if isinstance(embeddings, str) or not all(isinstance(name, str) for name in embeddings):
        raise TypeError(
            f'spectral_for_matrices: embeddings must be a tuple of strings such as ("embed",), got {embeddings!r}.'
        )

    def rule(path: str, leaf: Any) -> Direction:
        if leaf.ndim < 2 or leaf.size == 0 or any(name.lower() in path.lower() for name in embeddings):
            return other
        *rows, columns = leaf.shape
        scaled = spectral if factor is None else _scaled(spectral, factor(math.prod(rows), columns))
        return Unfolded(scaled) if leaf.ndim > 2 and isinstance(scaled, ConvexFunction) else scaled

    return Choice(lambda params: by_rule(rule, params))


def width_factor(rows: int, columns: int) -> float:
    """√max(1, columns/rows): Muon's factor for kernels that multiply from the right, x ↦ xW."""
    return math.sqrt(max(1.0, columns / rows))


def rms_factor(rms: float) -> Callable[[int, int], float]:
    """(rows, columns) -> rms·√max(rows, columns): the entries of UVᵀ times it have that root mean square.

    So for matrices of full rank, exactly. Source: arXiv 2502.16982, where rms = 0.2.

    **Raises:** `ValueError` unless rms is finite and > 0.
    """
    if not 0 < rms < math.inf:
        raise ValueError(f"rms must be finite and > 0, got {rms!r}.")
    return lambda rows, columns: rms * math.sqrt(max(rows, columns))


def _scaled(direction: Direction, factor: float) -> Direction:
    if isinstance(direction, NewtonSchulz):
        return dataclasses.replace(direction, factor=direction.factor * factor)
    return Scaled(direction, factor)
