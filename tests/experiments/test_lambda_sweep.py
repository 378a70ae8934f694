"""The regularisation path: on the boundary up to the critical radius, on the reference everywhere."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear
from sklearn.datasets import load_diabetes

from experiments import lambda_sweep
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("lambda_sweep")
SETTINGS = EXPERIMENT.settings(is_quick=True)


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def standardised():
    features, target = load_diabetes(return_X_y=True)
    return (features - features.mean(0)) / features.std(0), (target - target.mean()) / target.std()


def test_the_loss_is_the_least_squares_loss():
    features, target = standardised()
    f, unexplained = lambda_sweep.diabetes()
    x = np.linspace(-0.5, 0.5, 10)
    assert f(x) + unexplained == pytest.approx(np.mean((features @ x - target) ** 2) / 2, rel=1e-12)


def test_limits_are_the_box_constrained_regression(data):
    features, target = standardised()
    row = list(data["names"]).index("L1Norm")
    for radius, limit in zip(data["radii"], data["limits"][row], strict=True):
        other = lsq_linear(features, target, bounds=(-radius, radius), tol=1e-14).x
        np.testing.assert_allclose(limit, other, atol=1e-4)


def test_limits_are_optimal(data):
    # What the annealed schedule was measured to reach at this condition number (470); theory's limit is 0.
    assert np.all(data["stationarity"] <= 1e-5)
    assert np.all(np.abs(data["value_gap"]) <= 1e-6)
    assert np.all(data["feasibility"] <= 1e-12)


def test_the_limit_of_another_radius_is_caught(data):
    # Each limit against the optimum of its neighbour, on the constrained part of the path.
    row = list(data["names"]).index("L1Norm")
    constrained = np.flatnonzero(data["radii"] < data["critical_radius"][row])
    losses, references = data["loss"][row], data["reference_loss"][row]
    assert np.all(np.abs(losses[constrained] - references[constrained + 1]) > 1e-4)


def test_the_critical_radius_separates_the_regimes(data):
    row = list(data["names"]).index("L1Norm")
    radii, norms, critical = data["radii"], data["norm"][row], data["critical_radius"][row]
    # Far below the unconstrained norm the solution is on the boundary; beyond it, in the interior at no loss.
    below, beyond = radii < 0.6 * critical, radii > critical
    assert below.any()
    assert beyond.any()
    np.testing.assert_allclose(norms[below], radii[below], rtol=1e-6)
    np.testing.assert_allclose(data["loss"][row, beyond], float(data["unconstrained_loss"]), rtol=0, atol=1e-9)


def test_the_dead_zone_carries_its_penalty_at_every_decay(data):
    row = list(data["names"]).index("DeadzoneL1")
    assert np.all(data["loss"][row] > float(data["unconstrained_loss"]) + 1e-3)


def test_findings_are_finite(data):
    assert all(np.isfinite(value) for value in EXPERIMENT.findings(data).values())


def test_an_unknown_function_is_refused():
    with pytest.raises(ValueError, match="functions must name some of L1Norm"):
        EXPERIMENT.compute(0, **{**SETTINGS, "functions": ""})


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 3
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
