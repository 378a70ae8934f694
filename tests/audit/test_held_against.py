"""What follows from being a Lion-K, held against those who are and those who are not."""

import numpy as np
import pytest

from lionlab.audit._held_against import Claimed, constraint_held, held_against, ledger_held, optimum_held
from lionlab.audit._reference_problems import reference_problems
from lionlab.audit.zoo import KINDS, ZOO, perturbed
from lionlab.convex import L1Norm, SquaredL2

SHAPE, ETA, LAMBDA = (3, 4), 0.02, 0.5
LION = Claimed(L1Norm(), LAMBDA, ETA)


def built(name):
    return ZOO[name].build(ETA, LAMBDA)


def test_lion_does_all_that_it_should():
    found = held_against(built("lion"), LION, SHAPE)
    assert [held.check for held in found] == ["set kept", "drawn into the set", "energy ledger", "annealed optimum"]
    assert {held.verdict for held in found} == {"CONSISTENT"}
    assert all(0 <= held.measured <= 1 for held in found)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("lion without decay", {"set kept", "drawn into the set", "energy ledger", "annealed optimum"}),
        ("coupled decay", {"set kept", "drawn into the set", "energy ledger", "annealed optimum"}),
        ("cautious decay", {"set kept", "drawn into the set", "energy ledger", "annealed optimum"}),
        ("fixed decay", {"energy ledger", "annealed optimum"}),
        ("corrected decay", {"annealed optimum"}),  # with a constant η it is Lion
        ("masked lion", {"energy ledger"}),
        ("adamw", {"set kept", "energy ledger"}),
        ("sign-based second moment", {"set kept", "drawn into the set", "energy ledger", "annealed optimum"}),
    ],
)
def test_what_each_other_breaks(name, broken):
    box = built(name)
    found = held_against(box, LION, SHAPE)
    assert {held.check for held in found if held.verdict == "VIOLATED"} >= broken
    for held in found:
        if held.verdict == "VIOLATED":
            assert not held.measured <= 1
            assert held.counterexample is not None
            assert held.counterexample.replay(box).is_same, held.check


def test_a_small_wrong_in_beta_shows_in_the_ledger():
    kind = next(kind for kind in KINDS if kind.name == "β2 off")
    assert ledger_held(perturbed(kind, 2e-3, ETA, LAMBDA), LION, SHAPE).verdict == "VIOLATED"


def test_implicit_decay_has_an_envelope_of_its_own():
    box = built("lion, implicit decay")
    claimed = Claimed(L1Norm(), LAMBDA, ETA, decay="implicit")
    assert [held.verdict for held in constraint_held(box, claimed, SHAPE)] == ["CONSISTENT"] * 2
    # Nearer by 1/(1+ηλ) a step only: too slow for who claims the explicit form.
    assert constraint_held(box, LION, SHAPE)[1].verdict == "VIOLATED"


def test_what_cannot_be_tried_is_said_so():
    found = held_against(built("sgd with momentum"), Claimed(SquaredL2(), LAMBDA, ETA, 0.9, 0.9), SHAPE)
    assert [held.verdict for held in found[:2]] == ["NOT_APPLICABLE"] * 2
    assert found[2].verdict == found[3].verdict == "CONSISTENT"
    undecayed = Claimed(L1Norm(), 0.0, ETA)
    assert constraint_held(built("lion without decay"), undecayed, SHAPE)[0].verdict == "NOT_APPLICABLE"
    assert optimum_held(built("lion without decay"), undecayed, SHAPE).verdict == "NOT_APPLICABLE"
    workers = ledger_held(built("distributed lion, vote"), LION, SHAPE)
    assert (workers.verdict, workers.outcome) == ("NOT_APPLICABLE", "the momentum cannot be read")


def test_reference_problems_scale_with_the_set():
    for f, g in zip(reference_problems(SHAPE, 1.0), reference_problems(SHAPE, 0.1), strict=True):
        x = np.ones(SHAPE)
        np.testing.assert_allclose(g.gradient(10 * x), f.gradient(x), rtol=1e-12)
    assert reference_problems((5,), 1.0)[0].shape == (5,)
    with pytest.raises(ValueError, match="vectors and matrices"):
        reference_problems((2, 2, 2), 1.0)
