"""`constrained_minimum` against CVXPY with Clarabel, against itself, and on problems that cannot be solved."""

import logging

import cvxpy
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import (
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    NuclearNorm,
    PseudoHuber,
    SchattenNorm,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)
from lionlab.objectives import LogisticRegression, Objective, Quadratic, example_objectives, random_quadratic
from lionlab.precision import double_precision
from lionlab.problem import _minimum, composite_value, constrained_minimum, kkt_residuals, stationarity_scores
from lionlab.problem._box import minimize_on_box

CLARABEL_TOLERANCE = 1e-9  # of its duality gap and residuals; power and exponential cones reach no more
WEIGHT_DECAY = 0.8
GROUPS = [[0, 1, 2], [3, 4], [5, 6, 7, 8, 9]]

# K → what CVXPY adds to f: (constraints, penalty) at y = λx, with K* from the table of the paper, not from the library.
CONIC = {
    L1Norm(): lambda y: ([cvxpy.norm_inf(y) <= 1], 0),
    LpNorm(1.5): lambda y: ([cvxpy.pnorm(y, 3) <= 1], 0),
    DeadzoneL1(0.1): lambda y: ([cvxpy.norm_inf(y) <= 1], 0.1 * cvxpy.norm1(y)),
    TopKL1(3): lambda y: ([cvxpy.norm_inf(y) <= 1, cvxpy.norm1(y) <= 3], 0),
    Huber(0.05): lambda y: ([cvxpy.norm_inf(y) <= 1], 0.025 * cvxpy.sum_squares(y)),
    L2Norm(): lambda y: ([cvxpy.sum_squares(y) <= 1], 0),
    LinfNorm(): lambda y: ([cvxpy.norm1(y) <= 1], 0),
    GroupL2Norm(GROUPS): lambda y: ([cvxpy.norm2(y[group]) <= 1 for group in GROUPS], 0),
    SquaredL2(2.0): lambda y: ([], 0.25 * cvxpy.sum_squares(y)),
}
CONIC_MATRIX = {
    NuclearNorm(): lambda y: ([cvxpy.sigma_max(y) <= 1], 0),
    SpectralNorm(): lambda y: ([cvxpy.normNuc(y) <= 1], 0),
}


def random_logistic(seed, dim=10):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(40, dim))
    return LogisticRegression(features, features @ rng.normal(size=dim) + 0.5 * rng.normal(size=40) > 0)


def conic_loss(f, x):
    if isinstance(f, Quadratic):
        eigenvalues, basis = np.linalg.eigh(f.matrix)
        return cvxpy.sum_squares((np.sqrt(eigenvalues)[:, None] * basis.T) @ (x - f.center)) / 2
    if isinstance(f, LogisticRegression):
        margins = cvxpy.multiply(f.signs, f.features @ x)
        return cvxpy.sum(cvxpy.logistic(-margins)) / len(f.signs)
    return cvxpy.sum_squares(f.left @ x @ f.right - f.target) / 2


def conic_minimum(f, terms):
    x = cvxpy.Variable(f.shape)
    constraints, penalty = terms(WEIGHT_DECAY * x)
    problem = cvxpy.Problem(cvxpy.Minimize(conic_loss(f, x) + penalty / WEIGHT_DECAY), constraints)
    tolerances = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), CLARABEL_TOLERANCE)
    problem.solve(solver=cvxpy.CLARABEL, **tolerances)
    assert problem.status == cvxpy.OPTIMAL
    return float(problem.value)


def assert_agrees(f, K, terms):
    found = constrained_minimum(f, K, WEIGHT_DECAY)
    reference = conic_minimum(f, terms)
    assert found.converged
    # Clarabel's error: its gap, and its infeasibility times the slope of f; ours is certified by the gap bound.
    slope = np.linalg.norm(f.gradient(found.x)) * np.linalg.norm(found.x)
    allowed = found.gap_bound + CLARABEL_TOLERANCE * (10 + 10 * abs(reference) + 10 * slope)
    assert np.isfinite(found.value)
    assert abs(found.value - reference) <= allowed
    assert found.gap_bound <= 1e-8 * (1 + slope)
    return found, reference


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(lambda seed: random_quadratic(10, 1e3, seed), id="quadratic"),
        pytest.param(random_logistic, id="logistic", marks=pytest.mark.thorough),
    ],
)
@pytest.mark.parametrize("K", CONIC, ids=lambda K: type(K).__name__)
def test_agrees_with_an_interior_point_solver(K, loss):
    for seed in range(3):
        assert_agrees(loss(seed), K, CONIC[K])


@pytest.mark.parametrize("K", CONIC_MATRIX, ids=lambda K: type(K).__name__)
def test_agrees_with_an_interior_point_solver_on_matrices(K):
    assert_agrees(example_objectives()["two_sided_least_squares"], K, CONIC_MATRIX[K])


def test_the_comparison_would_notice_a_wrong_decay():
    """Planted wrong: the conic problem with λ off by 1e-6 differs by more than the tolerance allows."""
    f = random_quadratic(10, 1e3, 0)
    with pytest.raises(AssertionError):
        assert_agrees(f, L1Norm(), lambda y: ([cvxpy.norm_inf(y) <= 1 + 1e-6], 0))


@pytest.mark.parametrize(
    "K", [*CONIC, LogCosh(5.0), PseudoHuber(0.1), SortedL1Norm(list(range(10, 0, -1)))], ids=lambda K: type(K).__name__
)
def test_gap_bound_is_above_the_gap_at_every_feasible_point(K):
    f = random_quadratic(10, 100.0, seed=3)
    best = constrained_minimum(f, K, WEIGHT_DECAY)
    assert best.converged
    with double_precision():
        normal = jnp.asarray(np.random.default_rng(0).normal(size=(20, 10)))
        inside = 0.999 * np.asarray(jax.jit(jax.vmap(lambda y: K.conjugate().projection(y)))(normal)) / WEIGHT_DECAY
    gaps = np.array([composite_value(f, K, WEIGHT_DECAY, x) for x in inside]) - best.value
    bounds = stationarity_scores(f, K, WEIGHT_DECAY, inside) / WEIGHT_DECAY
    assert np.all(np.isfinite(bounds))
    assert np.all(gaps >= -best.gap_bound)
    assert np.all(gaps <= bounds)


@pytest.mark.parametrize("K", [L1Norm(), DeadzoneL1(0.1), Huber(0.05)], ids=lambda K: type(K).__name__)
def test_the_two_solvers_agree_on_boxes(K):
    """L-BFGS-B alone, with its own bounds, against the proximal descent alone, with K's proximal operator."""
    f = random_quadratic(10, 100.0, seed=5)
    with double_precision():
        alone = minimize_on_box(f, K, WEIGHT_DECAY, np.zeros(10))
        run = _minimum._solve(f, K, WEIGHT_DECAY, np.zeros(10), 1e-10, 50_000, on_box=False)
    assert run.score <= 1e-10 * run.scale
    value = composite_value(f, K, WEIGHT_DECAY, alone)
    # The descent is certified by its score. L-BFGS-B stops when F falls by less than 1e-15 per step; at condition 100
    # some hundred such steps are left.
    assert abs(value - float(run.value)) <= float(run.score) / WEIGHT_DECAY + 1e-13 * (1 + abs(value))


def test_a_matrix_ball_beyond_the_conic_table():
    f = example_objectives()["matrix_least_squares"]
    found = constrained_minimum(f, SchattenNorm(1.5), 2.0)
    assert found.converged
    assert kkt_residuals(f, SchattenNorm(1.5), 2.0, found.x).feasibility <= 1e-14


@pytest.mark.parametrize(
    ("name", "K", "decay", "value"),
    [
        ("rosenbrock", L1Norm(), 0.8, 0.0),
        ("beale", L1Norm(), 0.0, 0.0),
        ("double_well", L2Norm(), 0.5, 0.0),
        ("saddle", L1Norm(), 0.8, -(1.25**2) / 4),
        ("double_well", SquaredL2(1.0), 1.0, 0.75),
    ],
)
def test_nonconvex_losses_are_tried_from_many_starts_and_certify_nothing(name, K, decay, value):
    found = constrained_minimum(example_objectives()[name], K, decay)
    assert found.converged
    assert found.starts > 8
    assert found.gap_bound is None
    assert found.value == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("name", ["saddle", "log_sum_exp"])
def test_an_unbounded_problem_is_reported_as_not_converged(name):
    found = constrained_minimum(example_objectives()[name], L1Norm(), 0.0, max_iterations=2000)
    assert not found.converged
    assert found.gap_bound is None


def test_too_few_iterations_are_reported_as_not_converged():
    found = constrained_minimum(random_quadratic(10, 1e3, 0), L2Norm(), WEIGHT_DECAY, max_iterations=2)
    assert not found.converged
    assert found.gap_bound > 1e-6  # and the certificate says by how much it may be off


def test_a_gradient_of_the_wrong_sign_does_not_converge():
    f = random_quadratic(10, 10.0, 0)

    class UpsideDown(Quadratic):
        def slope(self, x):
            return -super().slope(x)

    wrong = UpsideDown(f.matrix, f.center)
    assert not constrained_minimum(wrong, L2Norm(), WEIGHT_DECAY, max_iterations=2000).converged


def test_without_decay_it_is_the_plain_minimum():
    f = random_quadratic(10, 1e3, 7)
    found = constrained_minimum(f, TopKL1(3), 0.0)
    assert found.converged
    assert found.gap_bound is None
    np.testing.assert_allclose(found.x, f.center, rtol=0, atol=1e-6)


def test_the_answer_is_float64_whatever_goes_in():
    f = example_objectives()["bowl"]
    found = constrained_minimum(f, L1Norm(), 0.8, start=np.zeros(2, np.float32))
    assert found.x.dtype == np.float64
    np.testing.assert_allclose(found.x, [0.3, -1.25], rtol=1e-12)
    assert found.solver.startswith("L-BFGS-B")
    assert jax.config.jax_enable_x64 is False


def test_a_captured_objective_with_unknown_smoothness_is_solved_by_backtracking():
    target = np.array([0.2, -3.0, 5.0])

    def steep(x):
        return jnp.sum(jnp.cosh(2 * (x - jnp.asarray(target, x.dtype))))

    found = constrained_minimum(Objective(steep, 3, is_convex=True), L1Norm(), 1.0)
    assert found.converged
    np.testing.assert_allclose(found.x, [0.2, -1.0, 1.0], atol=1e-8)


def test_solving_again_with_other_numbers_compiles_nothing():
    constrained_minimum(random_quadratic(10, 1e3, 0), L1Norm(), 0.8)
    with jax.log_compiles():
        compiled = count_compilations(lambda: constrained_minimum(random_quadratic(10, 1e2, 1), L1Norm(), 0.7))
    assert compiled == 0


def count_compilations(action):
    seen = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())
    logger = logging.getLogger("jax")
    logger.addHandler(handler)
    try:
        action()
    finally:
        logger.removeHandler(handler)
    return sum(message.startswith("Finished XLA compilation") for message in seen)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tolerance": 0.0}, "tolerance"),
        ({"tolerance": np.nan}, "tolerance"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"start": [0.0]}, "x must have shape"),
        ({"start": [np.nan, 0.0]}, "finite"),
    ],
)
def test_bad_options_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        constrained_minimum(example_objectives()["bowl"], L1Norm(), 0.8, **options)
