"""The implicit step slides and is exact in the limit, the others miss as predicted, and garbage is shown as such."""

import numpy as np
import pytest

from experiments import sliding_mode
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

# The data takes half a minute to compile; `lionlab reproduce` computes it too.
pytestmark = pytest.mark.thorough
EXPERIMENT = load_experiment("sliding_mode")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_the_exact_solution_solves_the_inclusion():
    t = np.linspace(0, 6, 60001)
    x, s = sliding_mode.exact(t)
    off = np.abs(np.diff(x) / np.diff(t) - (s - x)[:-1])
    # Everywhere to the accuracy of a difference quotient, but for the one interval that holds the switch.
    assert (off > 3e-4).sum() <= 1
    m = np.zeros_like(t)
    for k in range(len(t) - 1):
        m[k + 1] = m[k] + (t[1] - t[0]) * (-(x[k] - 0.3) - m[k])
    m_tilde = 0.5 * m - 0.5 * (x - 0.3)
    is_moving = np.abs(m_tilde) > 3e-4
    assert is_moving.mean() > 0.1
    assert (~is_moving).mean() > 0.5
    np.testing.assert_array_equal(s[is_moving], np.sign(m_tilde[is_moving]))
    assert np.all(np.abs(s) <= 1)


def test_the_implicit_step_misses_the_limit_only_by_its_own_transient(data):
    h, T = data["step_lengths"], SETTINGS["final_time"]
    assert np.all(data["implicit_error_at_end"] <= 1.8 * (1 + h) ** -np.round(T / h) * (1 + 1e-6) + 1e-12)
    assert np.all(data["implicit_selection_error_at_end"] <= 1e-5)
    assert np.all(data["implicit_largest_rise"] <= 0)
    # First order on the way.
    assert 0.9 <= EXPERIMENT.findings(data)["implicit_slope_of_largest_error_along_the_run"] <= 1.1


def test_smoothing_moves_the_limit_as_predicted_and_chatter_is_of_order_h(data):
    e = data["smoothings"]
    np.testing.assert_allclose(data["smooth_error_at_end"], 0.3 * e / (1 + e), rtol=0, atol=1e-7)
    ratio = data["euler_error_at_end"] / data["step_lengths"]
    assert np.all((ratio > 0.1) & (ratio < 2))


def test_a_success_outside_the_box_is_counted(data):
    found = EXPERIMENT.findings(data)
    outside = (data["stiff_status"] == sliding_mode.SUCCEEDED) & (data["stiff_error"] > sliding_mode.FARTHEST)
    assert outside.sum() == sum(value for name, value in found.items() if name.endswith("success_outside_the_box"))
    # Nobody else comes near what the implicit step returns.
    succeeded = data["stiff_status"] == sliding_mode.SUCCEEDED
    assert np.all(data["stiff_error"][succeeded] > 1e3 * data["implicit_error_at_end"][-1])
    assert np.all(data["stiff_time"][succeeded] == SETTINGS["final_time"])
    assert np.all(data["stiff_time"][~succeeded] < SETTINGS["final_time"])


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 4
    assert all(axis.get_xlabel() for axis in figure.axes)
