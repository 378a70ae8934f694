"""Phase 1 as claims: contraction in three forms, invariance, the time of entry, and explicit against implicit decay."""

import numpy as np
import pytest

from lionlab.theorems import verify
from lionlab.theorems.entry_time import predicted

CLAIMS = (
    "contraction-explicit",
    "contraction-implicit",
    "contraction-envelope",
    "invariance",
    "entry-time",
    "explicit-is-implicit",
)


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
def test_plain_lion_pushed_outward_contracts_at_the_rate_claimed(decay):
    """NumPy alone: m always pushes outward, so u = sign(x) on the coordinates outside."""
    eta, lam, x = 0.05, 2.0, np.array([3.0, -1.5, 0.2])
    factor = 1 - eta * lam if decay == "explicit" else 1 / (1 + eta * lam)
    distances = []
    for _ in range(60):
        y = lam * x
        outward = y - np.clip(y, -1, 1)
        distances.append(np.linalg.norm(outward))
        u = np.sign(outward)
        x = x + eta * (u - lam * x) if decay == "explicit" else (x + eta * u) / (1 + eta * lam)
    np.testing.assert_allclose(distances, distances[0] * factor ** np.arange(60), rtol=1e-12)
    steps = int(predicted(eta * lam, decay, 0.0213))
    assert distances[steps] <= 0.0213 * distances[0] < distances[steps - 1]


def test_explicit_step_in_closed_form():
    eta, lam, u, x = 0.3, 2.0, np.array([1.0, -0.4]), np.array([0.7, 5.0])
    longer = eta / (1 - eta * lam)
    np.testing.assert_allclose((x + longer * u) / (1 + longer * lam), (1 - eta * lam) * x + eta * u, rtol=1e-14)


def test_a_users_own_case_holds():
    evidence = verify("contraction-explicit", is_quick=True, K="LpNorm(1.5)", weight_decay=1.0, x0=[3.0, 4.0])
    assert evidence.verdict == "CONSISTENT", evidence
    assert evidence.cases == 2


@pytest.mark.parametrize(
    ("claim", "parameters", "words"),
    [
        ("contraction-explicit", {"weight_decay": 0.0}, "λ is 0"),
        ("contraction-explicit", {"decay": "implicit"}, "decay is implicit"),
        ("contraction-envelope", {"step_size": 1.0, "weight_decay": 1.0}, "ηλ is 1"),
        ("contraction-explicit", {"x0": [0.0, 0.0]}, "nothing to contract"),
        ("contraction-implicit", {"objective": "bowl"}, "nothing to contract"),
        ("contraction-envelope", {"x0": [0.5, -1.0], "weight_decay": 1.0}, "nothing to contract"),
        ("entry-time", {"x0": [0.0, 0.0]}, "nothing to contract"),
        ("entry-time", {"step_size": 1e-6, "weight_decay": 1.0}, "steps are too few"),
        ("invariance", {"x0": [9.0, 9.0], "weight_decay": 0.5}, "4.95 outside dom K*"),
        ("explicit-is-implicit", {"step_size": lambda t: 0.1 / (1 + t)}, "schedule"),
    ],
)
def test_outside_the_hypotheses_is_not_applicable(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert words in evidence.reason


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"x0": [np.nan, 0.0]}, "x0 must be finite"),
        ({"step_size": 3.0, "weight_decay": 1.0, "decay": "explicit"}, "≤ 1 for explicit decay"),
    ],
)
def test_nonsense_is_invalid_input(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "INVALID_INPUT"
    assert words in evidence.reason
