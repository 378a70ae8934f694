"""The recipe arrives, says when it cannot, and agrees with a conic solver that the library does not use."""

import cvxpy
import numpy as np
import pytest

from lionlab.convex import L1Norm, TopKL1
from lionlab.theorems import verify
from lionlab.theorems._either_loss import DIM, logistic_regressions, quadratics
from lionlab.theorems._recipe import Problems, annealed, geometric
from lionlab.theorems.annealed_optimum import CLAIMS, LARGEST_GAP


def test_a_schedule_too_short_for_the_decay_is_not_applicable():
    evidence = verify(CLAIMS[0], is_quick=True, weight_decay=0.1)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "λΣη is 14.5" in evidence.reason


def test_a_negative_decay_is_invalid():
    evidence = verify(CLAIMS[0], is_quick=True, weight_decay=-1.0)
    assert evidence.verdict == "INVALID_INPUT"
    assert "weight_decay" in evidence.reason


@pytest.mark.parametrize("K", [L1Norm(), TopKL1(3)])
def test_the_limit_is_what_a_conic_solver_finds(K):
    losses = quadratics(3, seed=5)
    problems = Problems("three quadratics", K, 0.8, losses)
    for f, x in zip(losses, problems.limits(annealed(K, 0.8)), strict=True):
        u = cvxpy.Variable(DIM)
        constraints = [cvxpy.norm_inf(0.8 * u) <= 1]
        if isinstance(K, TopKL1):
            constraints.append(cvxpy.norm1(0.8 * u) <= K.k)
        loss = cvxpy.quad_form(u - f.center, cvxpy.psd_wrap(f.matrix)) / 2
        least = cvxpy.Problem(cvxpy.Minimize(loss), constraints).solve(solver="CLARABEL")
        assert abs(float(f(x)) - least) <= LARGEST_GAP


def test_the_common_form_is_the_loss_it_stands_for():
    rng = np.random.default_rng(0)
    x = rng.normal(size=DIM)
    (f,), (h,) = quadratics(1, seed=2), logistic_regressions(1, seed=2)
    np.testing.assert_allclose(f(x), (x - f.center) @ f.matrix @ (x - f.center) / 2, rtol=1e-13)
    np.testing.assert_allclose(f.gradient(x), f.matrix @ (x - f.center), rtol=1e-12)
    margins = h.signed_features @ x
    np.testing.assert_allclose(h(x), np.mean(np.log1p(np.exp(-margins))), rtol=1e-13)
    expected = -h.signed_features.T @ (1 / (1 + np.exp(margins))) / len(margins)
    np.testing.assert_allclose(h.gradient(x), expected, rtol=1e-12)


def test_the_schedule_ends_where_it_says():
    sizes = geometric(0.1)(np.arange(20_000))
    np.testing.assert_allclose(sizes[[0, -1]], [0.1, 1e-7], rtol=1e-12)
    assert np.all(np.diff(sizes) < 0)
