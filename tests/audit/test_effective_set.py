"""The set found against the set that each member of the zoo keeps; and what is no set, or cannot be told, said so."""

import numpy as np
import pytest

from lionlab.audit import StepFunction, audit
from lionlab.audit._decay_kinds import kept_radius
from lionlab.audit._effective_set import find_effective_set
from lionlab.audit._envelope import first_phase
from lionlab.audit._norms import norms_for
from lionlab.audit._plane import ball_in_plane, picture_of, reachable_in_plane
from lionlab.audit.zoo import ZOO, largest_ratio
from lionlab.convex import L1Norm

SHAPE, ETA, LAMBDA = (3, 4), 0.02, 0.5


@pytest.mark.parametrize("name", list(ZOO))
def test_the_zoo(name):
    member = ZOO[name]
    theory = member.radius(ETA, LAMBDA, SHAPE)
    found = find_effective_set(member.build(ETA, LAMBDA), SHAPE, theory=theory, theory_norm=member.norm)
    if member.norm is None:
        assert found.status == ("not a number" if "second moment" in name else "no set")
        assert found.to_json() is None
        return
    assert found.status == "set"
    assert found.norm == member.norm
    assert found.agrees is True
    assert found.radius == pytest.approx(theory, rel=0.02)
    assert found.is_filled == member.is_filled


@pytest.mark.parametrize(
    ("name", "ratios"),
    [
        ("lion", (1, 1, 1)),
        ("fixed decay", (1, 0.5, 0.5)),
        ("decay over the first rate", (1, 0.5, 1)),
        ("corrected decay", (1, 1, 2)),
        ("independent decay", (1, 1, 1)),
    ],
)
def test_the_radius_as_a_function_of_the_schedule(name, ratios):
    member = ZOO[name]
    under = find_effective_set(member.build(ETA, LAMBDA), SHAPE, is_quick=True).radius_under
    constant = under["constant"]
    assert constant == pytest.approx(member.radius(ETA, LAMBDA), rel=1e-6)
    found = tuple(under[key] / constant for key in ("constant", "halved", "falling to half"))
    assert found == pytest.approx(ratios, rel=1e-6)


def test_a_decay_too_weak_to_be_waited_for_is_found():
    """1/(ηλ) = 10⁷ steps: the map of x_0 to x_T tells the limit of a push that no run here comes near."""
    found = find_effective_set(ZOO["lion"].build(1e-4, 1e-3), SHAPE, theory=1e3, theory_norm="linf", is_quick=True)
    assert found.agrees is True
    assert max(np.abs(r.reached).max() for r in found.reaches) < 0.1


@pytest.mark.parametrize("weight_decay", [1.0, 0.0])
def test_an_optimizer_that_computes_in_float32(weight_decay):
    def step(g, m, x, rate):
        x, g, eta = x.astype(np.float32), g.astype(np.float32), np.float32(rate)
        u = np.sign(np.float32(0.9) * m - np.float32(0.1) * g)
        return x + eta * (u - np.float32(weight_decay) * x), np.float32(0.99) * m - np.float32(0.01) * g

    box = StepFunction(lambda x: np.zeros(x.shape, np.float32), step)
    found = find_effective_set(box, SHAPE, theory=1.0, theory_norm="linf", is_quick=True)
    assert found.status == ("set" if weight_decay else "no set")
    assert found.agrees is (True if weight_decay else None)


def test_adam_with_a_long_memory_is_pushed_seven_times_as_far():
    box = ZOO["adamw"].factory(weight_decay=1.0, beta2=0.999, is_corrected=False)
    found = find_effective_set(box, (2, 3))
    assert found.radius == pytest.approx(largest_ratio(0.9, 0.999), rel=0.02)
    quick = find_effective_set(box, (2, 3), is_quick=True)
    assert quick.radius < 4  # steady pushes do not show it


def test_one_entry_without_decay_is_no_set():
    def step(g, state, x, rate):
        decay = np.ones(x.size)
        decay[-1] = 0
        return x + rate * (-np.sign(g) - decay.reshape(x.shape) * x), state

    found = find_effective_set(StepFunction(lambda x: None, step), SHAPE)
    assert found.status == "no set"
    assert found.escaped is not None
    # The run it names does what it says: from far out, farther out.
    x = StepFunction(lambda x: None, step).run(found.escaped.x0, found.escaped.gradients).x
    assert np.abs(x[-1]).max() > np.abs(x[0]).max()


def test_what_does_not_move_is_not_found_and_not_called_bounded():
    found = find_effective_set(StepFunction(lambda x: None, lambda g, s, x, rate: (x, s)), SHAPE)
    assert found.status == "not found"
    assert found.evidence == ("no push moved x",)


@pytest.mark.parametrize("wrong", [1.03, 0.97])
def test_a_radius_off_by_three_percent_is_contradicted(wrong):
    found = find_effective_set(ZOO["lion"].build(), SHAPE, theory=wrong, theory_norm="linf", is_quick=True)
    assert found.agrees is False
    assert "contradicts" in found.evidence[-1]


def test_the_dual_of_each_norm_is_its_support():
    rng = np.random.default_rng(0)
    points, v = rng.normal(size=(4000, *SHAPE)), rng.normal(size=SHAPE)
    for norm in norms_for(SHAPE):
        largest = max(np.vdot(x, v) / norm.size(x) for x in points)
        assert 0.4 * norm.dual(v) < largest <= norm.dual(v) * (1 + 1e-12), norm.name


def test_kept_radius_is_the_largest_ratio():
    rates = np.array([0.1, 0.3, 0.2])
    assert kept_radius("decoupled", rates, 2.0) == 0.5
    assert kept_radius("fixed", rates, 2.0) == 0.15
    assert kept_radius("over first", rates, 2.0) == 0.05
    assert kept_radius("independent", rates, 2.0) == 0.15
    assert kept_radius("corrected", rates, 2.0, width=2.0) == pytest.approx(1.5)
    assert kept_radius("coupled", rates, 2.0) is None
    assert kept_radius("decoupled", rates, 0.0) is None
    with pytest.raises(ValueError, match="kind must be one of decoupled"):
        kept_radius("decupled", rates, 1.0)
    with pytest.raises(ValueError, match="learning_rates must be finite and > 0"):
        kept_radius("decoupled", [0.1, 0.0], 1.0)


def test_the_envelope_is_attained_by_lion_and_broken_without_decay():
    lion = first_phase(ZOO["lion"].build(ETA, LAMBDA), L1Norm(), LAMBDA, ETA, SHAPE)
    assert lion.worst <= 1
    assert lion.attained == pytest.approx(1, abs=1e-9)
    # One part in a thousand less decay is seen.
    assert first_phase(ZOO["lion"].build(ETA, 0.999 * LAMBDA), L1Norm(), LAMBDA, ETA, SHAPE).worst > 1e6
    assert first_phase(ZOO["coupled decay"].build(ETA, LAMBDA), L1Norm(), LAMBDA, ETA, SHAPE).worst > 1e6


@pytest.mark.parametrize(("name", "shape", "corner"), [("lion", (2,), 1), ("muon, exact", (2, 2), 1)])
def test_the_picture_of_a_box_is_the_box(name, shape, corner):
    seen = reachable_in_plane(ZOO[name].build(0.25, 1.0), shape, num_angles=8)
    assert seen.is_bounded
    np.testing.assert_allclose(np.abs(seen.outline), corner, atol=1e-6)
    assert len(seen.outline) == 4


def test_a_picture_beside_what_a_lion_k_would_keep():
    for name, shape, decay in (("lion", (2,), 0.5), ("muon, exact", (2, 2), 0.5), ("adamw", (2,), 0.5)):
        box = ZOO[name].build(ETA, decay)
        report = audit(box, None if ZOO[name].K else "L1Norm()", decay, is_quick=True)
        seen, claimed, plane = picture_of(box, report, num_angles=4)
        assert plane == shape
        np.testing.assert_allclose(np.abs(claimed).max(axis=1), 1 / decay, rtol=1e-12)
        ratio = 1.165 if name == "adamw" else 1
        assert np.abs(seen.outline).max() == pytest.approx(ratio / decay, rel=0.02)


def test_a_ball_in_the_plane_is_where_its_norm_is_the_radius():
    round_one = ball_in_plane("l2", 3.0, (2,), num_angles=7)
    np.testing.assert_allclose(np.sqrt(np.sum(round_one**2, axis=1)), 3, rtol=1e-12)
    assert ball_in_plane("none such", 1.0, (2,)) is None


def test_the_picture_of_what_keeps_no_set_leaves_the_box():
    seen = reachable_in_plane(ZOO["coupled decay"].build(0.25, 1.0), num_angles=8, has_set=False)
    assert not seen.is_bounded
    assert seen.support.min() > 10
    with pytest.raises(ValueError, match="shape must be"):
        reachable_in_plane(ZOO["lion"].build(), (3,))
