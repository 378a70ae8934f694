"""H falls for every ε, by exactly what the two terms of the theorem say; with one left out it would not add up."""

import numpy as np
import pytest

from experiments import enhancement
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("enhancement")
SETTINGS = EXPERIMENT.settings(is_quick=True) | {"products": 5}


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_H_falls_and_balances_for_every_epsilon(data):
    fallen = data["H_fallen"]
    assert np.all(fallen > 0)
    assert np.all(data["largest_rise"] <= 100 * SETTINGS["tolerance"])
    assert np.all(data["balance_residual"] <= 1e-5 * fallen)


def test_the_two_terms_make_up_the_fall(data):
    fallen, friction, lead = data["H_fallen"], data["friction"], data["lead"]
    # The trapezoidal rule on a few hundred points.
    assert np.all(np.abs(friction + lead - fallen) <= 0.01 * fallen)
    # Without the second term the fall would not be explained.
    assert np.any(np.abs(friction - fallen) > 0.05 * fallen)


def test_the_enhancement_dissipates_only_between_its_ends(data):
    lead = data["lead"]
    assert lead[0] == 0
    assert lead[-1] == 0
    assert np.all(lead[1:-1] > 0)


def test_the_dissipation_is_the_formula(data):
    """Δ1 and Δ2 by hand at one state, for εγ = 0.3."""
    lam, gamma = SETTINGS["weight_decay"], SETTINGS["gamma"]
    x, m, epsilon, e = np.array([0.5, -1.0]), np.array([0.3, 0.8]), 0.3 / gamma, enhancement.THRESHOLD
    flow = enhancement.LionKFlow(enhancement.PseudoHuber(e), gamma, gamma, epsilon, lam)
    friction, lead = enhancement._dissipation(flow, x[None], m[None])
    m_dot = -gamma * enhancement.LOSS.matrix @ (x - enhancement.LOSS.center) - gamma * m
    m_tilde, c = m + epsilon * m_dot, (1 - 0.3) / (1 + epsilon * lam)
    u, w = (z / np.sqrt(z**2 + e**2) for z in (m_tilde, m))
    z = e * lam * x / np.sqrt(1 - (lam * x) ** 2)
    assert friction[0] == pytest.approx((gamma + c * lam) * (u - lam * x) @ (m_tilde - z), rel=1e-12)
    assert lead[0] == pytest.approx(c * (u - w) @ m_dot, rel=1e-12)


def test_H_falls_in_the_end_at_the_rate_of_the_linearised_flow(data):
    rate, predicted = data["decay_rate"], data["predicted_decay_rate"]
    # At εγ = ¾ two modes are about as slow, and the regression sees both.
    assert np.all(np.abs(rate / predicted - 1)[[0, 1, 2, 4]] <= 0.05)
    # The mode of m alone, which H does not contain at εγ = 1, is three times as slow.
    assert rate[-1] > 2.5 * 2 * SETTINGS["gamma"]


@pytest.mark.parametrize("product", [0.0, 0.3, 0.8])
def test_the_slowest_rate_is_that_of_the_jacobian(product, data):
    """Against central differences of the vector field by the book, at its rest point."""
    lam, gamma, e = SETTINGS["weight_decay"], SETTINGS["gamma"], enhancement.THRESHOLD
    epsilon, f = product / gamma, enhancement.LOSS

    def field(state):
        m_dot = -gamma * f.matrix @ (state[:2] - f.center) - gamma * state[2:]
        m_tilde = state[2:] + epsilon * m_dot
        return np.concatenate([m_tilde / np.sqrt(m_tilde**2 + e**2) - lam * state[:2], m_dot])

    x = data["minimizer"]
    rest = np.concatenate([x, -f.matrix @ (x - f.center)])
    np.testing.assert_allclose(field(rest), 0, atol=1e-6)  # F within 1e-14 of its minimum is x within 1e-7
    jacobian = np.stack([(field(rest + h) - field(rest - h)) / 2e-6 for h in 1e-6 * np.eye(4)], axis=1)
    flow = enhancement.LionKFlow(enhancement.PseudoHuber(e), gamma, gamma, epsilon, lam)
    expected = -2 * np.linalg.eigvals(jacobian).real.max()
    assert enhancement._slowest_rate(flow, x) == pytest.approx(expected, rel=1e-6)


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))
    # Without enhancement the momentum carries the run to and fro.
    assert found["path_over_straight_line_at_epsilon_0"] > found["path_over_straight_line_at_epsilon_gamma_1"]


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 4
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
