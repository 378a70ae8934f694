"""Which M a ledger of H_M accepts: the least that holds every momentum and every look-ahead, and nothing below it."""

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import LionK, Trajectory
from lionlab.energy import energy_ledger
from lionlab.objectives import Quadratic

F = Quadratic(np.eye(1), [0.0])
METHOD = LionK(L1Norm(), 0.1, 0.5, 0.8, 0.9)


def one_step(x: float, m: float) -> tuple[Trajectory, float]:
    """The trajectory of one step of METHOD on f = x²/2, and max(|m|, |m̃⁺|, |m⁺|)."""
    m_tilde, m_next = 0.8 * m - 0.2 * x, 0.9 * m - 0.1 * x
    x_next = x + 0.1 * (np.sign(m_tilde) - 0.5 * x)
    return Trajectory(np.array([[x], [x_next]]), np.array([[m], [m_next]])), max(map(abs, (m, m_tilde, m_next)))


# The largest is m_0, m̃⁺, and (as x = 0 pushes nowhere) m_0 again; all are below 1/2 in the last.
@pytest.mark.parametrize(("x", "m"), [(0.5, 5.0), (-4.0, 2.0), (0.0, 0.25)])
def test_the_least_bound_is_the_largest_momentum(x, m):
    run, largest = one_step(x, m)
    assert np.isfinite(energy_ledger(METHOD, F, run, bound=largest * (1 + 1e-14)).residual).all()
    with pytest.raises(ValueError, match="bound must be at least"):
        energy_ledger(METHOD, F, run, bound=largest * (1 - 1e-9))


def test_a_state_without_a_step_has_a_least_bound_too():
    still = Trajectory(np.array([[0.3]]), np.array([[0.25]]))
    assert energy_ledger(METHOD, F, still, bound=0.25).residual.shape == (0,)
    with pytest.raises(ValueError, match="bound must be at least"):
        energy_ledger(METHOD, F, still, bound=0.24)
