"""An optimiser on the side of the counterexample: many searches at once, each climbing a violation."""

from collections.abc import Callable

import numpy as np

from ._probes import rounded

Objective = Callable[[np.ndarray, np.ndarray], np.ndarray]


def worst_pairs(
    objective: Objective,
    first: np.ndarray,
    second: np.ndarray,
    rng: np.random.Generator,
    dtype: str,
    rounds: int = 60,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of points (n, d) at which `objective` is larger than at the given ones, one for each of them.

    Each pair climbs on its own, by random steps whose length grows by half on success and shrinks on failure, so that
    about one step in five succeeds (Rechenberg's rule): no derivative is asked of a K that may have none. A step moves
    all entries, or one, or draws the pair together or apart.
    """
    count, d = first.shape
    best = objective(first, second)
    length = np.full((count, 1), 0.3)
    for _ in range(rounds):
        size = np.maximum(np.max(np.abs(np.concatenate([first, second], axis=1)), axis=1, keepdims=True), 1e-9)
        step = length * size * rng.normal(size=(2, count, d))
        one_entry = np.arange(d) == rng.integers(d, size=(count, 1))
        kind = rng.integers(4, size=(count, 1))
        step = np.where(kind == 0, step * one_entry, np.where(kind == 3, step[:1], step))
        middle, half = (first + second) / 2, (second - first) / 2
        spread = np.exp(length * rng.normal(size=(count, 1)))
        tried_first = np.where(kind == 2, middle - spread * half, first + step[0])
        tried_second = np.where(kind == 2, middle + spread * half, second + step[1])
        tried_first, tried_second = rounded(tried_first, dtype), rounded(tried_second, dtype)
        found = objective(tried_first, tried_second)
        is_better = (found > best)[:, None]
        first, second = np.where(is_better, tried_first, first), np.where(is_better, tried_second, second)
        best = np.where(is_better[:, 0], found, best)
        length = np.clip(np.where(is_better, 1.5 * length, length * 1.5**-0.25), 1e-7, 2.0)
    return first, second
