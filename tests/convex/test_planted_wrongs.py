"""Each law catches what it is there to catch: wrong functions, planted one by one."""

import functools

import jax.numpy as jnp
import numpy as np
import pytest
from convex.laws import LAWS, observation, observe, violations

from lionlab.convex import ConvexFunction, Huber, L1Norm, L2Norm, LogCosh, LpNorm, Scaled
from lionlab.convex._norm import DualBallIndicator
from lionlab.convex._separable import SeparableConjugate


class NotConvex(L1Norm):
    def density(self, z):
        return jnp.sqrt(jnp.abs(z))


class NotZeroAtZero(L1Norm):
    def density(self, z):
        return jnp.abs(z) + 0.01


class SlightlyLongSubgradient(L1Norm):
    def selection(self, z):
        return 1.0001 * jnp.sign(z)


class WrongSign(L2Norm):
    def selection(self, z):
        return -super().selection(z)


class NotTheSubgradient(LpNorm):
    """In the dual ball, monotone, and wrong: the direction of p = 2."""

    def selection(self, z):
        return L2Norm().selection(z) / 2


class WideBox(L1Norm):
    @property
    def radius(self):
        return 1.001


class NarrowBox(L1Norm):
    @property
    def radius(self):
        return 0.999


class _Everywhere(SeparableConjugate):
    def value_within(self, y, allowance):
        return jnp.sum(self.primal.conjugate_density(self.projection(y)))


class FiniteOutside(L1Norm):
    def conjugate(self):
        return _Everywhere(self)


class _Naive(SeparableConjugate):
    def value_within(self, y, allowance):
        return jnp.sum((1 + y) * jnp.log(1 + y) + (1 - y) * jnp.log(1 - y)) / 4


class NaNOutside(LogCosh):
    def conjugate(self):
        return _Naive(self)


class WrongConstant(LogCosh):
    def conjugate_density(self, y):
        return 1.001 * super().conjugate_density(y)


class _NotBack(DualBallIndicator):
    def conjugate(self):
        return Scaled(self.norm, 1.001)


class ForgetfulConjugate(L2Norm):
    def conjugate(self):
        return _NotBack(self)


class WrongConjugateSelection(Huber):
    def conjugate_selection(self, y):
        return 1.001 * self.threshold * y


class WrongProxStep(L1Norm):
    def proximal(self, z, step):
        return super().proximal(z, 2 * step)


class WrongProxPair(L1Norm):
    """Moreau's identity holds, and both proximal maps are wrong."""

    def proximal(self, z, step):
        return z - step * self.conjugate_proximal(z / step, 1 / step)

    def conjugate_proximal(self, y, step):
        return jnp.clip(y, -0.9, 0.9)


class RadialProjection(LpNorm):
    def dual_ball_projection(self, y):
        return y / jnp.maximum(self.dual_norm(y), 1)

    def conjugate(self):
        return DualBallIndicator(self)


class _TimidExcess(DualBallIndicator):
    def excess(self, y):
        return 0.4 * super().excess(y)


class TimidExcess(L2Norm):
    def conjugate(self):
        return _TimidExcess(self)


class DeclaredHomogeneous(Huber):
    is_positively_homogeneous = True


class DeclaredSeparable(L2Norm):
    is_separable = True


class LongTruncation(L1Norm):
    def truncated_conjugate(self, y, bound):
        return super().truncated_conjugate(y, 1.001 * bound)


class ShortTruncation(L1Norm):
    def truncated_conjugate(self, y, bound):
        return super().truncated_conjugate(y, 0.999 * bound)


class TruncationOfTheRidge(Huber):
    """Right where K* is infinite, a little off inside."""

    def truncated_conjugate(self, y, bound):
        value, slope = super().truncated_conjugate(y, bound)
        return value + 0.001 * jnp.max(jnp.maximum(1 - jnp.abs(y), 0)) * jnp.min(jnp.abs(slope)), slope


WRONG = {
    "convex_along_segments": [NotConvex()],
    "zero_at_zero_and_nonnegative": [NotZeroAtZero()],
    "subgradient_inequality": [SlightlyLongSubgradient(), WrongSign(), NotTheSubgradient(3)],
    "fenchel_young_equality": [SlightlyLongSubgradient(), NarrowBox(), WrongConstant(2.0), NotTheSubgradient(3)],
    "fenchel_young_inequality": [WideBox(), FiniteOutside(), SlightlyLongSubgradient()],
    "conjugate_is_plus_infinity_outside": [FiniteOutside(), NaNOutside(2.0)],
    "biconjugate": [ForgetfulConjugate()],
    "conjugate_selection": [WrongConjugateSelection(0.5)],
    "monotone_selection": [WrongSign()],
    "moreau_identity": [WrongProxStep()],
    "prox_is_optimal": [WrongProxPair()],
    "projection_is_nearest": [RadialProjection(3)],
    "excess_bounds_the_distance": [TimidExcess()],
    "homogeneous_means_indicator": [DeclaredHomogeneous(0.5)],
    "separable_splits": [DeclaredSeparable()],
    "truncation_attains_its_value": [LongTruncation()],
    "truncation_is_a_supremum": [ShortTruncation()],
    "truncation_is_the_conjugate_inside": [TruncationOfTheRidge(0.5)],
}


def points_of_every_kind() -> tuple[np.ndarray, np.ndarray]:
    """64 pairs at scales from 0.1 to 10, with a zero vector, zero entries, ties, near and parallel pairs among them."""
    z, w = np.random.default_rng(0).normal(size=(2, 64, 3)) * np.geomspace(0.1, 10, 64)[:, None]
    z[0], z[1, 0], z[2] = 0, 0, 1
    z[3:20] = w[3:20] + 0.01 * z[3:20]
    z[44:] = 2 * w[44:]
    return z, w


@functools.cache
def violated_by(K: ConvexFunction, laws: tuple[str, ...]) -> dict[str, float]:
    return violations(K, observe(observation(K, laws), *points_of_every_kind(), 0.7, 2.0), laws)


def test_every_law_has_a_planted_wrong() -> None:
    assert WRONG.keys() == LAWS.keys()


@pytest.mark.parametrize(("law", "K"), [(law, K) for law, wrongs in WRONG.items() for K in wrongs], ids=str)
def test_the_law_catches_the_wrong_function(law: str, K: ConvexFunction) -> None:
    planted_in = tuple(law for law, wrongs in WRONG.items() if repr(K) in map(repr, wrongs))
    assert law in violated_by(K, planted_in)


class SignOfZeroIsOne(L1Norm):
    def selection(self, z):
        return jnp.where(z >= 0, jnp.ones_like(z), -jnp.ones_like(z))


def test_sign_of_zero_may_be_one() -> None:
    """1 is a subgradient of |·| at 0, so the laws allow it; only the documented choice is another."""
    assert violated_by(SignOfZeroIsOne(), tuple(LAWS)) == {}
    assert SignOfZeroIsOne().subgradient(0.0) != L1Norm().subgradient(0.0) == 0
