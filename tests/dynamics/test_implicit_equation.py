"""One implicit step, asked for directly: it solves its four equations, and says how well."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import ConvexFunction, Huber, L1Norm
from lionlab.dynamics import FlowConstants, ProximalStep, State, proximal_step
from lionlab.precision import double_precision

MATRIX, SLOPE, FLAT = np.diag([1.0, 4.0, 0.5]), np.array([0.3, -2.0, 1.0]), np.zeros((3, 3))
CONSTANTS = FlowConstants(1.3, 0.7, 0.4, 0.6)
TOLERANCE = 1e-13


@functools.cache
def compiled(K: ConvexFunction, is_smoothness: bool):
    """One program for every loss ½xᵀAx + ⟨b, x⟩, every start and every length."""

    def one(matrix, slope, constants, h, state, curvature):
        def gradient(x: jax.Array) -> jax.Array:
            return jnp.matmul(matrix, x) + slope

        relative = jnp.asarray(TOLERANCE)
        return proximal_step(K, gradient, constants, h, state, jnp.zeros(3), curvature, is_smoothness, relative)

    return jax.jit(one)


def stepped(K: ConvexFunction, matrix, slope, x, m, h, is_smoothness=True, curvature=None) -> ProximalStep:
    """The step from (x, m), searched from s = 0."""
    with double_precision():
        largest = np.max(matrix) if curvature is None else curvature
        given = (matrix, slope, CONSTANTS, h, State(x, m), largest)
        found = compiled(K, is_smoothness)(*jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), given))
        return jax.tree.map(np.asarray, found)


def misses(K: ConvexFunction, step: ProximalStep, x, m, h) -> float:
    """The largest miss of the three equations and of the inclusion, whose gap is at most ‖e‖ times a diameter of 2."""
    alpha, gamma, epsilon, lam = CONSTANTS
    (x_next, m_next), s, g = step.state, step.selection, step.gradient
    equations = (
        x_next - (x + h * s) / (1 + h * lam),
        m_next - (m - h * alpha * g) / (1 + h * gamma),
        step.m_tilde - (1 - epsilon * gamma) * m_next + epsilon * alpha * g,
    )
    gap = float(K.fenchel_young_gap(step.m_tilde, s))
    return max(*(float(np.abs(miss).max()) for miss in equations), abs(gap))


@pytest.mark.parametrize("is_smoothness", [True, False])
@pytest.mark.parametrize("K", [L1Norm(), Huber(0.5)], ids=repr)
def test_a_step_solves_its_equations(K, is_smoothness):
    for h in (0.05, 2.0):
        x, m = np.random.default_rng(0).normal(size=(2, 3))
        step = stepped(K, MATRIX, SLOPE, x, m, h, is_smoothness, None if is_smoothness else 0.1)
        assert misses(K, step, x, m, h) <= 1e-10
        np.testing.assert_allclose(step.gradient, MATRIX @ step.state.x + SLOPE, rtol=1e-14, atol=1e-14)
        assert step.inclusion_residual <= step.tolerance <= 1e-10
        # A first guess of 0.1 is doubled until it suffices, and no further than twice what always does.
        assert (step.curvature == 4.0) if is_smoothness else (0.1 <= step.curvature <= 8.0)


@pytest.mark.parametrize("K", [L1Norm(), Huber(0.5)], ids=repr)
def test_nothing_limits_the_step_of_a_linear_loss(K):
    """L = 0, and 1/L is no step length: few iterations from anywhere, with finite numbers."""
    x, m = np.random.default_rng(1).normal(size=(2, 3))
    step = stepped(K, FLAT, SLOPE, x, m, 0.5)
    assert misses(K, step, x, m, 0.5) <= 1e-12
    assert step.iterations <= 3
    # Near x = 0, where L‖x‖ is nothing: the tolerance counts ∇f, which enters m̃⁺ with εα at least.
    still = stepped(K, FLAT, SLOPE, np.zeros(3), np.zeros(3), 0.5)
    assert still.tolerance >= TOLERANCE * 0.4 * 1.3 * np.linalg.norm(SLOPE)


@pytest.mark.parametrize(("far", "near"), [(1e6, 1.0), (1.0, 1e6)])
def test_what_is_asked_of_a_step_is_relative_to_what_it_is_made_of(far, near):
    """m̃⁺ = a − κ∇f(x⁺): the tolerance counts m as well as ∇f, each where it is the larger; and not much more."""
    alpha, gamma, epsilon, _ = CONSTANTS
    x, m, h = far * np.ones(3), near * np.ones(3), 0.5
    step = stepped(L1Norm(), MATRIX, SLOPE, x, m, h)
    retained = 1 - epsilon * gamma
    kappa = retained * h * alpha / (1 + h * gamma) + epsilon * alpha
    made_of = retained / (1 + h * gamma) * np.linalg.norm(m) + kappa * np.linalg.norm(step.gradient)
    assert TOLERANCE * made_of <= step.tolerance <= 20 * TOLERANCE * (made_of + kappa * 4 * np.linalg.norm(x) + 10)
    assert step.inclusion_residual <= step.tolerance


def test_nothing_to_do_is_done_at_once():
    """0 ≤ 0 ends the search: at rest every residual and every tolerance is 0."""
    step = stepped(L1Norm(), MATRIX, np.zeros(3), np.zeros(3), np.zeros(3), 0.5)
    assert step.iterations <= 2
    assert step.inclusion_residual == step.tolerance == 0
    assert not np.any(step.selection)
