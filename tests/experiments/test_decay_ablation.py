"""Each form of decay ends where the problem it solves says, and nowhere else."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("decay_ablation")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **SETTINGS)


@pytest.mark.parametrize(("kind", "limit"), [("decoupled", 1.0), ("coupled", 5.0), ("none", 10.0)])
def test_limits(kind, limit, data):
    found = EXPERIMENT.findings(data)[f"{kind}_limit_observed"]
    # A constant step oscillates about the limit by at most a few η; its mean is closer.
    assert abs(found - limit) <= 2 * SETTINGS["step_size"]
    for other in {1.0, 5.0, 10.0} - {limit}:
        assert abs(found - other) > 1


def test_limits_follow_the_predictions_over_decays(data):
    reached = data["weight_decays"] >= 0.3  # 1/λ is approached at the rate ηλ: the weakest decays are not there yet
    for kind in ("decoupled", "coupled"):
        gap = np.abs(data[f"limit_{kind}"] - data[f"predicted_{kind}"])[reached]
        assert (gap <= 2 * SETTINGS["step_size"] + 1e-3).all(), kind


def test_without_look_ahead_the_amplitude_grows_with_memory(data):
    ratio = data["amplitude_old_momentum"] / data["predicted_amplitude"]
    assert ((ratio > 0.5) & (ratio < 1.5)).all()
    assert (data["amplitude_lion"] < data["amplitude_old_momentum"]).all()


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
