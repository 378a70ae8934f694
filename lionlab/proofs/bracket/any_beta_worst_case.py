"""H = f + K*(λx)/λ + (β1/2L)‖m+∇f‖² by weights that linear algebra finds, one set of constants at a time.

    L(½ + β1/(1−β2))‖x⁺−x‖² − ΔH = Σ weight·(remainder of K) + Σ weight·(interpolation of f) + a square S of (s, V, d)

with s = m + ∇f(x), V = (x⁺−x)/η, d = ∇f(x⁺) − ∇f(x). At a worst step S must vanish on its (s, V, d); with that the
weights solve a linear program in rational numbers, and S is seen to be positive semidefinite by elimination. That the
constant is no larger than it must be is a step, taken exactly.
"""

import json
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Proof
from ..gram import Expression, value, vector
from .any_beta import NAMES, AnyBeta, planted, with_error, worst_sign_step
from .fixed_point import refutation
from .linear_program import Optimum, Program, is_optimal, solve
from .smooth_loss import SQUARE, interpolations, is_positive_semidefinite, is_square, square_of, square_times
from .step import Method, one_step

# β1, β2, η, λ, L on both sides of β1 = β2 and on it.
METHODS = tuple(
    Method(*map(Fraction, numbers.split()))
    for numbers in (
        "92/100 9/10 1/10 1/2 1", "9/10 99/100 1/10 1/2 1", "95/100 9/10 1/10 1/2 3", "1/2 0 1/3 1 1",
        "9/10 9/10 1/10 1/2 1", "99/100 1/2 1/10 2 1/7", "0 1/2 1/10 1/2 1", "0 0 1 1 1", "99/100 999/1000 1/100 1 2",
        "1 9/10 1/10 1/2 1",
    )
)  # fmt: skip


def slack(k: Method, subject: AnyBeta) -> Expression:
    """The claimed rise less the rise of H, formally, in units of Lη²."""
    c, question = k.constants, one_step(k.constants)
    V, d, s = vector("V"), vector("d"), vector("s")
    s_next = c.beta2 * s + d
    square = Fraction(subject.square * c.beta1) / 2 * (s_next @ s_next - s @ s)
    one = subject.coefficients
    conjugate = Fraction(one.penalty) / c.decay * question.terms["conjugate"]
    unit = k._replace(smoothness=Fraction(1))
    return Fraction(subject.rise(unit)) * (V @ V) - one.loss * value("f") - conjugate - square


def prove(subject: AnyBeta, is_quick: bool) -> Outcome:
    """Weights for every set of constants, and a step that reaches the constant."""
    records = []
    for k in METHODS:
        weights, rise = subject.weights(k), subject.rise(k)
        worst = worst_sign_step(k, weights, rise)
        if worst.excess(weights, rise) > 0:
            return Outcome("refuted", "a step rises by more; replayed exactly", 0, worst.record(weights, rise))
        deviation = refutation(k, weights)
        if deviation is not None:
            return Outcome("refuted", "H rises beside a fixed point", 0, deviation.record(rise))
        if worst.excess(weights, rise) != 0:
            return Outcome("undecided", f"no step found reaches the constant at {k}")
        found = certificate(k, subject)
        if found is None:
            return Outcome("undecided", f"no weights found at {k}")
        records.append({"constants": [str(number) for number in k], **found})
    said = f"weights found, checked exactly, and the constant reached, at {len(records)} sets of constants"
    text = json.dumps({"check": __doc__, "certificates": records}, indent=1, ensure_ascii=False) + "\n"
    return Outcome("proved", said, 3 * len(records), artefacts={"any-beta-lyapunov.weights.json": text})


def certificate(k: Method, subject: AnyBeta) -> dict[str, Any] | None:
    """Weights and the square they leave, as text; None where there are none."""
    target = slack(k, subject)
    question = one_step(k.constants)
    columns = {f"D_K({of}; {at})": one for (of, at), one in question.remainders().items()}
    columns |= interpolations(vector("s") - question.samples["m"].point)
    kernel = {"s": 1 / (1 - k.beta2), "V": Fraction(1), "d": Fraction(1)}
    every = {key for one in (target, *columns.values()) for key in one.terms}
    keys = sorted((key for key in every if not is_square(key)), key=str)
    rows = [tuple(Fraction(one[key]) for one in columns.values()) for key in keys]
    right = [Fraction(target[key]) for key in keys]
    for name in SQUARE:
        rows.append(tuple(square_times(one, name, kernel) for one in columns.values()))
        right.append(square_times(target, name, kernel))
    program = Program((Fraction(0),) * len(columns), tuple(rows), tuple(right))
    answer = solve(program)
    if not isinstance(answer, Optimum) or not is_optimal(program, answer):
        return None
    left = target
    for one, weight in zip(columns.values(), answer.x, strict=True):
        left = left - weight * one
    square = square_of(left)
    if not all(map(is_square, left.terms)) or not is_positive_semidefinite(square):
        return None
    weights = {name: str(weight) for name, weight in zip(columns, answer.x, strict=True) if weight}
    return {"weights": weights, "S of (V, d, s)": [[str(entry) for entry in row] for row in square]}


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="any-beta-lyapunov",
        route="worst case",
        statement="At each set of constants ΔH ≤ L(½+β1/(1−β2))‖x⁺−x‖², and a step reaches it.",
        domain=f"every convex K, every L-smooth f, every dimension, at {len(METHODS)} sets of constants",
        is_complete=False,
        assumptions=(
            "the subgradient inequality, and for f the interpolation inequality of L-smooth functions (Taylor, "
            "Hendrickx & Glineur 2017)",
            "λx ∈ dom K* and ∂K*(λx), ∂K*(λx⁺) are not empty",
            "explicit decay is implicit decay with η/(1−ηλ) for η",
        ),
        prove=prove,
        subject=AnyBeta(),
        planted=planted(),
        coefficients=NAMES,
        perturbed=with_error,
    ),
)
