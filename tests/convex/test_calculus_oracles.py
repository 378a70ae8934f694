"""The calculus against CVXPY with Clarabel, which knows none of its rules."""

import cvxpy
import numpy as np
import pytest
from convex.calculus_examples import DIFFERENCES, SKEWED

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    Precomposed,
    Scaled,
    SortedL1Norm,
    SquaredL2,
    Sum,
    TopKL1,
    Translated,
)

ACCURACY = 1e-6  # Clarabel stops at a relative gap of 1e-8, and the point is then known to its square root at a kink
GROUPS = [[0, 2], [1]]
SHIFT, SLOPE = np.array([0.5, -1.0, 0.25]), np.array([0.2, 0.0, -0.3])


def expression(K: ConvexFunction, z: cvxpy.Expression) -> cvxpy.Expression:
    """K(z) for the solver, written again from the definitions; an infimal convolution brings its own variables."""
    match K:
        case L1Norm():
            return cvxpy.norm1(z)
        case L2Norm():
            return cvxpy.norm2(z)
        case LinfNorm():
            return cvxpy.norm_inf(z)
        case TopKL1(k=k):
            return cvxpy.sum_largest(cvxpy.abs(z), k)
        case SquaredL2(scale=scale):
            return scale / 2 * cvxpy.sum_squares(z)
        case Huber(threshold=e):
            return cvxpy.sum(cvxpy.huber(z, e)) / (2 * e)
        case DeadzoneL1(threshold=e):
            return cvxpy.sum(cvxpy.pos(cvxpy.abs(z) - e))
        case GroupL2Norm(groups=groups):
            return sum(cvxpy.norm2(z[list(group)]) for group in groups)
        case Scaled(function=function, factor=factor):
            return factor * expression(function, z)
        case Sum(functions=functions):
            return sum(expression(function, z) for function in functions)
        case InfimalConvolution(functions=functions):
            *parts, last = functions
            variables = [cvxpy.Variable(z.shape) for _ in parts]
            return sum(map(expression, parts, variables)) + expression(last, z - sum(variables))
        case Translated(function=function):
            return expression(function, z - SHIFT) + SLOPE @ z
        case Precomposed(function=function, matrix=matrix):
            return expression(function, np.asarray(matrix) @ z)
    raise TypeError(K)


EXPRESSIONS = [
    Sum([L1Norm(), Huber(0.5)]),
    Sum([DeadzoneL1(0.5), Scaled(L1Norm(), 0.3), SquaredL2(0.7)]),
    Sum([LinfNorm(), Scaled(L2Norm(), 0.5)]),
    Sum([Scaled(L1Norm(), 0.5), GroupL2Norm(GROUPS)]),
    Sum([Huber(0.5), L2Norm()]),
    Sum([TopKL1(2), SquaredL2(0.5)]),
    InfimalConvolution([L1Norm(), Scaled(L2Norm(), 1.5)]),
    InfimalConvolution([Huber(0.5), Scaled(L1Norm(), 0.5)]),
    InfimalConvolution([DeadzoneL1(0.5), L2Norm()]),
    InfimalConvolution([TopKL1(2), SquaredL2(2.0)]),
    Translated(Huber(0.5), SHIFT, SLOPE),
    Precomposed(L1Norm(), DIFFERENCES),
    Precomposed(L2Norm(), SKEWED),
    Precomposed(Huber(0.5), SKEWED),
]


def solved(problem: cvxpy.Problem) -> float:
    return float(problem.solve(solver=cvxpy.CLARABEL))


@pytest.mark.parametrize("K", EXPRESSIONS, ids=repr)
def test_value_prox_and_conjugate_are_the_solvers(K: ConvexFunction) -> None:
    rng, z = np.random.default_rng(7), cvxpy.Variable(3)
    for point in rng.normal(size=(3, 3)) * [[0.3], [1.0], [3.0]]:
        value = solved(cvxpy.Problem(cvxpy.Minimize(expression(K, point + 0 * z))))
        assert float(K(point)) == pytest.approx(value, abs=ACCURACY, rel=ACCURACY)

        nearby = K.prox(point, 0.7)
        least = solved(cvxpy.Problem(cvxpy.Minimize(expression(K, z) + cvxpy.sum_squares(z - point) / 1.4)))
        found = float(K(nearby)) + np.sum((nearby - point) ** 2) / 1.4
        assert found == pytest.approx(least, abs=ACCURACY, rel=ACCURACY)
        assert found <= least + ACCURACY

        # In the interior of dom K*, whatever it is: half-way between two subgradients.
        y = (K.subgradient(point) + K.subgradient(rng.normal(size=3))) / 2
        largest = solved(
            cvxpy.Problem(
                cvxpy.Maximize(y @ z - expression(K, z)),
            )
        )
        assert float(K.conjugate()(y)) == pytest.approx(largest, abs=ACCURACY, rel=ACCURACY)


@pytest.mark.parametrize("K", [K for K in EXPRESSIONS if not isinstance(K, Translated)], ids=repr)
def test_the_domain_of_the_conjugate_is_the_solvers(K: ConvexFunction) -> None:
    """1.001 times a boundary point is outside: K*(y) = inf there, and the solver finds the problem unbounded."""
    far = np.array([2.0, -5.0, 1.0]) * 3
    nearest = K.conjugate().domain_projection(far)
    assert float(K.conjugate()(nearest)) < np.inf
    z, outside = cvxpy.Variable(3), nearest + 0.001 * (far - nearest)
    problem = cvxpy.Problem(cvxpy.Maximize(outside @ z - expression(K, z)))
    solved(problem)
    is_unbounded = problem.status in (cvxpy.UNBOUNDED, cvxpy.UNBOUNDED_INACCURATE)
    assert np.isinf(float(K.conjugate()(outside))) == is_unbounded


@pytest.mark.parametrize(
    "K",
    [InfimalConvolution([TopKL1(2), Scaled(LinfNorm(), 1.5)]), InfimalConvolution([Huber(0.5), L2Norm()])],
    ids=repr,
)
def test_a_bracket_holds_the_solvers_value(K: InfimalConvolution) -> None:
    """With a rule for the value and without one."""
    point, z = np.array([1.0, 2.0, -0.5]), cvxpy.Variable(3)
    value = solved(cvxpy.Problem(cvxpy.Minimize(expression(K, z)), [z == point]))
    found = K.bracket(point)
    assert found.status == "FINITE"
    assert found.width <= ACCURACY * value
    assert found.lower - ACCURACY <= value <= found.upper + ACCURACY
    part = found.maximiser
    first, second = K.functions
    assert float(first(part) + second(point - part)) <= found.upper + ACCURACY


@pytest.mark.parametrize(
    ("K", "known"),
    [
        (Sum([LinfNorm(), L1Norm()]), SortedL1Norm([2.0, 1, 1])),
        (Precomposed(L1Norm(), np.repeat(np.eye(3), 2, 0)), None),
    ],
)
def test_without_a_rule_the_conjugate_is_numerical(K: ConvexFunction, known: ConvexFunction | None) -> None:
    """ℓ∞ + ℓ1 is a sorted ℓ1 norm, and ‖(z, z)‖₁ = 2‖z‖₁, which the calculus does not know."""
    known = known or Scaled(L1Norm(), 2.0)
    for y in np.random.default_rng(2).normal(size=(2, 3)) * 2:
        assert float(K.conjugate()(0.3 * y)) == pytest.approx(float(known.conjugate()(0.3 * y)), abs=1e-9)
        assert float(K.conjugate()(3 * y)) == float(known.conjugate()(3 * y)) == np.inf
        np.testing.assert_allclose(K.prox(y, 0.7), known.prox(y, 0.7), atol=1e-9)
