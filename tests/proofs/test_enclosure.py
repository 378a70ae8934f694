"""Branch and bound proves only what is true, refutes with a point one can check, and says so where it does neither."""

from fractions import Fraction

import pytest

from lionlab.proofs.exact.branch_and_bound import decide
from lionlab.proofs.exact.grid import Degrees, vanishes
from lionlab.proofs.gram import vector

flint = pytest.importorskip("flint")

from lionlab.proofs.exact.balls import ball, ends, interval, precision, root, square  # noqa: E402


def test_the_traps_of_arb_are_there_and_are_stepped_around():
    around_zero, touching = flint.arb(0, 1), flint.arb(0.5, 0.5)
    assert (around_zero**2).is_nan()
    assert touching.sqrt().is_nan()
    assert square(around_zero).is_finite()
    assert ends(square(around_zero))[1] >= 1
    low, high = ends(root(touching))
    assert low <= 0
    assert high >= 1
    assert ends(root(flint.arb(4))) == (2, 2)
    assert ends(root(flint.arb(0))) == (0, 0)
    assert not root(flint.arb(-1)).is_finite()
    assert not root(flint.arb("nan")).is_finite()
    with pytest.raises(ValueError, match="no ends"):
        ends(flint.arb("nan"))


def test_a_ball_holds_what_it_is_made_of():
    third = Fraction(1, 3)
    with precision(53):
        low, high = ends(ball(third))
        assert low < third < high
        low, high = ends(interval(Fraction(-1, 3), third))
    assert low <= -third < third <= high
    assert ends(ball(0.1)) == (Fraction(0.1), Fraction(0.1))


def test_settings_are_as_before():
    before = flint.ctx.prec, flint.ctx.cap
    decide(lambda x: x.exp() - 1 - x, [(0, 1)])
    with pytest.raises(RuntimeError), precision(500):
        raise RuntimeError
    assert (flint.ctx.prec, flint.ctx.cap) == before


TRUE = {
    "positive": (lambda x: x * x - x + ball(Fraction(1, 2)), [(0, 1)]),
    "zero of order two at an end": (lambda x: x.exp() - 1 - x, [(0, 1)]),
    "zero of order three at an end": (lambda x: x - x.sin(), [(0, 3)]),
    "zero at the other end": (lambda x: (1 - x) * (2 - x), [(0, 1)]),
    "a gap of 1e-9 inside": (lambda x: (x - ball(Fraction(1, 3))) * (x - ball(Fraction(1, 3))) + 1e-9, [(0, 1)]),
    "two variables": (lambda x, y: x * y.exp() + 1 - x, [(0, 1), (0, 2)]),
    "a constant": (lambda x: ball(1), [(0, 1)]),
}
FALSE = {
    "a gap of 1e-9 inside": (lambda x: (x - ball(Fraction(1, 3))) * (x - ball(Fraction(1, 3))) - 1e-9, [(0, 1)]),
    "next to an end": (lambda x: x * x - ball(Fraction(1, 10**9)) * x, [(0, 1)]),
    "next to the other end": (lambda x: (1 - x) * (1 - x - 1e-9), [(0, 1)]),
    "everywhere": (lambda x: -x.exp(), [(0, 1)]),
    "in a corner": (lambda x, y: 2 - 1e-6 - x - y, [(0, 1), (0, 1)]),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_proved(name):
    f, box = TRUE[name]
    assert decide(f, box).word == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refuted_by_a_point(name):
    f, box = FALSE[name]
    found = decide(f, box)
    assert found.word == "refuted"
    assert all(low <= value <= high for value, (low, high) in zip(found.point, box, strict=True))
    with precision(400):
        assert f(*map(ball, found.point)) < 0


@pytest.mark.parametrize(
    ("f", "box"),
    [
        (lambda x: (x - ball(Fraction(1, 3))) * (x - ball(Fraction(1, 3))), [(0, 1)]),  # touches 0 inside, never below
        (lambda x: x.log(), [(-2, -1)]),  # NaN everywhere
        (lambda x: 1 / x, [(-1, 1)]),
        (lambda x: flint.arb("nan"), [(0, 1)]),
    ],
    ids=("touches zero", "undefined", "a pole", "nan"),
)
def test_what_is_neither_is_undecided_and_named(f, box):
    found = decide(f, box, most_boxes=60)
    assert found.word in ("undecided", "refuted")
    if found.word == "undecided":
        assert found.left is not None
        assert "open on" in found.said
    else:
        assert found.point[0] < 0  # 1/x, where it is defined


def test_a_formula_that_vanishes_on_a_wide_enough_grid_is_zero():
    found = vanishes(lambda x, y: (x + y) * (x - y) - x * x + y * y, ("x", "y"))
    assert found.where is None
    assert found.points == (found.degrees["x"] + 1) * (found.degrees["y"] + 1) == 9
    assert vanishes(lambda x: 1 / (1 + x) - (1 - x) / (1 - x * x), ("x",)).where is None


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: x * x - x * x * x,
        lambda x: (x - Fraction(1, 7)) * (x - Fraction(2, 7)) * (x - Fraction(3, 7)),  # 0 on the first three values
        lambda x: 1 / (1 + x) - (1 - x) / (1 - x * x) + Fraction(1, 10**40),
        lambda x: x * vector("a") @ vector("b"),
    ],
)
def test_a_formula_that_does_not_is_seen(formula):
    assert vanishes(formula, ("x",)).where is not None


def test_degrees_bound_what_they_stand_for():
    x, y = Degrees((1, 0), (0, 0)), Degrees((0, 1), (0, 0))
    assert (x * x * y + 3).above == (2, 1)
    assert (1 / (1 + x)).below == (1, 0)
    assert (x / y - y / x).above == (2, 2)
    assert (-(2 - x)).above == (1, 0)
    with pytest.raises(TypeError):
        x + "y"
