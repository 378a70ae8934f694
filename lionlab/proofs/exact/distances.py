"""Phase 1 for every closed convex set: the step is a mean of λx and a point u of the set, and so is the distance.

With C = dom K*, y = λx, p the point of C next to y, n = y − p, u ∈ C and y⁺ = (1−h)y + hu:

    q = (1−h)p + hu ∈ C  and  y⁺ − q = (1−h)(y − p),        so dist(y⁺) ≤ (1−h) dist(y);
    ⟨u, n⟩ = ⟨p, n⟩ = max over C  gives  ⟨y⁺ − v, n⟩ ≥ (1−h)‖n‖² for all v ∈ C,      so dist(y⁺) ≥ (1−h) dist(y).

Implicit decay has 1/(1+h) for 1−h, that is h/(1+h) for h. Both need weights ρ, 1−ρ ≥ 0: that q lies in C, and that
norms are not turned round; for explicit decay this is h ≤ 1. The identities are evaluated on a grid; the weights,
times 1+h where that is below them, are shown to be affine in h, and are looked at where its range ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, Vector, vector
from .grid import TINY, Factor, at, right_at_first, vanishes

ZERO, ONE = Fraction(0), Fraction(1)
Y, U, P, V, W = (vector(name) for name in ("λx", "u", "p", "v", "any"))


@dataclass(frozen=True)
class Rate:
    """Whether decay is explicit, a factor on the rate ρ of the statement, and on the λ of the step.

    `least` ≤ h ≤ `most` is the range of h = ηλ, without end where `most` is None.
    """

    is_explicit: bool
    factor: Factor = ONE
    decay: Factor = ONE
    least: Fraction = ZERO
    most: Fraction | None = None

    def rate(self, h: Any) -> Any:
        """ρ."""
        return at(self.factor, h) * ((1 - h) if self.is_explicit else 1 / (1 + h))

    def step(self, h: Any, y: Vector = Y, u: Vector = U) -> Vector:
        """λx⁺, h = ηλ."""
        own = at(self.decay, h) * h
        return (1 - own) * y + h * u if self.is_explicit else (1 / (1 + own)) * (y + h * u)

    def weights(self, h: Any) -> tuple[Any, Any]:
        """ρ and 1−ρ, times 1+h where decay is implicit."""
        rate, below = self.rate(h), 1 if self.is_explicit else 1 + h
        return below * rate, below * (1 - rate)


def _without_weights(*rates: Rate) -> Outcome | None:
    """Where a weight is negative in the range of h; None where none is."""
    for rate in rates:
        for i, name in enumerate(("ρ", "1−ρ")):

            def weight(h: Any, rate: Rate = rate, i: int = i) -> Any:
                return rate.weights(h)[i]

            start, slope = weight(ZERO), weight(ONE) - weight(ZERO)

            def bent(h: Any, weight: Any = weight, start: Any = start, slope: Any = slope) -> Any:
                return weight(h) - start - slope * h

            if rate.most is not None and not rate.most >= rate.least:
                return Outcome("undecided", "the range of ηλ is empty")
            if vanishes(bent, ("h",)).where is not None:
                return Outcome("undecided", f"{name} is not affine in ηλ")
            for h in (rate.least, *(() if rate.most is None else (rate.most,))):
                if start + slope * h < 0 or (not rate.is_explicit and h <= -1):
                    return Outcome("refuted", f"{name} < 0 at ηλ = {h}: no mean of two points", 0, {"ηλ": str(h)})
            if rate.most is None and slope < 0:
                return Outcome("refuted", f"{name} < 0 for large ηλ: no mean of two points", 0, {"ηλ": "∞"})
    return None


def prove_contraction(one: Rate, is_quick: bool) -> Outcome:
    """y⁺ − q = ρ(y − p) with weights of q that add up to 1, and ⟨y⁺ − p, n⟩ = ρ‖n‖² + (1−ρ)⟨u − p, n⟩."""

    def shrinks(h: Any) -> Expression:
        rate = one.rate(h)
        return (one.step(h) - (rate * P + (1 - rate) * U) - rate * (Y - P)) @ W

    def supports(h: Any) -> Expression:
        rate, n = one.rate(h), Y - P
        return ((one.step(h) - P) @ n) - rate * (n @ n) - (1 - rate) * ((U - P) @ n)

    return _all_vanish((("y⁺ − q = ρ(y − p)", shrinks), ("⟨y⁺ − p, n⟩", supports)), ("h",), one)


def prove_invariance(one: tuple[Rate, Rate], is_quick: bool) -> Outcome:
    """y⁺ = ρy + (1−ρ)u: a mean of two points of C."""

    def mean(rate: Rate) -> Callable[[Any], Expression]:
        return lambda h: (rate.step(h) - (rate.rate(h) * Y + (1 - rate.rate(h)) * U)) @ W

    return _all_vanish((("explicit", mean(one[0])), ("implicit", mean(one[1]))), ("h",), *one)


def prove_entry(one: tuple[Rate, Rate], is_quick: bool) -> Outcome:
    """With u = 1 and y > 1, y⁺ − 1 = ρ(y − 1) ≥ 0: no coordinate enters outwards; ρⁿ ≤ s is n log ρ ≤ log s."""

    def outward(rate: Rate) -> Callable[[Any, Any], Any]:
        def formula(h: Any, y: Any) -> Any:
            own = at(rate.decay, h) * h
            y_next = (1 - own) * y + h if rate.is_explicit else (y + h) / (1 + own)
            return y_next - 1 - rate.rate(h) * (y - 1)

        return formula

    return _all_vanish((("explicit", outward(one[0])), ("implicit", outward(one[1]))), ("h", "λx_i"), *one)


def _all_vanish(facts: tuple[tuple[str, Callable[..., Any]], ...], names: tuple[str, ...], *rates: Rate) -> Outcome:
    points = 0
    for said, formula in facts:
        found = vanishes(formula, names)
        points += found.points
        if found.where is not None:
            return Outcome("refuted", f"{said}: the two sides differ at {dict(found.where)}", points)
    if (found_negative := _without_weights(*rates)) is not None:
        return found_negative
    said = ", ".join(said for said, _ in facts)
    return Outcome("proved", f"{said}, on {points} points; ρ, 1−ρ ≥ 0", len(facts) + 2 * len(rates))


GRID = "a polynomial that vanishes on a grid wider than its degrees is 0"
IN_SET = "∇K(m̃) ∈ dom K*, a convex set, in which every point has a nearest one on its closure"
SUPPORT = (
    "under an outward push ⟨u, n⟩ is the maximum over dom K*, as u ∈ ∂K(tn) of a norm, or coordinate by coordinate"
)
EXPLICIT, IMPLICIT = Rate(True, most=ONE), Rate(False)


def without_range(right: Rate) -> Rate:
    """The same where a weight is negative: explicit decay up to ηλ = 3, implicit decay from ηλ = −1/2."""
    return replace(right, most=Fraction(3)) if right.is_explicit else replace(right, least=Fraction(-1, 2))


def changed(right: Rate, name: str, size: Fraction) -> Rate:
    """ρ, or the λ of the step, too small by a relative error."""
    return replace(right, factor=1 - size) if name == "factor" else replace(right, decay=1 - size)


def _contraction(claim: str, right: Rate, rate: str, domain: str, beyond: str) -> Proof:
    return Proof(
        claim=claim,
        route="exact arithmetic",
        statement=f"y⁺ − q = ρ(y − p) with q ∈ dom K*, ρ = {rate}; ⟨y⁺ − v, n⟩ ≥ ρ‖n‖² for all v if u supports at p",
        domain=f"every convex dom K*, every dimension, any u in it: any gradients; {domain}",
        is_complete=True,
        assumptions=(GRID, IN_SET, SUPPORT),
        prove=prove_contraction,
        subject=right,
        planted=(
            Planted("ρ too small by a relative 1e-9", replace(right, factor=1 - TINY)),
            Planted("half of ρ", replace(right, factor=Fraction(1, 2))),
            Planted("the λ of the step too small by a relative 1e-9", replace(right, decay=1 - TINY)),
            Planted(f"{beyond} too", without_range(right)),
            Planted("ρ right at ηλ = 1/7 and 2/7 alone", replace(right, factor=right_at_first(0))),
        ),
        coefficients=("factor", "decay"),
        perturbed=lambda name, size: changed(right, name, size),
    )


def _for_both(
    claim: str,
    prove: Callable[[tuple[Rate, Rate], bool], Outcome],
    statement: str,
    domain: str,
    is_complete: bool,
    *assumptions: str,
) -> Proof:
    def both(name: str, size: Fraction) -> tuple[Rate, Rate]:
        return changed(EXPLICIT, name, size), changed(IMPLICIT, name, size)

    return Proof(
        claim=claim,
        route="exact arithmetic",
        statement=statement,
        domain=domain,
        is_complete=is_complete,
        assumptions=(GRID, *assumptions),
        prove=prove,
        subject=(EXPLICIT, IMPLICIT),
        planted=(
            Planted("the λ of the step too small by a relative 1e-9", both("decay", TINY)),
            Planted("no decay in the step", both("decay", ONE)),
            Planted("ρ too small by a relative 1e-9", both("factor", TINY)),
            Planted("explicit decay with ηλ up to 3 too", (without_range(EXPLICIT), IMPLICIT)),
            Planted("implicit decay from ηλ = −1/2 on too", (EXPLICIT, without_range(IMPLICIT))),
            Planted(
                "ρ right at ηλ = 1/7 and 2/7 alone",
                (replace(EXPLICIT, factor=right_at_first(0)), replace(IMPLICIT, factor=right_at_first(0))),
            ),
        ),
        coefficients=("factor", "decay"),
        perturbed=both,
    )


PROOFS = (
    _contraction("contraction-explicit", EXPLICIT, "1−ηλ", "0 ≤ ηλ ≤ 1", "ηλ up to 3"),
    _contraction("contraction-implicit", IMPLICIT, "1/(1+ηλ)", "ηλ ≥ 0", "ηλ from −1/2 on"),
    _for_both(
        "invariance",
        prove_invariance,
        "λx⁺ = ρλx + (1−ρ)u, ρ = 1−ηλ or 1/(1+ηλ), a convex combination",
        "every convex dom K*, any gradients, 0 ≤ ηλ ≤ 1 (explicit), ηλ ≥ 0 (implicit)",
        True,
        IN_SET,
    ),
    _for_both(
        "entry-time",
        prove_entry,
        "y⁺ − 1 = ρ(y − 1) ≥ 0 where u = 1 and y > 1: no coordinate enters outwards; the rest is dist_n ≤ ρⁿ dist_0, "
        "taken from phase 1, and ρⁿ ≤ s exactly from n = log s/log ρ on",
        "0 < ρ < 1 and δ < dist_0; ηλ = 1, where the formula has log 0 and one step is enough, is left out",
        False,
        "the claims contraction-explicit and contraction-implicit: every convex dom K*, equality under an outward push "
        "of a norm, dead zone or Huber",
        "log is increasing, and log ρ < 0",
    ),
)
