"""Pairs K, K* of the table in one coordinate, hence for sums over coordinates in any dimension.

K and K* are even, so that z, y ≥ 0 is enough: K(z) + K*(y) − zy only grows when one of them changes its sign. On every
piece it is a sum of products that are ≥ 0, which gives K*(y) ≥ zy − K(z); a z at which it vanishes gives the equality.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ._derivation import Derivation, at_most, equation, positive
from ._facts import given
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import ONE, ZERO, Function, Operand, Term, Vector, constants, inner, term
from ._values import Instance
from ._writing import TEXT

z, y, e, t, τ = constants("z y e t τ")
K, K_conjugate = Function("K"), Function("K*")


@dataclass(frozen=True)
class Errors:
    """Factors on K, on K* and on the radius of dom K*; 1 is the table."""

    function: Operand = 1
    conjugate: Operand = 1
    radius: Operand = 1


Law = Callable[[Term], Term]


@dataclass(frozen=True)
class Piece:
    """A piece of z ≥ 0: K there, K(z) + K*(y) − zy as a sum of what is ≥ 0, and the slope K′(z)."""

    name: str
    hypotheses: tuple[Chain, ...]
    value: Law
    gap: Term
    slope: Term


@dataclass(frozen=True)
class Pair:
    """K on its pieces of z ≥ 0, and K*(y) for y ≥ 0 up to the claimed radius, 1, or for all if not `is_bounded`.

    `attained`: a z for every y, on the first piece.   `room`: e less that z, where the first piece ends at e.
    `behind`: z − K(z) on the last piece, of a bounded domain.
    """

    pieces: tuple[Piece, ...]
    conjugate: Law
    attained: Term
    room: Term | None = None
    behind: Term = ZERO
    is_bounded: bool = True
    is_homogeneous: bool = False


ALL, INSIDE, BEYOND = (chain(0, "≤", z),), (chain(0, "≤", z, "≤", e), chain(0, "<", e)), (chain(0, "<", e, "≤", z),)
HALF = Fraction(1, 2)
PAIRS = {
    "l1-norm": Pair((Piece("z ≥ 0", ALL, lambda z: z, z * (1 - y), ONE),), lambda y: ZERO, ZERO, is_homogeneous=True),
    "deadzone-l1": Pair(
        (Piece("z ≤ e", INSIDE, lambda z: ZERO, y * (e - z), ZERO),
         Piece("z ≥ e", BEYOND, lambda z: z - e, (z - e) * (1 - y), ONE)),
        lambda y: e * y, e, ZERO, e,
    ),
    "huber": Pair(
        (Piece("z ≤ e", INSIDE, lambda z: z**2 / (2 * e), (z - e * y) ** 2 / (2 * e), z / e),
         Piece("z ≥ e", BEYOND, lambda z: z - e / 2, (z - e) * (1 - y) + e / 2 * (1 - y) ** 2, ONE)),
        lambda y: e / 2 * y**2, e * y, e * (1 - y), e / 2,
    ),
    "squared-l2": Pair(
        (Piece("z ≥ 0", ALL, lambda z: z**2 / 2, (z - y) ** 2 / 2, z),), lambda y: y**2 / 2, y, is_bounded=False,
    ),
}  # fmt: skip


def on_piece(pair: Pair, piece: Piece, errors: Errors) -> Derivation:
    """Fenchel–Young on one piece, with equality at y = K′(z)."""
    value, conjugate = errors.function * piece.value(z), errors.conjugate * pair.conjugate(y)
    at_slope = errors.conjugate * pair.conjugate(piece.slope)
    domain = chain(0, "≤", y, "≤", errors.radius) if pair.is_bounded else chain(0, "≤", y)
    steps = (
        equation(value + at_slope - z * piece.slope, 0, "at y = K′(z) the gap closes, so that K**(z) = K(z)"),
        equation(value + conjugate - z * y, piece.gap, "multiplied out"),
        at_most(0, piece.gap, "hence K*(y) ≥ zy − K(z)"),
    )
    setting = (f"K(z) = K(−z), K*(y) = K*(−y), {piece.name}",)
    return Derivation(f"Fenchel–Young for {piece.name}", setting, (*piece.hypotheses, domain), steps)


def attained(pair: Pair, errors: Errors) -> Derivation:
    """K*(y) = zy − K(z) at some z, for every y that the claimed domain holds."""
    value = errors.function * pair.pieces[0].value(pair.attained)
    steps = [at_most(0, pair.attained, "z lies on the first piece")]
    if pair.room is not None:
        steps += [equation(e - pair.attained, pair.room, "from z to its end"), at_most(0, pair.room, "not beyond it")]
    steps.append(
        equation(errors.conjugate * pair.conjugate(y), pair.attained * y - value, "the supremum is attained there")
    )
    hypotheses = (chain(0, "<", e), chain(0, "≤", y, "≤", errors.radius)) if pair.is_bounded else (chain(0, "≤", y),)
    return Derivation("K* is the supremum", (f"z = {TEXT(pair.attained)}",), hypotheses, tuple(steps))


def outside(pair: Pair, errors: Errors) -> Derivation:
    """K* = +∞ for every y beyond the claimed radius: zy − K(z) ≥ zd with d > 0, which has no bound as z grows."""
    last, steepness = pair.pieces[-1], errors.function * ONE
    steps = (
        positive(y - steepness, "the slope along the ray"),
        equation(
            z * y - errors.function * last.value(z), z * (y - steepness) + errors.function * pair.behind,
            "which has no bound as z grows: K*(y) = +∞",
        ),
    )  # fmt: skip
    return Derivation("Outside the domain", (last.name,), (*last.hypotheses, chain(errors.radius, "<", y)), steps)


def signs_of_arguments() -> Derivation:
    """The gap at (−z, y) is the gap at (z, y) plus 2zy."""
    value, conjugate = constants("K(z) K*(y)")
    step = at_most(
        value + conjugate - z * y, value + conjugate + z * y, "the gap at −z is larger, as K is even",
        [(2, given(z * y, "z, y ≥ 0"))],
    )  # fmt: skip
    return Derivation("Other signs", ("z, y ≥ 0",), (chain(0, "≤", z), chain(0, "≤", y)), (step,))


def moreau() -> Derivation:
    """prox_{τK}(v) + τ prox_{K*/τ}(v/τ) = v."""
    v, p = Vector("v"), Vector("p")
    q = (v - p) / τ
    closes = given(K(p) + K_conjugate(q) - inner(p, q), "q ∈ ∂K(p), which is p ∈ ∂K*(q)", "=")
    steps = (
        equation(p + τ * q, v, "the definition of q"),
        equation(τ * (v / τ - q), p, "so that q solves the optimality condition of prox_{K*/τ}(v/τ)"),
        equation(K(p) + K_conjugate(q), inner(p, q), "the two conditions are one equality", [(-1, closes)]),
    )
    setting = ("p = prox_{τK}(v), the point with (v − p)/τ ∈ ∂K(p)",)
    return Derivation("Moreau's identity", setting, (chain(0, "<", τ),), steps)


def homogeneity(pair: Pair, errors: Errors) -> Derivation:
    """K(tz) = tK(z) where K* is an indicator; else neither is true."""
    value, conjugate = pair.pieces[-1].value, errors.conjugate * pair.conjugate(ONE)
    if pair.is_homogeneous:
        steps = (
            equation(value(t * z), t * value(z), "K is positively homogeneous"),
            equation(errors.conjugate * pair.conjugate(y), 0, "and K* is an indicator"),
        )
        return Derivation("Homogeneous, with an indicator", ("t > 0",), (chain(0, "<", t),), steps)
    excess = pair.behind if pair.is_bounded else z**2
    missing = (
        equation(value(2 * z) - 2 * value(z), excess, f"for large z, {pair.pieces[-1].name} and z > 0"),
        positive(excess, "so that K(2z) ≠ 2K(z)"),
        positive(conjugate, "K*(1) > 0, so that K* is no indicator"),
    )
    hypotheses = (chain(0, "<", e), chain(0, "<", z))
    return Derivation("Neither homogeneous nor with an indicator", ("z be large",), hypotheses, missing)


def derivations(pair: Pair, errors: Errors) -> list[Derivation]:
    """All of it."""
    found = [*(on_piece(pair, piece, errors) for piece in pair.pieces), attained(pair, errors), signs_of_arguments()]
    if pair.is_bounded:
        found.append(outside(pair, errors))
    return [*found, homogeneity(pair, errors), moreau()]


def wrong_value(pair: Pair, errors: Errors) -> Mapping[str, str] | None:
    """A y at which the claimed K* is not the supremum of zy − φK(z), which is φK*(y/φ) for y ≤ φ, else +∞."""
    factor, scale, radius = (Instance({}, {})(term(one)) for one in (errors.function, errors.conjugate, errors.radius))
    width = HALF

    def tabled(at: Fraction) -> Fraction:
        return Instance({"e": width, "y": at}, {})(pair.conjugate(y))

    def told(value: Fraction | None) -> str:
        return "+∞" if value is None else str(value)

    for at in (Fraction(1, 4), HALF, (1 + radius) / 2, (1 + factor) / 2, Fraction(1)):
        claimed = scale * tabled(at) if at <= radius or not pair.is_bounded else None
        found = factor * tabled(at / factor) if at <= factor or not pair.is_bounded else None
        if claimed != found:
            return {"e": str(width), "y": str(at), "K*(y) claimed": told(claimed), "supremum": told(found)}
    return None


def _build(pair: Pair) -> Callable[[Errors], list[Derivation]]:
    return lambda errors: derivations(pair, errors)


MILLIONTH = 1 + Fraction(1, 10**6)
WRONGS = {
    "function": ("K too large by one part in a million", MILLIONTH),
    "conjugate": ("K* too small by one part in a million", 2 - MILLIONTH),
    "radius": ("dom K* too large by one part in a million", MILLIONTH),
}


def _proof(key: str, pair: Pair) -> Proof:
    names = tuple(
        name for name in WRONGS
        if (name != "conjugate" or pair.conjugate(y) != ZERO) and (name != "radius" or pair.is_bounded)
    )  # fmt: skip
    planted = [Planted(WRONGS[name][0], replace(Errors(), **{name: WRONGS[name][1]})) for name in names]
    if pair.is_bounded:
        wide = (("{0}", 0), ("[−1/2, 1/2]", HALF), ("[−2, 2]", 2))
        planted += [Planted(f"dom K* is {said}", Errors(radius=radius)) for said, radius in wide]
    planted += [Planted("K twice as large", Errors(function=2)), Planted("K half as large", Errors(function=HALF))]
    prove = Derived(_build(pair), lambda errors: wrong_value(pair, errors))
    return Proof(
        claim=f"conjugate-laws-{key}",
        route="symbolic",
        statement="K(z) + K*(y) − zy is a sum of products ≥ 0 on every piece, 0 at y = K′(z) and at some z for every "
        "y; K* = +∞ beyond; Moreau's identity; homogeneous or not.",
        domain="one coordinate, and sums over coordinates in any dimension",
        is_complete=True,
        assumptions=prove.taken(
            Errors(), "the supremum of a sum over coordinates is the sum of suprema", "K and K* are even",
            "prox_{τK}(v) is the p with (v − p)/τ ∈ ∂K(p)",
        ),
        prove=prove,
        subject=Errors(),
        planted=tuple(planted),
        coefficients=names,
        perturbed=lambda name, relative: replace(
            Errors(), **{name: 1 - relative if name == "conjugate" else 1 + relative}
        ),
    )  # fmt: skip


PROOFS = tuple(_proof(key, pair) for key, pair in PAIRS.items())
