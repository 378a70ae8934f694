"""What an argument must be is refused in a sentence, and infinities and NaN never come out as ordinary numbers."""

import functools
import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tiers import VARIANTS, waiting

from lionlab.convex import GroupL2Norm, L1Norm, L2Norm, LinfNorm, NuclearNorm, SeparableSum, SortedL1Norm
from lionlab.convex.catalogue import CATALOGUE
from lionlab.precision import double_precision


@pytest.mark.parametrize("step", [0, -1, -0.5, math.nan, math.inf, np.float32(-2), np.array(0.0), jnp.asarray(-1.0)])
def test_a_step_that_is_not_positive_is_refused(step: object) -> None:
    with pytest.raises(ValueError, match=f"step must be finite and > 0, got {float(step):g}"):  # type: ignore[arg-type]
        L1Norm().prox([2.0, 3.0], step)


def test_a_traced_step_is_taken_as_it_is() -> None:
    np.testing.assert_array_equal(jax.jit(L1Norm().prox)(jnp.asarray([2.0, 0.5]), 1.0), [1.0, 0.0])


def test_a_gap_of_different_shapes_is_refused() -> None:
    for z, y in (([1.0, 2.0], [1.0]), (np.ones((2, 3)), np.ones(3)), (jnp.ones(2), jnp.ones(()))):
        with pytest.raises(ValueError, match="must have the same shape, got"):
            L2Norm().fenchel_young_gap(z, y)


@pytest.mark.parametrize("K", [L1Norm(), L2Norm(), LinfNorm(), NuclearNorm()], ids=repr)
@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_an_empty_array_is_refused(K, shape: tuple[int, ...]) -> None:
    empty = np.zeros(shape)
    for call in (
        K, K.subgradient, K.conjugate().domain_distance, K.conjugate().domain_projection,
        lambda z: K.prox(z, 1.0), lambda z: K.fenchel_young_gap(z, z),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"at least one entry, got shape \(0,"):
            call(empty)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: GroupL2Norm(3), r"groups must be a list of index lists such as \[\[0, 1\], \[2\]\], got 3"),
        (lambda: GroupL2Norm([0, 1]), r"got \[0, 1\]"),
        (lambda: SortedL1Norm(3), "weights must be a list"),
        (lambda: SeparableSum(L1Norm()), "functions must be a list of convex functions"),
    ],
)
def test_what_is_no_list_is_named(build, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        build()


def with_entry(shape: tuple[int, ...], place: int, entry: float, rest: float) -> np.ndarray:
    z = np.full(math.prod(shape), rest)
    z[place] = entry
    return z.reshape(shape)


@functools.cache
def operations(name: str) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """All that a K of the catalogue is asked, compiled together: a program for each takes several times as long."""
    K = CATALOGUE[name].function

    @jax.jit
    def asked(z: jax.Array) -> dict[str, jax.Array]:
        return {
            "K": K(z), "K*": K.conjugate()(z), "subgradient": K.subgradient(z), "prox": K.prox(z, 0.5),
            "projection": K.conjugate().domain_projection(z), "distance": K.conjugate().domain_distance(z),
            "distance of K": K.domain_distance(z), "gap": K.fenchel_young_gap(z, z),
        }  # fmt: skip

    def answered(z: np.ndarray) -> dict[str, np.ndarray]:
        with double_precision():
            return {what: np.asarray(value) for what, value in asked(jnp.asarray(z)).items()}

    return answered


@pytest.mark.parametrize("rest", [0.0, 0.5])
@pytest.mark.parametrize("infinity", [math.inf, -math.inf])
@pytest.mark.parametrize("name", waiting(CATALOGUE, VARIANTS))
def test_an_infinite_argument_is_infinitely_far(name: str, infinity: float, rest: float) -> None:
    """Every K of the catalogue grows without bound, and so does every distance."""
    shape = CATALOGUE[name].shape
    for place in (0, math.prod(shape) - 1):
        found = operations(name)(with_entry(shape, place, infinity, rest))
        assert [found[what] for what in ("K", "K*", "distance of K", "distance")] == [math.inf] * 4
    everywhere = operations(name)(np.full(shape, infinity))
    assert [everywhere[what] for what in ("K", "distance")] == [math.inf, math.inf]


@pytest.mark.parametrize("rest", [0.0, 2.5])
@pytest.mark.parametrize("name", waiting(CATALOGUE, VARIANTS))
def test_nan_never_becomes_a_number(name: str, rest: float) -> None:
    shape = CATALOGUE[name].shape
    for place in (0, math.prod(shape) - 1):
        found = operations(name)(with_entry(shape, place, math.nan, rest))
        assert [what for what, value in found.items() if np.all(np.isfinite(value))] == []
        assert np.isnan([found["K"], found["K*"]]).all()
