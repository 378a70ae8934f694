"""Gradients that push as far as they can: the adversaries of the search for an effective set.

A push is a whole sequence of gradients, fixed in advance, so that anyone can replay it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

STRONG = 1e4
"""How strong a steady push is: beyond the threshold of a dead zone or of Huber's function, of the order of 1."""
WAITING, LONG_WAITING = 400, 4000
"""Steps without a gradient before some pushes, until what corrects the bias of averages has died down."""


@dataclass(frozen=True)
class Push:
    """Gradients (T, *shape) that push x along `direction`, and what is particular about them."""

    name: str
    direction: np.ndarray
    gradients: np.ndarray


def directions(shape: tuple[int, ...], seed: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """Directions to push in: single entries, corners, random ones, and for matrices some of low rank."""
    rng = np.random.default_rng(seed)
    count = int(np.prod(shape))
    for i in {0, count - 1}:
        yield f"entry {i}", (np.arange(count) == i).astype(float).reshape(shape)
    yield "all entries", np.ones(shape)
    yield "a corner", rng.choice((-1.0, 1.0), shape)
    for i in range(3):
        yield f"random {i}", rng.normal(size=shape)
    if len(shape) == 2 and min(shape) > 1:
        yield "rank one", np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1]))
        left, _, right = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
        yield "orthogonal", left @ right


def steady(direction: np.ndarray, steps: int, strength: float = STRONG) -> np.ndarray:
    """The same gradient at every step."""
    return np.broadcast_to(-strength * direction, (steps, *direction.shape))


def growing(direction: np.ndarray, steps: int, rates: Any, waiting: int = 0) -> np.ndarray:
    """Gradients that grow by the factor `rates` (a number, or one for each entry) at every step, from 1e-3 on.

    Against a momentum divided by a longer memory of squares, a growth of β2/β1 holds the quotient at its largest.
    """
    time = np.arange(steps, dtype=float).reshape(steps, *[1] * direction.ndim)
    grown = -1e-3 * direction * np.asarray(rates, float) ** time
    return np.concatenate([np.zeros((waiting, *direction.shape)), grown])


def masking(direction: np.ndarray, steps: int) -> np.ndarray:
    """Only the largest entry's update goes along with its gradient; all others have a momentum against it.

    What divides an update by the share of entries that agree makes the largest step then.
    """
    target = np.zeros(direction.shape, bool)
    target.reshape(-1)[np.argmax(np.abs(direction))] = True
    along = -np.where(direction < 0, -1.0, 1.0)
    small = np.where(target, along, -1e-12)
    first = np.where(target, along, 1.0)
    return np.concatenate([first[None], np.broadcast_to(small, (steps - 1, *direction.shape))])


def spectra(direction: np.ndarray, count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Matrices with the singular vectors of `direction` and other singular values, largest 1."""
    left, _, right = np.linalg.svd(direction, full_matrices=False)
    rng = np.random.default_rng(seed)
    for i in range(count):
        values = np.exp(rng.uniform(np.log(1e-3), 0, len(right)))
        if i == 0:  # two equal ones and nothing else: after normalisation each is 1/√2
            values = np.where(np.arange(len(right)) < 2, 1.0, 0.0)
        yield (left * (values / values.max())) @ right
