"""The bounds of AdamW's update, each one step of an induction, by two routes.

plain       C²v − m² ≥ 0 with C² = (1−β1)²β2/((1−β2)(β2−β1²)):   C²v⁺ − m⁺² = β2(C²v − m²) + a square, which is 0
            for g = (β2−β1²)m/(β1(1−β1)); then m⁺ = (β2/β1)m, so that u² tends to C²;
                C² − 1 = (β2−β1)²/((1−β2)(β2−β1²)), so that growth takes |u| above 1
corrected   m² ≤ (1−p)n and n ≤ B²v, where p = β1ᵗ, B² = (1−β1)/(1−β2) and n is the average of g² with β1; with
            p ≤ q = β2ᵗ, m̂² = m²/(1−p)² ≤ B²v/(1−p) ≤ B²v/(1−q) = B²v̂
1/λ         with bias correction, from x = 1/λ: g = −1 has u = −1, which keeps x; then g = −(1+β2−β1) has |u| > 1, for
                (1+β1)²(1+β2)(m̂² − v̂) = (β2−β1)²(2+β2−β1²) > 0,   and λx⁺ = 1 − ηλ + ηλ|u| > 1
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from ._questions import Question, answer


class Statement(NamedTuple):
    """Factors on C², B² and on β2−β1 in the second gradient, and whether β1 ≤ β2 is asked for the corrected bound."""

    plain: Fraction = Fraction(1)
    corrected: Fraction = Fraction(1)
    asks_order: bool = True
    growth: Fraction = Fraction(1)


RIGHT = Statement()
PLANTED = (
    Planted("half the supremum of u²", Statement(plain=Fraction(1, 2))),
    Planted("twice the supremum of u²", Statement(plain=Fraction(2))),
    Planted("half the corrected bound of u²", Statement(corrected=Fraction(1, 2))),
    Planted("the corrected bound smaller by a relative 1e-9", Statement(corrected=1 - Fraction(1, 10**9))),
    Planted("the corrected bound for β1 > β2 as well", Statement(asks_order=False)),
    Planted("equal gradients lead out of |x| ≤ 1/λ", Statement(growth=Fraction(0))),
    Planted("shrinking gradients lead out of |x| ≤ 1/λ", Statement(growth=Fraction(-1))),
)
HALF = Fraction(1, 2)


def perturbed(name: str, relative: Fraction) -> Statement:
    """A larger supremum, and a smaller bound: at β1 = β2 the first step attains it."""
    return RIGHT._replace(plain=1 + relative) if name == "plain" else RIGHT._replace(corrected=1 - relative)


def supremum(beta1: Any, beta2: Any) -> Any:
    return (1 - beta1) ** 2 * beta2 / ((1 - beta2) * (beta2 - beta1**2))


def contradiction(s: Statement) -> Mapping[str, Any] | None:
    """A sequence of gradients at which a bound, or the way out of |x| ≤ 1/λ, is seen to be wrong."""
    if s.corrected < 1:
        return {"betas": "1/2, 1/2", "gradients": "1", "corrected u^2": "1", "stated bound": str(s.corrected)}
    beta1, beta2, m, v = HALF, Fraction(3, 4), Fraction(0), Fraction(0)
    for t in range(120):
        g = (beta2 / beta1) ** t
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    top = s.plain * supremum(beta1, beta2)
    if m**2 > v * top or m**2 < v * top * (1 - Fraction(1, 10**12)):
        return {"betas": "1/2, 3/4", "gradients": "(3/2)^t", "u^2 after 120 steps": str(float(m**2 / v)),
                "stated supremum": str(top)}  # fmt: skip
    square, bound = m**2 / (1 - beta1**120) ** 2 * (1 - beta2**120) / v, s.corrected * (1 - beta1) / (1 - beta2)
    if square > bound:
        return {"betas": "1/2, 3/4", "gradients": "(3/2)^t", "corrected u^2 after 120 steps": str(float(square)),
                "stated bound": str(bound)}  # fmt: skip
    second = 1 + s.growth * (beta2 - beta1)
    square = (beta1 + second) ** 2 * (1 + beta2) / ((beta2 + second**2) * (1 + beta1) ** 2)
    if square <= 1:
        return {"betas": "1/2, 3/4", "gradients": f"1, {second}", "corrected u^2": str(square)}
    if s.asks_order:
        return None
    beta1, beta2, gradients = Fraction(3, 4), HALF, (Fraction(1), Fraction(0))
    m = v = Fraction(0)
    for g in gradients:
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    square = m**2 / (1 - beta1**2) ** 2 * (1 - beta2**2) / v
    bound = (1 - beta1) / (1 - beta2)
    return (
        {"betas": "3/4, 1/2", "gradients": "1, 0", "u^2": str(square), "bound": str(bound)} if square > bound else None
    )


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """Completed squares, with β1 = b, β2 = b² + d or b + d."""
    import sympy as sp

    m, v, g = sp.symbols("m v g", real=True)
    b, d = sp.symbols("b d", positive=True)
    p, spare = sp.symbols("p s", positive=True)
    factor, other, growth = (
        sp.Rational(value.numerator, value.denominator) for value in (subject.plain, subject.corrected, subject.growth)
    )
    faults = []
    # Plain: β2 = b² + d.
    beta2 = b**2 + d
    C = factor * supremum(b, beta2)
    m_plus, v_plus = b * m + (1 - b) * g, beta2 * v + (1 - beta2) * g**2
    square = (d * m - b * (1 - b) * g) ** 2 / d
    if sp.simplify(C * v_plus - m_plus**2 - beta2 * (C * v - m**2) - square) != 0:
        faults.append("C²v⁺ − m⁺² is not β2(C²v − m²) and that square")
    held = d * m / (b * (1 - b))
    if sp.simplify(square.subs(g, held)) != 0 or sp.simplify(m_plus.subs(g, held) - beta2 / b * m) != 0:
        faults.append("the growing gradients do not hold it")
    excess = sp.simplify(supremum(b, b + d) - 1 - d**2 / ((1 - b - d) * (b + d - b**2)))
    if excess != 0:
        faults.append("C² − 1 is not (β2−β1)²/((1−β2)(β2−β1²))")
    # Corrected: (1−p⁺)n⁺ − m⁺² with p⁺ = bp and (1−p)n = m² + s(1−p).
    n_now = m**2 / (1 - p) + spare
    excess = (1 - b * p) * (b * n_now + (1 - b) * g**2) - m_plus**2
    kept = b * (1 - b) * (m - (1 - p) * g) ** 2 / (1 - p) + b * (1 - b * p) * spare
    if sp.simplify(excess - kept) != 0:
        faults.append("(1−p⁺)n⁺ − m⁺² is not a square and a multiple of what was there")
    # Out of |x| ≤ 1/λ, with m and v of the gradients 1 and 1 + β2 − β1, β2 = b + d.
    faults += _ways_out(b, d, growth)
    # From here on β1 = β2 is allowed.
    d = sp.Symbol("d", nonnegative=True)
    # n⁺ ≤ B²v⁺ from n = B²v − s: B²(β2−β1)v + β1 s and B²(1−β2) = 1−β1.
    order = b + d if subject.asks_order else d
    B = other * (1 - b) / (1 - order)
    gap = sp.expand(sp.simplify(B * (order * v + (1 - order) * g**2) - (b * (B * v - spare) + (1 - b) * g**2)))
    of_v, of_g, of_s = (sp.factor(gap.coeff(*one)) for one in ((v, 1), (g, 2), (spare, 1)))
    if of_g != 0 or of_s != b:
        faults.append(f"n⁺ ≤ B²v⁺ has {of_g} g² and {of_s} s over")
    # B² > 0, so that only the sign of β2 − β1 is asked.
    if not sp.simplify(of_v / B).is_nonnegative:
        faults.append("β2 − β1 may be negative")
    if faults:
        found = contradiction(subject)
        return Outcome("undecided" if found is None else "refuted", faults[0], 0, found)
    return Outcome("proved", "each induction step is a completed square plus nonnegative multiples.", 9)


def _ways_out(beta1: Any, lead: Any, growth: Any) -> list[str]:
    """What stands against û² = 1 after the gradient 1 and û² > 1 after 1 + growth·(β2−β1), where β2 = β1 + `lead`."""
    import sympy as sp

    beta2, second = beta1 + lead, 1 + growth * lead
    m, v = 1 - beta1, 1 - beta2
    first = m**2 / (1 - beta1) ** 2 - v / (1 - beta2)
    m, v = beta1 * m + (1 - beta1) * second, beta2 * v + (1 - beta2) * second**2
    # 1 − β1² = (1−β1)(1+β1), and likewise β2.
    gain = (1 + beta1) ** 2 * (1 + beta2) * (m**2 / (1 - beta1**2) ** 2 - v / (1 - beta2**2))
    faults = [] if sp.simplify(first) == 0 else ["the first step is not of length 1"]
    # 2 + β2 − β1² = 1 + β2 + (1−β1)(1+β1) > 0.
    if sp.simplify(gain - lead**2 * (2 + beta2 - beta1**2)) != 0:
        faults.append("(1+β1)²(1+β2)(m̂² − v̂) is not (β2−β1)²(2+β2−β1²)")
    rate, more = sp.symbols("rate more", positive=True)
    # λx⁺ − 1 from λx = 1 with ηλ = rate and |u| = 1 + more, outward.
    if not sp.expand((1 - rate) + rate * (1 + more) - 1).is_positive:
        faults.append("|u| > 1 does not lead out")
    return faults


def prove_by_decision(subject: Statement, is_quick: bool) -> Outcome:
    """No step of either induction fails; and growth gains on the supremum."""
    import z3

    b1, b2, m, v, g, n, p, q, C, B = z3.Reals("beta1 beta2 m v g n p q C2 B2")
    factor, other, growth = (z3.RealVal(str(value)) for value in (subject.plain, subject.corrected, subject.growth))
    m_plus, v_plus, n_plus = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g, b1 * n + (1 - b1) * g * g
    range_1, range_2 = [b1 > 0, b1 < 1], [b2 > 0, b2 < 1]
    defined = [*range_1, *range_2, b1 * b1 < b2, C > 0]
    plain = [*defined, C * (1 - b2) * (b2 - b1 * b1) == factor * (1 - b1) * (1 - b1) * b2]
    held = [*plain, b1 * (1 - b1) * g == (b2 - b1 * b1) * m]
    ordered = [*range_1, *range_2, B > 0, B * (1 - b2) == other * (1 - b1), *([b1 <= b2] if subject.asks_order else [])]

    # Two steps from m = v = 0 with gradients −1 and −(1 + β2 − β1); x⁺ = (1−ηλ)x − ηu.
    second = 1 + growth * (b2 - b1)
    m_two, v_two = -(b1 * (1 - b1) + (1 - b1) * second), b2 * (1 - b2) + (1 - b2) * second * second
    one_less, other_less = 1 - b1 * b1, 1 - b2 * b2
    eta, lam, x, x_plus, u = z3.Reals("eta lambda x x_plus u")
    at_edge = [eta > 0, lam > 0, eta * lam <= 1, lam * x == 1, x_plus == (1 - eta * lam) * x - eta * u]
    return answer(
        [
            Question("C²v ≥ m² is kept", [*plain, C * v >= m * m], C * v_plus < m_plus * m_plus),
            Question(
                "growth by β2/β1 leaves C²v − m² to shrink by β2, as m² grows", held,
                z3.Or(C * v_plus - m_plus * m_plus != b2 * (C * v - m * m), b1 * m_plus != b2 * m),
            ),
            Question("C² > 1 for β1 < β2", [*plain, b1 < b2], factor >= C),
            Question(
                "m² ≤ (1−p)n is kept", [*range_1, p >= 0, p <= 1, n >= 0, m * m <= (1 - p) * n],
                m_plus * m_plus > (1 - b1 * p) * n_plus,
            ),
            Question("n ≤ B²v is kept", [*ordered, v >= 0, n <= B * v], n_plus > B * v_plus),
            Question(
                "so m̂² ≤ B²v̂", [p >= 0, p <= q, q < 1, v > 0, n <= B * v, B > 0, m * m <= (1 - p) * n],
                m * m * (1 - q) > B * v * (1 - p) * (1 - p),
            ),
            Question("û² = 1 after the gradient −1", [*range_1, *range_2, m == -(1 - b1), v == 1 - b2],
                     m * m * (1 - b2) != v * (1 - b1) * (1 - b1)),
            Question("û² > 1 after −(1 + β2 − β1)", [*range_1, *range_2, b1 < b2],
                     m_two * m_two * other_less <= v_two * one_less * one_less),
            Question("u = −1 keeps x = 1/λ, less leads out", [*at_edge, u <= -1],
                     z3.Or(lam * x_plus < 1, z3.And(u == -1, lam * x_plus != 1), z3.And(u < -1, lam * x_plus <= 1))),
        ],
        "adamw-box",
    )  # fmt: skip


DOMAIN = (
    "every sequence of gradients, 0 < β1 ≤ β2 < 1 (without bias correction: β1² < β2 < 1), ε = 0, v > 0, 0 < ηλ ≤ 1; "
    "that 1/λ is left: every β1 < β2"
)
ASSUMPTIONS = (
    "induction over the steps from m = v = 0; β1 ≤ β2 makes β1ᵗ ≤ β2ᵗ",
    "|x⁺| ≤ (1−ηλ)|x| + η|u| keeps |x| ≤ sup|u|/λ for 0 < ηλ ≤ 1",
)

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="adamw-box",
        route="symbolic",
        statement=(
            "Both bounds are kept in a step by completed squares; growing gradients make the plain one exact; with "
            "bias correction the second of two growing ones leads out of |x| ≤ 1/λ."
        ),
        domain=DOMAIN,
        is_complete=True,
        assumptions=ASSUMPTIONS,
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=("plain", "corrected"),
        perturbed=perturbed,
    ),
    Proof(
        claim="adamw-box",
        route="smt",
        statement=(
            "No real numbers describe a step after which either bound fails, growth that does not gain on the plain "
            "one, or two corrected steps from x = 1/λ with growing gradients that do not lead out of |x| ≤ 1/λ."
        ),
        domain=DOMAIN,
        is_complete=True,
        assumptions=(*ASSUMPTIONS, "z3's decision procedure for polynomial real arithmetic"),
        prove=prove_by_decision,
        subject=RIGHT,
        planted=PLANTED,
        needs=("z3",),
        coefficients=("plain", "corrected"),
        perturbed=perturbed,
    ),
)
