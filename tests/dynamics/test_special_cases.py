"""The named constructors refuse in words what is no instance of the method."""

import numpy as np
import pytest

from lionlab import Huber, L1Norm
from lionlab.dynamics import frank_wolfe, heavy_ball, mirror_descent, muon, nesterov, signum
from lionlab.energy import lyapunov
from lionlab.objectives import DoubleWell, Objective, Quadratic


@pytest.mark.parametrize("constructor", [heavy_ball, nesterov, signum])
def test_momentum_one_is_refused(constructor):
    with pytest.raises(ValueError, match="momentum must be < 1"):
        constructor(0.1, 1.0)


def test_a_schedule_where_the_dictionary_needs_a_number_is_refused():
    with pytest.raises(TypeError, match="learning_rate must be a number"):
        heavy_ball(lambda t: 0.1, 0.9)


def test_frank_wolfe_needs_a_set():
    with pytest.raises(ValueError, match="positively homogeneous"):
        frank_wolfe(Huber(0.1), 0.5, 1.0)
    with pytest.raises(ValueError, match="weight_decay must be > 0"):
        frank_wolfe(L1Norm(), 0.5, 0.0)
    with pytest.raises(ValueError, match="step_fraction"):
        frank_wolfe(L1Norm(), 1.5, 1.0)


def test_a_whole_frank_wolfe_step_survives_rounding():
    for lam in np.linspace(0.01, 5, 300):
        method = frank_wolfe(L1Norm(), 1.0, float(lam))
        assert method.step_size * lam <= 1
        np.testing.assert_allclose(frank_wolfe(L1Norm(), lambda t: 2 / (t + 2), float(lam)).step_sizes(2)[0] * lam, 1)


def test_a_fraction_above_one_in_a_schedule_is_refused():
    with pytest.raises(ValueError, match="step_size·weight_decay must be ≤ 1"):
        frank_wolfe(L1Norm(), lambda t: 1.1 + 0 * t, 1.0).step_sizes(3)


def test_mirror_descent_needs_a_convex_objective():
    with pytest.raises(ValueError, match="must be convex"):
        mirror_descent(DoubleWell(2), 0.1)
    with pytest.raises(TypeError, match="value and slope"):
        mirror_descent(np.sum, 0.1)


def test_mirror_descent_says_that_it_has_no_lyapunov_function():
    method = mirror_descent(Quadratic([[1.0]], [0.5]), 0.1)
    loss = Objective(lambda y: (y**2).sum() / 2, 1)
    with pytest.raises(NotImplementedError, match="not known in closed form"):
        lyapunov(method, loss, [0.0], [0.0])


def test_muons_momentum_gives_both_betas():
    assert (muon(0.1, 0.0, 0.95).beta1, muon(0.1, 0.0, 0.95).beta2) == (0.95**2, 0.95)
    assert muon(0.1, 0.0, 0.95, nesterov=False).beta1 == 0.95
