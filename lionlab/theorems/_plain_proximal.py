"""The ledger of the implicit step once more, in plain NumPy from its formulas: a second route, to plant wrongs in."""

from collections.abc import Callable
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from ..precision import double_precision
from ._plain_ledger import TERMS, Pieces, inner
from ._plain_ledger import _pieces as evaluated
from ._proximal_runs import ProximalRun, slopes

Change = Callable[[ProximalRun, Pieces], Pieces]


@dataclass(frozen=True)
class ProximalRecipe:
    """How to compute the ledger. The defaults are the theorem; everything else is a planted wrong.

    `c`, `a`, `second`, `loss`, `penalty` multiply c_h, γ + c_hλ, the −c_h of the second term, the α of the loss
    remainder and γ/λ + c_h; `h` the step. `is_flow` takes the flow's own c, `is_at_old_point` expands f around x.
    `change` replaces the pieces, as a wrong K*, subgradient or selection would.
    """

    c: float = 1.0
    a: float = 1.0
    second: float = 1.0
    loss: float = 1.0
    penalty: float = 1.0
    h: float = 1.0
    is_flow: bool = False
    is_at_old_point: bool = False
    change: Change | None = None


def look_ahead(run: ProximalRun, g: np.ndarray) -> np.ndarray:
    """m̃⁺ = (1−εγ)m⁺ − εα∇f(x⁺) of every step, g = ∇f(x_t) at every state."""
    flow = run.case.flow
    return max(1 - flow.epsilon * flow.gamma, 0.0) * run.m[1:] - flow.epsilon * flow.alpha * g[1:]  # type: ignore[operator]


def pieces(run: ProximalRun) -> tuple[Pieces, np.ndarray]:
    """Values and subgradients along the run, `u` being the step's own selection s; and ∇f at every state."""
    K, f, lam = run.case.flow.K, run.case.objective, run.case.flow.weight_decay
    g = slopes(f, run.x)
    with double_precision():
        arrays = (jnp.asarray(array) for array in (lam * run.x, run.x, run.m, look_ahead(run, g)))
        M = None if run.bound is None else jnp.asarray(run.bound)
        found = Pieces(*map(np.asarray, evaluated(K, f, M, *arrays)))
    return found._replace(u=run.s), g


def plain_ledger(
    run: ProximalRun, found: Pieces, g: np.ndarray, recipe: ProximalRecipe = ProximalRecipe()
) -> dict[str, np.ndarray]:
    """`change` and the five terms, each (T,). The identity says that they add up."""
    flow, h = run.case.flow, (run.case.step or 0.0) * recipe.h
    alpha, gamma, epsilon, lam = float(flow.alpha), flow.gamma, flow.epsilon, flow.weight_decay  # type: ignore[arg-type]
    p = found if recipe.change is None else recipe.change(run, found)
    c = recipe.c * max(1 - epsilon * gamma, 0.0) / (1 + (epsilon + (0 if recipe.is_flow else h)) * lam)
    a = recipe.a * (gamma + c * lam)
    in_H = gamma / lam + c if lam > 0 else 0.0
    penalty = recipe.penalty * in_H
    s, z, w = p.u, (p.z[1:] if lam > 0 else np.zeros_like(p.z[1:])), (p.w[1:] if epsilon > 0 else p.u)
    x, m, y = run.x, run.m, lam * run.x
    dx, dm = x[1:] - x[:-1], m[1:] - m[:-1]
    with np.errstate(invalid="ignore"):  # a NaN is for the claim to see, not for the console
        H = alpha * p.f + in_H * p.K_star + c * (p.K - inner(y, m))
        fallen = p.K_star[:-1] - p.K_star[1:]
    at = g[:-1] if recipe.is_at_old_point else g[1:]
    sign = -1.0 if recipe.is_at_old_point else 1.0
    return {
        "change": H[1:] - H[:-1],
        "alignment": -h * a * inner(s - y[1:], look_ahead(run, g) - z),
        "enhancement": -recipe.second * c * inner(s - w, dm),
        "loss_remainder": -sign * recipe.loss * alpha * (p.f[:-1] - p.f[1:] + inner(at, dx)),
        "conjugate_remainder": -penalty * (fallen + inner(z, y[1:] - y[:-1])),
        "momentum_remainder": -c * (p.K[:-1] - p.K[1:] + inner(w, dm)),
    }


def residual(terms: dict[str, np.ndarray]) -> np.ndarray:
    """`change` minus the sum of the five."""
    return terms["change"] - sum(terms[name] for name in TERMS)


def wrong_pieces(**replaced: Callable[[ProximalRun, Pieces], np.ndarray]) -> ProximalRecipe:
    """A recipe in which the named pieces are computed wrongly, from the run and the right ones."""

    def change(run: ProximalRun, right: Pieces) -> Pieces:
        return right._replace(**{name: wrong(run, right) for name, wrong in replaced.items()})

    return ProximalRecipe(change=change)
