"""The ledger against the theorem written out in NumPy, its rounding bound from both sides, and its four signs."""

import dataclasses

import numpy as np
import pytest
from reference import PLAIN, reference_ledger, reference_lyapunov
from test_simulation import CENTER, KINDS, MATRIX, F, plain_f, plain_gradient

from lionlab.convex import DeadzoneL1, Huber, L1Norm, L2Norm, LogCosh, LpNorm, PseudoHuber, SquaredL2
from lionlab.dynamics import LionK
from lionlab.energy import energy_ledger, lyapunov
from lionlab.objectives import Objective, Quadratic, Rosenbrock
from lionlab.simulation import simulate, simulate_batch

TERMS = ("alignment", "enhancement", "loss_remainder", "conjugate_remainder", "momentum_remainder")
# Every number of steps is compiled anew, so that most runs have this one, whatever is looked at of them.
STEPS = 500
BETAS = [(0.9, 0.99), (0.5, 0.5), (0.0, 0.9), (0.95, 0.9), (0.9, 0.9 + 1e-9)]


@pytest.mark.parametrize("weight_decay", [0.4, 0.0])
@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("name", KINDS)
def test_every_term_is_the_theorems(name, decay, weight_decay):
    method = LionK(KINDS[name], 0.05, weight_decay, 0.8, 0.95, decay)
    run = simulate(method, F, [0.3, -0.2], STEPS, m0=[0.1, 0.4])
    ledger = energy_ledger(method, F, run)
    for t in range(40):
        states = (run.x[t], run.m[t], run.x[t + 1], run.m[t + 1])
        plain = reference_ledger(PLAIN[name], plain_f, plain_gradient, *states, 0.05, weight_decay, 0.8, 0.95, decay)
        for term in TERMS:
            # The textbook form divides by β2−β1 and by 1−ηλ: a hundred roundings of numbers below 100.
            assert abs(getattr(ledger, term)[t] - plain[term]) <= 1e4 * np.finfo(float).eps, term
        H = reference_lyapunov(PLAIN[name], plain_f, run.x[t], run.m[t], 0.05, weight_decay, 0.8, 0.95, decay)
        assert abs(ledger.lyapunov[t] - H) <= 1e4 * np.finfo(float).eps
        assert abs(lyapunov(method, F, run.x[t], run.m[t]) - H) <= 1e4 * np.finfo(float).eps


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("objective", [F, Rosenbrock(2), Objective(lambda x: (x**4 - x**2).sum(), 2)], ids=str)
def test_residual_is_below_its_bound_and_the_bound_is_small(objective, beta):
    for K in (L1Norm(), Huber(0.4), L2Norm()):
        method = LionK(K, 0.02, 0.8, *beta)
        ledger = energy_ledger(method, objective, simulate(method, objective, [0.3, -0.2], STEPS))
        assert np.isfinite(ledger.residual).all()
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
        assert (ledger.rounding_bound <= 1e-10 * (1 + np.abs(ledger.lyapunov[1:]))).all()
        for name in ("alignment", "conjugate_remainder", "momentum_remainder"):
            assert (getattr(ledger, name) <= ledger.sign_allowance).all(), name
        if beta[0] <= beta[1]:
            assert (ledger.enhancement <= ledger.sign_allowance).all()


def test_the_second_sign_is_lost_when_beta2_is_smaller():
    method = LionK(L1Norm(), 0.1, 0.5, 0.99, 0.5)
    ledger = energy_ledger(method, F, simulate(method, F, [0.3, -0.2], STEPS))
    assert (ledger.enhancement > ledger.sign_allowance).any()
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-6])
@pytest.mark.parametrize("term", TERMS)
def test_a_relative_error_of_a_millionth_in_any_term_is_caught(term, factor):
    method = LionK(Huber(0.4), 0.05, 0.4, 0.8, 0.95)
    ledger = energy_ledger(method, F, simulate(method, F, [0.3, -0.2], STEPS))
    wrong = ledger.residual - (factor - 1) * getattr(ledger, term)
    assert (np.abs(wrong) > ledger.rounding_bound).any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"beta1": 0.8 * (1 + 1e-6)},
        {"beta2": 0.95 * (1 - 1e-6)},
        {"weight_decay": 0.4 * (1 + 1e-6)},
        {"step_size": 0.05 * (1 + 1e-6)},
        {"decay": "implicit"},
        {"K": Huber(0.4 * (1 + 1e-6))},
    ],
    ids=str,
)
def test_the_ledger_of_another_method_does_not_close(wrong):
    method = LionK(Huber(0.4), 0.05, 0.4, 0.8, 0.95)
    run = simulate(method, F, [0.3, -0.2], STEPS)
    other = energy_ledger(dataclasses.replace(method, **wrong), F, run)
    assert (np.abs(other.residual) > other.rounding_bound).any()


def test_a_step_along_another_direction_does_not_pass_as_a_tie():
    method = LionK(L1Norm(), 0.05, 0.4, 0.8, 0.95)
    run = simulate(method, F, [0.3, -0.2], STEPS)
    x = run.x.copy()
    x[1:] -= 0.05 * 0.5  # as if the first direction had been 0.5 smaller
    shifted = dataclasses.replace(run, x=x, gradient=None)
    ledger = energy_ledger(method, F, shifted)
    assert abs(ledger.residual[0]) > ledger.rounding_bound[0]


def test_ties_are_settled_by_the_subdifferential():
    # β1 m = (1−β1) g up to a few roundings, so m̃ is 0 or a rounding error of either sign in every coordinate.
    method = LionK(L1Norm(), 0.1, 0.5, 0.9, 0.99)
    f = Quadratic(np.eye(2), [1.0, 2.0])
    x0 = np.array([0.1, 0.2])
    m0 = 0.1 * (x0 - [1.0, 2.0]) / 0.9
    for jitter in (0, 1, -1, 2, -2):
        m = m0 * (1 + jitter * np.finfo(float).eps)
        ledger = energy_ledger(method, f, simulate(method, f, x0, STEPS, m0=m))
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


def test_a_batch_has_the_ledgers_of_its_runs():
    methods = [LionK(LogCosh(1.0 + i), 0.02, 0.3, 0.2 * i, 0.9) for i in range(4)]
    starts = np.random.default_rng(1).normal(size=(4, 2))
    batch = energy_ledger(methods, F, simulate_batch(methods, F, starts, 30))
    for i, method in enumerate(methods):
        single = energy_ledger(method, F, simulate(method, F, starts[i], 30))
        for name in (*TERMS, "change", "lyapunov"):
            np.testing.assert_allclose(getattr(batch, name)[:, i], getattr(single, name), rtol=0, atol=1e-12)
        assert (np.abs(batch.residual[:, i]) <= batch.rounding_bound[:, i]).all()


def test_schedules_charge_each_step_with_its_own_constant():
    method = LionK(Huber(0.4), lambda t: 0.1 / (1 + 0.1 * t), 0.5)
    run = simulate(method, F, [0.3, -0.2], 50, record=("x", "m", "lyapunov"))
    ledger = energy_ledger(method, F, run)
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    np.testing.assert_allclose(ledger.lyapunov, run.lyapunov, rtol=1e-14)
    # c decreases with η, so following H with changing c falls faster than `change` says.
    assert (np.diff(ledger.lyapunov) <= ledger.change + ledger.rounding_bound).all()
    assert (np.diff(ledger.lyapunov) < ledger.change - ledger.rounding_bound).any()


def test_noise_keeps_the_equality():
    method = LionK(L1Norm(), 0.05, 0.5)
    run = simulate(method, F, [0.3, -0.2], 200, gradient_noise=2.0, key=3)
    ledger = energy_ledger(method, F, run)
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    assert (ledger.loss_remainder < -ledger.rounding_bound).any()  # no sign, although f is convex


class TestBothPhases:
    method = LionK(L1Norm(), 0.01, 1.0)
    objective = Quadratic(np.diag([1.0, 3.0]), [0.3, -4.0])

    def test_h_m_through_both_phases(self):
        run = simulate(self.method, self.objective, [3.0, 3.0], STEPS, record=("x", "m", "lyapunov"))
        with pytest.raises(ValueError, match="λx leaves dom K\\* at step 0"):
            energy_ledger(self.method, self.objective, run)
        ledger = energy_ledger(self.method, self.objective, run, bound=21.0)
        assert np.isfinite(ledger.lyapunov).all()
        assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
        for name in ("alignment", "enhancement", "conjugate_remainder", "momentum_remainder"):
            assert (getattr(ledger, name) <= ledger.sign_allowance).all(), name
        inside = np.isfinite(run.lyapunov)
        assert inside.any()
        np.testing.assert_allclose(ledger.lyapunov[inside], run.lyapunov[inside], rtol=1e-12)

    def test_a_bound_the_run_leaves_is_refused_with_the_least_valid_one(self):
        run = simulate(self.method, self.objective, [3.0, 3.0], STEPS)
        with pytest.raises(ValueError, match="bound must be at least") as refusal:
            energy_ledger(self.method, self.objective, run, bound=1.0)
        least = float(str(refusal.value).split("of the run, ")[1].split(",")[0])
        assert np.isfinite(energy_ledger(self.method, self.objective, run, bound=least).residual).all()
        with pytest.raises(ValueError, match="bound must be at least"):
            energy_ledger(self.method, self.objective, run, bound=float("nan"))


def test_refusals():
    method = LionK(L1Norm(), 0.05, 0.4)
    thin = simulate(method, F, [0.0, 0.0], 10, record_every=2)
    with pytest.raises(ValueError, match="record_every=1"):
        energy_ledger(method, F, thin)
    with pytest.raises(ValueError, match="every state"):
        energy_ledger(method, F, simulate(method, F, [0.0, 0.0], 10, record=("x",)))
    with pytest.raises(ValueError, match="beta2 < 1"):
        lyapunov(LionK(L1Norm(), 0.05, 0.0, 0.9, 1.0), F, [0.0, 0.0], [0.0, 0.0])
    smooth = LionK(LogCosh(1e4), 1.0, 1.0, 0.0, 0.5)  # tanh rounds to 1, so λx reaches the boundary
    run = simulate(smooth, F, [0.0, 0.0], 5)
    with pytest.raises(ValueError, match="boundary"):
        energy_ledger(smooth, F, run)


def test_float32_ledger_closes_within_float32_rounding():
    method = LionK(SquaredL2(1.0), 0.05, 0.4)
    run = simulate(method, F, np.array([0.3, -0.2], np.float32), 200)
    ledger = energy_ledger(method, F, run)
    assert ledger.residual.dtype == np.float32
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()


@pytest.mark.parametrize("K", [L1Norm(), DeadzoneL1(0.5), Huber(0.4), PseudoHuber(0.5), L2Norm()], ids=repr)
@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-8, 1e-3])
def test_signs_and_equality_up_to_the_longest_explicit_step(K, gap):
    """At ηλ = 1 the step forgets x, λx⁺ = ∇K(m̃⁺), and z⁺ = m̃⁺ is the subgradient of K* that keeps the signs."""
    method = LionK(K, 0.5, 2.0 * (1 - gap), 0.3, 0.8)
    f = Quadratic(MATRIX, CENTER)
    ledger = energy_ledger(method, f, simulate(method, f, [0.1, 0.2], STEPS, m0=[0.3, -0.7]))
    assert np.isfinite(ledger.residual).all()
    assert (np.abs(ledger.residual) <= ledger.rounding_bound).all()
    for name in ("alignment", "enhancement", "conjugate_remainder", "momentum_remainder"):
        assert (getattr(ledger, name) <= ledger.sign_allowance).all(), name


def test_a_beta_that_rounds_to_one_is_refused():
    method = LionK(L1Norm(), 1.0, 1.0, 1 - 1e-12, 0.1)
    run = simulate(method, F, np.zeros(2, np.float32), 3)
    with pytest.raises(ValueError, match="infinite in this precision"):
        energy_ledger(method, F, run)


@pytest.mark.parametrize("wrong", [{"weight_decay": 0.5 * (1 + 1e-6)}, {"step_size": 0.01 * (1 + 1e-6)}], ids=str)
@pytest.mark.parametrize(
    "K", [SquaredL2(1.0), LogCosh(2.0), PseudoHuber(0.5), Huber(0.4), L1Norm(), L2Norm(), LpNorm(1.5)], ids=repr
)
def test_a_run_of_slightly_different_constants_is_told_apart_for_every_kind(K, wrong):
    method = LionK(K, 0.01, 0.5)
    run = simulate(dataclasses.replace(method, **wrong), F, [0.3, -0.2], STEPS)
    ledger = energy_ledger(method, F, run)
    assert (np.abs(ledger.residual) > ledger.rounding_bound).any()
    own = energy_ledger(method, F, simulate(method, F, [0.3, -0.2], STEPS))
    assert (np.abs(own.residual) <= own.rounding_bound).all()
