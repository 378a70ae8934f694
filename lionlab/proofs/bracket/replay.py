"""A step that refutes, made and taken: an explicit convex function, an explicit loss, and H before and after.

Nothing formal is left: K is a maximum of affine functions in a few dimensions, f a quadratic, every number rational.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..gram import Key
from .program import Samples
from .step import POINTS, SLOPES, Method, Question

Point = tuple[Fraction, ...]


@dataclass(frozen=True)
class Weights:
    """H = loss·f(x) + conjugate·K*(λx) + momentum·K(m) − product·⟨λx, m⟩ + square·‖m + ∇f(x)‖²."""

    loss: Any = 1
    conjugate: Any = 0
    momentum: Any = 0
    product: Any = 0
    square: Any = 0


@dataclass(frozen=True)
class Piece:
    """A point at which K is known, a slope there, and the value."""

    point: Point
    slope: Point
    value: Fraction


@dataclass(frozen=True)
class Step:
    """One step on K = max over `pieces` of value + ⟨slope, · − point⟩ and f = ⟨g, · − x⟩ + (curvature/2)‖· − x‖².

    `pieces` are those at m, m~, m+, z, z+: the step takes the slope at m~, and the slopes at z and z+ are λx and λx⁺.
    """

    method: Method
    gradient: Point
    pieces: Mapping[str, Piece]
    curvature: Fraction

    def excess(self, weights: Weights, rise: Any) -> Fraction:
        """H(x⁺,m⁺) − H(x,m) − rise·‖x⁺−x‖², exactly.

        **Raises:** `ArithmeticError` where the numbers are no step of the method on such a K.
        """
        k, m, g = self.method, self.pieces["m"].point, self.gradient
        eta, lam = k.step_size, k.weight_decay
        x = _scaled(1 / lam, self.pieces["z"].slope)
        m_tilde = _sum(_scaled(k.beta1, m), _scaled(k.beta1 - 1, g))
        m_next = _sum(_scaled(k.beta2, m), _scaled(k.beta2 - 1, g))
        x_next = _scaled(1 / (1 + eta * lam), _sum(x, _scaled(eta, self.pieces["m~"].slope)))
        is_step = (
            m_tilde == self.pieces["m~"].point
            and m_next == self.pieces["m+"].point
            and _scaled(lam, x_next) == self.pieces["z+"].slope
            and all(self.K(piece.point) == piece.value for piece in self.pieces.values())
        )
        if not is_step:
            raise ArithmeticError("the numbers do not belong to a step of Lion-K on a convex function.")
        move = _sum(x_next, _scaled(Fraction(-1), x))
        g_next = _sum(g, _scaled(self.curvature, move))
        f_next = _inner(g, move) + self.curvature / 2 * _inner(move, move)
        after = self._H(weights, f_next, x_next, m_next, g_next, "z+")
        return after - self._H(weights, Fraction(0), x, m, g, "z") - rise * _inner(move, move)

    def K(self, z: Point) -> Fraction:
        """The convex function."""
        return max(
            piece.value + _inner(piece.slope, z) - _inner(piece.slope, piece.point) for piece in self.pieces.values()
        )

    def _H(self, weights: Weights, f: Fraction, x: Point, m: Point, g: Point, place: str) -> Fraction:
        y, z, s = _scaled(self.method.weight_decay, x), self.pieces[place].point, _sum(m, g)
        conjugate = _inner(z, y) - self.K(z)  # y ∈ ∂K(z)
        return Fraction(
            weights.loss * f + weights.conjugate * conjugate + weights.momentum * self.K(m)
            - weights.product * _inner(y, m) + weights.square * _inner(s, s)
        )  # fmt: skip

    def record(self, weights: Weights, rise: Any) -> dict[str, Any]:
        """All of it as exact text, from which the step can be taken again."""
        pieces = {
            name: {"point": _text(piece.point), "slope": _text(piece.slope), "value": str(piece.value)}
            for name, piece in self.pieces.items()
        }
        return {
            "method": {name: str(number) for name, number in self.method._asdict().items()},
            "K is the maximum of value + <slope, z - point> over": pieces,
            "f is <g, x' - x> + curvature/2 |x' - x|^2 with g": _text(self.gradient),
            "curvature": str(self.curvature),
            "lambda x": _text(self.pieces["z"].slope),
            "m": _text(self.pieces["m"].point),
            "H weights": {name: str(number) for name, number in vars(weights).items()},
            "claimed rise / |x+ - x|^2": str(rise),
            "excess of the change of H over it": str(self.excess(weights, rise)),
        }


def step_of(question: Question, samples: Samples, method: Method) -> Step:
    """Vectors with the inner products that `samples` names: the points are unit vectors, the slopes their columns.

    The step is on the loss of largest rise, of curvature L. Momenta and values of K come back in Lη and Lη².
    """
    unit = method.smoothness * method.step_size
    vectors = {name: tuple(Fraction(int(name == other)) for other in POINTS) for name in POINTS}
    vectors |= {name: tuple(samples.numbers.get(_key(point, name), Fraction(0)) for point in POINTS) for name in SLOPES}
    pieces = {
        name: Piece(
            _scaled(unit, sample.point.at(vectors)),
            sample.slope.at(vectors),
            unit * samples.of(sample.value),
        )
        for name, sample in question.samples.items()
    }
    m, s = pieces["m"].point, _scaled(unit, vectors["s"])
    return Step(method, _sum(s, _scaled(Fraction(-1), m)), pieces, Fraction(method.smoothness))


def _key(one: str, other: str) -> Key:
    return (min(one, other), max(one, other))


def _sum(one: Point, other: Point) -> Point:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _scaled(factor: Any, one: Point) -> Point:
    return tuple(Fraction(factor) * a for a in one)


def _inner(one: Point, other: Point) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))


def _text(one: Point) -> list[str]:
    return [str(a) for a in one]
