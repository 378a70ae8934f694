"""What every loss of the catalogue must satisfy: its gradient, what it declares, and the arrays it follows."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.objectives import example_objectives
from lionlab.precision import double_precision, unit_roundoff

EXAMPLES = example_objectives()
STATED_SMOOTH = [name for name, f in EXAMPLES.items() if f.smoothness is not None]
WITHOUT_SMOOTHNESS = [name for name, f in EXAMPLES.items() if f.smoothness is None]
MINIMIZED = [name for name, f in EXAMPLES.items() if f.minimizers is not None]
U = unit_roundoff(np.float64)
MOST_POINTS = 200


def points(f, count, seed=0, scale=2.0):
    return scale * np.random.default_rng(seed).normal(size=(count, *f.shape))


def at_all(f, xs):
    """(f(x), ∇f(x)) for every x along the first axis, in float64, by one compiled program for up to MOST_POINTS."""
    filled = np.concatenate([xs, np.broadcast_to(xs[:1], (MOST_POINTS - len(xs), *xs.shape[1:]))])
    with double_precision():
        return jax.tree.map(lambda found: np.asarray(found)[: len(xs)], _at_all(f, jnp.asarray(filled)))


@eqx.filter_jit
def _at_all(f, xs):
    return jax.vmap(f.value)(xs), jax.vmap(f.slope)(xs)


def rows(xs):
    return xs.reshape(len(xs), -1)


def bregman(f, to, at):
    """(D_f(to; at), the size of the terms that cancel in it), pair by pair."""
    (values_to, _), (values_at, slopes_at) = at_all(f, to), at_all(f, at)
    linear = np.sum(rows(slopes_at) * rows(to - at), axis=1)
    # The products inside f and ∇f round too: count them with the sizes of the gradient's terms.
    inner = np.sum(np.abs(rows(slopes_at)) * (np.abs(rows(to)) + np.abs(rows(at))), axis=1)
    return values_to - values_at - linear, np.abs(values_to) + np.abs(values_at) + np.abs(linear) + inner


def difference_quotients(f, x, h):
    """Five-point central differences: truncation h⁴f⁽⁵⁾/30, rounding 1.5·u|f|/h per evaluation error of size u|f|."""
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    values = [at_all(f, x + factor * steps)[0] for factor in (-2, -1, 1, 2)]
    return (np.array([1, -8, 8, -1]) @ values / (12 * h)).reshape(x.shape)


@pytest.mark.parametrize("name", EXAMPLES)
def test_gradient_is_the_limit_of_differences(name):
    f, h = EXAMPLES[name], 1e-3
    xs = points(f, 4, scale=1.0)
    for x, value, slope in zip(xs, *at_all(f, xs), strict=True):
        largest = max(1.0, abs(float(value)), float(np.max(np.abs(slope))))
        # Truncation: fifth derivatives of the catalogue are below 1e3 times the values here; rounding: 50 operations.
        allowed = largest * (1e3 * h**4 / 30 + 50 * U / h)
        assert np.max(np.abs(difference_quotients(f, x, h) - slope)) <= allowed


@pytest.mark.parametrize("name", EXAMPLES)
def test_gradient_agrees_with_automatic_differentiation(name):
    f = EXAMPLES[name]
    xs = points(f, 20, seed=1)
    with double_precision():
        expected = np.asarray(eqx.filter_jit(lambda f, xs: jax.vmap(jax.grad(f.value))(xs))(f, jnp.asarray(xs)))
    # Both are sums of at most 40 products of 5 factors, in two orders.
    sizes = (np.max(np.abs(rows(expected)), axis=1) + 1) * (1 + np.max(np.abs(rows(xs)), axis=1))
    assert np.all(np.max(np.abs(rows(at_all(f, xs)[1] - expected)), axis=1) <= 400 * U * sizes)


@pytest.mark.parametrize("name", STATED_SMOOTH)
def test_smoothness_bounds_the_bregman_remainder(name):
    f = EXAMPLES[name]
    to, at = points(f, 200, seed=2), points(f, 200, seed=3)
    remainder, sizes = bregman(f, to, at)
    assert np.all(np.isfinite(remainder))
    assert np.all(np.abs(remainder) <= f.smoothness / 2 * np.sum(rows(to - at) ** 2, axis=1) + 100 * U * sizes)


@pytest.mark.parametrize("name", [name for name in STATED_SMOOTH if name != "log_sum_exp"])
def test_smoothness_is_attained(name):
    """By the Hessian at 0, where log-loss and 1 − cos are most curved: any smaller L would be refuted."""
    f = EXAMPLES[name]
    curvature = np.max(np.abs(np.linalg.eigvalsh(hessians(f, np.zeros((1, *f.shape))))))
    assert curvature == pytest.approx(f.smoothness, rel=1e-12)


@pytest.mark.parametrize("name", WITHOUT_SMOOTHNESS)
def test_no_stated_smoothness_means_that_none_exists(name):
    f = EXAMPLES[name]
    near, far = at_all(f, np.stack([np.full(f.shape, 1e3), np.full(f.shape, 1.001e3)]))[1]
    assert np.linalg.norm(far - near) > 1e5 * np.sqrt(f.dim)


@eqx.filter_jit
def _hessians(f, xs):
    return jax.vmap(jax.hessian(f.value))(xs)


def hessians(f, xs):
    with double_precision():
        return np.asarray(_hessians(f, jnp.asarray(xs))).reshape(len(xs), f.dim, f.dim)


@pytest.mark.parametrize("name", EXAMPLES)
def test_convexity_flag_is_honest(name):
    """Every Hessian has no negative eigenvalue, up to the backward error of computing it, exactly if f is convex."""
    f = EXAMPLES[name]
    eigenvalues = np.linalg.eigvalsh(hessians(f, points(f, 100, seed=5, scale=1.5)))
    assert np.all(np.isfinite(eigenvalues))
    lowest = eigenvalues[:, 0] / np.max(np.abs(eigenvalues), axis=1)
    assert f.is_convex is not None
    assert bool(np.all(lowest >= -40 * f.dim * U)) == f.is_convex


@pytest.mark.parametrize("name", MINIMIZED)
def test_minimizers_are_stationary_and_lowest(name):
    f = EXAMPLES[name]
    assert f.minimizers.shape[1:] == f.shape
    for x in f.minimizers:
        nearby = np.max(np.abs(f.gradient(x + 0.1)))
        assert np.max(np.abs(f.gradient(x))) <= 1e-12 * max(1.0, nearby)  # 0 up to the pseudoinverse's rounding
        assert np.all(at_all(f, points(f, 100, seed=7))[0] >= float(f(x)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_follows_numpy_arrays(name, dtype):
    f = EXAMPLES[name]
    x = points(f, 1)[0].astype(dtype)
    value, slope = f(x), f.gradient(x)
    assert isinstance(value, np.ndarray)
    assert isinstance(slope, np.ndarray)
    assert value.dtype == slope.dtype == np.dtype(dtype)
    assert value.shape == ()
    assert slope.shape == f.shape == x.shape
    assert f.dim == x.size
    np.testing.assert_allclose(
        slope, f.gradient(x.astype(np.float64)), rtol=0, atol=1e-4 * np.max(np.abs(slope)) + 1e-4
    )
    assert jax.config.jax_enable_x64 is False


@pytest.mark.parametrize("name", EXAMPLES)
def test_under_vmap_it_is_the_single_points(name):
    f = EXAMPLES[name]
    with double_precision():
        xs = jnp.asarray(points(f, 3))
        slopes, single = jax.jit(jax.vmap(f.gradient))(xs), jax.jit(f.gradient)
        one_by_one = np.stack([np.asarray(single(x)) for x in np.asarray(xs)])
        scale = float(np.max(np.abs(one_by_one)))
        np.testing.assert_allclose(slopes, one_by_one, rtol=0, atol=1000 * unit_roundoff("float64") * scale)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_traces_under_jit_and_vmap_in_the_dtype_given(name, dtype):
    """Traced only: a dtype and a shape are known without being computed."""
    f = EXAMPLES[name]
    with double_precision():
        xs = jax.ShapeDtypeStruct((3, *f.shape), jnp.dtype(dtype))
        values = eqx.filter_eval_shape(eqx.filter_jit(lambda f, xs: jax.vmap(f)(xs)), f, xs)
        slopes = jax.eval_shape(jax.jit(jax.vmap(f.gradient)), xs)
    assert values.dtype == slopes.dtype == xs.dtype
    assert slopes.shape == xs.shape


@pytest.mark.parametrize("name", EXAMPLES)
def test_wrong_arguments_are_refused_in_words(name):
    f = EXAMPLES[name]
    wrong = np.zeros((*f.shape, 2))
    for call in (f, f.gradient):
        with pytest.raises(ValueError, match="takes x of shape"):
            call(wrong)
        with pytest.raises(ValueError, match="takes x of shape"):
            jax.jit(lambda z, call=call: call(z))(jnp.asarray(wrong, jnp.float32))
        with pytest.raises(TypeError, match="floating-point"):
            call(jnp.zeros(f.shape, jnp.int32))


def test_a_planted_wrong_gradient_is_caught():
    f = EXAMPLES["logistic"]
    flipped = eqx.tree_at(lambda g: g.signs, f, -f.signs)
    x = points(f, 1, scale=1.0)[0]
    assert np.max(np.abs(difference_quotients(f, x, 1e-3) - flipped.gradient(x))) > 1e-3


def test_a_planted_wrong_smoothness_is_caught():
    f = EXAMPLES["bowl"]
    along = np.array([0.0, 1.0])
    (remainder,), (sizes,) = bregman(f, (f.center + along)[None], f.center[None])
    assert remainder == pytest.approx(f.smoothness / 2, rel=1e-14)
    assert remainder > 0.999 * f.smoothness / 2 + 100 * U * sizes
