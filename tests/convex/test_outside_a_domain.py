"""How far outside its domain a function is said to be, where the domain is seen through a matrix or another rule."""

import jax.numpy as jnp
import numpy as np
import pytest
from convex.calculus_examples import DIAGONAL, ROTATION, SKEWED

from lionlab.convex import (
    ConvexFunction,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    Precomposed,
    Scaled,
    SeparableSum,
    Sum,
    TopKL1,
    Translated,
    Truncated,
)
from lionlab.convex._sum_forms import is_surely_finite
from lionlab.precision import double_precision

CLOSE = 1e-12
STRETCHED = SKEWED @ np.diag([40.0, 1.0, 0.05])
CUBE = Truncated(L1Norm(), 1.0)  # finite on max|z_i| ≤ 1


def nearest_in_cube(matrix: np.ndarray, z: np.ndarray) -> np.ndarray:
    """argmin ‖u − z‖ subject to ‖Au‖∞ ≤ 1 for a matrix that keeps angles or is diagonal, where it is a clipping."""
    return np.linalg.solve(matrix, np.clip(matrix @ z, -1, 1))


@pytest.mark.parametrize("matrix", [2 * ROTATION, DIAGONAL], ids=["rotation", "diagonal"])
def test_the_nearest_point_is_a_clipping_in_other_coordinates(matrix: np.ndarray) -> None:
    K = Precomposed(CUBE, matrix)
    for z in np.random.default_rng(0).normal(size=(4, 3)) * 2:
        nearest = nearest_in_cube(matrix, z)
        np.testing.assert_allclose(K.domain_projection(z), nearest, atol=CLOSE)
        assert float(K.domain_distance(z)) == pytest.approx(np.linalg.norm(nearest - z), abs=CLOSE)


@pytest.mark.parametrize(
    "K", [Precomposed(Huber(0.5), 2 * ROTATION), Precomposed(L1Norm(), DIAGONAL), Precomposed(CUBE, 0.01 * ROTATION),
          Sum([CUBE, L2Norm()]), Scaled(CUBE, 3.0), Translated(CUBE, 0.25, 0.5)],
    ids=["rotated", "diagonal", "rotated cube", "sum", "scaled", "translated"],
)  # fmt: skip
def test_inside_nothing_moves(K: ConvexFunction) -> None:
    """Not by a rounding either: K*, H and the phase of a run ask whether the distance is 0."""
    for z in np.random.default_rng(1).uniform(-0.7, 0.7, size=(8, 3)):
        np.testing.assert_array_equal(K.domain_projection(z), z)
        assert K.domain_distance(z) == 0


@pytest.mark.parametrize("matrix", [SKEWED, STRETCHED, 1e-3 * STRETCHED, 1e3 * SKEWED], ids=str)
def test_an_excess_bounds_the_distance(matrix: np.ndarray) -> None:
    """‖u − z‖ ≤ excess for some u of the domain: here the u with Au the clipped Az, which is not even the nearest."""
    K, rng = Precomposed(CUBE, matrix), np.random.default_rng(2)
    with double_precision():
        for direction in rng.normal(size=(20, 3)):
            z = np.linalg.solve(matrix, 3 * direction / np.linalg.norm(direction))
            least = least_distance(matrix, z)
            assert float(K.excess(jnp.asarray(z))) >= least * (1 - CLOSE)


def test_terms_are_finite_together_on_the_intersection() -> None:
    """[−1, 1] and [−0.5, 1.5] in every entry: neither term alone is as far from (−2, 2, 0) as the sum."""
    K = Sum([CUBE, Translated(CUBE, 0.5)])
    z = np.array([-2.0, 2.0, 0.0])
    np.testing.assert_allclose(K.domain_projection(z), [-0.5, 1, 0], atol=CLOSE)
    assert float(K.domain_distance(z)) == pytest.approx(np.hypot(1.5, 1), rel=CLOSE)
    without_a_rule = Sum([LinfNorm(), Truncated(TopKL1(2), 4.0)])
    with double_precision():
        assert float(K.excess(jnp.asarray(z))) == pytest.approx(np.hypot(1.5, 1), rel=CLOSE)
        # (2, −2) is the point of |z₁| + |z₂| ≤ 4 nearest to (4, −4).
        assert float(without_a_rule.excess(jnp.asarray([4.0, -4.0]))) >= np.sqrt(8)
        assert float(without_a_rule.excess(jnp.asarray([2.0, -2.0]))) == 0


def test_a_function_is_finite_everywhere_when_each_of_its_parts_is() -> None:
    blocks = SeparableSum([L1Norm(), CUBE])
    assert not is_surely_finite(blocks)
    assert not is_surely_finite(Scaled(Translated(blocks, 0.5), 2.0))
    assert not is_surely_finite(Sum([L1Norm(), CUBE]))
    assert is_surely_finite(SeparableSum([L1Norm(), Huber(0.5)]))
    assert is_surely_finite(Precomposed(Sum([L1Norm(), L2Norm()]), SKEWED))


@pytest.mark.parametrize("entry", [np.inf, -np.inf, np.nan])
def test_a_convolution_with_the_euclidean_norm_is_infinite_where_one_entry_is(entry: float) -> None:
    """Its own value, before anything is made of it: K* finite everywhere is not finite at what is no point."""
    K_star = Sum([TopKL1(2), L2Norm().conjugate()]).conjugate()
    with double_precision():
        assert float(K_star.value(jnp.asarray([0.5, entry, 1.0]))) == np.inf
        assert float(K_star.value(jnp.asarray([0.5, 2.0, 1.0]))) < np.inf


def least_distance(matrix: np.ndarray, z: np.ndarray) -> float:
    """A lower bound of the distance from z to {‖Au‖∞ ≤ 1}: to each of the half-spaces |a_i·u| ≤ 1."""
    return float(np.max((np.abs(matrix @ z) - 1) / np.linalg.norm(matrix, axis=1)))
