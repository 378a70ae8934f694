"""The floor of the mean score at a constant step size, one step at a time, by two routes.

S(x) = a(|x| + λx²),   c = η/(2−ηλ),   Φ(x) = a(1+2λc)|x|/(2−ηλ),   x⁺ = (1−ηλ)x + ηu with |u| = 1

S(x) + Φ(x⁺) − Φ(x) − ac(1+λc) = aλ(|x|−c)² + a(1+2λc)/(2−ηλ)·(|x⁺| − η + (1−ηλ)|x|) ≥ 0,   Φ ≤ 3a/λ in the box
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from ._polynomials import is_nonnegative
from ._questions import Question, answer


class Statement(NamedTuple):
    """Factors on the floor ac(1+λc), on Φ, and on 3a/λ as the bound of Φ."""

    floor: Fraction = Fraction(1)
    weight: Fraction = Fraction(1)
    shortfall: Fraction = Fraction(1)


RIGHT = Statement()
COEFFICIENTS = ("floor", "weight", "shortfall")
PLANTED = (
    Planted("a floor of twice the size", Statement(floor=Fraction(2))),
    Planted("no potential: S itself is never below", Statement(weight=Fraction(0))),
    Planted("half the potential", Statement(weight=Fraction(1, 2))),
    Planted("Φ ≤ 2a/λ", Statement(shortfall=Fraction(2, 3))),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    """The bound of Φ is made smaller, the others larger."""
    return Statement(**{name: 1 - relative if name == "shortfall" else 1 + relative})


def contradiction(s: Statement) -> Mapping[str, Any] | None:
    """A step from near the orbit, |x| = c(1 ± δ), or the edge of the box at ηλ = 1, at which the statement fails."""
    a = eta = lam = Fraction(1, 2)
    c = eta / (2 - eta * lam)
    weight = s.weight * a * (1 + 2 * lam * c) / (2 - eta * lam)
    floor = s.floor * a * c * (1 + lam * c)
    for shift in (Fraction(0), *(side * Fraction(1, 10**n) for n in range(1, 16) for side in (1, -1))):
        x = c * (1 + shift)
        after = (1 - eta * lam) * x - eta
        found = a * (x + lam * x**2) + weight * (abs(after) - abs(x))
        if found < floor:
            return {"a": "1/2", "eta": "1/2", "lambda": "1/2", "x": str(x), "left": str(found), "floor": str(floor)}
    if s.shortfall < 1:
        # ηλ = 1: c = 1/λ, so that Φ(1/λ) = a(1 + 2)/λ.
        return {"a": "1", "eta": "1", "lambda": "1", "x": "1", "Phi": "3", "stated": str(3 * s.shortfall)}
    return None


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """Completed squares: the residual is an identity in |x|, |x⁺| and the constants."""
    import sympy as sp

    a, eta, lam, size, after, gap = sp.symbols("a eta lambda x x_plus r", nonnegative=True)
    floor_factor, weight_factor, bound_factor = (sp.Rational(v.numerator, v.denominator) for v in subject)
    c = eta / (2 - eta * lam)
    weight = weight_factor * a * (1 + 2 * lam * c) / (2 - eta * lam)
    floor = floor_factor * a * c * (1 + lam * c)
    bracket = after - eta + (1 - eta * lam) * size
    left = a * (size + lam * size**2) + weight * (after - size) - floor
    residual = sp.simplify(left - a * lam * (size - c) ** 2 - weight * bracket)
    faults = [] if residual == 0 else [f"the residual is {residual}"]
    # |x⁺| ≥ η − (1−ηλ)|x| is the triangle inequality of x⁺ − (1−ηλ)x = ηu; r = ηλ ∈ (0, 1], and |x| ≤ 1/λ.
    bound = sp.cancel((weight / a).subs(eta, gap / lam))
    spare = sp.cancel((3 * bound_factor - bound) * (2 - gap) ** 2)
    if not is_nonnegative(spare, gap):
        faults.append(f"λΦ(1/λ)/a = {bound} is above {3 * bound_factor} for some ηλ in (0, 1]")
    if faults:
        found = contradiction(subject)
        return Outcome("undecided" if found is None else "refuted", faults[0], 0, found)
    text = f"left side = a*lambda*(|x| - c)**2 + ({sp.factor(weight)})*({bracket})\nlambda*Phi(1/lambda)/a = {bound}\n"
    said = "the step's excess is a square plus a multiple of the triangle inequality; Φ ≤ 3a/λ for ηλ in (0, 1]."
    return Outcome("proved", said, 2, artefacts={"constant-step-rate.txt": text})


def prove_by_decision(subject: Statement, is_quick: bool) -> Outcome:
    """No numbers a, η, λ, x, u describe a step below the floor. With a = 1 and λ = 1: both scale out."""
    import z3

    eta, c, weight, x, u = z3.Reals("eta c w x u")
    factors = [z3.RealVal(str(value)) for value in subject]
    after = (1 - eta) * x + eta * u

    def size(value: Any) -> Any:
        return z3.If(value >= 0, value, -value)

    constants = [eta > 0, eta <= 1, c * (2 - eta) == eta, weight * (2 - eta) == factors[1] * (1 + 2 * c)]
    step = [*constants, x <= 1, x >= -1, z3.Or(u == 1, u == -1)]
    left = size(x) + x * x + weight * (size(after) - size(x))

    return answer(
        [
            Question("no step is below the floor", step, left < factors[0] * c * (1 + c)),
            Question("Φ is between 0 and 3 in the box", constants, z3.Or(weight < 0, weight > 3 * factors[2])),
        ],
        "constant-step-rate",
    )


DOMAIN = "a > 0, λ > 0, 0 < ηλ ≤ 1, |λx| ≤ 1, any β1, β2 and any m with m̃ ≠ 0"
SUMMED = "the inequality summed over T steps, and |λx_T| ≤ 1, which explicit decay keeps for ηλ ≤ 1"

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="constant-step-no-vanishing-rate",
        route="symbolic",
        statement="A step's excess over the floor is aλ(|x|−c)² plus a multiple of |x⁺| − η + (1−ηλ)|x|; Φ ≤ 3a/λ.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=("the triangle inequality", SUMMED),
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=COEFFICIENTS,
        perturbed=perturbed,
    ),
    Proof(
        claim="constant-step-no-vanishing-rate",
        route="smt",
        statement="No step in the box is below the floor, and Φ is within its bound; a = λ = 1 by scaling f and x.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=(
            "replacing (x, η) by (λx, ηλ) and f by λf/a makes a = λ = 1",
            SUMMED,
            "z3's decision procedure for polynomial real arithmetic",
        ),
        prove=prove_by_decision,
        subject=RIGHT,
        planted=PLANTED,
        needs=("z3",),
        coefficients=COEFFICIENTS,
        perturbed=perturbed,
    ),
)
