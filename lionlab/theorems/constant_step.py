"""A constant step size: a floor of order η where the sign switches at the solution, none where ∇K is Lipschitz."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..convex import ConvexFunction, Huber, L1Norm, LpNorm
from ..dynamics import LionK
from ..objectives import Quadratic, random_quadratic
from ..precision import unit_roundoff
from ..simulation import simulate_batch
from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._recipe import Problems, iterates

U = unit_roundoff(np.float64)


@dataclass(frozen=True)
class Parabola:
    """Lion on f = (a/2)x² from one start; at most 1/λ from 0, where the score is a(|x| + λx²)."""

    a: float
    step_size: float
    weight_decay: float
    beta1: float
    beta2: float
    x0: float
    m0: float

    @property
    def amplitude(self) -> float:
        """c = η/(2−ηλ)."""
        return self.step_size / (2 - self.step_size * self.weight_decay)


@dataclass(frozen=True)
class Floor:
    """What is claimed: `step(k)` ≤ |x_{t+1}| + (1−ηλ)|x_t|, and mean S ≥ a·μ(1 + λμ), μ near `size(k)`."""

    step: Callable[[Parabola], float]
    size: Callable[[Parabola], float]


def parabolas(run: Run) -> list[Parabola]:
    """Random starts for every (η, λ) and (β1, β2), and the period-2 orbit itself, which attains both bounds."""
    rng, found = np.random.default_rng(run.seed), []
    for eta, lam in ((0.01, 1.0), (0.1, 0.5), (0.3, 2.0), (0.5, 2.0)):
        for beta1, beta2 in ((0.9, 0.99), (0.95, 0.98), (0.9, 0.9), (0.0, 0.5), (0.99, 0.9), (0.5, 0.0)):
            for _ in range(2 if run.is_quick else 10):
                x0, m0 = rng.uniform(-1 / lam, 1 / lam), rng.normal()
                found.append(Parabola(float(rng.uniform(0.2, 5)), eta, lam, beta1, beta2, float(x0), float(m0)))
        c = eta / (2 - eta * lam)
        found.append(Parabola(2.0, eta, lam, 0.9, 0.99, c, c * 0.01 * 2 / 1.99))
    return found


def runs(cases: Sequence[Parabola], num_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """x and m of every case, (T+1, B)."""
    methods = [LionK(L1Norm(), k.step_size, k.weight_decay, k.beta1, k.beta2) for k in cases]
    losses = [Quadratic([[k.a]], [0.0]) for k in cases]
    x0, m0 = np.array([[k.x0] for k in cases]), np.array([[k.m0] for k in cases])
    found = simulate_batch(methods, losses, x0, num_steps, m0)
    return iterates(found)[..., 0], np.asarray(found.m)[..., 0]


def measure_floor(cases: Sequence[Parabola], run: Run, subject: Floor) -> Measurement:
    """Both bounds over what was observed, the rounding of the run given away."""
    num_steps = 2000
    x, m = runs(cases, num_steps)
    worst, where = 0.0, None
    for index, k in enumerate(cases):
        now, after, momentum = np.abs(x[:-1, index]), np.abs(x[1:, index]), m[:-1, index]
        # A step rounds four times, relative to what it adds up.
        rounding = 8 * U * (now + after + k.step_size)
        m_tilde = k.beta1 * momentum - (1 - k.beta1) * k.a * x[:-1, index]
        is_tie = np.abs(m_tilde) <= 8 * U * (np.abs(momentum) + k.a * now)
        observed = after + (1 - k.step_size * k.weight_decay) * now + rounding
        ratios = np.where(is_tie, 0.0, subject.step(k) / observed)
        # Σ|x_{t+1}| + (1−ηλ)|x_t| ≥ Tη gives mean|x| ≥ c − (|x_T|−|x_0|)/(T(2−ηλ)); S is convex in |x|.
        drift = (after[-1] - now[0]) / (num_steps * (2 - k.step_size * k.weight_decay))
        size = max(subject.size(k) - drift - float(np.mean(rounding)), 0.0)
        mean_score = float(np.mean(k.a * (now + k.weight_decay * now**2)))
        on_average = k.a * size * (1 + k.weight_decay * size) / (mean_score * (1 + num_steps * U))
        ratio = float(np.max([np.max(ratios), 0.0 if is_tie.any() else on_average]))
        if not ratio <= worst:
            worst, where = ratio, {"case": k.__dict__, "step": int(np.argmax(ratios))}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, len(cases) * num_steps, where)


def at_rest(k: Parabola) -> str | None:
    if k.x0 == 0 and k.m0 == 0:
        return "x0 = m0 = 0: m̃ is 0 for ever and the run rests at the solution."
    return None


def leaves(k: Parabola) -> str | None:
    if not 0 < k.step_size * k.weight_decay <= 1:
        return f"ηλ is {k.step_size * k.weight_decay:g}, outside (0, 1]."
    return None if abs(k.weight_decay * k.x0) <= 1 else f"λx0 is {k.weight_decay * k.x0:g}, outside [−1, 1]."


RIGHT = Floor(lambda k: k.step_size, lambda k: k.amplitude)


@dataclass(frozen=True)
class Settling:
    """A constant step where the method can come to rest, with problems of one kind."""

    problems: Problems
    step_size: float


def settling_cases(run: Run) -> list[Settling]:
    """∇K Lipschitz near −∇f(x*): Huber; an active ℓp ball; and ℓ1 at a vertex, −∇f(x*) having no entry near 0."""
    count = 3 if run.is_quick else 8
    well = tuple(random_quadratic(6, 10.0, 100 * run.seed + i) for i in range(count))
    far = []
    for i in range(count):
        rng = np.random.default_rng([run.seed, i])
        signs = rng.choice([-1.0, 1.0], size=6)
        # At the vertex λx = signs the force is A(c − x) ≈ 3·signs, and no entry of it is near 0.
        far.append(Quadratic(np.diag(rng.uniform(0.5, 1.5, size=6)), signs * rng.uniform(4, 6, size=6)))
    groups = (
        Problems("Huber", Huber(0.1), 0.8, well),
        Problems("ℓ_3/2, the ball active", LpNorm(1.5), 0.8, tuple(far)),
        Problems("ℓ1, optimum at a vertex", L1Norm(), 0.8, tuple(far)),
    )
    return [Settling(problems, step_size) for problems in groups for step_size in (0.05, 0.02)]


def measure_settling(
    cases: Sequence[Settling], run: Run, subject: Callable[[ConvexFunction, float, float], LionK]
) -> Measurement:
    """The largest score at the end over its rounding bound."""
    worst, where, count = 0.0, None, 0
    for one in cases:
        problems = one.problems
        method = subject(problems.K, one.step_size, problems.weight_decay)
        dim = problems.objectives[0].dim
        limits = problems.limits(method)
        score = problems.assess(limits).score
        forces = np.array([np.abs(f.gradient(x)) for f, x in zip(problems.objectives, limits, strict=True)])
        # S sums 2d + 2 terms of this size; rounding can hold λx a relative 3u/(ηλ) from where it would settle.
        terms = 2 * forces.sum(axis=-1) * (1 + np.abs(problems.weight_decay * limits).max(axis=-1))
        allowed = U * (4 * (dim + 8) + 3 / (one.step_size * problems.weight_decay)) * (1 + terms)
        ratios = score / allowed
        index = int(np.argmax(ratios))
        count += len(limits)
        if not ratios[index] <= worst:
            worst = float(ratios[index])
            where = {"label": problems.label, "step_size": one.step_size, "S": score[index], "x": limits[index]}
        if np.isnan(worst):
            break
    return Measurement(worst, 1.0, count, where)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="constant-step-floor",
        statement=(
            "On f = (a/2)x² two consecutive iterates of constant-step Lion are never both near 0: "
            "|x⁺| + (1−ηλ)|x| ≥ η at every step with m̃ ≠ 0, so that a run of such steps alone has mean S ≥ ac(1+λc) "
            "− O(1/T), c = η/(2−ηλ), for all β."
        ),
        source="derived here, beyond arXiv 2310.05898: |x⁺| ≥ η − (1−ηλ)|x|, summed, and Jensen",
        hypotheses=(
            Hypothesis("0 < ηλ ≤ 1 and the start lies in the box", leaves),
            Hypothesis("the run is not at rest at the solution", at_rest),
        ),
        observable="the largest of η/(|x⁺| + (1−ηλ)|x|) over all steps and aμ(1+λμ)/mean S over all runs",
        tolerance="1, with 8u(|x| + |x⁺| + η) per step given away; μ = c − (|x_T|−|x_0|)/(T(2−ηλ)), the exact O(1/T)",
        cases=parabolas,
        measure=measure_floor,
        subject=RIGHT,
        wrongs=(
            Wrong("the floor too high by one part in a million", Floor(
                lambda k: k.step_size * (1 + 1e-6), RIGHT.size)),
            Wrong("c too large by one part in a million", Floor(RIGHT.step, lambda k: k.amplitude * (1 + 1e-6))),
            Wrong("c = η/(2−2ηλ)", Floor(
                RIGHT.step, lambda k: k.step_size / (2 - 1.999999 * k.step_size * k.weight_decay))),
        ),
    ),
    Claim(
        id="constant-step-without-floor",
        statement=(
            "Where ∇K is Lipschitz near −∇f(x*) (Huber; an active ℓp ball; ℓ1 with its optimum at a vertex) Lion-K "
            "converges at a constant step size: S falls to rounding."
        ),
        source="derived here, beyond arXiv 2310.05898",
        hypotheses=(
            Hypothesis("ηλ ≤ 1", lambda one: None if one.step_size * one.problems.weight_decay <= 1 else "ηλ > 1."),
        ),
        observable="largest S(x_T) over its rounding bound, after 20000 steps",
        tolerance="u(4(d + 8) + 3/(ηλ))(1 + 2‖∇f‖₁(1 + ‖λx‖∞)): the sum rounds, and x rests a relative 3u/(ηλ) away",
        cases=settling_cases,
        measure=measure_settling,
        subject=lambda K, step_size, weight_decay: LionK(K, step_size, weight_decay),
        wrongs=(
            Wrong("for Huber nearly the bare sign, which jumps at −∇f(x*)", lambda K, step_size, weight_decay: (
                LionK(Huber(1e-9) if isinstance(K, Huber) else K, step_size, weight_decay))),
            Wrong("λ off by one part in a million", lambda K, step_size, weight_decay: (
                LionK(K, step_size, weight_decay * (1 + 1e-6)))),
            Wrong("another threshold, by one part in a hundred thousand", lambda K, step_size, weight_decay: (
                LionK(Huber(float(K.threshold) * (1 + 1e-5)) if isinstance(K, Huber) else K, step_size, weight_decay))),
        ),
    ),
)  # fmt: skip
