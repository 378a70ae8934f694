"""Between what a step contracts by, 1−h with h = ηλ, and the flow's envelope e^{−h}: two inequalities of one variable.

    −h − h²/(2(1−h))  ≤  log(1−h)  ≤  −h        for 0 ≤ h < 1

Times t and exponentiated they are the two envelopes of the distance after t steps. By enclosure: branch and bound on
[0, 15/16], and what is left by the monotonicity of log h and h log h. In fractions: no Taylor coefficient at 0 is < 0.
"""

from dataclasses import dataclass
from fractions import Fraction

from .._proof import Outcome, Planted, Proof
from .balls import ball, precision
from .branch_and_bound import decide

EDGE = Fraction(15, 16)


@dataclass(frozen=True)
class Envelope:
    """The statement with factors on h above, and on h²/(2(1−h)) below; both 1 is the claim."""

    rate: Fraction = Fraction(1)
    second: Fraction = Fraction(1)


def prove_by_enclosure(one: Envelope, is_quick: bool) -> Outcome:
    """Both differences ≥ 0 on [0, 15/16] by branch and bound, beyond it by their smallest summands."""
    box = [(Fraction(0), EDGE)]
    rate, second = one.rate, one.second
    above = decide(lambda h: -ball(rate) * h - (1 - h).log(), box)
    below = decide(lambda h: (1 - h).log() + h + ball(second) * h * h / (2 * (1 - h)), box)
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


def prove_by_series(one: Envelope, is_quick: bool) -> Outcome:
    """Coefficients of h^k: above 1 − rate, then 1/k; below 0, then second/2 − 1/k: all ≥ 0 once that of k = 2 is."""
    too_fast, too_tight = one.rate - 1, 1 - one.second
    if too_fast > 0:
        # Σ_{k≥2} h^k/k ≤ h²/(2(1−h)), so this is above the true difference.
        h = min(too_fast, Fraction(1, 2)) / 2
        excess = -too_fast * h + h**2 / (2 * (1 - h))
        return Outcome("refuted", "the upper envelope fails", 0, {"h": str(h), "difference at most": str(excess)})
    if too_tight > 0:
        h = min(too_tight, Fraction(1, 2)) / 2
        excess = -too_tight / 2 * h**2 + one.second / 2 * h**3 / (1 - h)
        return Outcome("refuted", "the lower envelope fails", 0, {"h": str(h), "difference at most": str(excess)})
    return Outcome("proved", "−h − log(1−h) and log(1−h) + h + h²/(2(1−h)) have no negative Taylor coefficient", 2)


def perturbed(name: str, size: Fraction) -> Envelope:
    """The error with the sign that makes an envelope false."""
    return Envelope(rate=1 + size) if name == "rate" else Envelope(second=1 - size)


PLANTED = (
    Planted("no second-order gap below", Envelope(second=Fraction(0))),
    Planted("a second-order gap too small by a hundredth", Envelope(second=Fraction(99, 100))),
    Planted("an envelope twice as fast above", Envelope(rate=Fraction(2))),
    Planted("both off by a relative 1e-9", Envelope(1 + Fraction(1, 10**9), 1 - Fraction(1, 10**9))),
)


def _proof(route: str, prove: object, needs: tuple[str, ...], assumption: str) -> Proof:
    return Proof(
        claim="contraction-envelope",
        route=route,
        statement="−h − h²/(2(1−h)) ≤ log(1−h) ≤ −h for all 0 ≤ h < 1, h = ηλ; times t, the two envelopes at time ηt",
        domain="0 ≤ ηλ < 1, every number of steps, every set dom K*",
        is_complete=True,
        assumptions=(
            "dist⁺ ≤ (1−ηλ)dist with equality under an outward push: the claim contraction-explicit",
            assumption,
        ),
        prove=prove,  # type: ignore[arg-type]
        subject=Envelope(),
        planted=PLANTED,
        needs=needs,
        coefficients=("rate", "second"),
        perturbed=perturbed,
    )


PROOFS = (
    _proof("enclosure", prove_by_enclosure, ("flint",), "t log t falls on (0, 1/e)"),
    _proof("exact arithmetic", prove_by_series, (), "log(1−h) = −Σ h^k/k for 0 ≤ h < 1"),
)
