"""Stored states audited in exact arithmetic: what holds has no failing state, and an error of any size has one."""

import importlib.util
import math
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from lionlab.convex import L1Norm, LogCosh, NuclearNorm
from lionlab.proofs.coefficients import THEOREM
from lionlab.proofs.exact import functions
from lionlab.proofs.exact.one_step import Constants
from lionlab.theorems import _exact_states as exact
from lionlab.theorems import stored_distances as distances
from lionlab.theorems import stored_states as states
from lionlab.theorems._cases import RippledBowl, bowl, case
from lionlab.theorems._energy_runs import kind_cases

LION = functions.DeadZone()


@pytest.fixture(scope="module")
def lion():
    """Lion on convex and on isotropic quadratics, β1 ≤ β2, the momentum in use."""
    cases = [one for one in kind_cases("‖·‖₁", "explicit") if exact.is_quadratic(one) is None]
    return [one for one in cases if 0 < one.method.beta1 <= one.method.beta2]


def failing(cases, coefficients, fails=states.descends_too_little):
    return exact.count(cases, partial(fails, coefficients, states.THEOREM_READ)).measured


def test_the_theorem_holds_at_every_stored_state_and_some_leave_no_slack(lion):
    found = exact.count(lion, partial(states.descends_too_little, THEOREM, states.THEOREM_READ))
    assert found.measured == 0
    assert found.cases > 50
    slack = [states.THEOREM_READ.terms(THEOREM, state, p) for state, p in exact.audited(lion) if p is not None]
    assert sum(t.change == t.first + t.second + t.cap for t in slack) > 20
    assert failing(lion, THEOREM, states.does_not_close) == 0


@pytest.mark.parametrize("name", ["loss", "momentum", "product", "first", "slack"])
def test_an_error_of_any_size_fails_somewhere(lion, name):
    wrong = THEOREM.with_error(name, states.SIGNS[name] * Fraction(1, 10**60))
    assert failing(lion, wrong) > 0
    if name not in ("slack",):
        assert failing(lion, wrong, states.does_not_close) > 0


def test_a_ball_that_leaves_it_open_is_no_success(lion):
    found = exact.count(lion[:1], lambda state, p: None)
    assert math.isnan(found.measured)
    assert not found.holds
    assert not found.is_violation
    assert exact.count(lion[:1], lambda state, p: True).is_violation
    assert exact.is_above_zero(Fraction(1, 10**99))
    assert exact.is_above_zero(Fraction(0)) is False


def test_nan_is_open():
    flint = pytest.importorskip("flint")
    assert exact.is_above_zero(flint.arb("nan")) is None
    assert exact.is_above_zero(flint.arb(0, 1)) is None
    assert exact.is_above_zero(flint.arb(1)) is True


def test_without_balls_only_rational_functions_are_audited(monkeypatch):
    smooth, rational = case(LogCosh(2.0)), case(L1Norm())
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "flint" else there(name))
    assert "python-flint, of the extra `rigor`" in exact.is_known(smooth)
    assert exact.is_known(rational) is None
    assert "neither in fractions nor in balls" in exact.is_known(case(NuclearNorm()))


def test_only_quadratics_are_audited():
    assert exact.is_quadratic(case(L1Norm(), bowl((4,)))) is None
    rippled = RippledBowl(np.eye(4), np.zeros(4), np.asarray(0.5))
    skewed = RippledBowl(np.triu(np.ones((4, 4))), np.zeros(4), np.asarray(0.0))
    for objective in (rippled, skewed):
        assert "not a quadratic" in exact.is_quadratic(case(L1Norm(), objective))


def test_the_bound_on_the_curvature_is_one_exactly():
    K = functions.DeadZone()
    one = case(L1Norm(), bowl((4,)))
    found = exact.quadratic_of(one, K)
    rows = [tuple(map(Fraction, row)) for row in one.objective.matrix.tolist()]
    assert exact._is_at_least(rows, found.smoothness, 1)
    assert exact._is_at_least(rows, found.smoothness, -1)
    assert not exact._is_at_least(rows, found.smoothness * (1 - Fraction(1, 10**6)), 1)
    assert found.smoothness <= Fraction(one.objective.smoothness) * (1 + Fraction(1, 10**12))
    singular = [(Fraction(1), Fraction(1)), (Fraction(1), Fraction(1))]
    assert exact._is_at_least(singular, Fraction(2), 1)
    assert not exact._is_at_least([(Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))], Fraction(0), 1)


def state(x, m, K=LION, is_explicit=True):
    constants = Constants(Fraction(1, 4), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), is_explicit)
    return exact.Stored(case(L1Norm()), 0, K, constants, tuple(map(Fraction, x)), tuple(map(Fraction, m)))


@pytest.mark.parametrize("is_explicit", [True, False])
@pytest.mark.parametrize("K", [functions.DeadZone(), functions.Huber(Fraction(1, 2)), functions.TopK(1)])
def test_distances_shrink_by_the_rate_and_no_faster(K, is_explicit):
    outside = state((6, -5, 0), (3, -4, 1), K, is_explicit)
    g = (Fraction(0),) * 3
    assert not distances.contracts_too_little(distances.Audit(outside, g), distances.THEOREM)
    boxed = isinstance(K, functions.InBox)
    assert distances.distance_squared(K, tuple(x / 2 for x in outside.x)) == (
        Fraction(25, 4) if boxed else Fraction(81, 8)
    )
    if boxed:
        for size in (Fraction(1, 10**60), -Fraction(1, 10**60)):
            wrong = distances.Statement(lambda k, size=size: distances.rate(k) * (1 + size))
            assert distances.contracts_too_little(distances.Audit(outside, g), wrong)


def test_a_vertex_stays_and_an_error_of_any_size_leaves():
    at_vertex, g = state((2, -2), (1, -1)), (Fraction(0), Fraction(0))
    assert distances.leaves(distances.Audit(at_vertex, g), distances.THEOREM) is False
    assert (
        distances.leaves(distances.Audit(at_vertex, g), replace(distances.THEOREM, decay=1 - Fraction(1, 10**60)))
        is True
    )
    assert (
        distances.leaves(distances.Audit(at_vertex, g), replace(distances.THEOREM, size=1 - Fraction(1, 10**60)))
        is True
    )
    assert distances.leaves(distances.Audit(state((3, 0), (1, 1)), g), distances.THEOREM) is None
