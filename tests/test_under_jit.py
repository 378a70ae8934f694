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
        close(jax.jit(f)(arrays[0]), f(x[0]))
        close(jax.jit(f.gradient)(arrays[0]), f.gradient(x[0]))
        close(jax.jit(f.value)(arrays[0]), f(x[0]))
        close(jax.jit(f.slope)(arrays[0]), f.gradient(x[0]))
        close(jax.jit(jax.grad(f))(arrays[0]), f.gradient(x[0]))
        close(jax.vmap(f)(arrays), [f(row) for row in x])
        close(jax.vmap(f.gradient)(arrays), [f.gradient(row) for row in x])
        value, slope = jax.jit(jax.value_and_grad(f))(arrays[1])
        close(value, f(x[1]))
        close(slope, f.gradient(x[1]))


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
        close(jax.jit(K)(array), K(z))
        close(jax.jit(K.subgradient)(array), K.subgradient(z))
        close(jax.jit(K.prox)(array, 0.5), K.prox(z, 0.5))
        close(jax.vmap(K.subgradient)(array[None])[0], K.subgradient(z))


def test_convex_functions_are_compared_by_value():
    assert LpNorm(1.5) == LpNorm(1.5)
    assert len({LpNorm(1.5), LpNorm(1.5), LpNorm(3)}) == 2
