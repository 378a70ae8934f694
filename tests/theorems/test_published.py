"""The numbers that the claims about published statements print, found once more in floating point by other means."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import polar

from lionlab.theorems import Run
from lionlab.theorems._newton_schulz import NUM_STEPS, iterated, orthogonalised, polynomial, preimage
from lionlab.theorems._surds import Surd
from lionlab.theorems.cautious_lion_appendix import CLAIMS as APPENDIX_CLAIMS
from lionlab.theorems.distributed_vote import chance_up
from lionlab.theorems.newton_schulz import RIGHT as RANGE
from lionlab.theorems.newton_schulz_gradient import PAIR
from lionlab.theorems.newton_schulz_gradient import RIGHT as PRODUCT

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def newton_schulz(Z: np.ndarray) -> np.ndarray:
    """Five steps as they are run, on the matrix."""
    a, b, c = COEFFICIENTS
    X = Z / np.linalg.norm(Z)
    for _ in range(5):
        gram = X @ X.T
        X = a * X + (b * gram + c * gram @ gram) @ X
    return X


def lion_rate(kappa, epsilon, gamma, m, force, is_masked):
    """dH/dt of αf + κ‖m‖₁, arrays of states."""
    m_dot = -force - gamma * m
    u = np.sign(m + epsilon * m_dot)
    if is_masked:
        u = np.where(u * force < 0, u, 0.0)
    return force * u + kappa * np.sign(m) * m_dot


@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize(("epsilon", "gamma"), [(0.5, 1.0), (2.0, 0.1), (0.3, 0.0), (1.0, 1.0)])
def test_interval_of_the_cautious_weight(epsilon, gamma, is_masked):
    rng = np.random.default_rng(0)
    m, force = rng.normal(size=20000), rng.normal(size=20000) * 10 ** rng.uniform(-3, 3, size=20000)
    lower = 0.0 if is_masked else 1 - epsilon * gamma
    for kappa in (lower, (lower + 1) / 2, 1.0):
        rates = lion_rate(kappa, epsilon, gamma, m, force, is_masked)
        assert np.max(rates / (1 + np.abs(force))) <= 1e-12
    for kappa in (lower - 0.2, 1.2):
        assert np.max(lion_rate(kappa, epsilon, gamma, m, force, is_masked)) > 1e-3


def test_printed_look_ahead_raises_the_function_by_four():
    epsilon, gamma, m, force = 0.5, 1.0, 1.0, 3.0
    m_dot = force - gamma * m
    rates = {}
    for name, m_tilde in {"printed": m - epsilon * (force + gamma * m), "consistent": m + epsilon * m_dot}.items():
        rates[name] = -np.sign(m_tilde) * force + (1 - epsilon * gamma) * np.sign(m) * m_dot
    assert rates == {"printed": 4.0, "consistent": -2.0}
    (claim,) = APPENDIX_CLAIMS
    assert claim.subject.rate(claim.cases(Run())[0]) == 4


@pytest.mark.parametrize("seed", range(3))
def test_cautious_decay_raises_its_function_with_the_nuclear_norm(seed):
    M, X = np.array([[-2.0, -1.0], [3.0, 2.0]]), 1e-3 * np.array([[-1.0, 1.0], [1.0, 1.0]])
    gradient, lam = np.random.default_rng(seed).normal(size=(2, 2)) * 3, 20.0

    def lyapunov(x, m):
        return np.sum(gradient * x) + np.linalg.norm(m, "nuc") + lam * np.sum(np.maximum(-m * x, 0))

    U = polar(M)[0]
    x_dot, m_dot, t = U - lam * X * (M * X <= 0), -gradient - M, 1e-6
    change = (lyapunov(X + t * x_dot, M + t * m_dot) - lyapunov(X - t * x_dot, M - t * m_dot)) / (2 * t)
    assert change == pytest.approx(2 * np.sqrt(5) - 21 / 50, abs=1e-7)


def test_newton_schulz_orders_the_pair_wrongly():
    A, B = (np.array(matrix, dtype=float) for matrix in PAIR)
    found = np.sum((newton_schulz(A) - newton_schulz(B)) * (A - B))
    assert found == pytest.approx(float(PRODUCT.product), abs=1e-12)
    near = np.diag([4e-6, 1e-3])
    assert np.sum((newton_schulz(A) - newton_schulz(near)) * (A - near)) == pytest.approx(-0.504378384, abs=1e-9)
    # The exact polar factor, 0 on the null part, does order them: A is its own.
    assert np.sum((A - polar(B)[0]) * (A - B)) > 0


def test_newton_schulz_has_the_stated_range():
    sigma = np.linspace(0, 1, 200_001)
    # The grid passes a turn by 2.5e-6 at most, stretched by 3.4445 a step; p is flat there, with |p″| < 20.
    allowed = 10 * (2.5e-6 * 3.4445**4) ** 2
    a, b, c = COEFFICIENTS
    values = sigma
    for _ in range(NUM_STEPS):
        values = a * values + b * values**3 + c * values**5
        assert np.max(values) == pytest.approx(float(RANGE.largest), abs=allowed)
    late = values[sigma >= 0.01]
    assert np.min(late) == pytest.approx(float(RANGE.five_lowest), abs=allowed)
    assert np.max(late) == pytest.approx(float(RANGE.five_highest), abs=allowed)


def test_exact_iteration_agrees_with_the_float_one():
    Z = [[Fraction(3), Fraction(0)], [Fraction(0), Fraction(4)]]
    rows, scale = orthogonalised(Z)
    assert np.allclose([[x / scale for x in row] for row in rows], newton_schulz(np.diag([3.0, 4.0])), atol=1e-12)
    top, bottom = iterated(Fraction(3, 5), 1)
    assert Fraction(top, bottom) == polynomial(Fraction(3, 5))
    assert abs(polynomial(preimage(Fraction(1), Fraction(0), Fraction(1, 2))) - 1) < Fraction(1, 10**25)
    with pytest.raises(ValueError, match="Frobenius norm must be rational"):
        orthogonalised([[Fraction(1), Fraction(1)]])


def test_surds_are_compared_exactly():
    five = Fraction(5)
    root = Surd(Fraction(0), Fraction(1), five)
    # Convergents of √5 on either side of it.
    assert (root - Fraction(2889, 1292)).sign() == -1
    assert (root - Fraction(682, 305)).sign() == 1
    assert (root * root - 5).sign() == 0
    assert (Surd(Fraction(-2), Fraction(1), five)).sign() == 1
    assert (Surd(Fraction(9, 4), Fraction(-1), five)).sign() == 1
    with pytest.raises(ValueError, match="one field"):
        root + Surd(Fraction(0), Fraction(1), Fraction(2))


def test_mean_score_keeps_above_its_floor_for_ever():
    a, eta, lam, beta1, beta2, num_steps = 2.0, 0.1, 0.5, 0.9, 0.99, 20_000
    c = eta / (2 - eta * lam)
    x, m, total = 1.7, 0.3, 0.0
    for _ in range(num_steps):
        total += a * (abs(x) + lam * x * x)
        u = np.sign(beta1 * m - (1 - beta1) * a * x)
        x, m = x + eta * (u - lam * x), beta2 * m - (1 - beta2) * a * x
    floor = a * c * (1 + lam * c)
    assert total / num_steps > floor - 3 * a / (lam * num_steps)
    # Nor is the floor a weak one: this run ends on the orbit that attains it.
    assert total / num_steps < 1.1 * floor


def test_growing_gradients_hold_adamw_at_its_supremum():
    beta1, beta2, m, v = 0.9, 0.999, 0.0, 0.0
    for t in range(400):
        g = (beta2 / beta1) ** t
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    expected = (1 - beta1) * beta2**0.5 / ((1 - beta2) * (beta2 - beta1**2)) ** 0.5
    assert m / v**0.5 == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(7.27, abs=5e-3)
    assert expected < ((1 - beta1) / (1 - beta2)) ** 0.5


def test_the_vote_turns_where_six_calm_steps_are_likelier_than_not():
    for x, calm in (("2.98", 6), ("2.99", 7)):
        assert chance_up("vote", Fraction(x)) == (Fraction(9, 10) ** calm,) * 2


@pytest.mark.parametrize(("method", "end"), [("vote", 2.99), ("averaged gradient", 1.0)])
def test_a_run_of_many_workers_stops_there(method, end):
    rng, beta, eta, workers, num_steps = np.random.default_rng(0), 0.3, 1e-3, 25, 12_000
    noise = np.where(rng.random((num_steps, workers)) < 0.1, 18.0, -2.0)
    if method == "averaged gradient":
        noise = noise.mean(axis=1, keepdims=True)
    x, m, xs = 2.0, np.zeros(noise.shape[1]), []
    for drawn in noise:
        m = beta * m - (1 - beta) * (x - 1 + drawn)
        x += eta * np.sign(np.sign(m).sum())
        xs.append(x)
    # The last third wanders by a few √(ηT-steps) about the turn.
    assert np.mean(xs[-4000:]) == pytest.approx(end, abs=0.1)
