"""The box that AdamW keeps whatever the gradients are: larger than ‖x‖∞ ≤ 1/λ, in which its limits lie.

    m⁺ = β1 m + (1−β1)g,   v⁺ = β2 v + (1−β2)g²,   u = m̂/√v̂  (bias-corrected)  or  m/√v,   x⁺ = (1−ηλ)x − ηu

A bound of |u| over λ is a box that is kept. u² is rational for rational gradients, so that it is compared exactly.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong

CLOSE = Fraction(1, 10**6)
GROWING_STEPS = 300


class Betas(NamedTuple):
    beta1: Fraction
    beta2: Fraction


class Gradients(NamedTuple):
    """A sequence of gradients of one coordinate; `is_growing`: by β2/β1 a step, which holds u at its supremum."""

    betas: Betas
    values: tuple[Fraction, ...]
    is_growing: bool


class Statement(NamedTuple):
    """Bounds of u²: of the bias-corrected update, and the supremum of the plain one."""

    corrected: Callable[[Betas], Fraction]
    plain: Callable[[Betas], Fraction]


def corrected(betas: Betas) -> Fraction:
    """(1−β1)/(1−β2)."""
    return (1 - betas.beta1) / (1 - betas.beta2)


def plain(betas: Betas) -> Fraction:
    """(1−β1)²β2/((1−β2)(β2−β1²))."""
    beta1, beta2 = betas
    return (1 - beta1) ** 2 * beta2 / ((1 - beta2) * (beta2 - beta1**2))


def squares(case: Gradients) -> list[tuple[Fraction, Fraction]]:
    """(u² bias-corrected, u² plain) at every step with v > 0."""
    beta1, beta2 = case.betas
    m, v, found = Fraction(0), Fraction(0), []
    first, second = Fraction(1), Fraction(1)
    for g in case.values:
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        first, second = first * beta1, second * beta2
        if v:
            found.append((m**2 / (1 - first) ** 2 * (1 - second) / v, m**2 / v))
    return found


def cases(run: Run) -> list[Gradients]:
    """Growing gradients; random signs of random sizes; long silence before a burst."""
    rng, found = random.Random(run.seed), []
    for first, second in (("0.9", "0.999"), ("0.9", "0.95"), ("0.9", "0.99"), ("0.5", "0.5"), ("0.95", "0.98")):
        betas = Betas(Fraction(first), Fraction(second))
        growth = betas.beta2 / betas.beta1
        if growth > 1:
            found.append(Gradients(betas, tuple(growth**t for t in range(GROWING_STEPS)), True))
        for _ in range(1 if run.is_quick else 6):
            sizes = tuple(Fraction(rng.randint(-9, 9), 10 ** rng.randint(0, 3)) for _ in range(60))
            found.append(Gradients(betas, sizes, False))
        found.append(Gradients(betas, (Fraction(1, 1000),) * 40 + (Fraction(1),) * 10, False))
    return found


def measure(cases: Sequence[Gradients], run: Run, subject: Statement) -> Measurement:
    """In how many sequences a bound is exceeded, a supremum missed, or the box of radius 1/λ not left by growth."""
    wrong, where = 0, None
    for case in cases:
        found, most, supremum = squares(case), subject.corrected(case.betas), subject.plain(case.betas)
        is_wrong = any(hat > most or bare > supremum for hat, bare in found)
        if case.is_growing:
            is_wrong |= found[-1][1] < supremum * (1 - CLOSE) or max(hat for hat, _ in found) <= 1
        if is_wrong:
            wrong += 1
            largest = [float(max(column)) ** 0.5 for column in zip(*found, strict=True)]
            where = where or {"betas": list(map(str, case.betas)), "largest |u|": largest}
    return Measurement(float(wrong), 0.0, len(cases), where)


def out_of_order(case: Gradients) -> str | None:
    beta1, beta2 = case.betas
    return None if 0 < beta1 <= beta2 < 1 else f"not 0 < β1 ≤ β2 < 1: {beta1}, {beta2}."


RIGHT = Statement(corrected, plain)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="adamw-box",
        statement=(
            "AdamW with ε = 0, β1 ≤ β2 has |u| ≤ √((1−β1)/(1−β2)) for all gradients, so it keeps |x| ≤ that/λ; for "
            "β1 < β2 it does not keep |x| ≤ 1/λ. Without bias correction sup|u| = (1−β1)√β2/√((1−β2)(β2−β1²)), "
            "7.27… at (0.9, 0.999), held by gradients that grow like (β2/β1)ᵗ."
        ),
        source="derived here; that full-batch limits are KKT points of ‖x‖∞ ≤ 1/λ is arXiv 2404.04454",
        hypotheses=(
            Hypothesis("0 < β1 ≤ β2 < 1", out_of_order),
            Hypothesis("ε = 0, v > 0, 0 < ηλ ≤ 1"),
        ),
        observable="gradient sequences that contradict the statement, u² in exact rational arithmetic",
        tolerance="none for the bounds; growth is to come within a relative 1e-6 of the supremum of u² in 300 steps",
        cases=cases,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("|u| ≤ 1, which keeps 1/λ", RIGHT._replace(corrected=lambda betas: Fraction(1))),
            Wrong("the supremum of u² smaller by 1e-5", RIGHT._replace(plain=lambda b: plain(b) * (1 - 10 * CLOSE))),
            Wrong("the supremum of u² larger by 1e-5", RIGHT._replace(plain=lambda b: plain(b) * (1 + 10 * CLOSE))),
            Wrong("one supremum for both", RIGHT._replace(plain=corrected)),
        ),
        is_exact=True,
    ),
)
