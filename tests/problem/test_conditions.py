"""The composite objective and its optimality conditions, against enumeration and hand-computed points."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from lionlab.convex import DeadzoneL1, Huber, L1Norm, L2Norm, LinfNorm, LogCosh, LpNorm, NuclearNorm, SquaredL2, TopKL1
from lionlab.objectives import LeastSquaresMatrix, Objective, Quadratic, example_objectives
from lionlab.precision import double_precision, unit_roundoff
from lionlab.problem import composite_value, constrained_minimum, kkt_residuals, stationarity_scores
from lionlab.problem._composite import penalty_proximal

U = unit_roundoff(np.float64)
PARABOLA = example_objectives()["parabola"]  # ½(x − 10)²


def test_outside_the_set_the_raw_score_is_negative_and_the_stationarity_infinite():
    found = kkt_residuals(PARABOLA, L1Norm(), 1.0, np.array([1.5]))
    assert found.raw_score == -4.25
    assert found.stationarity == np.inf
    assert found.feasibility == 0.5
    assert found.complementarity == 4.25  # multiplier 8.5 times |1 − 1.5|


def test_at_the_constrained_optimum_everything_is_zero():
    found = kkt_residuals(PARABOLA, L1Norm(), 1.0, np.array([1.0]))
    assert (found.feasibility, found.stationarity, found.complementarity, found.raw_score) == (0, 0, 0, 0)


def test_inside_the_set_the_score_splits_into_complementarity_and_alignment():
    f, x, decay = example_objectives()["quadratic_10d"], np.linspace(-0.4, 0.6, 10), 0.8
    for K in (L1Norm(), L2Norm(), LinfNorm(), TopKL1(3), LpNorm(1.5)):
        dual_norm = jax.jit(K.dual_norm)
        with double_precision():
            scaled = x / max(1.0, 1.25 * float(dual_norm(jnp.asarray(decay * x))))
        found, g = kkt_residuals(f, K, decay, scaled), f.gradient(scaled)
        with double_precision():
            length = float(dual_norm(jnp.asarray(decay * scaled)))
        alignment = float(K(-g)) * length - decay * float(np.sum(scaled * -g))
        assert found.complementarity > 0
        assert alignment > 0
        sizes = float(K(-g)) + decay * float(np.sum(np.abs(scaled * g)))
        assert abs(found.stationarity - found.complementarity - alignment) <= 100 * U * sizes


def corners(K, dim):
    """The extreme points of dom K*, by enumeration."""
    if isinstance(K, LinfNorm):
        return np.vstack([np.eye(dim), -np.eye(dim)])
    allowed = dim if isinstance(K, L1Norm) else K.k
    every = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=dim)))
    return every[np.count_nonzero(every, axis=1) == allowed]


@pytest.mark.parametrize("K", [L1Norm(), LinfNorm(), TopKL1(2)], ids=repr)
def test_score_is_decay_times_the_frank_wolfe_gap_over_the_corners(K):
    f, decay = Quadratic(np.diag([1.0, 2.0, 3.0, 4.0]), [1.0, -2.0, 0.3, 4.0]), 0.7
    for seed in range(20):
        weights = np.random.default_rng(seed).dirichlet(np.ones(len(corners(K, 4))))
        x = weights @ corners(K, 4) / decay
        g = f.gradient(x)
        gap = max(float(g @ (x - corner / decay)) for corner in corners(K, 4))
        sizes = float(K(-g)) + decay * float(np.abs(g) @ np.abs(x))
        assert abs(kkt_residuals(f, K, decay, x).stationarity - decay * gap) <= 40 * U * sizes


@pytest.mark.parametrize(
    ("K", "density"),
    [
        (DeadzoneL1(0.3), lambda y: 0.3 * np.abs(y)),
        (Huber(0.3), lambda y: 0.15 * y**2),
        (LogCosh(2.0), lambda y: ((1 + y) * np.log1p(y) + (1 - y) * np.log1p(-y)) / 4),
    ],
    ids=["dead zone", "huber", "log cosh"],
)
def test_score_is_decay_times_the_generalised_frank_wolfe_gap(K, density):
    f, decay = Quadratic(np.diag([1.0, 2.0]), [1.0, -0.1]), 0.7
    steps = np.tanh(np.linspace(-12, 12, 20001))
    for x in np.random.default_rng(0).uniform(-1.3, 1.3, size=(10, 2)):
        g = f.gradient(x)
        gap = sum(
            np.max(g[i] * (x[i] - steps / decay) + (density(decay * x[i]) - density(steps)) / decay) for i in range(2)
        )
        # Curvature of k* times spacing squared: 1/(2(1−y²)) · (1−y²)²·(1.2e-3)² ≤ 7e-7; corners are missed by 1e-10.
        assert kkt_residuals(f, K, decay, x).stationarity == pytest.approx(decay * gap, abs=1e-6)


@pytest.mark.parametrize("K", [DeadzoneL1(0.3), Huber(0.3), LogCosh(2.0), SquaredL2(0.5), L1Norm(), L2Norm()], ids=repr)
def test_every_condition_vanishes_at_the_minimum_and_none_is_blind(K):
    f, decay = example_objectives()["bowl"], 0.8
    best = constrained_minimum(f, K, decay)
    at_best = kkt_residuals(f, K, decay, best.x)
    assert best.converged
    assert at_best.feasibility <= 4 * U * 10
    assert abs(at_best.stationarity) <= 1e-8
    assert -1e-15 <= at_best.complementarity <= 1e-8  # rounding can leave a negative crumb
    moved = kkt_residuals(f, K, decay, 0.9 * best.x + 0.01)
    assert moved.stationarity > 1e-4
    assert moved.complementarity > 1e-6


@pytest.mark.parametrize("K", [L1Norm(), DeadzoneL1(0.2), Huber(0.3), SquaredL2(0.5), LogCosh(2.0)], ids=repr)
@pytest.mark.parametrize("decay", [0.3, 1.0, 4.0])
def test_penalty_proximal_minimises_its_definition(K, decay):
    """argmin_u K*(λu)/λ + (u − x)²/(2·step) in one dimension against SciPy's bounded scalar minimisation."""
    step = 0.6
    for x in (-3.0, -0.2, 0.05, 0.4, 1.7):
        with double_precision():
            found = float(penalty_proximal(K, *map(jnp.asarray, (decay, np.array([x]), step)), has_decay=True)[0])

        def energy(u, x=x):
            return float(K.conjugate()(np.array([decay * u]))) / decay + (u - x) ** 2 / (2 * step)

        edge = 1 / decay if np.isinf(float(K.conjugate()(np.array([1.5])))) else 5.0
        best = minimize_scalar(energy, bounds=(-edge, edge), method="bounded", options={"xatol": 1e-12})
        # A minimiser found by comparing values is good to the square root of their rounding.
        assert found == pytest.approx(best.x, abs=1e-6)
        assert energy(found) <= best.fun + 4 * U * (1 + abs(best.fun))


def test_composite_value_is_infinite_outside_and_plain_f_without_decay():
    assert composite_value(PARABOLA, L1Norm(), 1.0, [1.5]) == np.inf
    assert composite_value(PARABOLA, L1Norm(), 1.0, [0.5]) == 0.5 * 9.5**2
    assert composite_value(PARABOLA, DeadzoneL1(0.5), 2.0, [0.5]) == 0.5 * 9.5**2 + 0.5 * 0.5
    assert composite_value(PARABOLA, Huber(0.5), 2.0, [0.5]) == 0.5 * 9.5**2 + 0.25 / 2
    assert composite_value(PARABOLA, L1Norm(), 0.0, [1.5]) == 0.5 * 8.5**2


def test_without_decay_the_score_is_what_keeps_the_method_moving():
    found = kkt_residuals(PARABOLA, L1Norm(), 0.0, [7.0])
    assert (found.feasibility, found.complementarity, found.stationarity) == (0.0, 0.0, 3.0)
    assert kkt_residuals(PARABOLA, L1Norm(), 0.0, [10.0]).stationarity == 0.0
    # In the dead zone the method stands still although ∇f is not 0.
    assert kkt_residuals(PARABOLA, DeadzoneL1(0.5), 0.0, [9.7]).stationarity == 0.0


def test_scores_of_many_points_are_those_of_each():
    f, K = example_objectives()["bowl"], Huber(0.1)
    points = np.random.default_rng(0).normal(size=(30, 2))
    several = stationarity_scores(f, K, 0.8, points)
    each = [kkt_residuals(f, K, 0.8, x).stationarity for x in points]
    assert several.dtype == np.float64
    assert np.isinf(each).any()
    assert np.isfinite(each).any()
    np.testing.assert_allclose(several, each, rtol=1e-13, atol=1e-13)
    assert stationarity_scores(f, K, 0.8, points.astype(np.float32)).dtype == np.float32


def test_float64_from_start_to_end_and_the_flag_untouched():
    f = Quadratic([[1.0]], [1 / 3])
    assert kkt_residuals(f, L1Norm(), 0.1, np.array([1 / 3])).stationarity == 0.0
    assert kkt_residuals(f, L1Norm(), 0.1, np.array([1 / 3 + 1e-12])).stationarity > 5e-13
    assert jax.config.jax_enable_x64 is False


def test_matrices_are_arguments_like_any_other():
    f = LeastSquaresMatrix(np.eye(2), [[3.0, 0.0], [0.0, 0.5]])
    found = kkt_residuals(f, NuclearNorm(), 1.0, np.diag([1.0, 0.5]))
    assert abs(found.stationarity) <= 1e-14
    assert kkt_residuals(f, NuclearNorm(), 1.0, np.diag([1.2, 0.5])).feasibility == pytest.approx(0.2, rel=1e-12)


@pytest.mark.parametrize("wrong", ["decay", "K", "gradient sign"])
def test_planted_wrongs_show_in_the_conditions(wrong):
    f, K, decay = example_objectives()["bowl"], L1Norm(), 0.8
    x = constrained_minimum(f, K, decay).x
    assert abs(kkt_residuals(f, K, decay, x).stationarity) <= 1e-9
    if wrong == "decay":
        assert kkt_residuals(f, K, 0.801, x).stationarity == np.inf
        assert kkt_residuals(f, K, 0.799, x).stationarity > 1e-3
    elif wrong == "K":
        assert kkt_residuals(f, Huber(0.1), decay, x).stationarity > 1e-3
        assert kkt_residuals(f, LinfNorm(), decay, x).stationarity == np.inf
    else:
        upside_down = Objective(lambda z: -f.value(z), 2)
        assert kkt_residuals(upside_down, K, decay, x).stationarity > 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((PARABOLA, L1Norm(), -1.0, [0.0]), ValueError, "weight_decay must be finite and at least 0"),
        ((PARABOLA, L1Norm(), np.nan, [0.0]), ValueError, "weight_decay"),
        ((PARABOLA, L1Norm(), "1", [0.0]), TypeError, "weight_decay must be a number"),
        ((PARABOLA, L1Norm(), 1.0, [np.nan]), ValueError, "x must be finite"),
        ((PARABOLA, L1Norm(), 1.0, [np.inf]), ValueError, "x must be finite"),
        ((PARABOLA, L1Norm(), 1.0, [0.0, 1.0]), ValueError, "x must have shape"),
        ((PARABOLA, L1Norm(), 1.0, ["a"]), TypeError, "x must be an array"),
        ((lambda x: x, L1Norm(), 1.0, [0.0]), TypeError, "wrap a JAX function"),
        ((PARABOLA, "L1Norm", 1.0, [0.0]), TypeError, "K must be a convex function"),
    ],
)
def test_bad_arguments_are_refused_in_words(arguments, error, words):
    for function in (kkt_residuals, composite_value):
        with pytest.raises(error, match=words):
            function(*arguments)
