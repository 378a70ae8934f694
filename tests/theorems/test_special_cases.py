"""The textbook claims hold, and whole free runs of three textbooks agree with Lion-K as well as single steps do."""

import numpy as np

from lionlab.dynamics import heavy_ball, lion, nesterov
from lionlab.objectives import random_quadratic
from lionlab.simulation import simulate

F = random_quadratic(6, 30.0, seed=3)
X0 = np.linspace(-1, 1, 6)
# 60 steps of a stable linear recursion in float64; an error in any constant shows at its own size.
ROUNDING = {"rtol": 1e-12, "atol": 1e-12}


def slope(x):
    return F.matrix @ (x - F.center)


def test_a_free_run_of_polyaks_heavy_ball():
    x, before, mu, rate = X0, X0, 0.9, 0.1
    for _ in range(60):
        x, before = x - rate * slope(x) + mu * (x - before), x
    np.testing.assert_allclose(simulate(heavy_ball(rate, mu), F, X0, 60).x[-1], x, **ROUNDING)


def test_a_free_run_of_nesterovs_method():
    theta, v, mu, rate = X0, np.zeros(6), 0.9, 0.1
    for _ in range(60):
        v = mu * v - rate * slope(theta + mu * v)
        theta = theta + v
    found = simulate(nesterov(rate, mu), F, X0, 60)
    np.testing.assert_allclose(found.x[-1], theta + mu * v, **ROUNDING)
    np.testing.assert_allclose(found.m[-1] * rate / (1 - mu), v, **ROUNDING)


def test_a_free_run_of_lion():
    x, b = X0, np.zeros(6)
    for _ in range(60):
        g = slope(x)
        x, b = x - 0.02 * (np.sign(0.9 * b + 0.1 * g) + 0.7 * x), 0.99 * b + 0.01 * g
    found = simulate(lion(0.02, 0.7), F, X0, 60)
    np.testing.assert_allclose(found.x[-1], x, **ROUNDING)
    np.testing.assert_allclose(found.m[-1], -b, **ROUNDING)
