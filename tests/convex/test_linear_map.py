"""What is known of a matrix, against matrices made with a known answer, of every size from 1e-150 to 1e150."""

import numpy as np
import pytest

from lionlab.convex._linear_map import LinearMap, linear_map

RNG = np.random.default_rng(0)
LEFT, RIGHT = (np.linalg.qr(RNG.normal(size=(n, n)))[0] for n in (3, 4))
SIZES = [1e-150, 1e-6, 1.0, 1e6, 1e150]
CLOSE = 1e-13


def known(matrix: np.ndarray) -> LinearMap:
    return linear_map(tuple(map(tuple, matrix.tolist())))


def with_singular_values(*values: float) -> np.ndarray:
    """A matrix of shape (3, 4) with these singular values."""
    return LEFT @ np.diag(values) @ RIGHT[:3]


@pytest.mark.parametrize("size", SIZES)
def test_singular_values_give_rank_and_condition(size: float) -> None:
    onto = known(size * with_singular_values(8.0, 2.0, 0.5))
    assert (onto.rank, onto.is_onto, onto.is_one_to_one) == (3, True, False)
    assert onto.largest == pytest.approx(8 * size, rel=CLOSE)
    assert onto.condition == pytest.approx(16, rel=CLOSE)
    flat = known(size * with_singular_values(8.0, 2.0, 0.0))
    assert (flat.rank, flat.is_onto) == (2, False)
    assert flat.condition == pytest.approx(4, rel=CLOSE)
    tall = known(size * with_singular_values(8.0, 2.0, 0.5).T)
    assert (tall.rank, tall.is_onto, tall.is_one_to_one) == (3, False, True)


def test_rank_counts_what_is_above_rounding() -> None:
    """A singular value of 1e-12 of the largest is a number, one of 1e-17 is rounding."""
    assert known(with_singular_values(1.0, 0.5, 1e-12)).rank == 3
    assert known(with_singular_values(1.0, 0.5, 1e-17)).rank == 2


@pytest.mark.parametrize("size", SIZES)
def test_angles_are_kept_where_the_rows_are_orthogonal_and_of_one_length(size: float) -> None:
    assert known(size * with_singular_values(1.5, 1.5, 1.5)).square_scale == pytest.approx(2.25 * size**2, rel=CLOSE)
    assert known(size * with_singular_values(1.5, 1.5, 1.5 * (1 - 1e-12))).square_scale is None
    assert known(size * with_singular_values(1.5, 1.5, 0.0)).square_scale is None
    # Orthonormal columns do not make orthogonal rows.
    assert known(size * with_singular_values(1.0, 1.0, 1.0).T).square_scale is None


@pytest.mark.parametrize("size", SIZES)
def test_inverses_undo(size: float) -> None:
    square = size * LEFT @ np.diag([3.0, 2.0, 1.0])
    for matrix in (square, size * with_singular_values(8.0, 2.0, 0.5), size * np.diag([2.0, -0.5, 1.0])):
        facts = known(matrix)
        np.testing.assert_allclose(matrix @ facts.inverse, np.eye(3), atol=CLOSE)
        np.testing.assert_allclose(facts.inverse_transpose.matrix, facts.inverse.T, rtol=0)


def test_a_diagonal_is_seen_where_nothing_else_is() -> None:
    np.testing.assert_array_equal(known(np.diag([2.0, -0.5, 1.0])).diagonal, [2, -0.5, 1])
    np.testing.assert_array_equal(known(np.diag([2.0, -0.5])).inverse, [[0.5, 0], [0, -2]])
    for other in (np.diag([2.0, 0.0, 1.0]), np.eye(3)[::-1], np.eye(3) + 1e-9 * np.eye(3, k=1), np.eye(2, 3)):
        assert known(other).diagonal is None
