"""K and K* of pseudo-Huber: Fenchel–Young with equality at y = ∇K(z), by a square and by convexity.

    k(z) = √(z²+1) − 1,   k*(y) = 1 − √(1−y²),   z = (v−1/v)/2,   y = (w²−1)/(w²+1),   v, w > 0

The square: the gap is (v−w)²/(v(w²+1)), no root is left, nor any inequality. Convexity: the gap is 0 at y = k′(z), on
all of v = w, and k″ ≥ 0, held by balls, has it nowhere smaller at the same y.
"""

from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from .arithmetic import misbehaviour
from .balls import ball, precision
from .branch_and_bound import curvature, decide
from .grid import at, right_at_first, vanishes
from .pairs import GRID, ONE, SAMPLES, SMOOTH, THEOREMS, Pair, first_open, perturbed

NEAR = Fraction(2)  # where boxes end and the tail begins


def on_hyperbola(v: Any) -> tuple[Any, Any]:
    """z and √(z²+1), for every real z at one v > 0."""
    return (v - 1 / v) / 2, (v + 1 / v) / 2


def on_circle(w: Any) -> tuple[Any, Any]:
    """y and √(1−y²), for every |y| < 1 at one w > 0; it is y = k′(z) where w = v."""
    return (w * w - 1) / (w * w + 1), 2 * w / (w * w + 1)


def pseudo_huber(r: Any, threshold: Any = 1) -> Any:
    """k at a z with r = √(z²+e²), e = `threshold`."""
    return r - threshold


def half_circle(pair: Pair, y: Any, s: Any) -> Any:
    """k* at a y with s = √(1−y²)."""
    bump: Any = 1
    for z in SAMPLES[len(SAMPLES) // 2 :]:  # those > 0
        bump = bump * (y * y - z * z / (1 + z * z))
    return pair.conjugate * (1 - s) - pair.bump * bump * bump


def gap_of(pair: Pair, v: Any, w: Any) -> Any:
    """k(z) + k*(y) − zy."""
    (z, r), (y, s) = on_hyperbola(v), on_circle(w)
    return pair.value * pseudo_huber(r) + at(pair.right_at, w) * half_circle(pair, y, s) - z * (pair.slope * y)


def _no_parameters() -> Outcome | None:
    """The roots are those they are taken for, their squares and signs; k ≤ z for z ≥ 0, that is v ≥ 1."""
    facts = (
        lambda v: on_hyperbola(v)[1] * on_hyperbola(v)[1] - on_hyperbola(v)[0] * on_hyperbola(v)[0] - 1,
        lambda w: on_circle(w)[0] * on_circle(w)[0] + on_circle(w)[1] * on_circle(w)[1] - 1,
        lambda v: on_hyperbola(v)[0] / on_hyperbola(v)[1] - on_circle(v)[0],  # k′(z) = z/√(z²+1)
        lambda v: on_hyperbola(v)[0] - pseudo_huber(on_hyperbola(v)[1]) - (1 - 1 / v),
    )
    if any(vanishes(fact, ("v",)).where is not None for fact in facts):
        return Outcome("undecided", "a root is not what it is taken for")
    third, half = on_hyperbola(Fraction(3))[1], on_hyperbola(Fraction(2))[1]  # z = 4/3 and z = 3/4
    if pseudo_huber(third) == Fraction(16, 9) * pseudo_huber(half) or half_circle(Pair(), *on_circle(Fraction(2))) == 0:
        return Outcome("undecided", "k would be homogeneous, or k* an indicator")
    return None


def _seen(pair: Pair, v: Fraction, w: Fraction) -> dict[str, str]:
    return {"z": str(on_hyperbola(v)[0]), "y": str(pair.slope * on_circle(w)[0]), "gap": str(gap_of(pair, v, w))}


def prove_pseudo_huber(pair: Pair, is_quick: bool) -> Outcome:
    """The gap is (v−w)²/(v(w²+1)); every real z is (v−1/v)/2 with v > 0, every |y| < 1 is (w²−1)/(w²+1) with w > 0."""
    samples = [(Fraction(a, 5), Fraction(b, 5)) for a in (1, 4, 5, 9, 30) for b in (1, 4, 5, 9, 30)]
    for v, w in samples:
        gap = gap_of(pair, v, w)
        if gap < 0 or (v == w and gap != 0):
            return Outcome("refuted", "a negative gap, or none where y = k′(z)", 0, _seen(pair, v, w))
    identity = vanishes(lambda v, w: gap_of(pair, v, w) - (v - w) * (v - w) / (v * (w * w + 1)), ("v", "w"))
    if identity.where is not None:
        return Outcome("undecided", f"the identity does not vanish at {identity.where}")
    if (found := _no_parameters()) is not None:
        return found
    return Outcome("proved", f"gap = (v−w)²/(v(w²+1)) on {identity.points} points", 6)


def enclose_pseudo_huber(pair: Pair, is_quick: bool) -> Outcome:
    """The gap at y = k′(z) is 0 for every z; and k″ > 0: at a given y, which is k′ of some z, the gap is least there.

    k″ ≥ 0 on [−2, 2] by branch and bound, beyond by that of t·k(1/t) = √(1+t²) − t on [0, 1/2], as k is even.
    """
    if (reason := misbehaviour()) is not None:
        return Outcome("undecided", reason)
    identity = vanishes(lambda v: gap_of(pair, v, v), ("v",))
    if identity.where is not None:
        return Outcome("refuted", "no equality at y = k′(z)", 0, _seen(pair, *2 * (Fraction(identity.where["v"]),)))
    if (found := _no_parameters()) is not None:
        return found
    with precision():
        own = ball(pair.value)
    decisions = {
        "k″ on [−2, 2]": decide(curvature(lambda z: own * pseudo_huber((z * z + 1).sqrt())), [(-NEAR, NEAR)]),
        "k″ beyond": decide(curvature(lambda t: own * pseudo_huber((1 + t * t).sqrt(), t)), [(Fraction(0), 1 / NEAR)]),
    }
    if (open_one := first_open(decisions)) is not None:
        return open_one
    boxes = sum(one.boxes for one in decisions.values())
    return Outcome("proved", f"equality on {identity.points} points, k″ ≥ 0 in {boxes} boxes", 7)


# What samples of y = k′(z) alone, or the equality alone, would let pass.
UNSEEN_AT_SAMPLES = (
    Planted("K* too small between the samples", Pair(bump=Fraction(1000))),
    Planted("K* too small between the samples by 1e-9", Pair(bump=Fraction(1, 10**9))),
    Planted("−K, −K* and −∇K: equality everywhere, nothing convex", Pair(-ONE, -ONE, -ONE)),
)

PROOFS = (
    Proof(
        claim="conjugate-laws-pseudo-huber",
        route="exact arithmetic",
        statement="√(z²+1) − 1 + 1 − √(1−y²) − zy = (v−w)²/(v(w²+1)) ≥ 0, 0 exactly where y = z/√(z²+1); k(z) ≤ |z|, "
        "so K* = +∞ for |y| > 1; K is not homogeneous and K* no indicator",
        domain="all real z and |y| ≤ 1, every threshold and dimension",
        is_complete=True,
        assumptions=(
            *THEOREMS,
            GRID,
            "both sides are continuous at |y| = 1",
            "K_e(z) = e·k(z/e) has the conjugate e·k*",
        ),
        prove=prove_pseudo_huber,
        subject=Pair(),
        planted=(*SMOOTH, *UNSEEN_AT_SAMPLES),
        coefficients=("value", "conjugate", "slope"),
        perturbed=perturbed,
    ),
    Proof(
        claim="conjugate-laws-pseudo-huber",
        route="enclosure",
        statement="k(z) + k*(k′(z)) = zk′(z) for every z, k″ ≥ 0, and every |y| < 1 is a k′(z): so the gap is ≥ 0 for "
        "all z and y; k(z) ≤ |z|, so K* = +∞ for |y| > 1; K is not homogeneous and K* no indicator",
        domain="all real z and |y| ≤ 1, every threshold and dimension",
        is_complete=True,
        assumptions=(
            *THEOREMS,
            GRID,
            "(√(z²+1))′ = z/√(z²+1)",
            "a convex function is least where its derivative is 0",
            "k is convex on (2, ∞) where its perspective t·k(1/t) is on (0, 1/2)",
            "both sides are continuous at |y| = 1",
            "K_e(z) = e·k(z/e) has the conjugate e·k*",
        ),
        prove=enclose_pseudo_huber,
        subject=Pair(),
        planted=(
            *SMOOTH,
            *UNSEEN_AT_SAMPLES,
            Planted("K* right at w = 1/7 and 2/7 alone", Pair(right_at=right_at_first(0))),
        ),
        needs=("flint",),
        coefficients=("value", "conjugate", "slope"),
        perturbed=perturbed,
    ),
)
