"""The claims about the discrete Lyapunov function, and the ledger over the whole catalogue of K."""

import dataclasses

import numpy as np
import pytest
import reference
from tiers import waiting

import lionlab as ll
from lionlab.theorems import Run, verify
from lionlab.theorems._cases import DECAYS, KINDS, bowl, case
from lionlab.theorems._energy_runs import energy_runs, kind_cases, pieces_of, worst_steps
from lionlab.theorems._plain_ledger import TERMS, plain_ledger
from lionlab.theorems.global_lyapunov import LIBRARY, standard_cases
from lionlab.theorems.global_lyapunov import measure as global_lyapunov
from lionlab.theorems.ledger_signs import signed_terms

EVERY_KIND = [(label, decay) for label in KINDS for decay in DECAYS]
EVERY_TIME = [(label, "explicit") for label in ("‖·‖₁", "‖·‖_p", "top-k", "Huber", "nuclear")]
EVERY_TIME += [(label, "implicit") for label in ("‖·‖₂", "Huber")]


@pytest.mark.parametrize(
    "case", waiting(EVERY_KIND, [case for case in EVERY_KIND if case not in EVERY_TIME]), ids=" ".join
)
def test_ledger_closes_and_keeps_its_signs_for_every_kind(case):
    """Convex and nonconvex f, λ = 0, and β1 above β2, where only the enhancement may lose its sign."""
    runs = energy_runs(kind_cases(*case))
    assert {one.case.method.beta1 <= one.case.method.beta2 for one in runs} == {True, False}
    for one in runs:
        ledger = one.ledger
        assert np.all(np.abs(ledger.residual) <= ledger.rounding_bound), one.case.label
        for name in signed_terms(one.case):
            assert np.all(getattr(ledger, name) <= ledger.sign_allowance), (name, one.case.label)


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("name", ["l1", "deadzone", "huber"])
def test_plain_ledger_is_the_loops_of_the_reference(name, decay):
    """Two NumPy routes that share nothing: the theorem's divisions by β2 − β1 there, −c⟨u − w, m⁺ − m⟩ here."""
    K, PK = {"l1": ll.L1Norm(), "deadzone": ll.DeadzoneL1(0.5), "huber": ll.Huber(0.4)}[name], reference.PLAIN[name]
    one = case(K, bowl((4,)), 0.1, 0.5, 0.9, 0.99, decay, num_steps=40)
    (run,) = energy_runs([one])
    terms = plain_ledger(one, run.x, run.m, run.gradient, pieces_of(run))
    for t in range(0, 40, 7):
        expected = reference.reference_ledger(
            PK,
            lambda x: float(one.objective(x)),
            one.objective.gradient,
            *(run.x[t], run.m[t], run.x[t + 1], run.m[t + 1]),
            *(0.1, 0.5, 0.9, 0.99, decay),
        )
        for term in TERMS:
            np.testing.assert_allclose(terms[term][t], expected[term], rtol=1e-9, atol=1e-12)


def test_too_small_a_bound_reverses_the_alignment():
    """x0 = 1.5, f = ½(x−10)², λ = 1, K = |·|, in plain numbers: z⁺ = M·sign(y⁺) outside, and M = 3 is below m̃."""
    eta, x, m, products, look_aheads = 0.02, 1.5, 0.0, {3.0: [], 8.6: []}, []
    for _ in range(200):
        g = x - 10
        m_tilde, m = 0.9 * m - 0.1 * g, 0.99 * m - 0.01 * g
        u = np.sign(m_tilde)
        x = x + eta * (u - x)
        look_aheads.append(m_tilde)
        for M, found in products.items():
            found.append((u - x) * (m_tilde - M * np.sign(x) * (abs(x) > 1)))
    assert 3.0 < max(look_aheads) <= 8.6
    assert min(products[3.0]) < -0.05
    assert min(products[8.6]) >= 0


@pytest.mark.parametrize(
    ("claim", "parameters", "words"),
    [
        ("ledger-identity", {"x0": [9.0, 9.0]}, "outside dom K*"),
        ("ledger-signs", {"beta2": 1.0, "weight_decay": 0.0}, "β2 = 1"),
        ("one-step-descent", {"objective": "rosenbrock"}, "no smoothness constant"),
        ("one-step-descent", {"beta1": 0.99, "beta2": 0.9}, "β1 = 0.99 exceeds β2 = 0.9"),
        ("average-descent", {"K": "Truncated(L1Norm(), 1.0)"}, "+inf at some momenta"),
        ("bounded-rise", {"step_size": 1.0, "weight_decay": 1.0}, "ηλ is 1"),
        ("global-lyapunov", {"weight_decay": 0.0}, "λ is 0"),
    ],
)
def test_outside_the_hypotheses_is_not_applicable(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert words in evidence.reason


@pytest.mark.parametrize("claim", ["ledger-identity", "bounded-rise", "global-lyapunov"])
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"beta1": 1.5}, "beta1"),
        ({"K": "LpNorm(0.5)"}, "p must lie in [1, inf]"),
        ({"x0": [1.0, 2.0, 3.0], "objective": "bowl"}, "x0 must have the objective's shape"),
        ({"num_steps": 0}, "num_steps"),
    ],
)
def test_nonsense_is_invalid_input(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "INVALID_INPUT"
    assert words in evidence.reason


def test_a_run_with_no_ledger_is_inconclusive():
    """tanh rounds to 1 and x reaches 1/λ exactly, where ∂K* of log cosh is empty."""
    parameters = {"K": "LogCosh(50.0)", "weight_decay": 1.0, "step_size": 0.9, "num_steps": 300, "x0": [0.0, 0.0]}
    assert verify("ledger-identity", is_quick=True, **parameters).verdict == "INCONCLUSIVE"


def test_runs_that_never_enter_are_counted_as_not_measured():
    # As many steps as the runs beside the reference, for what is compiled for each number of them.
    far = {"x0": [50.0] * 4, "weight_decay": 1.0, "step_size": 1e-3, "num_steps": 40}
    evidence = verify("global-lyapunov", is_quick=True, **far)
    assert evidence.verdict == "CONSISTENT", evidence
    assert "1 of 1 runs of a norm never enter dom K*" in evidence.reason
    assert "no norm" in verify("global-lyapunov", is_quick=True, K="Huber(0.3)", **far).reason


def test_standard_runs_that_never_enter_measure_nothing():
    (case,) = standard_cases(True)[-1:]
    never = dataclasses.replace(case, x0=100 * case.x0, num_steps=5)
    found = global_lyapunov([never], Run(), LIBRARY)
    assert not found.holds
    assert "not measured" in found.note


@pytest.mark.parametrize("decay", DECAYS)
def test_worst_steps_rise_by_all_of_the_remainder(decay):
    """±½‖x−C‖² from 0 with m = 1, in plain numbers: ΔH = D_f up to 1e-8 of it."""
    for run in energy_runs(worst_steps(decay)):
        remainder = run.ledger.loss_remainder[0]
        eta, lam = run.case.method.step_size, run.case.method.weight_decay
        length = eta if decay == "explicit" else eta / (1 + eta * lam)
        np.testing.assert_allclose(abs(remainder), 4 * length**2 / 2, rtol=1e-9)
        np.testing.assert_allclose(run.ledger.change[0], remainder, rtol=1e-6)


def test_a_k_that_is_not_least_at_zero_is_not_applicable_without_decay():
    evidence = verify("ledger-signs", is_quick=True, K=Tilted(), weight_decay=0.0)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert "not least at 0" in evidence.reason


class Tilted(ll.convex.ConvexFunction):
    """½‖z‖² + Σz_i."""

    def value(self, z):
        return (z**2).sum() / 2 + z.sum()

    def selection(self, z):
        return z + 1

    def conjugate(self):
        return ll.SquaredL2()
