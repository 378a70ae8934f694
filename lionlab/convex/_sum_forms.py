"""Which sums have an exact proximal map and conjugate, and the form that carries them out."""

from collections.abc import Callable

import jax
from jax import Array

from ._entrywise_sum import EntrywiseSum
from ._euclidean_ball import OnEuclideanBall
from ._euclidean_sum import EuclideanSum
from ._function import ConvexFunction
from ._group import GroupL2Norm
from ._l2 import L2Norm
from ._lp import LpNorm
from ._moreau import Ridged
from ._norm import DualBallIndicator
from ._norm_sum import NormSum
from ._precomposed import Precomposed
from ._scaled import Dilated, Scaled
from ._separable import SeparableConjugate
from ._separable_sum import SeparableSum
from ._squared import SquaredL2
from ._terms import Terms
from ._translated import Shifted


def summed(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """Σ functions in a form whose prox and conjugate are exact up to rounding; None where no rule is known."""
    if len(functions) == 1:
        return functions[0]
    for rule in (with_ridge, on_ball, entrywise, with_euclidean_norm, with_groups):
        form = rule(functions)
        if form is not None:
            return form
    return None


def with_ridge(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """rest + (s/2)‖·‖², whose conjugate is the Moreau envelope of the rest's."""
    return _taken_out(functions, ridge_weight, Ridged)


def on_ball(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """The rest on a Euclidean ball; it must be nowhere below its value 0 at 0, which a translation may break."""
    if all(function.is_separable for function in functions) or any(map(is_translated, functions)):
        return None
    return _taken_out(functions, ball_radius, OnEuclideanBall)


def entrywise(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """All separable: every entry by itself."""
    return EntrywiseSum(functions) if all(function.is_separable for function in functions) else None


def with_euclidean_norm(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """rest + κ‖·‖₂: for a norm their proximal maps compose, for anything else one multiplier decides."""

    def build(rest: ConvexFunction, weight: float | Array) -> ConvexFunction:
        is_norm = rest.is_positively_homogeneous
        return NormSum(rest, Scaled(L2Norm(), weight)) if is_norm else EuclideanSum(rest, weight)

    return _taken_out(functions, norm_weight, build)


def with_groups(functions: tuple[ConvexFunction, ...]) -> ConvexFunction | None:
    """A separable norm and a group norm, whose proximal maps compose."""
    groups = tuple(function for function in functions if isinstance(base_of(function), GroupL2Norm))
    rest = tuple(function for function in functions if not isinstance(base_of(function), GroupL2Norm))
    if len(groups) != 1 or not all(one.is_separable and one.is_positively_homogeneous for one in rest):
        return None
    inner = summed(rest)
    return None if inner is None else NormSum(inner, groups[0])


def _taken_out(
    functions: tuple[ConvexFunction, ...], weight_of: Callable[..., float | Array | None], build: Callable
) -> ConvexFunction | None:
    """The first function that has a weight, put around the form of the others."""
    for j, function in enumerate(functions):
        weight = weight_of(function)
        if weight is not None:
            rest = summed(functions[:j] + functions[j + 1 :])
            return None if rest is None else build(rest, weight)
    return None


def base_of(function: ConvexFunction) -> ConvexFunction:
    """What is scaled, where something is; an ℓp norm in its own form."""
    if isinstance(function, Scaled | Dilated):
        return base_of(function.function)
    return function.form if isinstance(function, LpNorm) else function


def ridge_weight(function: ConvexFunction) -> float | Array | None:
    """s where the function is (s/2)‖·‖², else None."""
    if isinstance(function, Scaled | Dilated):
        inner = ridge_weight(function.function)
        if inner is None:
            return None
        return inner * function.factor if isinstance(function, Scaled) else inner / function.factor
    if isinstance(function, SeparableConjugate) and isinstance(function.primal, SquaredL2):
        return 1 / function.primal.scale
    return function.scale if isinstance(function, SquaredL2) else None


def norm_weight(function: ConvexFunction) -> float | Array | None:
    """κ where the function is κ‖·‖₂, else None."""
    if isinstance(function, Scaled):
        inner = norm_weight(function.function)
        return None if inner is None else inner * function.factor
    if isinstance(function, Dilated):
        return norm_weight(function.function)
    return 1.0 if isinstance(base_of(function), L2Norm) else None


def ball_radius(function: ConvexFunction) -> float | Array | None:
    """r where the function is the indicator of the ball {‖z‖₂ ≤ r}, else None."""
    if isinstance(function, Dilated):
        inner = ball_radius(function.function)
        return None if inner is None else inner * function.factor
    if isinstance(function, Scaled):
        return ball_radius(function.function)
    is_ball = isinstance(function, DualBallIndicator) and isinstance(base_of(function.norm), L2Norm)
    return 1.0 if is_ball else None


def is_surely_finite(function: ConvexFunction) -> bool:
    """Whether the class says that the function is finite everywhere, by leaving the projection on its domain alone."""
    if isinstance(function, Scaled | Dilated | Shifted | Ridged | Precomposed):
        return is_surely_finite(function.function)
    if isinstance(function, Terms | SeparableSum):
        return all(map(is_surely_finite, function.functions))
    return type(function).projection is ConvexFunction.projection


def is_translated(function: ConvexFunction) -> bool:
    """Whether a translation occurs anywhere in the function."""
    parts = jax.tree.leaves(function, is_leaf=lambda part: isinstance(part, Shifted))
    return any(isinstance(part, Shifted) for part in parts)
