"""The fingerprint: what probing finds is what is true, and small wrongs are found out."""

from typing import Any

import numpy as np
import pytest

from lionlab.audit import StepFunction, assert_is_lion_k, audit, zoo
from lionlab.audit._direction_probe import find_cycle
from lionlab.audit._probe import crossing

QUICK: dict[str, Any] = {"is_quick": True}
# One compilation of ∂‖·‖₁ and its conjugate per audit is what costs here; other K are tried in the experiment.


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
    ],
    ids=["lion", "implicit", "signum", "after update", "other betas", "old momentum", "reversed"],
)
def test_a_lion_is_found_with_its_constants(make: Any, beta1: float, beta2: float, decay: str):
    report = audit(make(weight_decay=0.4, learning_rate=0.02), **QUICK)
    found = report.fingerprint
    assert report.verdict == "CONSISTENT", str(report)
    assert (found["K"], found["decay"]) == ("L1Norm()", decay)
    assert found["weight_decay"] == pytest.approx(0.4, rel=1e-9)
    assert found["beta1"] == pytest.approx(beta1, abs=1e-9)
    assert found["beta2"] == pytest.approx(beta2, abs=1e-9)
    assert report.effective_set == {"norm": "linf", "radius": pytest.approx(2.5, rel=0.02)}


@pytest.mark.parametrize(
    ("make", "decay"),
    [
        (zoo.coupled_decay, "coupled"),
        (zoo.cautious_decay, "cautious"),
        (zoo.fixed_decay, "fixed"),
        (zoo.decay_over_first, "over first"),
        (zoo.corrected_decay, "corrected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_kind_of_decay_is_found_and_is_no_lion_k(make: Any, decay: str):
    report = audit(make(weight_decay=0.1), **QUICK)
    assert report.fingerprint["decay"] == decay
    assert report.fingerprint["weight_decay"] == pytest.approx(0.1, rel=1e-6)
    assert report.verdict == "NOT_APPLICABLE"
    assert report.counterexample is not None
    assert audit(make(weight_decay=0.1), K="L1Norm()", weight_decay=0.1, **QUICK).verdict == "VIOLATED"


def test_independent_decay_is_another_lambda_and_told_so():
    report = audit(zoo.independent_decay(weight_decay=0.1), K="L1Norm()", weight_decay=0.1, **QUICK)
    assert report.verdict == "VIOLATED"
    assert report.fingerprint["decay"] == "independent"
    assert "independent" in report.finding("decay").found


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (zoo.huber_lion, "Huber(0.5)"),
        (zoo.dead_zone_lion, "DeadzoneL1(0.5)"),
        (zoo.top_k_lion, "TopKL1(2)"),
        (zoo.lp_lion, "LpNorm(1.5)"),
    ],
    ids=["huber", "dead zone", "top 2", "l1.5"],
)
def test_k_is_named_with_its_parameter(make: Any, text: str):
    from lionlab.audit._audit import _precision
    from lionlab.audit._fingerprint import Claims, take_fingerprint
    from lionlab.audit._probe import Probe

    box = make()
    probe = Probe(box, (3, 4), _precision(box, (3, 4), None), None)
    found = take_fingerprint(probe, Claims(), lambda line: None)
    assert found.named is not None
    assert found.named.text == text


@pytest.mark.parametrize("make", [zoo.adamw, zoo.adam, zoo.masked_lion, zoo.signed_second_moment, zoo.majority_vote])
def test_what_is_no_lion_k_is_refused_with_a_run_that_shows_it(make: Any):
    report = audit(make(weight_decay=0.5), **QUICK)
    assert report.verdict == "NOT_APPLICABLE", str(report)
    assert report.counterexample is not None
    done = report.counterexample.replay(make(weight_decay=0.5))
    assert done.is_same
    assert done.still_parts


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


def test_float32_optimizers_are_probed_in_float32():
    def step(g: Any, m: Any, x: Any, eta: float) -> tuple[Any, Any]:
        f = np.float32
        x, g = x.astype(f), g.astype(f)
        u = np.sign(f(0.9) * m - f(0.1) * g)
        return x + f(eta) * (u - f(0.5) * x), f(0.99) * m - f(0.01) * g

    report = assert_is_lion_k(
        StepFunction(lambda x: np.zeros_like(x, np.float32), step), K="L1Norm()", weight_decay=0.5, **QUICK
    )
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
