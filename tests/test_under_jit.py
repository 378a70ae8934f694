"""JAX's own transformations take every loss and every K as they are, and every public method of theirs."""

import jax
import numpy as np
import pytest

from lionlab.convex import LpNorm
from lionlab.convex.catalogue import CATALOGUE
from lionlab.objectives import Quadratic, example_objectives
from lionlab.precision import double_precision

ROUNDINGS = 1e4 * np.finfo(np.float64).eps  # a factorisation or bisection, on numbers of the order of one


def close(found, expected):
    expected = np.asarray(expected)
    largest = np.max(np.abs(expected), initial=1.0, where=np.isfinite(expected))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=ROUNDINGS, atol=ROUNDINGS * largest)


@pytest.mark.parametrize("name", example_objectives())
def test_losses(name):
    f = example_objectives()[name]
    x = np.random.default_rng(0).normal(size=(2, *f.shape))
    with double_precision():
        arrays = jax.numpy.asarray(x)
        single = (jax.jit(f), jax.jit(f.gradient), jax.jit(f.value), jax.jit(f.slope), jax.jit(jax.grad(f)))
        batched = (jax.vmap(f), jax.vmap(f.gradient), jax.vmap(jax.value_and_grad(f)))
        # Compiled together: a program of its own for each takes ten times as long.
        found, rows = jax.jit(lambda a: ([one(a[0]) for one in single], [one(a) for one in batched]))(arrays)
    values, slopes = [f(row) for row in x], [f.gradient(row) for row in x]
    for ours, expected in zip(found, (values, slopes, values, slopes, slopes), strict=True):
        close(ours, expected[0])
    for ours, expected in zip((rows[0], rows[1], *rows[2]), (values, slopes, values, slopes), strict=True):
        close(ours, expected)


def test_losses_are_compared_by_identity():
    first, second = Quadratic(np.eye(2), [1.0, 2.0]), Quadratic(np.eye(2), [1.0, 2.0])
    assert first != second
    assert len({first, second, first}) == 2


def test_a_loss_is_compiled_once():
    f, count = Quadratic(np.eye(2), [1.0, 2.0]), []

    def counted(x):
        count.append(1)
        return f(x)

    compiled = jax.jit(counted)
    with double_precision():
        compiled(jax.numpy.zeros(2))
        compiled(jax.numpy.ones(2))
    assert len(count) == 1


@pytest.mark.parametrize("name", CATALOGUE)
def test_convex_functions(name):
    """Traced only: what the laws need not compile again."""
    K, shape = CATALOGUE[name]
    z = jax.ShapeDtypeStruct(shape, np.float32)
    for function in (K, K.conjugate()):
        number, point = jax.ShapeDtypeStruct((), np.float32), z
        for method in (function, function.domain_distance):
            assert jax.eval_shape(jax.jit(method), z) == number, method
        for method in (function.subgradient, function.domain_projection):
            assert jax.eval_shape(jax.jit(method), z) == point, method
        assert jax.eval_shape(jax.jit(function.prox), z, 0.5) == point
        assert jax.eval_shape(jax.jit(function.fenchel_young_gap), z, z) == number


@pytest.mark.parametrize("name", ["l1", "top 2", "sorted l1", "nuclear", "scaled group", "truncated l2"])
def test_under_jit_they_are_what_they_are(name):
    K, shape = CATALOGUE[name]
    z = 0.3 * np.random.default_rng(1).normal(size=shape)
    with double_precision():
        array = jax.numpy.asarray(z)
        ours = jax.jit(K), jax.jit(K.subgradient), lambda a: jax.jit(K.prox)(a, 0.5), jax.jit(jax.vmap(K.subgradient))
        value, slope, nearby, slopes = jax.jit(lambda a: (*(one(a) for one in ours[:3]), ours[3](a[None])))(array)
    close(value, K(z))
    close(slope, K.subgradient(z))
    close(nearby, K.prox(z, 0.5))
    close(slopes[0], K.subgradient(z))


def test_convex_functions_are_compared_by_value():
    assert LpNorm(1.5) == LpNorm(1.5)
    assert len({LpNorm(1.5), LpNorm(1.5), LpNorm(3)}) == 2
