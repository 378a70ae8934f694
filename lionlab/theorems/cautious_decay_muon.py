"""Cautious weight decay with the nuclear norm: a state at which the Lyapunov function of the separable case rises.

    M = [[−2, −1], [3, 2]],   X = 10⁻³[[−1, 1], [1, 1]],   λ = 20,  α = γ = 1,  ε = 0

∇K(M), the polar factor, is [[−2, 1], [1, 2]]/√5: its entry (1, 2) has the other sign than M's, and that entry decays.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from ._claim import Claim, Hypothesis, Measurement, Run, Wrong
from ._surds import Surd

Matrix = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
Direction = tuple[tuple[Surd, Surd], tuple[Surd, Surd]]
FIVE = Fraction(5)
ENTRIES = ((0, 0), (0, 1), (1, 0), (1, 1))
LAMBDA, GAMMA = Fraction(20), Fraction(1)
ZERO = Surd(Fraction(0), Fraction(0), FIVE)


def matrix(*entries: int, over: int = 1) -> Matrix:
    a, b, c, d = (Fraction(entry, over) for entry in entries)
    return (a, b), (c, d)


M, X = matrix(-2, -1, 3, 2), matrix(-1, 1, 1, 1, over=1000)


class Case(NamedTuple):
    """∇f at X, and whose sign the decay asks for: that of m∘x, as in H, or that of ∇K(m)∘x, the update's own."""

    gradient: Matrix
    asks: Literal["momentum", "update"]


class Statement(NamedTuple):
    """∇K(M), and dH/dt by either question; by the update's it depends on ∂f/∂x₁₂."""

    direction: Callable[[Matrix], Direction]
    by_momentum: Surd
    by_update: Callable[[Fraction], Surd]


def polar(m: Matrix) -> Direction:
    """The orthogonal factor of a 2×2 matrix, (M + sign(det M) cof M) over a number, here 2√5."""
    (a, b), (c, d) = m
    side = 1 if a * d > b * c else -1
    first, second = a + side * d, b - side * c
    scale = Surd(Fraction(0), 1 / (2 * FIVE), FIVE)  # 1/(2√5)
    return (first * scale, second * scale), (-side * second * scale, side * first * scale)


def is_polar_factor(o: Direction, m: Matrix) -> bool:
    """OᵀO = 1, and OᵀM symmetric and positive definite: that makes O the only orthogonal O with ⟨O, M⟩ = ‖M‖_*."""
    gram = [[sum((o[k][i] * o[k][j] for k in (0, 1)), ZERO) for j in (0, 1)] for i in (0, 1)]
    (p, q), (r, s) = [[sum((o[k][i] * m[k][j] for k in (0, 1)), ZERO) for j in (0, 1)] for i in (0, 1)]
    is_orthogonal = all((gram[i][j] - (i == j)).sign() == 0 for i, j in ENTRIES)
    return is_orthogonal and (q - r).sign() == 0 and p.sign() > 0 and (p * s - q * r).sign() > 0


def derivative(case: Case, o: Direction) -> Surd:
    """dH/dt by the chain rule."""
    found = ZERO
    for i, j in ENTRIES:
        x, m, g, u = X[i][j], M[i][j], case.gradient[i][j], o[i][j]
        asked = u if case.asks == "update" else u * 0 + m
        decays = (asked * x).sign() <= 0
        x_dot = u - (LAMBDA * x if decays else 0)
        m_dot = -g - GAMMA * m
        found += g * x_dot + u * m_dot
        if m * x < 0:
            found += -LAMBDA * (m_dot * x + m * x_dot)
    return found


def cases(run: Run) -> list[Case]:
    """∇f = 0 and others of all sizes, by both questions."""
    gradients = [
        matrix(0, 0, 0, 0),
        matrix(1, -2, 3, 4),
        matrix(-7, 5, 0, 1, over=3),
        matrix(10**6, 10**6, -(10**6), 5),
    ]
    return [Case(gradient, asks) for gradient in gradients for asks in ("momentum", "update")]


def measure(cases: Sequence[Case], run: Run, subject: Statement) -> Measurement:
    """How many cases have another dH/dt than said."""
    wrong, where = 0, None
    o = subject.direction(M)
    for case in cases:
        found = derivative(case, o)
        stated = subject.by_momentum if case.asks == "momentum" else subject.by_update(case.gradient[0][1])
        if not is_polar_factor(o, M) or (found - stated).sign() != 0 or subject.by_momentum.sign() <= 0:
            wrong += 1
            gradient = [str(entry) for row in case.gradient for entry in row]
            where = where or {"gradient": gradient, "decay asks for the": case.asks, "dH/dt": str(found)}
    return Measurement(float(wrong), 0.0, len(cases), where)


def surd(a: Fraction, b: int = 2) -> Surd:
    return Surd(a, Fraction(b), FIVE)


def lion(m: Matrix) -> Direction:
    """sign, ∇K of the ℓ1 norm."""
    (a, b), (c, d) = (tuple(surd(Fraction((v > 0) - (v < 0)), 0) for v in row) for row in m)
    return (a, b), (c, d)


def transposed(m: Matrix) -> Direction:
    (a, b), (c, d) = polar(m)
    return (a, c), (b, -1 * d)


RIGHT = Statement(polar, surd(Fraction(-21, 50)), lambda g: surd((g - 1) / 50))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cautious-decay-fails-for-muon",
        statement=(
            "H = αf + K(M) + λ‖(−M∘X)₊‖₁ is no Lyapunov function of cautious decay with K the nuclear norm: at "
            "M = [[−2, −1], [3, 2]], X = 10⁻³[[−1, 1], [1, 1]], λ = 20, α = γ = 1, dH/dt = 2√5 − 21/50 = 4.052… for "
            "every ∇f where entries with m_ij x_ij ≤ 0 decay; 2√5 + (∂f/∂x₁₂ − 1)/50 where those with u_ij x_ij ≤ 0 do."
        ),
        source="derived here; the method is that of arXiv 2510.12402",
        hypotheses=(
            Hypothesis("ε = 0; M has full rank and no entry of M∘X is 0, so that H is differentiable there"),
        ),
        observable="cases whose dH/dt is not the stated one, in exact numbers a + b√5",
        tolerance="none: equality in the field of √5; the polar factor is checked by OᵀO = 1 and OᵀM ≻ 0",
        cases=cases,
        measure=measure,
        subject=RIGHT,
        wrongs=(
            Wrong("a rate larger by 1e-12", RIGHT._replace(by_momentum=surd(Fraction(-21, 50) + Fraction(1, 10**12)))),
            Wrong("the rate without the penalty's own decay", RIGHT._replace(by_momentum=surd(Fraction(0)))),
            Wrong("the rate by the update's question does not depend on ∇f either", RIGHT._replace(
                by_update=lambda g: surd(Fraction(-1, 50)))),
            Wrong("sign(M), Lion's own direction", RIGHT._replace(direction=lion)),
            Wrong("another orthogonal matrix", RIGHT._replace(direction=transposed)),
        ),
        is_exact=True,
    ),
)  # fmt: skip
