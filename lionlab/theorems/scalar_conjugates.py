"""k*(y) of a smooth convex k of one variable, at many y at once, between two bounds.

yz − k(z) ≤ k*(y) ≤ w k*(g₋) + (1 − w) k*(g₊),     g∓ = k'(z∓),  y = w g₋ + (1 − w) g₊,  k*(k'(z)) = k'(z)z − k(z)
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..conjugation import ScalarConjugate, scalar_conjugate
from ._claim import Claim, Measurement, Run, Wrong
from ._conjugate_samples import UNIT

WIDTH = 1e-10
FLOOR = 1e-13
"""Below this, in units of the size 1 that these k have at 1, a value is lost in the rounding of k."""


class Scalar(NamedTuple):
    """k as a JAX function, k* on its domain in NumPy, the ends of that domain, and the points y to ask at."""

    label: str
    function: Callable[[Array], Array]
    conjugate: Callable[[np.ndarray], np.ndarray]
    recession: tuple[float, float]
    points: np.ndarray


def _root(z: Array) -> Array:
    return z * z / (1 + jnp.sqrt(1 + z * z))


def _quartic(z: Array) -> Array:
    return z**4 / 4


def _exponential(z: Array) -> Array:
    return jnp.expm1(z) - z


def _parabola(z: Array) -> Array:
    return 1.5 * z * z


def _relative_entropy(y: np.ndarray) -> np.ndarray:
    return (1 + y) * np.log1p(y) - y


def examples(run: Run) -> Sequence[Scalar]:
    """Slopes that end on both sides, on one and on none, with curvature that vanishes at 0 or grows without bound."""
    rng = np.random.default_rng(run.seed)
    inside = np.concatenate([rng.uniform(-0.99, 0.99, 40), [0.0, 1e-3, -0.999, 0.999]])
    near = np.array([-3.0, -1.001, 1.001, 3.0])
    wide = np.concatenate([inside, near, [30.0, 1e3]])
    found = [
        Scalar("√(1 + z²) − 1", _root, lambda y: y * y / (1 + np.sqrt(1 - y * y)), (-1, 1), np.append(inside, near)),
        Scalar("exp(z) − 1 − z", _exponential, _relative_entropy, (-1, math.inf), wide),
        Scalar("z⁴/4", _quartic, lambda y: 0.75 * np.cbrt(np.abs(y)) ** 4, (-math.inf, math.inf), wide),
        Scalar("3z²/2", _parabola, lambda y: y * y / 6, (-math.inf, math.inf), wide),
    ]
    return found[1:2] if run.is_quick else found


@functools.lru_cache(maxsize=16)
def _solved(label: str, seed: int, is_quick: bool, is_declared: bool) -> ScalarConjugate:
    case = next(case for case in examples(Run(seed, is_quick)) if case.label == label)
    return scalar_conjugate(case.function, case.points, recession=case.recession if is_declared else None)


Change = Callable[[ScalarConjugate, bool], ScalarConjugate]


def measure(cases: Sequence[Scalar], run: Run, subject: Change) -> Measurement:
    """The widest bracket over 1e-10·k* + 1e-13; infinite where k*(y) is not in it, or a word about +inf is false."""
    found = []
    for case in cases:
        y, (low, high) = case.points, case.recession
        is_inside = (y >= low) & (y <= high)
        exact = np.full(y.shape, np.inf)
        exact[is_inside] = case.conjugate(y[is_inside])
        for is_declared in (True, False):
            one = subject(_solved(case.label, run.seed, run.is_quick, is_declared), is_declared)
            rounding = np.where(is_inside, 16 * UNIT * (np.where(is_inside, exact, 0) + np.abs(y)), 0)
            holds = (one.lower - rounding <= exact) & (exact <= one.upper + rounding)
            expected = np.where(is_inside, "FINITE", "INFINITE" if is_declared else "INCONCLUSIVE")
            is_right = holds & (one.status == expected)
            with np.errstate(invalid="ignore"):  # inf − inf, outside
                ratio = np.where(is_inside, (one.upper - one.lower) / (WIDTH * exact + FLOOR), 0.0)
            ratio = np.where(is_right, ratio, np.inf)
            i = int(np.argmax(ratio))
            found.append((float(ratio[i]), case.label, float(y[i]), str(one.status[i])))
    error, label, at, status = max(found, key=lambda entry: entry[0])
    count = sum(2 * case.points.size for case in cases)
    return Measurement(error, 1.0, count, {"k": label, "y": at, "status": status, "seed": run.seed})


def _unchanged(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    return found


def _scaled(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    return found._replace(lower=0.99 * found.lower, upper=0.99 * found.upper)


def _without_infinity(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    is_infinite = found.status == "INFINITE"
    return found._replace(
        lower=np.where(is_infinite, 1.0, found.lower),
        upper=np.where(is_infinite, 1.0, found.upper),
        status=np.where(is_infinite, "FINITE", found.status),
    )


def _growth_as_proof(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    is_open = found.status == "INCONCLUSIVE"
    return found._replace(
        lower=np.where(is_open, np.inf, found.lower), status=np.where(is_open, "INFINITE", found.status)
    )


def _one_further(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    return found._replace(lower=np.roll(found.lower, 1), upper=np.roll(found.upper, 1), status=np.roll(found.status, 1))


def _above_by(found: ScalarConjugate, is_declared: bool) -> ScalarConjugate:
    return found._replace(lower=found.upper * (1 + 1e-6), upper=found.upper * (1 + 1e-6))


CLAIMS = (
    Claim(
        id="scalar-conjugate",
        statement=(
            "The bracket of k*(y) for a smooth convex k of one variable holds k*(y) and is no wider than 1e-10 of it; "
            "+inf is said beyond a declared recession slope and nowhere else."
        ),
        source="derived here: two tangents around y (Rockafellar, Convex Analysis, §12 and Theorem 13.3)",
        hypotheses=(),
        observable="width over 1e-10·k*(y) + 1e-13; infinite where k*(y) is not in the bracket, or its word is wrong",
        tolerance="1: the formulas of k*, of order 1 and less than 16 roundings, are allowed 16u(|k*(y)| + |y|).",
        cases=examples,
        measure=measure,
        subject=_unchanged,
        wrongs=(
            Wrong("both bounds scaled by 0.99", _scaled),
            Wrong("a number instead of +inf", _without_infinity),
            Wrong("+inf from growth alone, with no recession slope declared", _growth_as_proof),
            Wrong("the bracket of the next y", _one_further),
            Wrong("a value from above alone, a relative 1e-6 too large", _above_by),
        ),
    ),
)
