"""The atlas draws what was found, its formulas are right, and one that is not is seen in the findings."""

import dataclasses

import numpy as np
import pytest

from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("conjugate_atlas")
ATLAS = EXPERIMENT.compute.__globals__["ATLAS"]
SETTINGS = EXPERIMENT.settings(is_quick=True)
PREDICTED_ZERO = (
    "formula of K* outside a bracket by (predicted 0)",
    "formula of dom K* outside those bounds by (predicted 0)",
    "points inside without an upper bound (predicted 0)",
    "points outside not certified +inf (predicted 0)",
)


def computed(**changes):
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **{**SETTINGS, **changes}).items()}


@pytest.fixture(scope="module")
def data():
    return computed()


def test_formulas_lie_between_the_bounds(data):
    found = EXPERIMENT.findings(data)
    assert [found[name] for name in PREDICTED_ZERO] == [0, 0, 0, 0]
    assert np.all(np.isinf(data["exact"]).sum(axis=1) == 2)
    assert found["widest bracket over K*, where K* > 0.001"] <= 1e-8
    assert found["edge of dom K* known to, relative"] <= 2e-6


@pytest.mark.parametrize(
    ("change", "which"),
    [
        ({"inside": lambda y: 0.495 * np.abs(y).sum(1)}, 0),
        ({"gauge": lambda y: np.abs(y).max(1) / 1.001}, 1),
        ({"gauge": lambda y: np.abs(y).max(1) / 1.1}, 2),
        ({"gauge": lambda y: np.abs(y).max(1) * 1.1}, 3),
    ],
)
def test_a_wrong_formula_is_seen(monkeypatch, change, which):
    monkeypatch.setitem(ATLAS, "DeadzoneL1", dataclasses.replace(ATLAS["DeadzoneL1"], **change))
    assert EXPERIMENT.findings(computed(functions="DeadzoneL1"))[PREDICTED_ZERO[which]] > 1e-4


@pytest.mark.parametrize("name", ATLAS)
def test_the_formula_of_the_domain_is_a_gauge(name):
    """Homogeneous and convex; and K* is 0 at 0 and convex along rays, so it never falls on the way out."""
    entry = ATLAS[name]
    y = np.random.default_rng(0).standard_normal((50, 2)) @ np.array(entry.plane, float)
    np.testing.assert_allclose(entry.gauge(3 * y), 3 * entry.gauge(y), rtol=1e-9, atol=1e-9)
    assert np.all(entry.gauge(y[:25] + y[25:]) <= (entry.gauge(y[:25]) + entry.gauge(y[25:])) * (1 + 1e-9))
    edge = y / np.maximum(entry.gauge(y), 1e-3)[:, None]
    values = np.stack([entry.inside(share * edge) for share in (0, 0.3, 0.6, 0.9)])
    np.testing.assert_allclose(values[0], 0, atol=1e-12)
    assert np.all(np.diff(values, n=2, axis=0) >= -1e-9)
    assert np.all(np.diff(values, axis=0) >= -1e-9)


def test_the_unit_set_is_where_K_is_one(data):
    i = list(data["names"]).index("L1Norm")
    np.testing.assert_allclose(np.abs(data["unit_set"][i]).sum(axis=1), 1, rtol=1e-7)


def test_an_unknown_function_is_refused():
    with pytest.raises(ValueError, match="functions must name some of L1Norm"):
        EXPERIMENT.compute(0, **{**SETTINGS, "functions": "L3Norm"})


def test_the_figure_has_two_panels_for_every_function(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 2 * len(data["names"])
    assert [axes.get_title() for axes in figure.axes[::2]] == [ATLAS[name].title for name in data["names"]]
    assert all(axes.get_xlabel() for axes in figure.axes[1::2])
    assert figure.legends
