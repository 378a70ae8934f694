"""Bad input is refused in words when the method is built; schedules, constants and the step are what they say."""

import math

import numpy as np
import pytest

from lionlab.convex import L1Norm
from lionlab.dynamics import Constants, LionK, bracket_weight


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"step_size": 0.0}, "step_size must be finite and > 0"),
        ({"step_size": -1}, "step_size must be finite and > 0, got -1"),
        ({"step_size": math.nan}, "step_size"),
        ({"step_size": math.inf}, "step_size"),
        ({"weight_decay": -1.0}, "weight_decay must be finite and ≥ 0"),
        ({"weight_decay": math.nan}, "weight_decay"),
        ({"beta1": 1.1}, r"beta1 must be in \[0, 1\]"),
        ({"beta2": -0.1}, "beta2"),
        ({"beta2": math.nan}, "beta2"),
        ({"step_size": 2.0, "weight_decay": 1.0}, "≤ 1 for explicit decay"),
        ({"decay": "coupled"}, "decay must be"),
    ],
)
def test_bad_constants_are_refused_by_name(arguments, words):
    with pytest.raises(ValueError, match=words):
        LionK(L1Norm(), **{"step_size": 0.1, "weight_decay": 0.5, **arguments})


@pytest.mark.parametrize("arguments", [{"K": np.sign}, {"step_size": "fast"}, {"beta1": None}])
def test_wrong_types_are_refused(arguments):
    with pytest.raises(TypeError):
        LionK(**{"K": L1Norm(), "step_size": 0.1, "weight_decay": 0.5, **arguments})


def test_edges_of_the_ranges_are_allowed():
    assert LionK(L1Norm(), 1.0, 1.0, beta1=0, beta2=1).beta2 == 1
    assert LionK(L1Norm(), 5.0, 1.0, decay="implicit").step_size == 5.0
    assert LionK(L1Norm(), 0.1, 0).weight_decay == 0


def test_schedules_may_be_traceable_or_plain_python():
    traceable = LionK(L1Norm(), lambda t: 0.1 / (1 + t), 1.0)
    plain = LionK(L1Norm(), lambda t: 0.1 if t < 2 else 0.05, 1.0)
    np.testing.assert_allclose(traceable.step_sizes(3), 0.1 / (1 + np.arange(4)), rtol=1e-15)
    np.testing.assert_array_equal(plain.step_sizes(3), [0.1, 0.1, 0.05, 0.05])


@pytest.mark.parametrize("constant", [0.01, np.float64(0.01), 1])
def test_a_schedule_may_be_constant(constant):
    np.testing.assert_array_equal(LionK(L1Norm(), lambda t: constant, 0.5).step_sizes(3), np.full(4, constant))


@pytest.mark.parametrize(
    ("schedule", "words"),
    [(lambda t: -1.0, "must be finite and > 0, got -1.0 at step 0"), (lambda t: [0.1, 0.2], r"got shape \(2,\)")],
)
def test_a_constant_schedule_is_refused_for_what_is_wrong_with_it(schedule, words):
    with pytest.raises(ValueError, match=words):
        LionK(L1Norm(), schedule, 1.0).step_sizes(1)


@pytest.mark.parametrize("schedule", [lambda t: 0.1 - 0.1 * t, lambda t: 2.0, lambda t: float("nan")])
def test_schedules_are_checked_over_the_whole_run(schedule):
    with pytest.raises(ValueError, match="step_size"):
        LionK(L1Norm(), schedule, 1.0).step_sizes(5)


def test_bracket_weight_of_explicit_decay_is_that_of_the_equivalent_implicit_step():
    rng = np.random.default_rng(0)
    for _ in range(100):
        eta, lam, beta1, beta2 = rng.uniform(0.01, 0.9, 4)
        explicit = bracket_weight(Constants(*map(np.float64, (eta, lam, beta1, beta2))), "explicit")
        implicit = bracket_weight(Constants(*map(np.float64, (eta / (1 - eta * lam), lam, beta1, beta2))), "implicit")
        # A dozen roundings, and 1 − ηλ loses at most a factor 1/(1 − 0.81) ≈ 5.
        assert abs(explicit - implicit) <= 100 * np.finfo(float).eps * implicit
    assert np.isfinite(bracket_weight(Constants(*map(np.float64, (1.0, 1.0, 0.9, 0.99))), "explicit"))
