"""The rate of the cautious-decay Lyapunov function, entry by entry, by two routes.

    ẋ = u − λ1(mx ≤ 0)x,   ṁ = −G − γm,   H = αf + K(m) + λΣ(−mx)₊          u = ∇K(m)_i, G = α∂f/∂x_i, any numbers

    dH/dt = Σ Gẋ + uṁ + λ d(−mx)₊/dt = −Σ [λ1(mx ≤ 0) + γ]um + λ(λ+γ)(−mx)₊

Where mx = 0 for a set of times of positive measure, almost everywhere on it (−mx)₊ rests, and m = ṁ = 0 or x = ẋ = 0.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from ._questions import Question, answer


class Statement(NamedTuple):
    """Factors on λ in H, on the three terms of the rate, and whether ∇K(m)_i m_i ≥ 0 is asked for dH/dt ≤ 0."""

    penalty: Fraction = Fraction(1)
    decay: Fraction = Fraction(1)
    friction: Fraction = Fraction(1)
    against: Fraction = Fraction(1)
    asks_signs: bool = True


RIGHT = Statement()
COEFFICIENTS = ("penalty", "decay", "friction", "against")
PLANTED = (
    Planted("H without its penalty", Statement(penalty=Fraction(0))),
    Planted("the decay's share of the rate left out", Statement(decay=Fraction(0))),
    Planted("the term λ(λ+γ)‖(−mx)₊‖₁ left out", Statement(against=Fraction(0))),
    Planted("the penalty with the other sign", Statement(penalty=Fraction(-1))),
    Planted("it falls whatever the signs of ∇K(m)∘m", Statement(asks_signs=False)),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    return Statement(**{**RIGHT._asdict(), name: 1 + relative})


class Entry(NamedTuple):
    """One entry: m, x, u, G and the constants γ, λ, as numbers or terms."""

    m: Any
    x: Any
    u: Any
    force: Any
    gamma: Any
    lam: Any


def change(s: Statement, one: Entry, is_turned: bool) -> Any:
    """dH/dt by the chain rule where mx < 0 (`is_turned`) or mx > 0."""
    m, x, u, force, gamma, lam = one
    x_dot = u - lam * x if is_turned else u
    m_dot = -force - gamma * m
    found = force * x_dot + u * m_dot
    return found - _as(s.penalty, lam) * lam * (m_dot * x + m * x_dot) if is_turned else found


def rate(s: Statement, one: Entry, is_turned: bool) -> Any:
    """What −dH/dt is said to be."""
    m, x, u, _, gamma, lam = one
    found = _as(s.friction, lam) * gamma * u * m
    if is_turned:
        found = found + _as(s.decay, lam) * lam * u * m - _as(s.against, lam) * lam * (lam + gamma) * m * x
    return found


def _as(factor: Fraction, like: Any) -> Any:
    """A factor in the numbers of `like`."""
    if isinstance(like, Fraction):
        return factor
    import sympy as sp

    return sp.Rational(factor.numerator, factor.denominator)


def contradiction(s: Statement) -> Mapping[str, Any] | None:
    """Numbers at which the statement fails: an identity of one entry, or K = ½mᵀ[[1, −2], [−2, 5]]m at m = (1, 1)."""
    for x in (Fraction(-1, 2), Fraction(3)):
        one = Entry(Fraction(1), x, Fraction(2), Fraction(5), Fraction(1), Fraction(3))
        found = change(s, one, x < 0), -rate(s, one, x < 0)
        if found[0] != found[1]:
            named = {name: str(value) for name, value in one._asdict().items()}
            return {**named, "dH/dt": str(found[0]), "stated": str(found[1])}
    if s.asks_signs:
        return None
    lam, gamma, tiny = Fraction(20), Fraction(1), Fraction(1, 1000)
    entries = (
        Entry(Fraction(1), -tiny, Fraction(-1), Fraction(0), gamma, lam),
        Entry(Fraction(1), tiny, Fraction(3), Fraction(0), gamma, lam),
    )
    total = sum(change(s, one, one.m * one.x < 0) for one in entries)
    return {"K": "½mᵀ[[1, −2], [−2, 5]]m", "m": ["1", "1"], "x": [str(one.x) for one in entries],
            "lambda": "20", "gamma": "1", "grad f": "0", "dH/dt": str(total)} if total > 0 else None  # fmt: skip


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """Residuals that expand to 0, and a rate whose terms are products of nonnegative symbols."""
    import sympy as sp

    m, x, u, force = sp.symbols("m x u G", real=True)
    gamma, lam = sp.symbols("gamma lambda", nonnegative=True)
    one = Entry(m, x, u, force, gamma, lam)
    residuals = {
        "m x < 0": change(subject, one, True) + rate(subject, one, True),
        "m x > 0": change(subject, one, False) + rate(subject, one, False),
    }
    # At rest on m x = 0 the penalty has no part, and the entry decays: Gẋ + uṁ, with m = ṁ = 0 or x = ẋ = 0.
    still = force * (u - lam * x) + u * (-force - gamma * m) + rate(subject, one, True)
    residuals["m = 0 = dm/dt"] = still.subs({m: 0, force: 0})
    residuals["x = 0 = dx/dt"] = still.subs({x: 0, u: 0})
    faults = [f"{name}: the residual is {sp.factor(r)}" for name, r in residuals.items() if sp.expand(r) != 0]
    aligned = sp.Symbol("um", nonnegative=True) if subject.asks_signs else sp.Symbol("um", real=True)
    opposed = sp.Symbol("xm", nonnegative=True)
    # −mx = xm ≥ 0 where the entry is turned; u·m is a symbol of its own.
    for is_turned in (True, False):
        terms = sp.expand(rate(subject, Entry(1, -opposed, aligned, force, gamma, lam), is_turned))
        if not all(term.is_nonnegative for term in sp.Add.make_args(terms)):
            faults.append(f"a term of {terms} may be negative")
    if faults:
        example = contradiction(subject)
        return Outcome("undecided" if example is None else "refuted", faults[0], 0, example)
    text = "\n".join(f"{name}: dH/dt + rate = {sp.expand(r)}" for name, r in residuals.items()) + "\n"
    said = "dH/dt plus the rate expands to 0 in each of 4 cases; the rate is a sum of nonnegative products."
    return Outcome("proved", said, len(residuals) + 2, artefacts={"cautious-decay-identity.txt": text})


def prove_by_decision(subject: Statement, is_quick: bool) -> Outcome:
    """No numbers m, x, u, G, γ, λ at which an entry's dH/dt is another, or positive in spite of um ≥ 0."""
    import z3

    m, x, u, force, gamma, lam = z3.Reals("m x u G gamma lambda")
    penalty, decay, friction, against = (z3.RealVal(str(factor)) for factor in subject[:4])
    zero = z3.RealVal(0)
    x_dot = u - z3.If(m * x <= 0, lam, zero) * x
    m_dot = -force - gamma * m
    turning = z3.If(m * x < 0, -(m_dot * x + m * x_dot), zero)
    found = force * x_dot + u * m_dot + penalty * lam * turning
    opposed = z3.If(m * x < 0, -m * x, zero)
    weight = decay * z3.If(m * x <= 0, lam, zero) + friction * gamma
    stated = -weight * u * m - against * lam * (lam + gamma) * opposed
    # Where mx = 0 for a while, m and ṁ are 0, or x and ẋ, which there is u.
    almost_always = z3.Or(m * x != 0, z3.And(m == 0, m_dot == 0), z3.And(x == 0, x_dot == 0))
    premises = [gamma >= 0, lam >= 0, almost_always]
    signs = [u * m >= 0] if subject.asks_signs else []

    return answer(
        [
            Question("dH/dt is the stated one", premises, found != stated),
            Question("it is not positive", [*premises, *signs], found > 0),
        ],
        "cautious-decay-identity",
    )


DOMAIN = "every K and f differentiable along the flow, any dimension and gradients, ε = 0, α > 0, γ ≥ 0, λ ≥ 0"
ASSUMPTIONS = (
    "chain rule: H changes by ⟨α∇f, ẋ⟩ + ⟨∇K(m), ṁ⟩ and the change of λ‖(−m∘x)₊‖₁, a sum over entries",
    "an absolutely continuous function rests for almost every time at which it is 0",
)

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-decay-identity",
        route="symbolic",
        statement="In one entry, dH/dt plus the stated rate expands to 0; with u m ≥ 0 each term of the rate is ≥ 0.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=ASSUMPTIONS,
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=COEFFICIENTS,
        perturbed=perturbed,
    ),
    Proof(
        claim="cautious-decay-identity",
        route="smt",
        statement="No real numbers m, x, u, G, γ, λ have another dH/dt in one entry, or a positive one with u m ≥ 0.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=(*ASSUMPTIONS, "z3's decision procedure for polynomial real arithmetic"),
        prove=prove_by_decision,
        subject=RIGHT,
        planted=PLANTED,
        needs=("z3",),
        coefficients=COEFFICIENTS,
        perturbed=perturbed,
    ),
)
