"""One implicit step of one coordinate as a scene, for symbolic η, λ, β1, β2, and the same step in plain fractions.

    x⁺ = x + η(u − λx⁺),  u ∈ ∂K(m̃⁺),  m̃⁺ = β1 m − (1−β1)g,  m⁺ = β2 m − (1−β2)g,  w ∈ ∂K(m⁺),  z⁺ ∈ ∂K*(λx⁺)

The unknown is y⁺ = λx⁺, from which y = λx = (1+ηλ)y⁺ − ηλu is had without a division. With c = N/D, N = ηβ1 and
D = ηλ(1−β1) + 1−β2 > 0, all is multiplied by λD, which changes no sign. The loss enters by f(x⁺) − f(x) = g(x⁺−x) + D_f
with D_f an unknown, at most (L/2)(x⁺−x)² in size for L-smooth f; in several dimensions the sum of such bounds over the
coordinates is (L/2)‖x⁺−x‖². Explicit decay is this with η′ = η/(1−ηλ) (`equivalence`).

λ = 0 is a scene of its own: no terms of K*, z⁺ = 0, which needs 0 ∈ ∂K(0).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from .._proof import Planted
from ..coefficients import THEOREM, Coefficients
from ._formulas import Formula, Scene, Term, Values, between, implies, number, term
from ._functions import ALL, FOLLOWS_FROM_EVERY, Absolute, Curve, DeadZone, Every, Truncated, Unknown
from ._obligation import Obligation
from ._plain import HALF, function

ORDER = "β1 ≤ β2"
SAME_CHOICE = "w = u where β1 = β2"
BOUNDED = "|m̃⁺| ≤ M"

# Constants of everyday use, and a pair in the wrong order, at which counterexamples are looked for first.
USUAL: Values = {
    "step_size": Fraction(1, 10), "weight_decay": Fraction(1, 2), "beta1": Fraction(9, 10), "beta2": Fraction(99, 100),
}  # fmt: skip
REVERSED: Values = {**USUAL, "beta1": Fraction(99, 100), "beta2": HALF}


def without_decay(values: Values) -> dict[str, Fraction]:
    """The same constants for the scene with λ = 0."""
    return {name: value for name, value in values.items() if name != "weight_decay"}


@dataclass(frozen=True)
class Factors:
    """Factors on slopes and on K*, all 1 where these are right."""

    selection: Fraction = Fraction(1)
    slope_at_momentum: Fraction = Fraction(1)
    dual_slope: Fraction = Fraction(1)
    dual_value: Fraction = Fraction(1)


RIGHT = Factors()
WRONG_FACTORS = (
    Planted("K* twice too large, its slope right", replace(RIGHT, dual_value=Fraction(2))),
    Planted("slopes of K* forgotten", replace(RIGHT, dual_slope=Fraction(0))),
    Planted("the sign of the selection", replace(RIGHT, selection=Fraction(-1))),
    Planted("the sign of the slope at m⁺", replace(RIGHT, slope_at_momentum=Fraction(-1))),
)


def with_error(name: str, relative: Fraction) -> Factors:
    """Slopes of the step too short and of K* too long, K* too large: errors of which one sign shows."""
    sign = -1 if name == "selection" else 1
    return replace(RIGHT, **{name: 1 + sign * relative})


@dataclass
class Step:
    """Terms of the scene; `change`, `decrease` and `remainders` are multiplied by λD > 0, or by D where λ = 0."""

    of: type[Curve]
    has_decay: bool = True
    is_ordered: bool = True
    factors: Factors = RIGHT
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        scene = self.scene = Scene()
        self.eta = scene.real("step_size")
        self.lam = scene.real("weight_decay") if self.has_decay else term(0)
        self.beta1, self.beta2 = scene.reals("beta1 beta2")
        self._ranges()
        K = self.K = self.of(scene)
        self.y_next = scene.real("y_next") if self.has_decay else term(0)
        self.m, self.g, self.remainder, self.smoothness = scene.reals("m g loss_remainder smoothness")
        self.look_ahead = scene.define("look_ahead", self.beta1 * self.m - (1 - self.beta1) * self.g)
        self.m_next = scene.define("m_next", self.beta2 * self.m - (1 - self.beta2) * self.g)
        if isinstance(K, Truncated):
            K.holds_at(self.look_ahead, BOUNDED)
        factors, slope_at_look_ahead = self.factors, K.slope("slope", self.look_ahead)
        slope = K.slope("slope_at_momentum", self.m_next)
        self.u = scene.define("u", factors.selection * slope_at_look_ahead)
        self.w = scene.define("w", factors.slope_at_momentum * slope)
        if self.is_ordered:
            self.scene.assume(SAME_CHOICE, implies(self.beta1.equals(self.beta2), self.u.equals(self.w)))
        self.z_next, self.y = term(0), term(0)
        if self.has_decay:
            dual_slope = K.dual_slope("dual_slope", self.y_next)
            self.z_next = scene.define("z_next", factors.dual_slope * dual_slope)
            self.y = scene.define("y", (1 + self.eta * self.lam) * self.y_next - self.eta * self.lam * self.u)
            K.inside(self.y)
        self.move = scene.define("move", self.eta * (self.u - self.y_next))
        self.curvature = scene.define("curvature", HALF * self.smoothness * self.move * self.move)
        if self.of is not Unknown:
            scene.assume("f is L-smooth", (-self.curvature <= self.remainder) & (self.remainder <= self.curvature))
        self.K_new = K.value("m_next", self.m_next)
        self.K_old = K.value_above("m", self.m, self.K_new + slope * (self.m - self.m_next))
        self.dual_old, self.dual_new = term(0), term(0)
        if self.has_decay:
            value = K.conjugate("y_next", self.y_next)
            tangent = value + dual_slope * (self.y - self.y_next)
            self.dual_new = factors.dual_value * value
            self.dual_old = factors.dual_value * K.conjugate_above("y", self.y, tangent)
        else:
            K.rest_at_zero()
        weight = self.eta * self.lam * (1 - self.beta1) + (1 - self.beta2)
        self.D, self.N = scene.define("D", weight), scene.define("N", self.eta * self.beta1)
        self.scale = scene.define("scale", self.lam * self.D if self.has_decay else self.D)

    def _ranges(self) -> None:
        assume = self.scene.assume
        assume("η > 0", self.eta > 0)
        inside = between(0, self.beta1, 1) & between(0, self.beta2, 1)
        if self.has_decay:
            assume("λ > 0", self.lam > 0)
            assume("0 ≤ β1, β2 ≤ 1, not both 1", inside & (self.beta1 + self.beta2 < 2))
        else:
            assume("0 ≤ β1 ≤ 1, 0 ≤ β2 < 1", inside & (self.beta2 < 1))
        if self.is_ordered:
            assume(ORDER, self.beta1 <= self.beta2)

    def change(self, q: Coefficients) -> Term:
        """H(x⁺,m⁺) − H(x,m)."""
        loss = q.loss * (self.scale * (self.g * self.move + self.remainder))
        conjugate, momentum = self.dual_new - self.dual_old, self.K_new - self.K_old
        product = self.y_next * self.m_next - self.y * self.m
        if not self.has_decay:
            return loss + self.N * (q.momentum * momentum)
        bracket = q.conjugate * conjugate + q.momentum * momentum - q.product * product
        return loss + self.D * (q.penalty * conjugate) + self.N * self.lam * bracket

    def decrease(self, q: Coefficients) -> Term:
        """ηaΔ1 + ηbΔ2, the second as c⟨u − w, m⁺ − m⟩."""
        factor = self.lam if self.has_decay else term(1)
        first = q.first * (self.eta * factor * (self.D + self.N * self.lam) * self.alignment)
        return first + q.second * (self.N * factor * self.enhancement)

    @property
    def momentum_remainder(self) -> Term:
        """D_K(m; m⁺)."""
        return self.K_old - self.K_new - self.w * (self.m - self.m_next)

    @property
    def dual_remainder(self) -> Term:
        """D_K*(λx; λx⁺)."""
        return self.dual_old - self.dual_new - self.z_next * (self.y - self.y_next)

    def remainders(self) -> Term:
        """D_f − (1/λ+c)D_K* − cD_K."""
        factor = self.lam if self.has_decay else term(1)
        found = self.scale * self.remainder - self.N * factor * self.momentum_remainder
        return found - (self.D + self.N * self.lam) * self.dual_remainder if self.has_decay else found

    @property
    def alignment(self) -> Term:
        return (self.u - self.y_next) * (self.look_ahead - self.z_next)

    @property
    def enhancement(self) -> Term:
        return (self.u - self.w) * (self.m_next - self.m)


@dataclass(frozen=True)
class PlainStep:
    """The same step run forward in fractions: ΔH, the five terms of its ledger, and (L/2)(x⁺−x)².

    The loss is f(p) = g(p − x) + (D_f/(x⁺−x)²)(p − x)².
    """

    change: Fraction
    first: Fraction
    second: Fraction
    remainder: Fraction
    of_dual: Fraction
    of_momentum: Fraction
    curvature: Fraction


def plain_step(
    name: str, q: Coefficients, v: Values, without: Collection[str], *, is_ordered: bool, factors: Factors = RIGHT
) -> PlainStep | None:
    """None where a hypothesis fails."""
    K = function(name, v)
    eta, beta1, beta2, m, g = (v[key] for key in ("step_size", "beta1", "beta2", "m", "g"))
    lam, y_next = v.get("weight_decay", Fraction(0)), v.get("y_next", Fraction(0))
    slopes = v["slope"], v["slope_at_momentum"], v.get("dual_slope", Fraction(0))
    u, w = factors.selection * slopes[0], factors.slope_at_momentum * slopes[1]
    z_next = factors.dual_slope * slopes[2]
    x = (y_next + eta * lam * (y_next - u)) / lam if lam > 0 else Fraction(0)
    x_next = (x + eta * u) / (1 + eta * lam)
    look_ahead, m_next = beta1 * m - (1 - beta1) * g, beta2 * m - (1 - beta2) * g
    weight = eta * lam * (1 - beta1) + 1 - beta2
    if not (eta > 0 and lam >= 0 and 0 <= beta1 <= 1 and 0 <= beta2 <= 1 and weight > 0):
        return None
    if is_ordered and ((beta1 > beta2 and ORDER not in without) or (beta1 == beta2 and u != w)):
        return None
    # The momentum may leave the ball of |·| + indicator; the look-ahead only where that hypothesis is left out.
    of_momentum = function("Absolute", v) if name == "Truncated" else K
    selecting = of_momentum if BOUNDED in without else K
    if not (selecting.is_slope(slopes[0], look_ahead) and of_momentum.is_slope(slopes[1], m_next)):
        return None
    if not K.is_slope(lam * x_next, slopes[2]):
        return None
    if K.conjugate(lam * x) is None:
        return None
    move, remainder, L = x_next - x, v["loss_remainder"], v["smoothness"]
    if abs(remainder) > HALF * L * move**2:
        return None
    c = eta * beta1 / weight
    of_dual = factors.dual_value * (K.conjugate(lam * x) - K.conjugate(lam * x_next)) - z_next * lam * (x - x_next)
    bend = remainder / move**2 if move else Fraction(0)

    def H(at: Fraction, momentum: Fraction) -> Any:
        f = g * (at - x) + bend * (at - x) ** 2
        dual = K.conjugate(lam * at)
        penalty = number(q.penalty, v) * dual / lam if lam > 0 else 0
        bracket = number(q.conjugate, v) * dual + number(q.momentum, v) * of_momentum.value(momentum)
        return number(q.loss, v) * f + penalty + c * (bracket - number(q.product, v) * lam * at * momentum)

    a = 1 + c * lam
    return PlainStep(
        change=H(x_next, m_next) - H(x, m),
        first=-number(q.first, v) * eta * a * (u - lam * x_next) * (look_ahead - z_next),
        second=-number(q.second, v) * c * (u - w) * (m_next - m),
        remainder=remainder,
        of_dual=-(1 / lam + c) * of_dual if lam > 0 else Fraction(0),
        of_momentum=-c * (of_momentum.value(m) - of_momentum.value(m_next) - w * (m - m_next)),
        curvature=HALF * L * move**2,
    )


Excess = Callable[[PlainStep, Values], Fraction]


def about_a_step(
    name: str,
    at: Step,
    says: str,
    conclusion: Formula,
    excess: Excess,
    q: Coefficients = THEOREM,
    *,
    needs_order: bool = False,
    asked: Collection[type[Curve]] = (Absolute, Every, Unknown),
) -> Obligation:
    """The obligation that `conclusion` holds in the scene; `excess` is what it says, of the plain step.

    For functions that are not `asked`, it follows from what is asked of `Every` or `Unknown`.
    """
    kind = at.of.__name__

    def replay(values: Values, without: Collection[str]) -> Fraction | None:
        plain = plain_step(kind, q, values, without, is_ordered=at.is_ordered, factors=at.factors)
        return None if plain is None else excess(plain, values)

    constants = USUAL if at.has_decay else without_decay(USUAL)
    is_concrete = at.of not in (Every, Unknown)
    return Obligation(
        name=f"{name}-{kind}" + ("" if at.has_decay else "-without-decay"),
        says=says,
        scene=at.scene,
        conclusion=conclusion,
        replay=replay if is_concrete else None,
        regular=[at.move.differs(0), at.m.differs(0), at.g.differs(0)],
        hints=[constants] if at.of in (Absolute, DeadZone, Truncated) else [],
        needed={ORDER: REVERSED} if needs_order and at.of is Absolute and at.has_decay else {},
        follows="" if at.of in asked else FOLLOWS_FROM_EVERY,
    )


def steps(*, is_ordered: bool, factors: Factors = RIGHT, of: Sequence[type[Curve]] = ALL) -> list[Step]:
    """Scenes for every K named, with and without decay."""
    return [Step(one, has_decay, is_ordered, factors) for has_decay in (True, False) for one in of]
