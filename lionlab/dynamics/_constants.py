"""The numbers of a run, or of a batch of runs, as arrays: new values then need no new compilation."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ..precision import cast_floats
from ._method import Constants, LionK


def stacked_constants(
    methods: Sequence[LionK], step_sizes: Sequence[np.ndarray], dtype: Any, batch_size: int | None = None
) -> tuple[Any, Constants, Any]:
    """(K, constants, axes): of one run, or of `batch_size` runs with the axes to vmap (K, constants) over.

    `step_sizes` gives η_0, η_1, … for every method; they are kept per step when any method has a schedule. One method
    for a whole batch is shared (axes None); as many methods as runs are stacked on a first axis.

    **Raises:** `ValueError` when the methods differ in the kind of K or in the decay, which is compiled in.
    """
    kinds = {(method.decay, jax.tree.structure(method.K)) for method in methods}
    if len(kinds) > 1:
        raise ValueError("methods of one batch must share the kind of K and the decay; run the others separately.")
    if len(methods) not in (1, batch_size):
        raise ValueError(f"methods must be one LionK or one for each of the {batch_size} runs, got {len(methods)}.")
    is_scheduled = any(callable(method.step_size) for method in methods)
    rows = []
    for method, sizes in zip(methods, step_sizes, strict=True):
        numbers = (sizes if is_scheduled else sizes[0], method.weight_decay, method.beta1, method.beta2)
        constants: Any = Constants._make(np.asarray(number, dtype) for number in numbers)
        rows.append((cast_floats(method.K, dtype), constants))
    if len(rows) == 1:
        return *rows[0], None
    return *_stacked(rows), eqx.if_array(0)


def stacked_objectives(objectives: Sequence[Any], dtype: Any, batch_size: int) -> tuple[Any, Any]:
    """(objective, axes): one objective for a whole batch (axes None), or one per run with its arrays stacked.

    **Raises:** `ValueError` when their number does not fit, or they are not losses of one kind with one shape of data.
    """
    rows = [cast_floats(objective, dtype) for objective in objectives]
    if len(rows) not in (1, batch_size):
        raise ValueError(f"objectives must be one, or one for each of the {batch_size} runs, got {len(rows)}.")
    if len(rows) == 1:
        return rows[0], None
    if len({_kind(row) for row in rows}) > 1:
        raise ValueError(
            "objectives of one batch must be of one kind, with data of one shape; run the others separately."
        )
    return _stacked(rows), eqx.if_array(0)


def _kind(tree: Any) -> Any:
    """What must agree for two trees to be stacked: the structure, the shapes, and everything that is no array."""
    leaves, structure = jax.tree.flatten(tree)
    return structure, tuple((leaf.shape, leaf.dtype.name) if eqx.is_array(leaf) else leaf for leaf in leaves)


def _stacked(rows: Sequence[Any]) -> Any:
    return jax.tree.map(lambda *leaves: np.stack(leaves) if eqx.is_array(leaves[0]) else leaves[0], *rows)


def at_step(constants: Constants, step_size: Any) -> Constants:
    """The constants with one step's η, or unchanged where `step_size` is None because η never changes."""
    return constants if step_size is None else constants._replace(step_size=step_size)
