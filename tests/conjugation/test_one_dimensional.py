"""Brackets of k*(y) against exact values in 40 digits, and `NumericalSeparable` against closed forms."""

import functools
import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from lionlab.conjugation import _one_dimensional as solver
from lionlab.conjugation._one_dimensional import ScalarConjugate, maximiser, scalar_conjugate
from lionlab.convex import ConvexFunction, LogCosh, PseudoHuber, Scaled
from lionlab.convex._numerical_separable import NumericalSeparable
from lionlab.precision import double_precision

INF = math.inf
LOG_COSH = LogCosh(2.0)


def huber(z: jax.Array) -> jax.Array:
    return jnp.where(jnp.abs(z) < 0.25, 2 * z * z, jnp.abs(z) - 0.125)


def square_on_an_interval(z: jax.Array) -> jax.Array:
    """½z² on [−1, 2], +inf outside."""
    return jnp.where((z >= -1) & (z <= 2), z * z / 2, jnp.inf)


def exact_log_cosh(y: mpmath.mpf) -> mpmath.mpf:
    if abs(y) > 1:
        return mpmath.inf
    return sum(t * mpmath.log(t) for t in (1 + y, 1 - y) if t) / 4


def exact_exponential(y: mpmath.mpf) -> mpmath.mpf:
    return mpmath.inf if y < 0 else (y * mpmath.log(y) if y else 0) - y + 1


def exact_on_an_interval(y: mpmath.mpf) -> mpmath.mpf:
    return -y - 0.5 if y < -1 else 2 * y - 2 if y > 2 else y**2 / 2


# k, its recession slopes, whether it is extended, and k* exactly.
CASES: dict[str, tuple[Callable, tuple[float, float], bool, Callable]] = {
    "log cosh": (LOG_COSH.density, (-1, 1), False, exact_log_cosh),
    "exponential": (jnp.expm1, (0, INF), False, exact_exponential),
    "quartic": (lambda z: z**4 / 4, (-INF, INF), False, lambda y: 0.75 * abs(y) ** (mpmath.mpf(4) / 3)),
    "huber": (huber, (-1, 1), False, lambda y: y**2 / 8 if abs(y) <= 1 else mpmath.inf),
    "on an interval": (square_on_an_interval, (-INF, INF), True, exact_on_an_interval),
}
Y = np.concatenate(
    [
        np.random.default_rng(0).normal(size=30),
        [0.0, 1e-30, -1e-12, 1e-5, 0.5, 0.999999, 1 - 1e-10, 1 - 1e-15, 1.0, -1.0, 1 + 1e-10, 2.0, -7.0, 1e5, 1e20],
    ]
)


def exact(name: str) -> list[mpmath.mpf]:
    with mpmath.workdps(120):
        return [CASES[name][3](mpmath.mpf(float(y))) for y in Y]


def bracketed(name: str, *, declared: bool = True) -> ScalarConjugate:
    k, recession, is_extended, _ = CASES[name]
    return scalar_conjugate(k, Y, recession=recession if declared else None, is_extended=is_extended)


def broken_promises(found: ScalarConjugate, truth: list[mpmath.mpf]) -> set[str]:
    """Which promises of a bracket do not hold, compared in more digits than it has."""
    broken = set()
    for lower, upper, status, value in zip(found.lower, found.upper, found.status, truth, strict=True):
        if math.isnan(lower) or math.isnan(upper) or not mpmath.mpf(float(lower)) <= value <= mpmath.mpf(float(upper)):
            broken.add("contains")
        if status == "FINITE" and not math.isfinite(upper):
            broken.add("a finite upper bound")
        if status == "INFINITE" and not (lower == INF and value == INF):
            broken.add("infinite")
        if status == "FINITE" and value == INF:
            broken.add("no number outside the domain")
    return broken


@pytest.mark.parametrize("name", CASES)
def test_brackets_hold_the_exact_value(name: str) -> None:
    truth = exact(name)
    for declared in (True, False):
        found = bracketed(name, declared=declared)
        assert broken_promises(found, truth) == set()
        if not declared:
            assert "INFINITE" not in found.status
            assert set(found.status[np.array([value == INF for value in truth])]) <= {"INCONCLUSIVE"}
    found = bracketed(name)
    # With the recession slopes declared only what lies within rounding of them is left open, and all else is narrow.
    left, right = CASES[name][1]
    is_near = (np.abs(Y - left) <= 1e-14) | (np.abs(Y - right) <= 1e-14)
    assert (found.status[~is_near] != "INCONCLUSIVE").all()
    assert (found.status[~is_near] != "BOUNDARY").all()
    narrow = found.status == "FINITE"
    size = (np.maximum(np.abs(found.lower), np.abs(found.upper)) + np.abs(Y * found.maximiser))[narrow]
    # Rounding of yz and of k(z), both ways, and as much for the slopes that must enclose y.
    # Where k'(0) ≠ 0 these enclose it no closer than their own rounding, and the gap is its square.
    allowed = 8 * solver.ACCURACY * size + (8 * solver.ACCURACY) ** 2
    assert (found.upper[narrow] - found.lower[narrow] <= allowed).all()


@pytest.mark.parametrize(
    ("wrong", "promise"),
    [
        ("scaled by 0.99", "contains"),
        ("missing +inf", "no number outside the domain"),
        ("known from below only, and said to be known", "contains"),
        ("infinite everywhere", "infinite"),
    ],
)
def test_a_planted_wrong_is_caught(wrong: str, promise: str) -> None:
    found, truth = bracketed("huber"), exact("huber")
    clipped = np.where(np.isinf(found.upper), 0.5, found.upper)
    planted = {
        "scaled by 0.99": found._replace(lower=0.99 * found.lower, upper=0.99 * found.upper),
        "missing +inf": found._replace(upper=clipped, status=np.full(Y.shape, "FINITE")),
        "known from below only, and said to be known": found._replace(upper=found.lower),
        "infinite everywhere": found._replace(lower=np.full(Y.shape, INF), status=np.full(Y.shape, "INFINITE")),
    }[wrong]
    assert broken_promises(found, truth) == set()
    assert promise in broken_promises(planted, truth)


def test_words_at_the_edge_of_the_domain() -> None:
    found = dict(zip(Y.tolist(), bracketed("log cosh").status.tolist(), strict=True))
    assert found[1 - 1e-10] == "FINITE"
    assert found[1 - 1e-15] == found[1.0] == found[-1.0] == "BOUNDARY"
    assert found[1 + 1e-10] == found[-7.0] == "INFINITE"


def test_an_overflow_is_no_end_of_the_domain() -> None:
    """cosh(z) overflows at 711, and a k that is infinite from there on would have a finite conjugate everywhere."""

    def naive(z: jax.Array) -> jax.Array:
        return jnp.log(jnp.cosh(z))

    y = np.array([1e-9, 1e-5, 0.5, 1.1])
    found = scalar_conjugate(naive, y)
    assert found.status.tolist() == ["FINITE"] * 3 + ["INCONCLUSIVE"]
    assert found.searched == (-256, 256)
    assert found.lower[3] > 20
    # log(cosh(z)) near 0 has no correct digit: the bracket holds the value all the same, and is as wide as that says.
    with mpmath.workdps(40):
        truth = [2 * exact_log_cosh(mpmath.mpf(float(t))) for t in y]
    assert broken_promises(found, truth) == set()
    assert found.lower[0] < 0 < found.upper[0]


def test_a_formula_worse_than_said_is_not_believed() -> None:
    """Values off the function's own tangents, where nobody looks before: no bracket follows from them."""

    def without_part_of_its_slope(z: jax.Array) -> jax.Array:
        return z * z / 2 + jax.lax.stop_gradient(jnp.where((z > 0.07) & (z < 0.95), 1e-6 * z, jnp.zeros_like(z)))

    found = scalar_conjugate(without_part_of_its_slope, np.linspace(0.1, 0.9, 9))
    assert set(found.status) == {"INCONCLUSIVE"}
    assert np.isneginf(found.lower).all()


def rounded_corner(z: jax.Array) -> jax.Array:
    """√(z² + 1) − 1, with nothing to cancel near 0."""
    return z * z / (jnp.sqrt(z * z + 1) + 1)


K, CLOSED = NumericalSeparable(rounded_corner, recession=(-1, 1), is_smooth=True), PseudoHuber(1.0)
POINTS = np.array([0.0, 1e-8, -0.3, 0.7, -2.5, 40.0])
INSIDE = np.array([0.0, 1e-9, -0.3, 0.7, -0.99, 0.5])


def operations(function: ConvexFunction, z: jax.Array, y: jax.Array) -> dict[str, jax.Array]:
    """What is solved for, at a point z and at a point y of the box."""
    conjugate, step, bound = function.conjugate(), jnp.asarray(0.7, z.dtype), jnp.asarray(1.5, z.dtype)
    found = {"prox": function.proximal(z, step), "conjugate": conjugate.value(y), "selection": conjugate.selection(y)}
    if z.dtype == jnp.float64:
        found["conjugate prox"] = conjugate.proximal(z, step)
        found["truncated"], found["truncated selection"] = function.truncated_conjugate(3 * y, bound)
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_separable_agrees_with_the_closed_form(dtype: type) -> None:
    with double_precision():
        z, y = (jnp.asarray(np.stack([a, a[::-1]]), dtype) for a in (POINTS, INSIDE))
        found, expected = (
            eqx.filter_jit(jax.vmap(functools.partial(operations, function)))(z, y) for function in (K, CLOSED)
        )
    for name, values in expected.items():
        assert found[name].dtype == dtype
        # At y = 0.99 the slope of k' is 3e-3, so that the last digit of y is worth 400 of z.
        np.testing.assert_allclose(found[name], values, rtol=2048 * float(np.finfo(dtype).eps), err_msg=name)


def test_separable_on_the_host() -> None:
    """NumPy in and out, the bracket of a sum, and what is said outside the box, declared or not."""
    conjugate, free = K.conjugate(), NumericalSeparable(rounded_corner).conjugate()
    exact_value = float(CLOSED.conjugate()(INSIDE))
    bracket = conjugate.bracket(INSIDE)
    assert bracket.status == "FINITE"
    assert bracket.contains(exact_value)
    assert bracket.relative_width <= 1e-12
    assert conjugate.bracket(INSIDE * 1.3).status == "INFINITE"
    assert conjugate.bracket(np.append(INSIDE[1:], 1.0)).status == "BOUNDARY"
    assert free.bracket(INSIDE * 1.3).status == "INCONCLUSIVE"
    assert abs(free(INSIDE) - exact_value) <= 1e-13 * exact_value
    assert free(INSIDE * 1.3) == INF
    assert not np.isfinite(free(INSIDE * np.nan))


def test_a_function_that_is_not_even() -> None:
    """k = z² right of 0 and z²/4 left of it: both halves of k*, of its truncation and of prox are their own."""
    uneven = NumericalSeparable(lambda z: jnp.where(z > 0, z * z, z * z / 4))

    @jax.jit
    def solved(y: jax.Array) -> tuple:
        one = jnp.ones((), y.dtype)
        gradient = jax.grad(uneven.conjugate().value)(y)
        return uneven.proximal(y, one), gradient, *uneven.truncated_conjugate(y, 2 * one)

    with double_precision():
        prox, gradient, value, point = solved(jnp.asarray([3.0, -3.0]))
    np.testing.assert_allclose(prox, [1, -2], rtol=1e-14)
    np.testing.assert_allclose(gradient, [1.5, -6], rtol=1e-14)
    np.testing.assert_allclose(point, [1.5, -2.0], rtol=1e-14)
    np.testing.assert_allclose(value, 9 / 4 + (6 - 1), rtol=1e-14)


def test_the_maximiser_knows_its_derivatives() -> None:
    """dz/dy = 1/k''(z), and for a parameter p of k, dz/dp = −∂_p k'/k''."""

    def k(z: jax.Array, p: jax.Array) -> jax.Array:
        return p * z**4 / 4

    with double_precision():
        y, p = jnp.asarray(8.0), jnp.asarray(1.0)
        z, (by_y, by_p) = jax.jit(jax.value_and_grad(functools.partial(maximiser, k), argnums=(0, 1)))(y, p)
    np.testing.assert_allclose(z, 2.0, rtol=1e-15)
    np.testing.assert_allclose(by_y, 1 / 12, rtol=1e-14)
    np.testing.assert_allclose(by_p, -8 / 12, rtol=1e-14)


def test_predicates_are_as_stated() -> None:
    assert K.is_smooth
    assert NumericalSeparable(huber, is_twice_differentiable=True).is_twice_differentiable
    assert K.is_separable
    assert not K.is_positively_homogeneous
    assert Scaled(K, 2.0).is_smooth
    assert not NumericalSeparable(huber).is_smooth


@pytest.mark.parametrize(
    ("k", "recession", "error", "words"),
    [
        (3.0, None, TypeError, "must be a JAX function"),
        (lambda z: jnp.stack([z, z]), None, TypeError, "real number to a real number"),
        (lambda z: math.sin(z), None, TypeError, "could not be traced"),
        (lambda z: z * z + 1, None, ValueError, "at 0 must be 0"),
        (lambda z: jnp.sqrt(z * z), None, ValueError, "derivative must be numbers at 0"),
        (lambda z: z * jnp.log(z), None, ValueError, "numbers at 0"),
        (jnp.sin, None, ValueError, "not convex: its tangent at"),
        (lambda z: -z * z, None, ValueError, "not convex"),
        (huber, (-1, 0.9), ValueError, "does not hold the slope 1"),
        (huber, (1, -1), ValueError, "first at most the second"),
        (huber, 1.0, TypeError, "two numbers"),
    ],
)
def test_refusals(k: Callable, recession: tuple | None, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        NumericalSeparable(k, recession)


def test_refused_points_and_accuracies() -> None:
    with pytest.raises(ValueError, match="y must be finite"):
        scalar_conjugate(huber, [math.nan])
    with pytest.raises(ValueError, match="accuracy"):
        scalar_conjugate(huber, [0.5], accuracy=0.0)
    assert solver.ACCURACY < 1e-14
