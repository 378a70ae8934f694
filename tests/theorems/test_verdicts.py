"""The words a claim may end in: nothing is called a success that was not measured, bounded and able to fail."""

import math

import pytest

from lionlab.theorems import Claim, verify
from lionlab.theorems._claim import Hypothesis, Measurement, Wrong, worst


def claim(subject, wrongs=(2.0, 3.0, math.inf), applies=True, **fields):
    """That `subject` ≤ 1: the simplest claim there is, with its number as the thing under test."""
    return Claim(
        id="at-most-one",
        statement="The number is at most 1.",
        source="this file",
        hypotheses=(Hypothesis("The case applies.", lambda case: None if case else "it does not apply."),),
        observable="the number",
        tolerance="none",
        cases=lambda run: [applies],
        measure=lambda cases, run, number: Measurement(number, 1.0, len(cases), **fields),
        subject=subject,
        wrongs=tuple(Wrong(f"the number is {wrong}", wrong) for wrong in wrongs),
    )


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (claim(0.5), "CONSISTENT"),
        (claim(1.5), "VIOLATED"),
        (claim(math.inf), "VIOLATED"),
        (claim(math.nan), "INCONCLUSIVE"),
        (claim(-math.inf), "INCONCLUSIVE"),
        (claim(0.5, wrongs=(2.0, 3.0, 0.9)), "INCONCLUSIVE"),
        (claim(0.5, wrongs=(2.0, 3.0, math.nan)), "INCONCLUSIVE"),
        (claim(0.5, applies=False), "NOT_APPLICABLE"),
        # A number known only from below refutes and never confirms.
        (claim(0.5, is_from_below=True), "INCONCLUSIVE"),
        (claim(1.5, is_from_below=True), "VIOLATED"),
    ],
)
def test_verdicts(made, verdict):
    evidence = verify(made)
    assert evidence.verdict == verdict
    assert evidence.holds == (verdict == "CONSISTENT")
    assert evidence.holds or evidence.reason or verdict == "VIOLATED"


def test_a_claim_needs_three_wrongs():
    with pytest.raises(ValueError, match="plants 2 wrongs"):
        claim(0.5, wrongs=(2.0, 3.0))


def test_the_worst_of_several_counts():
    small, large, unknown = (Measurement(number, 1.0, 2) for number in (0.1, 0.9, math.nan))
    assert worst([small, large]).measured == 0.9
    assert worst([small, large]).cases == 4
    assert math.isnan(worst([small, large, unknown]).measured)
    assert not worst([small, large, unknown]).holds
    assert not worst([]).holds
    from_below = Measurement(0.2, 1.0, 1, is_from_below=True)
    assert not worst([large, from_below]).holds
    assert worst([Measurement(2.0, 1.0, 1), from_below]).is_violation
