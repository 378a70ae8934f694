"""The flow obeys its envelope, enters when predicted, and keeps its energy; faster decay or a loss would be seen."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from experiments import flow_phases
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("flow_phases")
SETTINGS = EXPERIMENT.settings(is_quick=True) | {"tolerances": 2}
OUTWARD = [flow_phases.OUTWARD_HALF, flow_phases.OUTWARD, flow_phases.OUTWARD_DOUBLE]


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def field(_, state, weight_decay=1.0):
    """The flow with K = Huber, α = γ = 1, ε = ½, by the book."""
    x, m = state[:2], state[2:]
    m_dot = -flow_phases.LOSS.matrix @ (x - flow_phases.LOSS.center) - m
    return np.concatenate([np.clip((m + 0.5 * m_dot) / 0.1, -1, 1) - weight_decay * x, m_dot])


def test_runs_are_the_flow(data):
    start = np.concatenate([flow_phases.INWARD_START, np.zeros(2)])
    solved = solve_ivp(field, (0, 7), start, "RK45", data["times"], rtol=1e-10, atol=1e-10, max_step=0.02)
    np.testing.assert_allclose(data["x"][:, flow_phases.INWARD], solved.y[:2].T, rtol=0, atol=1e-6)


def test_the_distance_obeys_its_envelope_and_attains_it_when_pushed_outward(data):
    relative, envelope = data["relative_distance"], data["envelope"]
    # The tolerance of the solver, relative to the smallest initial distance of a λx, which is 0.2.
    slack = 10 * SETTINGS["tolerance"] / 0.2
    assert np.all(relative[:, : flow_phases.RUGGED] <= envelope[:, : flow_phases.RUGGED] + slack)
    assert np.all(relative <= envelope + 1e-6)
    assert np.abs(relative - envelope)[:, OUTWARD].max() <= slack
    # A decay one per mille faster would be seen.
    faster = np.exp(-1.001 * data["weight_decays"] * data["times"][:, None])
    assert (relative > faster + slack)[:, OUTWARD].any(axis=0).all()


def test_the_box_is_entered_when_predicted(data):
    spacing = data["times"][1]
    # The error of interpolating (1 + λ|x|)e^{−λt} between saved times.
    assert abs(data["observed_entry"] - data["predicted_entry"]) <= spacing**2
    assert flow_phases.entry_time(0.5, 1.0) == 0
    assert np.exp(-2 * flow_phases.entry_time(3.0, 2.0)) * 7 == pytest.approx(2)


def test_H_is_infinite_until_entry_and_H_M_never(data):
    H, H_M = data["H_above_minimum"], data["H_M_above_minimum"]
    outside = data["times"] < data["predicted_entry"]
    assert np.isinf(H[outside]).all()
    assert np.isfinite(H[~outside]).all()
    assert np.isfinite(H_M).all()
    # Both are sums of a few terms of size at most H_M(0) and F*.
    np.testing.assert_allclose(H_M[~outside, 0], H[~outside], rtol=0, atol=50 * 1.2e-16 * H_M[0, 0])


def test_the_energy_balances(data):
    H_M, dissipated = data["H_M_above_minimum"], data["dissipated"]
    fallen = H_M[0] - H_M[-1]
    assert np.all(np.abs(data["balance_residual"]).max(axis=0) <= 1e-6 * fallen)
    assert np.all(np.diff(dissipated, axis=0) >= 0)
    # Were a thousandth of the dissipation not accounted for, the balance would show it.
    assert np.all(np.abs(H_M + 0.999 * dissipated - H_M[0]).max(axis=0) > 1e-4 * fallen)


def test_the_imbalance_shrinks_with_the_tolerance(data):
    residual = data["largest_residual"] / data["energy_fallen"][:, None]
    assert np.all(residual[:, -1] <= 1e-4 * residual[:, 0])
    assert np.all(residual[1:, -1] <= data["tolerances"][-1])


def test_the_bound_holds_the_momentum(data):
    assert flow_phases.momentum_bound(np.array([flow_phases.INWARD_START]), 1.0) <= data["momentum_bound"]


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 4
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
