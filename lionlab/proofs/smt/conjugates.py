"""The laws of K and K* for ‖·‖₁, dead zone and Huber, from their pieces, one coordinate at a time.

    K(z) + K*(y) ≥ zy,  equal at y = ∇K(z), so that K** = K          K*(y) = +∞ for |y| > 1: zy − K(z) exceeds any bound
    prox_τK(z) + τ prox_K*/τ(z/τ) = z                                 K(tz) = tK(z) for t > 0, exactly where K* = 0

p = prox_τK(z) is the point with (z − p)/τ ∈ ∂K(p), and r = prox_K*/τ(z/τ) the one with z − τr ∈ ∂K*(r).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from .._proof import Planted, Proof
from ._facts import facts
from ._formulas import Formula, Scene, Term, Values, between, either, size_of
from ._functions import Absolute, Curve, DeadZone, Huber
from ._obligation import Obligation
from ._plain import HALF, Function, function
from ._route import SUMS, smt_proof

Dual = Callable[[Fraction], Fraction]
Excess = Callable[[Function, Dual, Values], Fraction | None]
Law = tuple[str, Formula, Excess]
BEND: Values = {"bend": Fraction(1, 3)}


@dataclass(frozen=True)
class Pair:
    """Factors on K, on K* and on ∇K, and on the half width of dom K*."""

    value: Fraction = Fraction(1)
    conjugate: Fraction = Fraction(1)
    slope: Fraction = Fraction(1)
    width: Fraction = Fraction(1)


FACTORS = tuple(Pair.__dataclass_fields__)

# K* on its domain, whatever the domain is said to be.
PENALTIES: Mapping[str, Callable[[Values, Fraction], Fraction]] = {
    "Absolute": lambda v, y: Fraction(0),
    "DeadZone": lambda v, y: v["bend"] * abs(y),
    "Huber": lambda v, y: v["bend"] * y * y / 2,
}


def laws(of: type[Curve], subject: Pair) -> list[Obligation]:
    kind, hints = of.__name__, [{} if of is Absolute else BEND]
    found = []
    for name, law in (("inequality", _inequality), ("equality", _equality), ("outside", _outside)):
        K = of(Scene())
        says, conclusion, excess = law(K, subject)

        def replay(values: Values, without: Collection[str], excess: Excess = excess) -> Fraction | None:
            return excess(function(kind, values), lambda y: subject.conjugate * PENALTIES[kind](values, y), values)

        found.append(Obligation(f"conjugate-{name}-{kind}", says, K.scene, conclusion, replay, hints))
    return [*found, moreau(of), homogeneity(of), *facts((of,))]


def _inequality(K: Curve, subject: Pair) -> Law:
    z, y = K.scene.reals("z y")
    K.scene.assume("y ∈ dom K*", between(-subject.width, y, subject.width))

    def excess(K: Function, dual: Dual, v: Values) -> Fraction | None:
        gap = subject.value * K.value(v["z"]) + dual(v["y"]) - v["z"] * v["y"]
        return -gap if abs(v["y"]) <= subject.width else None

    sides = subject.value * K.value("z", z) + subject.conjugate * K.conjugate("y", y) >= z * y
    return "K(z) + K*(y) ≥ zy", sides, excess


def _equality(K: Curve, subject: Pair) -> Law:
    z, selected = K.scene.reals("z selected")
    K.scene.assume("∇K(z)", selected.equals(K.selection(z)))
    u = K.scene.define("u", subject.slope * selected)

    def excess(K: Function, dual: Dual, v: Values) -> Fraction | None:
        u = subject.slope * v["selected"]
        gap = subject.value * K.value(v["z"]) + dual(u) - v["z"] * u
        return abs(gap) + max(abs(u) - subject.width, Fraction(0)) if K.is_slope(v["selected"], v["z"]) else None

    equal = (subject.value * K.value("z", z) + subject.conjugate * K.conjugate("u", u)).equals(z * u)
    says = "K(z) + K*(u) = zu and u ∈ dom K* for u = ∇K(z)"
    return says, equal & between(-subject.width, u, subject.width), excess


def _outside(K: Curve, subject: Pair) -> Law:
    z, y, bound = K.scene.reals("z y bound")
    K.scene.assume("|y| > 1", size_of(y) > subject.width)
    K.scene.assume("B > 0", bound > 0)
    # One z for every y and B: the factor of z is not 0.
    K.scene.assume("z = ±2B/(|y| − 1)", (z * either(y > 0, y - subject.width, y + subject.width)).equals(2 * bound))

    def excess(K: Function, dual: Dual, v: Values) -> Fraction | None:
        z, y, bound = v["z"], v["y"], v["bound"]
        is_named = abs(y) > subject.width and bound > 0 and abs(z) * (abs(y) - subject.width) == 2 * bound
        return bound - (z * y - subject.value * K.value(z)) if is_named and z * y > 0 else None

    return "zy − K(z) > B for |y| > 1 and a z", z * y - subject.value * K.value("z", z) > bound, excess


def moreau(of: type[Curve]) -> Obligation:
    """With r = (z − p)/τ ∈ ∂K(p): p = z − τr ∈ ∂K*(r), so that r is the other proximal point."""
    K = of(Scene())
    z, p, r, tau = K.scene.reals("z p r tau")
    K.scene.assume("τ > 0", tau > 0)
    K.scene.assume("r = (z − p)/τ", (tau * r).equals(z - p))
    K.scene.assume("p = prox_τK(z)", K.is_slope(r, p))
    return Obligation(f"conjugate-moreau-{of.__name__}", "z − τr ∈ ∂K*(r)", K.scene, K.is_dual_slope(z - tau * r, r))


def homogeneity(of: type[Curve]) -> Obligation:
    """K(tz) = tK(z) for |·|, whose K* is 0; K(4e) ≠ 2K(2e) for the others, whose K*(1) is not."""
    K, name = of(Scene()), f"conjugate-homogeneity-{of.__name__}"
    if isinstance(K, Absolute):
        z, t = K.scene.reals("z t")
        K.scene.assume("t > 0", t > 0)
        return Obligation(name, "K(tz) = tK(z)", K.scene, K.value("tz", t * z).equals(t * K.value("z", z)))
    e = Term("bend")
    differs = K.value("far", 4 * e).differs(2 * K.value("near", 2 * e)) & K.conjugate("one", Term(1)).differs(0)
    return Obligation(name, "K(4e) ≠ 2K(2e), K*(1) ≠ 0", K.scene, differs)


def with_error(name: str, relative: Fraction) -> Pair:
    return replace(Pair(), **{name: 1 - relative})


def _proof(claim: str, of: type[Curve], domain: str, coefficients: tuple[str, ...]) -> Proof:
    return smt_proof(
        claim,
        statement="Fenchel and Young's inequality, its equality, Moreau's identity and homogeneity have no exception.",
        domain=domain,
        is_complete=True,
        assumptions=(SUMS, "p = prox_φ(z) is the one point with z − p ∈ ∂φ(p)"),
        obligations=partial(laws, of),
        subject=Pair(),
        planted=(
            Planted("K half as large", Pair(value=HALF)),
            Planted("the sign of ∇K", Pair(slope=Fraction(-1))),
            Planted("dom K* a tenth wider", Pair(width=Fraction(11, 10))),
            Planted("dom K* a tenth narrower", Pair(width=Fraction(9, 10))),
        ),
        coefficients=coefficients,
        perturbed=with_error,
    )


PROOFS = (
    _proof("conjugate-laws-l1-norm", Absolute, "K = ‖·‖₁, any dimension", ("value", "slope", "width")),
    _proof("conjugate-laws-deadzone-l1", DeadZone, "dead zone, all e > 0, any dimension", FACTORS),
    _proof("conjugate-laws-huber", Huber, "Huber, all e > 0, any dimension", FACTORS),
)
