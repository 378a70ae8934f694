"""The search and the closed forms agree on the map, and a closed form that is wrong would not."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("lyapunov_map")


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **EXPERIMENT.settings(is_quick=True))


def test_the_search_finds_the_closed_forms(data):
    found = EXPERIMENT.findings(data)
    assert found["largest_relative_difference_from_the_closed_forms"] < 1e-14
    assert found["largest_bracket_for_beta1_above_beta2"] == 0
    assert (found["least_q_at_0.9_0.99"], found["largest_q_at_0.9_0.99"]) == (7.5, 10.0)
    wrong = EXPERIMENT.findings({**data, "weight_decay": 1.01 * data["weight_decay"]})
    assert wrong["largest_relative_difference_from_the_closed_forms"] > 1e-4


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_ylabel() or axis.get_xlabel() for axis in figure.axes)
    assert np.isfinite(data["rise"]).all()
