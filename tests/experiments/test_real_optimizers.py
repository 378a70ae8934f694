"""The table of real optimizers: as their definitions say, without the libraries it does not have, and legible."""

from importlib import metadata

import numpy as np
import pytest

from experiments import real_optimizers
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("real_optimizers")


@pytest.fixture(scope="module")
def data():
    settings = EXPERIMENT.settings(packages="optax")  # the part that runs without the extra
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **settings).items()}


def test_optax_is_found_as_defined(data):
    found = EXPERIMENT.findings(data)
    assert found["optimizers"] == found["verdicts as their definitions say"] == 5
    assert found["kinds of decay as their definitions say"] == 5
    assert found["that keep no set, found to"] == "2 of 2"
    assert found["largest relative error of a radius"] <= 0.02
    assert np.isfinite(data["found_width"]).sum() == 3


def test_a_line_names_the_version_and_both_radii(data):
    line = EXPERIMENT.findings(data)[f"optax {metadata.version('optax')} adamw"]
    assert line.startswith("NOT_APPLICABLE (nothing claimed); decay decoupled λ = 0.5 (definition: decoupled;")
    assert line.endswith("λ·radius 7.21 in linf (definition: 7.27)")


def test_a_wrong_radius_would_be_seen(data):
    wrong = {**data, "width": data["width"] * 1.1}
    assert EXPERIMENT.findings(wrong)["largest relative error of a radius"] > 0.05


def test_an_unknown_package_is_refused():
    with pytest.raises(ValueError, match="packages must name some of optax, torch, lion_pytorch"):
        EXPERIMENT.compute(0, **EXPERIMENT.settings(packages="optacks"))


def test_every_case_is_defined_in_words_that_are_known():
    for case in real_optimizers.CASES:
        assert case.verdict in real_optimizers.MARKS
        assert case.width is None or case.width == "η" or case.width >= 1
    assert {case.package for case in real_optimizers.CASES} - {"optax", "lionlab"} == set(EXPERIMENT.needs["interop"])
    names = [(case.package, case.title) for case in real_optimizers.CASES]
    assert len(set(names)) == len(names) == 26


def test_the_figure_has_a_row_for_each_optimizer(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == [f"optax {metadata.version('optax')}", *data["title"]]
    assert figure.axes[0].get_xlabel()
    assert figure.get_size_inches()[0] < 3.5
