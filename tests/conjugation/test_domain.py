"""Distance, projection, prox and gauge without closed forms, each beside the closed form and its own bound."""

import numpy as np
import pytest
from conjugation.numpy_functions import KNOWN, MATRIX, D, Known
from tiers import VARIANTS, waiting

from lionlab.conjugation import gauge, locate_in_domain, proximal_point


def projected_singular(y: np.ndarray) -> np.ndarray:
    u, s, v = np.linalg.svd(y.reshape(MATRIX), full_matrices=False)
    return (u * np.minimum(s, 1) @ v).ravel()


PROJECTIONS = {
    "l1": lambda y: np.clip(y, -1, 1),
    "l2": lambda y: y / max(1, np.linalg.norm(y)),
    "nuclear": projected_singular,
    "dead zone": lambda y: np.clip(y, -1, 1),
    "huber": lambda y: np.clip(y, -1, 1),
    "log cosh": lambda y: np.clip(y, -1, 1),
}


@pytest.mark.parametrize("size", [0.2, 1.5, 20.0])
@pytest.mark.parametrize("name", PROJECTIONS)
def test_distance_and_projection_are_within_their_bounds(name: str, size: float):
    y = size * np.random.default_rng(0).standard_normal(D)
    nearest = PROJECTIONS[name](y)
    exact = float(np.linalg.norm(y - nearest))
    found = locate_in_domain(KNOWN[name].oracle(), y)
    rounding = 1e-13 * np.linalg.norm(y)
    assert found.least_distance - rounding <= exact <= found.distance + rounding
    assert found.gap <= 1e-6 * (1 + exact)
    # A point of the set whose distance is at most d when the least is e is within √(d² − e²) of the nearest.
    spread = np.sqrt(max(found.distance**2 - found.least_distance**2, 0)) + rounding
    assert np.linalg.norm(found.nearest - nearest) <= spread
    assert found.is_inside == (exact < 1e-12)


def test_a_projection_that_is_off_is_caught():
    y = 3 * np.ones(D)
    found = locate_in_domain(KNOWN["l1"].oracle(), y)
    spread = np.sqrt(max(found.distance**2 - found.least_distance**2, 0)) + 1e-12
    assert not np.linalg.norm(found.nearest * 0.99 - np.ones(D)) <= spread


@pytest.mark.parametrize("name", ["log cosh", "huber", "dead zone"])
def test_without_a_recession_function_the_distance_is_known_from_above_only(name: str):
    known = KNOWN[name]._replace(recession=None)
    y = np.append(1.5, np.zeros(D - 1))
    found = locate_in_domain(known.oracle(), y)
    assert found.least_distance == 0
    assert 0.5 - 1e-12 <= found.distance <= 0.5 + 1e-4


@pytest.mark.parametrize("step", [0.1, 1.0, 5.0])
def test_prox_is_within_its_distance(step: float):
    z = 2 * np.random.default_rng(1).standard_normal(D)
    shrunk = {
        "l1": np.sign(z) * np.maximum(np.abs(z) - step, 0),
        "l2": z * max(0, 1 - step / np.linalg.norm(z)),
        "nuclear": z - step * projected_singular(z / step),
        "square": z / (1 + 3 * step),
    }
    for name, exact in shrunk.items():
        found = proximal_point(KNOWN[name].oracle(), z, step)
        assert np.linalg.norm(found.point - exact) <= found.distance + 1e-13, name
        assert found.distance <= 1e-5, name
        # The slope lies in dom K*: it is prox of K* at z/step with the step 1/step.
        np.testing.assert_allclose(found.slope, (z - exact) / step, atol=1e-5 / step, err_msg=name)


def test_a_step_that_is_none_is_refused():
    for step in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="step must be finite and > 0"):
            proximal_point(KNOWN["l1"].oracle(), np.zeros(D), step)


HOMOGENEOUS = [name for name, known in KNOWN.items() if known.is_homogeneous]


@pytest.mark.parametrize("name", waiting(HOMOGENEOUS, VARIANTS.intersection(HOMOGENEOUS)))
def test_the_gauge_is_the_dual_norm(name: str):
    known: Known = KNOWN[name]
    y = np.random.default_rng(4).standard_normal(D)
    found = gauge(known.oracle(), y)
    exact = known.gauge(y)
    assert found.lower <= exact <= found.upper <= exact * (1 + 2e-6)
    assert abs(known.value(found.direction) - 1) < 1e-12
    assert abs(found.direction @ y - found.lower) <= 2e-6 * exact


def test_the_gauge_of_what_is_not_homogeneous_is_refused():
    with pytest.raises(ValueError, match="homogeneous"):
        gauge(KNOWN["huber"].oracle(), np.ones(D))
