"""∇K has a derivative everywhere where that is declared, and a kink that can be seen where it is not."""

import jax
import numpy as np
import pytest

from lionlab.convex import ConvexFunction, InfimalConvolution, SeparableSum
from lionlab.convex.catalogue import CATALOGUE

SPACING = 1e-2
# With K‴ ≤ 5 in the catalogue, ∇K bends by at most 5·SPACING² between neighbours; a kink turns it by SPACING/e.
LARGEST_BEND = 5 * SPACING**2
SMOOTH = [name for name, (K, _) in CATALOGUE.items() if K.is_smooth]


def sharpest_bend(K: ConvexFunction, shape: tuple[int, ...]) -> float:
    """The largest ‖∇K(z+h) − 2∇K(z) + ∇K(z−h)‖ along a ray through 0, where rays cross every kink of ours."""
    ray = np.random.default_rng(5).normal(size=shape)
    ray /= np.linalg.norm(ray)
    places = np.arange(-600, 601).reshape(-1, *(1,) * len(shape)) * SPACING
    points = (places * ray).astype(np.float32)
    directions = np.asarray(jax.jit(jax.vmap(K.selection))(points), float).reshape(len(points), -1)
    return float(np.max(np.linalg.norm(np.diff(directions, 2, axis=0), axis=1)))


@pytest.mark.parametrize("name", SMOOTH)
def test_declared_twice_differentiable_means_without_kinks_of_the_gradient(name: str) -> None:
    K, shape = CATALOGUE[name]
    assert (sharpest_bend(K, shape) <= LARGEST_BEND) == K.is_twice_differentiable


def test_a_sum_is_as_differentiable_as_its_blocks() -> None:
    fine, bent = CATALOGUE["log cosh"].function, CATALOGUE["huber"].function
    assert SeparableSum([fine, fine]).is_twice_differentiable
    assert not SeparableSum([fine, bent]).is_twice_differentiable
    assert not bent.is_twice_differentiable


def test_a_convolution_promises_nothing_of_second_derivatives() -> None:
    fine = CATALOGUE["log cosh"].function
    assert InfimalConvolution([fine]).is_twice_differentiable
    assert not InfimalConvolution([fine, CATALOGUE["l1"].function]).is_twice_differentiable
