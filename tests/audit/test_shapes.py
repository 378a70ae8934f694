"""The shapes an audit takes, what it says of those it did not try, and how far it says it went."""

from typing import Any

import numpy as np
import pytest

from lionlab.audit import StepFunction, audit, zoo
from lionlab.audit._small_shape import MANY_ENTRIES, smaller

QUICK: dict[str, Any] = {"is_quick": True}


def sparing_vectors(is_decayed: Any = lambda x: x.ndim > 1) -> StepFunction:
    """Lion with λ = 1 for some parameters, and without decay for the others."""

    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        u = np.sign(0.9 * m - 0.1 * g)
        return x + eta * (u - (x if is_decayed(x) else 0 * x)), 0.99 * m - 0.01 * g

    return StepFunction(np.zeros_like, step)


@pytest.mark.parametrize("shape", [(3, 4), (5,)])
def test_decay_that_spares_a_rank_is_found_from_either_side(shape: tuple[int, ...]):
    is_decayed = (lambda x: x.ndim > 1) if len(shape) == 2 else lambda x: x.ndim == 1
    optimizer = sparing_vectors(is_decayed)
    report = audit(optimizer, "L1Norm()", 1.0, shape=shape, **QUICK)
    assert report.verdict == "VIOLATED", str(report)
    assert "it is another method, its decay is none" in report.sentence
    assert not report.effective_set["is_bound"]
    replayed = report.counterexample.replay(optimizer)
    assert replayed.is_same
    assert replayed.still_parts
    assert replayed.x[0].ndim == 3 - len(shape)
    assert not report.counterexample.replay(zoo.lion()).still_parts
    unclaimed = audit(optimizer, shape=shape, **QUICK)
    assert unclaimed.verdict == "CONSISTENT"
    assert unclaimed.sentence.endswith("it is another method, its decay is none.")


def test_who_takes_no_vectors_is_not_blamed_for_it():
    report = audit(zoo.muon(), **QUICK)
    assert report.verdict == "CONSISTENT"
    assert "does not take parameters of shape (5,)" in report.finding("other shapes").found
    claimed = audit(zoo.muon(), K="NuclearNorm()", **QUICK)
    assert claimed.finding("other shapes").found == "not tried: it mixes entries"


def test_the_tested_range_is_what_the_runs_went_through():
    report = audit(zoo.lion(weight_decay=0.5), "L1Norm()", 0.5, **QUICK)
    tested = report.fingerprint["tested"]
    assert tested["shape"] == [3, 4]
    assert tested["steps"] == 128
    assert tested["longest_run"] >= 128
    assert tested["smallest_gradient"] < 1e-12 < 1e12 < tested["largest_gradient"]
    assert tested["learning_rates"][0] < 0.01 < tested["learning_rates"][1]
    assert tested["largest_x"] > 10
    assert "It keeps |x_i| ≤ 2. Tried with parameters of shape (3, 4), up to 128 steps" in report.sentence
    assert report.finding("tested range").values["steps"] == 128


def test_three_axes_leave_out_the_runs_on_losses_and_say_so():
    report = audit(zoo.lion(weight_decay=0.5), "L1Norm()", 0.5, shape=(2, 3, 4))
    assert report.verdict == "CONSISTENT", str(report)
    assert report.finding("annealed optimum").found == report.finding("energy ledger").found == "not tried"
    assert report.finding("set kept").verdict is None


def test_many_entries_are_all_held_against_what_a_few_tell():
    assert smaller((3, 4)) == (3, 4)
    assert smaller((64, 64)) == (16, 16)
    assert smaller((4, 1000)) == (2, 16)
    right, wrong = zoo.lion(weight_decay=0.5), zoo.lion(weight_decay=0.5)

    def one_spared(g: Any, state: Any, x: Any, eta: float) -> Any:
        moved, state = right.step(g, state, x, eta)
        moved.flat[-1] += eta * 0.5 * x.flat[-1] * (x.size > MANY_ENTRIES)
        return moved, state

    wrong.step = one_spared
    report = audit(right, "L1Norm()", 0.5, shape=(40, 40))
    assert report.verdict == "CONSISTENT", str(report)
    assert "first looked for on parameters of shape (16, 16)" in report.finding("tested range").evidence
    assert audit(wrong, "L1Norm()", 0.5, shape=(40, 40)).verdict == "VIOLATED"


@pytest.mark.parametrize(
    ("shape", "K", "words"),
    [
        ((), None, "at least two entries"),
        ((1,), None, "at least two entries"),
        ((5,), "NuclearNorm()", "matrix"),
        ((3, 4), "GroupL2Norm([[0, 1], [2]])", "shape|entries"),
    ],
)
def test_shapes_that_cannot_be_are_refused_before_any_step(shape: Any, K: str | None, words: str):
    def never(*_: Any) -> Any:
        raise AssertionError("a step was made")

    with pytest.raises(ValueError, match=words):
        audit(StepFunction(never, never), K, shape=shape)
