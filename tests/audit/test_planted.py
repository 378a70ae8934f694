"""What an audit would have refused: a verdict that holds names its margin, and without one there is no such verdict."""

from typing import Any

import numpy as np
import pytest

from lionlab.audit import StepFunction, _model, as_black_box, audit
from lionlab.audit._planted import ASPECT, SIZES

SINGLE = np.float32


def claims(weight_decay: float) -> dict[str, Any]:
    return {"K": "L1Norm()", "weight_decay": weight_decay, "beta1": 0.9, "beta2": 0.99}


def lion(weight_decay: Any, learning_rate: float = 0.01, dtype: Any = np.float64, spared_below: float = 0.0) -> Any:
    """Lion that computes in `dtype` whatever it is given; no decay acts where |x| is below `spared_below`."""

    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        g, short, m = g.astype(dtype), x.astype(dtype), m.astype(dtype)
        u = np.sign(dtype(0.9) * m - dtype(0.1) * g)
        decay = np.where(np.abs(short) < spared_below, 0, np.asarray(weight_decay)).astype(dtype)
        return (short + dtype(eta) * (u - decay * short)).astype(x.dtype), dtype(0.99) * m - dtype(0.01) * g

    return StepFunction(np.zeros_like, step, learning_rate)


def one_entry(value: float, others: float) -> Any:
    found = np.full((3, 4), others)
    found[1, 2] = value
    return found


def test_a_margin_is_told_of_every_constant():
    seen = audit(lion(1.0), **claims(1.0), is_quick=True).finding(ASPECT)
    assert seen.verdict is None
    assert set(seen.values) == {"weight_decay", "size", "beta1", "beta2"}
    assert seen.values["weight_decay"] == seen.values["size"] == 1e-6
    assert max(seen.values.values()) <= SIZES[0]


def test_in_float32_with_strong_decay_all_constants_are_told():
    report = audit(lion(1.0, dtype=SINGLE), **claims(1.0))
    assert report.verdict == "CONSISTENT", str(report)
    assert report.finding(ASPECT).values["weight_decay"] == 1e-4


@pytest.mark.parametrize("leaking", [0.099, one_entry(0.099, 0.1)], ids=["all", "one entry"])
def test_a_leak_that_float32_hides_is_not_held_to_be_the_claim(leaking: Any):
    report = audit(lion(leaking, 1e-4, SINGLE), **claims(0.1))
    assert report.verdict != "CONSISTENT"
    assert report.effective_set is None or not report.effective_set["is_bound"]


def test_what_is_not_told_apart_is_named_with_the_remedy():
    report = audit(lion(0.1, 1e-4, SINGLE), **claims(0.1))
    assert report.verdict == "INCONCLUSIVE", str(report)
    assert "λ off by 0.5%" in report.sentence
    assert "audit with float64 parameters, or a larger learning rate" in report.sentence
    assert report.finding(ASPECT).values["weight_decay"] is None
    assert not report.effective_set["is_bound"]


@pytest.mark.parametrize("made", [claims(0.01), {}], ids=["claimed", "no claim"])
@pytest.mark.parametrize("rate", [1e-4, 1e-5])
def test_decay_below_rounding_is_neither_refused_nor_held(rate: float, made: dict[str, Any]):
    report = audit(lion(0.01, rate, SINGLE), **made)
    assert report.verdict == "INCONCLUSIVE", str(report)
    assert "rounding" in report.sentence
    assert report.effective_set is None or not report.effective_set["is_bound"]


def test_a_checker_that_sees_nothing_holds_nothing(monkeypatch: pytest.MonkeyPatch):
    assert audit(lion(1.0), **claims(1.0), is_quick=True).verdict == "CONSISTENT"
    monkeypatch.setattr(_model, "X_ROUNDINGS", 1e15)
    report = audit(lion(1.0), **claims(1.0), is_quick=True)
    assert report.verdict == "INCONCLUSIVE"
    assert report.finding(ASPECT).values["weight_decay"] is None
    assert not report.effective_set["is_bound"]


def test_decay_that_stops_near_0_is_seen():
    report = audit(lion(1.0, spared_below=1e-6), **claims(1.0), is_quick=True)
    assert report.verdict == "VIOLATED"
    assert report.counterexample is not None
    told = audit(lion(1.0), **claims(1.0), is_quick=True)
    assert told.fingerprint["tested"]["smallest_x"] < 1e-28
    assert "|x_i| from " in told.sentence


@pytest.mark.parametrize("leak", [1e-11, 1e-9, 3e-9, 1e-7, 3e-7, 1e-6])
def test_a_decay_is_the_claimed_one_as_far_as_float32_keeps_it(leak: float):
    optimizer = lion(1 - leak)
    report = audit(optimizer, **claims(1.0), is_quick=True)
    assert report.verdict == ("CONSISTENT" if leak <= 1e-7 else "VIOLATED"), str(report)
    assert report.effective_set["radius"] >= (1 + leak) * (1 - 1e-12)


@pytest.mark.parametrize(
    "optimizer",
    [lion(1 - 1e-4, dtype=SINGLE), lion(one_entry(1 - 1e-8, 1.0))],
    ids=["float32", "finer than float32"],
)
def test_a_small_leak_is_shown_by_a_run(optimizer: Any):
    report = audit(optimizer, **claims(1.0))
    assert report.verdict == "VIOLATED"
    done = report.counterexample.replay(as_black_box(optimizer))
    assert done.is_same
    assert done.still_parts


def test_a_learning_rate_in_float32_bounds_no_less_than_is_reached():
    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        eta = float(SINGLE(eta))
        return x + eta * (np.sign(0.9 * m - 0.1 * g) - x), 0.99 * m - 0.01 * g

    report = audit(StepFunction(np.zeros_like, step, 0.01), **claims(1.0))
    assert report.verdict == "CONSISTENT", str(report)
    assert report.effective_set["radius"] >= 1


@pytest.mark.parametrize("off", [-2e-6, -1e-6, -5e-7, 5e-7, 1e-6, 2e-6])
def test_a_step_of_nearly_the_length_claimed_is_refused_where_the_report_says_so(off: float):
    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        return x - eta * (1 + off) * (np.sign(0.9 * m + 0.1 * g) + x), 0.99 * m + 0.01 * g

    report = audit(StepFunction(np.zeros_like, step, 0.01), **claims(1.0), learning_rate=0.01, is_quick=True)
    assert report.verdict == "VIOLATED", str(report)


WRITTEN = {
    "one factor": lambda x, u, eta, decay: x * SINGLE(1 - float(eta) * float(decay)) + eta * u,
    "decay first": lambda x, u, eta, decay: (x - eta * decay * x) + eta * u,
    "implicit": lambda x, u, eta, decay: (x + eta * u) / (SINGLE(1) + eta * decay),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_in_float32_no_way_of_writing_it_is_refused_and_one_percent_is(form: str):
    def made(weight_decay: float) -> StepFunction:
        def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
            g, m = g.astype(SINGLE), m.astype(SINGLE)
            u = np.sign(SINGLE(0.9) * m - SINGLE(0.1) * g)
            after = WRITTEN[form](x.astype(SINGLE), u, SINGLE(eta), SINGLE(weight_decay))
            return after.astype(x.dtype), SINGLE(0.99) * m - SINGLE(0.01) * g

        return StepFunction(np.zeros_like, step, 3e-4)

    said = {**claims(0.1), "decay": "implicit" if form == "implicit" else "explicit"}
    assert audit(made(0.1), **said, is_quick=True).verdict == "CONSISTENT"
    assert audit(made(0.099), **said, is_quick=True).verdict == "VIOLATED"
