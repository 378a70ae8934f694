"""Pairs K, K* of the table in one coordinate, hence for sums over coordinates in any dimension.

K and K* are even, so that z, y ≥ 0 is enough: K(z) + K*(y) − zy only grows when one of them changes its sign. On every
piece it is a sum of products that are ≥ 0, which gives K*(y) ≥ zy − K(z); a z at which it vanishes gives the equality.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from .._proof import Planted, Proof
from ._derivation import Derivation, at_most, equation, positive
from ._facts import given
from ._proving import Derived
from ._signs import Chain, chain
from ._terms import ONE, ZERO, Function, Operand, Term, Vector, constants, inner
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
    """K on its pieces of z ≥ 0, and K*(y) for 0 ≤ y ≤ 1, or for all y ≥ 0 if not `is_bounded`.

    `attained`: a z for every y, on the first piece.   `behind`: z − K(z) on the last piece, of a bounded domain.
    """

    pieces: tuple[Piece, ...]
    conjugate: Law
    attained: Term
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
        lambda y: e * y, e, e,
    ),
    "huber": Pair(
        (Piece("z ≤ e", INSIDE, lambda z: z**2 / (2 * e), (z - e * y) ** 2 / (2 * e), z / e),
         Piece("z ≥ e", BEYOND, lambda z: z - e / 2, (z - e) * (1 - y) + e / 2 * (1 - y) ** 2, ONE)),
        lambda y: e / 2 * y**2, e * y, e / 2,
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
    """K*(y) = zy − K(z) at some z."""
    value = errors.function * pair.pieces[0].value(pair.attained)
    step = equation(errors.conjugate * pair.conjugate(y), pair.attained * y - value, "the supremum is attained there")
    hypotheses = (chain(0, "<", e), chain(0, "≤", y, "≤", 1)) if pair.is_bounded else (chain(0, "≤", y),)
    return Derivation("K* is the supremum", (f"z = {TEXT(pair.attained)}",), hypotheses, (step,))


def outside(pair: Pair) -> Derivation:
    """K* = +∞ for y > 1: zy − K(z) ≥ z(y − 1), which has no bound."""
    last = pair.pieces[-1]
    steps = (
        positive(y - 1, "outside"),
        equation(z * y - last.value(z), z * (y - 1) + pair.behind, "which has no bound as z grows: K*(y) = +∞"),
    )
    return Derivation("Outside the domain", (last.name,), (*last.hypotheses, chain(1, "<", y)), steps)


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
        found.append(outside(pair))
    return [*found, homogeneity(pair, errors), moreau()]


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
    planted += [Planted("K twice as large", Errors(function=2)), Planted("K half as large", Errors(function=HALF))]
    return Proof(
        claim=f"conjugate-laws-{key}",
        route="symbolic",
        statement="K(z) + K*(y) − zy is a sum of products ≥ 0 on every piece, 0 at y = K′(z) and at some z for every "
        "y; K* = +∞ beyond; Moreau's identity; homogeneous or not.",
        domain="one coordinate, and sums over coordinates in any dimension",
        is_complete=True,
        assumptions=("the supremum of a sum over coordinates is the sum of suprema", "K and K* are even",
                     "prox_{τK}(v) is the p with (v − p)/τ ∈ ∂K(p)"),
        prove=Derived(_build(pair)),
        subject=Errors(),
        planted=tuple(planted),
        coefficients=names,
        perturbed=lambda name, relative: replace(
            Errors(), **{name: 1 - relative if name == "conjugate" else 1 + relative}
        ),
    )  # fmt: skip


PROOFS = tuple(_proof(key, pair) for key, pair in PAIRS.items())
