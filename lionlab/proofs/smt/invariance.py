"""One coordinate of a step of either decay: it never leaves [l, h] = dom K*, and explicit decay is implicit decay."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ._formulas import Scene, Term, Values, all_of, number
from ._obligation import Obligation
from ._route import smt_proof
from .contraction import BOXES, IN_DOMAIN, LONG, PRODUCT, SHORT, SMALLER, USUAL, Push, plain_distance, plain_step


@dataclass(frozen=True)
class Kept:
    """λx in `start` times the set stays in `kept` times it, where the step decays with `decay` times λ."""

    start: Fraction = Fraction(1)
    decay: Fraction = Fraction(1)
    kept: Fraction = Fraction(1)


def invariance(subject: Kept) -> list[Obligation]:
    found = []
    for decay in ("explicit", "implicit"):
        at = Push(decay)
        if decay == "explicit":
            # The step as it is taken, with its own λ; the box is that of the λ named.
            at.y_next = at.scene.define("y_kept", at.y + at.eta * at.lam * (at.u - subject.decay * at.y))
        at.scene.assume("the set holds 0", (at.low <= 0) & (at.high >= 0))
        inside = (subject.start * at.low <= at.y) & (at.y <= subject.start * at.high)
        at.scene.assume("λx lies in dom K*", inside)

        def replay(values: Values, without: Collection[str], decay: str = decay) -> Fraction | None:
            y, factor = values["y"], subject.start
            if plain_step(decay, values, without) is None or plain_distance(values, y, factor) > 0:
                return None
            eta, lam = values["step_size"], values["weight_decay"]
            slower = eta * lam * (values["u"] - subject.decay * y) + y
            y_next = slower if decay == "explicit" else plain_step(decay, values, without)
            return None if y_next is None else plain_distance(values, y_next, subject.kept)

        kept = all_of(subject.kept * at.low <= at.y_next, at.y_next <= subject.kept * at.high)
        found.append(Obligation(
            name=f"invariance-{decay}",
            says="λx⁺ ∈ dom K* where λx ∈ dom K*",
            scene=at.scene,
            conclusion=kept,
            replay=replay,
            hints=[USUAL],
            needed={SHORT: LONG, IN_DOMAIN: USUAL} if decay == "explicit" else {IN_DOMAIN: USUAL},
        ))  # fmt: skip
    return found


def _kept_with_error(name: str, relative: Fraction) -> Kept:
    return replace(Kept(), **{name: 1 + relative if name == "start" else 1 - relative})


LENGTH, SHARE = Term("step_size"), 1 - PRODUCT


@dataclass(frozen=True)
class Equivalent:
    """Implicit decay with step `numerator`/`denominator` and `decay` times λ."""

    numerator: Any = LENGTH
    denominator: Any = SHARE
    decay: Any = 1


def equivalence(subject: Equivalent) -> list[Obligation]:
    """(x + η′u)/(1 + η′λ) = (1−ηλ)x + ηu, multiplied by both denominators, which are positive."""
    scene = Scene()
    eta, lam, x, u = scene.reals("step_size weight_decay x u")
    scene.assume("η > 0, λ ≥ 0", (eta > 0) & (lam >= 0))
    scene.assume("ηλ < 1", eta * lam < 1)
    denominator = subject.denominator + subject.numerator * (subject.decay * lam)
    explicit = x + eta * (u - lam * x)

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        eta, lam, x, u = (values[name] for name in ("step_size", "weight_decay", "x", "u"))
        if not (eta > 0 and lam >= 0 and eta * lam < 1):
            return None
        length = number(subject.numerator, values) / number(subject.denominator, values)
        implicit = (x + length * u) / (1 + length * number(subject.decay, values) * lam)
        return abs(implicit - ((1 - eta * lam) * x + eta * u))

    return [Obligation(
        name="explicit-is-implicit",
        says="the explicit step is the implicit one with η′ = η/(1−ηλ), whatever u",
        scene=scene,
        conclusion=(subject.denominator * x + subject.numerator * u).equals(denominator * explicit),
        replay=replay,
        hints=[{name: USUAL[name] for name in ("step_size", "weight_decay")}],
        regular=[x.differs(0), u.differs(0)],
    )]  # fmt: skip


def _equivalent_with_error(name: str, relative: Fraction) -> Equivalent:
    return replace(Equivalent(), **{name: (1 + relative) * getattr(Equivalent(), name)})


PROOFS = (
    smt_proof(
        "invariance",
        statement="No step leaves the set: explicit with ηλ ≤ 1, implicit with any ηλ, whatever u ∈ dom K*.",
        domain=BOXES,
        assumptions=("the iterates one by one, by induction over the steps",),
        obligations=invariance,
        subject=Kept(),
        planted=(
            Planted("a start a relative 1e-6 outside", Kept(start=1 / SMALLER)),
            Planted("the λ of the step too small by a relative 1e-6", Kept(decay=SMALLER)),
            Planted("a set smaller by a relative 1e-6", Kept(kept=SMALLER)),
        ),
        coefficients=("start", "decay", "kept"),
        perturbed=_kept_with_error,
    ),
    smt_proof(
        "explicit-is-implicit",
        statement="(x + η′u)/(1 + η′λ) ≠ (1−ηλ)x + ηu has no solution for ηλ < 1, whatever x and u.",
        domain="every K, dimension, gradients, η > 0 and λ ≥ 0 with ηλ < 1: u depends on g and m alone, as m⁺ does",
        is_complete=True,
        assumptions=("vector by vector, coordinate by coordinate",),
        obligations=equivalence,
        subject=Equivalent(),
        planted=(
            Planted("η′ = η", Equivalent(denominator=1)),
            Planted("η′ = η/(1+ηλ)", Equivalent(denominator=1 + PRODUCT)),
            Planted("λ rescaled in place of η", Equivalent(denominator=1, decay=1 - PRODUCT)),
        ),
        coefficients=("numerator", "denominator", "decay"),
        perturbed=_equivalent_with_error,
    ),
)
