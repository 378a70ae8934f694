"""No excess on or above the diagonal of the map, and a plain one below it."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("momentum_order")


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **EXPERIMENT.settings(is_quick=True))


def test_the_excess_begins_at_the_diagonal(data):
    ordered = data["betas"][None, :] <= data["betas"][:, None]
    assert np.isfinite(data["excess"]).all()
    assert (data["excess"][ordered] <= 0).all()
    assert (data["share"][ordered] == 0).all()
    # The transposed map, β's swapped, would break the law.
    assert (data["excess"].T[ordered] > 0).any()
    assert EXPERIMENT.findings(data)["largest_excess_where_beta1_exceeds_beta2"] > 1
    assert data["residual_over_bound"] <= 1


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_ylabel() for axis in figure.axes)
