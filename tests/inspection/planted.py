"""Functions that are no K, each wrong in one way, and some that are: what `check_convex_function` must tell apart."""

import jax.numpy as jnp
import numpy as np

from lionlab.convex import CustomFunction, Huber, L1Norm, L2Norm, LogCosh, Scaled, SeparableFunction
from lionlab.convex._separable import SeparableConjugate


def absolute(z):
    return jnp.sum(jnp.abs(z))


def bowl(z):
    return jnp.sum(z**2) / 2


def softplus(z):
    """Smooth, not even, and of the growth max(z, 0): its K* is the binary entropy, on 0 ≤ y ≤ 1."""
    return jnp.sum(jnp.logaddexp(z, jnp.zeros_like(z)) - jnp.log(jnp.full_like(z, 2.0)))


def roots(z):
    return jnp.sum(jnp.sqrt(jnp.abs(z)))


def slopes_of_roots(z):
    return jnp.where(z == 0, 0.0, jnp.sign(z) / (2 * jnp.sqrt(jnp.abs(jnp.where(z == 0, 1.0, z)))))


def bumpy(z):
    """A bowl with a bump of width 0.2 and height 0.025 at (0.7, −0.35, 0.23, …), where its curvature is −1/4."""
    center = 0.7 / jnp.cumsum(jnp.full_like(z, -1.0)) * jnp.cumprod(jnp.full_like(z, -1.0))
    return bowl(z) + 0.025 * jnp.exp(-jnp.sum((z - center) ** 2) / 0.2**2)


def length(z):
    """Its derivative at 0 is 0/0."""
    return jnp.sqrt(jnp.sum(z**2))


def ratio(z):
    return jnp.sum(z**2) / jnp.sum(jnp.abs(z))


calls = 0


def counting(z):
    global calls
    calls += 1
    return bowl(z) * (1 + 1e-6 * calls)


def drawing(z):
    return bowl(z) + np.random.default_rng().normal() * 1e-3


def converting(z):
    return jnp.asarray(float(jnp.sum(jnp.abs(z))), z.dtype)


def leaking(z):
    return jnp.sum(jnp.asarray(0.5, jnp.float32) * z**2)


def narrow(z):
    return bowl(z.astype(jnp.float32)).astype(z.dtype)


def vector(z):
    return jnp.abs(z)


class ShortConjugate(LogCosh):
    def conjugate_density(self, y):
        return 0.99 * super().conjugate_density(y)


class LongConjugate(Huber):
    def conjugate_density(self, y):
        return 1.0001 * super().conjugate_density(y)


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
        return jnp.zeros((), y.dtype)


class WithoutInfinity(L1Norm):
    def conjugate(self):
        return _Everywhere(self)


class _NotBack(SeparableConjugate):
    def conjugate(self):
        return Scaled(L1Norm(), 1.001)


class Forgetful(L1Norm):
    def conjugate(self):
        return _NotBack(self)


class LongProx(L2Norm):
    def proximal(self, z, step):
        return super().proximal(z, 1.01 * step)


class Elastic(SeparableFunction):
    """k(z) = |z| + z²/2, right in every respect and a newcomer."""

    @property
    def radius(self):
        return float("inf")

    def density(self, z):
        return jnp.abs(z) + z**2 / 2

    def selection(self, z):
        return jnp.sign(z) + z

    def conjugate_density(self, y):
        return jnp.maximum(jnp.abs(y) - 1, 0) ** 2 / 2

    def conjugate_selection(self, y):
        return jnp.sign(y) * jnp.maximum(jnp.abs(y) - 1, 0)


WRONG = {
    "value": {
        "NaN at 0": CustomFunction(ratio, jnp.sign),
        "subgradient NaN at 0": CustomFunction(length, is_smooth=True),
        "no single number": CustomFunction(vector, jnp.sign),
        "minus infinity": CustomFunction(lambda z: jnp.sum(jnp.log(jnp.abs(z))), jnp.sign),
        "Python float": CustomFunction(converting, jnp.sign),
    },
    "purity": {
        "a counter": CustomFunction(counting, is_smooth=True),
        "random numbers": CustomFunction(drawing, is_smooth=True),
    },
    "dtype": {
        "a float32 constant": CustomFunction(leaking, is_smooth=True),
        "a float32 result": CustomFunction(lambda z: bowl(z.astype(jnp.float32)), lambda z: z),
        "a float32 subgradient": CustomFunction(bowl, lambda z: z.astype(jnp.float32)),
    },
    "convexity": {
        "roots": CustomFunction(roots, slopes_of_roots),
        "a bump": CustomFunction(bumpy, is_smooth=True),
        "a sine": CustomFunction(lambda z: jnp.sum(jnp.abs(z) + 0.01 * jnp.sin(z)), jnp.sign),
        "float32 inside": CustomFunction(narrow, lambda z: z),
    },
    "subgradient": {
        "too long": CustomFunction(absolute, lambda z: 1.0001 * jnp.sign(z)),
        "too short": CustomFunction(bowl, lambda z: (1 - 1e-5) * z),
        "of another function": CustomFunction(absolute, jnp.tanh),
        "its entries exchanged": CustomFunction(bowl, lambda z: jnp.roll(z, 1)),
        "its sign": CustomFunction(bowl, lambda z: -z),
    },
    "smooth": {
        "a kink": CustomFunction(absolute, jnp.sign, is_smooth=True),
        "a root": CustomFunction(
            lambda z: jnp.sum(jnp.abs(z) ** 1.5), lambda z: 1.5 * jnp.sign(z) * jnp.sqrt(jnp.abs(z)), is_smooth=True
        ),
        "a quartic": CustomFunction(lambda z: jnp.sum(z**4), is_smooth=True),
        "an exponential": CustomFunction(lambda z: jnp.sum(jnp.cosh(z / 3) - 1), is_smooth=True),
    },
    "positively homogeneous": {
        "a quadratic part": CustomFunction(
            lambda z: absolute(z) + 1e-6 * bowl(z), lambda z: jnp.sign(z) + 1e-6 * z, is_positively_homogeneous=True
        ),
        "a constant": CustomFunction(lambda z: absolute(z) + 1, jnp.sign, is_positively_homogeneous=True),
    },
    "separable": {
        "a length": CustomFunction(
            lambda z: jnp.sqrt(1 + jnp.sum(z**2)) - 1, lambda z: z / jnp.sqrt(1 + jnp.sum(z**2)), is_separable=True
        ),
    },
    "fenchel-young": {
        "K* scaled by 0.99": ShortConjugate(2.0),
        "K* scaled by 1.0001": LongConjugate(0.5),
        "dom K* too small": NarrowBox(),
    },
    "conjugate": {"K* never infinite": WithoutInfinity()},
    "domain": {"dom K* too large": WideBox()},
    "biconjugate": {"K** is not K": Forgetful()},
    "moreau": {"prox with a longer step": LongProx()},
}
"""check → name → a K that this check must refuse."""

RIGHT = {
    "bowl": CustomFunction(bowl, is_smooth=True),
    "softplus": CustomFunction(softplus, is_smooth=True),
    "hexagon": CustomFunction(
        lambda z: absolute(z) + jnp.abs(jnp.sum(z)),
        lambda z: jnp.sign(z) + jnp.sign(jnp.sum(z)),
        is_positively_homogeneous=True,
    ),
    "elastic": Elastic(),
    "quartic": CustomFunction(lambda z: jnp.sum(z**4), lambda z: 4 * z**3),
}


def declared(z):
    return jnp.sum(jnp.abs(z))


declared.subgradient = jnp.sign
not_a_function = 3.0


def unevaluable(z):
    return undefined_name + z  # noqa: F821


def of_two(z, w):
    return jnp.sum(z * w)


def made():
    return Huber(0.5)


def failing():
    raise RuntimeError("no threshold was given")


roots_of = WRONG["convexity"]["roots"]
short = WRONG["fenchel-young"]["K* scaled by 0.99"]
nan_at_zero = WRONG["value"]["NaN at 0"]
random = WRONG["purity"]["random numbers"]
