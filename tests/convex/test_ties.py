"""∇K where there is a choice: every documented tie rule at exact ties, in both precisions, eager, compiled and batched.

Any element of ∂K passes the laws; which one is chosen is a promise of the docstrings, and a run depends on it.
"""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from convex import reference_convex as reference

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    LinfNorm,
    LpNorm,
    Scaled,
    SortedL1Norm,
    TopKL1,
)
from lionlab.precision import double_precision

LANDMARK = 0.3  # no float32 nor float64, so that a threshold compared in another precision misses the tie


def sign(x: float) -> float:
    return math.copysign(1.0, x) if x else 0.0


def ranks(z: list[float]) -> list[int]:
    """By falling magnitude, at a tie by rising index."""
    order = sorted(range(len(z)), key=lambda i: (-abs(z[i]), i))
    return [order.index(i) for i in range(len(z))]


def documented(K: ConvexFunction, z: list[float]) -> list[float]:
    """The docstring's subgradient, as a loop over Python floats."""
    match K:
        case L1Norm() | LpNorm(p=1.0):
            return [sign(x) for x in z]
        case LinfNorm() | LpNorm(p=math.inf):
            return reference.reference_lp_subgradient(z, math.inf)
        case DeadzoneL1(threshold=e):
            return [sign(x) if abs(x) > e else 0.0 for x in z]
        case Huber(threshold=e):
            return [max(-1.0, min(1.0, x / e)) for x in z]
        case TopKL1(k=k):
            return reference.reference_top_k_subgradient(z, k)
        case SortedL1Norm(weights=weights):
            return [weights[rank] * sign(x) for rank, x in zip(ranks(z), z, strict=True)]
        case GroupL2Norm(groups=groups):
            lengths = {i: math.hypot(*(z[j] for j in group)) for group in groups for i in group}
            return [x / lengths[i] if x else 0.0 for i, x in enumerate(z)]
        case Scaled(function=function, factor=factor):
            return [factor * s for s in documented(function, z)]
    raise NotImplementedError(K)


def atoms(threshold: float) -> list[ConvexFunction]:
    return [
        L1Norm(), LpNorm(1), LinfNorm(), LpNorm(math.inf), DeadzoneL1(threshold), DeadzoneL1(0), Huber(threshold),
        TopKL1(1), TopKL1(2), TopKL1(3), SortedL1Norm([2.0, 1.0, 1.0, 0.25]), GroupL2Norm([[0, 3], [1], [2]]),
        Scaled(TopKL1(2), 0.5),
    ]  # fmt: skip


NAMES = [repr(K) for K in atoms(LANDMARK)]


def ties(dtype: type) -> np.ndarray:
    """Every vector of R⁴ over 0, −0, ±t and 2t: nearly all have ties, and t is the threshold."""
    t = float(dtype(LANDMARK))
    return np.array(list(itertools.product([0.0, -0.0, t, -t, 2 * t], repeat=4)), dtype)


def misses(K: ConvexFunction, selections: np.ndarray, z: np.ndarray) -> int:
    """At how many points another subgradient was chosen. A choice is exact but for two roundings of a quotient."""
    wanted = np.array([documented(K, row) for row in z.tolist()])
    return int(np.sum(np.any(np.abs(selections - wanted) > 2 * np.finfo(z.dtype).eps, axis=1)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_the_documented_subgradient_is_chosen(number: int, dtype: type) -> None:
    K, z = atoms(float(dtype(LANDMARK)))[number], ties(dtype)
    with double_precision():
        batch = jnp.asarray(z)
        assert misses(K, np.asarray(jax.vmap(K.selection)(batch)), z) == 0
        assert misses(K, np.asarray(jax.jit(jax.vmap(K.selection))(batch)), z) == 0
        one_by_one = jax.jit(lambda rows: jax.lax.map(K.selection, rows))
        assert misses(K, np.asarray(one_by_one(batch)), z) == 0
    few = z[::89]
    assert misses(K, np.array([K.subgradient(row) for row in few]), few) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("K", [TopKL1(1), TopKL1(3), LinfNorm(), SortedL1Norm([3.0, 2.0, 1.0, 0.5])], ids=repr)
def test_an_argument_computed_on_the_way_is_one_argument(K: ConvexFunction, dtype: type) -> None:
    """XLA may compute z twice, once with fused multiply-adds; what decides on an entry must not differ from itself."""
    m, g = np.random.default_rng(0).normal(size=(2, 4000, 4)).astype(dtype)

    def look(m: jax.Array, g: jax.Array) -> tuple[jax.Array, jax.Array]:
        z = 0.9 * m - 0.1 * (g - 0.3 * m)
        return K.selection(z), z

    with double_precision():
        selections, z = jax.jit(lambda m, g: jax.lax.map(lambda pair: look(*pair), (m, g)))(jnp.asarray(m), g)
    assert misses(K, np.asarray(selections), np.asarray(z)) == 0


class LastOfTheTied(TopKL1):
    def selection(self, z):
        return super().selection(z[::-1])[::-1]


class ThresholdIncluded(DeadzoneL1):
    def selection(self, z):
        return jnp.where(jnp.abs(z) >= self.threshold, jnp.sign(z), jnp.zeros_like(z))


class SignOfZeroIsOne(L1Norm):
    def selection(self, z):
        return jnp.where(z >= 0, jnp.ones_like(z), -jnp.ones_like(z))


class LastLargest(LinfNorm):
    def selection(self, z):
        return super().selection(z[::-1])[::-1]


class RanksReversedAtTies(SortedL1Norm):
    def selection(self, z):
        return super().selection(z[::-1])[::-1]


WRONG = [
    LastOfTheTied(2), ThresholdIncluded(0.5), SignOfZeroIsOne(), LastLargest(),
    RanksReversedAtTies([2.0, 1.0, 1.0, 0.25]),
]  # fmt: skip


@pytest.mark.parametrize("K", WRONG, ids=repr)
def test_another_choice_is_caught(K: ConvexFunction) -> None:
    z = ties(np.float64) * (0.5 / LANDMARK)
    with double_precision():
        assert misses(K, np.asarray(jax.vmap(K.selection)(jnp.asarray(z))), z) > 0
