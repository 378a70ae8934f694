"""A newcomer's K, with the required primitives and nothing more, passes every law: the derived operations suffice."""

import functools

import hypothesis
import jax.numpy as jnp
import numpy as np
import pytest
from convex.laws import observation, observe, violations
from hypothesis import strategies as st
from strategies import points
from tiers import waiting

import lionlab.convex as convex
from lionlab.convex import ConvexFunction, L1Norm, SeparableFunction, parse_convex_function
from lionlab.theorems import verify


class Elastic(SeparableFunction):
    """k(z) = |z| + z²/2, k*(y) = ½max(|y| − 1, 0)²: a kink at 0, and no closed prox."""

    @property
    def radius(self):
        return float("inf")

    def density(self, z):
        return jnp.abs(z) + z**2 / 2

    def selection(self, z):
        return jnp.sign(z) + z

    def conjugate_density(self, y):
        return jnp.maximum(jnp.abs(y) - 1, 0) ** 2 / 2

    def conjugate_selection(self, y):
        return jnp.sign(y) * jnp.maximum(jnp.abs(y) - 1, 0)


class MyL1(ConvexFunction):
    """‖z‖₁ with nothing declared and every operation but three derived."""

    def value(self, z):
        return jnp.sum(jnp.abs(z))

    def selection(self, z):
        return jnp.sign(z)

    def conjugate(self):
        return L1Norm().conjugate()


class CarelessL1(MyL1):
    """Its prox, z − t·P(z/t), leaves a rounding of z in place of 0, as a prox may."""

    def proximal(self, z, step):
        return z - step * self.conjugate().proximal(z / step, 1 / step)


class HalfThreshold(Elastic):
    """Wrong by so little that only an entry near the kink shows it."""

    def proximal(self, z, step):
        u = super().proximal(z, step)
        return jnp.where(jnp.abs(z) <= step, 1e-9 * z, u)


NEWCOMERS = (Elastic(), MyL1(), CarelessL1())


@functools.cache
def compiled_for(K):
    return observation(K)


# A second dtype, which for these three is the same code: once, where roundings are left in place of 0.
CASES = [(K, dtype) for dtype in ("float32", "float64") for K in NEWCOMERS]
WAIT = [(Elastic(), "float32"), (MyL1(), "float32")]


@pytest.mark.parametrize("case", waiting(CASES, WAIT), ids=str)
def test_every_law_holds(case):
    K, dtype = case

    @hypothesis.settings(max_examples=30)
    @hypothesis.given(
        z=points(6, (4,), dtype),
        w=points(6, (4,), dtype),
        step=st.sampled_from([0.125, 1.0, 7.0]),
        bound=st.sampled_from([0.5, 3.0]),
    )
    def laws(z, w, step, bound):
        assert violations(K, observe(compiled_for(K), z, w, step, bound)) == {}

    laws()


@pytest.mark.parametrize("size", [0.0, 1e-149, 1e-12, 0.3, 1.0, 30.0, 1e8, 1e100])
@pytest.mark.parametrize("K", NEWCOMERS, ids=repr)
def test_every_law_holds_at_every_size(K, size):
    z, w = np.full((6, 4), size), np.zeros((6, 4))
    z[1, 0], w[1], w[2] = 0.1, size / 3, 2.5 * size
    for step in (0.125, 1.0, 7.0):
        assert violations(K, observe(compiled_for(K), z, w, step, 0.5)) == {}


def test_roundings_of_tiny_points_are_no_violation():
    """Here the prox is a few 1e-26 in place of 0, and K* is near 0 too: only the slope of K explains the gap."""
    z = np.random.default_rng(0).uniform(-1e-9, 1e-9, size=(600, 4))
    some_are_not_zero = False
    for rows in z.reshape(100, 6, 4):  # as many at once as in other tests, for what is compiled for each number
        observed = observe(compiled_for(CarelessL1()), rows, rows, 0.7, 0.5)
        some_are_not_zero |= bool(np.any(observed["u"] != 0))
        assert violations(CarelessL1(), observed) == {}
    assert some_are_not_zero


@pytest.mark.parametrize("K", NEWCOMERS, ids=repr)
def test_the_claim_of_the_laws_holds(K):
    evidence = verify("conjugate-laws-l1-norm", K=K)
    assert evidence.verdict == "CONSISTENT", evidence


def test_a_prox_that_misses_the_kink_by_a_little_is_caught():
    """Far above rounding and far below what a plot would show."""
    z = np.full((6, 4), 0.3)
    law = ["prox_is_optimal"]
    assert violations(HalfThreshold(), observe(observation(HalfThreshold(), law), z, z, 1.0, 0.5), law)
    assert verify("conjugate-laws-l1-norm", K=HalfThreshold()).verdict == "VIOLATED"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_prox_below_the_kink_is_exactly_zero(dtype):
    z = np.array([0.3, -0.9, 1e-30, 2.0], dtype)
    for K in (Elastic(), MyL1()):
        np.testing.assert_array_equal(K.prox(z, 1.0)[:3], 0)
    np.testing.assert_allclose(Elastic().prox(z, 1.0)[3], 0.5, rtol=4 * np.finfo(dtype).eps)


def test_what_is_exported_is_parsed(monkeypatch):
    with pytest.raises(ValueError, match="'Elastic' is unknown"):
        parse_convex_function("Elastic()")
    monkeypatch.setattr(convex, "Elastic", Elastic, raising=False)
    assert parse_convex_function("Scaled(Elastic(), 2)") == convex.Scaled(Elastic(), 2)
    assert verify("conjugate-laws-l1-norm", K="Elastic()", is_quick=True).verdict == "CONSISTENT"
