"""Cautious weight decay keeps no box: an entry that is pushed outward never decays."""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong


class Push(NamedTuple):
    """Lion with β1, β2 on gradients that are all negative, from x_0 ≥ 0, m_0 = 0."""

    step_size: Fraction
    weight_decay: Fraction
    beta1: Fraction
    beta2: Fraction
    x0: Fraction
    gradients: tuple[Fraction, ...]


class Statement(NamedTuple):
    """The entry decays where `decays(u, x)`, and the last iterate is `last`."""

    decays: Callable[[int, Fraction], bool]
    last: Callable[[Push], Fraction]


def cautious(u: int, x: Fraction) -> bool:
    """u pushes x towards 0, or x is 0."""
    return u * x <= 0


def outward(push: Push) -> Fraction:
    return push.x0 + push.step_size * len(push.gradients)


def last_iterate(push: Push, decays: Callable[[int, Fraction], bool]) -> Fraction:
    x, m = push.x0, Fraction(0)
    for g in push.gradients:
        m_tilde = push.beta1 * m - (1 - push.beta1) * g
        m = push.beta2 * m - (1 - push.beta2) * g
        u = (m_tilde > 0) - (m_tilde < 0)
        x += push.step_size * (u - (push.weight_decay * x if decays(u, x) else 0))
    return x


def pushes(run: Run) -> list[Push]:
    """x_0 = 0 to 50 in steps of 1/10, the gradient of f = ½(x−100)² on the way; then random gradients."""
    eta = Fraction(1, 10)
    steady = tuple(eta * t - 100 for t in range(500))
    found = [Push(eta, Fraction(1), Fraction(9, 10), Fraction(99, 100), Fraction(0), steady)]
    rng = random.Random(run.seed)
    for weight_decay in (Fraction(1, 10), Fraction(1), Fraction(5)):
        for beta1, beta2 in ((Fraction(9, 10), Fraction(99, 100)), (Fraction(0), Fraction(1, 2))):
            gradients = tuple(-Fraction(rng.randint(1, 1000), 100) for _ in range(50 if run.is_quick else 200))
            found.append(Push(eta, weight_decay, beta1, beta2, Fraction(rng.randint(0, 9)), gradients))
    return found


def measure(cases: Sequence[Push], run: Run, subject: Statement) -> Measurement:
    """In how many runs the last iterate is another, or the box |x| ≤ max(x_0, 1/λ) was not left."""
    wrong, where = 0, None
    for push in cases:
        last = last_iterate(push, subject.decays)
        if last != subject.last(push) or last <= max(push.x0, 1 / push.weight_decay):
            wrong += 1
            where = where or {"last": str(last), "predicted": str(subject.last(push)), "x0": str(push.x0)}
    return Measurement(float(wrong), 0.0, len(cases), where)


def turns(push: Push) -> str | None:
    if push.x0 < 0 or any(g >= 0 for g in push.gradients):
        return "x_0 is negative or a gradient is not."
    return None if outward(push) > 1 / push.weight_decay else "ηT does not reach beyond 1/λ."


RIGHT = Statement(cautious, outward)
TINY = Fraction(1, 10**12)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cautious-decay-no-box",
        statement=(
            "With cautious weight decay Lion keeps no box of radius c/λ: from x_0 ≥ 0, m_0 ≥ 0, while the gradient is "
            "negative, x_t = x_0 + ηt whatever λ: with λ = 1, f = ½(x−100)² beyond 50, where full decay stops at 1."
        ),
        source="derived here; the method is that of arXiv 2510.12402",
        hypotheses=(
            Hypothesis("x_0 ≥ 0, every gradient negative, ηT > 1/λ", turns),
            Hypothesis("β1, β2 ∈ [0, 1), m_0 ≥ 0"),
        ),
        observable="runs whose last iterate is not x_0 + ηT or is in the box, in exact rational arithmetic",
        tolerance="none: equality of fractions",
        cases=pushes,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("decay everywhere", RIGHT._replace(decays=lambda u, x: True)),
            Wrong("decay where the update pushes away from 0", RIGHT._replace(decays=lambda u, x: u * x >= 0)),
            Wrong("an iterate farther by 1e-12", RIGHT._replace(last=lambda push: outward(push) + TINY)),
        ),
        is_exact=True,
    ),
)
