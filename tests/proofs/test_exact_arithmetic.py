"""The start-up test of float64 sees wrong rounding and flushed subnormals, and nothing exact is said where it does."""

import math

import numpy as np
import pytest

from lionlab.proofs.exact import arithmetic, branch_and_bound, conjugate_pairs, newton_schulz
from lionlab.proofs.exact.arithmetic import Operations
from lionlab.theorems import _exact_states

asked_anew = arithmetic.misbehaviour.__wrapped__


def flushed(operation):
    """The operation with subnormal results put to 0."""

    def evaluated(left, right):
        found = operation(left, right)
        return 0.0 if abs(found) < 2.0**-1022 else found

    return evaluated


def flushed_before(operation):
    """The operation with subnormal arguments put to 0."""
    return lambda left, right: operation(*(0.0 if abs(each) < 2.0**-1022 else each for each in (left, right)))


def directed(operation, towards):
    """The operation rounded in one direction, where rounding to nearest went the other way."""

    def evaluated(left, right):
        found = operation(left, right)
        exact = operation(np.longdouble(left), np.longdouble(right))
        wants_more = exact > found if towards > 0 else exact < found
        return math.nextafter(found, towards) if wants_more else found

    return evaluated


def changed(change):
    right = Operations()
    return Operations(change(right.add), change(right.multiply), change(right.divide))


def test_this_process_follows_the_standard():
    assert asked_anew() is None


@pytest.mark.parametrize(
    "wrong",
    [
        changed(flushed),
        changed(flushed_before),
        changed(lambda operation: directed(operation, math.inf)),
        changed(lambda operation: directed(operation, -math.inf)),
        changed(lambda operation: lambda left, right: float(np.float32(operation(left, right)))),
        Operations(add=lambda left, right: math.nan),
    ],
    ids=("results flushed", "arguments flushed", "upwards", "downwards", "single precision", "nan"),
)
@pytest.mark.parametrize("name", ["Python", "NumPy"])
def test_wrong_arithmetic_is_seen(wrong, name, monkeypatch):
    monkeypatch.setitem(arithmetic.OPERATIONS, name, wrong)
    reason = asked_anew()
    assert reason is not None
    assert name in reason


def test_a_vector_whose_lanes_differ_is_seen():
    one_lane = arithmetic._on_arrays(lambda left, right: np.where(np.arange(8) == 3, 0.0, left + right))
    assert math.isnan(one_lane(1.0, 1.0))


def test_nothing_exact_is_said_in_such_a_process(monkeypatch):
    pytest.importorskip("flint")
    for module in (branch_and_bound, conjugate_pairs, newton_schulz, _exact_states):
        monkeypatch.setattr(module, "misbehaviour", lambda: "subnormals are flushed.")
    assert branch_and_bound.decide(lambda x: x + 1, [(0, 1)]).word == "undecided"
    for proof in (newton_schulz.PROOFS[0], conjugate_pairs.PROOFS[0]):
        outcome = proof.prove(proof.subject, True)
        assert outcome.word == "undecided"
        assert "flushed" in outcome.said
    found = _exact_states.count([], lambda state, pieces: False)
    assert math.isnan(found.measured)
    assert not found.holds
    assert "flushed" in found.note
