"""Which sums have a rule and by which: a rule applied where it does not hold would be a wrong prox, silently."""

import numpy as np
import pytest

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LpNorm,
    NuclearNorm,
    Scaled,
    SquaredL2,
    Sum,
    TopKL1,
    Translated,
)
from lionlab.convex._sum_forms import ball_radius, norm_weight, ridge_weight, summed

GROUPS = GroupL2Norm([[0, 2], [1]])
RIDGE, BALL = Scaled(SquaredL2(3.0), 0.5), L2Norm().conjugate()
RULES = [
    ((L1Norm(),), "L1Norm"),
    ((L1Norm(), Huber(0.5)), "EntrywiseSum"),
    ((L1Norm(), RIDGE), "Ridged"),
    ((LinfNorm(), SquaredL2().conjugate()), "Ridged"),
    ((LinfNorm(), L2Norm()), "NormSum"),
    ((NuclearNorm(), Scaled(L2Norm(), 0.5)), "NormSum"),
    ((LinfNorm(), LpNorm(2)), "NormSum"),
    ((Huber(0.5), L2Norm()), "EuclideanSum"),
    ((TopKL1(2), BALL), "OnEuclideanBall"),
    ((L1Norm(), BALL), "OnEuclideanBall"),
    ((L1Norm(), GROUPS), "NormSum"),
    ((L1Norm(), Scaled(L1Norm(), 2.0), Scaled(GROUPS, 0.5)), "NormSum"),
    ((DeadzoneL1(0.0), GROUPS), "NormSum"),
    # Here prox_outer ∘ prox_inner is not the prox of the sum, or the ball needs the least value at 0.
    ((Huber(0.5), GROUPS), None),
    ((DeadzoneL1(0.5), GROUPS), None),
    ((LinfNorm(), GROUPS), None),
    ((GROUPS, GroupL2Norm([[0], [1, 2]])), None),
    ((L1Norm(), GROUPS, GROUPS), None),
    ((LinfNorm(), L1Norm()), None),
    ((Translated(TopKL1(2), 0.5), BALL), None),
]


@pytest.mark.parametrize(("terms", "rule"), RULES, ids=[f"{' + '.join(map(repr, terms))}" for terms, _ in RULES])
def test_the_rule_is_the_one_that_holds(terms: tuple[ConvexFunction, ...], rule: str | None) -> None:
    form = summed(terms)
    assert (None if form is None else type(form).__name__) == rule
    assert (Sum(terms).form is None) == (rule is None)


@pytest.mark.parametrize(
    ("function", "ridge", "norm", "ball"),
    [
        (SquaredL2(3.0), 3.0, None, None),
        (Scaled(SquaredL2(3.0), 0.5), 1.5, None, None),
        (SquaredL2(4.0).conjugate(), 0.25, None, None),
        (Scaled(SquaredL2(4.0), 2.0).conjugate(), 0.125, None, None),
        (L2Norm(), None, 1.0, None),
        (Scaled(Scaled(L2Norm(), 3.0), 0.5), None, 1.5, None),
        (LpNorm(2), None, 1.0, None),
        (L2Norm().conjugate(), None, None, 1.0),
        (Scaled(L2Norm(), 3.0).conjugate(), None, None, 3.0),
        (Scaled(Scaled(L2Norm(), 3.0).conjugate(), 2.0), None, None, 3.0),
        (L1Norm(), None, None, None), (Huber(0.5), None, None, None), (LpNorm(3), None, None, None),
        (Scaled(L1Norm(), 2.0).conjugate(), None, None, None), (Scaled(LinfNorm(), 2.0), None, None, None),
    ],
    ids=repr,
)  # fmt: skip
def test_weights_are_read_through_scalings(function, ridge, norm, ball) -> None:
    for found, wanted in (
        (ridge_weight(function), ridge),
        (norm_weight(function), norm),
        (ball_radius(function), ball),
    ):
        assert found == wanted if wanted is None else float(found) == pytest.approx(wanted, rel=1e-15)


def test_a_weight_is_what_the_function_says() -> None:
    """(s/2)‖z‖² and κ‖z‖ at a point of length 2."""
    z = np.array([0.0, 2.0, 0.0])
    for K in (SquaredL2(3.0), Scaled(SquaredL2(3.0), 0.5), Scaled(SquaredL2(4.0), 2.0).conjugate()):
        assert float(K(z)) == pytest.approx(2 * float(ridge_weight(K)), rel=1e-15)
    for K in (L2Norm(), Scaled(L2Norm(), 1.5)):
        assert float(K(z)) == pytest.approx(2 * float(norm_weight(K)), rel=1e-15)
