"""Branch and bound proves only what is true, refutes with a point one can check, and says so where it does neither."""

from fractions import Fraction

import pytest

from lionlab.proofs import check
from lionlab.proofs.coefficients import THEOREM
from lionlab.proofs.exact import (
    branch_and_bound,
    conjugate_pairs,
    counterexamples,
    distances,
    grid,
    ledger_identities,
    one_dimension,
    phase_one,
    proximal_lengths,
    pseudo_huber,
    stationarity,
)
from lionlab.proofs.exact.branch_and_bound import curvature, decide
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
    # At no point tried first, nor in the Taylor polynomials at the ends: only intervals and remainders know of it.
    "a dip of width 0.001": (
        lambda x: 1 - 2 * (-(10**6) * (x - ball(Fraction(1, 3))) * (x - ball(Fraction(1, 3)))).exp(),
        [(0, 1)],
    ),
    "a dip seen from the upper end": (
        lambda x: x * (x - ball(Fraction(1, 3))) * (x - ball(Fraction(1, 3))) - 1e-9 * x,
        [(0, 1)],
    ),
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
    assert vanishes(lambda x: (1 + x) / (1 + x) - x / x, ("x",)).where is None
    assert vanishes(lambda x: 1 / (1 + x) - (1 - x) / (1 - x * x), ("x",)).where is None


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: x * x - x * x * x,
        lambda x: (x - Fraction(1, 7)) * (x - Fraction(2, 7)) * (x - Fraction(3, 7)),  # 0 on the first three values
        # 0 on one value fewer than its degree asks for, the degree of the second from its denominators alone
        lambda x: grid.right_at_first(0, 5)(x) - 1,
        lambda x: 1 / (1 + x) - 1 / (2 + x) - Fraction(7, 8) + Fraction(7, 15),
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


GRID_PROOFS = (
    *distances.PROOFS,
    *ledger_identities.PROOFS,
    *stationarity.PROOFS,
    *one_dimension.PROOFS,
    *proximal_lengths.PROOFS,
    phase_one.PROOFS[1],
    pseudo_huber.PROOFS[1],
)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("proof", GRID_PROOFS, ids=lambda proof: proof.claim)
def test_a_grid_too_small_lets_something_planted_pass(proof, count, monkeypatch):
    values = grid._values
    monkeypatch.setattr(grid, "_values", lambda index, wanted: values(index, min(count, wanted)))
    assert check(proof, is_quick=True).missed


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("interval", lambda low, high: ball((low + high) / 2)),
        ("_coefficient", lambda f, start, others, order: ball(0)),
    ],
    ids=("the middle for an interval", "no remainder"),
)
def test_intervals_that_are_too_small_let_something_planted_pass(name, wrong, monkeypatch):
    monkeypatch.setattr(branch_and_bound, name, wrong)
    assert any("1/3" in said for said in check(phase_one.PROOFS[0], is_quick=True).missed)
    assert decide(*FALSE["a dip of width 0.001"]).word == "proved"


def test_a_curvature_is_that_of_the_function():
    with precision():
        low, high = ends(curvature(lambda x: x * x * x)(interval(Fraction(1), Fraction(2))))
        assert low <= 3
        assert high >= 6
        assert curvature(lambda x: x.log())(interval(Fraction(-1), Fraction(1))).is_nan()
    assert decide(curvature(lambda x: x.exp() - x * x), [(1, 2)]).word == "proved"
    assert decide(curvature(lambda x: x.exp() - x * x), [(0, 2)]).word == "refuted"


def test_terms_lost_in_a_division_are_not_taken_for_zeros():
    with precision():
        assert branch_and_bound._series(lambda x: x * x / x, ball(0), (), 8) is None
        assert branch_and_bound._series(lambda x: x * x, ball(0), (), 8) is not None


def test_a_conjugate_wrong_between_the_samples_is_no_conjugate(monkeypatch):
    log_cosh = next(proof for proof in conjugate_pairs.PROOFS if proof.claim == "conjugate-laws-log-cosh")
    right = pseudo_huber.half_circle, conjugate_pairs.entropy

    def too_small(function, at):
        def changed(*arguments):
            bump = 1
            for z in conjugate_pairs.SAMPLES[4:]:
                bump = bump * (arguments[at] * arguments[at] - z * z / (1 + z * z))
            return function(*arguments) - bump * bump / 10**9

        return changed

    monkeypatch.setattr(pseudo_huber, "half_circle", too_small(right[0], 1))
    for proof in pseudo_huber.PROOFS:
        assert check(proof, is_quick=True).outcome.word != "proved"
    monkeypatch.setattr(conjugate_pairs, "_equality_fails", lambda *arguments: None)
    monkeypatch.setattr(conjugate_pairs, "entropy", too_small(right[1], 0))
    assert log_cosh.prove(log_cosh.subject, True).word != "proved"


def test_nothing_to_look_at_is_no_proof():
    assert ledger_identities.prove_cases((), THEOREM, False).word == "undecided"
    assert counterexamples.prove_reversed((), False).word == "undecided"


def test_a_wrong_step_is_not_replayed(monkeypatch):
    right = proximal_lengths.after
    monkeypatch.setattr(proximal_lengths, "after", lambda x, m, h: (right(x, m, h)[0], m))
    proof = proximal_lengths.PROOFS[0]
    assert proof.prove(proof.subject, False).word == "undecided"
    monkeypatch.setattr(proximal_lengths, "clipped", lambda value, low, high: high)
    monkeypatch.setattr(proximal_lengths, "after", right)
    assert proof.prove(proof.subject, False).word != "proved"


@pytest.mark.parametrize(
    "rate",
    [
        distances.Rate(True),
        distances.Rate(True, most=Fraction(101, 100)),
        distances.Rate(False, least=Fraction(-1, 10**6)),
        distances.Rate(False, least=Fraction(-3)),
    ],
    ids=("no bound on ηλ", "ηλ up to 1.01", "ηλ a little below 0", "beyond the pole"),
)
def test_a_mean_of_two_points_needs_weights(rate):
    assert distances.prove_contraction(rate, False).word == "refuted"
