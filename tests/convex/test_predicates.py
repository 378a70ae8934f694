"""Declared smooth means Lipschitz, and every nonsmooth example shows its jump."""

import jax
import numpy as np
import pytest

from lionlab.convex import Huber, L1Norm
from lionlab.convex._function import ConvexFunction
from lionlab.convex.catalogue import CATALOGUE

SPACING = 1e-3
LARGEST_CONSTANT = 60.0  # the catalogue's smooth functions have 1/e ≤ 20, doubled at most by their factors


def steepest_change(K: ConvexFunction, shape: tuple[int, ...]) -> float:
    """The largest ‖∇K(z) − ∇K(w)‖/‖z − w‖ of neighbours on a ray through 0, where rays cross every kink of ours."""
    ray = np.random.default_rng(5).normal(size=shape).astype(np.float32)
    ray /= np.linalg.norm(ray)
    places = np.arange(-3000, 3001).astype(np.float32).reshape(-1, *(1,) * len(shape)) * np.float32(SPACING)
    directions = np.asarray(jax.jit(jax.vmap(K.selection))(places * ray), float).reshape(len(places), -1)
    return float(np.max(np.linalg.norm(np.diff(directions, axis=0), axis=1)) / SPACING)


@pytest.mark.parametrize("name", [name for name, (K, _) in CATALOGUE.items() if not _is_truncated(K)]
                         if (_is_truncated := lambda K: "Truncated" in repr(K)) else [])  # fmt: skip
def test_smooth_is_lipschitz_and_nonsmooth_is_not(name: str) -> None:
    K, shape = CATALOGUE[name]
    assert (steepest_change(K, shape) <= LARGEST_CONSTANT) == K.is_smooth


class DeclaredSmooth(L1Norm):
    is_smooth = True


def test_a_jump_is_seen() -> None:
    assert steepest_change(DeclaredSmooth(), (3,)) > LARGEST_CONSTANT >= steepest_change(Huber(0.1), (3,))
