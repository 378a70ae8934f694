"""Between what a step contracts by, 1−h with h = ηλ, and the flow's envelope e^{−h}: two inequalities of one variable.

    −h − h²/(2(1−h))  ≤  log(1−h)  ≤  −h        for 0 ≤ h < 1

Times t and exponentiated they are the two envelopes of the distance after t steps. By enclosure: branch and bound on
[0, 15/16], and what is left by the monotonicity of log h and h log h. In fractions: both differences are 0 at h = 0,
and with h = t/(1+t) their derivatives are polynomials in t ≥ 0 without a negative coefficient.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from .balls import ball, precision
from .branch_and_bound import decide
from .grid import Factor, at, right_at_first, vanishes

EDGE = Fraction(15, 16)


@dataclass(frozen=True)
class Envelope:
    """The statement with factors on h above, and on h²/(2(1−h)) below; both 1 is the claim.

    `dent`: the lower envelope is too high by dent·h³e^{−10⁶(h−1/3)²}, near h = 1/3 alone.
    `slope`: a factor on the derivative of h²/(1−h), which may depend on 1−h.
    """

    rate: Fraction = Fraction(1)
    second: Fraction = Fraction(1)
    dent: Fraction = Fraction(0)
    slope: Factor = Fraction(1)


def prove_by_enclosure(one: Envelope, is_quick: bool) -> Outcome:
    """Both differences ≥ 0 on [0, 15/16] by branch and bound, beyond it by their smallest summands."""
    box = [(Fraction(0), EDGE)]
    rate, second = one.rate, one.second

    def lower(h: Any) -> Any:
        found = (1 - h).log() + h + ball(second) * h * h / (2 * (1 - h))
        if one.dent == 0:
            return found
        off = h - ball(Fraction(1, 3))
        return found - ball(one.dent) * h * h * h * (-(10**6) * off * off).exp()

    above = decide(lambda h: -ball(rate) * h - (1 - h).log(), box)
    below = decide(lower, box)
    for name, found in (("upper", above), ("lower", below)):
        if found.word != "proved":
            seen = {"h": str(found.point[0]), "difference": found.value} if found.point else None
            return Outcome(found.word, f"the {name} envelope: {found.said}", 0, seen)
    with precision():
        left = ball(1 - EDGE)
        # −log(1−h) ≥ −log(1/16) and h ≤ 1; and (1−h)log(1−h) ≥ (1/16)log(1/16), as t log t falls below t = 1/e.
        tails = (-left.log() - ball(rate), left * left.log() + ball(second) * ball(EDGE) * ball(EDGE) / 2)
        if not all(tail > 0 for tail in tails):
            return Outcome("undecided", f"beyond h = {EDGE} the bounds {tails} are not both positive.")
    return Outcome("proved", f"both for 0 ≤ h < 1, in {above.boxes + below.boxes} boxes and two tails.", 4)


def prove_by_derivatives(one: Envelope, is_quick: bool) -> Outcome:
    """U = −rate·h − log(1−h) and L = log(1−h) + h + second·h²/(2(1−h)) are 0 at 0, and U′, L′ ≥ 0 on [0, 1)."""

    def change(left: Any, d: Any) -> Any:
        # F(h−d) − F(h) + dF′(h) for F = h²/(1−h), less d² times what is bounded near h: so F′ is the derivative.
        h, further = 1 - left, 1 - left - d
        slope = at(one.slope, left) * (2 * h - h * h) / (left * left)
        return further * further / (left + d) - h * h / left + d * slope - d * d / (left * left * (left + d))

    upper = (1 - one.rate, Fraction(1))  # U′ at h = t/(1+t), coefficients of 1 and t
    lower = (one.second - 1, one.second / 2)  # L′/t

    def upper_slope(t: Any) -> Any:
        h = t / (1 + t)
        return -one.rate + 1 / (1 - h) - (upper[0] + upper[1] * t)

    def lower_slope(t: Any) -> Any:
        h = t / (1 + t)
        slope = (2 * h - h * h) / ((1 - h) * (1 - h))
        return -1 / (1 - h) + 1 + one.second * slope / 2 - t * (lower[0] + lower[1] * t)

    def onto(left: Any) -> Any:
        t = (1 - left) / left
        return t / (1 + t) - (1 - left)

    facts: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
        ("(2h−h²)/(1−h)² is the derivative of h²/(1−h)", change, ("1−h", "d")),
        ("U′ = 1 − rate + t", upper_slope, ("t",)),
        ("L′ = (second−1)t + second·t²/2", lower_slope, ("t",)),
        ("t = h/(1−h) takes [0, 1) onto [0, ∞)", onto, ("1−h",)),
    )
    for said, formula, names in facts:
        if (found := vanishes(formula, names)).where is not None:
            return Outcome("refuted", f"not {said}", 0, dict(found.where))
    for name, (constant, slope) in (("upper", upper), ("lower", lower)):
        if constant < 0:
            # The derivative is < 0 up to its root in t, and so is what it is the derivative of.
            t = min(-constant / slope, Fraction(1)) if slope > 0 else Fraction(1)
            seen = {"h": str(t / (1 + t)), "the derivative up to it": "negative"}
            return Outcome("refuted", f"the {name} envelope fails", 0, seen)
        if slope < 0:
            return Outcome("undecided", f"the derivative of the {name} difference turns negative")
    return Outcome("proved", "U(0) = L(0) = 0, U′ = t and L′ = t²/2 ≥ 0 with t = h/(1−h)", len(facts) + 2)


def perturbed(name: str, size: Fraction) -> Envelope:
    """The error with the sign that makes an envelope false."""
    return Envelope(rate=1 + size) if name == "rate" else Envelope(second=1 - size)


PLANTED = (
    Planted("no second-order gap below", Envelope(second=Fraction(0))),
    Planted("a second-order gap too small by a hundredth", Envelope(second=Fraction(99, 100))),
    Planted("an envelope twice as fast above", Envelope(rate=Fraction(2))),
    Planted("both off by a relative 1e-9", Envelope(1 + Fraction(1, 10**9), 1 - Fraction(1, 10**9))),
)


def _proof(route: str, prove: object, needs: tuple[str, ...], *assumptions: str, planted: tuple[Planted, ...]) -> Proof:
    return Proof(
        claim="contraction-envelope",
        route=route,
        statement="−h − h²/(2(1−h)) ≤ log(1−h) ≤ −h for all 0 ≤ h < 1, h = ηλ; times t, the two envelopes at time ηt",
        domain="0 ≤ ηλ < 1, every number of steps; above: every convex dom K*; below: norms, dead zone and Huber",
        is_complete=True,
        assumptions=(
            "dist⁺ ≤ (1−ηλ)dist, with equality under an outward push of a norm, dead zone or Huber: the claim "
            "contraction-explicit",
            *assumptions,
        ),
        prove=prove,  # type: ignore[arg-type]
        subject=Envelope(),
        planted=(*PLANTED, *planted),
        needs=needs,
        coefficients=("rate", "second"),
        perturbed=perturbed,
    )


PROOFS = (
    _proof(
        "enclosure",
        prove_by_enclosure,
        ("flint",),
        "t log t falls on (0, 1/e)",
        planted=(Planted("a lower envelope too high within 0.002 of ηλ = 1/3 alone", Envelope(dent=Fraction(1))),),
    ),
    _proof(
        "exact arithmetic",
        prove_by_derivatives,
        (),
        "log(1−h) has the derivative −1/(1−h)",
        "what is 0 at 0 and has a derivative ≥ 0 is ≥ 0",
        "a polynomial that vanishes on a grid wider than its degrees is 0",
        planted=(Planted("a derivative right at 1−h = 1/7 and 2/7 alone", Envelope(slope=right_at_first(0))),),
    ),
)
