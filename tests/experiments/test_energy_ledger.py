"""The data of `energy_ledger` obey the ledger's laws, and a wrong term would show."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("energy_ledger")


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **EXPERIMENT.settings(is_quick=True))


def test_totals_add_up_to_the_change_of_h(data):
    for name in ("sign", "smooth"):
        H, totals = data[f"{name}_lyapunov"], data[f"{name}_totals"]
        # One rounding bound a step, accumulated.
        allowed = np.concatenate([[0], np.cumsum(data[f"{name}_rounding_bound"])])
        assert (np.abs(H - H[0] - totals.sum(axis=0)) <= allowed).all()
        without_one = totals[1:].sum(axis=0)
        assert not (np.abs(H - H[0] - without_one) <= allowed).all()


def test_no_rise_exceeds_the_theorem_and_lion_does_rise(data):
    found = EXPERIMENT.findings(data)
    assert found["sign_share_of_steps_raising_H"] > 0
    assert found["sign_largest_change_over_its_bound"] <= 1
    assert found["sign_four_signs_hold"]
    assert found["smooth_four_signs_hold"]


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_ylabel() for axis in figure.axes)
