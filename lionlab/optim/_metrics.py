"""What the theory says of a run while it trains: the distance to the constraint set, the KKT score, and H.

All are sums over the parameters, to be taken in the step that changed them, of what that step returns: x⁺ and m⁺.
"""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ..dynamics import Constants
from ..energy._function import lyapunov_from_values
from ..precision import unit_roundoff
from ._arguments import common_dtype, require_number
from ._choice import ChosenK, directions_of, is_direction, path_name, require_choice
from ._lion_k import decaying
from ._measured_sums import MeasuredArray, MeasuredSums, measured_sums


class ConstraintMetrics(NamedTuple):
    """What `constraint_metrics` measures; trees have the structure of the parameters and hold scalars, one per array.

    - `distance` ≥ 0: the Euclidean distance of λx to dom K*, 0 where nothing decays; `total_distance` over all arrays.
    - `score`: S(x) = K(−g) + ⟨λx, g⟩ + K*(λx), +inf where λx is outside dom K* by more than rounding; `total_score` is
      their sum, and for convex f F(x) − min F ≤ ΣS/λ. None without gradients.
    - `lyapunov`: H(x, m), +inf outside as well. None without momentum.

    All are of the precision of the parameters, float32 for half-precision ones. Nothing is clipped: where S and H are
    infinite, the distance says how far outside the parameters are.
    """

    distance: Any
    total_distance: Array
    score: Any
    total_score: Array | None
    lyapunov: Array | None


def constraint_metrics(
    K: ChosenK | None,
    weight_decay: Any,
    params: Any,
    gradients: Any = None,
    momentum: Any = None,
    loss: Any = None,
    learning_rate: Any = None,
    b1: Any = 0.9,
    b2: Any = 0.99,
    mask: Any = None,
    decay: str = "explicit",
) -> ConstraintMetrics:
    """How far the parameters are from the constraint set; on request the KKT score and the Lyapunov value.

    Pure and traceable. Call it inside the jitted step on what the step *returns*, the new parameters and the new
    momentum: then a `SeparableFunction` needs no memory beside them but less than a kilobyte of scratch per array. On a
    CPU the sums take the time of three to six steps, so a large network measures now and then, by a second jitted step.

    - `K`, `mask`, `b1`, `b2`, `decay`: as given to `lion_k`. `weight_decay`, `learning_rate`: the numbers of this step,
      where `lion_k` has schedules.
    - `gradients`: ∇f at `params`, for the score. With those of a minibatch, S is the score of that minibatch.
    - `momentum`: the optimizer's `mu`, in optax's sign: mu is a mean of gradients, and the m of the theory is −mu. With
      `loss` = f(params) and `learning_rate` it gives H(x, m) = f + Σ {K*(λx)/λ + c[K*(λx) + K(m) − ⟨λx, m⟩]}. In a step
      on the full gradient H rises by at most (L/2)‖Δx‖²; minibatches obey no such law.

    The distance for a `SeparableFunction` can be differentiated in `params`, with slope 0 inside the set.

    λx counts as outside when its distance exceeds u(1 + 3/(ηλ))‖λx‖, u the unit roundoff of the parameters, plus the
    rounding of the evaluation: a run can settle that far outside by rounding. Without `learning_rate` ηλ = 1 is taken.

    **Raises:** `TypeError` for a K that is no convex function (`NewtonSchulz` has no K*), or a schedule in the place of
    a number; `ValueError` for a number out of range, momentum without loss and learning rate, or trees that differ.
    Source: arXiv 2310.05898, §3 and Theorem 4.1; the score of arXiv 2411.07724.
    """
    _check(weight_decay, learning_rate, b1, b2, decay)
    if momentum is not None and (loss is None or learning_rate is None):
        raise ValueError("constraint_metrics: the Lyapunov value of momentum needs loss and learning_rate as well.")
    arrays, structure = measured_arrays(K, weight_decay, params, mask, learning_rate, gradients, momentum)
    dtype = common_dtype(jnp.float32, *(array.x.dtype for array in arrays))
    sums = [measured_sums(array) for array in arrays]
    distances = [of_array.distance for of_array in sums]
    scores = total_score = value = None
    if gradients is not None:
        parts = [part.at_slope + part.conjugate for part in sums]
        scores, total_score = structure.unflatten(parts), _sum(parts, dtype)
    if momentum is not None:
        shares = [
            _energy(array, part, (learning_rate, b1, b2), decay) for array, part in zip(arrays, sums, strict=True)
        ]
        value = jnp.asarray(loss, dtype) + _sum(shares, dtype)
    return ConstraintMetrics(structure.unflatten(distances), _norm(distances, dtype), scores, total_score, value)


def _energy(array: MeasuredArray, sums: MeasuredSums, numbers: tuple[Any, Any, Any], decay: str) -> Array:
    """K*(λx)/λ + c[K*(λx) + K(m) − ⟨λx, m⟩], with the constants (η, β1, β2)."""
    eta, beta1, beta2 = (jnp.asarray(number, array.x.dtype) for number in numbers)
    constants = Constants(eta, array.weight_decay, beta1, beta2)
    nothing = jnp.zeros((), array.x.dtype)
    return lyapunov_from_values(constants, decay, nothing, sums.conjugate, sums.at_m, nothing)


def measured_arrays(
    K: ChosenK | None, weight_decay: Any, params: Any, mask: Any, learning_rate: Any, gradients: Any, momentum: Any
) -> tuple[list[MeasuredArray], Any]:
    """(the arrays of `params` with what belongs to each, the structure of the tree)."""
    named, structure = jax.tree_util.tree_flatten_with_path(params)
    functions = jax.tree.leaves(directions_of(require_choice(K), params), is_leaf=is_direction)
    flags = jax.tree.leaves(decaying(mask, params))
    slopes, mus = _like("gradients", gradients, structure), _like("momentum", momentum, structure)
    found = []
    for (path, x), function, decays, g, mu in zip(named, functions, flags, slopes, mus, strict=True):
        if not isinstance(function, ConvexFunction):
            raise TypeError(
                f"constraint_metrics: {type(function).__name__} of the parameter {path_name(path)!r} is ∇K of no "
                "convex function and has no K*; measure with NuclearNorm(), and weight_decay divided by its "
                "largest_singular_value()."
            )
        if not jnp.issubdtype(jnp.result_type(x), jnp.floating):
            raise TypeError(
                f"constraint_metrics: the parameter {path_name(path)!r} has dtype {jnp.result_type(x)}; only real "
                "floating-point parameters are measured."
            )
        dtype = common_dtype(jnp.result_type(x), jnp.float32)
        lam = jnp.asarray(weight_decay if decays else 0, dtype)
        contraction = jnp.ones((), dtype) if learning_rate is None else lam * jnp.asarray(learning_rate, dtype)
        arrays = [None if array is None else jnp.asarray(array).astype(dtype) for array in (g, mu)]
        m = None if arrays[1] is None else -arrays[1]
        roundoff = unit_roundoff(jnp.result_type(x))
        found.append(MeasuredArray(function, jnp.asarray(x).astype(dtype), lam, contraction, roundoff, arrays[0], m))
    return found, structure


def _sum(parts: list[Array], dtype: Any) -> Array:
    return jnp.sum(jnp.stack([part.astype(dtype) for part in parts])) if parts else jnp.zeros((), dtype)


def _norm(parts: list[Array], dtype: Any) -> Array:
    return euclidean_norm(jnp.stack([part.astype(dtype) for part in parts])) if parts else jnp.zeros((), dtype)


def _like(name: str, tree: Any, structure: Any) -> list[Any]:
    if tree is None:
        return [None] * structure.num_leaves
    leaves, given = jax.tree.flatten(tree)
    if given != structure:
        raise ValueError(f"constraint_metrics: {name} must have the structure of params, {structure}, got {given}.")
    return leaves


def _check(weight_decay: Any, learning_rate: Any, b1: Any, b2: Any, decay: str) -> None:
    if decay not in ("explicit", "implicit"):
        raise ValueError(f'decay must be "explicit" or "implicit", got {decay!r}.')
    for name, value in (("weight_decay", weight_decay), ("learning_rate", learning_rate)):
        if callable(value):
            raise TypeError(
                f"constraint_metrics: {name} must be the number of this step, {name}(count), got a schedule."
            )
        if value is not None or name == "weight_decay":
            require_number(name, value, 0, math.inf)
    require_number("b1", b1, 0, 1)
    require_number("b2", b2, 0, 1)
