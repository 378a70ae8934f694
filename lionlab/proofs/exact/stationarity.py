"""Three statements that are an identity and a Fenchel–Young gap: the score S, the gap it bounds, and H ≥ F.

    S = λ[⟨g, x−v⟩ + (K*(λx) − K*(λv))/λ] + [K(−g) + K*(λv) − ⟨−g, λv⟩]              for every v
    S/λ − (F(x) − F(v)) = [f(v) − f(x) − ⟨g, v−x⟩] + [K(−g) + K*(λv) − ⟨−g, λv⟩]/λ
    H − F = c[K*(λx) + K(m) − ⟨λx, m⟩],   c ≥ 0

The last bracket of each is ≥ 0, and 0 for λv ∈ ∂K(−g), m ∈ ∂K*(λx). The identities are evaluated on a grid of λ.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, value, vector
from .functions import DeadZone, inner
from .grid import Factor, at, right_at_first, vanishes

ONE = Fraction(1)
X, V, G, M = (vector(name) for name in ("x", "v", "g", "m"))
K, AT_X, AT_V, F_X, F_V, K_M = (value(n) for n in ("K(−g)", "K*(λx)", "K*(λv)", "f(x)", "f(v)", "K(m)"))


@dataclass(frozen=True)
class Score:
    """Factors on the three terms of S."""

    function: Factor = ONE
    product: Factor = ONE
    conjugate: Factor = ONE

    def score(self, lam: Any) -> Expression:
        function, product, conjugate = (at(each, lam) for each in (self.function, self.product, self.conjugate))
        return function * K + (product * lam) * (X @ G) + conjugate * AT_X


def prove_gap(one: Score, is_quick: bool) -> Outcome:
    """S less λ times the Frank–Wolfe expression at v is the Fenchel–Young gap of −g and λv."""

    def formula(lam: Any) -> Expression:
        gap = lam * (G @ (X - V)) + AT_X - AT_V
        return one.score(lam) - gap - (K + AT_V + lam * (G @ V))

    return _outcome(formula, "S is λ times the expression at v, and a gap that vanishes at the best v")


def prove_bound(one: Score, is_quick: bool) -> Outcome:
    """λ times the second identity."""

    def formula(lam: Any) -> Expression:
        above = lam * (F_X - F_V) + AT_X - AT_V
        return one.score(lam) - above - lam * (F_V - F_X - (G @ (V - X))) - (K + AT_V + lam * (G @ V))

    return _outcome(formula, "S/λ less F(x) − F(v) is a remainder of f and a gap, both ≥ 0")


def _outcome(formula: Any, said: str) -> Outcome:
    found = vanishes(formula, ("λ",))
    if found.where is not None:
        return Outcome("refuted", f"the two sides differ at {dict(found.where)}")
    return Outcome("proved", f"{said}; on {found.points} points", 1)


@dataclass(frozen=True)
class Bracket:
    """Factors on the terms of H − F: c times K*(λx), K(m) and ⟨λx, m⟩."""

    conjugate: Fraction = ONE
    momentum: Fraction = ONE
    product: Fraction = ONE
    right_at: Factor = ONE  # a factor on the bracket that may depend on λ


def prove_lower_bound(one: Bracket, is_quick: bool) -> Outcome:
    """Identity and c ≥ 0; refuted by a dead zone where H < F, or H ≠ F at m ∈ ∂K*(λx), in fractions."""
    dead_zone = DeadZone(Fraction(1, 2))
    for y in (Fraction(k, 4) for k in (-4, -2, 0, 1, 4)):
        for m in (Fraction(k, 4) for k in (-9, -2, 0, 1, 3, 8)):
            here, by = (y,), (m,)
            penalty = dead_zone.penalty(here)
            bracket = one.conjugate * penalty + one.momentum * dead_zone.value(by) - one.product * inner(here, by)
            if bracket < 0 or (dead_zone.slope(by) == here and bracket != 0):
                return Outcome("refuted", "dead zone, e = ½", 0, {"λx": str(y), "m": str(m), "(H−F)/c": str(bracket)})

    def formula(lam: Any, c: Any) -> Expression:
        # λ(H − F), F = f + K*/λ.
        own = at(one.right_at, lam) * lam
        H = (
            lam * F_X
            + (1 + one.conjugate * (own * c)) * AT_X
            + (own * c) * (one.momentum * K_M - one.product * (lam * (X @ M)))
        )
        return H - lam * F_X - AT_X - (lam * c) * (AT_X + K_M - lam * (X @ M))

    found = vanishes(formula, ("λ", "c"))
    if found.where is not None:
        return Outcome("refuted", f"the two sides differ at {dict(found.where)}")
    return Outcome("proved", f"H − F is c times a Fenchel–Young gap, on {found.points} points", 1)


GRID = "a polynomial that vanishes on a grid wider than its degrees is 0"
YOUNG = "K(z) + K*(y) ≥ ⟨z, y⟩, with equality exactly for y ∈ ∂K(z)"
SCORES = (
    Planted("K*(λx) left out", Score(conjugate=Fraction(0))),
    Planted("the sign of ⟨λx, ∇f⟩", Score(product=-ONE)),
    Planted("K(−∇f) too small by a relative 1e-9", Score(function=1 - Fraction(1, 10**9))),
    Planted("⟨λx, ∇f⟩ right at λ = 1/7 and 2/7 alone", Score(product=right_at_first(0))),
)
NAMES = ("function", "product", "conjugate")


def _score_proof(claim: str, statement: str, domain: str, prove: Any, *assumptions: str) -> Proof:
    return Proof(
        claim, "exact arithmetic", statement, domain, True, (GRID, YOUNG, *assumptions), prove, Score(), SCORES,
        coefficients=NAMES, perturbed=lambda name, size: replace(Score(), **{name: 1 - size}),
    )  # fmt: skip


PROOFS = (
    _score_proof(
        "kkt-score-is-frank-wolfe-gap",
        "S is λ[⟨g, x−v⟩ + (K*(λx) − K*(λv))/λ] plus a Fenchel–Young gap, for every v; at v = x it is that gap alone",
        "every closed convex K, every g and x with λx ∈ dom K*, λ > 0",
        prove_gap,
        "the maximum is attained: ∂K(−g) is not empty, K being finite",
    ),
    _score_proof(
        "kkt-score-bounds-the-gap",
        "S/λ − (F(x) − F(v)) is a Bregman remainder of f plus a Fenchel–Young gap over λ",
        "every closed convex K, every convex f, all x and v with λx, λv ∈ dom K*, λ > 0",
        prove_bound,
        "f(v) ≥ f(x) + ⟨∇f(x), v−x⟩",
    ),
    Proof(
        claim="lyapunov-lower-bound",
        route="exact arithmetic",
        statement="H − F = c[K*(λx) + K(m) − ⟨λx, m⟩] with c ≥ 0, a Fenchel–Young gap that is 0 for m ∈ ∂K*(λx)",
        domain="every closed convex K, every f, all x with λx ∈ dom K*, λ > 0; inf_m is 0 by what K* is",
        is_complete=True,
        assumptions=(GRID, YOUNG, "c = ηβ1/(ηλ(1−β1) + 1−β2) ≥ 0 as 0 ≤ β1, β2 ≤ 1"),
        prove=prove_lower_bound,
        subject=Bracket(),
        planted=(
            Planted("the sign of ⟨λx, m⟩", Bracket(product=-ONE)),
            Planted("K*(λx) left out of the bracket", Bracket(conjugate=Fraction(0))),
            Planted("K(m) too small by a relative 1e-9", Bracket(momentum=1 - Fraction(1, 10**9))),
            Planted("a bracket right at λ = 1/7 and 2/7 alone", Bracket(right_at=right_at_first(0))),
        ),
        coefficients=("conjugate", "momentum", "product"),
        perturbed=lambda name, size: replace(Bracket(), **{name: 1 + size}),
    ),
)
