"""The recipe by which a run of Lion-K arrives: step sizes falling geometrically, and the problems it is tried on."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..dynamics import LionK, Trajectory, stacked_objectives
from ..objectives import Loss, Quadratic
from ..precision import cast_floats, double_precision, unit_roundoff
from ..problem import constrained_minimum
from ..simulation import simulate_batch
from ._cases import compiled_once
from ._either_loss import LARGEST_CONDITION, EitherLoss

NUM_STEPS = 20_000
LAST_STEP_SIZE = 1e-7
LEAST_TRAVEL = 100.0


def first_step_size(weight_decay: float) -> float:
    """η_0 = 0.1/max(1, λ): ηλ ≤ 0.1 at every λ."""
    return 0.1 / max(1.0, weight_decay)


def geometric(first: float, last: float = LAST_STEP_SIZE, num_steps: int = NUM_STEPS) -> Callable[[Any], Any]:
    """η_t = η_0(η_T/η_0)^{t/(T−1)}."""
    return lambda step: first * (last / first) ** (step / (num_steps - 1))


def annealed(K: ConvexFunction, weight_decay: float) -> LionK:
    """Lion-K as the recipe runs it: explicit decay, (β1, β2) = (0.9, 0.99)."""
    return LionK(K, geometric(first_step_size(weight_decay)), weight_decay)


class Standing(NamedTuple):
    """For every problem: S and F at the nearest point of the set, where both are finite, and how far outside x is.

    `excess_radius` is ‖λx‖_dual − 1 for a norm K, else the Euclidean distance from λx to dom K*.
    """

    score: Any
    value: Any
    excess_radius: Any


@compiled_once
def _assess(K: ConvexFunction, weight_decay: Any, losses: Any, axes: Any, points: Any) -> Standing:
    conjugate = K.conjugate()

    def one(f: Loss, x: Array) -> Standing:
        y = weight_decay * x
        inside = conjugate.projection(y)
        # The projection lies in dom K* up to its own rounding, which is no reason to call K* infinite there.
        K_star = conjugate.value_within(inside, 1e-9 * jnp.ones((), y.dtype))
        g = f.slope(inside / weight_decay)
        score = K.value(-g) + jnp.sum(inside * g) + K_star
        is_norm = K.is_positively_homogeneous
        excess = K.dual_norm(y) - 1 if is_norm else jnp.sqrt(jnp.sum((y - inside) ** 2))
        return Standing(score, f.value(inside / weight_decay) + K_star / weight_decay, excess)

    return eqx.filter_vmap(one, in_axes=(axes, 0))(losses, points)


@dataclass(frozen=True)
class Problems:
    """Several losses of one kind under one K and λ, all run from x_0 = m_0 = 0."""

    label: str
    K: ConvexFunction
    weight_decay: float
    objectives: tuple[Loss, ...]

    def __post_init__(self) -> None:
        LionK(self.K, 1e-9, self.weight_decay)  # refuses what makes no sense, in words

    @functools.cached_property
    def minimal_values(self) -> np.ndarray:
        """min F of every problem by independent solvers; NaN where they did not converge, so that nothing can pass."""
        found = [constrained_minimum(f, self.K, self.weight_decay) for f in self.objectives]
        return np.array([minimum.value if minimum.converged else np.nan for minimum in found])

    def assess(self, points: np.ndarray) -> "Standing":
        """Where one point for every problem stands, in one compiled pass."""
        with double_precision():
            losses, axes = stacked_objectives(self.objectives, np.float64, len(points))
            K = cast_floats(self.K, np.float64)
            standing = _assess(K, np.float64(self.weight_decay), losses, axes, jnp.asarray(points))
            return Standing(*(np.asarray(array) for array in standing))

    def limits(self, methods: LionK | Sequence[LionK]) -> np.ndarray:
        """x_T of every problem, (B, …); one method for all of them, or one each."""
        x0 = np.zeros((len(self.objectives), *self.objectives[0].shape))
        found = simulate_batch(methods, list(self.objectives), x0, NUM_STEPS, record=("x",), record_every=1000)
        return iterates(found)[-1]


def iterates(found: Trajectory) -> np.ndarray:
    """x of a run that recorded it."""
    if found.x is None:
        raise ValueError('the run did not record x; simulate with "x" in record.')
    return found.x


def radius_allowance(dim: int, weight_decay: float) -> float:
    """How far ‖λx‖_dual may exceed 1 by rounding: (d + 8)u in evaluating it, 3u/(ηλ) where a run settles."""
    return unit_roundoff(np.float64) * (dim + 8 + 3 / (LAST_STEP_SIZE * weight_decay))


def travel(weight_decay: float) -> float:
    """λΣη: how many times the decay could have forgotten the start."""
    sizes = geometric(first_step_size(weight_decay))(np.arange(NUM_STEPS))
    return float(weight_decay * np.sum(sizes))


def too_short(problems: Problems) -> str | None:
    """Why the schedule cannot forget where it came from, or None."""
    reached = travel(problems.weight_decay)
    if reached >= LEAST_TRAVEL:
        return None
    return f"λΣη is {reached:.3g}, below {LEAST_TRAVEL:g}; with this λ the recipe needs more steps, or a larger λ."


def ill_conditioned(problems: Problems) -> str | None:
    """Why a loss is outside the recipe's reach, or None."""
    for f in problems.objectives:
        if not f.is_convex:
            return f"{type(f).__name__} is not known to be convex; the optimum would be one of many."
        if isinstance(f, Quadratic) or (isinstance(f, EitherLoss) and f.share == 1):
            condition = f.eigenvalues[-1] / f.eigenvalues[0] if f.eigenvalues[0] > 0 else np.inf
            if not condition <= LARGEST_CONDITION * (1 + 1e-6):
                return f"the condition number is {condition:.3g}; the recipe reaches {LARGEST_CONDITION:g}."
    return None
