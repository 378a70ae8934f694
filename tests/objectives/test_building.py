"""Building losses: closed forms at hand-computed points, refused parameters, and losses from text."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.objectives import (
    Beale,
    DoubleWell,
    LeastSquaresMatrix,
    LogisticRegression,
    Objective,
    Quadratic,
    Rosenbrock,
    example_objectives,
    parse_objective,
    random_quadratic,
)


def test_values_by_hand():
    assert Quadratic([[1, 0], [0, 3]], [0.3, -4])(np.array([1.3, -3.0])) == 2.0
    assert Rosenbrock(3)(np.array([0.0, 1.0, 2.0])) == (100 + 1) + 100
    assert Beale()(np.array([0.0, 7.0])) == 1.5**2 + 2.25**2 + 2.625**2
    assert DoubleWell(2)(np.array([0.0, 2.0])) == (1 + 9) / 4
    assert LogisticRegression([[1.0], [2.0]], [0, 1])(np.array([0.0])) == np.log(2)
    assert LeastSquaresMatrix([[2.0]], [[1.0, 0.0]])(np.array([[1.0, 3.0]])) == (1 + 36) / 2


def test_logistic_labels_mean_the_same_in_both_conventions():
    features, x = np.random.default_rng(0).normal(size=(6, 2)), np.array([0.3, -0.7])
    zero_one = LogisticRegression(features, [0, 1, 1, 0, 1, 0])
    plus_minus = LogisticRegression(features, [-1, 1, 1, -1, 1, -1])
    assert zero_one(x) == plus_minus(x)
    # Against the definition, where nothing overflows; and far out, where exp would.
    margins = zero_one.signs * (features @ x)
    assert zero_one(x) == pytest.approx(np.mean(np.log1p(np.exp(-margins))), rel=1e-15)
    assert np.isfinite(zero_one(1e6 * x))
    assert np.all(np.isfinite(zero_one.gradient(1e6 * x)))


def test_indefinite_and_semidefinite_quadratics_say_so():
    assert Quadratic([[1, 0], [0, -1e-3]], [0, 0]).is_convex is False
    assert Quadratic([[1, 0], [0, -1e-3]], [0, 0]).minimizers is None
    assert Quadratic(np.ones((5, 5)), np.zeros(5)).is_convex is True
    assert Quadratic([[-2.0]], [0]).smoothness == 2.0
    assert Quadratic(np.zeros((2, 2)), [0, 0]).smoothness == 0.0


def test_double_well_lists_its_minimizers_only_while_they_are_few():
    assert len(DoubleWell(3).minimizers) == 8
    assert DoubleWell(11).minimizers is None


def test_random_quadratic_has_the_condition_number_asked_for():
    eigenvalues = random_quadratic(10, 1e3, seed=1).eigenvalues
    assert eigenvalues[-1] / eigenvalues[0] == pytest.approx(1e3, rel=1e-10)


def test_objective_wraps_any_jax_function():
    f = Objective(lambda x: jnp.sum(x**4), (2, 2), smoothness=3)
    assert f.smoothness == 3.0
    assert f.is_convex is None
    assert f.minimizers is None
    np.testing.assert_allclose(f.gradient(np.full((2, 2), 2.0)), 32.0, rtol=1e-15)


def test_objective_with_captured_float32_keeps_its_dtype_and_answers_in_that_of_x():
    third = jnp.asarray(1 / 3, jnp.float32)
    f = Objective(lambda x: jnp.sum(x * third), 2)
    with jax.numpy_dtype_promotion("standard"):
        slope = f.gradient(np.ones(2))
    assert slope.dtype == np.float64
    assert slope[0] == np.float64(np.float32(1 / 3))


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (lambda: Quadratic([[1, 2], [0, 1]], [0, 0]), ValueError, "symmetric"),
        (lambda: Quadratic([[1, 0]], [0]), ValueError, "square"),
        (lambda: Quadratic([[1, 0], [0, 1]], [0, 0, 0]), ValueError, "center must have shape"),
        (lambda: Quadratic([[1, 0], [0, np.nan]], [0, 0]), ValueError, "finite"),
        (lambda: Quadratic([[1, 0], [0]], [0, 0]), ValueError, "rectangular"),
        (lambda: Quadratic([["a"]], [0]), TypeError, "real numbers"),
        (lambda: Quadratic([[1j]], [0]), TypeError, "real numbers"),
        (lambda: Quadratic([[1]], [np.inf]), ValueError, "finite"),
        (lambda: Rosenbrock(1), ValueError, "at least 2"),
        (lambda: Rosenbrock(2.0), TypeError, "whole number"),
        (lambda: DoubleWell(0), ValueError, "at least 1"),
        (lambda: LogisticRegression([[1.0], [2.0]], [0, 2]), ValueError, "labels must all lie"),
        (lambda: LogisticRegression([[1.0], [2.0]], [-1, 0]), ValueError, "labels must all lie"),
        (lambda: LogisticRegression([[1.0], [2.0]], [1]), ValueError, "one per row"),
        (lambda: LogisticRegression([[1.0], [np.nan]], [0, 1]), ValueError, "finite"),
        (lambda: LeastSquaresMatrix([[1.0]], [[1.0], [2.0]]), ValueError, "rows"),
        (lambda: LeastSquaresMatrix([[1.0]], [[1.0]], [[1.0, 2.0]]), ValueError, "columns"),
        (lambda: Objective(3, 2), TypeError, "callable"),
        (lambda: Objective(lambda x: x, 2), TypeError, "one real scalar"),
        (lambda: Objective(lambda x: (jnp.sum(x), 1), 2), TypeError, "one real scalar"),
        (lambda: Objective(lambda x: 1, 2), TypeError, "one real scalar"),
        (lambda: Objective(lambda x: jnp.sum(x) > 0, 2), TypeError, "one real scalar"),
        (lambda: Objective(lambda x: np.sum(np.asarray(x)), 2), TypeError, "could not be traced"),
        (lambda: Objective(lambda x: x[0] @ x, 2), TypeError, "could not be traced"),
        (lambda: Objective(jnp.sum, -2), ValueError, "at least 1"),
        (lambda: Objective(jnp.sum, "2"), TypeError, "whole number"),
        (lambda: Objective(jnp.sum, 2, smoothness=-1), ValueError, "at least 0"),
        (lambda: Objective(jnp.sum, 2, smoothness=np.nan), ValueError, "finite"),
        (lambda: Objective(jnp.sum, 2, smoothness="1"), TypeError, "number or None"),
        (lambda: Objective(jnp.sum, 2, is_convex="yes"), TypeError, "is_convex"),
    ],
)
def test_bad_parameters_are_refused_when_the_loss_is_built(build, error, words):
    with pytest.raises(error, match=words):
        build()


def test_objective_that_cannot_be_differentiated_is_refused():
    def doubled(x):
        return jax.lax.while_loop(lambda s: s < 10, lambda s: 2 * s, jnp.sum(x))

    with pytest.raises(TypeError, match=r"jax\.grad"):
        Objective(doubled, 2)


def test_parse_objective_reads_calls_and_names():
    assert parse_objective("Rosenbrock(2)").shape == (2,)
    assert parse_objective(" DoubleWell(dim=3) ").shape == (3,)
    assert isinstance(parse_objective("Beale"), Beale)
    assert isinstance(parse_objective("Beale()"), Beale)
    np.testing.assert_array_equal(parse_objective("Quadratic([[1,0],[0,3]],[0.3,-4])").center, [0.3, -4.0])
    assert parse_objective("bowl") is example_objectives()["bowl"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rosenbrock(",
        "Rosenbrock(1)",
        "Rosenbrock(2, 3)",
        "Rosenbrock(width=2)",
        "Rosenbrock(**{'dim': 2})",
        "Unknown(2)",
        "Quadratic(numpy.eye(2), [0, 0])",
        "__import__('os').getcwd()",
        "Beale() + Beale()",
        "lambda: 0",
    ],
)
def test_parse_objective_refuses_everything_else_with_a_value_error(text):
    with pytest.raises(ValueError, match="objective"):
        parse_objective(text)
