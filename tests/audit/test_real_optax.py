"""What optax ships is found to be what its documentation says, and a wrong claim about it is refused."""

import functools
from typing import Any

import optax
import pytest
from tiers import waiting

from experiments.real_optimizers import CASES, SHAPE
from lionlab.audit import audit

ETA, DECAY = 0.01, 0.5
OPTAX = {case.title: case for case in CASES if case.package == "optax"}
LONG = ("contrib.muon", "signum")


def run(title: str, **claim: Any) -> Any:
    return audit(OPTAX[title].build(ETA, DECAY), is_quick=True, shape=SHAPE, name=title, **claim)


@pytest.mark.parametrize("title", waiting(OPTAX, LONG))
def test_it_is_found_to_be_what_it_is(title: str):
    case = OPTAX[title]
    claim = {**case.claim, "weight_decay": 0.0 if case.decay == "none" else DECAY} if case.claim else {}
    report = run(title, **claim)
    assert (report.verdict, report.fingerprint["decay"]) == (case.verdict, case.decay), str(report)
    assert (report.effective_set is None) == (case.width is None)
    assert (report.counterexample is None) == (report.verdict == "CONSISTENT")


@pytest.mark.parametrize(
    "claim",
    waiting(
        [{"weight_decay": 0.49}, {"weight_decay": 0.5, "beta1": 0.95, "beta2": 0.98}, {"K": "L2Norm()"}],
        [{"K": "L2Norm()"}, {"weight_decay": 0.5, "beta1": 0.95, "beta2": 0.98}],
    ),
    ids=str,
)
def test_a_wrong_claim_about_lion_is_refused(claim: dict[str, Any]):
    report = run("lion", **claim)
    assert report.verdict == "VIOLATED"
    assert report.counterexample is not None
    lion = functools.partial(optax.lion, learning_rate=ETA, weight_decay=DECAY)
    from lionlab.audit import as_black_box

    assert report.counterexample.replay(as_black_box(lion)).still_parts
