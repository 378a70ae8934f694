"""Sums, infimal convolutions, translations and functions seen through a matrix obey every law of convex analysis."""

import functools
from collections.abc import Collection

import hypothesis
import hypothesis.extra.numpy as hnp
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from convex.calculus_examples import CONVOLUTIONS, DIFFERENCES, EXAMPLES, HAS_A_SCALE, ROTATION, SKEWED
from convex.laws import LAWS, Observed, observation, observe
from hypothesis import strategies as st
from strategies import entries, points
from tiers import waiting

from lionlab.convex import (
    ConvexFunction,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    MoreauEnvelope,
    Precomposed,
    Scaled,
    SquaredL2,
    Sum,
    TopKL1,
    Translated,
)
from lionlab.convex._entrywise_sum import EntrywiseSum, EntrywiseSumConjugate
from lionlab.convex._euclidean_sum import EuclideanSum, Widened
from lionlab.convex._image import Image
from lionlab.convex._norm_sum import NormSum
from lionlab.convex._translated import TranslatedConjugate
from lionlab.precision import double_precision

BATCH, EXAMPLE_COUNT = 6, 12
LARGEST_PARAMETER = 32.0  # what the examples' shifts, slopes, matrices and steps can make of a rounding of 1


@functools.lru_cache(maxsize=4)
def compiled_for(name: str):
    return observation(EXAMPLES[name].function)


def ordinary_points(count: int, shape: tuple[int, ...], dtype: str) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(dtype, (count, *shape), elements=entries(dtype))


def violations(K: ConvexFunction, o: Observed, has_a_scale: bool, names: Collection[str] = LAWS) -> dict[str, float]:
    """Law → the worst violation, for the laws that are violated; with a scale of its own, K(0) = 0 up to rounding."""
    laws = {name: LAWS[name] for name in names}
    if has_a_scale:
        o["floor"] = o["floor"] + LARGEST_PARAMETER * o["unit"] * (1 + np.max(np.abs(o["z"]), axis=-1))
        laws.pop("zero_at_zero_and_nonnegative", None)
        assert np.all(o.get("K(z)", 0) >= -o["floor"])
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        worst = {name: float(np.max(check(K, o))) for name, check in laws.items()}
    return {name: value for name, value in worst.items() if not value <= 1}


# One example of every form of computation; a dtype is compiled anew.
IN_SINGLE_PRECISION = (
    "l1 + huber", "elastic net", "sparse groups", "huber + l2", "l1 and l2", "recentred top 1", "rotated l1",
    "skewed l1", "total variation",
)  # fmt: skip


CASES = [*((name, "float64") for name in EXAMPLES), *((name, "float32") for name in IN_SINGLE_PRECISION)]
EVERY_TIME = [(name, "float64") for name in IN_SINGLE_PRECISION]


@pytest.mark.parametrize("case", waiting(CASES, [case for case in CASES if case not in EVERY_TIME]), ids=" ".join)
def test_every_law_holds(case: tuple[str, str]) -> None:
    name, dtype = case
    K, shape = EXAMPLES[name]
    compiled, tried = compiled_for(name), ordinary_points if name in HAS_A_SCALE else points

    @hypothesis.settings(deadline=None, max_examples=EXAMPLE_COUNT)
    @hypothesis.given(
        z=tried(BATCH, shape, dtype), w=tried(BATCH, shape, dtype),
        step=st.sampled_from([0.125, 1.0, 7.0]), bound=st.sampled_from([0.5, 3.0]),
    )  # fmt: skip
    def laws(z: np.ndarray, w: np.ndarray, step: float, bound: float) -> None:
        assert violations(K, observe(compiled, z, w, step, bound), name in HAS_A_SCALE) == {}

    laws()


class _Narrow(Widened):
    def projection(self, y):
        return Widened(self.function, 0.999 * self.weight).projection(y)


class NarrowDomain(EuclideanSum):
    def conjugate(self):
        return _Narrow(self.function, self.weight)


class _FirstPartOnly(EntrywiseSumConjugate):
    """A jump goes to the first term whole."""

    def _parts(self, y):
        first, *others = super()._parts(y)
        rest = sum(part - 0.999 * part for part in others)
        return [first + rest, *(0.999 * part for part in others)]


class WrongSplit(EntrywiseSum):
    def conjugate(self):
        return _FirstPartOnly(self)


class _Unmoved(TranslatedConjugate):
    """⟨a, y⟩ in place of ⟨a, y − s⟩."""

    def linear(self, z):
        return jnp.sum(self._slope(z) * z) + self.offset


class ForgottenSlope(Translated):
    def conjugate(self):
        return _Unmoved(self.function.conjugate(), self.slope, self.shift, -self.offset)


class _Transposed(Image):
    def preimage(self, y):
        return jnp.matmul(jnp.asarray(self.map.inverse, y.dtype), y)


class ForgottenTranspose(Precomposed):
    def conjugate(self):
        return _Transposed(self.function.conjugate(), self.matrix)


class SwappedOrder(NormSum):
    """prox_inner after prox_outer."""

    def proximal(self, z, step):
        return self.inner.proximal(self.outer.proximal(z, step), step)


RECENTRED = Translated.recentred(LogCosh(1.0), [0.5, -1.0, 0.0])
WRONG: list[tuple[str, ConvexFunction]] = [
    ("excess_bounds_the_distance", NarrowDomain(Huber(0.5), 1.0)),
    ("fenchel_young_equality", WrongSplit((L1Norm(), Huber(0.5)))),
    ("fenchel_young_equality", ForgottenSlope(LogCosh(1.0), RECENTRED.shift, RECENTRED.slope, RECENTRED.offset)),
    ("fenchel_young_equality", ForgottenTranspose(L1Norm(), SKEWED)),
    ("prox_is_optimal", SwappedOrder(L1Norm(), L2Norm())),
]


@pytest.mark.parametrize(("law", "K"), WRONG, ids=[type(K).__name__ for _, K in WRONG])
def test_a_planted_wrong_is_caught(law: str, K: ConvexFunction) -> None:
    z, w = np.random.default_rng(0).normal(size=(2, 64, 3)) * np.geomspace(0.1, 10, 64)[:, None]
    assert law in violations(K, observe(observation(K, [law]), z, w, 0.7, 2.0), has_a_scale=True, names=[law])


def test_a_rule_gives_the_textbooks_function() -> None:
    """Where a sum, a convolution or a prox is known under another name."""
    z, y = np.random.default_rng(1).normal(size=(2, 4)) * 2
    pairs = [
        (InfimalConvolution([L1Norm(), SquaredL2(2.0)]), Huber(0.5)),
        (InfimalConvolution([LinfNorm(), SquaredL2(4.0)]), MoreauEnvelope(LinfNorm(), 0.25)),
        (InfimalConvolution([L2Norm(), Scaled(L2Norm(), 3.0)]), L2Norm()),
        (Sum([SquaredL2(1.0), SquaredL2(2.0)]), SquaredL2(3.0)),
        (Sum([L1Norm(), Scaled(L1Norm(), 2.0)]), Scaled(L1Norm(), 3.0)),
        (Sum([L2Norm(), L2Norm()]), Scaled(L2Norm(), 2.0)),
        (Precomposed(L2Norm(), np.eye(4)[::-1]), L2Norm()),
        (Precomposed(Huber(0.5), np.diag([2.0, 2, 2, 2])), Scaled(Huber(0.25), 2.0)),
        (Translated(Huber(0.5), 0.0), Huber(0.5)),
    ]  # fmt: skip

    def seen(K: ConvexFunction):
        conjugate = K.conjugate()
        return K.value(at), K.proximal(at, step), conjugate.value(far), conjugate.value(near)

    with double_precision():
        at, far, near, step = jnp.asarray(z), jnp.asarray(y), jnp.asarray(0.1 * y), jnp.asarray(0.7)
        found = jax.jit(lambda: [(seen(ours), seen(known)) for ours, known in pairs])()
    for ours, known in found:
        for a, b in zip(ours, known, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)


def test_a_slope_moves_the_constraint_set() -> None:
    """K = ‖z‖₁ + ⟨c, z⟩ keeps λx in the box of half-width 1 around c."""
    c = np.array([3.0, -0.5])
    conjugate = Translated(L1Norm(), 0.0, slope=c).conjugate()
    assert conjugate(c + np.array([1, -1])) == 0
    assert conjugate(c + np.array([1.001, 0])) == np.inf
    np.testing.assert_array_equal(conjugate.domain_projection([0.0, 0.0]), [2, 0])


def test_recentred_is_zero_at_zero_and_nowhere_below() -> None:
    K = Translated.recentred(LogCosh(1.0), [0.5, -1.0, 0.0])
    assert K(np.zeros(3)) == pytest.approx(0, abs=1e-16)
    np.testing.assert_array_equal(K.subgradient(np.zeros(3)), np.zeros(3))
    assert K.conjugate()(np.zeros(3)) == pytest.approx(0, abs=1e-16)


def test_predicates_follow_from_the_terms() -> None:
    smooth, kinked, norm = Huber(0.5), L1Norm(), L2Norm()
    assert Sum([smooth, SquaredL2()]).is_smooth
    assert not Sum([smooth, kinked]).is_smooth
    assert InfimalConvolution([smooth, kinked]).is_smooth
    assert not InfimalConvolution([kinked, norm]).is_smooth
    assert Sum([kinked, norm]).is_positively_homogeneous
    assert not Sum([kinked, smooth]).is_positively_homogeneous
    assert Sum([kinked, smooth]).is_separable
    assert not Sum([kinked, norm]).is_separable
    assert Sum([LogCosh(1.0), SquaredL2()]).is_twice_differentiable
    assert Translated(smooth, 0.5).is_smooth
    assert Translated(smooth, 0.5).is_separable
    assert not Translated(kinked, 0.5).is_positively_homogeneous
    assert Precomposed(kinked, np.diag([1.0, 2.0])).is_separable
    assert not Precomposed(kinked, ROTATION).is_separable
    assert Precomposed(kinked, ROTATION).is_positively_homogeneous
    assert not Precomposed(kinked, DIFFERENCES).is_positively_homogeneous


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_the_conjugate_of_a_convolution_is_the_sum_of_conjugates(name: str) -> None:
    K, shape = CONVOLUTIONS[name]
    for y in np.random.default_rng(3).normal(size=(3, *shape)) * 0.3:
        terms = [float(function.conjugate()(y)) for function in K.functions]
        assert float(K.conjugate()(y)) == pytest.approx(sum(terms), rel=1e-14)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Sum([]), ValueError, "Sum: functions is empty"),
        (lambda: Sum(L1Norm()), TypeError, "Sum: functions must be a list of convex functions"),
        (lambda: Sum([L1Norm, L2Norm()]), TypeError, r"Write L1Norm\(…\)"),
        (lambda: InfimalConvolution([]), ValueError, "InfimalConvolution: functions is empty"),
        (lambda: Translated(L1Norm(), [0.0, np.nan]), ValueError, "shift must be finite, got nan"),
        (lambda: Translated(L1Norm(), "left"), TypeError, "shift must be a number or an array"),
        (lambda: Translated(L1Norm(), 0.0, 0.0, np.inf), ValueError, "offset must be finite, got inf"),
        (lambda: Translated(2, 0.0), TypeError, "Translated needs a convex function"),
        (lambda: Translated(L1Norm(), [1.0, 2.0])(np.ones(3)), ValueError, r"shift has shape \(2,\), z has"),
        (lambda: Translated.recentred(L2Norm().conjugate(), [2.0]), ValueError, r"K\(-shift\) is inf"),
        (lambda: Precomposed(L1Norm(), 2.0), ValueError, "two axes"),
        (lambda: Precomposed(L1Norm(), np.zeros((2, 2))), ValueError, "not 0"),
        (lambda: Precomposed(L1Norm(), np.eye(2))(np.ones(3)), ValueError, "does not multiply an array of shape"),
        (lambda: Precomposed(L1Norm(), [[1, 1], [1, 1 + 1e-6]]).prox([1, 2], 1), ValueError, "number <= 1000"),
        (lambda: InfimalConvolution([TopKL1(1), LinfNorm()])(np.ones(2)), ValueError, "no rule for the conjugate"),
        (lambda: Sum([L2Norm().conjugate(), TopKL1(1).conjugate(), LinfNorm().conjugate()]).domain_distance(np.ones(2)),
         ValueError, "no rule for the nearest point of two domains"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_well_is_refused_in_words(build, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        build()


@pytest.mark.parametrize("K", [SquaredL2(), Huber(0.5), LinfNorm()], ids=repr)
def test_a_sum_with_a_translated_function_keeps_its_proximal_point(K: ConvexFunction) -> None:
    """A shift rounds what is tiny to 0, which must not be taken for the proximal point."""
    total = Sum([Translated.recentred(K, [0.3, -0.7, 0.2]), L2Norm()])
    for z in np.array([[5.0, -4.0, 3.0], [0.1, 0.1, 0.1], [-1.0, 2.0, 50.0]]):
        nearby = total.prox(z, 0.7)
        slope = (z - nearby) / 0.7
        # ∂K has (z − u)/τ at u: the Fenchel–Young gap of the two is 0, up to the rounding of numbers up to 50².
        assert abs(total.fenchel_young_gap(nearby, slope)) <= 1e-12 * (1 + z @ z)
        assert abs(total.fenchel_young_gap(z, total.subgradient(z))) <= 1e-12 * (1 + z @ z)
