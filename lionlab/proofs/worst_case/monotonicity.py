"""∂K is monotone, and pairs with ∂K*: two subgradient inequalities, of weight 1 each, in which the values cancel."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, value, vector
from .certificate import Certificate, Term, outcome
from .interpolation import Sample, convex
from .plain_functions import FUNCTIONS, HALF
from .ranges import Range

GRID = tuple(Fraction(n, 4) for n in (-9, -4, -3, -1, 0, 1, 3, 4, 7))
ANYWHERE = Range("all vectors", ("one",))


@dataclass(frozen=True)
class Product:
    """⟨slope − sign·slope′, point − point′⟩ ≥ strength·‖slope − slope′‖².

    `partner`: the point that goes with the slope λx ∈ ∂K(z), z or wrongly λx.
    """

    sign: int = 1
    strength: Any = 0
    partner: str = "z"


def negatives(subject: Product) -> dict[str, Expression]:
    """Both products with a minus, said to be ≤ 0."""
    a, b, u, w, z, y, t = (vector(name) for name in ("a", "b", "u", "w", "z", "λx", "m̃"))
    v, at = vector("∇K(m̃)"), z if subject.partner == "z" else y
    first = subject.strength * ((u - w) @ (u - w)) - (u - subject.sign * w) @ (a - b)
    second = subject.strength * ((v - y) @ (v - y)) - (v - subject.sign * y) @ (t - at)
    return {"−⟨∇K(a) − ∇K(b), a − b⟩": first, "−⟨∇K(m̃) − λx, m̃ − ∇K*(λx)⟩": second}


def prove(subject: Product, is_quick: bool) -> Outcome:
    """The second product is the first at m̃ and z ∈ ∂K*(λx), for then λx ∈ ∂K(z)."""
    pairs = (("a", "u", "b", "w"), ("m̃", "∇K(m̃)", "z", "λx"))

    def certificates() -> Iterator[Certificate]:
        for (said, target), (a, u, b, w) in zip(negatives(subject).items(), pairs, strict=True):
            one, other = Sample(vector(a), vector(u), value("K")), Sample(vector(b), vector(w), value("K′"))
            terms = (
                Term(f"subgradient at {b}", 1, convex(one, other)),
                Term(f"subgradient at {a}", 1, convex(other, one)),
            )
            yield Certificate(said, ANYWHERE, target, terms)

    def refuter() -> Mapping[str, Any] | None:
        for K in FUNCTIONS:
            for a, b, share in product(GRID, GRID, (Fraction(0), HALF, Fraction(1))):
                u, (low, high) = K.subgradients(a)[1], K.subgradients(b)
                w = low + share * (high - low)
                numbers = {"a": a, "b": b, "u": u, "w": w, "m̃": a, "∇K(m̃)": u, "z": b, "λx": w}
                for said, target in negatives(subject).items():
                    excess = target.at({name: (number,) for name, number in numbers.items()}, {})
                    if excess > 0:
                        return {"product": said, "K": str(K), "excess": str(excess), "points": f"{a}, {b}",
                            "slopes": f"{u}, {w}"}  # fmt: skip
        return None

    return outcome("monotonicity", certificates(), refuter)


PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="monotonicity",
        route="worst case",
        statement="Each product is the sum of the two subgradient inequalities between its points.",
        domain="every convex K, every choice of subgradients, every dimension",
        is_complete=True,
        assumptions=("the subgradient inequality", "z ∈ ∂K*(y) exactly if y ∈ ∂K(z)"),
        prove=prove,
        subject=Product(),
        planted=(
            Planted("⟨∇K(a) + ∇K(b), a − b⟩", Product(sign=-1)),
            Planted("≥ 1e-9·‖∇K(a) − ∇K(b)‖², as if K had a smooth gradient", Product(strength=Fraction(1, 10**9))),
            Planted("m̃ − λx for m̃ − ∇K*(λx)", Product(partner="λx")),
        ),
    ),
)
