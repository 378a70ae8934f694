"""How far a run is from the constraint set, and when it has come to stay, on states written down by hand."""

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import LionK, Trajectory
from lionlab.energy import constraint_distance, phase_switch

U = np.finfo(float).eps / 2


def run_of(x, batched=False):
    return Trajectory(np.asarray(x, float), None, batched=batched)


def test_distances_are_those_of_the_scaled_states():
    x = np.array([[3.0, -4.0], [2.0, -4.0], [2.0, 0.0], [-1.0, 2.5]])
    method = LionK(L1Norm(), 0.1, 0.5)
    wanted = [np.hypot(0.5, 1.0), 1.0, 0.0, 0.25]
    np.testing.assert_allclose(constraint_distance(method, run_of(x)), wanted, rtol=4 * U)
    batch = np.stack([x, x[::-1], 2 * x], axis=1)
    found = constraint_distance(method, run_of(batch, batched=True))
    assert found.shape == (4, 3)
    np.testing.assert_allclose(found[:, 1], wanted[::-1], rtol=4 * U)
    assert not constraint_distance(LionK(L1Norm(), 0.1, 0.0), run_of(x)).any()


@pytest.mark.parametrize(
    ("radii", "tolerance", "switch"),
    [
        ([3, 2, 1, 1], 0.0, 2), ([1, 3, 1, 1], 0.0, 2), ([1, 0.5, 0], 0.0, 0), ([1, 1, 3], 0.0, None),
        ([3, 2, 1.5], 0.5, 2), ([3, 2, 1.5], 0.25, None), ([3, np.nan, 1], 0.0, 2), ([1, 1, np.nan], 5.0, None),
        ([0.5], 0.0, 0), ([2.0], 0.0, None),
    ],
)  # fmt: skip
def test_the_second_phase_begins_after_the_last_state_outside(radii, tolerance, switch):
    run = run_of(np.array(radii)[:, None])
    assert phase_switch(LionK(L1Norm(), 0.1, 1.0), run, tolerance) == switch


@pytest.mark.parametrize("tolerance", [-1e-300, np.nan])
def test_a_tolerance_is_a_distance(tolerance):
    with pytest.raises(ValueError, match="tolerance must be a distance"):
        phase_switch(LionK(L1Norm(), 0.1, 1.0), run_of([[0.0]]), tolerance)


def test_states_that_were_not_recorded_have_no_distance():
    with pytest.raises(ValueError, match="needs the states"):
        constraint_distance(LionK(L1Norm(), 0.1, 1.0), Trajectory(None, np.zeros((2, 1))))
