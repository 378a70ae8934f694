"""A batch over losses of one kind is the runs of the losses one by one."""

import numpy as np
import pytest

from lionlab import L1Norm, LionK, Quadratic, simulate, simulate_batch
from lionlab.objectives import DoubleWell, random_quadratic


def test_a_batch_of_losses_is_the_single_runs():
    losses = [random_quadratic(3, 10.0, seed) for seed in range(4)]
    methods = [LionK(L1Norm(), 0.05, lam) for lam in (0.2, 0.5, 1.0, 2.0)]
    x0 = np.random.default_rng(0).normal(size=(4, 3))
    found = simulate_batch(methods, losses, x0, 30, record=("x", "m", "lyapunov"))
    for index, (method, loss) in enumerate(zip(methods, losses, strict=True)):
        one = simulate(method, loss, x0[index], 30, record=("x", "m", "lyapunov"))
        np.testing.assert_allclose(found.x[:, index], one.x, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(found.m[:, index], one.m, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(found.lyapunov[:, index], one.lyapunov, rtol=1e-12)


def test_losses_that_do_not_fit_are_refused_in_words():
    method, x0 = LionK(L1Norm(), 0.05, 0.5), np.zeros((2, 2))
    quadratic = Quadratic(np.eye(2), np.zeros(2))
    with pytest.raises(ValueError, match="as many as there are starts"):
        simulate_batch(method, [quadratic] * 3, x0, 5)
    with pytest.raises(ValueError, match="of one kind"):
        simulate_batch(method, [quadratic, DoubleWell(2)], x0, 5)
