"""The fingerprint: what probing finds is what is true, and small wrongs are found out."""

from typing import Any

import numpy as np
import pytest
from tiers import waiting

from lionlab.audit import StepFunction, assert_is_lion_k, audit, zoo
from lionlab.audit._decay_probe import find_decay
from lionlab.audit._direction_probe import find_cycle
from lionlab.audit._history_probe import find_history
from lionlab.audit._momentum_probe import find_momentum
from lionlab.audit._probe import Probe, crossing
from lionlab.convex.catalogue import parse_convex_function

QUICK: dict[str, Any] = {"is_quick": True}


@pytest.mark.parametrize(
    ("make", "beta1", "beta2", "decay"),
    [
        (zoo.lion, 0.9, 0.99, "decoupled"),
        (zoo.implicit_decay, 0.9, 0.99, "implicit"),
        (zoo.signum, 0.9, 0.9, "decoupled"),
        (zoo.sign_after_update, 0.891, 0.9, "decoupled"),
        (lambda **k: zoo.lion(beta1=0.35, beta2=0.6, **k), 0.35, 0.6, "decoupled"),
        (lambda **k: zoo.lion(beta1=1.0, beta2=0.8, **k), 1.0, 0.8, "decoupled"),
        (lambda **k: zoo.lion(beta1=0.97, beta2=0.7, **k), 0.97, 0.7, "decoupled"),
        (lambda **k: zoo.lion(beta1=0.4, beta2=0.0, **k), 0.4, 0.0, "decoupled"),
    ],
    ids=["lion", "implicit", "signum", "after update", "other betas", "old momentum", "reversed", "one step"],
)
def test_a_lion_is_found_with_its_constants(make: Any, beta1: float, beta2: float, decay: str):
    report = audit(make(weight_decay=0.4, learning_rate=0.02), **QUICK)
    found = report.fingerprint
    assert report.verdict == "CONSISTENT", str(report)
    assert (found["K"], found["decay"]) == ("L1Norm()", decay)
    assert found["weight_decay"] == pytest.approx(0.4, rel=1e-9)
    assert found["beta1"] == pytest.approx(beta1, abs=1e-9)
    assert found["beta2"] == pytest.approx(beta2, abs=1e-9)
    assert report.effective_set == {"norm": "linf", "radius": pytest.approx(2.5, rel=0.02), "is_bound": True}


@pytest.mark.parametrize(
    "make", [zoo.coupled_decay, zoo.cautious_decay, zoo.fixed_decay], ids=["coupled", "cautious", "fixed"]
)
def test_another_decay_of_the_same_constant_is_not_what_was_claimed(make: Any):
    report = audit(make(weight_decay=0.1), K="L1Norm()", weight_decay=0.1, **QUICK)
    assert report.verdict == "VIOLATED"
    assert report.fingerprint["weight_decay"] == pytest.approx(0.1, rel=1e-6)


def test_independent_decay_is_another_lambda_and_told_so():
    report = audit(zoo.independent_decay(weight_decay=0.1), K="L1Norm()", weight_decay=0.1, **QUICK)
    assert report.verdict == "VIOLATED"
    assert report.fingerprint["decay"] == "independent"
    assert "independent" in report.finding("decay").found


@pytest.mark.parametrize("weight_decay", waiting([0.01, 0.1, 1.0], [0.01, 1.0]))
@pytest.mark.parametrize("name", list(zoo.ZOO))
def test_every_member_of_the_zoo(name: str, weight_decay: float):
    member = zoo.ZOO[name]
    report = audit(member.build(0.01, weight_decay), **QUICK)
    found = report.fingerprint
    assert found["decay"] == member.visible_decay
    if not member.is_lion_k:
        assert report.verdict == "NOT_APPLICABLE", str(report)
        assert report.counterexample is not None
        done = report.counterexample.replay(member.build(0.01, weight_decay))
        assert done.is_same
        assert done.still_parts
        return
    assert report.verdict == "CONSISTENT", str(report)
    assert parse_convex_function(found["K"]) == member.K
    assert found["beta1"] == pytest.approx(member.beta1, abs=1e-3)
    assert found["beta2"] == pytest.approx(member.beta2, abs=1e-3)
    if member.norm is None:
        assert report.effective_set is None
    else:
        radius = member.radius(0.01, weight_decay)
        kept = {"norm": member.norm, "radius": pytest.approx(radius, rel=0.02), "is_bound": True}
        assert report.effective_set == kept


@pytest.mark.parametrize("rate", [1e-3, 0.1, 0.5])
@pytest.mark.parametrize("weight_decay", [0.01, 0.1, 0.5, 0.8, 1.0])
def test_the_law_of_the_decay_is_told_however_strong_it_is(weight_decay: float, rate: float):
    for name, member in zoo.ZOO.items():
        box = member.build(rate, weight_decay)
        with np.errstate(all="ignore"):
            decay = find_decay(Probe(box, (3, 4), "float64", rate))
        assert decay.kind == member.visible_decay, name
        if decay.kind not in ("none", "unknown"):
            true = weight_decay / rate if member.decay == "independent" else weight_decay
            assert decay.weight_decay == pytest.approx(true, rel=1e-6), name


@pytest.mark.parametrize(("name", "found"), [("cautious lion", 2.0), ("masked lion", 1.0), ("lion", None)])
def test_caution_is_told(name: str, found: float | None):
    seen = find_history(Probe(zoo.ZOO[name].build(0.01, 0.1), (3, 4), "float64", 0.01), 0.001)
    assert seen.is_masked == (found is not None)
    assert seen.spread == pytest.approx(found or 1.0, rel=1e-9)
    assert not seen.counts_steps


def test_bias_correction_is_told_with_the_mean_of_squares():
    for is_corrected in (True, False):
        box = zoo.adamw(beta1=0.8, beta2=0.97, is_corrected=is_corrected)
        seen = find_history(Probe(box, (3, 4), "float64", 0.01), 0.01)
        assert seen.counts_steps == is_corrected
        if is_corrected:
            assert seen.decay_of_squares(0.8) == pytest.approx(0.97, abs=1e-6)
            assert seen.decay_of_squares(0.81) is None


def test_a_momentum_that_forgets_after_one_step_is_no_division_by_zero():
    assert find_momentum(Probe(zoo.lion(beta1=0.4, beta2=0.0), (3, 4), "float64", 0.01)).beta1 == pytest.approx(0.4)
    kind = next(kind for kind in zoo.KINDS if kind.name == "momentum frozen now and then")
    for period in (2, 3, 4):
        frozen = zoo.perturbed(kind, period, weight_decay=0.5)
        report = audit(frozen, K="L1Norm()", weight_decay=0.5, beta1=0.9, beta2=0.99, **QUICK)
        assert report.verdict == "VIOLATED"


@pytest.mark.parametrize("kind", zoo.KINDS, ids=lambda kind: kind.name)
def test_every_small_wrong_is_found_out(kind: Any):
    amount = kind.draw(np.random.default_rng(3))
    optimizer = zoo.perturbed(kind, amount, weight_decay=0.5)
    report = audit(optimizer, K="L1Norm()", weight_decay=0.5, beta1=0.9, beta2=0.99, **QUICK)
    assert report.verdict == "VIOLATED", f"{kind.name} {amount}: {report}"
    assert report.counterexample is not None
    replayed = report.counterexample.replay(optimizer)
    assert replayed.still_parts
    assert not report.counterexample.replay(zoo.lion(weight_decay=0.5)).still_parts


def test_what_changes_between_runs_is_no_lion_k():
    rng = np.random.default_rng(0)

    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        kept = rng.random(x.shape) < 0.99
        return x + eta * (np.sign(0.9 * m - 0.1 * g) * kept - x), 0.99 * m - 0.01 * g

    report = audit(StepFunction(np.zeros_like, step), K="L1Norm()", weight_decay=1.0, **QUICK)
    assert report.verdict == "VIOLATED"
    assert report.fingerprint["is_deterministic"] is False


@pytest.mark.parametrize(("rate", "weight_decay"), [(0.01, 0.5), (1.0, 0.5), (0.01, 0.01)])
def test_float32_optimizers_are_probed_in_float32(rate: float, weight_decay: float):
    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        f = np.float32
        x, g = x.astype(f), g.astype(f)
        u = np.sign(f(0.9) * m - f(0.1) * g)
        return x + f(eta) * (u - f(weight_decay) * x), f(0.99) * m - f(0.01) * g

    box = StepFunction(lambda x: np.zeros_like(x, np.float32), step, learning_rate=rate)
    report = assert_is_lion_k(box, K="L1Norm()", weight_decay=weight_decay, **QUICK)
    assert audit(box, **QUICK).verdict == "CONSISTENT"
    assert report.settings["dtype"] == "float32"
    assert report.fingerprint["beta2"] == pytest.approx(0.99, abs=1e-4)


def test_a_cycle_is_found_where_the_map_turns():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(12, 2))
    assert find_cycle(z, z * 3, 1e-16)[0] is None
    assert find_cycle(z, np.sign(z), 1e-16)[0] is None
    # A turn by 50° is monotone, so that no two points refute it; cycles of more do.
    turn = np.array([[np.cos(0.87), -np.sin(0.87)], [np.sin(0.87), np.cos(0.87)]])
    cycle, excess = find_cycle(z, z @ turn.T, 1e-16)
    assert cycle is not None
    assert len(cycle) > 2
    assert excess > 0


def test_bisection_finds_where_a_function_stops_being_positive():
    assert crossing(lambda r: 0.09 - r) == pytest.approx(0.09, rel=1e-15)
    assert crossing(lambda r: 5e6 - r) == pytest.approx(5e6, rel=1e-15)
    assert crossing(lambda r: -1.0) == 0
    assert crossing(lambda r: 1.0) is None
