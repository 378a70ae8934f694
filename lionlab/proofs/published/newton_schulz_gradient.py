"""Two matrices that Newton–Schulz as shipped does not order, so that it is ∇K of no convex K, by two routes.

    A = diag(1, 0),  B = diag(1/250001, 249999/250001000):   ⟨O(A) − O(B), A − B⟩ = −0.504378…

In fractions the diagonal is followed entry by entry, ‖B‖_F = 10⁻³ being rational. In balls the matrices are followed,
turned to general position, and so is the pair diag(1, 0), 10⁻³·diag(0.004, 1), whose norm is not.
"""

from fractions import Fraction
from typing import Any, NamedTuple

from .._proof import Outcome, Planted, Proof

DIGITS = Fraction(1, 10**12)
PRECISION = 300  # bits


class Statement(NamedTuple):
    """Coefficients of p, how many steps, and ⟨O(A) − O(B), A − B⟩ for the two pairs, each to 10⁻¹² upward."""

    a: Fraction = Fraction(34445, 10**4)
    b: Fraction = Fraction(-47750, 10**4)
    c: Fraction = Fraction(20315, 10**4)
    num_steps: int = 5
    product: Fraction = Fraction(-504_378_636_854, 10**12)
    other: Fraction = Fraction(-504_378_384_173, 10**12)


RIGHT = Statement()
PLANTED = (
    Planted("Newton and Schulz's own cubic", RIGHT._replace(a=Fraction(3, 2), b=Fraction(-1, 2), c=Fraction(0))),
    Planted("one step", RIGHT._replace(num_steps=1)),
    Planted("products of the other sign", RIGHT._replace(product=-RIGHT.product, other=-RIGHT.other)),
    Planted("products larger by 1e-12", RIGHT._replace(product=RIGHT.product + DIGITS, other=RIGHT.other + DIGITS)),
)
SMALL = Fraction(1, 1000)
# Singular values of B/‖B‖_F.
RATIONAL = (Fraction(1000, 250_001), Fraction(249_999, 250_001))


def perturbed(name: str, relative: Fraction) -> Statement:
    return RIGHT._replace(**{name: getattr(RIGHT, name) * (1 + relative)})


def iterated(subject: Statement, sigma: Fraction) -> Fraction:
    """σ after all steps, as an integer over a power of one denominator."""
    scale = subject.a.denominator * subject.b.denominator * subject.c.denominator
    a, b, c = (int(value * scale) for value in subject[:3])
    top, bottom = sigma.numerator, sigma.denominator
    for _ in range(subject.num_steps):
        square = bottom**2
        top, bottom = top * (a * square**2 + b * top**2 * square + c * top**4), scale * bottom * square**2
    return Fraction(top, bottom)


def prove_by_fractions(subject: Statement, is_quick: bool) -> Outcome:
    """The product from three values of p∘p∘p∘p∘p at rational points."""
    one, small, large = (iterated(subject, sigma) for sigma in (Fraction(1), *RATIONAL))
    found = (one - small) * (1 - SMALL * RATIONAL[0]) + large * SMALL * RATIONAL[1]
    if not (subject.product <= found <= subject.product + DIGITS and found < 0):
        numbers = {"O(1)": str(float(one)), "O(0.004)": str(float(small)), "product": str(float(found))}
        return Outcome("refuted", f"the product is {float(found):.15g}", 0, numbers)
    return Outcome("proved", f"the product is a fraction between {float(found):.15g} ± 1e-15, negative.", 2)


def products(subject: Statement) -> tuple[Any, Any]:
    """Balls around the two products, the matrices turned by one radian on the left and two on the right."""
    import flint

    turn, other = _rotation(1), _rotation(2).transpose()

    def pair(first: Any, second: Any) -> Any:
        A = turn * flint.arb_mat(2, 2, [1, 0, 0, 0]) * other
        B = turn * flint.arb_mat(2, 2, [first, 0, 0, second]) * other
        difference = _direction(subject, A) - _direction(subject, B)
        return _trace(difference.transpose() * (A - B))

    small, large = (_ball(SMALL * sigma) for sigma in RATIONAL)
    return pair(small, large), pair(_ball(SMALL * Fraction(4, 1000)), _ball(SMALL))


def _ball(value: Fraction) -> Any:
    import flint

    return flint.arb(value.numerator) / value.denominator


def _rotation(radians: int) -> Any:
    import flint

    angle = flint.arb(radians)
    return flint.arb_mat(2, 2, [angle.cos(), -angle.sin(), angle.sin(), angle.cos()])


def _trace(matrix: Any) -> Any:
    return matrix[0, 0] + matrix[1, 1]


def _direction(subject: Statement, matrix: Any) -> Any:
    """X ← aX + bXXᵀX + c(XXᵀ)²X from X = Z/‖Z‖_F."""
    a, b, c = (_ball(value) for value in subject[:3])
    found = matrix * (1 / _trace(matrix.transpose() * matrix).sqrt())
    for _ in range(subject.num_steps):
        gram = found * found.transpose()
        found = found * a + gram * found * b + gram * gram * found * c
    return found


def prove_by_enclosure(subject: Statement, is_quick: bool) -> Outcome:
    """Both products, with the matrix iteration as it is run."""
    import flint

    with flint.ctx.workprec(PRECISION):
        for ball, stated in zip(products(subject), (subject.product, subject.other), strict=True):
            is_there = ball > _ball(stated) and ball < _ball(stated + DIGITS)
            if not (is_there and ball < 0):
                is_wrong = ball < _ball(stated) or ball > _ball(stated + DIGITS) or ball > 0
                said = f"a product is {ball.str(18)}, not {float(stated):.13g}"
                return Outcome("refuted" if is_wrong else "undecided", said, 0, {"product": ball.str(30)})
        text = "\n".join(ball.str(40) for ball in products(subject)) + "\n"
    return Outcome("proved", "both products are enclosed and negative.", 4, artefacts={"newton-schulz-pairs.txt": text})


ASSUMPTIONS = ("the subdifferential of a convex function is monotone", "exact arithmetic, as the claim says")

PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="newton-schulz-is-no-gradient",
        route="exact arithmetic",
        statement="⟨O(A) − O(B), A − B⟩ is a negative fraction.",
        domain="the stated pair, which suffices; larger matrices by adding zeros",
        is_complete=True,
        assumptions=(*ASSUMPTIONS, "a step acts on each singular value of Z/‖Z‖_F by p"),
        prove=prove_by_fractions,
        subject=RIGHT,
        planted=PLANTED,
        coefficients=("a", "b", "c", "product"),
        perturbed=perturbed,
    ),
    Proof(
        claim="newton-schulz-is-no-gradient",
        route="enclosure",
        statement="The matrix iteration in ball arithmetic, for that pair in general position and for one more.",
        domain="the stated pair and 10⁻³·diag(0.004, 1) for B, turned by one and two radians",
        is_complete=True,
        assumptions=(*ASSUMPTIONS, "Arb's ball arithmetic is rounded outward"),
        prove=prove_by_enclosure,
        subject=RIGHT,
        planted=PLANTED,
        needs=("flint",),
        coefficients=("a", "b", "c", "product", "other"),
        perturbed=perturbed,
    ),
)
