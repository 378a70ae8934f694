"""Terms as SymPy sees them: scalars are rational functions, vectors are combinations of named vectors.

The inner product is bilinear and symmetric, values and slopes of functions are unknowns, one for every point; nothing
else is known of them. A scalar that is zero here is zero in every space and for all functions.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from ._terms import (
    Constant,
    Defined,
    Gradient,
    Inner,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Term,
    Value,
    Vector,
)  # fmt: skip

if TYPE_CHECKING:
    import sympy

Components = dict[str, Any]


@cache
def scalar(one: Term) -> "sympy.Expr":
    """A scalar term as a SymPy expression in constants, values f(x) and inner products of named vectors."""
    import sympy

    match one:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Constant(name):
            return sympy.Symbol(name)
        case Defined(_, body):
            return scalar(body)
        case Sum(terms):
            return sympy.Add(*map(scalar, terms))
        case Negative(body):
            return -scalar(body)
        case Product(factors):
            return sympy.Mul(*map(scalar, factors))
        case Quotient(numerator, denominator):
            return scalar(numerator) / scalar(denominator)
        case Power(base, exponent):
            return scalar(base) ** exponent
        case Value(function, point):
            return sympy.Symbol(f"{function.name}({key(point)})")
        case Inner(left, right):
            # Both are dictionaries of components: bilinearity is this double sum, symmetry the sorted pair.
            return sympy.Add(
                *(
                    a * b * sympy.Symbol("⟨{}, {}⟩".format(*sorted((u, v))))
                    for u, a in components(left).items()
                    for v, b in components(right).items()
                )
            )
    raise TypeError(f"{one} is a vector where a scalar is meant.")


@cache
def components(one: Term) -> Components:
    """A vector term as coefficients of named vectors. The number 0 is also the zero vector."""
    import sympy

    match one:
        case Vector(name):
            return {name: sympy.Integer(1)}
        case Gradient(function, point):
            return {f"∇{function.name}({key(point)})": sympy.Integer(1)}
        case Defined(_, body):
            return components(body)
        case Sum(terms):
            found: Components = {}
            for part in terms:
                for name, coefficient in components(part).items():
                    found[name] = found.get(name, 0) + coefficient
            return found
        case Negative(body):
            return {name: -coefficient for name, coefficient in components(body).items()}
        case Quotient(numerator, denominator):
            return {name: value / scalar(denominator) for name, value in components(numerator).items()}
        case Product(factors):
            (vector,) = [factor for factor in factors if factor.is_vector]
            scale = sympy.Mul(*(scalar(factor) for factor in factors if factor is not vector))
            return {name: scale * coefficient for name, coefficient in components(vector).items()}
        case Number(value) if value == 0:
            return {}
    raise TypeError(f"{one} is a scalar where a vector is meant.")


@cache
def key(point: Term) -> str:
    """The same text for equal points."""
    import sympy

    if not point.is_vector and point.parts():
        return str(sympy.cancel(scalar(point)))
    if isinstance(point, Constant | Number):
        return str(scalar(point))
    reduced = {name: sympy.cancel(coefficient) for name, coefficient in components(point).items()}
    return (
        " + ".join(
            name if reduced[name] == 1 else f"({reduced[name]}){name}" for name in sorted(reduced) if reduced[name] != 0
        )
        or "0"
    )


@cache
def vanishes(one: Term) -> bool:
    """Whether a term is zero identically: in every space, for all values and slopes of its functions."""
    return all(map(is_zero, components(one).values() if one.is_vector else [scalar(one)]))


def is_zero(expression: "sympy.Expr") -> bool:
    """Whether a rational function vanishes identically: its numerator, multiplied out, has no term left."""
    import sympy

    numerator, _ = sympy.fraction(sympy.together(expression))
    return bool(sympy.expand(numerator) == 0)


@cache
def canonical(one: Term) -> "sympy.Expr":
    """A scalar reduced to lowest terms and multiplied out: equal scalars have equal ones."""
    import sympy

    return sympy.cancel(scalar(one))
