"""Constant-step Lion on f = (a/2)x²: its orbit of period two, and the floor below which it cannot settle.

    m̃ = β1 m − (1−β1)ax,   x⁺ = x + η(sign m̃ − λx),   m⁺ = β2 m − (1−β2)ax,      0 < ηλ ≤ 1, a > 0

K = |·| in one dimension is all that is claimed, so that the route is complete. c = η/(2−ηλ) and the momentum of the
orbit are unknowns with the equations c(2−ηλ) = η, q(1+β2) = (1−β2)ac, whose factors are positive.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ._formulas import Formula, Scene, Term, Values, all_of, between, either, number, size_of
from ._obligation import Obligation
from ._plain import HALF
from ._route import smt_proof

USUAL: Values = {
    "a": Fraction(2), "step_size": Fraction(1, 10), "weight_decay": HALF,
    "beta1": Fraction(9, 10), "beta2": Fraction(99, 100),
}  # fmt: skip
AT_THE_EDGE: Values = {**USUAL, "beta1": Fraction(97, 100), "beta2": Fraction(94, 100)}
REVERSED: Values = {**USUAL, "beta1": HALF, "beta2": Fraction(1, 4)}
ON_ORBIT: Values = {**USUAL, "x": Fraction(2, 39), "m": Fraction(4, 39 * 199)}
DOMAIN = "K = |·|, f = (a/2)x², one dimension; all a, η, λ > 0 with ηλ ≤ 1, β1 in [0, 1], β2 in [0, 1)"


def sign(t: Term) -> Term:
    return either(t > 0, 1, either(t < 0, -1, 0))


class Parabola:
    """The constants in a scene, and the step from any state."""

    def __init__(self) -> None:
        scene = self.scene = Scene()
        self.a, self.eta, self.lam, self.beta1, self.beta2 = scene.reals("a step_size weight_decay beta1 beta2")
        scene.assume("a, η, λ > 0", all_of(self.a > 0, self.eta > 0, self.lam > 0))
        scene.assume("ηλ ≤ 1", self.eta * self.lam <= 1)
        scene.assume("β1 ≤ 1, β2 < 1", all_of(between(0, self.beta1, 1), self.beta2 >= 0, self.beta2 < 1))
        self.c = scene.real("c")
        scene.assume("c = η/(2−ηλ)", (self.c * (2 - self.eta * self.lam)).equals(self.eta))

    def look_ahead(self, x: Term, m: Term) -> Term:
        return self.beta1 * m - (1 - self.beta1) * (self.a * x)

    def step(self, x: Term, m: Term) -> tuple[Term, Term]:
        moved = x + self.eta * (sign(self.look_ahead(x, m)) - self.lam * x)
        return moved, self.beta2 * m - (1 - self.beta2) * (self.a * x)


def plain_step(v: Values, x: Fraction, m: Fraction) -> tuple[Fraction, Fraction]:
    g, look_ahead = v["a"] * x, v["beta1"] * m - (1 - v["beta1"]) * v["a"] * x
    u = (look_ahead > 0) - (look_ahead < 0)
    return x + v["step_size"] * (u - v["weight_decay"] * x), v["beta2"] * m - (1 - v["beta2"]) * g


def is_in_range(v: Values) -> bool:
    rates = v["a"] > 0 and v["step_size"] > 0 and v["weight_decay"] > 0 and v["step_size"] * v["weight_decay"] <= 1
    return rates and 0 <= v["beta1"] <= 1 and 0 <= v["beta2"] < 1


@dataclass(frozen=True)
class Orbit:
    """Factors on the orbit's place and momentum; on β1 in the condition 1 + β2 − 2β1 > 0; on the eigenvalue β2."""

    place: Any = 1
    momentum: Any = 1
    condition: Any = 1
    eigenvalue: Any = 1


def orbit(subject: Orbit) -> list[Obligation]:
    return [exists(subject), only(subject), deviations(subject)]


def exists(subject: Orbit) -> Obligation:
    """±(x, m) is an orbit exactly where the condition holds."""
    at = Parabola()
    q = at.scene.real("q")
    at.scene.assume("q = (1−β2)ac/(1+β2)", (q * (1 + at.beta2)).equals((1 - at.beta2) * (at.a * at.c)))
    x, m = at.scene.define("x", subject.place * at.c), at.scene.define("m", subject.momentum * (subject.place * q))
    x_next, m_next = at.step(x, m)
    is_orbit = x_next.equals(-x) & m_next.equals(-m)
    condition = 1 + at.beta2 - 2 * (subject.condition * at.beta1) > 0

    def replay(v: Values, without: Collection[str]) -> Fraction | None:
        if not is_in_range(v):
            return None
        x = number(subject.place, v) * v["step_size"] / (2 - v["step_size"] * v["weight_decay"])
        m = number(subject.momentum, v) * x * (1 - v["beta2"]) * v["a"] / (1 + v["beta2"])
        returns = plain_step(v, x, m) == (-x, -m)
        return Fraction(returns != (1 + v["beta2"] - 2 * number(subject.condition, v) * v["beta1"] > 0))

    says = "(x, m) = c(1, (1−β2)a/(1+β2)) goes to −(x, m) ⇔ 1 + β2 − 2β1 > 0"
    conclusion = (is_orbit & condition) | ~(is_orbit | condition)
    return Obligation("orbit", says, at.scene, conclusion, replay, [USUAL, AT_THE_EDGE, REVERSED, {}])


def only(subject: Orbit) -> Obligation:
    """Every state that two steps bring back, and one does not, is that orbit or its opposite."""
    at = Parabola()
    x, m = at.scene.reals("x m")
    between_x, between_m = at.step(x, m)
    other_x, other_m = at.scene.define("x_next", between_x), at.scene.define("m_next", between_m)
    back_x, back_m = at.step(other_x, other_m)
    at.scene.assume("two steps lead back", back_x.equals(x) & back_m.equals(m))
    at.scene.assume("one step does not", other_x.differs(x) | other_m.differs(m))
    place = subject.place * at.c
    q = subject.momentum * subject.place * ((1 - at.beta2) * (at.a * at.c))
    here = (x.equals(place) & (m * (1 + at.beta2)).equals(q)) | (x.equals(-place) & (m * (1 + at.beta2)).equals(-q))
    conclusion = here & (1 + at.beta2 - 2 * (subject.condition * at.beta1) > 0)
    return Obligation("orbit-alone", "there is no other orbit of period two", at.scene, conclusion)


def deviations(subject: Orbit) -> Obligation:
    """Two states with the same sign of m̃ go on by the triangular linear map with eigenvalues 1−ηλ and β2."""
    at = Parabola()
    x, m, off_x, off_m = at.scene.reals("x m off_x off_m")
    near, here = at.look_ahead(x + off_x, m + off_m), at.look_ahead(x, m)
    at.scene.assume("the same sign of m̃", sign(near).equals(sign(here)))
    (x_near, m_near), (x_next, m_next) = at.step(x + off_x, m + off_m), at.step(x, m)
    in_x = (x_near - x_next).equals((1 - at.eta * at.lam) * off_x)
    in_m = (m_near - m_next).equals(subject.eigenvalue * at.beta2 * off_m - (1 - at.beta2) * (at.a * off_x))

    def replay(v: Values, without: Collection[str]) -> Fraction | None:
        near = v["x"] + v["off_x"], v["m"] + v["off_m"]
        ahead = [v["beta1"] * m - (1 - v["beta1"]) * v["a"] * x for x, m in (near, (v["x"], v["m"]))]
        if not is_in_range(v) or (ahead[0] > 0) != (ahead[1] > 0) or (ahead[0] < 0) != (ahead[1] < 0):
            return None
        (x_near, m_near), (x_next, m_next) = plain_step(v, *near), plain_step(v, v["x"], v["m"])
        in_x = x_near - x_next - (1 - v["step_size"] * v["weight_decay"]) * v["off_x"]
        expected = number(subject.eigenvalue, v) * v["beta2"] * v["off_m"] - (1 - v["beta2"]) * v["a"] * v["off_x"]
        return abs(in_x) + abs(m_near - m_next - expected)

    says = "a deviation that changes no sign goes on linearly, with eigenvalues 1−ηλ and β2"
    return Obligation("deviations", says, at.scene, in_x & in_m, replay, [USUAL], [off_m.differs(0), off_x.differs(0)])


@dataclass(frozen=True)
class Floor:
    """Factors on η in |x⁺| + (1−ηλ)|x| ≥ η, and on c in the mean score's bound."""

    step: Any = 1
    mean: Any = 1


def floor(subject: Floor) -> list[Obligation]:
    """The floor of a step; and S(x) ≥ ac(1+λc) + κ(|x| − |x⁺|), κ = a(1+2λc)/(2−ηλ), which sums to that of the mean."""
    found = []
    for name in ("floor", "score"):
        at = Parabola()
        x, m = at.scene.reals("x m")
        at.scene.assume("m̃ ≠ 0", at.look_ahead(x, m).differs(0))
        x_next = at.scene.define("x_next", at.step(x, m)[0])
        if name == "floor":
            conclusion: Formula = size_of(x_next) + (1 - at.eta * at.lam) * size_of(x) >= subject.step * at.eta
            says = "|x⁺| + (1−ηλ)|x| ≥ η"
        else:
            c = at.scene.define("mean_place", subject.mean * at.c)
            # Multiplied by 2 − ηλ > 0; S = a|x| + aλx² inside the box.
            score = at.a * size_of(x) + at.a * at.lam * x * x
            constant = at.a * c * (1 + at.lam * c)
            telescoping = at.a * (1 + 2 * (at.lam * c)) * (size_of(x) - size_of(x_next))
            conclusion = (2 - at.eta * at.lam) * (score - constant) >= telescoping
            says = "S(x) ≥ ac(1+λc) + a(1+2λc)(|x| − |x⁺|)/(2−ηλ)"
        found.append(Obligation(name, says, at.scene, conclusion, _floor_replay(name, subject), [USUAL, ON_ORBIT],
                                needed={"m̃ ≠ 0": USUAL}))  # fmt: skip
    return found


def _floor_replay(name: str, subject: Floor) -> Any:
    def replay(v: Values, without: Collection[str]) -> Fraction | None:
        x, m, eta, lam, a = v["x"], v["m"], v["step_size"], v["weight_decay"], v["a"]
        if not is_in_range(v) or (v["beta1"] * m == (1 - v["beta1"]) * a * x and not without):
            return None
        x_next = plain_step(v, x, m)[0]
        if name == "floor":
            return number(subject.step, v) * eta - abs(x_next) - (1 - eta * lam) * abs(x)
        c = number(subject.mean, v) * eta / (2 - eta * lam)
        kappa = a * (1 + 2 * lam * c) / (2 - eta * lam)
        return a * c * (1 + lam * c) + kappa * (abs(x) - abs(x_next)) - a * abs(x) * (1 + lam * abs(x))

    return replay


def _orbit_with_error(name: str, relative: Fraction) -> Orbit:
    return replace(Orbit(), **{name: 1 + relative})


def _floor_with_error(name: str, relative: Fraction) -> Floor:
    return replace(Floor(), **{name: 1 + relative})


PROOFS = (
    smt_proof(
        "two-cycle-exact",
        statement="The orbit is one exactly for 1 + β2 − 2β1 > 0, no other is; deviations have the eigenvalues named.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=("powers of a triangular matrix with eigenvalues 1−ηλ and β2 in [0, 1) tend to 0",),
        obligations=orbit,
        subject=Orbit(),
        planted=(
            Planted("c = η/2, without the decay", Orbit(place=1 - HALF * Term("step_size") * Term("weight_decay"))),
            Planted("m = c(1−β2)a, without 1/(1+β2)", Orbit(momentum=1 + Term("beta2"))),
            Planted("it exists for β1 < 1/2 alone", Orbit(condition=1 + Term("beta2"))),
            Planted("δm shrinks by β2²", Orbit(eigenvalue=Term("beta2"))),
        ),
        coefficients=tuple(Orbit.__dataclass_fields__),
        perturbed=_orbit_with_error,
    ),
    smt_proof(
        "constant-step-floor",
        statement="No step with m̃ ≠ 0 has |x⁺| + (1−ηλ)|x| < η, nor a score below what sums to the bound of the mean.",
        domain=DOMAIN + "; for the mean, runs with m̃ ≠ 0 at every step",
        is_complete=True,
        assumptions=("the bound of the mean is the sum of the bounds of the steps, which telescopes",),
        obligations=floor,
        subject=Floor(),
        planted=(
            Planted("the floor too high by one part in a million", Floor(step=1 + Fraction(1, 10**6))),
            Planted("c too large by one part in a million", Floor(mean=1 + Fraction(1, 10**6))),
            Planted("the floor 2η", Floor(step=2)),
        ),
        coefficients=tuple(Floor.__dataclass_fields__),
        perturbed=_floor_with_error,
    ),
)
