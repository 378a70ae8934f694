"""How fast the KKT score goes down: the annealing theorem, the deterministic and the stochastic rate, with constants.

Each bound comes from a telescoping sum that ends in F(x_T) (or H ≥ F), so it holds with F(x_T) in place of inf F, which
is smaller: that is what is checked, and no solver is needed. D = sup {‖v‖₂² : v ∈ dom K*}, and f is L-smooth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, Huber, L1Norm, LpNorm, NuclearNorm, TopKL1
from ..dynamics import LionK
from ..precision import cast_floats, double_precision
from ..simulation import simulate_batch
from ._cases import MATRIX, VECTOR, RippledBowl, bowl, nonconvex_bowl
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

D = VECTOR[0]


@dataclass(frozen=True)
class Course:
    """Runs of Lion-K from one start, one for every seed of the noise; `squared_radius` is D, σ² = E‖noise‖²."""

    label: str
    method: LionK
    objective: RippledBowl
    squared_radius: float
    x0: Any
    m0: Any
    num_steps: int
    sigma: float = 0.0
    seeds: int = 1

    @cached_property
    def observed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """η_t; S(x_t) and F(x_t), time on the first axis and seeds on the second; the bracket of H at the start."""
        x0, m0 = (np.repeat(array[None], self.seeds, axis=0) for array in (self.x0, self.m0))
        noise = self.sigma / np.sqrt(self.x0.size) if self.sigma else None
        found = simulate_batch(self.method, self.objective, x0, self.num_steps, m0, noise, 0, record=("x",))
        with double_precision():
            weight_decay = jnp.asarray(self.method.weight_decay, jnp.float64)
            K, f = cast_floats((self.method.K, self.objective), np.float64)
            scores, values, bracket = _along(K, f, weight_decay, jnp.asarray(found.x), jnp.asarray(self.m0))
        return self.method.step_sizes(self.num_steps), np.asarray(scores), np.asarray(values), float(bracket)

    @property
    def decrease(self) -> float:
        """F(x_0) − F(x_T), averaged over the seeds."""
        return float(np.mean(self.observed[2][0] - self.observed[2][-1]))

    @property
    def first_error(self) -> float:
        """n_0 = ‖m_0 + ∇f(x_0)‖₂."""
        return float(np.linalg.norm(self.m0 + np.asarray(self.objective.gradient(self.x0))))


@eqx.filter_jit
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


Bound = Callable[[Course], float]


def annealing_bound(k: Course) -> float:
    """F(x_0) − F(x_T) + 2√D β1η_0n_0/(1−β2) + (2 + 4β1/(1−β2)) L D Ση_t²."""
    return _annealing(k, first=1.0, memory=1.0)


def _annealing(k: Course, first: float, memory: float) -> float:
    etas = k.observed[0]
    beta1, patience, L = k.method.beta1, 1 / (1 - k.method.beta2), k.objective.smoothness
    start = 2 * np.sqrt(k.squared_radius) * beta1 * etas[0] * k.first_error * patience
    squares = L * k.squared_radius * np.sum(etas[: k.num_steps] ** 2)
    return float(k.decrease + first * start + (2 + 4 * memory * beta1 * patience) * squares)


def deterministic_bound(k: Course) -> float:
    """V_0/(aηT) + 2LηD/a + 2β1√D‖E_0‖/(T(1−β2)) + 4β1ηLD/(1−β2) + 4ηLD, η → η/(1−ηλ) for explicit decay."""
    return _deterministic(k, start=1.0, chatters=1.0)


def _deterministic(k: Course, start: float, chatters: float) -> float:
    etas, _, F, bracket = k.observed
    beta1, beta2, lam = k.method.beta1, k.method.beta2, k.method.weight_decay
    eta = etas[0] / (1 - etas[0] * lam) if k.method.decay == "explicit" else etas[0]
    c = eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2)
    a, H = 1 + c * lam, F[0, 0] + c * bracket
    L, size = k.objective.smoothness, k.squared_radius
    decrease = start * (H - F[-1, 0]) / (a * eta * k.num_steps)
    forgetting = 2 * beta1 * np.sqrt(size) * k.first_error / (k.num_steps * (1 - beta2))
    chatter = 2 * L * eta * size / a + 4 * beta1 * eta * L * size / (1 - beta2) + 4 * eta * L * size
    return float(decrease + forgetting + chatters * chatter)


def stochastic_bound(k: Course) -> float:
    """Δ/(ηT) + 2LηD + 2√D[β1n_0/(T(1−β2)) + 2β1Lη√D/(1−β2) + β1σ√((1−β2)/(1+β2)) + (1−β1)σ]."""
    return _stochastic(k, averaged=1.0, fresh=1.0, rest=1.0)


def _stochastic(k: Course, averaged: float, fresh: float, rest: float) -> float:
    etas = k.observed[0]
    beta1, beta2, L, size = k.method.beta1, k.method.beta2, k.objective.smoothness, np.sqrt(k.squared_radius)
    eta, patience = etas[0], 1 / (1 - beta2)
    noise = averaged * beta1 * np.sqrt((1 - beta2) / (1 + beta2)) + fresh * (1 - beta1)
    drift = beta1 * k.first_error * patience / k.num_steps + 2 * beta1 * L * eta * size * patience
    decrease = k.decrease / (eta * k.num_steps)
    return float(rest * (decrease + 2 * L * eta * size**2 + 2 * size * drift) + 2 * size * noise * k.sigma)


def weighted_sum(k: Course) -> float:
    """Σ_{t<T} η_t S(x_t)."""
    etas, S, _, _ = k.observed
    return float(np.sum(etas[: k.num_steps] * S[:-1, 0]))


def mean_after_steps(k: Course) -> float:
    """(1/T) Σ_{t=1..T} S(x_t)."""
    return float(np.mean(k.observed[1][1:]))


def mean_over_seeds(k: Course) -> float:
    """(1/T) Σ_{t<T} S(x_t), averaged over the noise, less three standard errors of that average."""
    means = np.mean(k.observed[1][:-1], axis=0)
    return float(np.mean(means) - 3 * np.std(means, ddof=1) / np.sqrt(k.seeds))


def measure(quantity: Callable[[Course], float], cases: Sequence[Course], run: Run, subject: Bound) -> Measurement:
    worst, where = 0.0, None
    for course in cases:
        left, right = quantity(course), subject(course)
        ratio = left / right if right > 0 else np.where(left > right, np.inf, 0.0)
        if not ratio <= worst:
            worst, where = float(ratio), {"label": course.label, "left side": left, "bound": right}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases), where)


KINDS: tuple[tuple[ConvexFunction, float, tuple[int, ...]], ...] = (
    (L1Norm(), float(D), VECTOR),
    (Huber(0.1), float(D), VECTOR),
    (TopKL1(2), 2.0, VECTOR),
    (LpNorm(1.5), D ** (1 - 2 / 3), VECTOR),
    (NuclearNorm(), 2.0, MATRIX),
)
"""K, its D = sup {‖v‖₂² : v ∈ dom K*}, and the shape it is run on."""

ROUND = RippledBowl(np.eye(D), np.zeros(D), np.asarray(0.0))
FAR = RippledBowl(np.eye(D), np.full(D, 50.0), np.asarray(0.0))
NONE = np.zeros(D)
LION = L1Norm()


def falling(step: Array) -> Array:
    """η_t = 0.1/√(t+1): Ση_t diverges."""
    return 0.1 / jnp.sqrt(step + 1.0)


def constant(step_size: float) -> Callable[[Array], Array]:
    return lambda step: step_size + 0 * step


def courses(
    run: Run, schedule: Callable[[float], Callable[[Array], Array]], betas: Sequence[tuple[float, float]]
) -> list[Course]:
    """Every kind of K on a convex and on a nonconvex loss, from the origin, with a random momentum."""
    rng, found = np.random.default_rng(run.seed), []
    for K, squared_radius, shape in KINDS[:2] if run.is_quick else KINDS:
        for f in (bowl(shape, run.seed), nonconvex_bowl(shape, run.seed)):
            for (beta1, beta2), lam in zip(betas, (0.5, 2.0), strict=True):
                method = LionK(K, schedule(lam), lam, beta1, beta2)
                label = f"{K!r}, β=({beta1}, {beta2}), λ={lam}, " + ("convex" if f.is_convex else "nonconvex")
                m0 = rng.normal(size=shape)
                found.append(Course(label, method, f, squared_radius, np.zeros(shape), m0, 500))
    return found


def annealing_courses(run: Run) -> list[Course]:
    # With β1 near 1 the sign reads a momentum that is a step old, and the run swings far; m_0 = −∇f(x_0).
    slow = LionK(LION, constant(1e-3), 0.5, 0.99999, 0.9999)
    pushed = LionK(LION, constant(1e-4), 0.5, 0.999, 0.999)
    return [
        *courses(run, lambda lam: falling, ((0.9, 0.99), (0.9, 0.5))),
        Course("an old momentum, constant step", slow, ROUND, float(D), NONE + 0.1, NONE - 0.1, 5000),
        Course("a large wrong momentum at the solution", pushed, ROUND, float(D), NONE, NONE + 1e3, 5000),
        Course("far from the solution", LionK(LION, constant(2e-3), 0.02), FAR, float(D), NONE, NONE, 500),
    ]


def deterministic_courses(run: Run) -> list[Course]:
    # A schedule that does not change shares its compilation with the annealed runs.
    found = courses(run, lambda lam: constant(0.02), ((0.9, 0.99), (0.5, 0.5)))
    if not run.is_quick:
        implicit = [replace(k, method=replace(k.method, decay="implicit")) for k in found if k.method.K == LION]
        found += [replace(k, label=k.label + ", implicit") for k in implicit]
    c = 0.01 / (2 - 0.01 * 0.5)
    return [
        *found,
        Course("a period-2 orbit", LionK(LION, constant(0.01), 0.5), ROUND, float(D), NONE + c, NONE + c / 199, 5000),
        Course("far from the solution", LionK(LION, constant(2e-3), 0.02), FAR, float(D), NONE, NONE, 500),
    ]


def stochastic_courses(run: Run) -> list[Course]:
    seeds, num_steps, found = 16 if run.is_quick else 32, 1000, []
    for K, squared_radius, shape in KINDS[:1] if run.is_quick else KINDS[:2]:
        # The schedule of the rate: 1−β ∝ T^{-1/2}, η ∝ D^{-1/2} T^{-3/4}.
        method = LionK(K, squared_radius**-0.5 * num_steps**-0.75, 0.5, *(1 - num_steps**-0.5,) * 2)
        start = np.zeros(shape)
        f = bowl(shape, run.seed)
        found.append(Course(repr(K), method, f, squared_radius, start, start, num_steps, 1.0, seeds))
    off = RippledBowl(np.eye(D), np.full(D, 1.0), np.asarray(0.0))
    fresh, averaged = LionK(LION, 1e-4, 0.5, 0.0, 0.0), LionK(LION, 1e-4, 0.5, 0.999, 0.0)
    return [
        *found,
        Course("fresh noise, no memory", fresh, off, float(D), NONE, NONE, num_steps, 4.0, seeds),
        Course("the memory of one gradient", averaged, off, float(D), NONE, NONE, num_steps, 4.0, seeds),
        Course("far from the solution", LionK(LION, 1e-3, 0.02), FAR, float(D), NONE, NONE, num_steps, 0.1, seeds),
    ]


def starts_outside(k: Course) -> str | None:
    if not np.any(k.x0):  # 0 lies in every dom K*
        return None
    y = k.method.weight_decay * k.x0
    distance = float(k.method.K.conjugate().domain_distance(y))
    return None if distance <= 1e-12 else f"λx0 is {distance:.3g} outside dom K*; start inside."


def grows(k: Course) -> str | None:
    sizes = k.method.step_sizes(k.num_steps)
    if k.method.decay == "explicit" and sizes.max() * k.method.weight_decay > 1:
        return "η_0λ exceeds 1."
    return None if np.all(np.diff(sizes) <= 0) else "the step sizes increase somewhere; the theorem wants them not to."


def reversed_betas(k: Course) -> str | None:
    if k.method.beta1 <= k.method.beta2 < 1:
        return None
    return f"β1 = {k.method.beta1} and β2 = {k.method.beta2} do not satisfy β1 ≤ β2 < 1."


def remembers_all(k: Course) -> str | None:
    return None if max(k.method.beta1, k.method.beta2) < 1 else "β1 or β2 is 1, and the momentum never forgets."


INSIDE = Hypothesis("x_0 lies in the constraint set", starts_outside)
NOT_INCREASING = Hypothesis("the step sizes do not increase, η_0λ ≤ 1", grows)
SMOOTH = Hypothesis("f is L-smooth, D = sup ‖v‖² over dom K* is finite")
FORGETS = Hypothesis("β1, β2 < 1", remembers_all)
ORDERED = Hypothesis("β1 ≤ β2 < 1", reversed_betas)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="annealing-theorem",
        statement=(
            "With step sizes that do not increase, Ση_t S(x_t) ≤ F(x_0) − inf F + 2√D β1η_0n_0/(1−β2) "
            "+ (2 + 4β1/(1−β2)) L D Ση_t², f convex or not: Ση = ∞ and η → 0 give lim inf S = 0."
        ),
        source="derived here, beyond arXiv 2310.05898 and 2411.07724",
        hypotheses=(INSIDE, NOT_INCREASING, FORGETS, SMOOTH),
        observable="largest ratio of the left to the right side, with F(x_T) ≥ inf F in place of inf F",
        tolerance="1: the theorem's own right side, made smaller by F(x_T) − inf F",
        cases=annealing_courses,
        measure=partial(measure, weighted_sum),
        subject=annealing_bound,
        wrongs=(
            Wrong("without the momentum's part of Ση²", lambda k: _annealing(k, 1.0, 0.0)),
            Wrong("without the first momentum's error n_0", lambda k: _annealing(k, 0.0, 1.0)),
            Wrong("without F(x_0) − F(x_T)", lambda k: annealing_bound(k) - k.decrease),
        ),
    ),
    Claim(
        id="deterministic-rate",
        statement=(
            "At a constant step the mean KKT score is at most V_0/(aηT) + 2LηD/a + 2β1√D‖E_0‖/(T(1−β2)) "
            "+ 4β1ηLD/(1−β2) + 4ηLD; η ∝ T^{-1/2} makes it O(T^{-1/2})."
        ),
        source="arXiv 2310.05898, Theorem 4.1, summed; constants in the tradition of arXiv 2411.07724",
        hypotheses=(INSIDE, ORDERED, SMOOTH),
        observable="largest ratio of (1/T)ΣS(x_t), t = 1..T, to the bound, with F(x_T) ≥ inf F in place of inf F",
        tolerance="1: the theorem's own right side, made smaller by F(x_T) − inf F",
        cases=deterministic_courses,
        measure=partial(measure, mean_after_steps),
        subject=deterministic_bound,
        wrongs=(
            Wrong("without V_0", lambda k: _deterministic(k, 0.0, 1.0)),
            Wrong("without the terms in ηLD", lambda k: _deterministic(k, 1.0, 0.0)),
            Wrong("V_0/(aηT²) for V_0/(aηT)", lambda k: _deterministic(k, 1 / k.num_steps, 1.0)),
        ),
    ),
    Claim(
        id="stochastic-rate",
        statement=(
            "With unbiased noise of variance σ² the mean expected KKT score is at most Δ/(ηT) + 2LηD + "
            "2√D[β1n_0/(T(1−β2)) + 2β1Lη√D/(1−β2) + β1σ√((1−β2)/(1+β2)) + (1−β1)σ]."
        ),
        source="arXiv 2411.07724, with the constants written out",
        hypotheses=(INSIDE, NOT_INCREASING, FORGETS, SMOOTH),
        observable="largest ratio of (1/T)ΣS(x_t) over independent runs, less three standard errors, to the bound",
        tolerance="1: the theorem's own right side; three standard errors, so that chance does not refute it",
        cases=stochastic_courses,
        measure=partial(measure, mean_over_seeds),
        subject=stochastic_bound,
        wrongs=(
            Wrong("without the averaged noise", lambda k: _stochastic(k, 0.0, 1.0, 1.0)),
            Wrong("without the fresh noise", lambda k: _stochastic(k, 1.0, 0.0, 1.0)),
            Wrong("without everything but noise", lambda k: _stochastic(k, 1.0, 1.0, 0.0)),
        ),
    ),
)
