"""The first phase, whatever the gradients do: from outside the distance shrinks, from inside nothing leaves.

    dist(λx_t, dom K*) ≤ Π_{s<t}(1−η_sλ) dist(λx_0, dom K*)        explicit decay, η_sλ ≤ 1        arXiv 2310.05898, §3

with equality when the gradients push outward all the time. Distances are in x, to the ball of radius 1/λ.
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import double_precision, unit_roundoff
from ._black_box import BlackBox
from ._norms import norms_for
from ._pushes import STRONG, directions, masking
from ._reachable import run

OUTSIDE = 3.0
"""How far out the starts of the first phase are, in radii; those of the second are on the boundary."""


@dataclass(frozen=True)
class Phase:
    """One family of runs from outside (or from inside), and the worst of them.

    - `worst`: the largest excess of a distance over its envelope, in units of the rounding allowed; ≤ 1 holds.
    - `attained`: the largest share of the envelope that was reached, 1 where the bound is an equality.
    - `gradients`, `x`: of the worst run, x_0 first; `step`: where; `distance` there and `envelope`.
    """

    worst: float
    attained: float
    name: str
    x: np.ndarray
    gradients: np.ndarray
    step: int
    distance: float
    envelope: float
    runs: int


def distances(K: ConvexFunction, weight_decay: float, x: np.ndarray) -> np.ndarray:
    """(T+1,) Euclidean distances of x_t to {x : λx ∈ dom K*}."""
    points = np.asarray(x, np.float64)
    for norm in norms_for(points.shape[1:]):
        if norm.name in ("linf", "l2", "operator") and repr(norm.K) == repr(K):
            return norm.distance(points, 1 / weight_decay)
    with double_precision():
        return np.asarray(_distances(K.conjugate(), jnp.asarray(weight_decay * points))) / weight_decay


@eqx.filter_jit
def _distances(star: ConvexFunction, y: Array) -> Array:
    return jax.vmap(star.distance)(y)


def adversarial_gradients(shape: tuple[int, ...], steps: int, seed: int = 0) -> list[tuple[str, np.ndarray]]:
    """Gradients to hold a set against: none, steady, switching, random, heavy-tailed, masking."""
    rng = np.random.default_rng(seed)
    (_, first), (_, last), *_ = directions(shape, seed)
    ones = np.broadcast_to(np.ones(shape), (steps, *shape))
    signs = np.where(np.arange(steps) % 7 < 4, 1.0, -1.0).reshape(steps, *[1] * len(shape))
    return [
        ("no gradient", np.zeros((steps, *shape))),
        ("outward", -STRONG * ones),
        ("inward", STRONG * ones),
        ("outward in one entry", np.broadcast_to(-STRONG * first, (steps, *shape))),
        ("outward in one entry, masking all others", masking(last, steps)),
        ("switching", signs * ones),
        ("random", rng.normal(size=(steps, *shape))),
        ("random, heavy tails", rng.standard_t(1.5, size=(steps, *shape))),
    ]


def first_phase(
    box: BlackBox,
    K: ConvexFunction,
    weight_decay: float,
    learning_rate: float,
    shape: tuple[int, ...] = (3, 4),
    is_outside: bool = True,
    steps: int = 80,
    is_implicit: bool = False,
    seed: int = 0,
    rate: Any = None,
) -> Phase:
    """Holds runs from outside, or from the boundary, against the envelope.

    **Arguments:**

    - `K`, `weight_decay`, `learning_rate`: what the optimizer claims.   `rate`: passed to the runs, None for its own.
    - `is_outside`: starts at three radii; else on the boundary, where the envelope is 0.
    - `is_implicit`: the envelope of implicit decay, 1/(1+ηλ) a step.
    """
    found: Phase | None = None
    attained, gradients = 0.0, adversarial_gradients(shape, steps, seed)
    contraction = learning_rate * weight_decay
    factor = 1 / (1 + contraction) if is_implicit else 1 - contraction
    start = _start(K, weight_decay, shape, is_outside)
    for name, g in gradients:
        x = run(box, start, g, rate)
        u = unit_roundoff(x.dtype)
        away = distances(K, weight_decay, x) if np.isfinite(x).all() else np.full(len(x), np.inf)
        envelope = away[0] * factor ** np.arange(len(x)) if is_outside else np.zeros(len(x))
        # Each step rounds by a few units of its largest term, and what earlier steps left is contracted; at most
        # 3/(ηλ) of them remain. The norm of x is at most that of its start or of the set's farthest point.
        remaining = np.minimum(np.arange(len(x)) + 1, 1 + 3 / contraction)
        allowed = 8 * u * remaining * max(np.linalg.norm(start), np.linalg.norm(np.ones(shape)) / weight_decay)
        excess = np.where(np.isfinite(away), away, np.inf) / allowed
        if np.isfinite(away).all():
            excess = (away - envelope) / allowed
        i = int(np.argmax(excess))
        if is_outside and envelope[-1] > 0 and np.isfinite(away).all():
            attained = max(attained, float(away[-1] / envelope[-1]))
        if found is None or not excess[i] <= found.worst:
            seen, bound = float(away[i]), float(envelope[i])
            end = max(i, 1)
            found = Phase(float(excess[i]), 0.0, name, x[: end + 1], g[:end], i, seen, bound, len(gradients))
    if found is None:
        raise RuntimeError("no run was made")
    return Phase(**{**vars(found), "attained": attained})


def _start(K: ConvexFunction, weight_decay: float, shape: tuple[int, ...], is_outside: bool) -> np.ndarray:
    """A corner of the set, moved out or left where it is; every entry at least 0.1 radii from 0 where K allows."""
    star = K.conjugate()
    far: Any = 1e6 * np.ones(shape)
    corner = np.asarray(star.domain_projection(far), np.float64) / weight_decay
    return OUTSIDE * corner if is_outside else corner * (1 - 1e-12)
