"""Every run stalls within two units in the last place of the law, and only other orders leave the set from inside."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("low_precision")
SETTINGS = EXPERIMENT.settings(is_quick=True)
DTYPES = ("bfloat16", "float16", "float32", "float64")
U = 2.0**-24


@pytest.fixture(scope="module")
def data():
    return EXPERIMENT.compute(0, **SETTINGS)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_run_stalls_on_the_law(dtype, data):
    assert not data[f"{dtype}_moves"].any()
    # x stops at a whole ulp, and the rounding of λx shifts where by up to one more.
    assert (np.abs(data[f"{dtype}_off_in_ulp"]) <= 2).all()
    # A law of half the size would be missed, where it is above those two ulp.
    eta, lam = data[f"{dtype}_step_size"], data[f"{dtype}_weight_decay"]
    fine = eta * lam < 0.02
    assert fine.any()
    assert (data[f"{dtype}_excess"][fine] > 1.2 * data[f"{dtype}_predicted"][fine] / 2).all()


def test_bfloat16_is_where_it_matters(data):
    # x/2⁸ < ulp(x) ≤ x/2⁷: with ηλ ≤ 2⁻⁹ no decay ηλx reaches half an ulp of any x.
    stuck = data["bfloat16_step_size"] * data["bfloat16_weight_decay"] <= 2.0**-9
    assert stuck.any()
    assert (data["bfloat16_excess"][stuck] > 1.98).all()
    assert data["bfloat16_excess"].max() > 1e4 * data["float32_excess"].max()


def test_only_other_orders_leave_the_set(data):
    assert (data["inside_lion_k"] <= 0).all()
    for name in ("decayed", "divided"):
        assert (data[f"inside_{name}"] > 0).any()
        assert (data[f"inside_{name}"] * data["inside_rate"] <= 3 * U).all()


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
