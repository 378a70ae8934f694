"""K and K* of log cosh and ‖·‖_p: Fenchel–Young with equality at y = ∇K(z), each from one variable.

log cosh      with p = log(1+T), q = log(1−T), T = tanh z, the gap at y = T is a polynomial in T, p, q that vanishes;
              off y = T it grows, as k″ = sech² > 0.
‖·‖_p         xe^x − e^x + 1 ≥ 0 makes (e^x−1)/x rise, which is Young's inequality for every p at once, and Hölder's.

Sharpness and threshold are 1: K_b(z) = k(bz)/b and K_e(z) = e·k(z/e) have the conjugates k*(y)/b and e·k*(y).
"""

from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from . import pseudo_huber
from .arithmetic import misbehaviour
from .balls import ball, interval, precision
from .branch_and_bound import decide
from .grid import vanishes
from .pairs import FAR, GRID, SAMPLES, SMOOTH, THEOREMS, Pair, first_open, perturbed


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


def entropy(y: Any, p: Any, q: Any) -> Any:
    """k* at y with p = log(1+y) and q = log(1−y)."""
    return ((1 + y) * p + (1 - y) * q) / 2


def entropy_at(y: Any) -> Any:
    """k* at a ball."""
    return entropy(y, (1 + y).log(), (1 - y).log())


def prove_log_cosh(pair: Pair, is_quick: bool) -> Outcome:
    """Equality by a polynomial identity; convexity of log cosh, its growth, and that k* is a penalty, by balls."""
    if (reason := misbehaviour()) is not None:
        return Outcome("undecided", reason)
    if (found := _equality_fails(pair, log_cosh, entropy_at, lambda z: z.tanh())) is not None:
        return found

    def gap(T: Any, p: Any, q: Any) -> Any:
        z, k, k_star = (p - q) / 2, -(p + q) / 2, entropy(T, p, q)
        return pair.value * k + pair.conjugate * k_star - z * (pair.slope * T)

    identity = vanishes(gap, ("T", "p", "q"))
    if identity.where is not None or pair.slope != 1:
        return Outcome("undecided", f"the identity does not vanish at {identity.where}, and no sample shows it")
    decisions = {
        # sech²z = 4/(e^z+e^{−z})², and k(z) ≤ z, so that zy − k(z) is unbounded for |y| > 1.
        "sech² > 0": decide(lambda z: 4 / ((z.exp() + (-z).exp()) * (z.exp() + (-z).exp())), [(-FAR, FAR)]),
        "log cosh z ≤ z": decide(lambda z: z - log_cosh(z), [(Fraction(0), FAR)]),
    }
    if (found := first_open(decisions)) is not None:
        return found
    with precision():
        E = interval(Fraction(0), Fraction(1, 10**6))  # e^{−2z} beyond FAR
        facts = (
            ball(Fraction(1, 10**6)) - (-2 * ball(FAR)).exp(),
            4 / ((1 + E) * (1 + E)),  # sech²z = 4e^{−2z}/(1+e^{−2z})²
            -((1 + E) / 2).log(),  # z − log cosh z
            entropy_at(ball(Fraction(1, 2))),  # k* is no indicator,
            log_cosh(ball(2)) - 2 * log_cosh(ball(1)),  # and k is not homogeneous
        )
        if not all(fact > 0 for fact in facts):
            return Outcome("undecided", "a comparison of numbers stayed open")
    boxes = sum(one.boxes for one in decisions.values())
    return Outcome("proved", f"an identity on {identity.points} points, {boxes} boxes and two tails", 8)


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
    if (found := first_open(decisions)) is not None:
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
            "z = ½log((1+T)/(1−T)) and cosh z = (1−T²)^{−1/2} for T = tanh z",
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
        claim="conjugate-laws-lp-norm",
        route="enclosure",
        statement="xe^x − e^x + 1 ≥ 0, from which Young's and Hölder's inequalities follow: ⟨z, y⟩ ≤ ‖z‖_p‖y‖_q for "
        "1/p + 1/q = 1; (p−1)q = p, so that ‖∇K(z)‖_q = 1; equality and K* themselves at z = (1, 1) alone",
        domain="1 < p < ∞, every dimension",
        is_complete=False,
        assumptions=(
            *THEOREMS,
            GRID,
            "Hölder's inequality follows from Young's",
            "t(⟨z,y⟩ − K(z)) is unbounded where it is > 0",
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
    *pseudo_huber.PROOFS,
)
