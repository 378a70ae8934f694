"""Blocks of a leading axis, three and more: where each begins and ends is what NumPy's split says."""

import numpy as np
import pytest

from lionlab.convex import Huber, L1Norm, L2Norm, LinfNorm, SeparableSum, SquaredL2

Z = np.array([0.5, -3.0, 4.0, 1.0, -2.0, 0.25])


@pytest.mark.parametrize("sizes", [(1, 2, 3), (3, 2, 1), (2, 2, 2), None])
def test_every_block_has_its_own_function(sizes: tuple[int, ...] | None) -> None:
    K = SeparableSum([L1Norm(), L2Norm(), LinfNorm()], sizes)
    a, b, c = np.split(Z, np.cumsum(sizes or (2, 2, 2))[:-1])
    u, k = np.zeros(c.size), np.argmax(np.abs(c))
    u[k] = np.sign(c[k])
    assert float(K(Z)) == pytest.approx(np.abs(a).sum() + np.linalg.norm(b) + np.abs(c).max(), rel=1e-15)
    np.testing.assert_allclose(K.subgradient(Z), [*np.sign(a), *(b / np.linalg.norm(b)), *u], rtol=1e-15)
    indicator = K.conjugate()
    largest = max(np.abs(a).max(), np.linalg.norm(b), np.abs(c).sum())
    assert indicator(Z / largest * (1 - 1e-12)) == 0
    assert indicator(Z / largest * (1 + 1e-12)) == np.inf


def test_four_blocks_of_matrices_are_split_by_rows() -> None:
    K = SeparableSum([SquaredL2(), Huber(0.5), L1Norm(), L2Norm()])
    rows = np.arange(1.0, 13.0).reshape(4, 3)
    wanted = (rows[0] ** 2).sum() / 2 + (rows[1] - 0.25).sum() + rows[2].sum() + np.linalg.norm(rows[3])
    assert float(K(rows)) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(("length", "sizes"), [(7, None), (5, (1, 2, 3)), (7, (1, 2, 3))])
def test_what_does_not_split_is_refused(length: int, sizes: tuple[int, ...] | None) -> None:
    with pytest.raises(ValueError, match="does not split into"):
        SeparableSum([L1Norm(), L2Norm(), LinfNorm()], sizes)(np.ones(length))


@pytest.mark.parametrize("sizes", [(1, 2), (1, 2, 3, 4), (1, 0, 2), (1, -1, 3)])
def test_sizes_are_one_positive_number_per_function(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="sizes must hold 3 positive integers"):
        SeparableSum([L1Norm(), L2Norm(), LinfNorm()], sizes)
