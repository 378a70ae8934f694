"""The sweep claims hold, and one swept optimum is that of a plain projected gradient loop."""

import numpy as np

from lionlab.theorems import Run
from lionlab.theorems.lambda_sweep import norm_sweeps


def test_the_reference_is_what_projected_gradient_descent_finds():
    sweep = norm_sweeps(Run(is_quick=True))[0]
    A, c = sweep.loss.matrix, sweep.loss.center
    for lam, least in zip(sweep.weight_decays, sweep.minima, strict=True):
        x = np.zeros_like(c)
        for _ in range(2000):
            x = np.clip(x - A @ (x - c) / np.linalg.norm(A, 2), -1 / lam, 1 / lam)
        assert abs((x - c) @ A @ (x - c) / 2 - least) <= 1e-10
