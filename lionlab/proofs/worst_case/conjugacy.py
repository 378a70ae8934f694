"""What follows from the Fenchel–Young inequality and from monotonicity at a single state.

    H − F = c[K*(λx) + K(m) − ⟨λx, m⟩]          S = K(−g) + ⟨λx, g⟩ + K*(λx)          g = ∇f(x)

Both are Fenchel–Young gaps; a v in the Frank–Wolfe gap is compared with S by one more, and equality is the case
λv ∈ ∂K(−g).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .._proof import Outcome, Planted, Proof
from ..coefficients import OF_THE_FUNCTION, THEOREM, Coefficients
from ..gram import Expression, value, vector
from .certificate import Certificate, Refuter, Term, outcome
from .interpolation import Sample, convex, fenchel_young
from .plain_functions import FUNCTIONS, PiecewiseLinear
from .ranges import Range
from .step import State, cases, energy, reversed_cases, start

FENCHEL_YOUNG = "the Fenchel–Young inequality, with equality where the one is a subgradient at the other"
GRID = tuple(Fraction(n, 4) for n in (-9, -4, -3, -1, 0, 1, 3, 4, 7))


def below(q: Coefficients, s: State, k: Any) -> Expression:
    """F − H."""
    F = s.f if k.lam == 0 else s.f + 1 / k.lam * s.conjugate
    return F - energy(k, q, s)


def prove_lower_bound(subject: Coefficients, is_quick: bool) -> Outcome:
    """H ≥ F by one Fenchel–Young inequality of weight c, and H = F where it is an equality."""
    s = start()

    def certificates() -> Iterator[Certificate]:
        for case in (one for one in cases() + reversed_cases() if one.k.lam != 0):
            y = case.k.lam * s.x
            gap = fenchel_young(s.K, s.m, s.conjugate, y)
            yield Certificate("F − H", case.range, below(subject, s, case.k), (Term("Fenchel–Young", case.k.c, gap),))
            touching = s._replace(conjugate=s.m @ y - s.K)
            yield Certificate("F − H for m ∈ ∂K*(λx)", case.range, below(subject, touching, case.k))

    return outcome("lyapunov-lower-bound", certificates(), _below_somewhere(subject))


def _below_somewhere(q: Coefficients) -> Refuter:
    from .step_scenes import ORDERED

    def refuter() -> Mapping[str, Any] | None:
        k = ORDERED[0]
        expression = below(q, start(), k)
        for K, y, f in ((K, y, f) for K in FUNCTIONS for y in GRID if K.has_finite_conjugate(y) for f in (1, -1)):
            touching = K.conjugate_subgradients(y)
            for m in (*GRID, *touching):
                values = {"f0": Fraction(f), "K*(λx0)": K.conjugate(y), "K(m0)": K(m)}
                excess = expression.at({"x0": (y / k.lam,), "m0": (m,)}, values)
                if excess > 0 or (m in touching and excess != 0):
                    return {"K": str(K), "x": str(y / k.lam), "m": str(m), "f": str(f), "F - H": str(excess),
                        **{name: str(number) for name, number in k._asdict().items()}}  # fmt: skip
        return None

    return refuter


@dataclass(frozen=True)
class Score:
    """Factors on the terms of S and on its weight, and whether f is convex."""

    value: Any = 1
    product: Any = 1
    conjugate: Any = 1
    over: Any = 1
    is_convex: bool = True


X, V, G, U = (vector(name) for name in ("x", "v", "g", "u"))


def score(q: Score, lam: Any) -> Expression:
    """S(x), with ∇f(x) = g."""
    return q.value * value("K(−g)") + q.product * lam * (X @ G) + q.conjugate * value("K*(λx)")


def frank_wolfe(lam: Any, v: Any, conjugate: Expression) -> Expression:
    """λ times the Frank–Wolfe gap towards v, where K*(λv) is `conjugate`."""
    return lam * (G @ (X - v)) + value("K*(λx)") - conjugate


def score_parts(q: Score, lam: Any) -> dict[str, Expression]:
    """What is said to be ≤ 0 for every v, and, last, to be 0 for λv = u ∈ ∂K(−g)."""
    touching = -(G @ U) - value("K(−g)")
    return {
        "−S": -score(q, lam),
        "λ·gap(v) − S": frank_wolfe(lam, V, value("K*(λv)")) - score(q, lam),
        "λ·gap(u/λ) − S": frank_wolfe(lam, 1 / lam * U, touching) - score(q, lam),
    }


def bound_part(q: Score, lam: Any) -> Expression:
    """F(x) − F(v) − S/λ, said to be ≤ 0 for every v."""
    difference = value("f(x)") - value("f(v)") + 1 / lam * (value("K*(λx)") - value("K*(λv)"))
    return difference - q.over / lam * score(q, lam)


DECAYING = Range("λ > 0", ("lam",))


def prove_frank_wolfe(subject: Score, is_quick: bool) -> Outcome:
    """S is ≥ 0, not below the gap towards any v, and equal to it for one."""
    lam = DECAYING.numbers["lam"]
    DECAYING.refuse_poles(lam=lam)
    gap_x = fenchel_young(value("K(−g)"), -G, value("K*(λx)"), lam * X)
    gap_v = fenchel_young(value("K(−g)"), -G, value("K*(λv)"), lam * V)

    def certificates() -> Iterator[Certificate]:
        signs, gaps, equality = score_parts(subject, lam).items()
        yield Certificate(signs[0], DECAYING, signs[1], (Term("Fenchel–Young at −g, λx", 1, gap_x),))
        yield Certificate(gaps[0], DECAYING, gaps[1], (Term("Fenchel–Young at −g, λv", 1, gap_v),))
        yield Certificate(equality[0], DECAYING, equality[1])

    return outcome("kkt-score-is-frank-wolfe-gap", certificates(), _score_somewhere(subject, is_bound=False))


def prove_bound(subject: Score, is_quick: bool) -> Outcome:
    """F(x) − F(v) ≤ S/λ for every v."""
    lam = DECAYING.numbers["lam"]
    DECAYING.refuse_poles(lam=lam)
    terms = [Term("Fenchel–Young at −g, λv", 1 / lam, fenchel_young(value("K(−g)"), -G, value("K*(λv)"), lam * V))]
    if subject.is_convex:
        # The subgradient inequality at x; the slope at v does not enter.
        terms.append(Term("f is convex", 1, convex(Sample(V, G, value("f(v)")), Sample(X, G, value("f(x)")))))
    one = Certificate("F(x) − F(v) − S/λ", DECAYING, bound_part(subject, lam), tuple(terms))
    return outcome("kkt-score-bounds-the-gap", iter([one]), _score_somewhere(subject, is_bound=True))


def _score_somewhere(q: Score, is_bound: bool) -> Refuter:
    lam = Fraction(1, 2)
    parts = {"F(x) − F(v) − S/λ": bound_part(q, lam)} if is_bound else score_parts(q, lam)

    def refuter() -> Mapping[str, Any] | None:
        for K, x, v, g, curvature in _points(q, lam):
            u = K.subgradients(-g)[1]
            numbers = {"x": (x,), "v": (v,), "g": (g,), "u": (u,)}
            values = {"K(−g)": K(-g), "K*(λx)": K.conjugate(lam * x), "K*(λv)": K.conjugate(lam * v),
                "f(x)": Fraction(0), "f(v)": g * (v - x) + curvature / 2 * (v - x) ** 2}  # fmt: skip
            for name, part in parts.items():
                excess = part.at(numbers, values)
                if excess > 0 or (name == "λ·gap(u/λ) − S" and excess != 0):
                    return {"part": name, "K": str(K), "lam": str(lam), "x": str(x), "v": str(v), "gradient": str(g),
                        "curvature of f": str(curvature), "excess": str(excess)}  # fmt: skip
        return None

    return refuter


def _points(q: Score, lam: Fraction) -> Iterator[tuple[PiecewiseLinear, Fraction, Fraction, Fraction, Fraction]]:
    curvatures = [Fraction(n) for n in ((0, 1) if q.is_convex else (0, 1, -1))]
    inside = [(K, y / lam) for K in FUNCTIONS for y in GRID if K.has_finite_conjugate(y)]
    for K, x in inside:
        for other, v in inside:
            if other is K:
                for g in GRID:
                    yield from ((K, x, v, g, curvature) for curvature in curvatures)


TINY = Fraction(1, 10**9)
PROOFS: tuple[Proof, ...] = (
    Proof(
        claim="lyapunov-lower-bound",
        route="worst case",
        statement="F − H is −c times a Fenchel–Young gap, and 0 where m ∈ ∂K*(λx); inf_m is the definition of K*.",
        domain="every convex K, f and dimension, all η, λ > 0 and β1, β2 in [0, 1] for which c is finite; symbolic",
        is_complete=True,
        assumptions=(FENCHEL_YOUNG, "inf_m K(m) − ⟨λx, m⟩ = −K*(λx), the definition of K*, where ∂K*(λx) is empty"),
        prove=prove_lower_bound,
        subject=THEOREM,
        planted=(
            Planted("+⟨λx, m⟩ in H", Coefficients(product=-1)),
            Planted("K(m) left out", Coefficients(momentum=0)),
            Planted("K*(λx) left out of the bracket", Coefficients(conjugate=0)),
        ),
        coefficients=OF_THE_FUNCTION,
        perturbed=lambda name, relative: THEOREM.with_error(name, relative),
    ),
    Proof(
        claim="kkt-score-is-frank-wolfe-gap",
        route="worst case",
        statement="S ≥ 0, S ≥ λ·gap(v) for every v, and S = λ·gap(v) at λv ∈ ∂K(−∇f).",
        domain="every convex K, every differentiable f, every dimension, λ > 0, λx in dom K*; symbolic",
        is_complete=True,
        assumptions=(FENCHEL_YOUNG, "∂K(−∇f) is not empty, for K is finite"),
        prove=prove_frank_wolfe,
        subject=Score(),
        planted=(
            Planted("K*(λx) left out", Score(conjugate=0)),
            Planted("−⟨λx, ∇f⟩", Score(product=-1)),
            Planted("K(−∇f) a relative 1e-9 too small", Score(value=1 - TINY)),
            Planted("⟨λx, ∇f⟩ a relative 1e-9 too large", Score(product=1 + TINY)),
        ),
    ),
    Proof(
        claim="kkt-score-bounds-the-gap",
        route="worst case",
        statement="F(x) − F(v) ≤ S(x)/λ for every v, by one inequality of f and one of K.",
        domain="every convex K, every convex f, every dimension, λ > 0, λx in dom K*; symbolic",
        is_complete=True,
        assumptions=(FENCHEL_YOUNG, "the subgradient inequality of f"),
        prove=prove_bound,
        subject=Score(),
        planted=(
            Planted("f need not be convex", Score(is_convex=False)),
            Planted("K*(λx) left out", Score(conjugate=0)),
            Planted("S/2λ is enough", Score(over=Fraction(1, 2))),
            Planted("a relative 1e-9 less is enough", Score(over=1 - TINY)),
        ),
    ),
)
