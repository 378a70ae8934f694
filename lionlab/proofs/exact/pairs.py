"""What the proofs about pairs K, K* share: the factors that planted wrongs change, and what is taken for granted."""

from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Outcome, Planted
from .branch_and_bound import Decision
from .grid import Factor

ONE = Fraction(1)
FAR = Fraction(8)  # where boxes end and tails begin
SAMPLES = tuple(Fraction(k, 4) for k in (-9, -4, -2, -1, 1, 2, 4, 9))


@dataclass(frozen=True)
class Pair:
    """Factors on k, k*, k′, and on the exponent q of the dual ball; all 1 is the theorem.

    `bump`: k* of pseudo-Huber less bump·B(y)², where B = 0 at y = k′(z) for every z of SAMPLES.   `right_at`: a factor
    on it that may depend on w.
    """

    value: Fraction = ONE
    conjugate: Fraction = ONE
    slope: Fraction = ONE
    exponent: Fraction = ONE
    bump: Fraction = Fraction(0)
    right_at: Factor = ONE


def first_open(found: dict[str, Decision]) -> Outcome | None:
    """The first decision that is not a proof, as an outcome."""
    for name, decision in found.items():
        if decision.word != "proved":
            seen = {"at": str(decision.point[0]), "value": decision.value} if decision.point else None
            return Outcome(decision.word, f"{name}: {decision.said}", 0, seen)
    return None


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
