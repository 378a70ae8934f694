"""The ledger once more, in plain NumPy from the theorem's formulas: a second route, and the place to plant wrongs.

Written in the implicit form with η′ = η/(1−ηλ) for explicit decay, as the theorem states it and the library does not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import double_precision
from ._cases import Case, compiled_once

TERMS = ("alignment", "enhancement", "loss_remainder", "conjugate_remainder", "momentum_remainder")


class Pieces(NamedTuple):
    """Values and subgradients along a run of T steps; (T+1, …) at the states, (T, …) at the steps."""

    f: np.ndarray
    K: np.ndarray  # K(m)
    w: np.ndarray  # ∇K(m)
    K_star: np.ndarray  # K*(λx)
    z: np.ndarray  # ∇K*(λx)
    u: np.ndarray  # ∇K(m̃⁺), one per step


@dataclass(frozen=True)
class Recipe:
    """How to compute the ledger. The defaults are the theorem; everything else is a planted wrong.

    `c`, `a`, `second`, `penalty` multiply the constants c, 1 + cλ, the −c of the second term and 1/λ + c.
    `conjugate_sign` multiplies the third remainder. `is_implicit` uses η where η′ belongs. `is_at_old_momentum`
    expands K around m instead of m⁺. `change` replaces the pieces, as a wrong K* or subgradient would.
    """

    c: float = 1.0
    a: float = 1.0
    second: float = 1.0
    penalty: float = 1.0
    conjugate_sign: float = 1.0
    is_implicit: bool = False
    is_at_old_momentum: bool = False
    change: Callable[[Case, np.ndarray, np.ndarray, np.ndarray, Pieces], Pieces] | None = None


def look_ahead(case: Case, m: np.ndarray, g: np.ndarray) -> np.ndarray:
    """m̃⁺ of every step."""
    return case.method.beta1 * m[:-1] - (1 - case.method.beta1) * g


def pieces(case: Case, x: np.ndarray, m: np.ndarray, g: np.ndarray, bound: float | None = None) -> Pieces:
    """The pieces of one run from the library's K and f; with `bound` = M, K_M* in place of K*.

    K* is taken at the projection of λx on its domain: the run is known to be inside up to rounding.
    """
    lam = case.method.weight_decay
    with double_precision():
        arrays = (jnp.asarray(lam * x), jnp.asarray(x), jnp.asarray(m), jnp.asarray(look_ahead(case, m, g)))
        M = None if bound is None else jnp.asarray(bound)
        found = _pieces(case.method.K, case.objective, M, *arrays)
        return Pieces(*map(np.asarray, found))


@compiled_once
def _pieces(
    K: ConvexFunction, objective: object, bound: Array | None, y: Array, x: Array, m: Array, m_tilde: Array
) -> tuple[Array, ...]:
    K_star = K.conjugate()
    if bound is None:
        values, slopes = jax.vmap(lambda v: K_star.value(K_star.projection(v)))(y), jax.vmap(K_star.selection)(y)
    else:
        values, slopes = jax.vmap(lambda v: K.truncated_conjugate(v, bound))(y)
    f = jax.vmap(objective.value)(x)  # type: ignore[attr-defined]
    return f, jax.vmap(K.value)(m), jax.vmap(K.selection)(m), values, slopes, jax.vmap(K.selection)(m_tilde)


def inner(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """⟨a_t, b_t⟩ for every t."""
    with np.errstate(invalid="ignore"):  # a NaN is for the claim to see, not for the console
        return (a * b).reshape(len(a), -1).sum(1)


def plain_ledger(
    case: Case, x: np.ndarray, m: np.ndarray, g: np.ndarray, found: Pieces, recipe: Recipe = Recipe()
) -> dict[str, np.ndarray]:
    """`change` and the five terms, each (T,). The identity says that they add up."""
    method = case.method
    eta, lam, beta1, beta2 = float(method.step_size), method.weight_decay, method.beta1, method.beta2  # type: ignore[arg-type]
    if method.decay == "explicit" and not recipe.is_implicit:
        eta = eta / (1 - eta * lam)
    p = found if recipe.change is None else recipe.change(case, x, m, g, found)
    c = recipe.c * eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2)
    a = recipe.a * (1 + c * lam)
    penalty = recipe.penalty * (1 / lam + c) if lam > 0 else 0.0
    z = p.z[1:] if lam > 0 else np.zeros_like(p.z[1:])
    w = p.u if beta1 == beta2 else p.w[1:]
    dx, dm, y = x[1:] - x[:-1], m[1:] - m[:-1], lam * x
    H = p.f + penalty / recipe.penalty * p.K_star + c * (p.K - inner(y, m))
    expanded_at = p.w[:-1] if recipe.is_at_old_momentum else w
    sign = -1.0 if recipe.is_at_old_momentum else 1.0
    conjugate_gap = p.K_star[:-1] - p.K_star[1:] + inner(z, y[1:] - y[:-1])
    return {
        "change": H[1:] - H[:-1],
        "alignment": -eta * a * inner(p.u - y[1:], look_ahead(case, m, g) - z),
        "enhancement": -recipe.second * c * inner(p.u - w, dm),
        "loss_remainder": p.f[1:] - p.f[:-1] - inner(g, dx),
        "conjugate_remainder": -recipe.conjugate_sign * penalty * conjugate_gap,
        "momentum_remainder": -sign * c * (p.K[:-1] - p.K[1:] + inner(expanded_at, dm)),
    }  # fmt: skip


def residual(terms: dict[str, np.ndarray]) -> np.ndarray:
    """`change` minus the sum of the five."""
    return terms["change"] - sum(terms[name] for name in TERMS)


def largest(arrays: Sequence[np.ndarray]) -> float:
    """The largest entry of all; NaN wins, so that nothing undefined can pass."""
    return float(np.max([np.max(array, initial=-np.inf) for array in arrays], initial=-np.inf))
