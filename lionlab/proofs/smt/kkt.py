"""The KKT score S = K(−∇f) + ⟨λx, ∇f⟩ + K*(λx), coordinate by coordinate: λ times the Frank–Wolfe gap, and its use.

    S ≥ g(y − v) + K*(y) − K*(v) for every v ∈ dom K*,  with equality for v ∈ ∂K(−g), which is not empty

For convex f, f(x) − f(v) ≤ ⟨∇f(x), x − v⟩, and so λ(F(x) − F(v)) ≤ S. Both sides are sums over coordinates.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ._facts import facts
from ._formulas import Scene, Term, Values, number
from ._functions import CONCRETE, Curve
from ._obligation import Obligation
from ._plain import HALF, Function
from ._pointwise import DOMAIN, about
from ._route import SUMS, smt_proof


@dataclass(frozen=True)
class Score:
    """Factors on the three terms of S."""

    value: Any = 1
    product: Any = 1
    conjugate: Any = 1

    def at(self, K: Curve, y: Term, g: Term) -> Term:
        return self.value * K.value("minus_g", -g) + self.product * (y * g) + self.conjugate * K.conjugate("y", y)

    def plain(self, K: Function, values: Values) -> Fraction | None:
        y, g = values["y"], values["g"]
        dual, at = K.conjugate(y), K.value(-g)
        if dual is None or at is None:
            return None
        return (
            number(self.value, values) * at
            + number(self.product, values) * y * g
            + number(self.conjugate, values) * dual
        )


def gap(subject: Score) -> list[Obligation]:
    """S is at least what every v gives, equal to what v ∈ ∂K(−g) gives, and ≥ 0."""

    def apart(K: Function, values: Values) -> Fraction | None:
        """S less what v gives."""
        score, other = subject.plain(K, values), K.conjugate(values["v"])
        if score is None or other is None:
            return None
        dual = K.conjugate(values["y"])
        return score - (values["g"] * (values["y"] - values["v"]) + dual - other)

    def below(K: Function, values: Values) -> Fraction | None:
        found = apart(K, values)
        return None if found is None else -found

    def unequal(K: Function, values: Values) -> Fraction | None:
        found = apart(K, values)
        return abs(found) if found is not None and K.is_slope(values["v"], -values["g"]) else None

    def negative(K: Function, values: Values) -> Fraction | None:
        score = subject.plain(K, values)
        return None if score is None else -score

    found = []
    for of in CONCRETE:
        for name, excess in (("gap-bound", below), ("gap-attained", unequal), ("score-sign", negative)):
            K = of(Scene())
            scene = K.scene
            y, g = scene.reals("y g")
            K.inside(y)
            score = subject.at(K, y, g)
            if name == "score-sign":
                says, conclusion = "S ≥ 0", score >= 0
            else:
                v = K.slope("v", -g) if name == "gap-attained" else scene.real("v")
                K.inside(v)
                given = g * (y - v) + K.conjugate("y", y) - K.conjugate("v", v)
                is_equal = name == "gap-attained"
                says = f"S {'=' if is_equal else '≥'} g(y − v) + K*(y) − K*(v)"
                conclusion = score.equals(given) if is_equal else score >= given
            found.append(about(name, K, says, conclusion, excess, [{}]))
    return [*found, *facts()]


def certificate(subject: Score) -> list[Obligation]:
    """λ(f(x) − f(v)) + K*(λx) − K*(λv) ≤ S for f(x) − f(v) ≤ g(x − v)."""

    def excess(K: Function, values: Values) -> Fraction | None:
        lam, drop = values["weight_decay"], values["drop"]
        score, other, dual = subject.plain(K, values), K.conjugate(values["v"]), K.conjugate(values["y"])
        if score is None or other is None or dual is None or lam <= 0:
            return None
        x, v = values["y"] / lam, values["v"] / lam
        # The loss is g(p − x) + κ(p − x)² with the κ ≥ 0 that makes f(x) − f(v) the drop.
        if drop > values["g"] * (x - v) or (x == v and drop != 0):
            return None
        return drop + dual / lam - other / lam - score / lam

    found = []
    for of in CONCRETE:
        K = of(Scene())
        scene = K.scene
        lam, y, v, g, drop = scene.reals("weight_decay y v g drop")
        scene.assume("λ > 0", lam > 0)
        K.inside(y)
        K.inside(v)
        scene.assume("f is convex: f(x) − f(v) ≤ g(x − v)", lam * drop <= g * (y - v))
        left = lam * drop + K.conjugate("y", y) - K.conjugate("v", v)
        says = "λ(F(x) − F(v)) ≤ S"
        found.append(about("certificate", K, says, left <= subject.at(K, y, g), excess, [{"weight_decay": HALF}]))
    return [*found, *facts()]


def with_error(name: str, relative: Fraction) -> Score:
    return replace(Score(), **{name: 1 - relative})


LAM = Term("weight_decay")
WITHOUT_CONJUGATE = Planted("K*(λx) left out", Score(conjugate=0))
OTHER_SIGN = Planted("the sign of ⟨λx, ∇f⟩", Score(product=-1))
SMALLER = Planted("S smaller by one part in a million", Score(*3 * (Fraction(10**6 - 1, 10**6),)))

PROOFS = (
    smt_proof(
        "kkt-score-is-frank-wolfe-gap",
        statement="No v ∈ dom K* gives more than S, none in ∂K(−∇f) other than S, and S < 0 has no solution.",
        domain=DOMAIN + "; any gradient, λx ∈ dom K*",
        obligations=gap,
        subject=Score(),
        planted=(WITHOUT_CONJUGATE, OTHER_SIGN, SMALLER),
        coefficients=tuple(Score.__dataclass_fields__),
        perturbed=with_error,
    ),
    smt_proof(
        "kkt-score-bounds-the-gap",
        statement="λ(F(x) − F(v)) > S has no solution for convex f, whatever v.",
        domain=DOMAIN + "; every convex differentiable f, all λ > 0, λx and λv in dom K*",
        assumptions=(SUMS, "a convex f has f(v) ≥ f(x) + ⟨∇f(x), v − x⟩"),
        obligations=certificate,
        subject=Score(),
        planted=(SMALLER, OTHER_SIGN, Planted("S/λ multiplied by λ once more", Score(LAM, LAM, LAM))),
        coefficients=tuple(Score.__dataclass_fields__),
        perturbed=with_error,
    ),
)
