"""No excess on or above the diagonal of the map, and a plain one below it."""

import numpy as np

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("momentum_order")
DATA = EXPERIMENT.compute(0, **EXPERIMENT.settings(is_quick=True))


def test_the_excess_begins_at_the_diagonal():
    ordered = DATA["betas"][None, :] <= DATA["betas"][:, None]
    assert np.isfinite(DATA["excess"]).all()
    assert (DATA["excess"][ordered] <= 0).all()
    assert (DATA["share"][ordered] == 0).all()
    # The transposed map, β's swapped, would break the law.
    assert (DATA["excess"].T[ordered] > 0).any()
    assert EXPERIMENT.findings(DATA)["largest_excess_where_beta1_exceeds_beta2"] > 1
    assert DATA["residual_over_bound"] <= 1


def test_the_figure_has_labelled_axes():
    with house_style():
        figure = EXPERIMENT.draw(DATA)
    assert all(axis.get_ylabel() for axis in figure.axes)
