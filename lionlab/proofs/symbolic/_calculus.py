"""The derivative of a term along a curve, by the rules of the calculus: sums, products, chain."""

from collections.abc import Mapping

from ._terms import (
    ZERO,
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
    inner,
    product,
    total,
)  # fmt: skip

Velocities = Mapping[Term, Term]


def derivative(one: Term, velocities: Velocities) -> Term:
    """d/dt of a term, where names in `velocities` move and all others stand still. `ZERO` where nothing moves.

    The chain rule is used for values: d/dt f(p) = ⟨∇f(p), dp/dt⟩. A moving slope ∇f(p) must be given its velocity.
    """
    if one in velocities:
        return velocities[one]
    match one:
        case Number() | Constant() | Vector():
            return ZERO
        case Defined(_, body):
            return derivative(body, velocities)
        case Sum(terms):
            return total(*(derivative(part, velocities) for part in terms))
        case Negative(body):
            moved = derivative(body, velocities)
            return moved if moved == ZERO else -moved
        case Inner(left, right):
            return total(*(
                inner(*pair)
                for pair in ((derivative(left, velocities), right), (left, derivative(right, velocities)))
                if ZERO not in pair
            ))  # fmt: skip
        case Value(function, point):
            moved = derivative(point, velocities)
            return moved if moved == ZERO else inner(function.gradient(point), moved)
        case Product(factors):
            moving = [(i, derivative(factor, velocities)) for i, factor in enumerate(factors)]
            return total(*(product(*factors[:i], moved, *factors[i + 1 :]) for i, moved in moving if moved != ZERO))
        case Quotient(numerator, denominator):
            below = derivative(denominator, velocities)
            above = derivative(numerator, velocities)
            first = above if above == ZERO else above / denominator
            return first if below == ZERO else first - below * numerator / denominator**2
        case Power(base, exponent):
            moved = derivative(base, velocities)
            return moved if moved == ZERO else exponent * base ** (exponent - 1) * moved
        case Gradient():
            if derivative(one.point, velocities) == ZERO:
                return ZERO
    raise TypeError(f"the velocity of {one} is not given.")
