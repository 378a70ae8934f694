"""A K of one's own, with nothing but its value and a subgradient, does what a built-in K does."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lionlab as ll
from lionlab.convex import Huber, L1Norm, LogCosh, PseudoHuber
from lionlab.convex._custom import CustomFunction
from lionlab.convex._numerical import NumericalConjugate

WEIGHTS = (1.0, 2.0, 0.5)


def smooth_value(z):
    return jnp.sum(jnp.sqrt(1 + z**2) - 1)


def mixed_value(z):
    return jnp.sum(jnp.asarray(WEIGHTS, z.dtype) * jnp.abs(z)) + jnp.sqrt(jnp.sum(z**2))


def mixed_subgradient(z):
    size = jnp.sqrt(jnp.sum(z**2))
    unit = jnp.where(size > 0, z / jnp.where(size > 0, size, 1), 0)
    return jnp.asarray(WEIGHTS, z.dtype) * jnp.sign(z) + unit


def dead_zone_slope(z):
    return jnp.where(jnp.abs(z) > 0.3, jnp.sign(z), 0)


SMOOTH = CustomFunction(smooth_value, is_smooth=True, recession=lambda z: jnp.sum(jnp.abs(z)), is_separable=True)
MIXED = CustomFunction(mixed_value, mixed_subgradient, is_positively_homogeneous=True)
OBJECTIVE = ll.Quadratic(np.diag([1.0, 3.0, 2.0]), np.array([0.3, -4.0, 5.0]))


def mixed_distance(y: np.ndarray) -> float:
    """To the box |y_i| ≤ w_i enlarged by a unit ball, which is dom of the conjugate of the weighted ℓ1 plus ℓ2 norm."""
    return max(float(np.linalg.norm(np.maximum(np.abs(y) - np.array(WEIGHTS), 0))) - 1, 0.0)


def test_the_bracket_of_a_smooth_function_of_ones_own():
    found = SMOOTH.conjugate().bracket([0.6, 0.0, -0.8])
    assert found.status == "FINITE"
    assert found.contains(0.2 + 0.4)
    assert found.relative_width < 1e-10
    np.testing.assert_allclose(found.maximiser, [0.75, 0.0, -4 / 3], rtol=1e-9)
    assert SMOOTH.conjugate().bracket([1.001, 0.0, 0.0]).status == "INFINITE"


def test_matrices_keep_their_shape():
    def value(Z):
        return jnp.sum(Z**2)

    Y = np.arange(6.0).reshape(2, 3)
    found = CustomFunction(value, is_smooth=True).conjugate().bracket(Y)
    assert found.maximiser.shape == (2, 3)
    assert found.contains(np.sum(Y**2) / 4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_agree_with_the_closed_forms(dtype):
    ys = np.array([[0.5, -0.9, 0.0], [0.99, 0.1, 0.2], [0.0, 0.0, 0.0], [1.01, 0.0, 0.0], [0.3, 5.0, -2.0]], dtype)
    tolerance = 2e-5 if dtype == np.float32 else 1e-12
    for K in (LogCosh(2.0), PseudoHuber(0.5), Huber(0.5)):
        numerical = jax.jit(jax.vmap(NumericalConjugate(K).value))
        with ll.precision.double_precision():
            found = np.asarray(numerical(jnp.asarray(ys)))
        exact = np.array([K.conjugate()(y) for y in ys])
        assert found.dtype == dtype
        np.testing.assert_array_equal(np.isinf(found), np.isinf(exact))
        np.testing.assert_allclose(found[:3], exact[:3], atol=tolerance)


def test_double_precision_survives_the_way_to_the_host_and_back():
    """JAX's callbacks run in a thread where float64 is float32; a value that went through it would keep 7 digits."""
    K = CustomFunction(lambda z: jnp.sum(jnp.maximum(jnp.abs(z) - 0.3, 0)), dead_zone_slope)
    ys = np.array([[0.123456789012, -0.7, 0.1], [0.2, 0.3, 0.4]])
    with ll.precision.double_precision():
        found = np.asarray(jax.jit(jax.vmap(K.conjugate().value))(jnp.asarray(ys)))
    np.testing.assert_allclose(found, 0.3 * np.abs(ys).sum(axis=1), rtol=1e-9)
    low = np.asarray(jax.jit(K.conjugate().value)(jnp.asarray(ys[0], jnp.float32)))
    assert low.dtype == np.float32
    assert abs(low - 0.3 * np.abs(ys[0]).sum()) < 1e-6


def test_a_homogeneous_function_of_ones_own_has_a_domain():
    K_star = MIXED.conjugate()
    inside, outside = np.array([1.5, 2.2, 0.1]), np.array([3.0, 4.4, 0.2])
    assert K_star(inside) == 0
    assert K_star(outside) == np.inf
    assert abs(K_star.domain_distance(outside) - mixed_distance(outside)) <= K_star.domain_gap(outside) + 1e-12
    assert K_star.domain_gap(outside) < 1e-9
    assert K_star.domain_distance(inside) == 0
    # The radius r with mixed_distance(y/r) = 0 by bisection.
    low, high = 0.1, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if mixed_distance(outside / middle) > 0 else (low, middle)
    with ll.precision.double_precision():
        assert abs(float(MIXED.dual_norm(jnp.asarray(outside))) - high) <= 2e-6 * high


def test_prox_and_moreau():
    z = np.array([3.0, -0.4, 1.2])
    u, v = MIXED.prox(z, 0.5), MIXED.conjugate().prox(z / 0.5, 2.0)
    np.testing.assert_allclose(u + 0.5 * v, z, atol=1e-12)
    # Its closed form: soft thresholding, then the prox of the norm.
    soft = np.sign(z) * np.maximum(np.abs(z) - 0.5 * np.array(WEIGHTS), 0)
    np.testing.assert_allclose(u, soft * (1 - 0.5 / np.linalg.norm(soft)), atol=1e-6)
    w = SMOOTH.prox(z, 0.5)
    np.testing.assert_allclose(w + 0.5 * w / np.sqrt(1 + w**2), z, atol=1e-12)


@pytest.mark.parametrize("K", [SMOOTH, MIXED], ids=["smooth", "homogeneous"])
def test_a_run_and_its_ledger(K):
    method = ll.LionK(K, 0.05, 0.7)
    run = ll.simulate(method, OBJECTIVE, np.zeros(3), 40, record=("x", "m", "lyapunov"))
    ledger = ll.energy_ledger(method, OBJECTIVE, run)
    assert np.all(np.abs(ledger.residual) <= ledger.rounding_bound)
    np.testing.assert_allclose(ledger.lyapunov, run.lyapunov, rtol=1e-12)
    # K* is known from below within 1e-9 of itself: the signs hold up to that.
    slack = ledger.sign_allowance + 1e-8 * (1 + np.abs(ledger.lyapunov[1:]))
    for term in (ledger.alignment, ledger.enhancement, ledger.conjugate_remainder, ledger.momentum_remainder):
        assert np.all(term <= slack)
    assert abs(ll.lyapunov(method, OBJECTIVE, run.x[-1], run.m[-1]) - run.lyapunov[-1]) < 1e-9


def test_the_constraint_set_attracts():
    method = ll.LionK(MIXED, 0.05, 0.7)
    run = ll.simulate(method, OBJECTIVE, np.full(3, 9.0), 30)
    found = ll.constraint_distance(method, run)
    exact = [mixed_distance(0.7 * x) for x in run.x]
    np.testing.assert_allclose(found, exact, atol=1e-9)
    assert np.all(found[1:] <= (1 - 0.05 * 0.7) * found[:-1] + 1e-9)
    assert found[0] > 1


def test_what_cannot_be_certified_is_infinite_and_says_why():
    black_box = CustomFunction(lambda z: jnp.sum(jnp.abs(z)), jnp.sign)
    found = black_box.conjugate().bracket([1.5, 0.0, 0.0])
    assert found.status == "INCONCLUSIVE"
    assert "homogeneity" in found.reason
    assert black_box.conjugate()([1.5, 0.0, 0.0]) == np.inf
    assert black_box.conjugate()([0.5, 0.0, 0.0]) == 0
    assert black_box.conjugate()([np.inf, 0.0, 0.0]) == np.inf


def test_a_wrong_subgradient_is_not_believed():
    wrong = CustomFunction(mixed_value, lambda z: 1.02 * mixed_subgradient(z), is_positively_homogeneous=True)
    assert wrong.conjugate().bracket([1.5, 2.2, 0.1]).status == "INCONCLUSIVE"
    concave = CustomFunction(lambda z: -jnp.sum(z**2), is_smooth=True)
    assert concave.conjugate().bracket([0.5, 0.2, 0.1]).status == "INCONCLUSIVE"


def test_the_biconjugate_is_the_function():
    assert MIXED.conjugate().conjugate() is MIXED


def test_refusals():
    with pytest.raises(ValueError, match="is_smooth=True must be declared"):
        CustomFunction(mixed_value)
    with pytest.raises(TypeError, match="function must be a JAX function"):
        CustomFunction(3.0, is_smooth=True)
    with pytest.raises(TypeError, match="needs a convex function"):
        NumericalConjugate(smooth_value)
    with pytest.raises(TypeError, match="recession must be"):
        NumericalConjugate(L1Norm(), recession=3)
    with pytest.raises(ValueError, match="tolerance must be in"):
        NumericalConjugate(L1Norm(), tolerance=0.0)
    with pytest.raises(ValueError, match="must be finite"):
        MIXED.conjugate().bracket([np.nan, 0.0, 0.0])


@pytest.mark.parametrize("offset", [3.0, -2.5, 1e6])
def test_a_function_that_is_not_0_at_0_has_its_conjugate_moved(offset: float):
    smooth = CustomFunction(lambda z: jnp.sum(jnp.sqrt(1 + z * z)) + offset, is_smooth=True)
    y = np.array([0.6, 0.0, -0.8])
    exact = -np.sum(np.sqrt(1 - y * y)) - offset
    found = smooth.conjugate().bracket(y)
    assert found.status == "FINITE"
    assert found.contains(exact)
    assert found.width <= 1e-9 * (1 + abs(offset))
    np.testing.assert_allclose(smooth.conjugate()(y), exact, rtol=1e-12)
    kinked = CustomFunction(lambda z: jnp.sum(jnp.abs(z)) + offset, jnp.sign)
    np.testing.assert_allclose(kinked.conjugate()([0.5, 0.2, -0.1]), -offset, rtol=1e-9)


def test_a_false_homogeneity_and_a_huge_constant_are_refused():
    steeper = CustomFunction(
        lambda z: jnp.maximum(jnp.sum(jnp.abs(z)), 2 * jnp.sum(jnp.abs(z)) - 50),
        lambda z: jnp.where(jnp.sum(jnp.abs(z)) > 50, 2, 1).astype(z.dtype) * jnp.sign(z),
        is_positively_homogeneous=True,
    )
    with pytest.raises(ValueError, match=r"K declares K\(tz\) = t·K\(z\), but .* Take back"):
        steeper.conjugate().bracket([1.5, 0.0, 0.0])
    with pytest.raises(ValueError, match=r"K\(0\) is 1e\+12: subtract it"):
        CustomFunction(lambda z: jnp.sum(z * z) + 1e12, is_smooth=True).conjugate().bracket([1.5, 0.0])


def test_the_recession_that_K_declares_is_used():
    K = CustomFunction(
        lambda z: jnp.sum(jnp.sqrt(1 + z * z) - 1), is_smooth=True, recession=lambda z: jnp.sum(jnp.abs(z))
    )
    assert NumericalConjugate(K).bracket([1.5, 0.0]).status == "INFINITE"
