"""Every flow ends at a stationary point that a root finder knows; a wrong λ would put the points elsewhere."""

import jax
import numpy as np
import pytest

from experiments import basin_map
from lionlab.plotting import house_style
from lionlab.precision import double_precision
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("basin_map")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_derivatives_by_hand_are_those_of_the_loss():
    for x in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        np.testing.assert_allclose(basin_map.gradient(x), basin_map.LOSS.gradient(x), rtol=1e-12, atol=1e-13)
        with double_precision():
            hessian = np.asarray(jax.hessian(basin_map.himmelblau)(x))
        penalty = np.diag(0.4 * 0.1 * (1 - (0.4 * x) ** 2) ** -1.5)
        np.testing.assert_allclose(basin_map._hessian(x, 0.4), hessian + penalty, rtol=1e-12, atol=1e-13)


def test_every_limit_is_a_minimum(data):
    assert np.isfinite(data["scores"]).all()
    assert data["distance"].max() <= 1e-7
    assert np.abs(data["scores"]).max() <= 1e-12
    assert data["moved"].max() <= 1e-7


def test_the_stationary_points_are_complete(data):
    for i in range(len(basin_map.RADII)):
        # The flow at εγ = 1 points into the box all round it, so the indices of its zeros add up to 1.
        signs = [np.sign(np.linalg.det(basin_map._hessian(x, 1 / basin_map.RADII[i]))) for x in data[f"stationary_{i}"]]
        assert sum(signs) == 1
        assert np.abs(data[f"stationary_{i}"]).max() < basin_map.RADII[i]


def test_a_wrong_weight_decay_would_be_seen(data):
    right = data["stationary_0"][data["is_minimum_0"]]
    points, is_minimum = basin_map.stationary_points(1.001 / basin_map.RADII[0])
    wrong = points[is_minimum]
    assert np.linalg.norm(right[:, None] - wrong[None], axis=-1).min(axis=1).max() > 1e-4


def test_the_momentum_matters(data):
    assert np.any(data["basin"][0, 0] != data["basin"][0, -1])
    assert set(np.unique(data["basin"][0])) == {0, 1, 2, 3}


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 6
    assert all(axis.get_xlabel() for axis in figure.axes[-3:])
