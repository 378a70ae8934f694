"""A step that needs all of a rise: samples of K from the dual of a linear program, joined to a worst place of the loss.

The program names inner products of points and slopes only; the loss also wants those of s and V with each other and
with themselves. Both agree in one more dimension: V is its unit vector e and s a multiple of e, or where ⟨s, V⟩ = 0 an
e′ orthogonal to it, and every other point and slope gets just the component along them that its inner products ask for.
"""

from collections.abc import Mapping
from fractions import Fraction

from ..proofs.bracket.program import Samples
from ..proofs.bracket.replay import Piece, Step
from ..proofs.bracket.step import Method, Question

OTHER_POINTS, OTHER_SLOPES = ("a", "z", "z+"), ("y+", "w", "w+")


def joined(
    question: Question, samples: Samples, method: Method, lead: Fraction, turn: Fraction, size: Fraction = Fraction(1)
) -> Step:
    """The step with s = lead·V and ∇f(x⁺) − ∇f(x) = turn·L(x⁺−x); lead has the sign of ⟨s, V⟩ in the samples.

    At ⟨s, V⟩ = 0 s is a unit vector orthogonal to V, and the samples are scaled by `size`.
    """
    product = _number(samples, "s", "V")
    # Samples may be scaled; lead·‖V‖² must be ⟨s, V⟩.
    scale = lead / product if product != 0 else size
    scaled = Samples({key: scale * number for key, number in samples.numbers.items()})
    vectors = _vectors(scaled, lead if product != 0 else None)
    unit = method.smoothness * method.step_size
    pieces = {
        name: Piece(
            tuple(unit * entry for entry in sample.point.at(vectors)),
            sample.slope.at(vectors),
            unit * scaled.of(sample.value),
        )
        for name, sample in question.samples.items()
    }
    m, s = pieces["m"].point, vectors["s"]
    gradient = tuple(unit * a - b for a, b in zip(s, m, strict=True))
    return Step(method, gradient, pieces, turn * method.smoothness)


def _number(samples: Samples, one: str, other: str) -> Fraction:
    return samples.numbers.get((min(one, other), max(one, other)), Fraction(0))


def _vectors(samples: Samples, lead: Fraction | None) -> Mapping[str, tuple[Fraction, ...]]:
    """Five dimensions: e, e′, and one for each other point."""

    def along(*entries: tuple[int, Fraction]) -> tuple[Fraction, ...]:
        return tuple(sum((entry for place, entry in entries if place == i), Fraction(0)) for i in range(5))

    one = Fraction(1)
    s_axis, s_size = (0, lead) if lead is not None else (1, one)
    vectors = {"V": along((0, one)), "s": along((s_axis, s_size))}
    for i, point in enumerate(OTHER_POINTS):
        vectors[point] = along((0, _number(samples, point, "V")), (2 + i, one))
    for slope in OTHER_SLOPES:
        on_s = _number(samples, "s", slope) / s_size
        # What a point and a slope share along e is taken off the point's own dimension.
        own = [
            (2 + i, _number(samples, point, slope) - (on_s * _number(samples, point, "V") if s_axis == 0 else 0))
            for i, point in enumerate(OTHER_POINTS)
        ]
        vectors[slope] = along((s_axis, on_s), *own)
    return vectors
