"""No run lies below the floor, the cycle has the predicted width, and annealing passes the floor of the first step."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("two_cycle")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **SETTINGS)


def test_no_mean_score_is_below_the_floor(data):
    # O(1/T): the mean over n steps may miss half a period, 2·S_max/n; S ≤ 2 floors there.
    count = SETTINGS["num_steps"] // 4
    assert (data["mean_scores"] >= data["floor"] * (1 - 4 / count)).all()
    # A floor of twice the height would be broken.
    assert (data["mean_scores"] < 2 * data["floor"]).any()


def test_the_cycle_has_the_predicted_width(data):
    # The orbit attracts at the rate β2 = 0.99 per step: nothing but rounding is left after thousands.
    np.testing.assert_allclose(np.abs(data["last_steps"]), float(data["c"]), rtol=1e-9)
    assert (data["last_steps"][1:] * data["last_steps"][:-1] < 0).all()


def test_annealing_goes_through_the_floor(data):
    found = EXPERIMENT.findings(data)
    assert found["final_score_annealed"] < 1e-3 * found["final_score_at_constant_step"]
    assert found["share_of_starts_on_the_cycle_at_0.9_0.99"] > 0.5 > found["share_of_starts_on_the_cycle_at_0.9_0.9"]


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
