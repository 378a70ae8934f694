"""What convexity alone says, for one coordinate: slopes are monotone, and H(x, m) ≥ F(x).

From the pieces and graphs of ‖·‖₁, dead zone and Huber. H − F = c[K*(λx) + K(m) − λxm], so that f enters by its value.
"""

from dataclasses import replace
from fractions import Fraction

from .._proof import Planted
from ..coefficients import OF_THE_FUNCTION, Coefficients
from ._facts import facts
from ._formulas import Scene, Values, all_of, between, number
from ._functions import CONCRETE
from ._obligation import Obligation
from ._plain import HALF, Function
from ._pointwise import DOMAIN, about
from ._route import signed, smt_proof
from ._step import RIGHT, USUAL, Factors, with_error


def monotone(factors: Factors) -> list[Obligation]:
    """(u − u′)(z − z′) ≥ 0 for slopes u, u′ at z, z′; (u − y)(m̃ − z) ≥ 0 for a slope u at m̃ and z of K* at y."""

    def of_K(K: Function, v: Values) -> Fraction | None:
        if not (K.is_slope(v["u"], v["z"]) and K.is_slope(v["other_u"], v["other_z"])):
            return None
        return -factors.selection * (v["u"] - v["other_u"]) * (v["z"] - v["other_z"])

    def of_both(K: Function, v: Values) -> Fraction | None:
        if not (K.is_slope(v["u"], v["look_ahead"]) and K.is_slope(v["y"], v["dual_slope"])):
            return None
        return -(factors.selection * v["u"] - v["y"]) * (v["look_ahead"] - factors.dual_slope * v["dual_slope"])

    found = []
    for of in CONCRETE:
        K = of(Scene())
        z, other_z = K.scene.reals("z other_z")
        u, other_u = K.slope("u", z), K.slope("other_u", other_z)
        product = factors.selection * (u - other_u) * (z - other_z)
        found.append(about("monotone", K, "slopes of K are monotone", product >= 0, of_K, [{}]))
        K = of(Scene())
        y, look_ahead = K.scene.reals("y look_ahead")
        u, z = K.slope("u", look_ahead), K.dual_slope("dual_slope", y)
        product = (factors.selection * u - y) * (look_ahead - factors.dual_slope * z)
        found.append(
            about("monotone-dual", K, "slopes of K and of K* are monotone together", product >= 0, of_both, [{}])
        )
    return [*found, *facts()]


def lower_bound(q: Coefficients) -> list[Obligation]:
    """λD(H − F) ≥ 0, and = 0 where m ∈ ∂K*(λx), for c = N/D of the discrete method."""
    found = []
    for of in CONCRETE:
        for is_attained in (False, True):
            K = of(Scene())
            scene = K.scene
            eta, lam, beta1, beta2, y, f = scene.reals("step_size weight_decay beta1 beta2 y f")
            scene.assume("η, λ > 0", (eta > 0) & (lam > 0))
            in_range = all_of(between(0, beta1, 1), between(0, beta2, 1), beta1 + beta2 < 2)
            scene.assume("0 ≤ β1, β2 ≤ 1, not both 1", in_range)
            K.inside(y)
            m = K.dual_slope("m", y) if is_attained else scene.real("m")
            D = scene.define("D", eta * lam * (1 - beta1) + (1 - beta2))
            dual, at_m = K.conjugate("y", y), K.value("m", m)
            bracket = q.conjugate * dual + q.momentum * at_m - q.product * (y * m)
            above = (q.loss - 1) * (lam * D * f) + (q.penalty - 1) * (D * dual) + eta * lam * beta1 * bracket

            def plain(K: Function, v: Values, is_attained: bool = is_attained) -> Fraction | None:
                excess = plain_excess(K, q, v)
                if excess is None or (is_attained and not K.is_slope(v["y"], v["m"])):
                    return None
                return abs(excess) if is_attained else -excess

            says = "H = F where m ∈ ∂K*(λx)" if is_attained else "H ≥ F"
            conclusion = above.equals(0) if is_attained else above >= 0
            found.append(about("attained" if is_attained else "lower-bound", K, says, conclusion, plain, [USUAL]))
    return [*found, *facts()]


def plain_excess(K: Function, q: Coefficients, v: Values) -> Fraction | None:
    """H − F; None where a hypothesis fails."""
    eta, lam, beta1, beta2, y, m, f = (v[key] for key in ("step_size", "weight_decay", "beta1", "beta2", "y", "m", "f"))
    weight = eta * lam * (1 - beta1) + 1 - beta2
    dual, at_m = K.conjugate(y), K.value(m)
    is_in_range = eta > 0 and lam > 0 and 0 <= beta1 <= 1 and 0 <= beta2 <= 1 and weight > 0
    if not is_in_range or dual is None or at_m is None:
        return None
    bracket = number(q.conjugate, v) * dual + number(q.momentum, v) * at_m - number(q.product, v) * y * m
    H = number(q.loss, v) * f + number(q.penalty, v) * dual / lam + eta * beta1 / weight * bracket
    return H - (f + dual / lam)


PROOFS = (
    smt_proof(
        "monotonicity",
        statement="(u − u′)(z − z′) < 0 has no solution for slopes u, u′ at z, z′, nor (u − y)(m̃ − z) < 0, z ∈ ∂K*(y).",
        domain=DOMAIN,
        obligations=monotone,
        subject=RIGHT,
        planted=(
            Planted("∇K with its sign reversed", replace(RIGHT, selection=Fraction(-1))),
            Planted("∇K* with its sign reversed", replace(RIGHT, dual_slope=Fraction(-1))),
            Planted("∇K* forgotten", replace(RIGHT, dual_slope=Fraction(0))),
        ),
        coefficients=("selection", "dual_slope"),
        perturbed=with_error,
    ),
    smt_proof(
        "lyapunov-lower-bound",
        statement="H < F has no solution, nor H ≠ F where m ∈ ∂K*(λx).",
        domain=DOMAIN + "; any f, all η, λ > 0, β1, β2 in [0, 1], not both 1",
        obligations=lower_bound,
        planted=(
            Planted("the product added instead of subtracted", Coefficients(product=-1)),
            Planted("K(m) half as large", Coefficients(momentum=HALF)),
            Planted("K* left out of the bracket", Coefficients(conjugate=0)),
        ),
        coefficients=OF_THE_FUNCTION,
        perturbed=signed({}),
    ),
)
