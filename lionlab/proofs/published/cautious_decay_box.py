"""Cautious decay keeps no box: one step of an induction, by two routes.

From x ≥ 0, m ≥ 0 with a gradient −p < 0:   m̃⁺ > 0, so u = 1;   x⁺ = x + η;   m⁺ ≥ 0, and x⁺ ≥ 0 again.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from .._proof import Outcome, Planted, Proof
from ._questions import Question, answer


class Statement(NamedTuple):
    """An entry decays where the update pushes it towards 0, away from it, or always; and x⁺ = x + `gain`·η."""

    decays: Literal["towards", "away", "always"] = "towards"
    gain: Fraction = Fraction(1)


RIGHT = Statement()
PLANTED = (
    Planted("decay everywhere", Statement(decays="always")),
    Planted("decay where the update pushes away from 0", Statement(decays="away")),
    Planted("a gain of half a step", Statement(gain=Fraction(1, 2))),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    return RIGHT._replace(gain=1 + relative)


def decays(subject: Statement, x: Fraction) -> bool:
    """For u = 1."""
    return {"towards": x <= 0, "away": x >= 0, "always": True}[subject.decays]


def contradiction(subject: Statement) -> Mapping[str, Any] | None:
    """One step from x = 1 with η = ½, λ = 1 that ends elsewhere."""
    x, eta, lam = Fraction(1), Fraction(1, 2), Fraction(1)
    after = x + eta * (1 - (lam * x if decays(subject, x) else 0))
    stated = x + subject.gain * eta
    return {"x": "1", "eta": "1/2", "lambda": "1", "x+": str(after), "stated": str(stated)} if after != stated else None


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """The two cases x > 0 and x = 0, and signs from the assumptions on the symbols."""
    import sympy as sp

    p, eta, positive = sp.symbols("p eta x", positive=True)
    m, lam = sp.symbols("m lambda", nonnegative=True)
    beta1, beta2 = (1 / (1 + sp.Symbol(f"r{n}", positive=True)) for n in (1, 2))  # any number in (0, 1)
    faults = []
    for first, second in ((beta1, beta2), (sp.Integer(0), beta2), (beta1, sp.Integer(0)), (sp.Integer(0),) * 2):
        # 1 − 1/(1+r) = r/(1+r), which SymPy then knows to be positive.
        m_tilde = first * m + sp.together(1 - first) * p
        momentum = second * m + sp.together(1 - second) * p
        if not (m_tilde.is_positive and momentum.is_nonnegative):
            faults.append("a momentum may turn")
    for x in (positive, sp.Integer(0)):
        decay = lam * x if decays(subject, Fraction(1 if x is positive else 0)) else 0
        after = sp.expand(x + eta * (1 - decay))
        residual = sp.expand(after - x - sp.Rational(subject.gain.numerator, subject.gain.denominator) * eta)
        if residual != 0 or not after.is_nonnegative:
            faults.append(f"x⁺ = {after} for x = {x}")
    if faults:
        example = contradiction(subject)
        return Outcome("undecided" if example is None else "refuted", faults[0], 0, example)
    return Outcome("proved", "x⁺ − x − η = 0 for x > 0 and for x = 0, and m̃⁺ > 0, m⁺ ≥ 0, x⁺ ≥ 0.", 12)


def prove_by_decision(subject: Statement, is_quick: bool) -> Outcome:
    """No step from x ≥ 0, m ≥ 0 with a negative gradient that ends elsewhere."""
    import z3

    x, m, g, u, eta, lam, beta1, beta2 = z3.Reals("x m g u eta lambda beta1 beta2")
    m_tilde = beta1 * m - (1 - beta1) * g
    where = {"towards": u * x <= 0, "away": u * x >= 0, "always": z3.BoolVal(True)}[subject.decays]
    after = x + eta * (u - z3.If(where, lam * x, 0))
    momentum = beta2 * m - (1 - beta2) * g
    premises = [
        x >= 0, m >= 0, g < 0, eta > 0, lam >= 0, beta1 >= 0, beta1 < 1, beta2 >= 0, beta2 < 1,
        u == z3.If(m_tilde > 0, z3.RealVal(1), z3.If(m_tilde < 0, z3.RealVal(-1), z3.RealVal(0))),
    ]  # fmt: skip

    gain = z3.RealVal(str(subject.gain))
    return answer(
        [
            Question("x⁺ = x + η", premises, after != x + gain * eta),
            Question("x⁺ ≥ 0 and m⁺ ≥ 0 again", premises, z3.Or(after < 0, momentum < 0)),
        ],
        "cautious-decay-no-box",
    )


DOMAIN = "every entry with x_0 ≥ 0, m_0 ≥ 0, every sequence of negative gradients, η > 0, λ ≥ 0, 0 ≤ β1, β2 < 1"

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-decay-no-box",
        route="symbolic",
        statement="From x ≥ 0, m ≥ 0 and a negative gradient, x⁺ = x + η, x⁺ ≥ 0, m⁺ ≥ 0.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=("induction over the steps",),
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=("gain",),
        perturbed=perturbed,
    ),
    Proof(
        claim="cautious-decay-no-box",
        route="smt",
        statement="No real numbers describe a step from x ≥ 0, m ≥ 0 with a negative gradient that ends elsewhere.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=("induction over the steps", "z3's decision procedure for polynomial real arithmetic"),
        prove=prove_by_decision,
        subject=RIGHT,
        planted=PLANTED,
        needs=("z3",),
        coefficients=("gain",),
        perturbed=perturbed,
    ),
)
