"""Polynomials that stand for elementary functions: their coefficients, and a way to evaluate them quickly."""

import math
from collections.abc import Callable
from decimal import Decimal, localcontext

import jax.numpy as jnp
from jax import Array


def interpolating_coefficients(
    function: Callable[[Decimal], Decimal], low: float, high: float, degree: int
) -> tuple[float, ...]:
    """Monomial coefficients of the interpolant at Chebyshev's points of [low, high].

    By Newton's divided differences in 40 digits, since rounding them to doubles first would lose ten bits.
    """
    with localcontext(prec=40):
        angles = (math.pi * (i + 0.5) / (degree + 1) for i in range(degree + 1))
        points = [Decimal((low + high + (high - low) * math.cos(angle)) / 2) for angle in angles]
        differences = [function(point) for point in points]
        for order in range(1, degree + 1):
            for i in range(degree, order - 1, -1):
                differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order])
        found = [Decimal(0)] * (degree + 1)
        for point, difference in zip(reversed(points), reversed(differences), strict=True):
            shifted = [Decimal(0), *found[:-1]]
            found = [above - point * own for above, own in zip(shifted, found, strict=True)]
            found[0] += difference
        return tuple(map(float, found))


def polynomial(u: Array, coefficients: tuple[float, ...]) -> Array:
    """Σ c_i u^i by Estrin's scheme: neighbours are joined pairwise, so that few operations wait for one another."""
    terms: list[float | Array] = list(coefficients)
    while len(terms) > 1:
        pairs = zip(terms[::2], [*terms[1::2], 0.0], strict=False)
        terms = [low if isinstance(high, float) and high == 0 else low + high * u for low, high in pairs]
        u = u * u
    return jnp.asarray(terms[0])
