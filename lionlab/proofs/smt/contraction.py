"""Phase 1 for one coordinate, whatever the gradients: dom K* = [l, h] attracts, and is not left.

    explicit  y⁺ = y + ηλ(u − y),     implicit  y⁺ = y + ηλ(u − y⁺),     flow  ẏ = λ(u − y),      u ∈ [l, h] any

Of K only its slopes' range [l, h] = dom K* is used. In several dimensions, where K is a sum over coordinates, dom K* is
a box, and the distance to it in a norm that grows with the sizes of entries is the norm of the coordinates' distances.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from .._proof import Planted
from ._formulas import Formula, Scene, Term, Values, either, implies, number
from ._obligation import Obligation
from ._route import smt_proof

SHORT = "ηλ ≤ 1"
IN_DOMAIN = "u lies in dom K*"
PRODUCT = Term("step_size") * Term("weight_decay")
UNIT_BOX: Values = {"low": Fraction(-1), "high": Fraction(1)}
USUAL: Values = {**UNIT_BOX, "step_size": Fraction(1, 10), "weight_decay": Fraction(1, 2)}
LONG: Values = {**UNIT_BOX, "step_size": Fraction(3), "weight_decay": Fraction(1)}
BOXES = "every K that is a sum over coordinates, dom K* bounded: ‖·‖₁, dead zone, Huber; any dimension and gradients"
# In one coordinate a linear function is largest at an end, where y is beyond it: u = p.
OUTWARD = "; equality where u maximises ⟨λx−p, ·⟩ over dom K*, p nearest to λx: u = p in each coordinate outside it"
NORMS = "distances in several dimensions in a norm that grows with the sizes of entries, as every ℓp norm"


@dataclass(frozen=True)
class Rate:
    """dist⁺ ≤ (numerator/denominator)·dist to the set times `radius`, for the flow d/dt dist ≤ −numerator·dist."""

    numerator: Any
    denominator: Any = 1
    radius: Any = 1

    def perturbed(self, name: str, relative: Fraction) -> "Rate":
        return replace(self, **{name: getattr(self, name) * (1 + relative)})


EXPLICIT, IMPLICIT, FLOW = Rate(1 - PRODUCT), Rate(1, 1 + PRODUCT), Rate(Term("weight_decay"))


class Push:
    """y moved by some u, in a scene."""

    def __init__(self, decay: str) -> None:
        scene = self.scene = Scene()
        self.low, self.high, self.y, self.u, self.lam = scene.reals("low high y u weight_decay")
        scene.assume("dom K* = [l, h]", self.low <= self.high)
        scene.assume(IN_DOMAIN, (self.low <= self.u) & (self.u <= self.high))
        if decay == "flow":
            scene.assume("λ > 0", self.lam > 0)
            self.velocity = scene.define("velocity", self.lam * (self.u - self.y))
            return
        self.eta = scene.real("step_size")
        scene.assume("η ≥ 0, λ > 0", (self.eta >= 0) & (self.lam > 0))
        if decay == "explicit":
            scene.assume(SHORT, self.eta * self.lam <= 1)
            self.y_next = scene.define("y_next", self.y + self.eta * self.lam * (self.u - self.y))
        else:
            self.y_next = scene.real("y_next")
            moved = self.y + self.eta * self.lam * (self.u - self.y_next)
            scene.assume("the implicit step", self.y_next.equals(moved))

    def distance(self, y: Term, radius: Any) -> Term:
        low, high = radius * self.low, radius * self.high
        return either(y > high, y - high, either(y < low, low - y, 0))

    def outward(self) -> Formula:
        """u maximises (y−p)u over the set, p the point of it nearest to y: outside, u = p."""
        return implies(self.y > self.high, self.u.equals(self.high)) & implies(
            self.y < self.low, self.u.equals(self.low)
        )


def plain_distance(v: Values, y: Fraction, radius: Fraction) -> Fraction:
    return max(y - radius * v["high"], radius * v["low"] - y, Fraction(0))


def plain_step(decay: str, v: Values, without: Collection[str]) -> Fraction | None:
    """y⁺, by way of x = y/λ; None where a hypothesis fails."""
    eta, lam, u = v["step_size"], v["weight_decay"], v["u"]
    if not (eta >= 0 and lam > 0 and v["low"] <= v["high"]):
        return None
    if not (v["low"] <= u <= v["high"] or IN_DOMAIN in without):
        return None
    x = v["y"] / lam
    if decay == "implicit":
        return lam * (x + eta * u) / (1 + eta * lam)
    return lam * (x + eta * (u - lam * x)) if eta * lam <= 1 or SHORT in without else None


def contraction(decay: str, rate: Rate) -> list[Obligation]:
    """The inequality for any u, and equality for the nearest."""

    def sides(values: Values, without: Collection[str]) -> tuple[Fraction, Fraction] | None:
        y_next = plain_step(decay, values, without)
        if y_next is None:
            return None
        radius = number(rate.radius, values)
        factor = number(rate.numerator, values) / number(rate.denominator, values)
        return plain_distance(values, y_next, radius), factor * plain_distance(values, values["y"], radius)

    def above(values: Values, without: Collection[str]) -> Fraction | None:
        found = sides(values, without)
        return found and found[0] - found[1]

    def apart(values: Values, without: Collection[str]) -> Fraction | None:
        found = sides(values, without)
        return found and abs(found[0] - found[1])

    return _both(f"contraction-{decay}", decay, rate, (above, apart), lambda at: (
        rate.denominator * at.distance(at.y_next, rate.radius), rate.numerator * at.distance(at.y, rate.radius)
    ))  # fmt: skip


def flow(rate: Rate) -> list[Obligation]:
    """d/dt of the distance outside the set; at its boundary no velocity points outward."""

    def above(values: Values, without: Collection[str]) -> Fraction | None:
        low, high, u = values["low"], values["high"], values["u"]
        if not (low <= 0 <= high and low <= u <= high and values["weight_decay"] > 0):
            return None
        radius = number(rate.radius, values)
        sign = 1 if values["y"] > radius * values["high"] else -1
        velocity = sign * values["weight_decay"] * (values["u"] - values["y"])
        return velocity + number(rate.numerator, values) * plain_distance(values, values["y"], radius)

    def apart(values: Values, without: Collection[str]) -> Fraction | None:
        found = above(values, without)
        return None if found is None else abs(found)

    def both_sides(at: Push) -> tuple[Term, Term]:
        outside = at.y > rate.radius * at.high
        at.scene.assume("λx lies outside the set", outside | (at.y < rate.radius * at.low))
        at.scene.assume("the set holds 0", (at.low <= 0) & (at.high >= 0))
        return either(outside, at.velocity, -at.velocity), -rate.numerator * at.distance(at.y, rate.radius)

    at = Push("flow")
    at_boundary = implies(at.y.equals(at.high), at.velocity <= 0) & implies(at.y.equals(at.low), at.velocity >= 0)
    boundary = Obligation("flow-boundary", "no velocity points outward at the boundary", at.scene, at_boundary)
    return [*_both("flow-contraction", "flow", rate, (above, apart), both_sides), boundary]


def _both(
    name: str, decay: str, rate: Rate, replays: tuple[Any, Any], sides: Callable[[Push], tuple[Term, Term]]
) -> list[Obligation]:
    found = []
    for is_outward, replay in enumerate(replays):
        at = Push(decay)
        left, right = sides(at)
        if is_outward:
            at.scene.assume("an outward push", at.outward())
        found.append(Obligation(
            name=name + ("-attained" if is_outward else ""),
            says="dist⁺ = rate·dist under an outward push" if is_outward else "dist⁺ ≤ rate·dist",
            scene=at.scene,
            conclusion=left.equals(right) if is_outward else left <= right,
            replay=replay,
            hints=[{name: value for name, value in USUAL.items() if name in at.scene.unknowns}],
            regular=[(at.y > at.high) | (at.y < at.low)],
            needed={SHORT: LONG} if decay == "explicit" and not is_outward else {},
        ))  # fmt: skip
    return found


SMALLER = Fraction(10**6 - 1, 10**6)

PROOFS = (
    smt_proof(
        "contraction-explicit",
        statement="dist⁺ > (1−ηλ)dist has no solution for ηλ ≤ 1, nor dist⁺ ≠ (1−ηλ)dist under an outward push.",
        domain=BOXES + OUTWARD,
        assumptions=(NORMS,),
        obligations=partial(contraction, "explicit"),
        subject=EXPLICIT,
        planted=(
            Planted("(1−ηλ)² per step", Rate((1 - PRODUCT) * (1 - PRODUCT))),
            Planted("the implicit rate 1/(1+ηλ) as the one attained", IMPLICIT),
            Planted("distances to a set smaller by a relative 1e-6", replace(EXPLICIT, radius=SMALLER)),
        ),
        coefficients=("numerator", "radius"),
        perturbed=lambda name, relative: EXPLICIT.perturbed(name, -relative),
    ),
    smt_proof(
        "contraction-implicit",
        statement="dist⁺ > dist/(1+ηλ) has no solution, nor dist⁺ ≠ dist/(1+ηλ) under an outward push.",
        domain=BOXES + OUTWARD,
        assumptions=(NORMS,),
        obligations=partial(contraction, "implicit"),
        subject=IMPLICIT,
        planted=(
            Planted("the explicit rate 1−ηλ, which is faster", EXPLICIT),
            Planted("1/(1+ηλ)² per step", Rate(1, (1 + PRODUCT) * (1 + PRODUCT))),
            Planted("distances to a set smaller by a relative 1e-6", replace(IMPLICIT, radius=SMALLER)),
        ),
        coefficients=("numerator", "radius"),
        perturbed=lambda name, relative: IMPLICIT.perturbed(name, -relative),
    ),
    smt_proof(
        "flow-contraction",
        statement="d/dt dist > −λ·dist has no solution outside the set, nor d/dt dist ≠ −λ·dist under an outward push.",
        domain=BOXES + OUTWARD,
        assumptions=(NORMS, "Grönwall's inequality"),
        obligations=flow,
        subject=FLOW,
        planted=(
            Planted("the rate 2λ", Rate(2 * Term("weight_decay"))),
            Planted("the rate λ/2, as the one attained", Rate(Fraction(1, 2) * Term("weight_decay"))),
            Planted("distances to a set smaller by a relative 1e-6", replace(FLOW, radius=SMALLER)),
        ),
        coefficients=("numerator", "radius"),
        perturbed=lambda name, relative: FLOW.perturbed(name, relative if name == "numerator" else -relative),
    ),
)
