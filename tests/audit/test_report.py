"""The report: readable, replayable, and no final word without the unseen runs."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lionlab as ll
from lionlab.audit import StepFunction, assert_is_lion_k, audit, read_counterexample, zoo

QUICK: dict[str, Any] = {"is_quick": True}


@pytest.fixture(scope="module")
def good() -> Any:
    return audit(zoo.lion(weight_decay=0.5), K="L1Norm()", weight_decay=0.5, **QUICK)


@pytest.fixture(scope="module")
def wrong() -> Any:
    return audit(zoo.coupled_decay(weight_decay=0.5), K="L1Norm()", weight_decay=0.5, **QUICK)


def test_the_first_line_is_the_verdict_in_plain_words(good: Any, wrong: Any):
    assert str(good).startswith("CONSISTENT: Lion does what it claims: it is Lion with β1 = 0.9, β2 = 0.99, λ = 0.5")
    assert "It keeps |x_i| ≤ 2." in " ".join(str(good).split())
    first = " ".join(str(wrong).splitlines()[:2])
    assert first.startswith("VIOLATED: Lion, coupled decay is not what it claims to be: decay is coupled")
    assert max(len(line) for line in str(wrong).splitlines()) <= 118


def test_every_finding_has_evidence_and_a_certainty(good: Any, wrong: Any):
    from lionlab.audit._findings import CERTAINTIES

    for report in (good, wrong):
        aspects = [finding.aspect for finding in report.findings]
        assert len(set(aspects)) == len(aspects)
        assert {"decay", "momentum", "direction", "K", "dtypes", "determinism", "effective set"} <= set(aspects)
        for finding in report.findings:
            assert finding.evidence
            assert finding.certainty in CERTAINTIES
    assert wrong.violations[0].aspect == "unseen runs"
    with pytest.raises(KeyError, match="there are: unseen runs"):
        good.finding("colour")


def test_the_report_is_plain_json(good: Any, wrong: Any):
    for report in (good, wrong):
        told = json.loads(json.dumps(report.to_json(), allow_nan=False))
        assert {"fingerprint", "effective_set", "findings", "verdict"} <= set(told)
    assert good.to_json()["effective_set"] == {"norm": "linf", "radius": pytest.approx(2.0), "is_bound": True}
    assert wrong.to_json()["effective_set"] is None


def test_what_was_only_reached_is_not_called_kept():
    report = audit(zoo.adamw(weight_decay=0.1, beta2=0.999))
    largest = zoo.largest_ratio(0.9, 0.999) / 0.1
    reached = report.effective_set["radius"]
    assert report.effective_set["is_bound"] is False
    assert 0.98 * largest < reached < largest
    assert report.finding("effective set").certainty == "reached, not bounded"
    assert f"The farthest point found has |x_i| = {reached:.6g}; no bound was proved." in report.sentence
    assert "It keeps" not in str(report)
    assert "entries at most 1 seen" in report.finding("direction").found
    assert report.finding("momentum").certainty == "measured"
    assert report.finding("bias correction").found == "that of m/(1 − 0.9^t) over √(v/(1 − 0.999^t))"


def test_a_counterexample_survives_its_file(wrong: Any, tmp_path: Path):
    path = wrong.save_counterexample(tmp_path / "deep" / "seen.json", target="here")
    stored, more = read_counterexample(path)
    assert more == {"target": "here"}
    assert os.listdir(path.parent) == ["seen.json"]
    assert np.array_equal(stored.observed, wrong.counterexample.observed)
    done = stored.replay(zoo.coupled_decay(weight_decay=0.5))
    assert done.is_same
    assert done.still_parts
    mended = stored.replay(zoo.lion(weight_decay=0.5))
    assert not mended.is_same
    assert not mended.still_parts


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "lionlab audit counterexample 1"}', "\xff"])
def test_a_file_that_is_none_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"x\.json"):
        read_counterexample(path)


def test_the_pytest_helper_raises_the_whole_report():
    report = assert_is_lion_k(zoo.lion(weight_decay=0.5), K=ll.L1Norm(), weight_decay=0.5, **QUICK)
    assert report.verdict == "CONSISTENT"
    with pytest.raises(AssertionError, match=r"(?s)VIOLATED: .*momentum .*counterexample: on "):
        assert_is_lion_k(zoo.signum(weight_decay=0.5), K=ll.L1Norm(), weight_decay=0.5, beta1=0.9, beta2=0.99, **QUICK)


def test_what_differs_only_late_and_rarely_is_not_called_right():
    """Every probe fits, and one step in three hundred does not: only the unseen runs can tell."""

    def step(g: Any, state: Any, x: Any, eta: float) -> tuple[Any, Any]:
        m, t = state
        decay = 0.0 if t % 300 == 299 else 0.5
        return x + eta * (np.sign(0.9 * m - 0.1 * g) - decay * x), (0.99 * m - 0.01 * g, t + 1)

    report = audit(StepFunction(lambda x: (np.zeros_like(x), 0), step), K="L1Norm()", weight_decay=0.5)
    assert report.verdict == "VIOLATED"
    assert report.violations[0].aspect == "unseen runs"
    assert report.counterexample is not None
    assert report.counterexample.step == 299


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"K": 3}, "K must be"),
        ({"K": "Lyon()"}, "Lyon"),
        ({"weight_decay": -1}, "weight_decay must be"),
        ({"beta1": 2}, "beta1 must be"),
        ({"learning_rate": 0}, "learning_rate must be"),
        ({"decay": "coupled"}, "decay must be"),
        ({"shape": 1}, "at least two entries"),
        ({"shape": "big"}, "shape must be"),
    ],
    ids=str,
)
def test_claims_that_make_no_sense_are_refused(claims: dict[str, Any], word: str):
    with pytest.raises((ValueError, TypeError), match=word):
        audit(zoo.lion(), **claims)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.5, 0.2), (0.0, 0.9)])
def test_little_memory_is_no_wrong_memory(beta1: float, beta2: float):
    report = audit(lion_step(beta1, beta2), "L1Norm()", 1.0, beta1=beta1, beta2=beta2, is_quick=True)
    assert report.verdict == "CONSISTENT", str(report)


def test_what_a_run_contradicts_is_no_bound():
    report = audit(lion_step(0.9, 0.99, ends_decay_at=600), "L1Norm()", 1.0)
    assert report.verdict == "VIOLATED", str(report)
    assert not report.effective_set["is_bound"]
    assert "keeps" not in report.sentence
    assert report.counterexample is not None


def lion_step(beta1: float, beta2: float, ends_decay_at: float = np.inf) -> StepFunction:
    """Lion with λ = 1, whose decay may end."""

    def step(g, state, x, eta):
        t, m = state
        u = np.sign(beta1 * m - (1 - beta1) * g)
        return x + eta * (u - (x if t < ends_decay_at else 0 * x)), (t + 1, beta2 * m - (1 - beta2) * g)

    return StepFunction(lambda x: (0, np.zeros_like(x)), step, learning_rate=0.01)
