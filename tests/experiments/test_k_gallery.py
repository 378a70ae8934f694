"""Limits are optimal for the K they ran under and for no other; the drawn sets are the dual balls."""

import numpy as np
import pytest
from scipy.optimize import minimize

from experiments import k_gallery
from lionlab import Huber, L1Norm, kkt_residuals
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("k_gallery")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_limits_are_optimal(data):
    # What the annealed schedule was measured to reach, with a margin of a hundred; theory's limit is 0.
    assert np.all(data["limit_scores"] <= 1e-5)
    assert np.all(np.linalg.norm(data["limits"] - data["optima"], axis=1) <= 1e-5)
    assert np.all(data["feasibility"] <= 1e-12)


def test_a_limit_under_the_wrong_K_is_caught(data):
    limit = data["limits"][list(data["names"]).index("L1Norm")]
    assert kkt_residuals(k_gallery.LOSS, L1Norm(), 1.0, limit).raw_score <= 1e-5
    assert kkt_residuals(k_gallery.LOSS, Huber(k_gallery.THRESHOLD), 1.0, limit).raw_score > 1e-2


def test_the_limit_uses_all_the_room(data):
    np.testing.assert_allclose(data["dual_norms"], 1, rtol=0, atol=1e-6)


@pytest.mark.parametrize("q", [1.5, 2.0, 3.0, 6.0])
def test_the_root_on_the_boundary_is_the_minimum(q):
    f = k_gallery.LOSS
    found = k_gallery.lq_ball_minimum(q, 1.0)
    assert np.sum(np.abs(found) ** q) == pytest.approx(1, abs=1e-13)
    constraint = {"type": "ineq", "fun": lambda x: 1 - np.sum(np.abs(x) ** q)}
    other = minimize(lambda x: float(f(x)), [0.1, 0.1], jac=f.gradient, constraints=constraint, tol=1e-14)
    np.testing.assert_allclose(found, other.x, atol=1e-6)


def test_a_large_ball_contains_the_minimiser_of_the_loss():
    np.testing.assert_array_equal(k_gallery.lq_ball_minimum(2.0, 10.0), k_gallery.LOSS.center)


def test_the_drawn_sets_are_balls(data):
    for row, points in zip(data["table"], data["table_sets"], strict=True):
        norms = np.linalg.norm(points, ord=k_gallery.SET_EXPONENTS[row], axis=1)
        np.testing.assert_allclose(norms, 1 / SETTINGS["weight_decay"], rtol=1e-14)


def test_findings_are_finite(data):
    assert all(np.isfinite(value) for value in EXPERIMENT.findings(data).values())


def test_an_unknown_row_is_refused():
    with pytest.raises(ValueError, match="functions must name some of L1Norm"):
        EXPERIMENT.compute(0, **{**SETTINGS, "functions": "L3Norm"})


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    rows = len(data["table"])
    assert len(figure.axes) == rows + 2
    assert all(axis.get_xlabel() for axis in figure.axes)
    # The runs share the vertical axis of the first one.
    assert all(axis.get_ylabel() for axis in (figure.axes[0], *figure.axes[rows:]))
