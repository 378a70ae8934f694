"""Interpolants on an interval that does not lie around 0: a polynomial comes back as it is, a function closely."""

from decimal import Decimal

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex._polynomial import interpolating_coefficients, polynomial
from lionlab.precision import double_precision


@pytest.mark.parametrize("degree", range(1, 9))
def test_a_polynomial_is_its_own_interpolant(degree: int) -> None:
    own = [(-1) ** i * (i + 1) / 4 for i in range(degree + 1)]

    def function(u: Decimal) -> Decimal:
        return sum((Decimal(c) * u**i for i, c in enumerate(own)), Decimal(0))

    found = interpolating_coefficients(function, 0.5, 2.0, degree)
    np.testing.assert_allclose(found, own, rtol=1e-15)
    u = np.linspace(-2, 2, 9)
    with double_precision():
        np.testing.assert_allclose(polynomial(jnp.asarray(u), found), np.polynomial.polynomial.polyval(u, own), 1e-13)


def test_the_points_are_chebyshevs_of_the_interval() -> None:
    """The error of degree n is the least but for a logarithm: with equidistant points, or points of another interval,
    it would be many times (b−a)ⁿ⁺¹/(2²ⁿ⁺¹(n+1)!)·max|f⁽ⁿ⁺¹⁾|."""
    low, high, degree = 1.0, 4.0, 6
    u = np.linspace(low, high, 301)
    with double_precision():
        found = polynomial(jnp.asarray(u), interpolating_coefficients(Decimal.exp, low, high, degree))
    least = (high - low) ** (degree + 1) / (2 ** (2 * degree + 1) * 5040) * np.exp(high)
    assert np.max(np.abs(np.asarray(found) - np.exp(u))) <= least
