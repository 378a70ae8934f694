"""The claims about the implicit step, its ledger for K of every structure, and the searches that once failed."""

import numpy as np
import pytest
from tiers import waiting

import lionlab as ll
from lionlab.theorems import verify
from lionlab.theorems._cases import KINDS, bowl, nonconvex_bowl, shape_for
from lionlab.theorems._plain_ledger import TERMS
from lionlab.theorems._plain_proximal import pieces, plain_ledger
from lionlab.theorems._proximal_runs import kind_cases, proximal_runs
from lionlab.theorems.proximal_descent import weak_convexity


@pytest.mark.parametrize("label", waiting(KINDS, [kind for kind in KINDS if kind not in ("‖·‖₁", "Huber", "nuclear")]))
def test_ledger_closes_and_keeps_its_signs(label):
    """Convex and nonconvex f, both phases, short and very long steps, ε = 0, εγ = 1, γ = 0 and λ = 0."""
    for is_convex in (True, False):
        for is_inside in (True, False):
            for one in proximal_runs(kind_cases(label, (0.1, 10.0), is_convex, is_inside)):
                ledger = one.ledger
                assert np.all(np.abs(ledger.residual) <= ledger.rounding_bound), one.case.label
                signed = TERMS if is_convex else [name for name in TERMS if name != "loss_remainder"]
                for name in (*signed, "change") if is_convex else signed:
                    assert np.all(getattr(ledger, name) <= ledger.sign_allowance), (name, one.case.label)


def test_rounding_bound_is_neither_loose_nor_tight():
    """Typical residuals are a thousandth to a half of the bound."""
    ratios = [
        np.max(np.abs(one.ledger.residual) / one.ledger.rounding_bound)
        for one in proximal_runs(kind_cases("‖·‖₁", (0.1, 10.0), True, True))
    ]
    assert 1e-3 < max(ratios) < 0.5


def test_plain_ledger_is_the_theorem_written_in_loops():
    """One step, every term from its definition with Δ1, Δ2 and three Bregman remainders, for K = ‖·‖₁ in NumPy."""
    # With the runs of the tests above, for what is compiled for each number of them.
    run = proximal_runs(kind_cases("‖·‖₁", (0.1, 10.0), True, True))[0]
    case = run.case
    found, g = pieces(run)
    terms = plain_ledger(run, found, g)
    alpha, gamma, epsilon, lam, h, f = 1.0, 1.0, 0.5, 0.5, 0.1, case.objective
    c = (1 - epsilon * gamma) / (1 + (epsilon + h) * lam)
    for t in range(0, 30, 7):
        x, m, x1, m1, s = run.x[t], run.m[t], run.x[t + 1], run.m[t + 1], run.s[t]
        slope = f.gradient(x1)
        np.testing.assert_allclose(x1, (x + h * s) / (1 + h * lam), rtol=1e-14)
        np.testing.assert_allclose(m1, (m - h * alpha * slope) / (1 + h * gamma), rtol=1e-13)
        m_tilde = (1 - epsilon * gamma) * m1 - epsilon * alpha * slope
        w = np.sign(m1)
        expected = {
            "alignment": -h * (gamma + c * lam) * sum((s[i] - lam * x1[i]) * m_tilde[i] for i in range(4)),
            "enhancement": -h * c / epsilon * sum((s[i] - w[i]) * (m_tilde[i] - m1[i]) for i in range(4)),
            "loss_remainder": -alpha * (f(x) - f(x1) - np.dot(slope, x - x1)),
            "conjugate_remainder": 0.0,
            "momentum_remainder": -c * sum(abs(m[i]) - abs(m1[i]) - w[i] * (m[i] - m1[i]) for i in range(4)),
        }
        for name in TERMS:
            np.testing.assert_allclose(terms[name][t], expected[name], rtol=1e-9, atol=1e-13)


def test_shortening_the_step_raises_H_by_the_gap_times_the_change_of_c():
    """By hand for α = γ = λ = 1, ε = ½, K = ‖·‖₁: K* = 0 inside, K(m) = 3, ⟨x, m⟩ = −1.5, c_h = ½/(1½ + h)."""
    K, f = ll.L1Norm(), ll.Quadratic(np.eye(2), np.ones(2))
    flow = ll.LionKFlow(K, 1.0, 1.0, 0.5, 1.0)
    x, m = np.array([0.5, -0.5]), np.array([-2.0, 1.0])
    long, short = (ll.integrate(flow, f, x, m, [0.0, h], "proximal", step=h).lyapunov[0] for h in (1.0, 0.001))
    assert short - long == pytest.approx((0.5 / 1.501 - 0.2) * 4.5, rel=1e-12)
    assert short - long > 0.5


def test_weak_convexity_is_the_most_negative_curvature():
    f = nonconvex_bowl((4,))
    x = np.full(4, np.pi)  # where every cosine is −1
    hessian = np.asarray(f.matrix) + float(f.height) * np.diag(np.cos(x))
    np.testing.assert_allclose(weak_convexity(f), -np.linalg.eigvalsh(hessian).min(), rtol=1e-12)
    assert weak_convexity(bowl((4,))) == 0


@pytest.mark.parametrize("label", waiting(["‖·‖₁", "Huber", "top-k", "½‖·‖²"], ["top-k", "½‖·‖²"]))
def test_the_search_ends_at_an_interior_optimum(label):
    """Where ∇f vanishes its rounding does not; a tolerance relative to ∇f alone was never met here."""
    K = KINDS[label]
    f = nonconvex_bowl(shape_for(K))
    for h in (0.1, 1.0, 10.0):
        flow = ll.LionKFlow(K, 1.0, 0.0, 0.3, 0.3)
        found = ll.integrate(flow, f, np.zeros(4), np.ones(4), h * np.arange(151), "proximal", step=h)
        assert found.most_iterations < 2000


def test_the_search_needs_no_stated_smoothness():
    """A gradient of unknown smoothness, long saturated and then not, finds its own."""
    rng = np.random.default_rng(0)
    logistic = ll.LogisticRegression(rng.normal(size=(30, 4)), rng.normal(size=30) > 0)
    f = ll.Objective(lambda x: 50 * logistic.value(x), 4)
    flow = ll.LionKFlow(ll.L1Norm(), 1.0, 1.0, 0.5, 0.05)
    found = ll.integrate(flow, f, np.full(4, 15.0), np.zeros(4), 0.2 * np.arange(401), "proximal", step=0.2)
    assert np.max(np.abs(f.gradient(found.x[-1]))) < 1e-6
    assert np.all(found.ledger.change <= found.ledger.sign_allowance)


def test_single_precision_meets_its_own_tolerance():
    f = bowl((4,))
    start = np.zeros(4, np.float32)
    flow = ll.LionKFlow(ll.L1Norm(), 1.0, 1.0, 0.5, 0.1)
    found = ll.integrate(flow, f, start, start, 0.5 * np.arange(81), "proximal", step=0.5)
    assert found.x.dtype == np.float32
    ledger = found.ledger
    assert np.all(np.abs(ledger.residual) <= ledger.rounding_bound)
    assert np.all(ledger.change <= ledger.sign_allowance)


def test_a_run_that_rounds_onto_the_edge_has_a_ledger():
    """tanh rounds to 1 and λx reaches 1, where ∂K* of log cosh is empty and the ledger of H is not a number."""
    f = bowl((4,))
    flow = ll.LionKFlow(ll.LogCosh(20.0), 1.0, 1.0, 0.5, 1.0)
    found = ll.integrate(flow, f, np.zeros(4), np.zeros(4), 10.0 * np.arange(41), "proximal", step=10.0)
    assert found.bound is not None
    assert np.all(np.abs(found.ledger.residual) <= found.ledger.rounding_bound)
    assert np.all(found.ledger.change <= found.ledger.sign_allowance)


@pytest.mark.parametrize(
    ("claim", "parameters", "words"),
    [
        ("proximal-signs", {"objective": "rosenbrock"}, "convex"),
        ("proximal-descent", {"objective": "rosenbrock"}, "convex"),
        ("proximal-ledger", {"K": "Truncated(L1Norm(), 1.0)"}, "+inf at some momenta"),
        ("proximal-inclusion", {"objective": "rosenbrock"}, "no smoothness constant"),
        ("proximal-growing-steps", {"x0": [3.0, -4.0, 0.0, 0.0]}, "outside dom K*"),
    ],
)
def test_outside_the_hypotheses_is_not_applicable(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "NOT_APPLICABLE"
    assert words in evidence.reason


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"step": 0.0}, "step must be > 0"),
        ({"step": "long"}, "step"),
        ({"K": "LpNorm(0.5)"}, "p must lie in [1, inf]"),
        ({"epsilon": 3.0}, "epsilon·gamma must be ≤ 1"),
        ({"alpha": lambda t: t}, "alpha must be a number here"),
        ({"x0": [1.0, 2.0, 3.0], "objective": "bowl"}, "x0 must have the objective's shape"),
    ],
)
@pytest.mark.parametrize("claim", ["proximal-ledger", "proximal-descent", "proximal-inclusion"])
def test_nonsense_is_invalid_input(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "INVALID_INPUT"
    assert words in evidence.reason


@pytest.mark.parametrize(
    ("claim", "x0"),
    [
        pytest.param("proximal-descent", [3.0, -4.0], marks=pytest.mark.thorough),
        pytest.param("proximal-inclusion", [3.0, -4.0], marks=pytest.mark.thorough),
        ("proximal-growing-steps", [0.2, -0.3]),
    ],
)
def test_a_users_own_case_is_measured(claim, x0):
    evidence = verify(claim, is_quick=True, K="L2Norm()", x0=x0, step=50.0, weight_decay=2.0)
    assert evidence.verdict == "CONSISTENT", evidence


def test_a_step_without_a_solution_is_inconclusive():
    """With λ = 0 and f falling without bound the implicit step need not exist; nothing is measured, nothing passes."""
    steep = ll.Quadratic(-50.0 * np.eye(2), np.ones(2))
    parameters = {"K": ll.SquaredL2(1.0), "objective": steep, "weight_decay": 0.0, "step": 1.0}
    evidence = verify("proximal-ledger", is_quick=True, **parameters)
    assert evidence.verdict == "INCONCLUSIVE"
