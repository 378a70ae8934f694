"""Lion-K with the dictionary's constants converges to the flow at order one; with other constants it would not."""

import numpy as np
import pytest

from experiments import flow_vs_discrete
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

# The data takes half a minute to compile; `lionlab reproduce` computes it too.
pytestmark = pytest.mark.thorough
EXPERIMENT = load_experiment("flow_vs_discrete")
SETTINGS = EXPERIMENT.settings(is_quick=True) | {"step_numbers": "24 60 120 240"}


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def lion(step, beta1, beta2, num_steps):
    """Lion by the book, with explicit decay."""
    loss, x, m, path = flow_vs_discrete.LOSS, flow_vs_discrete.START, np.zeros(2), [flow_vs_discrete.START]
    for _ in range(num_steps):
        g = loss.matrix @ (x - loss.center)
        direction, m = np.sign(beta1 * m - (1 - beta1) * g), beta2 * m - (1 - beta2) * g
        x = x + step * (direction - x)
        path.append(x)
    return np.array(path)


def test_the_iterates_are_lion(data):
    step = SETTINGS["final_time"] / 24
    path = lion(step, 0.9, 1 - step, 24)
    np.testing.assert_allclose(data["L1Norm_0.1_iterates_24"], path, rtol=0, atol=1e-12)


def test_the_order_is_one_where_the_flow_is_calm(data):
    found = EXPERIMENT.findings(data)
    for name in ("LogCosh", "Huber", "L2Norm"):
        assert abs(found[f"{name}_slope"] - 1) <= 0.1
        assert found[f"{name}_error_of_the_flow_itself"] <= 0.2 * data["errors"][:, -1].min()
    assert abs(found["L1Norm_0.5_slope"] - 1) <= 0.15
    # Without the look-ahead the chatter of the sign spoils the order.
    assert found["L1Norm_0_slope"] <= 0.7
    assert np.all(data["errors"][5] > data["errors"][4])


def test_wrong_constants_do_not_converge(data):
    flow = data["L1Norm_0.1_flow"]
    numbers = np.round(SETTINGS["final_time"] / data["steps"]).astype(int)
    n = int(numbers[-1])
    assert len(flow) == n + 1
    step = SETTINGS["final_time"] / n
    right, wrong = (
        np.linalg.norm(lion(step, 0.9, beta2, n) - flow, axis=1).max() for beta2 in (1 - step, 1 - 3 * step)
    )
    assert right < 0.15 < wrong


def test_a_slope_is_a_slope():
    steps = np.array([0.1, 0.05, 0.02, 0.01])
    assert flow_vs_discrete.fitted_slope(steps, 3 * steps**0.5) == pytest.approx(0.5)


def test_findings_are_finite_and_repeat(data):
    found = EXPERIMENT.findings(data)
    assert all(np.isfinite(value) for value in found.values())
    assert found == EXPERIMENT.findings(EXPERIMENT.compute(0, **SETTINGS))


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 4
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
