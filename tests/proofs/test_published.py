"""The proofs about published statements: each holds, refutes what is planted in it, and says where it fails."""

import importlib
from fractions import Fraction

import numpy as np
import pytest

from lionlab.proofs import proofs
from lionlab.proofs.published._exact import Interval, holds, value
from lionlab.proofs.published._polynomials import is_nonnegative
from lionlab.proofs.published._questions import Question, answer
from lionlab.proofs.smt._solver import Answer, ask

FILES = (
    "cautious_lion_symbolic", "cautious_lion_smt", "cautious_lion_appendix", "cautious_decay", "cautious_decay_box",
    "cautious_decay_muon", "newton_schulz_symbolic", "newton_schulz_smt", "newton_schulz_gradient",
    "constant_step_rate", "adamw_box",
)  # fmt: skip
PROOFS = [proof for name in FILES for proof in importlib.import_module(f"lionlab.proofs.published.{name}").PROOFS]


def test_every_one_is_among_the_proofs_that_are_checked_with_all_that_is_planted():
    """By test_every_proof.py, which asks of the first wrong of each that it comes with numbers."""
    assert {(proof.claim, proof.route) for proof in PROOFS} <= {(proof.claim, proof.route) for proof in proofs()}


def test_every_claim_has_two_routes_one_of_them_complete():
    for claim in {proof.claim for proof in PROOFS}:
        routes = {proof.route: proof.is_complete for proof in PROOFS if proof.claim == claim}
        assert len(routes) >= 2
        assert any(routes.values())


# Questions to z3, and points evaluated without it.

HALF = Fraction(1, 2)


def question(premises, negation, **more) -> Question:
    return Question("a fact", premises, negation, **more)


def test_an_answer_counts_only_with_points_that_were_replayed(monkeypatch: pytest.MonkeyPatch):
    z3 = pytest.importorskip("z3")
    x, y = z3.Reals("x y")
    holds = question([x >= 1], x * x < 1)
    assert answer([holds], "squares").word == "proved"
    refuted = answer([question([x >= HALF], x * x < 1)], "squares")
    assert refuted.word == "refuted"
    assert HALF <= Fraction(refuted.counterexample["x"]) < 1
    # Premises without a point; without a rational one; a point of which a second computation knows nothing.
    for one in (
        question([x >= 1, x < 0], x * x < 1),
        question([x * x == 2], x * x < 1),
        question([x >= HALF], x * x < 1, confirm=lambda point: None),
    ):
        assert answer([one], "squares").word == "undecided"
    # √2, located by a change of sign.
    root = Interval(Fraction(141, 100), Fraction(142, 100))
    more = {"definitions": [x * x == 2], "located": {"x": root}}
    assert answer([question([x > 0, y > x], y * y < 2, **more)], "roots").word == "proved"
    assert answer([question([x > 0, y > x], y > 3, **more)], "roots").word == "refuted"
    module = importlib.import_module("lionlab.proofs.published._questions")
    for word, model in (("unknown", None), ("sat", {"x": Fraction(2), "y": Fraction(0)})):
        monkeypatch.setattr(module, "ask", lambda *arguments, word=word, model=model: Answer(word, model))
        assert answer([holds], "squares").word == "undecided"


def test_the_text_of_a_question_is_the_same_whatever_else_there_is():
    z3 = pytest.importorskip("z3")

    def text() -> str:
        x, y = z3.Reals("x y")
        shared = (x * y - 1) * (x * y - 1)
        one = question([x > 0, y * y == 2, shared + x >= shared], shared + x * y < 0)
        return one.text(one.negation)

    first = text()
    x, y = z3.Reals("x y")
    others = [y * y, *(x * y - k for k in range(50))]
    assert text() == first
    assert len(others) == 51  # and they were alive until here


def test_a_question_that_is_too_hard_is_undecided_after_the_same_work_everywhere(monkeypatch: pytest.MonkeyPatch):
    z3 = pytest.importorskip("z3")
    x, y = z3.Reals("x y")
    module = importlib.import_module("lionlab.proofs.published._questions")
    monkeypatch.setattr(module, "ask", lambda text, unknowns: ask(text, unknowns, 10))
    hard = question([x * x * x + y * y * y * x == 7], x * y * y - y * x * x * x == 5)
    assert "resource limit" in answer([hard], "hard").said


def test_formulas_have_the_value_that_z3_gives_them():
    z3 = pytest.importorskip("z3")
    x, y = z3.Reals("x y")
    terms = (x * y - 2 * x / 3, z3.If(x > y, x - y, -x), -(x + y + 1))
    formulas = [z3.Or(x < y, one >= x, z3.And(y != x, z3.Not(one == y))) for one in terms] + [
        z3.Implies(x > 0, terms[0] <= y),
        z3.If(x <= y, x > 1, y > 1),
        (x < y) == (terms[1] > 0),
    ]
    for values in ({"x": HALF, "y": Fraction(-2)}, {"x": Fraction(-1), "y": Fraction(5, 2)}, {"x": HALF, "y": HALF}):
        pinned = [(name, z3.RealVal(str(values[str(name)]))) for name in (x, y)]
        for formula in formulas:
            assert value(formula, values) is z3.is_true(z3.simplify(z3.substitute(formula, *pinned)))


def test_intervals_leave_open_what_they_do_not_decide():
    z3 = pytest.importorskip("z3")
    x, y = z3.Reals("x y")
    at = {"x": Interval(Fraction(-1), Fraction(2)), "y": Fraction(3)}
    assert value(x * x, at) == Interval(Fraction(-2), Fraction(4))
    assert value(-x - y, at) == Interval(Fraction(-5), Fraction(-2))
    assert value(z3.If(x > 0, y, x), at) == Interval(Fraction(-1), Fraction(3))
    for formula, expected in ((x < y, True), (x >= y, False), (x == y, False), (x > 0, None), (x == 1, None)):
        assert value(formula, at) is expected
        assert value(z3.Not(formula), at) is (None if expected is None else not expected)
    assert value(z3.And(x > 0, y < 0), at) is False
    assert value(z3.Or(x > 0, y > 0), at) is True
    assert not holds([x > 0], at)


def test_two_growing_gradients_lead_adamw_out_of_one_over_lambda():
    rng = np.random.default_rng(0)
    for beta1, beta2 in np.sort(rng.uniform(0.01, 0.999, size=(200, 2)), axis=1):
        m = v = 0.0
        x, lam, eta = 2.0, 0.5, 0.1
        for t, g in enumerate((-1.0, -(1 + beta2 - beta1)), start=1):
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            x += eta * (-(m / (1 - beta1**t)) / (v / (1 - beta2**t)) ** 0.5 - lam * x)
        gain = eta * (
            ((2 + beta2 - beta1**2) * (beta2 - beta1) ** 2 / ((beta2 + g * g) * (1 + beta1) ** 2) + 1) ** 0.5 - 1
        )
        assert x - 2 == pytest.approx(gain, abs=1e-12)
        assert gain > 0


def test_sign_of_a_polynomial_between_close_roots():
    import sympy as sp

    x = sp.Symbol("x")
    half = sp.Rational(1, 2)
    assert is_nonnegative((x - half) ** 2, x)
    assert not is_nonnegative((x - half) * (x - half - sp.Rational(1, 10**12)), x)
    assert is_nonnegative(x, x)
    assert not is_nonnegative(-x, x)
