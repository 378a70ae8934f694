"""The distance obeys its envelope, entry comes when predicted, H_M joins H; and coupled decay would be seen."""

import numpy as np
import pytest

from experiments import two_phases
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("two_phases")
SETTINGS = EXPERIMENT.settings(is_quick=True)
ETA = SETTINGS["step_size"]


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def allowance(data):
    """What rounding adds to the relative distance: u(1 + 3/(ηλ)) of the largest |λx|, in both coordinates."""
    decays, x0 = data["weight_decays"], data["x"][0]
    y0 = decays[:, None] * x0
    start = np.linalg.norm(np.maximum(np.abs(y0) - 1, 0), axis=1)
    return np.sqrt(2) * 1.2e-16 * (1 + 3 / (ETA * decays)) * np.abs(y0).max(axis=1) / start


def lion(start, num_steps, weight_decay, is_coupled=False):
    """Lion by the book; `is_coupled` puts the decay into the gradient instead (L2 regularisation)."""
    x, m, path = np.array(start, float), np.zeros(2), [np.array(start, float)]
    for _ in range(num_steps):
        g = two_phases.LOSS.matrix @ (x - two_phases.LOSS.center) + is_coupled * weight_decay * x
        direction, m = np.sign(0.9 * m - 0.1 * g), 0.99 * m - 0.01 * g
        x = x + ETA * (direction - (not is_coupled) * weight_decay * x)
        path.append(x)
    return np.array(path)


def test_runs_are_lion(data):
    path = lion(two_phases.INWARD_START, 100, 1.0)
    np.testing.assert_allclose(data["x"][:101, two_phases.INWARD], path, rtol=0, atol=1e-12)


def test_the_distance_obeys_its_envelope(data):
    assert np.all(data["relative_distance"] <= data["envelope"] + allowance(data))


def test_the_envelope_is_attained_when_pushed_outward(data):
    outward = [two_phases.OUTWARD, two_phases.OUTWARD_HALF, two_phases.OUTWARD_DOUBLE]
    gap = np.abs(data["relative_distance"] - data["envelope"])[:, outward]
    assert np.all(gap <= allowance(data)[outward])


def test_coupled_decay_breaks_the_envelope():
    path = lion(two_phases.OUTWARD_START, SETTINGS["num_steps"], 1.0, is_coupled=True)
    distance = np.linalg.norm(np.maximum(np.abs(path) - 1, 0), axis=1)
    envelope = distance[0] * (1 - ETA) ** np.arange(len(path))
    assert np.max(distance - envelope) > 1e-2


def test_entry_comes_when_predicted(data):
    inward = [two_phases.INWARD, two_phases.INWARD_HALF, two_phases.INWARD_DOUBLE]
    assert np.array_equal(data["predicted_entry"][inward], data["observed_entry"][inward])
    assert np.all(data["predicted_entry"][inward] > 0)
    entered = data["observed_entry"] >= 0
    assert np.all(data["observed_entry"][entered] >= data["predicted_entry"][entered])


def test_predicted_entry_is_the_first_step_of_the_formula():
    for size, decay in ((3.2, 1.0), (1.01, 1.0), (50.0, 0.3), (0.4, 3.0)):
        t = two_phases.earliest_entry(size, ETA, decay)
        excess = [(1 - ETA * decay) ** s * (decay * size + 1) - 2 for s in (t, t - 1)]
        assert excess[0] <= 1e-12 < excess[1]
    assert two_phases.earliest_entry(0.5, ETA, 1.0) == 0


def test_H_is_infinite_until_entry_and_H_M_never(data):
    H, H_M = data["H_above_minimum"], data["H_M_above_minimum"]
    entry = int(data["predicted_entry"][two_phases.INWARD])
    assert np.all(np.isinf(H[:entry, 0]))
    assert np.all(np.isfinite(H[entry:, 0]))
    assert np.all(np.isinf(H[:, 1]))
    assert np.all(np.isfinite(H_M))
    # Equal up to the rounding of sums of a few terms of size at most H_M(0) and F*.
    np.testing.assert_allclose(H_M[entry:, 0], H[entry:, 0], rtol=0, atol=50 * 1.2e-16 * H_M[0, 0])


def test_a_rise_of_H_M_stays_below_its_bound(data):
    slack = 100 * 1.2e-16 * data["H_M_above_minimum"][0].max()
    assert np.all(data["H_M_change"] <= data["H_M_largest_rise"] + slack)
    assert np.all(data["ledger_residual_ratio"] <= 1)


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 3
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
