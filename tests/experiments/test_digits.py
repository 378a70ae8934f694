"""Real data obey phase 1: the envelope, the band of arrival, the exact entry of blank pixels; no decay is caught."""

import numpy as np
import pytest

from experiments import digits
from lionlab.plotting import house_style
from lionlab.reproduction import load_experiment

EXPERIMENT = load_experiment("digits")
SETTINGS = EXPERIMENT.settings(is_quick=True)
ETA = digits.STEP_SIZES["Lion"]


@pytest.fixture(scope="module")
def data():
    return {name: np.asarray(array) for name, array in EXPERIMENT.compute(0, **SETTINGS).items()}


def test_the_split_is_fixed_and_stratified():
    first, second = digits.digits(), digits.digits()
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    shares = [np.bincount(labels) / len(labels) for labels in (first[1], first[3])]
    np.testing.assert_allclose(shares[0], shares[1], atol=3 / len(first[3]))


def test_logits_are_affine_layers():
    rng = np.random.default_rng(0)
    A, a, B, b = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2)
    weights = np.concatenate([A.ravel(), a, B.ravel(), b])
    images = rng.normal(size=(5, 4))
    expected = np.maximum(images @ A + a, 0) @ B + b
    np.testing.assert_allclose(digits.logits(weights, images, (4, 3, 2)), expected, rtol=1e-12)


def test_every_run_obeys_the_envelope(data):
    assert np.all(data["excess_over_envelope"] <= data["envelope_rounding"])


def test_arrival_lies_between_the_predictions(data):
    seen, latest = data["observed_arrival"], data["guaranteed_arrival"]
    arrived = seen >= 0
    assert np.all(data["earliest_arrival"][arrived] <= seen[arrived])
    assert np.all(seen[arrived] <= latest[arrived])
    assert np.all(latest[~arrived] > SETTINGS["num_steps"])
    assert np.any(arrived & (seen > 0))


def test_blank_pixels_enter_when_predicted(data):
    seen, predicted = data["observed_blank_entry"], data["predicted_blank_entry"]
    # Rounding in float32 may move the crossing by one step.
    assert np.all(np.abs(seen - predicted)[seen >= 0] <= 1)
    assert np.any(seen > 0)


def test_once_inside_weights_stay_inside(data):
    # After the guaranteed step nothing is beyond 1% of the box, so the last state is not either.
    settled = data["guaranteed_arrival"][0] <= SETTINGS["num_steps"]
    assert settled.any()
    assert np.all(data["largest_scaled_weight"][0, 0][settled] <= 1 + digits.TOLERANCE)


def test_weights_without_decay_are_caught():
    decays = np.array([1.0, 3.0])
    stuck = np.full((2, 2001), 2.0, np.float32)
    found = digits._phase_one(digits.Runs(None, stuck, stuck), decays, (1, 2))
    assert np.all(found["excess_over_envelope"] > 100 * found["envelope_rounding"])
    assert np.all(found["observed_arrival"] == -1)
    assert np.all(found["guaranteed_arrival"] <= 2000)


def test_predictions_are_the_first_steps_of_their_formulas():
    size, decays = np.array([1.7, 0.2]), np.array([3.0, 10.0])
    found = digits.predictions(size, size, decays)
    shrink = (1 - ETA * decays) ** np.arange(3000)[:, None]
    first = {
        "earliest_arrival": shrink * (decays * size + 1) <= 2 + digits.TOLERANCE,
        "guaranteed_arrival": shrink * (decays * size - 1) <= digits.TOLERANCE,
        "predicted_blank_entry": shrink * decays * size <= 1,
    }
    for name, holds in first.items():
        np.testing.assert_array_equal(found[name], holds.argmax(axis=0))


def test_arrival_is_the_last_step_outside_plus_one():
    outside = np.array([[True, True, False], [True, False, True], [False, False, False], [False, True, False]])
    np.testing.assert_array_equal(digits.arrival(outside), [2, -1, 0, 2])


def test_a_model_is_learnt(data):
    # Far above the 10% of guessing, after few steps; no theory stands behind this number.
    assert data["accuracy"][0, :, :, 0].min() > 0.6


def test_findings_are_finite(data):
    assert all(np.isfinite(value) for value in EXPERIMENT.findings(data).values())


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="models must name some of logistic, network"):
        EXPERIMENT.compute(0, **{**SETTINGS, "models": "transformer"})
    with pytest.raises(ValueError, match="num_steps be a positive multiple of 20"):
        EXPERIMENT.compute(0, **{**SETTINGS, "num_steps": 7})


def test_the_figure_has_labelled_axes(data):
    with house_style():
        figure = EXPERIMENT.draw(data)
    assert len(figure.axes) == 4
    assert all(axis.get_xlabel() and axis.get_ylabel() for axis in figure.axes)
