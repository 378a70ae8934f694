"""Each failure is shown, and the one-step counterexample is what the library's own H says."""

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import LionK
from lionlab.energy import lyapunov
from lionlab.objectives import Objective
from lionlab.simulation import simulate
from lionlab.theorems import verify
from lionlab.theorems.ablations import CLAIMS, Swing, damped


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_failure_is_shown_and_every_sound_variant_is_caught(claim):
    evidence = verify(claim, is_quick=True)
    assert evidence.holds, evidence
    assert evidence.caught == evidence.planted >= 3


def test_the_one_step_counterexample_in_the_librarys_own_terms():
    f = Objective(lambda x: 3.0 * x[0], 1, smoothness=0.0, is_convex=True)
    method = LionK(L1Norm(), 0.1, 0.5, 0.99, 0.5, "implicit")
    found = simulate(method, f, [0.0], 1, [1.0])
    rise = lyapunov(method, f, found.x[1], found.m[1]) - lyapunov(method, f, found.x[0], found.m[0])
    np.testing.assert_allclose(rise, 0.29513343799058084, rtol=1e-13)


def test_a_damped_swing_is_not_applicable():
    assert "damps the swing" in damped(Swing(0.1, 1.0, 0.99))
