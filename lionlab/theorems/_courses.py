"""Courses: runs of Lion-K with the KKT score of every iterate, for the claims about rates, and their hypotheses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    NuclearNorm,
    PseudoHuber,
    SpectralNorm,
    TopKL1,
)
from ..dynamics import LionK
from ..precision import cast_floats, double_precision
from ..simulation import simulate_batch
from ._cases import MATRIX, VECTOR, RippledBowl, bowl, case, compiled_once, nonconvex_bowl, with_parameters
from ._claim import Hypothesis, Run
from ._hypotheses import DECAYS, FINITE_FUNCTION, STARTS_INSIDE
from ._observed_loss import breaks_smoothness, pairs_in

UNIT = 2.0**-53
D = VECTOR[0]
BOXES = (L1Norm, DeadzoneL1, Huber, LogCosh, PseudoHuber)


def squared_radius(K: ConvexFunction, shape: tuple[int, ...]) -> float | None:
    """D = sup {‖v‖₂² : v ∈ dom K*}; None where it is infinite, or no formula for it is known here."""
    d = float(np.prod(shape))
    if isinstance(K, BOXES):
        return d
    if isinstance(K, TopKL1):
        return float(min(K.k, d))
    if isinstance(K, LpNorm):
        return d ** max(0.0, 2 / K.p - 1)  # d^{1−2/q} for p < 2, 1/p + 1/q = 1
    if isinstance(K, NuclearNorm):
        return float(min(shape))
    if isinstance(K, GroupL2Norm):
        return float(len(K.groups))
    return 1.0 if isinstance(K, L2Norm | LinfNorm | SpectralNorm) else None


@dataclass(frozen=True)
class Course:
    """Runs of Lion-K from one start, `seeds` of them under independent noise of variance σ² = E‖noise‖²."""

    label: str
    method: LionK
    objective: Any
    x0: Any
    m0: Any
    num_steps: int
    sigma: float = 0.0
    seeds: int = 1
    key: int = 0

    @cached_property
    def squared_radius(self) -> float:
        """D, known where the hypothesis `SMOOTH_AND_BOUNDED` holds."""
        found = squared_radius(self.method.K, self.x0.shape)
        return np.nan if found is None else found

    @cached_property
    def visited(self) -> np.ndarray:
        """x_t, (T+1, seeds, …)."""
        x0, m0 = (np.repeat(array[None], self.seeds, axis=0) for array in (self.x0, self.m0))
        noise = self.sigma / np.sqrt(self.x0.size) if self.sigma else None
        found = simulate_batch(self.method, self.objective, x0, self.num_steps, m0, noise, self.key, record=("x",))
        return np.asarray(found.x)

    @cached_property
    def observed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """η_t; S(x_t) and F(x_t), time on the first axis and seeds on the second; the bracket of H at the start."""
        with double_precision():
            weight_decay = jnp.asarray(self.method.weight_decay, jnp.float64)
            K, f = cast_floats((self.method.K, self.objective), np.float64)
            found = _along(K, f, weight_decay, jnp.asarray(self.visited), jnp.asarray(self.m0))
            scores, values, bracket = (np.asarray(array) for array in found)
        return self.method.step_sizes(self.num_steps), scores, values, float(bracket)

    @property
    def decrease(self) -> np.ndarray:
        """F(x_0) − F(x_T) of every seed."""
        F = self.observed[2]
        return np.asarray(F[0] - F[-1])

    @property
    def first_error(self) -> float:
        """n_0 = ‖m_0 + ∇f(x_0)‖₂."""
        return float(np.linalg.norm(self.m0 + np.asarray(self.objective.gradient(self.x0))))


@compiled_once
def _along(
    K: ConvexFunction, f: RippledBowl, weight_decay: Array, points: Array, m0: Array
) -> tuple[Array, Array, Array]:
    """S and F of every point, and K*(λx_0) + K(m_0) − ⟨λx_0, m_0⟩."""

    def one(x: Array) -> tuple[Array, Array]:
        g, y = f.slope(x), weight_decay * x
        # Rounding can leave λx a little outside, where K* is taken at the projection; 1e-8 is beyond any rounding here.
        K_star = K.conjugate().value_within(y, jnp.full((), 1e-8, y.dtype))
        return K.value(-g) + jnp.sum(y * g) + K_star, f.value(x) + K_star / weight_decay

    y0 = weight_decay * points[0, 0]
    return *jax.vmap(jax.vmap(one))(points), K.conjugate().value(y0) + K.value(m0) - jnp.sum(y0 * m0)


KINDS: tuple[tuple[ConvexFunction, tuple[int, ...]], ...] = (
    (L1Norm(), VECTOR), (Huber(0.1), VECTOR), (TopKL1(2), VECTOR), (LpNorm(1.5), VECTOR), (NuclearNorm(), MATRIX),
)  # fmt: skip
"""K and the shape it is run on."""

ROUND = RippledBowl(np.eye(D), np.zeros(D), np.asarray(0.0))
FAR = RippledBowl(np.eye(D), np.full(D, 50.0), np.asarray(0.0))
NONE = np.zeros(D)
LION = L1Norm()


def courses(run: Run, schedule: Any, betas: tuple[tuple[float, float], ...]) -> list[Course]:
    """Every kind of K on a convex and on a nonconvex loss, from the origin, with a random momentum."""
    rng, found = np.random.default_rng(run.seed), []
    for K, shape in KINDS[:2] if run.is_quick else KINDS:
        for f in (bowl(shape, run.seed), nonconvex_bowl(shape, run.seed)):
            for (beta1, beta2), lam in zip(betas, (0.5, 2.0), strict=True):
                method = LionK(K, schedule, lam, beta1, beta2)
                label = f"{K!r}, β=({beta1}, {beta2}), λ={lam}, " + ("convex" if f.is_convex else "nonconvex")
                found.append(Course(label, method, f, np.zeros(shape), rng.normal(size=shape), 500))
    return found


def given_course(parameters: Mapping[str, Any]) -> Course:
    """The user's own run, over Lion at η = 0.02, λ = 0.5 on a convex bowl from 0."""
    one = with_parameters(case(LION, step_size=0.02, num_steps=500), parameters, keeps_start=False)
    return Course(one.label, one.method, one.objective, one.x0, one.m0, one.num_steps)


def _not_smooth_and_bounded(k: Course) -> str | None:
    K, shape = k.method.K, k.x0.shape
    bound = squared_radius(K, shape)
    if bound is None:
        return f"D = sup ‖v‖² over dom K* is infinite or not known for K = {K!r}; take a norm, dead zone or Huber."
    rng = np.random.default_rng(0)
    with double_precision():
        u = np.asarray(jax.vmap(K.selection)(jnp.asarray(rng.normal(size=(64, *shape)), jnp.float64)))
    longest = float(np.max(np.sum(u.reshape(len(u), -1) ** 2, axis=1)))
    if not longest <= bound * (1 + 64 * (u[0].size + 8) * UNIT):
        return f"∇K of K = {K!r} reaches ‖v‖² = {longest:.6g} although D = {bound:g}."
    if k.objective.smoothness is None:
        return breaks_smoothness(k.objective, pairs_in(k.x0[None]))
    visited = k.visited[:, 0]
    return breaks_smoothness(k.objective, pairs_in(visited[:: max(1, len(visited) // 500)]))


def _forgets_nothing(k: Course) -> str | None:
    return None if max(k.method.beta1, k.method.beta2) < 1 else "β1 or β2 is 1, and the momentum never forgets."


def _increases(k: Course) -> str | None:
    sizes = k.method.step_sizes(k.num_steps)[: k.num_steps]
    return None if np.all(np.diff(sizes) <= 0) else "the step sizes increase somewhere; the theorem wants them not to."


def _changes(k: Course) -> str | None:
    sizes = k.method.step_sizes(k.num_steps)[: k.num_steps]
    return None if np.all(sizes == sizes[0]) else "the step size follows a schedule; the rate is for a constant one."


def _is_implicit(k: Course) -> str | None:
    return None if k.method.decay == "explicit" else "decay is implicit; this form is for explicit decay, ηλ ≤ 1."


# They read K, λ, the start and the steps, which a `Course` has under the names of a `Case`.
INSIDE, PENALISED, CONVEX = STARTS_INSIDE, DECAYS, FINITE_FUNCTION
NOT_INCREASING = Hypothesis("the step sizes do not increase", _increases)
CONSTANT = Hypothesis("the step size is constant", _changes)
EXPLICIT = Hypothesis("decay is explicit, with ηλ ≤ 1", _is_implicit)
FORGETS = Hypothesis("β1, β2 < 1", _forgets_nothing)
SMOOTH_AND_BOUNDED = Hypothesis(
    "f is L-smooth with known L, and no pair of gradients of the run shows otherwise; D = sup ‖v‖² over dom K* is "
    "finite and known",
    _not_smooth_and_bounded,
)
