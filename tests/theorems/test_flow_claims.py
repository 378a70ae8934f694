"""The claims about the flow of smooth K, and their formulas against plain NumPy loops."""

import numpy as np
import pytest
import reference
from tiers import VARIANTS, waiting

import lionlab as ll
from lionlab.convex.catalogue import CATALOGUE
from lionlab.integration._adaptive import KINKS_UNSEEN
from lionlab.theorems import verify
from lionlab.theorems._cases import nonconvex_bowl
from lionlab.theorems._claim import Run
from lionlab.theorems._flow_cases import FlowCase
from lionlab.theorems._flow_energy import THEOREM as THEOREM_OF_H
from lionlab.theorems._flow_energy import bracket_weight, energy, numbers_of, rates
from lionlab.theorems._flow_runs import flow_runs, pieces
from lionlab.theorems.flow_derivative import measure as measure_derivative
from lionlab.theorems.flow_enhancement import THEOREM, oscillation, standard_cases

PLAIN = {
    "huber": (ll.Huber(0.4), reference.PLAIN["huber"]),
    "log_cosh": (ll.LogCosh(2.0), reference.PLAIN["log_cosh"]),
    "squared": (ll.SquaredL2(2.0), reference.PLAIN["squared"]),
}


def flow_case(K, constants, x0, m0, times=(0.0, 1.0)):
    flow = ll.LionKFlow(K, *constants)
    return FlowCase("", flow, nonconvex_bowl((4,)), np.asarray(x0), np.asarray(m0), np.asarray(times))


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("constants", [(2.0, 0.5, 0.7, 0.5), (1.0, 1.0, 0.0, 1.0), (1.0, 0.5, 2.0, 0.3)])
def test_energy_and_rates_are_the_plain_formulas(name, constants):
    """H and both rates straight from the paper, with the division by ε where there is one."""
    K, plain = PLAIN[name]
    alpha, gamma, epsilon, lam = constants
    rng = np.random.default_rng(0)
    x, m = rng.uniform(-0.9, 0.9, size=(8, 4)) / lam, 2 * rng.normal(size=(8, 4))
    case = flow_case(K, constants, x[0], m[0])
    at = pieces(case, x, m)
    H, (first, second) = energy(case, at, x, m), rates(case, at, x, m)
    c = (1 - epsilon * gamma) / (1 + epsilon * lam)
    assert bracket_weight(numbers_of(case)) == pytest.approx(c)
    for i in range(8):
        g, y = case.objective.gradient(x[i]), lam * x[i]
        m_tilde = m[i] + epsilon * (-alpha * g - gamma * m[i])
        u, w, z = plain.subgradient(m_tilde), plain.subgradient(m[i]), plain.conjugate_subgradient(y)
        bracket = plain.conjugate(y) + plain.value(m[i]) - y @ m[i]
        expected = alpha * float(case.objective(x[i])) + gamma / lam * plain.conjugate(y) + c * bracket
        assert H[i] == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert first[i] == pytest.approx((gamma + lam) / (1 + epsilon * lam) * (u - y) @ (m_tilde - z), abs=1e-12)
        if epsilon > 0:
            assert second[i] == pytest.approx(c / epsilon * (u - w) @ (m_tilde - m[i]), rel=1e-9, abs=1e-12)


def test_balance_closes_in_a_plain_loop():
    """Log cosh by Euler's method in plain NumPy: what H loses is the sum of its rates, up to the step."""
    K, plain = PLAIN["log_cosh"]
    alpha, gamma, epsilon, lam = 2.0, 0.5, 0.7, 0.5
    rng = np.random.default_rng(1)
    case = flow_case(K, (alpha, gamma, epsilon, lam), rng.uniform(-1, 1, size=4), rng.normal(size=4), (0.0, 2.0))
    c = (1 - epsilon * gamma) / (1 + epsilon * lam)

    def H(x, m):
        bracket = plain.conjugate(lam * x) + plain.value(m) - lam * x @ m
        return alpha * float(case.objective(x)) + gamma / lam * plain.conjugate(lam * x) + c * bracket

    errors = []
    for n in (500, 1000):
        x, m, lost, h = case.x0, case.m0, 0.0, 2.0 / n
        for _ in range(n):
            m_dot = -alpha * case.objective.gradient(x) - gamma * m
            m_tilde = m + epsilon * m_dot
            u, w = plain.subgradient(m_tilde), plain.subgradient(m)
            first = (u - lam * x) @ (m_tilde - plain.conjugate_subgradient(lam * x))
            lost += h * ((gamma + c * lam) * first + c * (u - w) @ m_dot)
            x, m = x + h * (u - lam * x), m + h * m_dot
        errors.append(H(x, m) + lost - H(case.x0, case.m0))
    (run,) = flow_runs([case])
    assert abs(errors[1]) < 0.02 < H(case.x0, case.m0) - H(x, m)
    assert errors[0] / errors[1] == pytest.approx(2, abs=0.1)
    np.testing.assert_allclose(run.x[-1], x, atol=0.01)
    assert abs(run.dissipated[-1] - lost) < 0.02


def test_closed_form_of_the_oscillator_solves_its_equation():
    """Second differences of the closed form, coordinate by coordinate, and its start."""
    for case in standard_cases():
        alpha, gamma, epsilon, _ = numbers_of(case)
        h = 1e-4
        near = FlowCase("", case.flow, case.objective, case.x0, case.m0, np.array([0.7 - h, 0.7, 0.7 + h]))
        before, now, after = oscillation(near, THEOREM)
        a = np.diag(case.objective.matrix)
        acceleration, velocity = (before - 2 * now + after) / h**2, (after - before) / (2 * h)
        left = acceleration + (gamma + epsilon * alpha * a) * velocity + alpha * a * (now - case.objective.center)
        np.testing.assert_allclose(left, 0, atol=1e-4)
        np.testing.assert_allclose(oscillation(case, THEOREM)[0], case.x0, rtol=1e-14)


@pytest.mark.parametrize(
    ("claim", "parameters", "words"),
    [
        ("flow-balance", {"K": "L1Norm()"}, "jumps"),
        ("flow-balance", {"x0": [9.0, 9.0]}, "claim flow-global-lyapunov."),
        ("flow-descent", {"K": "MoreauEnvelope(L2Norm(), 0.5)", "x0": [3.0, 0.0, 0.0]}, "outside dom K*"),
        ("flow-descent", {"alpha": np.cos}, "α changes with time"),
        ("flow-derivative", {"K": "TopKL1(2)"}, "jumps"),
        ("flow-stationarity", {"gamma": 0.0, "epsilon": 0.0}, "γ is 0"),
        ("flow-contraction", {"weight_decay": 0.0}, "λ is 0"),
        ("flow-contraction", {"x0": [0.1, 0.1]}, "the claim flow-descent."),
        ("flow-global-lyapunov", {"weight_decay": 0.0}, "λ is 0"),
    ],
)
def test_outside_the_hypotheses_is_not_applicable(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "NOT_APPLICABLE", evidence
    assert words in evidence.reason


@pytest.mark.parametrize("claim", ["flow-contraction", "flow-derivative", "flow-balance", "flow-stationarity"])
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"gamma": 3.0, "epsilon": 1.0}, "epsilon·gamma must be ≤ 1"),
        ({"alpha": -1.0}, "alpha"),
        ({"K": "Huber(0)"}, "threshold"),
        ({"objective": "nothing"}, "Unknown objective"),
    ],
)
def test_nonsense_is_invalid_input(claim, parameters, words):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "INVALID_INPUT", evidence
    assert words in evidence.reason


@pytest.mark.parametrize(
    ("claim", "parameters"),
    [
        ("flow-derivative", {"K": "PseudoHuber(0.3)", "weight_decay": 0.7, "objective": "DoubleWell(3)"}),
        ("flow-contraction", {"K": "PseudoHuber(0.3)", "objective": "DoubleWell(2)", "x0": [4.0, -5.0]}),
    ],
)
def test_a_users_own_case_is_judged(claim, parameters):
    evidence = verify(claim, is_quick=True, **parameters)
    assert evidence.verdict == "CONSISTENT", evidence


def test_a_solver_that_gives_up_is_inconclusive():
    """A run that must blow up, −∇f pushing outward without bound and λ = 0, and no verdict about it."""
    evidence = verify("flow-balance", is_quick=True, K="SquaredL2(1.0)", weight_decay=0.0,
                      objective=ll.Objective(lambda x: -(x**4).sum(), 2), x0=[1.0, 2.0])  # fmt: skip
    assert evidence.verdict == "INCONCLUSIVE", evidence


SMOOTH_OF_CATALOGUE = [name for name, example in CATALOGUE.items() if example.function.is_smooth]


@pytest.mark.parametrize("name", waiting(SMOOTH_OF_CATALOGUE, VARIANTS.intersection(SMOOTH_OF_CATALOGUE)))
def test_the_derivative_is_the_two_rates_for_every_smooth_k(name):
    K, shape = CATALOGUE[name]
    flow = ll.LionKFlow(K, 2.0, 0.5, 0.7, 0.5)
    case = FlowCase(name, flow, nonconvex_bowl(shape), np.zeros(shape), np.zeros(shape), np.array([0.0, 1.0]))
    assert measure_derivative([case], Run(), THEOREM_OF_H).holds


def test_the_share_of_a_kink_that_the_solver_does_not_see_is_that_of_its_tableau():
    import diffrax

    tableau = diffrax.Tsit5.tableau
    assert pytest.approx(abs(tableau.b_sol[0] / tableau.b_error[0]), rel=1e-9) == KINKS_UNSEEN
