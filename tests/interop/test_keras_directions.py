"""∇K in keras.ops is the element of ∂K that K itself returns: on every K of the catalogue, at ties, 0 and NaN."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from interop.keras_runs import BACKEND, numpy, tensor
from tiers import VARIANTS

from lionlab.convex import (
    CustomFunction,
    DeadzoneL1,
    GroupL2Norm,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SortedL1Norm,
    SquaredL2,
    TopKL1,
    Translated,
)
from lionlab.convex.catalogue import CATALOGUE, Example
from lionlab.keras._direction import direction, require_direction, without_form
from lionlab.precision import unit_roundoff

# Envelopes and translations that the catalogue has no line for, each with a form of its own.
MORE = {
    "envelope of group": Example(MoreauEnvelope(GroupL2Norm([[0, 3], [1], [2, 4]]), 0.7), (5,)),
    "envelope of spectral": Example(MoreauEnvelope(SchattenNorm(np.inf), 0.4), (3, 2)),
    "envelope of squared": Example(MoreauEnvelope(SquaredL2(2.0), 0.5), (3,)),
    "envelope of envelope": Example(MoreauEnvelope(MoreauEnvelope(L2Norm(), 0.2), 0.3), (3,)),
    "envelope of lp 2": Example(MoreauEnvelope(LpNorm(2), 0.2), (3,)),
    "translated": Example(Translated(LogCosh(2.0), [0.1, -0.2, 0.3], 0.5), (3,)),
}
EXAMPLES = CATALOGUE | MORE
# What every direction is made of: sums of up to 16 entries, quotients, powers and library functions; an SVD of a small
# matrix has a backward error of a few times its size, and the gap between singular values is of the order of 1 here.
ROUNDINGS = 64


def points(shape: tuple[int, ...]) -> np.ndarray:
    """Points without ties, in float32: an ordinary one, a sparse and large one, a small one, and 0."""
    random = np.random.default_rng(0)
    ordinary, other = random.normal(size=(2, *shape))
    sparse = np.where(random.random(shape) < 0.5, 0, other)
    return np.stack([ordinary, 1e4 * sparse, 1e-4 * other, 0 * sparse]).astype(np.float32)


@pytest.fixture(scope="module")
def expected(request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    """K.selection at every point, compiled once for the catalogue, whose variants wait for the thorough run."""
    waits = set() if request.config.getoption("--thorough") else VARIANTS

    chosen = [(name, example) for name, example in EXAMPLES.items() if name not in waits]

    def everywhere() -> dict[str, jax.Array]:
        return {name: jax.lax.map(K.selection, jnp.asarray(points(shape))) for name, (K, shape) in chosen}

    return jax.tree.map(np.asarray, jax.jit(everywhere)())


def test_every_direction_is_the_subgradient_of_k(expected) -> None:
    worst = {}
    for name in expected:
        K, shape = EXAMPLES[name]
        if without_form(K) is not None and BACKEND != "jax":
            continue
        found = np.stack([numpy(direction(K, tensor(z))) for z in points(shape)])
        assert found.dtype == np.float32, name
        scale = np.max(np.abs(expected[name]), axis=tuple(range(1, found.ndim)), keepdims=True)
        error = np.abs(found - expected[name]) / np.where(scale > 0, scale, 1)
        worst[name] = float(np.max(error)) / unit_roundoff(np.float32)
    wrong = {name: error for name, error in worst.items() if not error <= ROUNDINGS}
    assert not wrong


def test_only_a_k_without_a_formula_has_none() -> None:
    assert {name for name, (K, _) in EXAMPLES.items() if without_form(K) is not None} == {"infimal convolution"}


TIED = [
    (LinfNorm(), [1, -2, 2, -2], [0, -1, 0, 0]),
    (TopKL1(2), [1, -2, 2, -2], [0, -1, 1, 0]),
    (TopKL1(3), [1, 1, -1, 1, 0], [1, 1, -1, 0, 0]),
    (TopKL1(9), [1, -2, 0], [1, -1, 0]),
    (SortedL1Norm([4, 3, 2, 1]), [1, -2, 2, -1], [2, -4, 3, -1]),
    (DeadzoneL1(0.5), [0.5, -0.5, np.nextafter(np.float32(0.5), np.float32(1)), 0], [0, 0, 1, 0]),
    (L1Norm(), [0.0, -0.0, 2e-38, -3e38], [0, 0, 1, -1]),
    (GroupL2Norm([[0, 2], [1, 3]]), [0, 3, 0, -4], [0, 0.6, 0, -0.8]),
]


@pytest.mark.parametrize(("K", "z", "expected"), TIED, ids=lambda value: repr(value)[:30])
def test_ties_go_to_the_lowest_index_and_zero_to_zero(K, z: list[float], expected: list[float]) -> None:
    z = np.asarray(z, np.float32)
    found = numpy(direction(K, tensor(z)))
    np.testing.assert_array_max_ulp(found, np.asarray(expected, np.float32), 2)
    np.testing.assert_array_max_ulp(found, np.asarray(K.selection(jnp.asarray(z))), 2)


EXTREME = [L1Norm(), L2Norm(), LpNorm(1.5), LpNorm(3), PseudoHuber(0.5), GroupL2Norm([[0, 1, 2, 3]]), TopKL1(2)]


@pytest.mark.parametrize("scale", [1e-36, 1e37], ids=["tiny", "huge"])
@pytest.mark.parametrize("K", EXTREME, ids=repr)
def test_nothing_overflows_or_vanishes(K, scale: float) -> None:
    z = np.array([3, -4, 1, 2], np.float32)
    found = numpy(direction(K, tensor(z * np.float32(scale))))
    if isinstance(K, PseudoHuber):
        expected = np.sign(z) if scale > 1 else z * np.float32(scale) / K.threshold
    else:
        expected = numpy(direction(K, tensor(z)))
    np.testing.assert_allclose(found, expected, rtol=ROUNDINGS * unit_roundoff(np.float32))


@pytest.mark.parametrize("name", ["l1", "dead zone", "huber", "log cosh", "pseudo huber", "l2", "lp 1.5", "top 2",
                                  "sorted l1", "group", "linf", "nuclear", "squared", "envelope of linf"])  # fmt: skip
def test_nan_stays_nan(name: str) -> None:
    K, shape = EXAMPLES[name]
    z = np.ones(shape, np.float32)
    z.flat[1] = np.nan
    assert np.isnan(numpy(direction(K, tensor(z))).flat[1])


@pytest.mark.parametrize("name", ["huber", "l2", "lp 3", "top 2", "group", "nuclear", "sorted l1", "envelope of l2"])
def test_half_precision_is_the_rounded_direction(name: str) -> None:
    import keras

    K, shape = EXAMPLES[name]
    z = keras.ops.cast(tensor(points(shape)[0]), "bfloat16")
    found = direction(K, z)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    expected = numpy(direction(K, keras.ops.cast(z, "float32")))
    # One rounding to bfloat16; elementwise forms round in between, too.
    error = numpy(keras.ops.cast(found, "float32")) - expected
    assert np.max(np.abs(error)) <= 4 * 2.0**-9 * np.max(np.abs(expected))


class Doubled(L1Norm):
    """2‖·‖₁, by inheritance: the form of ‖·‖₁ would be wrong for it."""

    def selection(self, z: jax.Array) -> jax.Array:
        return 2 * jnp.sign(z)


def test_a_k_of_the_users_is_taken_at_its_word_on_jax_and_refused_elsewhere() -> None:
    z = np.array([0.3, -2, 0], np.float32)
    smooth = CustomFunction(lambda z: jnp.sum(jnp.sqrt(1 + z**2) - 1), is_smooth=True)
    for K, expected in ((Doubled(), 2 * np.sign(z)), (smooth, z / np.sqrt(1 + z**2))):
        for whole in (K, Scaled(K, 3.0)):
            if BACKEND != "jax":
                with pytest.raises(
                    TypeError, match=f"is written in JAX, and Keras runs on {BACKEND}. Set KERAS_BACKEND"
                ):
                    require_direction(whole)
                continue
            require_direction(whole)
            factor = 3 if whole is not K else 1
            np.testing.assert_allclose(numpy(direction(whole, tensor(z))), factor * expected, rtol=1e-6)


def test_matrix_norms_take_no_vector_before_anything_is_computed() -> None:
    from interop.keras_runs import keras

    from lionlab.keras import LionK

    for K in (NuclearNorm(), GroupL2Norm([[0], [1]]), SortedL1Norm([1.0])):
        with pytest.raises(ValueError, match=r"K does not take the variable 'bias' of shape \(3,\)"):
            LionK(K=K).build([keras.Variable(np.zeros(3), name="bias")])
