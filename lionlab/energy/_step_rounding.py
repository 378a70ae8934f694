"""What storing a step in floating point did to it: bounds, entry by entry."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from ..dynamics import Constants


class Node(NamedTuple):
    """A recorded state and what is evaluated there, which need not be computed where it is used."""

    x: Array
    m: Array
    f: Array
    K: Array
    K_star: Array
    z: Array


class StepRounding(NamedTuple):
    """Entrywise bounds on how far the stored x⁺, m⁺ and the recomputed m̃⁺ are from the exact step's."""

    x: Array
    m: Array
    m_tilde: Array


def step_rounding(
    constants: Constants, decay: str, before: Node, after: Node, gradient: Array, spread: Array | None
) -> StepRounding:
    """At most 4 roundings in each sum of the step, each relative to the magnitudes that entered it.

    The step's ∇K(m̃⁺) and the recomputed one differ by the `spread` that rounding m̃⁺ gives them.
    """
    eta, lam, beta1, beta2 = constants
    four_u = 2 * jnp.finfo(before.x.dtype).eps
    x_size = jnp.abs(before.x) + jnp.abs(after.x)
    # |ηu| ≤ |x⁺ − x| + ηλ|x|. The implicit form's defect is multiplied by 1+ηλ when written as x⁺ − x − η(u − λx⁺).
    growth = 1 + eta * lam if decay == "explicit" else (1 + eta * lam) ** 2
    m, g = jnp.abs(before.m), jnp.abs(gradient)
    x_rounding = four_u * 2 * growth * x_size + (0 if spread is None else eta * spread)
    return StepRounding(x_rounding, four_u * (beta2 * m + (1 - beta2) * g), four_u * (beta1 * m + (1 - beta1) * g))
