"""The nuclear norm under cautious decay: a state at which H rises for every ∇f, and a run on which it has risen.

    M = [[−2, −1], [3, 2]],   X = 10⁻³[[−1, 1], [1, 1]],   λ = 20,  α = γ = 1,  ε = 0

By algebra: dH/dt at that state, ∇f symbolic. By enclosure: with f constant the flow is solved in closed form, since the
polar factor of e^{−t}M is that of M, and H is compared at times 0 and 1/20.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof

M = ((-2, -1), (3, 2))
X = ((-1, 1), (1, 1))  # times `scale`
ENTRIES = ((0, 0), (0, 1), (1, 0), (1, 1))
TIME = Fraction(1, 20)
PRECISION = 200  # bits


class Statement(NamedTuple):
    """λ, the scale of X, and what is stated.

    dH/dt = 2√5 + `rate` where entries with mx ≤ 0 decay, 2√5 + (∂f/∂x₁₂)/50 + `other_rate` where those with ux ≤ 0 do;
    `rise` and `other_rise` are H(1/20) − H(0) for constant f, to 10⁻¹².
    """

    lam: Fraction = Fraction(20)
    scale: Fraction = Fraction(1, 1000)
    rate: Fraction = Fraction(-21, 50)
    other_rate: Fraction = Fraction(-1, 50)
    rise: Fraction = Fraction(37_795_922_841_003, 10**15)
    other_rise: Fraction = Fraction(206_318_675_329_956, 10**15)


RIGHT = Statement()
PLANTED = (
    Planted("λ = 1", RIGHT._replace(lam=Fraction(1))),
    Planted("λ = 20.00000001", RIGHT._replace(lam=20 + Fraction(1, 10**8))),
    Planted("X = [[−1, 1], [1, 1]]", RIGHT._replace(scale=Fraction(1))),
    Planted("X smaller by a millionth", RIGHT._replace(scale=Fraction(999_999, 10**9))),
)


def prove_by_algebra(subject: Statement, is_quick: bool) -> Outcome:
    """dH/dt by the chain rule with symbolic ∇f, in exact surds."""
    import sympy as sp

    def rational(value: Fraction) -> Any:
        return sp.Rational(value.numerator, value.denominator)

    m, x = sp.Matrix(M), rational(subject.scale) * sp.Matrix(X)
    gradient, lam = sp.Matrix(2, 2, sp.symbols("g11 g12 g21 g22", real=True)), rational(subject.lam)
    cofactors = sp.Matrix([[m[1, 1], -m[1, 0]], [-m[0, 1], m[0, 0]]])
    numerator = m + sp.sign(m.det()) * cofactors
    u = numerator / sp.sqrt((numerator * numerator.T)[0, 0])
    sizes = sp.simplify(u.T * m)
    facts = {
        "UᵀU = 1": sp.simplify(u.T * u - sp.eye(2)) == sp.zeros(2),
        "UᵀM is symmetric": sp.simplify(sizes - sizes.T) == sp.zeros(2),
        "UᵀM is positive definite": bool(sp.simplify(sizes[0, 0]) > 0 and sp.simplify(sizes.det()) > 0),
    }
    rates = {}
    for name, asks in (("m", m), ("u", u)):
        change = sp.Integer(0)
        for i, j in ENTRIES:
            x_dot = u[i, j] - (lam * x[i, j] if asks[i, j] * x[i, j] <= 0 else 0)
            m_dot = -gradient[i, j] - m[i, j]
            change += gradient[i, j] * x_dot + u[i, j] * m_dot
            if m[i, j] * x[i, j] < 0:
                change -= lam * (m_dot * x[i, j] + m[i, j] * x_dot)
        rates[name] = sp.simplify(sp.expand(change))
    stated = {
        "m": 2 * sp.sqrt(5) + rational(subject.rate),
        "u": 2 * sp.sqrt(5) + gradient[0, 1] / 50 + rational(subject.other_rate),
    }
    for name, other in stated.items():
        facts[f"dH/dt = {other} where entries with {name}x ≤ 0 decay"] = sp.simplify(rates[name] - other) == 0
    facts["dH/dt > 0"] = bool(stated["m"] > 4)
    wrong = [name for name, is_so in facts.items() if not is_so]
    if wrong:
        found = {"dH/dt, m": str(rates["m"]), "dH/dt, u": str(rates["u"]), "lambda": str(subject.lam)}
        return Outcome("refuted", f"not so: {wrong[0]}", 0, found)
    text = f"∇K(M) = {u.tolist()}\ndH/dt = {rates['m']} (mx ≤ 0), {rates['u']} (ux ≤ 0)\n"
    said = "dH/dt = 2√5 − 21/50 > 4 for symbolic ∇f, with a polar factor that is checked."
    return Outcome("proved", said, len(facts), artefacts={"cautious-decay-muon.txt": text})


def polar_factor() -> tuple[list[list[Any]], Any]:
    """M(MᵀM)^{−1/2} and its trace with M in balls, from √A = (A + √det A)/√(tr A + 2√det A) of a 2×2 matrix."""
    import flint

    a, b, d = (flint.arb(M[0][i] * M[0][j] + M[1][i] * M[1][j]) for i, j in ((0, 0), (0, 1), (1, 1)))
    root = (a * d - b * b).sqrt()
    nuclear = (a + d + 2 * root).sqrt()
    # The inverse of [[p, q], [q, r]]/n with pr − q² = n²·√det A.
    p, q, r = a + root, b, d + root
    inverse = [[r / (nuclear * root), -q / (nuclear * root)], [-q / (nuclear * root), p / (nuclear * root)]]
    u = [[M[i][0] * inverse[0][j] + M[i][1] * inverse[1][j] for j in (0, 1)] for i in (0, 1)]
    return u, nuclear


def rises(subject: Statement) -> tuple[Any, Any]:
    """Balls around H(1/20) − H(0) for constant f, by both questions. Entry (1, 2) alone has mx < 0, at all times."""
    import flint

    u, nuclear = polar_factor()
    lam, scale, time = (flint.arb(v.numerator) / v.denominator for v in (subject.lam, subject.scale, TIME))
    for i, j in ENTRIES:
        # u and x of one sign, so that x moves outward and keeps it; then only entry (1, 2) is turned.
        if not u[i][j] * X[i][j] > 0 or (M[i][j] * X[i][j] < 0) != ((i, j) == (0, 1)):
            raise ArithmeticError("an entry does not move outward.")
    # ẋ = u − λx where it decays, ẋ = u where not; both stay positive. |m₁₂| = e^{−t}.
    level, decayed = u[0][1] / lam, (-lam * time).exp()
    lasting = level + (scale - level) * decayed, scale + u[0][1] * time
    shrunk = (-time).exp()
    before = nuclear + lam * scale
    return shrunk * (nuclear + lam * lasting[0]) - before, shrunk * (nuclear + lam * lasting[1]) - before


def prove_by_enclosure(subject: Statement, is_quick: bool) -> Outcome:
    """H(1/20) > H(0), by the stated amounts."""
    import flint

    with flint.ctx.workprec(PRECISION):
        found = rises(subject)
        for ball, stated in zip(found, (subject.rise, subject.other_rise), strict=True):
            off = abs(ball - flint.arb(stated.numerator) / stated.denominator)
            if not ball > 0 or not off < flint.arb(10) ** -12:
                numbers = {"lambda": str(subject.lam), "H(1/20) - H(0)": ball.str(20), "stated": str(stated)}
                is_wrong = ball <= 0 or off > flint.arb(10) ** -12
                said = f"H(1/20) − H(0) is {ball.str(20)}, not {float(stated):.15g} > 0"
                return Outcome("refuted", said, 0, numbers) if is_wrong else Outcome("undecided", said)
        text = "\n".join(ball.str(40) for ball in found) + "\n"
    said = "with constant f H has risen by 0.03779… and by 0.20631… at time 1/20."
    return Outcome("proved", said, 8, artefacts={"cautious-decay-muon-rise.txt": text})


def perturbed(name: str, relative: Fraction) -> Statement:
    return RIGHT._replace(**{name: getattr(RIGHT, name) * (1 + relative)})


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="cautious-decay-fails-for-muon",
        route="symbolic",
        statement="At that state dH/dt = 2√5 − 21/50 for symbolic ∇f, and 2√5 + (∂f/∂x₁₂ − 1)/50 by the other mask.",
        domain="the stated M, X, λ = 20, α = γ = 1, ε = 0, and every ∇f: what the claim says",
        is_complete=True,
        assumptions=(
            "the polar factor U of a square M of full rank is the only orthogonal U with UᵀM ≻ 0, and is ∇‖M‖_*",
            "chain rule",
        ),
        prove=prove_by_algebra,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=("rate", "other_rate"),
        perturbed=perturbed,
    ),
    Proof(
        claim="cautious-decay-fails-for-muon",
        route="enclosure",
        statement="With f constant H has risen by 0.03779… at time 1/20, by 0.20631… with the other mask.",
        domain="the stated M, X, λ = 20, α = γ = 1, ε = 0, and constant f",
        is_complete=False,
        assumptions=("the flow with constant f in closed form", "Arb's ball arithmetic is rounded outward"),
        prove=prove_by_enclosure,
        subject=RIGHT,
        planted=PLANTED,
        needs=("flint",),
        coefficients=("rise", "other_rise"),
        perturbed=perturbed,
    ),
)
