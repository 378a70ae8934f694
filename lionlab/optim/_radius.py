"""λ from the size of the constraint set: weight decay keeps x in dom K*/λ, so a radius r asks for λ = ρ/r."""

import math

import jax.numpy as jnp
import numpy as np

from ..convex import ConvexFunction, L1Norm
from ..dynamics import check_number
from ..precision import double_precision

_ONE_NORM = L1Norm()


def weight_decay_for_radius(radius: float, K: ConvexFunction = _ONE_NORM) -> float:
    """The weight decay λ with which Lion-K keeps every parameter array x in the ball of this radius.

    - K separable with slopes up to ρ (ρ = 1 for `L1Norm`, `Huber`, `DeadzoneL1`, `LogCosh`): the box ‖x‖∞ ≤ radius, so
      λ = ρ/radius. Huber, the dead zone and the like add their penalty K*(λx)/λ inside the box.
    - Any other norm K: the ball of the dual norm, ‖x‖_dual ≤ radius, so λ = 1/radius. That is the Euclidean norm for
      `L2Norm`, the largest singular value for `NuclearNorm`, max(‖x‖∞, ‖x‖₁/k) for `TopKL1(k)`; the dual norm of
      `Scaled(K, c)` is 1/c times that of K.

    `radius` is in units of x. λ does not depend on the learning rate: the decay must be decoupled and multiplied by it,
    as in `lion_k`, and the set is reached from outside at the rate Π(1 − η_tλ).

    **Raises:** `ValueError` unless radius is finite and > 0; for a K with no such ball, as `SquaredL2` (no constraint
    at all) or a box whose sides differ; `TypeError` when K is no single convex function.
    Source: arXiv 2310.05898, §3: the constraint λx ∈ dom K*.
    """
    r = check_number("radius", radius, 0, math.inf, excludes_low=True)
    if not isinstance(K, ConvexFunction):
        raise TypeError(f"K must be one lionlab ConvexFunction such as L1Norm(), got {K!r}; ask for each K apart.")
    weight_decay = (_half_width(K) if K.is_separable else _unit_of_dual_norm(K)) / r
    if not 0 < weight_decay < math.inf:
        raise ValueError(f"radius must be a number whose inverse is one too, got {r:g}.")
    return weight_decay


def _half_width(K: ConvexFunction) -> float:
    """ρ of dom K* = {‖y‖∞ ≤ ρ}, which is where the projection takes the ends of the line."""
    try:
        with double_precision():
            low, high = (K.conjugate().projection(jnp.full(1, end)) for end in (-jnp.inf, jnp.inf))
            ends = float(np.asarray(low)[0]), float(np.asarray(high)[0])
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(
            f"{type(K).__name__} treats entries differently, so its set is no box of one radius; ask for each part."
        ) from error
    if math.isinf(ends[1]) or math.isinf(ends[0]):
        raise ValueError(
            f"{type(K).__name__} has slopes of every size, so with it weight decay sets no radius: dom K* is not "
            "bounded. Take a K of bounded slope, as Huber in the place of SquaredL2."
        )
    if not (ends[1] > 0 and ends[0] == -ends[1]):
        raise ValueError(f"dom K* of this {type(K).__name__} is the interval {ends}, not one around 0 of one radius.")
    return ends[1]


def _unit_of_dual_norm(K: ConvexFunction) -> float:
    if not K.is_positively_homogeneous:
        raise ValueError(
            f"{type(K).__name__} is neither separable nor a norm, so its set is no ball that a radius could describe; "
            "take a norm, or choose weight_decay from dom K* yourself."
        )
    return 1.0
