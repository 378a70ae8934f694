"""What is known of a matrix once and for all: its singular values, its inverse, and whether it keeps angles."""

import functools
from typing import NamedTuple

import numpy as np

from ..precision import unit_roundoff


class LinearMap(NamedTuple):
    """Facts about a matrix A of shape (rows, columns), in float64."""

    matrix: np.ndarray
    inverse: np.ndarray  # the pseudoinverse where A is not square
    rank: int
    largest: float  # singular value
    condition: float  # largest over least nonzero singular value
    square_scale: float | None  # c where A Aᵀ = cI up to rounding
    diagonal: np.ndarray | None  # the diagonal where A is square and zero elsewhere

    @property
    def inverse_transpose(self) -> "LinearMap":
        """The facts about the transposed (pseudo)inverse."""
        return linear_map(tuple(map(tuple, self.inverse.T.tolist())))

    @property
    def is_onto(self) -> bool:
        return self.rank == self.matrix.shape[0]

    @property
    def is_one_to_one(self) -> bool:
        return self.rank == self.matrix.shape[1]


@functools.lru_cache(maxsize=128)
def linear_map(entries: tuple) -> LinearMap:
    """The facts about the matrix with these rows."""
    matrix = np.array(entries, np.float64)
    rows, columns = matrix.shape
    singular = np.linalg.svd(matrix, compute_uv=False)
    largest = float(singular[0])
    rank = int(np.sum(singular > max(rows, columns) * 2 * unit_roundoff(np.float64) * largest))
    condition = largest / float(singular[rank - 1]) if rank else np.inf
    square = matrix @ matrix.T
    scale = float(np.trace(square)) / rows
    keeps_angles = np.max(np.abs(square - scale * np.eye(rows))) <= 4 * columns * unit_roundoff(np.float64) * scale
    is_diagonal = rows == columns == rank and np.count_nonzero(matrix) == rows and bool(np.all(np.diag(matrix)))
    inverse = np.linalg.inv(matrix) if rows == columns == rank else np.linalg.pinv(matrix)
    return LinearMap(
        matrix,
        np.diag(1 / np.diag(matrix)) if is_diagonal else inverse,
        rank,
        largest,
        condition,
        scale if keeps_angles and rank == rows else None,
        np.diag(matrix).copy() if is_diagonal else None,
    )
