"""The claim that L/2 is the least slack: it holds, its wrongs are caught, and its H is the one of the library."""

from fractions import Fraction

import pytest

from lionlab.theorems import slack_constant
from lionlab.theorems._claim import Run

(CLAIM,) = slack_constant.CLAIMS
QUICK = Run(is_quick=True)
CASES = list(CLAIM.cases(QUICK))


def test_the_constant_is_attained():
    found = CLAIM.measure(CASES, QUICK, CLAIM.subject)
    assert found.holds
    assert found.measured == 0
    assert found.cases == len(CASES)


@pytest.mark.parametrize("wrong", CLAIM.wrongs, ids=lambda wrong: wrong.description)
def test_a_wrong_constant_is_caught(wrong):
    found = CLAIM.measure(CASES, QUICK, wrong.subject)
    assert found.is_violation
    assert found.counterexample is not None


def test_the_step_is_the_textbook_one():
    """By hand: η = λ = 1, β1 = β2 = 1/2, L = 1, x = 0, m = 1, g = 1/2, so m̃ = m⁺ = 1/4, x⁺ = 1/2, c = 1/2."""
    k = slack_constant.Constants(*map(Fraction, ("1", "1", "1/2", "1/2", "1")))
    assert k.c == Fraction(1, 2)
    at = slack_constant.Start(Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1))
    # f⁺ − f = 1/4 + 1/8, and the bracket goes from 1 to 1/4 − 1/8.
    assert slack_constant.rise_and_move(k, at) == (Fraction(3, 8) - Fraction(7, 16), Fraction(1, 4))


def test_constants_out_of_range_are_named():
    k = CASES[0]._replace(beta2=Fraction(1))
    assert "β2" in (CLAIM.hypotheses[0].failure(k) or "")
