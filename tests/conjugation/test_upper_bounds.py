"""The parts of an upper bound: combinations whose misfit is absorbed or refused, balls that lie inside, hulls."""

import dataclasses
import math

import numpy as np
import pytest
from conjugation.numpy_functions import KNOWN, D

from lionlab.conjugation._cuts import Cuts, displaced, inscribed_ball, regular_simplex, upper_bound
from lionlab.conjugation._linear_program import best_upper_bound, best_weights
from lionlab.conjugation._nearest_point import nearest_point
from lionlab.conjugation._recession import interior


def log_cosh_cuts() -> Cuts:
    cuts = Cuts.empty(KNOWN["log cosh"].oracle())
    cuts.add(np.random.default_rng(0).standard_normal((200, D)))
    return cuts


def test_a_misfit_is_absorbed_or_refused_and_never_ignored():
    """Nudged off y, the combination costs less than K*(y): without its misfit it would be a wrong upper bound."""
    cuts = log_cosh_cuts()
    ball = interior(cuts.oracle, cuts)
    y = 0.3 * cuts.subgradients[0]
    exact = KNOWN["log cosh"].conjugate(y)
    assert ball is not None
    found, _ = best_upper_bound(y, cuts, ball)
    assert exact <= found < math.inf
    cuts.add(np.arctanh(0.999 * y)[None])
    one = np.zeros(len(cuts))
    one[-1] = 1.0  # the cut at 0.999y, whose height is K*(0.999y) < K*(y)
    assert cuts.heights[-1] < exact
    for share in (1e-12, 1e-9, 1e-6):
        assert upper_bound(cuts.oracle, y, one, cuts.subgradients, cuts.heights, ball, share) == math.inf
    # A share large enough to absorb it pays for it.
    paid = upper_bound(cuts.oracle, y, one, cuts.subgradients, cuts.heights, ball, 0.5)
    assert exact <= paid


@pytest.mark.parametrize("weights", [[-1e-9, 1 + 1e-9], [math.nan, 1.0], [0.0, 0.0], [math.inf, 1.0]])
def test_weights_that_are_none_bound_nothing(weights: list[float]):
    cuts = log_cosh_cuts()
    ball = interior(cuts.oracle, cuts)
    assert ball is not None
    g, k = cuts.subgradients[:2], cuts.heights[:2]
    assert upper_bound(cuts.oracle, ball.center, np.array(weights), g, k, ball, 0.5) == math.inf


@pytest.mark.parametrize("name", ["l1", "linf", "nuclear", "spectral", "log cosh", "square"])
def test_the_ball_lies_inside_and_its_height_is_enough(name: str):
    known = KNOWN[name]
    cuts = Cuts.empty(known.oracle())
    ball = interior(cuts.oracle, cuts)
    assert ball is not None
    assert ball.radius > 0
    directions = np.random.default_rng(1).standard_normal((200, D))
    surface = ball.center + ball.radius * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    assert all(known.conjugate(point) <= ball.height for point in surface)


def test_a_ball_that_is_too_large_is_caught():
    known = KNOWN["l1"]
    cuts = Cuts.empty(known.oracle())
    ball = interior(cuts.oracle, cuts)
    assert ball is not None
    wide = dataclasses.replace(ball, radius=30 * ball.radius)
    surface = wide.center + wide.radius * np.concatenate([np.eye(D), -np.eye(D)])
    assert any(known.conjugate(point) > wide.height for point in surface)


def test_points_in_a_plane_have_no_ball():
    oracle = KNOWN["l1"].oracle()
    flat = regular_simplex(D)
    flat[:, 0] = 0.25
    assert inscribed_ball(oracle, flat, np.zeros(D + 1)) is None


def test_the_simplex_is_regular():
    vertices = regular_simplex(7)
    np.testing.assert_allclose(vertices.sum(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(vertices @ vertices.T, np.eye(8) * (1 + 1 / 7) - 1 / 7, atol=1e-14)


@pytest.mark.parametrize("shape", [(5, 3), (40, 3), (30, 20), (200, 20)])
@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_the_nearest_point_is_nearest(shape: tuple[int, int], shift: float):
    """x is nearest to 0 in the hull exactly if ⟨x, p⟩ ≥ ‖x‖² for every p."""
    points = np.random.default_rng(2).standard_normal(shape) + shift
    points[1] = points[0]  # a point that is there twice
    w = nearest_point(points)
    x = w @ points
    assert np.all(w >= 0)
    assert abs(w.sum() - 1) < 1e-14
    assert np.min(points @ x) >= x @ x - 1e-13 * np.max(np.abs(points)) ** 2
    warm = nearest_point(points, np.roll(w, 1))
    assert abs(np.linalg.norm(warm @ points) - np.linalg.norm(x)) < 1e-12


def test_the_program_finds_the_best_combination():
    """Four cuts of ½‖z‖² at (±1, 0), (0, ±1): at y = 0 each costs ½, and y = (2, 0) is no combination of them."""
    g = np.concatenate([np.eye(2), -np.eye(2)])
    found = best_weights(np.zeros(2), g, np.full(4, 0.5))
    assert found is not None
    np.testing.assert_allclose(found[0] @ g, 0, atol=1e-15)
    assert abs(found[0] @ np.full(4, 0.5) - 0.5) < 1e-15
    assert best_weights(np.array([2.0, 0.0]), g, np.full(4, 0.5)) is None


def test_the_displaced_point_gives_the_ball_its_share():
    cuts = log_cosh_cuts()
    ball = interior(cuts.oracle, cuts)
    assert ball is not None
    y = np.full(D, 0.1)
    np.testing.assert_allclose(0.75 * displaced(y, ball, 0.25) + 0.25 * ball.center, y, atol=1e-15)
