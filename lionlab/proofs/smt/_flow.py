"""The flow at one moment, one coordinate, symbolic γ, ε, λ; and dH/dt in plain fractions from the values of H.

    ṁ = −G − γm,   m̃ = m + εṁ,   ẋ = u − y,   u ∈ ∂K(m̃), w ∈ ∂K(m), z ∈ ∂K*(y),   y = λx,  G = α∇f(x)

α∇f enters as one number that may be any: for every differentiable f, and α > 0. So does y, free for λ > 0 and 0 for
λ = 0, where z is the fixed element of argmin K of that case. With c = (1−εγ)/(1+ελ) all is multiplied by 1+ελ > 0.

Where K has a kink H is not differentiable; dH/dt is then what the chain rule gives with any slopes u, w, z, which is
the derivative along an absolutely continuous solution at almost every time.
"""

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from ..coefficients import Coefficients
from ._formulas import Formula, Scene, Term, Values, all_of, implies, number
from ._functions import Curve
from ._plain import derivative, function

PRODUCT = "εγ ≤ 1"
USUAL: Values = {"gamma": Fraction(1), "epsilon": Fraction(1, 2), "weight_decay": Fraction(1)}
TOO_LARGE: Values = {**USUAL, "epsilon": Fraction(2)}


class Moment:
    """Terms of the scene. `derivative`, `first` and `second` are multiplied by 1+ελ."""

    def __init__(self, of: type[Curve]) -> None:
        scene = self.scene = Scene()
        self.gamma, self.epsilon, self.lam = scene.reals("gamma epsilon weight_decay")
        scene.assume("γ, ε, λ ≥ 0", all_of(self.gamma >= 0, self.epsilon >= 0, self.lam >= 0))
        scene.assume(PRODUCT, self.epsilon * self.gamma <= 1)
        self.of = of
        K = self.K = of(scene)
        self.y, self.m, self.force = scene.reals("y m force")
        scene.assume("y = λx", implies(self.lam.equals(0), self.y.equals(0)))
        K.inside(self.y)
        self.m_dot = scene.define("m_dot", -self.force - self.gamma * self.m)
        self.look_ahead = scene.define("look_ahead", self.m + self.epsilon * self.m_dot)
        self.u, self.w = K.slope("u", self.look_ahead), K.slope("w", self.m)
        scene.assume("w = u where ε = 0", implies(self.epsilon.equals(0), self.u.equals(self.w)))
        self.z = K.dual_slope("z", self.y)
        self.x_dot = scene.define("x_dot", self.u - self.y)
        self.D = scene.define("D", 1 + self.epsilon * self.lam)
        self.N = scene.define("N", 1 - self.epsilon * self.gamma)
        self.alignment = self.x_dot * (self.look_ahead - self.z)
        self.enhancement = (self.u - self.w) * self.m_dot

    def derivative(self, q: Coefficients, weight: Term | None = None) -> Term:
        """dH/dt; `weight` is that of the bracket, times D, and is N unless given."""
        weight = self.N if weight is None else weight
        loss = self.D * (q.loss * self.force + q.penalty * (self.gamma * self.z)) * self.x_dot
        along_x = self.lam * (q.conjugate * self.z - q.product * self.m) * self.x_dot
        along_m = (q.momentum * self.w - q.product * self.y) * self.m_dot
        return loss + weight * (along_x + along_m)

    def first(self, q: Coefficients) -> Term:
        """(γ+cλ)Δ1."""
        return q.first * ((self.gamma * self.D + self.N * self.lam) * self.alignment)

    def second(self, q: Coefficients) -> Term:
        """cΔ2."""
        return q.second * (self.N * self.enhancement)

    @property
    def regular(self) -> tuple[Formula, ...]:
        """Away from the kinks of |·| and its like at 0, and from the boundary of the box."""
        return (self.y > -1, self.y < 1, self.m.differs(0), self.look_ahead.differs(0), self.lam > 0)


class PlainMoment:
    """dH/dt by the values of H on both sides, and the two rates; for λ > 0 and away from kinks."""

    def __init__(self, rise: Fraction, first: Fraction, second: Fraction) -> None:
        self.rise, self.first, self.second = rise, first, second


def plain_moment(
    name: str, q: Coefficients, v: Values, without: Collection[str], weight: Fraction | None = None
) -> PlainMoment | None:
    """None where a hypothesis fails, at a kink, and where λ = 0. `weight` of the bracket is c unless given."""
    K = function(name, v)
    gamma, epsilon, lam, y, m, force = (v[key] for key in ("gamma", "epsilon", "weight_decay", "y", "m", "force"))
    u, w, z = v["u"], v["w"], v["z"]
    if not (gamma >= 0 and epsilon >= 0 and lam > 0 and (epsilon * gamma <= 1 or PRODUCT in without)):
        return None
    m_dot = -force - gamma * m
    look_ahead = m + epsilon * m_dot
    if not (K.is_slope(u, look_ahead) and K.is_slope(w, m) and K.is_slope(y, z)):
        return None
    if epsilon == 0 and u != w:
        return None
    x, x_dot = y / lam, u - y
    c = (1 - epsilon * gamma) / (1 + epsilon * lam)
    bracket_weight = c if weight is None else weight

    def H(time: Fraction) -> Fraction | None:
        """With f linear and α = 1."""
        at, momentum = x + time * x_dot, m + time * m_dot
        dual, K_at = K.conjugate(lam * at), K.value(momentum)
        if dual is None or K_at is None:
            return None
        product = number(q.product, v) * lam * at * momentum
        bracket: Any = number(q.conjugate, v) * dual + number(q.momentum, v) * K_at - product
        return number(q.loss, v) * force * at + number(q.penalty, v) * gamma / lam * dual + bracket_weight * bracket

    rise = derivative(H)
    if rise is None:
        return None
    first = number(q.first, v) * (gamma + c * lam) * x_dot * (look_ahead - z)
    return PlainMoment(rise, first, number(q.second, v) * c * (u - w) * m_dot)
