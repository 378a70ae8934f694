"""Other people's optimizers are found to be what their definitions say, whatever they are called."""

from typing import Any

import pytest
from tiers import waiting

from experiments.real_optimizers import CASES, LION, SHAPE, _torch, one_thread
from lionlab.audit import as_black_box, audit

for needed in ("torch", "keras", "lion_pytorch", "pytorch_optimizer"):
    pytest.importorskip(needed, reason="needs the extra interop: make interop")

ETA, DECAY = 0.01, 0.5
REAL = {f"{case.package} {case.title}": case for case in CASES if case.package != "optax"}
# One of each framework and of each kind of decay.
EVERY_TIME = (
    "lion_pytorch Lion", "lion_pytorch Lion, decoupled_weight_decay", "pytorch_optimizer Lion, weight_decouple=False",
    "pytorch_optimizer Lion, fixed_decay", "pytorch_optimizer Lion, cautious", "keras Lion",
    "lionlab torch.LionK, L2Norm",
)  # fmt: skip
WRONG = {
    "λ off by 1%": ({}, {"weight_decay": 0.505}),
    "β's of another": ({"betas": (0.95, 0.98)}, {}),
    "β2": ({}, {"beta2": 0.9}),
    "implicit": ({}, {"decay": "implicit"}),
}
PATHS = {"plain": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}


def audited(optimizer: Any, **claim: Any) -> Any:
    with one_thread():
        return audit(optimizer, is_quick=True, shape=SHAPE, **claim)


@pytest.mark.parametrize("name", waiting(REAL, [name for name in REAL if name not in EVERY_TIME]))
def test_it_is_found_to_be_what_it_is(name: str):
    case = REAL[name]
    report = audited(case.build(ETA, DECAY), **({**case.claim, "weight_decay": DECAY} if case.claim else {}))
    assert (report.verdict, report.fingerprint["decay"]) == (case.verdict, case.decay), str(report)
    assert (report.effective_set is None) == (case.width is None)
    if case.verdict != "CONSISTENT":
        assert report.counterexample is not None
        with one_thread():
            assert report.counterexample.replay(as_black_box(case.build(ETA, DECAY))).is_same
    if case.width in (1, "η") and case.norm == "linf" and "use_gc" not in name:
        assert report.effective_set["radius"] == pytest.approx(case.radius(ETA) / DECAY, rel=0.02)


@pytest.mark.parametrize("wrong", waiting(WRONG, ["β's of another", "β2"]))
def test_a_wrong_claim_about_lion_is_refused(wrong: str):
    options, changes = WRONG[wrong]
    claim = {**LION, "weight_decay": DECAY, **changes}
    report = audited(_torch("lion_pytorch.Lion", **options)(ETA, DECAY), **claim)
    assert report.verdict == "VIOLATED", str(report)


@pytest.mark.parametrize("path", waiting(PATHS, ["foreach", "fused"]))
def test_adamw_is_decoupled_on_every_path_and_no_lion_k(path: str):
    report = audited(_torch("torch.optim.AdamW", **PATHS[path])(ETA, DECAY))
    assert report.verdict == "NOT_APPLICABLE"
    assert report.fingerprint["decay"] == "decoupled"
    assert report.fingerprint["weight_decay"] == pytest.approx(DECAY)


def test_adams_own_decay_is_not():
    """`Adam(weight_decay=…)` is documented as an L2 penalty, and would not pass for AdamW."""
    report = audited(_torch("torch.optim.Adam")(ETA, DECAY))
    assert report.verdict == "NOT_APPLICABLE"
    assert report.fingerprint["decay"] != "decoupled"
