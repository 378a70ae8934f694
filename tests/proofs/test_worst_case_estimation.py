"""Worst cases by semidefinite programming: exact certificates and exact counterexamples, and PEPit as a peer."""

from fractions import Fraction

import pytest

pytest.importorskip("cvxpy")
pytest.importorskip("clarabel")

from lionlab.proofs.coefficients import THEOREM, Coefficients
from lionlab.proofs.worst_case.descent import gap
from lionlab.proofs.worst_case.estimation import Bound, certified_bound, checked, counterexample, replayed, worst_case
from lionlab.proofs.worst_case.rational import is_positive_semidefinite, solution_near, solved
from lionlab.proofs.worst_case.step import Constants, rise
from lionlab.proofs.worst_case.step_estimation import estimated, movement, problem

# η, λ, β1, β2, L
USUAL = Constants(*map(Fraction, ("1/10", "1/2", "9/10", "99/100", "1")))
EQUAL = Constants(*map(Fraction, ("1/10", "1/2", "9/10", "9/10", "1")))
REVERSED = Constants(*map(Fraction, ("1/10", "1/2", "99/100", "1/2", "1")))
# Clarabel's default accuracy is 1e-8; without an interior it loses some of it.
SOLVER = 1e-6


@pytest.mark.parametrize("is_convex", [False, True], ids=["smooth", "convex"])
def test_the_multipliers_of_the_theorem_are_those_of_the_closed_form(is_convex: bool):
    one = problem(USUAL, lambda s: gap(s, THEOREM), is_convex=is_convex)
    found = worst_case(one)
    assert abs(found.value) <= SOLVER
    bound = certified_bound(one, found, Fraction(0))
    assert bound is not None
    used = {name: weight for name, weight in bound.multipliers.items() if weight}
    c = USUAL.c
    assert used == {"f at x from x⁺": 1, "K at m from m⁺": c, "K at z⁺ from z": 1 / USUAL.lam + c}


@pytest.mark.parametrize("k", [USUAL, EQUAL], ids=["usual", "equal betas"])
@pytest.mark.parametrize("is_convex", [False, True], ids=["smooth", "convex"])
def test_half_of_L_is_the_worst_rise(k: Constants, is_convex: bool):
    one = problem(k, lambda s: rise(k, THEOREM, s), movement, is_convex)
    found = worst_case(one)
    assert abs(found.value - 0.5) <= SOLVER
    bound = certified_bound(one, found, Fraction(1, 2))
    assert bound is not None
    assert checked(one, bound.tau, bound.multipliers) == bound
    assert certified_bound(one, found, Fraction(1, 2) - Fraction(1, 100)) is None


def test_a_changed_multiplier_is_no_certificate():
    one = problem(USUAL, lambda s: gap(s, THEOREM))
    bound = certified_bound(one, worst_case(one), Fraction(0))
    assert isinstance(bound, Bound)
    for name, weight in bound.multipliers.items():
        for other in (weight + Fraction(1, 10**9), weight - Fraction(1, 10**9)):
            assert checked(one, Fraction(0), {**bound.multipliers, name: other}) is None


@pytest.mark.parametrize(("name", "factor"), [("slack", "9/10"), ("product", "101/100"), ("penalty", "11/10")])
def test_a_wrong_coefficient_has_an_exact_counterexample(name: str, factor: str):
    q = Coefficients(**{name: Fraction(factor)})
    one = problem(USUAL, lambda s: gap(s, q))
    found = counterexample(one)
    assert found is not None
    assert found.target > 0
    assert all(inequality.at(found.vectors, found.values) >= 0 for inequality in one.inequalities.values())
    broken = {name: -number for name, number in found.values.items()}
    assert replayed(one, found.vectors, broken, Fraction(0)) is None


def test_reversed_betas_rise_by_more_than_any_slack():
    target = lambda s: rise(REVERSED, THEOREM, s) - 50 * s.slack  # noqa: E731
    assert estimated(REVERSED, target)() is not None
    assert estimated(USUAL, lambda s: gap(s, THEOREM) - s.slack)() is None


def test_rational_elimination():
    third = Fraction(1, 3)
    assert is_positive_semidefinite([[1, 2], [2, 4]])
    assert not is_positive_semidefinite([[1, 2], [2, 4 - Fraction(1, 10**30)]])
    assert not is_positive_semidefinite([[0, 1], [1, 5]])
    assert is_positive_semidefinite([[0, 0], [0, third]])
    assert solved([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]], [third, third]) is None
    rows = [[Fraction(1), Fraction(1), Fraction(1)]]
    found = solution_near(rows, [Fraction(1)], [third, third, Fraction(0)])
    assert found == [Fraction(1, 2), Fraction(1, 2), 0]


def pepit_gap(slack: float) -> float:
    """The one-step theorem written for PEPit, at the usual constants."""
    pepit = pytest.importorskip("PEPit")
    from PEPit.functions import ConvexFunction, SmoothFunction

    eta, lam, beta1, beta2, L = map(float, USUAL)
    c = eta * beta1 / (eta * lam * (1 - beta1) + 1 - beta2)
    pep = pepit.PEP()
    f, K = pep.declare_function(SmoothFunction, L=L), pep.declare_function(ConvexFunction)
    x, m, z, z_next = (pepit.Point() for _ in range(4))
    g, f_x = f.oracle(x)
    m_tilde, m_next = beta1 * m - (1 - beta1) * g, beta2 * m - (1 - beta2) * g
    (u, _), (w, K_next), (_, K_m) = K.oracle(m_tilde), K.oracle(m_next), K.oracle(m)
    x_next = (x + eta * u) / (1 + eta * lam)
    conjugates = []
    for point, y in ((z, lam * x), (z_next, lam * x_next)):
        level = pepit.Expression()
        K.add_point((point, y, level))
        conjugates.append(point * y - level)

    def H(loss, conjugate, at_m, at, momentum):
        return loss + conjugate / lam + c * (conjugate + at_m - lam * (at * momentum))

    risen = H(f(x_next), conjugates[1], K_next, x_next, m_next) - H(f_x, conjugates[0], K_m, x, m)
    rates = eta * (1 + c * lam) * ((u - lam * x_next) * (m_tilde - z_next)) + c * ((u - w) * (m_next - m))
    pep.set_initial_condition(x**2 + m**2 + g**2 + u**2 + w**2 + z**2 + z_next**2 <= 1)
    pep.set_performance_metric(risen + rates - slack * L / 2 * (x_next - x) ** 2)
    return pep.solve(verbose=0, wrapper="cvxpy", solver="CLARABEL")


def test_pepit_finds_the_same_worst_case():
    assert abs(pepit_gap(1.0)) <= SOLVER
    assert pepit_gap(0.9) > 100 * SOLVER
