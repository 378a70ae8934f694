"""The sign of a polynomial with rational coefficients on an interval, decided by its real roots."""

from itertools import pairwise
from typing import Any


def is_nonnegative(expression: Any, variable: Any, left: Any = 0, right: Any = 1) -> bool:
    """Whether a polynomial of one variable is ≥ 0 on [left, right]; roots are isolated exactly."""
    import sympy as sp

    polynomial = sp.Poly(expression, variable)
    left, right = sp.sympify(left), sp.sympify(right)
    roots = sp.real_roots(polynomial) if polynomial.degree() > 0 else []
    marks = sorted({left, right, *(root for root in roots if left < root < right)})
    between = [(a + b) / 2 for a, b in pairwise(marks)]
    return all(bool(polynomial.eval(point) >= 0) for point in (left, right, *between))
