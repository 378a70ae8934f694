"""The table of effective sets: right for the members tried, and no perturbed Lion called right."""

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("effective_sets")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_the_table_is_right(data):
    assert (data["decay"] == data["found_decay"]).all()
    assert (data["norm"] == data["found_norm"]).all()
    kept = np.isfinite(data["radius"])
    np.testing.assert_allclose(data["found_radius"][kept], data["radius"][kept], rtol=0.02)
    assert np.isnan(data["found_radius"][~kept]).all()
    lions = data["is_lion_k"]
    assert (data["K"] == data["found_K"])[lions].all()
    np.testing.assert_allclose(data["found_betas"][lions], data["betas"][lions], rtol=0, atol=1e-3)
    assert (data["verdict"][lions] == "CONSISTENT").all()
    assert (data["verdict"][~lions] == "NOT_APPLICABLE").all()
    assert data["has_counterexample"][~lions].all()


def test_no_perturbed_lion_is_called_right(data):
    assert len(data["perturbed_verdict"]) == SETTINGS["num_perturbed"]
    assert (data["perturbed_verdict"] == "VIOLATED").all()


def test_findings_tell_the_members_and_the_kinds(data):
    found = EXPERIMENT.findings(data)
    assert found["perturbed Lions called CONSISTENT (predicted 0)"] == 0
    assert "decay fixed (true: fixed)" in found["fixed decay"]
    assert sum(name.startswith("detected: ") for name in found) == 15


def test_the_figure_has_a_panel_for_each_member_pictured(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    titles = {text.get_text() for panel in figure.axes for text in panel.texts}
    assert {"Lion", "Muon", "fixed decay", "coupled decay", "no set found"} <= titles
    assert figure.get_size_inches()[0] < 3.5
