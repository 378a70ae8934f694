"""A large batch in equal parts, each on a thread of its own: on a CPU, XLA runs a loop on one thread."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ..precision import double_precision

# A shorter step does not outweigh what XLA spends on starting it.
SMALLEST_PART = 128


def run_in_parts(
    run: Callable[..., dict[str, Any]], arguments: Sequence[Any], in_axes: Sequence[Any], batch_size: int
) -> dict[str, np.ndarray]:
    """`run(*arguments)` for a batch, compiled once for a part of it; its results, (T, B, …) each, as NumPy arrays.

    The batch is the first axis of the arrays in every argument whose entry of `in_axes` is not None.
    """
    size = batch_size // number_of_parts(batch_size)
    slices = [slice(start, start + size) for start in range(0, batch_size, size)]

    whole: dict[str, np.ndarray] = {}
    is_allocating = Lock()

    def fill(rows: slice) -> None:
        own = [
            tree if axes is None else jax.tree.map(lambda a: a[rows] if eqx.is_array(a) else a, tree)
            for tree, axes in zip(arguments, in_axes, strict=True)
        ]
        with double_precision():  # a scope holds for one thread
            results = {name: np.asarray(array) for name, array in run(*own).items()}
        for name, array in results.items():
            with is_allocating:
                if name not in whole:
                    whole[name] = np.empty((len(array), batch_size, *array.shape[2:]), array.dtype)
            whole[name][:, rows] = array

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(fill, slices))
    return whole


def number_of_parts(batch_size: int) -> int:
    """The most equal parts, up to one for each processor, none below `SMALLEST_PART`; 1 on an accelerator."""
    if jax.default_backend() != "cpu":
        return 1
    most = min(os.cpu_count() or 1, batch_size // SMALLEST_PART)
    return max((parts for parts in range(1, most + 1) if batch_size % parts == 0), default=1)
