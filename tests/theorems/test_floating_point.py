"""The floating-point claims hold, and a NumPy float32 loop stalls at the very same number."""

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import LionK
from lionlab.objectives import Quadratic
from lionlab.simulation import simulate


def test_a_numpy_loop_stalls_at_the_same_excess():
    x, eta = np.float32(3), np.float32(0.01)
    for _ in range(4000):
        x = x + eta * (np.float32(1) - x)
    assert x - 1 == pytest.approx(5.96e-6, rel=1e-3)
    run = simulate(LionK(L1Norm(), 0.01, 1.0), Quadratic([[1.0]], [1e4]), np.array([3], np.float32), 4000)
    assert abs(float(run.x[-1, 0]) - float(x)) <= 2**-22
