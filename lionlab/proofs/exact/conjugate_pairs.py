"""K and K* of log cosh, pseudo-Huber and ‖·‖_p: Fenchel–Young with equality at y = ∇K(z), each from one variable.

log cosh      with p = log(1+T), q = log(1−T), T = tanh z, the gap at y = T is a polynomial in T, p, q that vanishes;
              off y = T it grows, as k″ = sech² > 0.
pseudo-Huber  with z = (v−1/v)/2 and y = (w²−1)/(w²+1) the gap is (v−w)²/(v(w²+1)): no root is left, nor any inequality.
‖·‖_p         xe^x − e^x + 1 ≥ 0 makes (e^x−1)/x rise, which is Young's inequality for every p at once, and Hölder's.

Sharpness and threshold are 1: K_b(z) = k(bz)/b and K_e(z) = e·k(z/e) have the conjugates k*(y)/b and e·k*(y).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from .arithmetic import misbehaviour
from .balls import ball, interval, precision, root
from .branch_and_bound import Decision, decide
from .grid import vanishes

ONE = Fraction(1)
FAR = Fraction(8)  # where boxes end and tails begin
SAMPLES = tuple(Fraction(k, 4) for k in (-9, -4, -2, -1, 1, 2, 4, 9))


@dataclass(frozen=True)
class Pair:
    """Factors on k, k*, k′, and on the exponent q of the dual ball; all 1 is the theorem."""

    value: Fraction = ONE
    conjugate: Fraction = ONE
    slope: Fraction = ONE
    exponent: Fraction = ONE


def _first_open(found: dict[str, Decision]) -> Outcome | None:
    """The first decision that is not a proof, as an outcome."""
    for name, decision in found.items():
        if decision.word != "proved":
            seen = {"at": str(decision.point[0]), "value": decision.value} if decision.point else None
            return Outcome(decision.word, f"{name}: {decision.said}", 0, seen)
    return None


def _equality_fails(pair: Pair, k: Any, k_star: Any, slope: Any) -> Outcome | None:
    """A sample where k(z) + k*(k′(z)) − zk′(z) is not 0, beyond doubt."""
    with precision():
        for z in SAMPLES:
            y = ball(pair.slope) * slope(ball(z))
            gap = ball(pair.value) * k(ball(z)) + ball(pair.conjugate) * k_star(y) - ball(z) * y
            if gap > 0 or gap < 0:
                return Outcome("refuted", "no equality at y = k′(z)", 0, {"z": str(z), "gap": gap.str(20)})
    return None


def log_cosh(z: Any) -> Any:
    return ((z.exp() + (-z).exp()) / 2).log()


def entropy(y: Any) -> Any:
    return ((1 + y) * (1 + y).log() + (1 - y) * (1 - y).log()) / 2


def prove_log_cosh(pair: Pair, is_quick: bool) -> Outcome:
    """Equality by a polynomial identity; convexity of log cosh, its growth, and that k* is a penalty, by balls."""
    if (reason := misbehaviour()) is not None:
        return Outcome("undecided", reason)
    if (found := _equality_fails(pair, log_cosh, entropy, lambda z: z.tanh())) is not None:
        return found

    def gap(T: Any, p: Any, q: Any) -> Any:
        z, k, k_star = (p - q) / 2, -(p + q) / 2, ((1 + T) * p + (1 - T) * q) / 2
        return pair.value * k + pair.conjugate * k_star - z * (pair.slope * T)

    identity = vanishes(gap, ("T", "p", "q"))
    if identity.where is not None or pair.slope != 1:
        return Outcome("undecided", f"the identity does not vanish at {identity.where}, and no sample shows it")
    decisions = {
        # sech²z = 4/(e^z+e^{−z})², and k(z) ≤ z, so that zy − k(z) is unbounded for |y| > 1.
        "sech² > 0": decide(lambda z: 4 / ((z.exp() + (-z).exp()) * (z.exp() + (-z).exp())), [(-FAR, FAR)]),
        "log cosh z ≤ z": decide(lambda z: z - log_cosh(z), [(Fraction(0), FAR)]),
    }
    if (found := _first_open(decisions)) is not None:
        return found
    with precision():
        E = interval(Fraction(0), Fraction(1, 10**6))  # e^{−2z} beyond FAR
        facts = (
            ball(Fraction(1, 10**6)) - (-2 * ball(FAR)).exp(),
            4 / ((1 + E) * (1 + E)),  # sech²z = 4e^{−2z}/(1+e^{−2z})²
            -((1 + E) / 2).log(),  # z − log cosh z
            entropy(ball(Fraction(1, 2))),  # k* is no indicator,
            log_cosh(ball(2)) - 2 * log_cosh(ball(1)),  # and k is not homogeneous
        )
        if not all(fact > 0 for fact in facts):
            return Outcome("undecided", "a comparison of numbers stayed open")
    boxes = sum(one.boxes for one in decisions.values())
    return Outcome("proved", f"an identity on {identity.points} points, {boxes} boxes and two tails", 8)


def pseudo_huber(z: Any) -> Any:
    return root(z * z + 1) - 1


def half_circle(y: Any) -> Any:
    return 1 - root(1 - y * y)


def prove_pseudo_huber(pair: Pair, is_quick: bool) -> Outcome:
    """The gap is (v−w)²/(v(w²+1)); every real z is (v−1/v)/2 with v > 0, every |y| < 1 is (w²−1)/(w²+1) with w > 0."""
    samples = [(Fraction(a, 5), Fraction(b, 5)) for a in (1, 4, 5, 9, 30) for b in (1, 4, 5, 9, 30)]

    def parts(v: Any, w: Any) -> Any:
        z, k = (v - 1 / v) / 2, (v + 1 / v) / 2 - 1
        y, k_star = (w * w - 1) / (w * w + 1), 1 - 2 * w / (w * w + 1)
        return z, k, y, k_star

    for v, w in samples:
        z, k, y, k_star = parts(v, w)
        gap = pair.value * k + pair.conjugate * k_star - z * (pair.slope * y)
        if gap < 0 or (v == w and gap != 0):
            return Outcome(
                "refuted", "a negative gap, or none where y = k′(z)", 0, {"z": str(z), "y": str(y), "gap": str(gap)}
            )

    def difference(v: Any, w: Any) -> Any:
        z, k, y, k_star = parts(v, w)
        gap = pair.value * k + pair.conjugate * k_star - z * (pair.slope * y)
        return gap - (v - w) * (v - w) / (v * (w * w + 1))

    identity = vanishes(difference, ("v", "w"))
    if identity.where is not None:
        return Outcome("undecided", f"the identity does not vanish at {identity.where}")
    return Outcome("proved", f"gap = (v−w)²/(v(w²+1)) on {identity.points} points", 1)


def enclose_pseudo_huber(pair: Pair, is_quick: bool) -> Outcome:
    """k″ = (z²+1)^{−3/2} > 0, so the gap is least at y = k′(z), where it is held to 0 by balls at samples only."""
    if (reason := misbehaviour()) is not None:
        return Outcome("undecided", reason)
    slope: Callable[[Any], Any] = lambda z: z / root(z * z + 1)  # noqa: E731 - a formula among formulas
    if (found := _equality_fails(pair, pseudo_huber, half_circle, slope)) is not None:
        return found
    # In z = tan φ: k = 1/cos φ − 1, k′ = sin φ; at y = sin ψ the gap times cos φ is 1 − cos(φ−ψ), a square.
    half_turn = Fraction(157, 100)
    found_on = decide(lambda d: 1 - d.cos(), [(Fraction(0), 2 * half_turn)])
    if (open_one := _first_open({"1 − cos(φ−ψ) ≥ 0": found_on})) is not None:
        return open_one
    return Outcome("proved", f"1 − cos ≥ 0 on [0, 3.14], in {found_on.boxes} boxes", 1)


def prove_power_norm(pair: Pair, is_quick: bool) -> Outcome:
    """xe^x − e^x + 1 ≥ 0 on [−8, 8] by branch and bound, beyond by its summands; equality at ∇K by its exponents.

    So (e^x−1)/x rises, θ(e^s−1) ≥ e^{θs}−1 for 0 < θ = 1/p < 1, which is Young's inequality, and Hölder's follows.
    """
    if (reason := misbehaviour()) is not None:
        return Outcome("undecided", reason)
    with precision():
        for p in (Fraction(3, 2), Fraction(3), Fraction(2)):
            q = pair.exponent * p / (p - 1)
            # z = (1, 1), y a multiple of it with ‖y‖_q = 1: K(z) − ⟨z, y⟩ = 2^{1/p} − 2^{1−1/q}, which must be 0.
            gap = ball(pair.value) * ball(2) ** ball(1 / p) - ball(pair.slope) * ball(2) ** ball(1 - 1 / q)
            if gap > 0 or gap < 0:
                return Outcome("refuted", "K(z) and ⟨z, y⟩ differ at z = (1, 1)", 0, {"p": str(p), "gap": gap.str(20)})
    if pair.value != 1 or pair.slope != 1 or pair.exponent != 1:
        return Outcome("undecided", "no sample shows it")
    decisions = {
        "xe^x − e^x + 1 on [0, 8]": decide(lambda x: x * x.exp() - x.exp() + 1, [(Fraction(0), FAR)]),
        "xe^x − e^x + 1 on [−8, 0]": decide(lambda x: x * x.exp() - x.exp() + 1, [(-FAR, Fraction(0))]),
    }
    if (found := _first_open(decisions)) is not None:
        return found
    # ‖∇K‖_q = 1 and ⟨z, ∇K⟩ = K: (p−1)q = p, and p − (p−1) = 1.
    exponents = vanishes(lambda p: (p - 1) * (p / (p - 1)) - p, ("p",))
    with precision():
        # x > 8: e^x(x−1) > 0; x < −8: (1+|x|)e^{−|x|} falls, and is below 1.
        tail = 1 - (1 + ball(FAR)) * (-ball(FAR)).exp()
    if exponents.where is not None or not tail > 0:
        return Outcome("undecided", "the exponents, or the tail")
    boxes = sum(one.boxes for one in decisions.values())
    return Outcome("proved", f"{boxes} boxes and two tails; exponents on {exponents.points} points", 4)


def perturbed(name: str, size: Fraction) -> Pair:
    """One factor with a relative error."""
    return replace(Pair(), **{name: 1 + size})


SMOOTH = (
    Planted("K* with twice its penalty", Pair(conjugate=Fraction(2))),
    Planted("K* without its penalty", Pair(conjugate=Fraction(0))),
    Planted("∇K twice as steep", Pair(slope=Fraction(1, 2))),
    Planted("K too large by a relative 1e-9", Pair(value=1 + Fraction(1, 10**9))),
)
THEOREMS = (
    "K** = K for closed convex K (Fenchel–Moreau)",
    "Moreau's identity holds for every closed convex K",
    "a sum over entries has the sum of the conjugates",
)
GRID = "a polynomial that vanishes on a grid wider than its degrees is 0"

PROOFS = (
    Proof(
        claim="conjugate-laws-log-cosh",
        route="enclosure",
        statement="log cosh z + ½[(1+y)log(1+y) + (1−y)log(1−y)] ≥ zy, with equality at y = tanh z; +∞ for |y| > 1",
        domain="all real z and y, every sharpness and dimension",
        is_complete=True,
        assumptions=(
            *THEOREMS,
            GRID,
            "(log cosh)′ = tanh, whose derivative is sech²",
            "both sides are continuous at |y| = 1",
        ),
        prove=prove_log_cosh,
        subject=Pair(),
        planted=SMOOTH,
        needs=("flint",),
        coefficients=("value", "conjugate", "slope"),
        perturbed=perturbed,
    ),
    Proof(
        claim="conjugate-laws-pseudo-huber",
        route="exact arithmetic",
        statement="√(z²+1) − 1 + 1 − √(1−y²) − zy = (v−w)²/(v(w²+1)) ≥ 0, 0 exactly where y = z/√(z²+1)",
        domain="all real z and |y| ≤ 1, every threshold and dimension",
        is_complete=True,
        assumptions=(
            *THEOREMS,
            GRID,
            "both sides are continuous at |y| = 1",
            "k(z) ≤ |z|, so zy − k(z) is unbounded for |y| > 1",
        ),
        prove=prove_pseudo_huber,
        subject=Pair(),
        planted=SMOOTH,
        coefficients=("value", "conjugate", "slope"),
        perturbed=perturbed,
    ),
    Proof(
        claim="conjugate-laws-pseudo-huber",
        route="enclosure",
        statement="with z = tan φ, y = sin ψ the gap is (1 − cos(φ−ψ))/cos φ ≥ 0 for |φ|, |ψ| ≤ 1.57",
        domain="|z| ≤ 1255, |y| ≤ 0.9999996, every threshold and dimension",
        is_complete=False,
        assumptions=(
            "1 + tan² = 1/cos², the addition theorem of the cosine",
            "a sum over entries has the sum of the conjugates",
        ),
        prove=enclose_pseudo_huber,
        subject=Pair(),
        planted=SMOOTH,
        needs=("flint",),
        coefficients=("value", "conjugate", "slope"),
        perturbed=perturbed,
    ),
    Proof(
        claim="conjugate-laws-lp-norm",
        route="enclosure",
        statement="⟨z, y⟩ ≤ ‖z‖_p‖y‖_q for 1/p + 1/q = 1, with equality and ‖y‖_q = 1 at y = ∇K(z)",
        domain="1 < p < ∞, every dimension; p = 1 and p = ∞ as limits",
        is_complete=True,
        assumptions=(
            *THEOREMS,
            GRID,
            "Hölder's inequality follows from Young's",
            "t(⟨z,y⟩ − K(z)) is unbounded where it is > 0",
            "‖·‖_p is continuous in p up to 1 and ∞",
        ),
        prove=prove_power_norm,
        subject=Pair(),
        planted=(
            Planted("q = 2p/(p−1)", Pair(exponent=Fraction(2))),
            Planted("q too small by a relative 1e-9", Pair(exponent=1 - Fraction(1, 10**9))),
            Planted("K too large by a relative 1e-9", Pair(value=1 + Fraction(1, 10**9))),
            Planted("∇K too long by a relative 1e-9", Pair(slope=1 + Fraction(1, 10**9))),
        ),
        needs=("flint",),
        coefficients=("value", "slope", "exponent"),
        perturbed=perturbed,
    ),
)
