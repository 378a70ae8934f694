"""The library's own powers, logarithms and directions against 40-digit arithmetic, compiled as in a run."""

import functools
import math
from decimal import Decimal, localcontext

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import L2Norm, PseudoHuber
from lionlab.convex._logarithm import log1p
from lionlab.convex._polynomial import interpolating_coefficients, polynomial
from lionlab.convex._power import power, power_of_two_below
from lionlab.dynamics._unstacked import map_unstacked
from lionlab.precision import double_precision

EXPONENTS = (1e-3, 0.05, 0.2, 1 / 3, 0.5, 2 / 3, 1 - 2**-53, 1.7, 3.0, 4.999999999999999, 7.3, -0.2, -1 / 3, -0.95)
DTYPES = (np.float32, np.float64)


def compiled(function, x):
    """`function` of every entry as a run computes it: compiled, and over columns."""
    with double_precision():
        return np.asarray(jax.jit(lambda x: map_unstacked(function, x))(jnp.asarray(x)))


def positive_numbers(dtype):
    rng = np.random.default_rng(0)
    decades = 150 if dtype == np.float64 else 18
    near_one = 1 + rng.uniform(-1e-3, 1e-3, 50)
    return np.concatenate([rng.uniform(0.01, 3, 300), 10 ** rng.uniform(-decades, decades, 300), near_one]).astype(
        dtype
    )


def worst_error(found, exact):
    """The largest relative error in units of ε, over the exact values that are normal numbers."""
    info = np.finfo(found.dtype)
    normal = [Decimal(float(info.tiny)) <= abs(e) <= Decimal(float(info.max)) for e in exact]
    errors = [abs(Decimal(float(f)) / e - 1) for f, e, ok in zip(found, exact, normal, strict=True) if ok]
    assert len(errors) > len(exact) / 3
    return float(max(errors)) / float(info.eps)


@functools.cache
def powers(exponent, dtype):
    """t^exponent at the numbers of `positive_numbers`, compiled once with what are no such numbers: 0, ∞, NaN, and half
    of the least normal number."""
    odd = np.array([0, np.inf, np.nan, np.finfo(dtype).tiny / 2], dtype)
    found = compiled(lambda t: power(t, exponent), np.concatenate([positive_numbers(dtype), odd]))
    return found[: -len(odd)], odd, found[-len(odd) :]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_power_is_accurate(exponent, dtype):
    t = positive_numbers(dtype)
    with localcontext(prec=40):
        exact = [Decimal(float(number)) ** Decimal(exponent) for number in t]
        # Two polynomials and three products at ε/2 each; at most 8 more factors from the whole part of the exponent.
        assert worst_error(powers(exponent, dtype)[0], exact) < 4 + abs(exponent) / 2
        with np.errstate(all="ignore"):
            another = t ** dtype(exponent + 1e-4)
        assert worst_error(another, exact) > 100  # another power is caught


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_power_has_the_limits_of_pow(exponent, dtype):
    _, odd, found = powers(exponent, dtype)
    with np.errstate(divide="ignore"):
        expected = odd ** dtype(exponent)
    np.testing.assert_array_equal(found[:3], expected[:3])
    # XLA takes the last for 0, and so does the power.
    expected = float(odd[3]) ** exponent
    assert found[3] == (0 if exponent > 0 else np.inf) or math.isclose(found[3], expected, rel_tol=1e-5)


def test_a_logarithm_is_accurate():
    rng = np.random.default_rng(0)
    small, large = 10 ** rng.uniform(-300, 0, 300), 10 ** rng.uniform(-2, 300, 300)
    x = np.concatenate([rng.uniform(-1, 2, 1000), small, -small * 0.999, large, -1 + 10 ** rng.uniform(-15, 0, 300)])
    x = x[x > -1]
    with localcontext(prec=340):
        exact = [(1 + Decimal(number)).ln() for number in x[np.abs(x) > 1e-20]]
    # 1 + f is exact, and all but the last sum is small beside the result.
    assert worst_error(compiled(log1p, x[np.abs(x) > 1e-20]), exact) < 1.5
    np.testing.assert_array_equal(compiled(log1p, x[np.abs(x) <= 1e-20]), x[np.abs(x) <= 1e-20])


def test_a_logarithm_has_the_usual_limits():
    x = np.array([-1, 0, np.inf, np.nan, -2, 1e308])
    with np.errstate(divide="ignore", invalid="ignore"):
        np.testing.assert_allclose(compiled(log1p, x), np.log1p(x), rtol=1e-15)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_power_of_two_below_has_an_exact_inverse(dtype):
    size = np.concatenate([positive_numbers(dtype), np.array([0, np.inf, np.finfo(dtype).max], dtype)])
    scale = compiled(lambda s: power_of_two_below(s)[0], size)
    inverse = compiled(lambda s: power_of_two_below(s)[1], size)
    np.testing.assert_array_equal(scale * inverse, np.ones_like(size))
    assert np.all(np.frexp(scale)[0] == 0.5)
    usual = size[:-3]
    assert np.all((scale[:-3] <= usual) & (usual / 2 < scale[:-3]))


def test_an_interpolant_meets_its_function_in_full_precision():
    coefficients = interpolating_coefficients(Decimal.exp, -1.0, 1.0, 16)
    u = np.linspace(-1, 1, 101)
    np.testing.assert_allclose(compiled(lambda u: polynomial(u, coefficients), u), np.exp(u), rtol=6e-16)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e-100, 1.0, 1e100, 1e160, 1e300])
def test_a_direction_and_a_smoothed_sign_keep_their_digits_at_any_size(size):
    v = np.array([[3.0, -4.0]]) * size
    np.testing.assert_allclose(compiled(L2Norm().selection, v), [[0.6, -0.8]], rtol=1e-15)
    np.testing.assert_allclose(compiled(PseudoHuber(4 * size).selection, v), [[0.6, -(0.5**0.5)]], rtol=1e-15)
    far = compiled(PseudoHuber(1e-3).selection, v)
    np.testing.assert_allclose(far, [[math.sin(math.atan(e * 1e3)) for e in v[0]]], rtol=1e-14)
