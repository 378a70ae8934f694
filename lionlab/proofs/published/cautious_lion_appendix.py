"""The look-ahead printed in the Cautious paper's appendix, and the one that its own ṁ calls for, by two routes.

In the paper's signs, per coordinate and with G = α∇L, e = εγ:

    ṁ = G − γm,   m̃ = m + ε(aG + bγm),   ẋ = −sign(m̃),   H = αL + (1−e)‖m‖₁

Printed are a = b = −1; εṁ is a = 1, b = −1. For every a ≠ 0 each pair m, m̃ ≠ 0 is some state.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof
from ._polynomials import is_nonnegative
from ._questions import Question, answer


class Statement(NamedTuple):
    """(a, b) of the printed and of the consistent look-ahead; `rate(e)` is ε dH/dt as printed at m = 1, G = 3/(2ε)."""

    printed: tuple[int, int]
    consistent: tuple[int, int]
    rate: Callable[[Any], Any]


def rate(e: Any) -> Any:
    return 3 - Fraction(5, 2) * e + e * e


RIGHT = Statement((-1, -1), (1, -1), rate)
PLANTED = (
    Planted("the two look-aheads exchanged", Statement((1, -1), (-1, -1), rate)),
    Planted("H does not rise with the printed one either", RIGHT._replace(consistent=(-1, -1))),
    Planted("the other sign is the slip: m̃ = m + ε(α∇L + γm)", RIGHT._replace(printed=(1, 1))),
    Planted("the rate without its last term", RIGHT._replace(rate=lambda e: 3 - Fraction(5, 2) * e)),
    Planted("the rate too large by 1e-12", RIGHT._replace(rate=lambda e: rate(e) + Fraction(1, 10**12))),
)


def perturbed(name: str, relative: Fraction) -> Statement:
    return RIGHT._replace(rate=lambda e: rate(e) * (1 + relative))


def derivative(
    epsilon: Fraction, gamma: Fraction, m: Fraction, force: Fraction, look_ahead: tuple[int, int]
) -> Fraction:
    """dH/dt in exact numbers, where m ≠ 0."""
    a, b = look_ahead
    m_tilde = m + epsilon * (a * force + b * gamma * m)
    x_dot = (m_tilde < 0) - (m_tilde > 0)
    of_m = (m > 0) - (m < 0)
    return force * x_dot + (1 - epsilon * gamma) * of_m * (force - gamma * m)


def contradiction(subject: Statement) -> Mapping[str, Any] | None:
    """A state at which the statement is seen to be wrong, m = 1 and G of the size of 1/ε."""
    for epsilon, gamma in SAMPLES:
        named = {"epsilon": str(epsilon), "gamma": str(gamma), "m": "1"}
        force = 3 / (2 * epsilon)
        found = derivative(epsilon, gamma, Fraction(1), force, subject.printed)
        if not epsilon * found == subject.rate(epsilon * gamma) > 0:
            return {**named, "look-ahead": "printed", "alpha grad L": str(force), "dH/dt": str(found)}
        for n in range(-24, 25):
            force = n / (4 * epsilon)
            found = derivative(epsilon, gamma, Fraction(1), force, subject.consistent)
            if found > 0:
                return {**named, "look-ahead": "consistent", "alpha grad L": str(force), "dH/dt": str(found)}
    return None


SAMPLES = [(Fraction(1, 2), Fraction(1)), (Fraction(1), Fraction(1)), (Fraction(1), Fraction(0))]


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """Coefficients of −ε dH/dt in |m| and |m̃|, and the rate at one state, as polynomials in e on [0, 1]."""
    import sympy as sp

    p, q, epsilon, gamma, e = sp.symbols("p q varepsilon gamma e", positive=True)
    rows, faults = [], []
    a, b = subject.consistent
    for of_m, s in product((1, -1), repeat=2):
        force = (s * q - (1 + b * epsilon * gamma) * of_m * p) / (a * epsilon)
        rise = -force * s + (1 - epsilon * gamma) * of_m * (force - gamma * of_m * p)
        row = sp.Poly(sp.expand(-epsilon * rise).subs(epsilon * gamma, e), p, q)
        if any(sum(powers) != 1 for powers in row.monoms()):
            return Outcome("undecided", f"{row} is not linear in |m| and |m̃|")
        rows.append(f"sign(m) = {of_m}, sign(m̃) = {s}: {row.as_expr()}")
        faults += [f"{c} in {rows[-1]} is negative" for c in row.coeffs() if not is_nonnegative(c, e)]
    a, b = subject.printed
    half = sp.Rational(1, 2)
    m_tilde = sp.expand(1 + 3 * half * a + b * e)
    if not is_nonnegative(-half - m_tilde, e):
        faults.append(f"m̃ = {m_tilde} is not below −1/2")
    # ẋ = +1: ε dH/dt = G·ε + (1−e)(εG − e)
    found = sp.expand(3 * half + (1 - e) * (3 * half - e))
    stated = sp.nsimplify(sp.expand(sp.sympify(subject.rate(e))), rational=True)
    if sp.expand(found - stated) != 0:
        faults.append(f"the rate is {found}, not {stated}")
    if not is_nonnegative(found - sp.Rational(1, 100), e):
        faults.append(f"{found} is not positive")
    if faults:
        found = contradiction(subject)
        return Outcome("undecided" if found is None else "refuted", faults[0], 0, found)
    text = "\n".join([*rows, f"printed, at m = 1 and G = 3/(2ε): ε dH/dt = {found}"]) + "\n"
    said = "−ε dH/dt has nonnegative coefficients with εṁ; as printed, ε dH/dt is a positive polynomial at one state."
    return Outcome("proved", said, 2 * len(rows) + 3, artefacts={"cautious-lion-appendix.txt": text})


def prove_by_decision(subject: Statement, is_quick: bool) -> Outcome:
    """No state with dH/dt > 0 for the consistent look-ahead, none of another rate for the printed one."""
    import z3

    epsilon, gamma, m, force, u = z3.Reals("epsilon gamma m force u")
    e = epsilon * gamma

    def premises(look_ahead: tuple[int, int]) -> list[Any]:
        a, b = look_ahead
        m_tilde = m + epsilon * (a * force + b * gamma * m)
        moves = z3.And(u >= -1, u <= 1, z3.Implies(m_tilde > 0, u == -1), z3.Implies(m_tilde < 0, u == 1))
        return [epsilon > 0, gamma >= 0, e <= 1, moves, z3.Or(m != 0, force == 0)]

    change = force * u + (1 - e) * z3.If(m > 0, force - gamma * m, gamma * m - force)
    at = [*premises(subject.printed), m == 1, 2 * epsilon * force == 3]
    a, b = subject.rate(Fraction(0)), subject.rate(Fraction(1))
    # ε dH/dt is compared with the parabola through three values of `rate`, in numbers that z3 takes.
    middle = subject.rate(Fraction(1, 2))
    square, slope = 2 * (a + b - 2 * middle), 4 * middle - 3 * a - b
    stated = z3.RealVal(str(a)) + z3.RealVal(str(slope)) * e + z3.RealVal(str(square)) * e * e
    return answer(
        [
            Question("with m + εṁ H never rises", premises(subject.consistent), change > 0),
            Question("as printed the rate is positive and the stated one", at,
                     z3.Or(change <= 0, epsilon * change != stated)),
        ],
        "cautious-lion-printed-sign",
    )  # fmt: skip


DOMAIN = "all real α∇L, m (per coordinate, hence any dimension), ε > 0, γ ≥ 0, εγ ≤ 1"
COMMON = (
    "H is a sum over coordinates, and every pair (m, ∇L) is a state for some linear L",
    "H is absolutely continuous along the flow; for almost every t with m_i = 0 also dm_i/dt = 0, so ∇L_i = 0 there",
)

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-lion-printed-sign",
        route="symbolic",
        statement="Signs of the coefficients of −ε dH/dt in |m|, |m̃|, and ε dH/dt = 3 − (5/2)e + e² > 0 as printed.",
        domain=DOMAIN,
        is_complete=True,
        assumptions=COMMON,
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=("rate",),
        perturbed=perturbed,
    ),
    Proof(
        claim="cautious-lion-printed-sign",
        route="smt",
        statement="No state has dH/dt > 0 with m + εṁ; as printed no ε, γ has another rate at m = 1, α∇L = 3/(2ε).",
        domain=DOMAIN,
        is_complete=True,
        assumptions=(*COMMON, "z3's decision procedure for polynomial real arithmetic"),
        prove=prove_by_decision,
        subject=RIGHT,
        planted=PLANTED,
        needs=("z3",),
        coefficients=("rate",),
        perturbed=perturbed,
    ),
)
