"""The implicit step of everything as a scene, one coordinate, symbolic h, γ, ε, λ; the same step in plain fractions.

    x = (1+hλ)x⁺ − hs,   m = (1+hγ)m⁺ + hG⁺,   m̃⁺ = (1−εγ)m⁺ − εG⁺,   s ∈ ∂K(m̃⁺),   G⁺ = α∇f(x⁺)

The new state is unknown and the old one follows without a division. α(f(x⁺) − f(x)) = G⁺(x⁺−x) − D with D = αD_f(x;x⁺),
which is ≥ 0 for convex f. With c_h = N/E, N = 1−εγ, E = 1+(ε+h)λ, all is multiplied by λE > 0; λ = 0 is a scene of its
own, with z⁺ = 0 and no terms of K*.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..coefficients import Coefficients
from ._formulas import Scene, Term, Values, all_of, implies, number, term
from ._functions import Curve, Truncated, Unknown
from ._plain import function
from ._step import BOUNDED, RIGHT, Factors

CONVEX = "f is convex"
USUAL: Values = {
    "length": Fraction(1, 10), "gamma": Fraction(1), "epsilon": Fraction(1, 2), "weight_decay": Fraction(1, 2),
}  # fmt: skip
WITHOUT_DECAY: Values = {name: value for name, value in USUAL.items() if name != "weight_decay"}


class ProximalStep:
    """Terms of the scene; `change`, `decrease` and `remainders` are multiplied by λE > 0, or by E where λ = 0."""

    def __init__(self, of: type[Curve], has_decay: bool = True, factors: Factors = RIGHT) -> None:
        scene = self.scene = Scene()
        self.of, self.has_decay, self.factors = of, has_decay, factors
        self.h, self.gamma, self.epsilon = scene.reals("length gamma epsilon")
        self.lam = scene.real("weight_decay") if has_decay else term(0)
        scene.assume("h > 0, γ, ε ≥ 0", all_of(self.h > 0, self.gamma >= 0, self.epsilon >= 0))
        if has_decay:
            scene.assume("λ > 0", self.lam > 0)
        scene.assume("εγ ≤ 1", self.epsilon * self.gamma <= 1)
        K = of(scene)
        self.y_next = scene.real("y_next") if has_decay else term(0)
        self.m_next, self.force, self.remainder = scene.reals("m_next force loss_remainder")
        self.N = scene.define("N", 1 - self.epsilon * self.gamma)
        self.E = scene.define("E", 1 + (self.epsilon + self.h) * self.lam)
        self.m = scene.define("m", (1 + self.h * self.gamma) * self.m_next + self.h * self.force)
        self.look_ahead = scene.define("look_ahead", self.N * self.m_next - self.epsilon * self.force)
        if isinstance(K, Truncated):
            K.holds_at(self.look_ahead, BOUNDED)
        slope_at_look_ahead, slope = K.slope("slope", self.look_ahead), K.slope("slope_at_momentum", self.m_next)
        self.s = scene.define("s", factors.selection * slope_at_look_ahead)
        self.w = scene.define("w", factors.slope_at_momentum * slope)
        scene.assume("w = s where ε = 0", implies(self.epsilon.equals(0), self.s.equals(self.w)))
        if of is not Unknown:
            scene.assume(CONVEX, self.remainder >= 0)
        self.z_next, self.y = term(0), term(0)
        if has_decay:
            dual_slope = K.dual_slope("dual_slope", self.y_next)
            self.z_next = scene.define("z_next", factors.dual_slope * dual_slope)
            self.y = scene.define("y", (1 + self.h * self.lam) * self.y_next - self.h * self.lam * self.s)
            K.inside(self.y)
        self.move = scene.define("move", self.h * (self.s - self.y_next))
        self.K_new = K.value("m_next", self.m_next)
        self.K_old = K.value_above("m", self.m, self.K_new + slope * (self.m - self.m_next))
        self.dual_old, self.dual_new = term(0), term(0)
        if has_decay:
            value = K.conjugate("y_next", self.y_next)
            tangent = value + dual_slope * (self.y - self.y_next)
            self.dual_new = factors.dual_value * value
            self.dual_old = factors.dual_value * K.conjugate_above("y", self.y, tangent)
        else:
            K.rest_at_zero()
        self.factor = self.lam if has_decay else term(1)
        self.alignment = (self.s - self.y_next) * (self.look_ahead - self.z_next)
        self.enhancement = (self.s - self.w) * (self.m_next - self.m)
        self.momentum_remainder = self.K_old - self.K_new - self.w * (self.m - self.m_next)
        self.dual_remainder = self.dual_old - self.dual_new - self.z_next * (self.y - self.y_next)

    def change(self, q: Coefficients) -> Term:
        """H_h(x⁺,m⁺) − H_h(x,m)."""
        loss = self.factor * self.E * (q.loss * (self.force * self.move - self.remainder))
        momentum = self.N * self.factor * (q.momentum * (self.K_new - self.K_old))
        if not self.has_decay:
            return loss + momentum
        conjugate = self.dual_new - self.dual_old
        product = self.y_next * self.m_next - self.y * self.m
        penalty = self.E * self.gamma * (q.penalty * conjugate)
        return loss + momentum + penalty + self.N * self.lam * (q.conjugate * conjugate - q.product * product)

    def decrease(self, q: Coefficients) -> Term:
        """h(γ + c_hλ)Δ1 + hc_hΔ2/ε, the second as c_h⟨s − w, m⁺ − m⟩."""
        first = self.h * self.factor * (self.gamma * self.E + self.N * self.lam) * self.alignment
        return q.first * first + q.second * (self.N * self.factor * self.enhancement)

    def remainders(self) -> Term:
        """−D − (γ/λ + c_h)D_K* − c_hD_K."""
        found = -self.factor * self.E * self.remainder - self.N * self.factor * self.momentum_remainder
        return found - (self.gamma * self.E + self.N * self.lam) * self.dual_remainder if self.has_decay else found


@dataclass(frozen=True)
class PlainProximalStep:
    """The same step run in fractions from the old state: ΔH_h and the five terms of its ledger."""

    change: Fraction
    first: Fraction
    second: Fraction
    loss: Fraction
    of_dual: Fraction
    of_momentum: Fraction

    @property
    def terms(self) -> tuple[Fraction, ...]:
        return self.first, self.second, self.loss, self.of_dual, self.of_momentum


def plain_proximal_step(
    name: str, q: Coefficients, v: Values, without: Collection[str], factors: Factors = RIGHT
) -> PlainProximalStep | None:
    """None where a hypothesis fails. The loss is f(p) = G⁺(p − x⁺) + (D/(x⁺−x)²)(p − x⁺)², α = 1."""
    K = function(name, v)
    of_momentum = function("Absolute", v) if name == "Truncated" else K
    h, gamma, epsilon, m_next, force = (v[key] for key in ("length", "gamma", "epsilon", "m_next", "force"))
    lam, y_next = v.get("weight_decay", Fraction(0)), v.get("y_next", Fraction(0))
    slopes = v["slope"], v["slope_at_momentum"], v.get("dual_slope", Fraction(0))
    s, w, z_next = factors.selection * slopes[0], factors.slope_at_momentum * slopes[1], factors.dual_slope * slopes[2]
    if not (h > 0 and gamma >= 0 and epsilon >= 0 and lam >= 0 and epsilon * gamma <= 1):
        return None
    x_next = y_next / lam if lam > 0 else Fraction(0)
    x, m = x_next - h * (s - lam * x_next), m_next + h * (gamma * m_next + force)
    look_ahead = m_next + epsilon * (-force - gamma * m_next)
    if x_next != (x + h * s) / (1 + h * lam) or m_next != (m - h * force) / (1 + h * gamma):
        return None
    selecting = of_momentum if BOUNDED in without else K
    if not (selecting.is_slope(slopes[0], look_ahead) and of_momentum.is_slope(slopes[1], m_next)):
        return None
    if not K.is_slope(lam * x_next, slopes[2]) or K.conjugate(lam * x) is None or (epsilon == 0 and s != w):
        return None
    remainder = v["loss_remainder"]
    if (remainder < 0 and CONVEX not in without) or (remainder != 0 and x == x_next):
        return None
    c = (1 - epsilon * gamma) / (1 + (epsilon + h) * lam)
    bend = remainder / (x_next - x) ** 2 if x != x_next else Fraction(0)

    def H(at: Fraction, momentum: Fraction) -> Any:
        f = force * (at - x_next) + bend * (at - x_next) ** 2
        dual = K.conjugate(lam * at)
        penalty = number(q.penalty, v) * gamma / lam * dual if lam > 0 else 0
        bracket = number(q.conjugate, v) * dual + number(q.momentum, v) * of_momentum.value(momentum)
        return number(q.loss, v) * f + penalty + c * (bracket - number(q.product, v) * lam * at * momentum)

    of_dual = factors.dual_value * (K.conjugate(lam * x) - K.conjugate(y_next)) - z_next * lam * (x - x_next)
    return PlainProximalStep(
        change=H(x_next, m_next) - H(x, m),
        first=-number(q.first, v) * h * (gamma + c * lam) * (s - lam * x_next) * (look_ahead - z_next),
        second=-number(q.second, v) * c * (s - w) * (m_next - m),
        loss=-remainder,
        of_dual=-(gamma / lam + c) * of_dual if lam > 0 else Fraction(0),
        of_momentum=-c * (of_momentum.value(m) - of_momentum.value(m_next) - w * (m - m_next)),
    )
