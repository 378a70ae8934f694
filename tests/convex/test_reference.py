"""Against independent answers: plain loops, finite differences, and a conic solver for projections and supports."""

import math

import cvxpy as cp
import numpy as np
import pytest
from convex import reference_convex as reference

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    Norm,
    NuclearNorm,
    PseudoHuber,
    SchattenNorm,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)
from lionlab.convex.catalogue import CATALOGUE

POINTS = [
    np.array([0.3, -2.0, 1.1, 0.0]),
    np.array([1.0, -1.0, 1.0, 0.5]),
    np.array([0.0, 0.0, 0.0, 0.0]),
    np.array([-0.2, 0.1, 0.05, -0.3]),
]
GROUPS, WEIGHTS = [[0, 3], [1], [2]], [2.0, 1.0, 0.4, 0.0]
VALUES = {
    "l1": (L1Norm(), lambda z: reference.reference_lp(z, 1)),
    "lp 1.3": (LpNorm(1.3), lambda z: reference.reference_lp(z, 1.3)),
    "lp 7": (LpNorm(7), lambda z: reference.reference_lp(z, 7)),
    "linf": (LinfNorm(), lambda z: reference.reference_lp(z, math.inf)),
    "group": (GroupL2Norm(GROUPS), lambda z: reference.reference_group(z, GROUPS)),
    "top 2": (TopKL1(2), lambda z: reference.reference_top_k(z, 2)),
    "sorted": (SortedL1Norm(WEIGHTS), lambda z: reference.reference_sorted_l1(z, WEIGHTS)),
    "dead zone": (DeadzoneL1(0.25), lambda z: reference.reference_sum(reference.reference_deadzone, z, 0.25)),
    "huber": (Huber(0.25), lambda z: reference.reference_sum(reference.reference_huber, z, 0.25)),
    "pseudo huber": (PseudoHuber(0.25), lambda z: reference.reference_sum(reference.reference_pseudo_huber, z, 0.25)),
    "log cosh": (LogCosh(3.0), lambda z: reference.reference_sum(reference.reference_log_cosh, z, 3.0)),
    "squared": (SquaredL2(3.0), lambda z: 1.5 * sum(x * x for x in z)),
}
# Two evaluations of a formula of a dozen operations each, with the cancellation the reference does not avoid (√ − e).
TWO_EVALUATIONS = 64 * np.finfo(float).eps


@pytest.mark.parametrize("name", VALUES)
def test_value_is_that_of_a_plain_loop(name: str) -> None:
    K, by_loop = VALUES[name]
    for z in POINTS:
        np.testing.assert_allclose(K(z), by_loop(list(z)), rtol=TWO_EVALUATIONS, atol=TWO_EVALUATIONS)


@pytest.mark.parametrize("z", POINTS, ids=str)
def test_subgradients_choose_what_is_documented(z: np.ndarray) -> None:
    """Ties go to the lowest index, 0 at 0."""
    for p in (1, 1.3, 2, 7, math.inf):
        wanted = reference.reference_lp_subgradient(list(z), p)
        np.testing.assert_allclose(LpNorm(p).subgradient(z), wanted, rtol=TWO_EVALUATIONS)
    for k in (1, 2, 3):
        np.testing.assert_array_equal(TopKL1(k).subgradient(z), reference.reference_top_k_subgradient(list(z), k))


def test_dual_norm_and_prox_of_the_sorted_l1_norm() -> None:
    rng = np.random.default_rng(3)
    weights = np.sort(rng.random(9))[::-1]
    K = SortedL1Norm(weights)  # one, as each is compiled anew
    for scale in (0.5, 1.0, 3.0):
        z = np.round(scale * rng.normal(size=9), 1)  # rounded: ties
        np.testing.assert_allclose(K.prox(z, 1.0), reference.reference_isotonic_prox(z, weights), atol=1e-14)
        indicator = K.conjugate()
        r = reference.reference_sorted_l1_dual(z, weights)
        assert indicator(z / r * (1 - 1e-12)) == 0
        assert indicator(z / r * (1 + 1e-12)) == math.inf


def test_entropy_on_the_whole_box() -> None:
    for y in ([0.0, 0.3, -0.6, 0.999], [1.0, -1.0, 0.5, 1e-8], [0.4999, 0.5, 0.5001, -1.0]):
        np.testing.assert_allclose(LogCosh(2.0).conjugate()(y), reference.reference_entropy(y, 2.0), rtol=1e-14)


@pytest.mark.parametrize("name", [name for name, example in CATALOGUE.items() if "truncated" not in name])
def test_subgradient_is_the_derivative_away_from_kinks(name: str) -> None:
    """Along random lines; a kink in the way shows as two one-sided slopes and is skipped, which must be rare."""
    K, shape = CATALOGUE[name]
    rng, h, smooth_lines = np.random.default_rng(1), 1e-6, 0
    for _ in range(3):
        z, v = rng.normal(size=(2, *shape))
        forward, backward = (K(z + h * v) - K(z)) / h, (K(z) - K(z - h * v)) / h
        if abs(forward - backward) > 1e-3:
            continue
        smooth_lines += 1
        # Truncation h²K‴ and rounding u·K/h of a central difference; ours are below 1e3 and 10.
        np.testing.assert_allclose((forward + backward) / 2, np.sum(K.subgradient(z) * v), atol=1e-8 * (1 + abs(K(z))))
    assert smooth_lines


def constraints_of_the_dual_ball(K: ConvexFunction, y: cp.Variable) -> list:
    match K:
        case LpNorm(p=p):
            return [cp.norm(y, "inf" if p == 1 else 1 if math.isinf(p) else p / (p - 1)) <= 1]
        case L1Norm() | DeadzoneL1() | Huber() | PseudoHuber() | LogCosh():
            return [cp.norm(cp.vec(y, order="C"), "inf") <= 1]
        case L2Norm():
            return [cp.norm(cp.vec(y, order="C"), 2) <= 1]
        case LinfNorm():
            return [cp.norm(y, 1) <= 1]
        case GroupL2Norm(groups=groups):
            return [cp.norm(y[list(group)], 2) <= 1 for group in groups]
        case TopKL1(k=k):
            return [cp.norm(y, "inf") <= 1, cp.norm(y, 1) <= k]
        case SortedL1Norm(weights=weights):
            partial = [cp.sum_largest(cp.abs(y), k) <= sum(weights[:k]) for k in range(1, len(weights))]
            return [*partial, cp.norm(y, 1) <= sum(weights)]
        case NuclearNorm():
            return [cp.sigma_max(y) <= 1]
        case SpectralNorm():
            return [cp.normNuc(y) <= 1]
    raise NotImplementedError(K)


CONIC = [
    name
    for name, (K, _) in CATALOGUE.items()
    if isinstance(K, (Norm, L1Norm, DeadzoneL1, Huber, PseudoHuber, LogCosh)) and not isinstance(K, SchattenNorm)
    if name not in {"lp 1.05", "lp 40"}  # beyond the solver's power cones
]
CONIC_ACCURACY = 2e-5  # Clarabel stops at a duality gap of 1e-8, which is a distance of its square root at worst


@pytest.mark.parametrize("name", CONIC)
def test_projection_and_support_function_agree_with_a_conic_solver(name: str) -> None:
    K, shape = CATALOGUE[name]
    y = cp.Variable(shape)
    for seed in range(2):
        point = 1.5 * np.random.default_rng(seed).normal(size=shape)
        nearest = cp.Problem(cp.Minimize(cp.sum_squares(y - point)), constraints_of_the_dual_ball(K, y))
        nearest.solve(solver=cp.CLARABEL)
        np.testing.assert_allclose(K.conjugate().domain_projection(point), y.value, atol=CONIC_ACCURACY)
    if K.is_positively_homogeneous:
        support = cp.Problem(cp.Maximize(cp.sum(cp.multiply(y, point))), constraints_of_the_dual_ball(K, y))
        np.testing.assert_allclose(K(point), support.solve(solver=cp.CLARABEL), rtol=1e-6)


@pytest.mark.parametrize("p", [1.05, 1.5, 4, 40])
def test_schatten_projection_is_that_of_the_singular_values(p: float) -> None:
    """Of a diagonal matrix with positive entries it is the vector projection; and it commutes with rotations."""
    rng = np.random.default_rng(0)
    sigma = np.array([2.0, 0.7, 0.1])
    left, right = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2))
    wanted = left @ np.diag(LpNorm(p).conjugate().domain_projection(sigma)) @ right.T
    np.testing.assert_allclose(
        SchattenNorm(p).conjugate().domain_projection(left @ np.diag(sigma) @ right.T), wanted, atol=1e-14
    )
