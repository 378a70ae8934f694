"""The textbook flows hold; each comparison alone can fail; the steps solved by hand are steps of the inclusion."""

import numpy as np
import pytest
from tiers import waiting

from lionlab import integrate
from lionlab.theorems import _textbook_flows as textbook
from lionlab.theorems._claim import Run
from lionlab.theorems._special_flow_field import measure_field
from lionlab.theorems._special_flow_runs import measure_run, measure_steps
from lionlab.theorems.flow_special_cases import SPECIAL_FLOWS

named = pytest.mark.parametrize("special", SPECIAL_FLOWS, ids=lambda special: special.name)
# Runs compile one flow each. One smooth and one that slides stand for the others; the claims compare every one.
every_time = [special for special in SPECIAL_FLOWS if special.name in ("lion", "nesterov", "frank-wolfe")]
some = waiting(SPECIAL_FLOWS, [special for special in SPECIAL_FLOWS if special not in every_time])


@pytest.mark.parametrize("special", some, ids=lambda special: special.name)
def test_runs_alone_and_steps_alone_catch_every_planted_wrong(special):
    examples = special.examples(0)
    comparisons = [(measure_run, one) for one in examples if one.window is not None]
    comparisons += [(measure_steps, one) for one in examples if one.by_hand is not None]
    for description, subject in special.wrongs:
        assert any(compare(special, one, Run(), subject).is_violation for compare, one in comparisons), description


@named
def test_the_pointwise_comparison_catches_every_wrong_it_can_see(special):
    # What rescales the argument of a sign without turning it is seen only while the run slides.
    hidden = {("sign-gradient", "a momentum of 1e-6 left on"), ("lion", "ε off by one part in a million")}
    for description, subject in special.wrongs:
        found = [measure_field(special, one, Run(), subject) for one in special.examples(0)]
        assert any(one.is_violation for one in found) or (special.name, description) in hidden, description


@named
def test_every_flow_is_compared_pointwise_and_along_a_run(special):
    examples = special.examples(0)
    assert any(one.window is not None or one.by_hand is not None for one in examples)
    assert (special.step is not None) == any(one.by_hand is not None for one in examples)


@named
def test_a_field_that_is_not_a_number_is_inconclusive_not_consistent(special):
    def broken(**arguments):
        right = special.constructor(**arguments)
        object.__setattr__(right, "gamma", np.nan)
        return right

    found = measure_field(special, special.examples(0)[0], Run(), broken)
    # Without momentum γ only enters through 1 − εγ, NaN all the same.
    assert not found.holds
    assert not found.is_violation


@pytest.mark.parametrize("name", ["signum", "sign-gradient", "lion"])
def test_the_compared_steps_include_sliding(name):
    special = next(one for one in SPECIAL_FLOWS if one.name == name)
    for example in special.examples(0):
        if example.by_hand is None:
            continue
        times = example.by_hand.h * np.arange(41)
        found = integrate(
            special.constructor(**example.arguments), example.objective, example.x0, example.m0, times,
            solver="proximal", step=example.by_hand.h,
        )  # fmt: skip
        assert (np.abs(found.selection) < 0.99).any()
        assert (np.abs(found.selection) > 0.99).any()


def directions(argument: float, sigma: float) -> bool:
    """σ ∈ Sign(argument), up to rounding."""
    return abs(sigma - np.sign(argument)) < 1e-9 if abs(argument) > 1e-12 else abs(sigma) <= 1 + 1e-9


@pytest.mark.parametrize(("share", "decay"), [(0.0, 0.0), (0.4, 0.8), (1.0, 2.0)])
def test_the_averaged_sign_step_by_hand_is_the_implicit_step(share, decay):
    rng = np.random.default_rng(1)
    for _ in range(200):
        x, b, c = rng.normal(size=3) * rng.choice([0.1, 1.0], size=3)
        h, a, rate = rng.uniform(0.05, 1.0, size=3)
        x_next, b_next, sigma = (
            float(part[0])
            for part in textbook.averaged_direction_step(
                np.array([x]), np.array([b]), h, np.array([a]), np.array([c]), textbook.onto_box, rate, share, decay
            )
        )
        g_next = a * (x_next - c)
        assert x_next == pytest.approx(x + h * (-sigma - decay * x_next), abs=1e-12)
        assert b_next == pytest.approx(b + h * rate * (g_next - b_next), abs=1e-12)
        assert directions((1 - share) * b_next + share * g_next, sigma)


def test_the_projections_are_nearest_points():
    rng = np.random.default_rng(2)
    inside = {
        textbook.onto_box: lambda v: np.max(np.abs(v)),
        textbook.onto_ball: np.linalg.norm,
        textbook.onto_cross_polytope: lambda v: np.sum(np.abs(v)),
    }
    for onto, norm in inside.items():
        for _ in range(50):
            v, w = rng.normal(size=(2, 5))
            w = w / max(1.0, float(norm(w)))
            nearest = onto(v)
            assert norm(nearest) <= 1 + 1e-12
            # ⟨v − p, w − p⟩ ≤ 0 for every w of the set characterises the nearest point p.
            assert np.dot(v - nearest, w - nearest) <= 1e-12


def test_a_conditional_gradient_step_by_hand_goes_to_the_best_vertex():
    rng = np.random.default_rng(3)
    for _ in range(100):
        x, c = rng.normal(size=(2, 4)) * 0.5
        h = rng.uniform(0.1, 2)
        x_next = textbook.conditional_gradient_step(x, h, c, textbook.onto_cross_polytope)
        v = x_next + (x_next - x) / h
        slope = x_next - c
        assert np.sum(np.abs(v)) <= 1 + 1e-12
        assert np.dot(slope, v) <= -np.max(np.abs(slope)) + 1e-10
