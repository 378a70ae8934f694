"""Where numbers lie: each of these has gone wrong somewhere, and stays right here."""

import math
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import VARIANTS, waiting

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    Norm,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SeparableFunction,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)
from lionlab.convex._function import is_within
from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision


def test_subgradients_at_zero_are_zero_where_automatic_derivatives_are_not() -> None:
    assert jax.grad(lambda x: jnp.abs(x))(0.0) == 1
    assert np.isnan(jax.grad(lambda x: jnp.sqrt(jnp.sum(x**2)))(jnp.zeros(2))).all()
    for K, shape in CATALOGUE.values():
        np.testing.assert_array_equal(K.subgradient(np.zeros(shape)), np.zeros(shape))


def test_a_rounded_tanh_is_on_the_boundary() -> None:
    """K* is finite there and ∂K* is empty, so its selection is infinite, not NaN."""
    face = LogCosh(1.0).subgradient(np.array([40.0, -40.0]))
    np.testing.assert_array_equal(face, [1.0, -1.0])
    for K in (LogCosh(1.0), PseudoHuber(1e-30)):
        assert np.isfinite(K.conjugate()(face))
        np.testing.assert_array_equal(K.conjugate().subgradient(face), [np.inf, -np.inf])
    assert LogCosh(1.0).conjugate()([1.0]) == pytest.approx(math.log(2), rel=1e-15)


def test_infinity_is_not_within_infinity() -> None:
    for excess, allowance in ((np.inf, np.inf), (np.nan, 1.0), (0.0, np.nan), (1.0, np.inf)):
        assert not is_within(jnp.asarray(excess), jnp.asarray(allowance))


@pytest.mark.parametrize("name", waiting(CATALOGUE, VARIANTS))
def test_no_conjugate_is_finite_at_nan_or_infinity(name: str) -> None:
    K, shape = CATALOGUE[name]
    conjugate = jax.jit(jax.vmap(K.conjugate().value))
    bad = np.zeros((4, math.prod(shape)), np.float32)
    bad[:, -1] = [np.nan, np.inf, -np.inf, 0]
    bad[0, 0] = np.inf
    np.testing.assert_array_equal(conjugate(bad.reshape(4, *shape)), [np.inf, np.inf, np.inf, 0])


def test_a_point_just_outside_is_outside() -> None:
    """1e-9 is far more than rounding in float64, and nothing at all in float32."""
    for K in (
        L1Norm(),
        L2Norm(),
        LinfNorm(),
        LpNorm(1.5),
        Huber(0.1),
        TopKL1(1),
        LogCosh(1.0),
        GroupL2Norm([[0], [1]]),
    ):
        boundary = K.subgradient(np.array([50.0, 0.0]))
        assert K.conjugate()(boundary) < np.inf
        assert K.conjugate()(boundary * (1 + 1e-9)) == np.inf
        assert K.conjugate()((boundary * (1 + 1e-9)).astype(np.float32)) < np.inf


def is_closed_form(K: ConvexFunction) -> bool:
    """No rule whose definition is itself a minimisation over a ball or a neighbourhood."""
    return isinstance(K, (Norm, SeparableFunction)) or (isinstance(K, Scaled) and is_closed_form(K.function))


LARGE: list[tuple[ConvexFunction, tuple[int, ...]]] = [
    *((K, (1000,)) for K in (
        L1Norm(), LpNorm(1.05), LpNorm(1.5), LpNorm(3), LpNorm(100), L2Norm(), LinfNorm(), TopKL1(300), Huber(0.1),
        LogCosh(5.0), PseudoHuber(0.1), DeadzoneL1(0.1), SortedL1Norm(np.linspace(2, 0, 1000)),
        GroupL2Norm(np.arange(1000).reshape(50, 20).tolist()), GroupL2Norm(np.arange(1000).reshape(2, 500).T.tolist()),
        Scaled(L2Norm(), 0.37), MoreauEnvelope(L1Norm(), 0.3), SquaredL2(0.1),
    )),
    *((K, (50, 30)) for K in (NuclearNorm(), SpectralNorm(), SchattenNorm(1.2), SchattenNorm(6), L2Norm())),
]  # fmt: skip


# The dtype is compiled anew, and decides nothing but the size of a unit: one of each way to compute is in both.
IN_BOTH = (LpNorm(1.05), GroupL2Norm, LogCosh(5.0), SortedL1Norm, NuclearNorm(), SchattenNorm(1.2))
CASES = [(K, shape, dtype) for dtype in (np.float32, np.float64) for K, shape in LARGE]
WAIT = [case for case in CASES if case[2] is np.float64 and case[0] not in IN_BOTH and type(case[0]) not in IN_BOTH]


@pytest.mark.parametrize("case", waiting(CASES, WAIT), ids=lambda case: f"{str(case[0])[:30]}-{case[2].__name__}")
def test_conjugate_is_finite_at_subgradients_in_large_dimension(case: tuple) -> None:
    K, shape, dtype = case
    at_selection = jax.jit(jax.vmap(lambda z: K.conjugate().value(K.selection(z))))
    z = np.random.default_rng(0).normal(size=(8, *shape)) * np.geomspace(1e-3, 1e3, 8).reshape(8, *(1,) * len(shape))
    with double_precision():
        assert np.isfinite(at_selection(jnp.asarray(z, dtype))).all()


def test_polar_factor_is_zero_on_the_null_part() -> None:
    rank_one = np.outer([1.0, 2.0, 2.0], [3.0, 4.0])
    np.testing.assert_allclose(NuclearNorm().subgradient(rank_one), rank_one / 15, atol=1e-15)


def test_formulas_keep_their_digits_at_the_ends() -> None:
    """Series for small arguments, asymptotes for large ones: LogCosh, PseudoHuber, and both conjugates."""
    small, large, u = 1e-8, 1e300, 4 * np.finfo(float).eps
    assert LogCosh(2.0)(small) == pytest.approx(small**2, rel=u)
    assert LogCosh(2.0)(large) == large
    assert PseudoHuber(0.5)(small) == pytest.approx(small**2, rel=u)
    assert PseudoHuber(0.5)(large) == large
    assert Huber(0.5)(large) == large
    assert PseudoHuber(0.5).conjugate()(small) == pytest.approx(0.25 * small**2, rel=u)
    assert LogCosh(2.0).conjugate()(small) == pytest.approx(0.25 * small**2, rel=u)
    assert L2Norm()([3e200, 4e200]) == pytest.approx(5e200, rel=u)
    assert LpNorm(3)([1e-200, 0]) == pytest.approx(1e-200, rel=u)


@pytest.mark.parametrize("scale", [1e20, 1e150])
def test_projections_of_far_points_keep_the_digits_of_the_answer(scale: float) -> None:
    """y − 1 is y in floating point here, so differences of large numbers must never appear."""
    tie = np.array([scale, -scale, 1.0])
    np.testing.assert_allclose(LinfNorm().conjugate().domain_projection(tie), [0.5, -0.5, 0], atol=1e-15)
    np.testing.assert_allclose(TopKL1(1).conjugate().domain_projection(tie), [0.5, -0.5, 0], atol=1e-15)
    sorted_l1 = SortedL1Norm([2.0, 1.0, 0.5]).conjugate()
    np.testing.assert_allclose(sorted_l1.domain_projection(tie), [1.5, -1.5, 0.5], atol=1e-15)
    third = 2 ** (-1 / 3)
    np.testing.assert_allclose(LpNorm(1.5).conjugate().domain_projection(tie), [third, -third, 0], atol=1e-9)


def test_nested_rules_follow_numpy_in_any_dtype_whatever_the_flag() -> None:
    K = Scaled(MoreauEnvelope(NuclearNorm(), 0.1), 2.0)
    for dtype in (np.float32, np.float64):
        z = np.random.default_rng(0).normal(size=(3, 2)).astype(dtype)
        y = K.subgradient(z)
        for result in (K(z), y, K.prox(z, 0.5), K.conjugate()(y), K.conjugate().domain_projection(z)):
            assert isinstance(result, np.ndarray)
            assert result.dtype == dtype
    assert not jax.config.jax_enable_x64
    assert isinstance(K(jnp.ones((2, 2))), jax.Array)


@pytest.mark.parametrize("name", waiting(CATALOGUE, VARIANTS))
def test_compiled_and_batched_is_the_same_function(name: str) -> None:
    K, shape = CATALOGUE[name]
    z = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32) / 4
    batched = jax.jit(jax.vmap(lambda x: (K.value(x), K.selection(x))))(z)
    for i in range(2):
        np.testing.assert_allclose(K(z[i]), batched[0][i], rtol=1e-5)
        np.testing.assert_allclose(K.subgradient(z[i]), batched[1][i], rtol=1e-4, atol=1e-5)


VECTOR_EXAMPLES = [name for name, (K, shape) in CATALOGUE.items() if len(shape) == 1 and is_closed_form(K)]


@pytest.mark.parametrize("name", VECTOR_EXAMPLES)
def test_what_runs_at_every_step_has_no_loop(name: str) -> None:
    """Iterations belong to proximal maps and projections; a loop in a scan over small states costs a hundredfold."""
    K, shape = CATALOGUE[name]

    def at_every_step(z: jax.Array) -> object:
        conjugate, one = K.conjugate(), jnp.ones((), z.dtype)
        ours = K.value(z), K.selection(z), K.truncated_conjugate(z, one)
        return ours, conjugate.excess(z), conjugate.value_within(z, one), conjugate.selection(z)

    program = str(jax.make_jaxpr(at_every_step)(jnp.ones(shape)))
    assert not {"while", "scan", "scatter", "scatter-add"} & set(re.findall(r"[\w-]+(?=\[)", program))


def test_parameters_may_be_traced() -> None:
    def prox(threshold: jax.Array) -> jax.Array:
        return Huber(threshold).proximal(jnp.ones(2), jnp.ones(()))

    np.testing.assert_allclose(jax.jit(prox)(1.0), [0.5, 0.5])
