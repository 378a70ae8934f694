"""Every run stalls within two units in the last place of the law, and only other orders leave the set from inside."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("low_precision")
SETTINGS = EXPERIMENT.settings(is_quick=True)
DATA = EXPERIMENT.compute(0, **SETTINGS)
DTYPES = ("bfloat16", "float16", "float32", "float64")
U = 2.0**-24


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_run_stalls_on_the_law(dtype):
    assert not DATA[f"{dtype}_moves"].any()
    # x stops at a whole ulp, and the rounding of λx shifts where by up to one more.
    assert (np.abs(DATA[f"{dtype}_off_in_ulp"]) <= 2).all()
    # A law of half the size would be missed, where it is above those two ulp.
    eta, lam = DATA[f"{dtype}_step_size"], DATA[f"{dtype}_weight_decay"]
    fine = eta * lam < 0.02
    assert fine.any()
    assert (DATA[f"{dtype}_excess"][fine] > 1.2 * DATA[f"{dtype}_predicted"][fine] / 2).all()


def test_bfloat16_is_where_it_matters():
    # x/2⁸ < ulp(x) ≤ x/2⁷: with ηλ ≤ 2⁻⁹ no decay ηλx reaches half an ulp of any x.
    stuck = DATA["bfloat16_step_size"] * DATA["bfloat16_weight_decay"] <= 2.0**-9
    assert stuck.any()
    assert (DATA["bfloat16_excess"][stuck] > 1.98).all()
    assert DATA["bfloat16_excess"].max() > 1e4 * DATA["float32_excess"].max()


def test_only_other_orders_leave_the_set():
    assert (DATA["inside_lion_k"] <= 0).all()
    for name in ("decayed", "divided"):
        assert (DATA[f"inside_{name}"] > 0).any()
        assert (DATA[f"inside_{name}"] * DATA["inside_rate"] <= 3 * U).all()


def test_the_figure_has_labelled_axes():
    with house_style():
        figure = EXPERIMENT.draw(DATA)
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
