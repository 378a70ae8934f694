"""The sweep claims hold, and one swept optimum is that of a plain projected gradient loop."""

import numpy as np
import pytest

from lionlab.theorems import Run, verify
from lionlab.theorems.lambda_sweep import CLAIMS, norm_sweeps


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_claim_holds_and_every_planted_wrong_is_caught(claim):
    evidence = verify(claim, is_quick=True)
    assert evidence.verdict == "CONSISTENT", evidence
    assert evidence.caught == evidence.planted >= 3


def test_the_reference_is_what_projected_gradient_descent_finds():
    sweep = norm_sweeps(Run(is_quick=True))[0]
    A, c = sweep.loss.matrix, sweep.loss.center
    for lam, least in zip(sweep.weight_decays, sweep.minima, strict=True):
        x = np.zeros_like(c)
        for _ in range(2000):
            x = np.clip(x - A @ (x - c) / np.linalg.norm(A, 2), -1 / lam, 1 / lam)
        assert abs((x - c) @ A @ (x - c) / 2 - least) <= 1e-10
