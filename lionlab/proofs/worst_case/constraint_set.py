"""Phase 1 over all convex K: what one step does to the distance of y = λx from dom K*, and that it does not leave it.

    y⁺ = ry + (1−r)u,        r = 1−ηλ (explicit), 1/(1+ηλ) (implicit),        u ∈ ∂K(m̃⁺) ⊂ dom K* = D

With p the nearest point of the closure of D, y⁺ is r‖y−p‖ away from q = rp + (1−r)u, a point of it. Where u maximises
⟨y−p, ·⟩ over D nothing is nearer: ⟨y−p, v⟩ ≤ ⟨y−p, p⟩ ≤ ⟨y−p, u⟩ for every v of D, so that y⁺−q = r(y−p) is normal to
D at q. And K*(y⁺) ≤ rK*(y) + (1−r)K*(u) is finite where K*(y) is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..gram import Expression, Vector, value, vector
from .certificate import Certificate, Refuter, Term, outcome
from .interpolation import Sample, conjugate_value, fenchel_young, square
from .plain_functions import ABSOLUTE
from .ranges import Range

Y, U, P, V, Z, M = (vector(name) for name in ("y", "u", "p", "v", "z", "m̃"))
# ηλ = Q/(R+Q) with R ≥ 0, so that ηλ = 1 belongs to it; and ηλ > 0.
EXPLICIT = Range("0 < ηλ <= 1; ηλ = Q/(Q+R)", ("Q",), ("R",))
IMPLICIT = Range("ηλ > 0", ("Q",))


def explicit(rate: Any) -> Any:
    """r for ηλ = `rate`."""
    return 1 - rate


def implicit(rate: Any) -> Any:
    """r for ηλ = `rate`."""
    return 1 / (1 + rate)


@dataclass(frozen=True)
class Attraction:
    """The step y⁺ = keep·y + take·u and the factor by which the distance is said to shrink, from ηλ.

    `furthest`: the largest ηλ that is allowed with explicit decay. `is_outward`: whether the factor is said to be
    attained only where u maximises ⟨y−p, ·⟩.
    """

    keep: Callable[[Any], Any]
    take: Callable[[Any], Any]
    factor: Callable[[Any], Any]
    furthest: int = 1
    is_outward: bool = True


def attraction(keep: Callable[[Any], Any]) -> Attraction:
    return Attraction(keep, lambda rate: 1 - keep(rate), keep)


def rate_on(one: Range) -> Any:
    n = one.numbers
    return n["Q"] / (n["Q"] + n["R"]) if "R" in n else n["Q"]


def moved(subject: Attraction, rate: Any, u: Vector) -> Vector:
    """y⁺."""
    return subject.keep(rate) * Y + subject.take(rate) * u


def nearness(subject: Attraction, rate: Any) -> Expression:
    """‖y⁺ − (rp + (1−r)u)‖² − factor²‖y−p‖², said to be 0."""
    r = subject.factor(rate)
    return square(moved(subject, rate, U) - (r * P + (1 - r) * U)) - r * r * square(Y - P)


def farness(subject: Attraction, rate: Any) -> Expression:
    """factor²‖y−p‖² − ‖y⁺ − v‖² for any v of D, said to be ≤ 0 where u maximises ⟨y−p, ·⟩."""
    return subject.factor(rate) * subject.factor(rate) * square(Y - P) - square(moved(subject, rate, U) - V)


def push(subject: Attraction, n: Vector) -> Expression:
    """K(z) + ⟨n, p⟩ + K*(v) − ⟨z + n, v⟩ for p ∈ ∂K(z): K(z+n) is the supremum over v, so that p ∈ ∂K(z+n)."""
    return value("K*(v)") - value("K*(p)") - (Z + n) @ (V - P)


def prove_contraction(claim: str, one: Range, subject: Attraction, is_quick: bool) -> Outcome:
    """The distance shrinks by the factor at least, and by no more where u is furthest out, as for some m̃ it is."""
    rate = rate_on(one)
    keep, take = subject.keep(rate), subject.take(rate)
    one.refuse_poles(of_rate=1 + rate, **({"Q+R": one.numbers["Q"] + one.numbers["R"]} if one is EXPLICIT else {}))
    behind = Term("p is nearest to y: ⟨y−p, p−v⟩ ≥ 0", 2 * keep, (Y - P) @ (P - V))
    furthest = Term("u maximises ⟨y−p, ·⟩: ⟨y−p, u−p⟩ ≥ 0", 2 * keep * take, (Y - P) @ (U - P))

    def certificates() -> Iterator[Certificate]:
        yield Certificate("‖y⁺ − (rp + (1−r)u)‖² − r²‖y−p‖²", one, nearness(subject, rate))
        for weight in (subject.factor(rate), 1 - subject.factor(rate)):
            yield Certificate("−r or −(1−r)", one, Expression({"": -weight} if weight != 0 else {}), _is_weight(weight))
        outward = (furthest,) if subject.is_outward else ()
        terms = (behind, *outward, Term("a square", 1, square(P + take * (U - P) - V)))
        yield Certificate("r²‖y−p‖² − ‖y⁺−v‖² for u furthest out", one, farness(subject, rate), terms)
        # p ∈ ∂K(z + (y−p)) for any z with p ∈ ∂K(z): K*(v) ≥ K*(p) + ⟨z + y − p, v − p⟩.
        touching = value("K*(v)") - value("K*(p)") - Z @ (V - P)
        reasons = (Term("z ∈ ∂K*(p)", 1, touching), Term("p is nearest to y: ⟨y−p, p−v⟩ ≥ 0", 1, (Y - P) @ (P - V)))
        yield Certificate("−[K*(v) − K*(p) − ⟨z+y−p, v−p⟩]", one, -push(subject, Y - P), reasons)

    return outcome(claim, certificates(), _broken(subject, one is EXPLICIT))


def _is_weight(weight: Any) -> tuple[Term, ...]:
    return (Term("1 > 0", weight, Expression({"": 1})),)


def _broken(subject: Attraction, is_explicit: bool) -> Refuter:
    """On D = [−1, 1] and D = [−1, 1]²: a step that ends further away than said, or, pushed outward, nearer."""

    def refuter() -> Mapping[str, Any] | None:
        rates = [Fraction(n, 10) for n in ((1, 5, 10) if is_explicit else (1, 10, 50))]
        # The second coordinate of y is inside, so that any second coordinate of u is furthest out.
        for rate, y, u in product(rates, product((Fraction(2), Fraction(-3)), (Fraction(0), Fraction(1, 2))), UPDATES):
            after = tuple(subject.keep(rate) * a + subject.take(rate) * b for a, b in zip(y, u, strict=True))
            distance, said = abs(_outside(after)), subject.factor(rate) * _outside(y)
            is_attained = u[0] * y[0] > 0 or not subject.is_outward
            if abs(after[1]) <= 1 and (distance > said or (is_attained and distance != said)):
                return {"K": "|z1| + |z2|", "eta·lam": str(rate), "lam·x": str(y), "u": str(u), "after": str(after),
                    "distance": str(distance), "said": str(said)}  # fmt: skip
        return None

    return refuter


UPDATES = tuple(product((Fraction(-1), Fraction(1)), (Fraction(-1), Fraction(0), Fraction(1))))


def _outside(y: tuple[Fraction, ...]) -> Fraction:
    """Distance from [−1, 1]² of a y whose second coordinate is inside."""
    return max(abs(y[0]) - 1, Fraction(0))


def prove_invariance(subject: Attraction, is_quick: bool) -> Outcome:
    """⟨z, y⁺⟩ − K(z) ≤ rK*(y) + (1−r)K*(u) for every z, whose supremum is K*(y⁺)."""
    inside = fenchel_young(value("K(z)"), Z, value("K*(y)"), Y)
    of_update = fenchel_young(value("K(z)"), Z, conjugate_value(Sample(M, U, value("K(m̃)"))), U)

    def certificates() -> Iterator[Certificate]:
        for one, keep in ((EXPLICIT, subject.keep), (IMPLICIT, implicit)):
            rate = rate_on(one) * subject.furthest if one is EXPLICIT else rate_on(one)
            one.refuse_poles(of_rate=1 + rate)
            r, rest = keep(rate), subject.take(rate) if one is EXPLICIT else 1 - keep(rate)
            bound = r * value("K*(y)") + rest * conjugate_value(Sample(M, U, value("K(m̃)")))
            target = Z @ (r * Y + rest * U) - value("K(z)") - bound
            terms = (Term("Fenchel–Young at z, y", r, inside), Term("Fenchel–Young at z, u", rest, of_update))
            yield Certificate("⟨z, y⁺⟩ − K(z) − rK*(y) − (1−r)K*(u)", one, target, terms)

    def refuter() -> Mapping[str, Any] | None:
        for rate in (Fraction(n, 4) * subject.furthest for n in (1, 2, 4)):
            for y, u in ((y, u) for y in (-1, Fraction(1, 2), 1) for u in ABSOLUTE.slopes):
                after = subject.keep(rate) * y + subject.take(rate) * u
                if not ABSOLUTE.has_finite_conjugate(after):
                    return {"K": "|z|", "eta·lam": str(rate), "lam·x": str(y), "u": str(u), "after": str(after)}
        return None

    return outcome("invariance", certificates(), refuter)


TINY = Fraction(1, 10**9)


def _contraction(claim: str, one: Range, keep: Callable[[Any], Any], said: str) -> Proof:
    right = attraction(keep)
    return Proof(
        claim=claim,
        route="worst case",
        statement="y⁺ is r·dist away from a point of the set, and where u maximises ⟨λx − p, ·⟩ no point is nearer.",
        domain=f"every convex K, every gradient, every dimension, {said}; symbolic in ηλ",
        is_complete=True,
        assumptions=(
            "dom K* is convex and u ∈ ∂K(m̃⁺) lies in it; distances are to its closure",
            "p is nearest to y in a closed convex set exactly if ⟨y−p, v−p⟩ ≤ 0 for all v in it",
            "that some m̃ pushes so, u = p at m̃⁺ = z + y − p, is shown where p ∈ ∂K(z) for some z",
        ),
        prove=partial(prove_contraction, claim, one),
        subject=right,
        planted=(
            Planted("twice as fast", replace(right, factor=lambda rate: keep(rate) * keep(rate))),
            Planted("a relative 1e-9 faster", replace(right, factor=lambda rate: keep(rate) * (1 - TINY))),
            Planted(
                "a relative 1e-9 slower, as an equality", replace(right, factor=lambda rate: keep(rate) * (1 + TINY))
            ),
            Planted("the update twice as long", replace(right, take=lambda rate: 2 * (1 - keep(rate)))),
            Planted("the factor attained whatever u is", replace(right, is_outward=False)),
        ),
    )


PROOFS: tuple[Proof, ...] = (
    _contraction("contraction-explicit", EXPLICIT, explicit, "0 < ηλ ≤ 1 (at ηλ = 0 nothing moves)"),
    _contraction("contraction-implicit", IMPLICIT, implicit, "ηλ > 0 (at ηλ = 0 nothing moves)"),
    Proof(
        claim="invariance",
        route="worst case",
        statement="K*(y⁺) ≤ rK*(y) + (1−r)K*(u), by two Fenchel–Young inequalities of weights r and 1−r.",
        domain="every convex K, dom K* closed or not, every gradient and dimension; ηλ > 0, explicit ηλ ≤ 1",
        is_complete=True,
        assumptions=("u ∈ ∂K(m̃⁺), so that K*(u) = ⟨m̃⁺, u⟩ − K(m̃⁺) is finite", "the Fenchel–Young inequality"),
        prove=prove_invariance,
        subject=attraction(explicit),
        planted=(
            Planted("explicit decay with ηλ up to 3", replace(attraction(explicit), furthest=3)),
            Planted("growth in place of decay", replace(attraction(explicit), keep=lambda rate: 1 + rate)),
            Planted("the update twice as long", replace(attraction(explicit), take=lambda rate: 2 * rate)),
            Planted(
                "the update a relative 1e-9 too long", replace(attraction(explicit), take=lambda r: r * (1 + TINY))
            ),
        ),
    ),
)
