"""A value within an allowance is the value itself inside the domain, and that of the nearest point just outside."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from convex.calculus_examples import EXAMPLES
from tiers import waiting

from lionlab.convex import LinfNorm, Sum, TopKL1, Truncated
from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision

CLOSE = 1e-12
EVERY = {**CATALOGUE, **EXAMPLES}
# One of every rule that makes a function from others.
RULES = (
    "scaled group", "scaled log cosh", "sum of both", "infimal convolution", "envelope of l2", "truncated log cosh",
    "recentred log cosh", "diagonal huber", "total variation", "l1 + huber", "huber + l2", "elastic net",
)  # fmt: skip


@pytest.mark.parametrize("name", waiting(EVERY, set(EVERY) - set(RULES)))
def test_inside_an_allowance_changes_nothing(name: str) -> None:
    """At 0.9∇K(z), which lies between 0 and a point of dom K*; and of K at a point where it is finite."""
    K, shape = EVERY[name]
    K_star = K.conjugate()

    @jax.jit
    def look(z, allowance):
        y = 0.9 * K.selection(z)
        return (
            (K_star.value(y), K_star.value_within(y, allowance)),
            (K.value(z), K.value_within(z, allowance)),
            (K_star.distance(y), K_star.excess(y)),
        )

    with double_precision():
        z = jnp.asarray(np.random.default_rng(0).uniform(-0.9, 0.9, size=shape))
        of_conjugate, of_function, outside = (np.asarray(pair) for pair in look(z, jnp.asarray(1e-9)))
    assert np.isfinite(of_conjugate).all()
    assert of_conjugate[1] == pytest.approx(of_conjugate[0], rel=CLOSE, abs=CLOSE)
    assert of_function[1] == pytest.approx(of_function[0], rel=CLOSE, abs=CLOSE)
    assert np.abs(outside).max() <= 1e-15


def test_a_sum_without_a_rule_adds_up_its_terms() -> None:
    K, z = Sum([LinfNorm(), Truncated(TopKL1(2), 4.0)]), np.array([1.0, -3.0, 0.5])
    assert K.form is None
    with double_precision():
        just_outside = jnp.asarray(z / 4 * (4 + 1e-10))
        found = [float(K.value_within(point, jnp.asarray(1e-9))) for point in (jnp.asarray(z), just_outside)]
        assert found == pytest.approx([3 + 4, 3 + 4], rel=1e-9)
        assert float(K.value_within(jnp.asarray(2 * z), jnp.asarray(1e-9))) == np.inf


FAR = ("log cosh", "pseudo huber", "huber", "dead zone", "l1")


@pytest.mark.parametrize("name", FAR)
@pytest.mark.parametrize("size", [1e12, 1e100])
def test_a_point_far_outside_is_brought_to_the_face(name: str, size: float) -> None:
    """prox_{τK*}(y) is 1 to the last digits where y is many orders of magnitude outside the box."""
    K_star = CATALOGUE[name].function.conjugate()
    nearby = K_star.prox(np.array([size, -size, 0.0, 2 * size]), 0.25)
    np.testing.assert_allclose(nearby, [1, -1, 0, 1], rtol=4 * np.finfo(float).eps)
