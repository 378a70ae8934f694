"""Explicit decay is implicit decay with a longer step: η′ = η/(1−ηλ), the same λ, for ηλ < 1.

    (x + η′u)/(1+η′λ) = (1−ηλ)x + ηu

So every theorem for the implicit form, which is what the paper proves, speaks of the Lion in use.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..dynamics import GaussianNoise, LionK
from ..simulation import simulate_batch
from ._cases import KINDS, PARAMETERS, Case, RippledBowl, batches, bowl, shape_for, standard_or_given, sweep
from ._cases import ORDERED_BETAS as BETAS
from ._claim import Claim, Measurement, Run, Wrong
from ._hypotheses import BELOW_ONE, CONSTANT_STEP

UNIT = 2.0**-53
RESTARTS = 20


@dataclass(frozen=True)
class Translation:
    """The (η′, λ′) of the implicit method that is said to make the same steps as the explicit one with (η, λ)."""

    to_implicit: Callable[[float, float], tuple[float, float]]


def longer_step(eta: float, lam: float) -> tuple[float, float]:
    """η′ = η/(1−ηλ), λ′ = λ."""
    return eta / (1 - eta * lam), lam


THEOREM = Translation(longer_step)


def explicit_cases(run: Run) -> Sequence[Case]:
    """Explicit decay, every (η, λ) and (β1, β2), starts anywhere. A user's case is taken with explicit decay."""
    names = ("‖·‖₁",) if run.is_quick else ("‖·‖₁", "‖·‖_p", "Huber")

    def standard() -> Sequence[Case]:
        def start(shape: tuple[int, ...]) -> Callable[[np.random.Generator, float], np.ndarray]:
            return lambda rng, lam: 3 * rng.normal(size=shape)

        kinds = {name: KINDS[name] for name in names}
        shapes = {name: shape_for(K) for name, K in kinds.items()}
        swept = (
            sweep(K, bowl(shapes[name]), betas=BETAS, start=start(shapes[name]), num_steps=100, label=name)
            for name, K in kinds.items()
        )
        return [case for group in swept for case in group]

    chosen = standard_or_given(run, standard)
    return [_with(case, dataclasses.replace(case.method, decay="explicit")) for case in chosen]


def _with(case: Case, method: LionK) -> Case:
    return dataclasses.replace(case, method=method)


def translated(case: Case, translation: Translation) -> Case:
    """The same case with implicit decay."""
    method = case.method
    eta, lam = translation.to_implicit(float(method.step_size), method.weight_decay)  # type: ignore[arg-type]
    return _with(case, dataclasses.replace(method, step_size=eta, weight_decay=lam, decay="implicit"))


def step_rounding(case: Case, x: np.ndarray) -> np.ndarray:
    """How far one explicit and one implicit step from the same state may land apart, entry by entry, (T, …)."""
    h = float(case.method.step_size) * case.method.weight_decay  # type: ignore[arg-type]
    return (20 + 3 / (1 - h)) * UNIT * (np.abs(x[:-1]) + np.abs(x[1:]))


def whole_run_errors(cases: Sequence[Case], run: Run, translation: Translation) -> list[tuple[float, Case]]:
    """Both methods for the whole run under one stream of gradients: the largest difference over gathered rounding."""
    found = []
    for batch in batches([_without_loss(case) for case in cases]):
        other = next(iter(batches([translated(case, translation) for case in batch.cases])))
        noise = GaussianNoise(1.0)
        xs, ys = batch.simulate(noise, run.seed).x, other.simulate(noise, run.seed).x
        if xs is None or ys is None:
            raise RuntimeError("a run recorded with x must hold x.")
        for b, case in enumerate(batch.cases):
            x, y = xs[:, b], ys[:, b]
            h = float(case.method.step_size) * case.method.weight_decay  # type: ignore[arg-type]
            gathered = np.zeros_like(x)
            for t, rounding in enumerate(step_rounding(case, x)):
                gathered[t + 1] = (1 - h) * gathered[t] + rounding
            found.append((float(np.max(np.abs(x - y)[1:] / np.where(gathered > 0, gathered, UNIT)[1:])), case))
    return found


def _without_loss(case: Case) -> Case:
    """With f = 0 the noise is all of the gradient, so both methods get the same gradients wherever they are."""
    shape = case.x0.shape
    flat = RippledBowl(np.zeros((shape[0], shape[0])), np.zeros(shape), np.asarray(0.0))
    return dataclasses.replace(case, objective=flat)


def restarted_errors(cases: Sequence[Case], translation: Translation) -> list[tuple[float, Case]]:
    """The loss's own gradients: an implicit step from each of `RESTARTS` states of the explicit run, against its next.

    Restarted at every state, as a run of ‖·‖₁ that differs by one rounding at a change of sign differs for good.
    """
    found = []
    for batch in batches(cases):
        run = batch.simulate()
        if run.x is None or run.m is None:
            raise RuntimeError("a run recorded with x and m must hold them.")
        states = np.linspace(0, len(run.x) - 2, RESTARTS).astype(int)
        methods = [translated(case, translation).method for case in batch.cases] * len(states)
        x, m = (array[states].reshape(-1, *array.shape[2:]) for array in (run.x, run.m))
        landed = simulate_batch(methods, batch.objective, x, 1, m).x
        if landed is None:
            raise RuntimeError("a run recorded with x must hold x.")
        landed = landed[1].reshape(len(states), len(batch.cases), *run.x.shape[2:])
        for b, case in enumerate(batch.cases):
            rounding = step_rounding(case, run.x[:, b])[states]
            apart = np.abs(landed[:, b] - run.x[states + 1, b])
            found.append((float(np.max(apart / np.where(rounding > 0, rounding, UNIT))), case))
    return found


def measure(cases: Sequence[Case], run: Run, subject: Translation) -> Measurement:
    """The worst of both comparisons."""
    if run.parameters and subject is not THEOREM:
        cases = [*cases, *explicit_cases(Run(run.seed, is_quick=True))]
    found = whole_run_errors(cases, run, subject) + restarted_errors(cases, subject)
    ratio, case = max(found, key=lambda pair: np.inf if np.isnan(pair[0]) else pair[0])
    return Measurement(ratio, 1.0, len(found), {"ratio": ratio, **case.replay()})


CLAIMS = (
    Claim(
        id="explicit-is-implicit",
        statement="For ηλ < 1, explicit decay with step η makes the steps of implicit decay with η′ = η/(1−ηλ).",
        source="arXiv 2310.05898, eq. (1)–(3) against Theorem 4.1; derived here",
        hypotheses=(BELOW_ONE, CONSTANT_STEP),
        observable="largest difference between the two runs, entry by entry, in units of the rounding of their steps",
        tolerance=(
            "1: the two steps round apart by at most (20 + 3/(1−ηλ))·u·(|x|+|x⁺|), 4u for each of their sums and "
            "(2+1/(1−ηλ))u for η′; over a run these gather with weight 1−ηλ."
        ),
        cases=explicit_cases,
        measure=measure,
        subject=THEOREM,
        wrongs=(
            Wrong("η′ = η", Translation(lambda eta, lam: (eta, lam))),
            Wrong("η′ = η/(1+ηλ)", Translation(lambda eta, lam: (eta / (1 + eta * lam), lam))),
            Wrong(
                "η′ too long by a relative 1e-6",
                Translation(lambda eta, lam: ((1 + 1e-6) * eta / (1 - eta * lam), lam)),
            ),
            Wrong("λ rescaled in place of η", Translation(lambda eta, lam: (eta, lam / (1 - eta * lam)))),
        ),
        parameters=PARAMETERS,
    ),
)
