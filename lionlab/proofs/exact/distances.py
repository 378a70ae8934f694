"""Phase 1 for every closed convex set: the step is a mean of λx and a point u of the set, and so is the distance.

With C = dom K*, y = λx, p the point of C next to y, n = y − p, u ∈ C and y⁺ = (1−h)y + hu:

    q = (1−h)p + hu ∈ C  and  y⁺ − q = (1−h)(y − p),        so dist(y⁺) ≤ (1−h) dist(y);
    ⟨u, n⟩ = ⟨p, n⟩ = max over C  gives  ⟨y⁺ − v, n⟩ ≥ (1−h)‖n‖² for all v ∈ C,      so dist(y⁺) ≥ (1−h) dist(y).

Implicit decay has 1/(1+h) for 1−h, that is h/(1+h) for h; the flow e^{−λ(t−s)}, with a mean of ∇K(m̃) for u. The
identities are evaluated on a grid.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, Vector, vector
from .grid import vanishes

ONE, TINY = Fraction(1), Fraction(1, 10**9)
Y, U, P, V, W = (vector(name) for name in ("λx", "u", "p", "v", "any"))


@dataclass(frozen=True)
class Rate:
    """Whether decay is explicit, a factor on the rate ρ of the statement, and on the λ of the step."""

    is_explicit: bool
    factor: Fraction = ONE
    decay: Fraction = ONE

    def rate(self, h: Any) -> Any:
        """ρ."""
        return self.factor * ((1 - h) if self.is_explicit else 1 / (1 + h))

    def step(self, h: Any, y: Vector = Y, u: Vector = U) -> Vector:
        """λx⁺, h = ηλ."""
        own = self.decay * h
        return (1 - own) * y + h * u if self.is_explicit else (1 / (1 + own)) * (y + h * u)


def prove_contraction(one: Rate, is_quick: bool) -> Outcome:
    """y⁺ − q = ρ(y − p) with weights of q that add up to 1, and ⟨y⁺ − p, n⟩ = ρ‖n‖² + (1−ρ)⟨u − p, n⟩."""

    def shrinks(h: Any) -> Expression:
        rate = one.rate(h)
        return (one.step(h) - (rate * P + (1 - rate) * U) - rate * (Y - P)) @ W

    def supports(h: Any) -> Expression:
        rate, n = one.rate(h), Y - P
        return ((one.step(h) - P) @ n) - rate * (n @ n) - (1 - rate) * ((U - P) @ n)

    return _all_vanish((("y⁺ − q = ρ(y − p)", shrinks), ("⟨y⁺ − p, n⟩", supports)), ("h",))


def prove_invariance(one: tuple[Rate, Rate], is_quick: bool) -> Outcome:
    """y⁺ = ρy + (1−ρ)u: a mean of two points of C."""

    def mean(rate: Rate) -> Callable[[Any], Expression]:
        return lambda h: (rate.step(h) - (rate.rate(h) * Y + (1 - rate.rate(h)) * U)) @ W

    return _all_vanish((("explicit", mean(one[0])), ("implicit", mean(one[1]))), ("h",))


def prove_entry(one: tuple[Rate, Rate], is_quick: bool) -> Outcome:
    """With u = 1 and y > 1, y⁺ − 1 = ρ(y − 1) ≥ 0: no coordinate enters outwards; ρⁿ ≤ s is n log ρ ≤ log s."""

    def outward(rate: Rate) -> Callable[[Any, Any], Any]:
        def formula(h: Any, y: Any) -> Any:
            own = rate.decay * h
            y_next = (1 - own) * y + h if rate.is_explicit else (y + h) / (1 + own)
            return y_next - 1 - rate.rate(h) * (y - 1)

        return formula

    return _all_vanish((("explicit", outward(one[0])), ("implicit", outward(one[1]))), ("h", "λx_i"))


def _all_vanish(facts: tuple[tuple[str, Callable[..., Any]], ...], names: tuple[str, ...]) -> Outcome:
    points = 0
    for said, formula in facts:
        found = vanishes(formula, names)
        points += found.points
        if found.where is not None:
            return Outcome("refuted", f"{said}: the two sides differ at {dict(found.where)}", points)
    return Outcome("proved", f"{', '.join(said for said, _ in facts)}, on {points} points", len(facts))


GRID = "a polynomial that vanishes on a grid wider than its degrees is 0"
IN_SET = "∇K(m̃) ∈ dom K*, a convex set, in which every point has a nearest one on its closure"
SUPPORT = (
    "under an outward push ⟨u, n⟩ is the maximum over dom K*, as u ∈ ∂K(tn) of a norm, or coordinate by coordinate"
)
EXPLICIT, IMPLICIT = Rate(True), Rate(False)


def changed(right: Rate, name: str, size: Fraction) -> Rate:
    """ρ, or the λ of the step, too small by a relative error."""
    return replace(right, factor=1 - size) if name == "factor" else replace(right, decay=1 - size)


def _contraction(claim: str, right: Rate, rate: str, domain: str, *extra: str) -> Proof:
    return Proof(
        claim=claim,
        route="exact arithmetic",
        statement=f"y⁺ − q = ρ(y − p) with q ∈ dom K*, ρ = {rate}; ⟨y⁺ − v, n⟩ ≥ ρ‖n‖² for all v if u supports at p",
        domain=f"every convex dom K*, every dimension, any u in it: any gradients; {domain}",
        is_complete=True,
        assumptions=(GRID, IN_SET, SUPPORT, *extra),
        prove=prove_contraction,
        subject=right,
        planted=(
            Planted("ρ too small by a relative 1e-9", replace(right, factor=1 - TINY)),
            Planted("half of ρ", replace(right, factor=Fraction(1, 2))),
            Planted("the λ of the step too small by a relative 1e-9", replace(right, decay=1 - TINY)),
        ),
        coefficients=("factor", "decay"),
        perturbed=lambda name, size: changed(right, name, size),
    )


def _for_both(
    claim: str, prove: Callable[[tuple[Rate, Rate], bool], Outcome], statement: str, domain: str, *assumptions: str
) -> Proof:
    def both(name: str, size: Fraction) -> tuple[Rate, Rate]:
        return changed(EXPLICIT, name, size), changed(IMPLICIT, name, size)

    return Proof(
        claim=claim,
        route="exact arithmetic",
        statement=statement,
        domain=domain,
        is_complete=True,
        assumptions=(GRID, *assumptions),
        prove=prove,
        subject=(EXPLICIT, IMPLICIT),
        planted=(
            Planted("the λ of the step too small by a relative 1e-9", both("decay", TINY)),
            Planted("no decay in the step", both("decay", ONE)),
            Planted("ρ too small by a relative 1e-9", both("factor", TINY)),
        ),
        coefficients=("factor", "decay"),
        perturbed=both,
    )


PROOFS = (
    _contraction("contraction-explicit", EXPLICIT, "1−ηλ", "0 ≤ ηλ ≤ 1"),
    _contraction("contraction-implicit", IMPLICIT, "1/(1+ηλ)", "ηλ ≥ 0"),
    _contraction(
        "flow-contraction",
        EXPLICIT,
        "e^{−λ(t−s)} = 1 − h",
        "λx_t = ρλx_s + (1−ρ)u, u the mean of ∇K(m̃) over [s, t] with weights e^{λr}: 0 ≤ h < 1",
        "variation of constants; a mean of points of a closed convex set lies in it",
    ),
    _for_both(
        "invariance",
        prove_invariance,
        "λx⁺ = ρλx + (1−ρ)u, ρ = 1−ηλ or 1/(1+ηλ), a convex combination",
        "every convex dom K*, any gradients, 0 ≤ ηλ ≤ 1 (explicit), ηλ ≥ 0 (implicit)",
        IN_SET,
    ),
    _for_both(
        "entry-time",
        prove_entry,
        "dist_n ≤ ρⁿ dist_0, with equality under an outward push, and ρⁿ ≤ s from n = ⌈log s/log ρ⌉ on and not before; "
        "y⁺ − 1 = ρ(y − 1) ≥ 0 where u = 1 and y > 1",
        "every convex dom K*, 0 < ρ < 1 (ρ = 0: one step), every s in (0, 1)",
        "the claims contraction-explicit and contraction-implicit",
        "log is increasing, and log ρ < 0",
    ),
)
