"""Example losses by name: what the law tests and the claims range over. A new loss is one more line here."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

import jax.numpy as jnp
import numpy as np
from jax import Array

from ._beale import Beale
from ._double_well import DoubleWell
from ._least_squares_matrix import LeastSquaresMatrix
from ._logistic_regression import LogisticRegression
from ._loss import Loss
from ._objective import Objective
from ._quadratic import Quadratic
from ._rosenbrock import Rosenbrock


@functools.cache
def example_objectives() -> Mapping[str, Loss]:
    """Name → loss: convex and not, vectors and matrices, all with fixed data."""
    rng = np.random.default_rng(20231005)
    features = rng.normal(size=(40, 5))
    labels = features @ rng.normal(size=5) + rng.normal(size=40) > 0
    return MappingProxyType(
        {
            "parabola": Quadratic([[1.0]], [10.0]),
            "bowl": Quadratic([[1.0, 0.0], [0.0, 3.0]], [0.3, -4.0]),
            "quadratic_10d": random_quadratic(dim=10, condition=100.0, seed=0),
            "flat_quadratic": Quadratic([[1.0, 1.0], [1.0, 1.0]], [2.0, 0.0]),
            "saddle": Quadratic([[1.0, 0.0], [0.0, -0.5]], [0.25, 0.0]),
            "logistic": LogisticRegression(features, labels),
            "matrix_least_squares": LeastSquaresMatrix(rng.normal(size=(6, 3)), rng.normal(size=(6, 2))),
            "two_sided_least_squares": LeastSquaresMatrix(
                rng.normal(size=(5, 3)), rng.normal(size=(5, 6)), rng.normal(size=(4, 6))
            ),
            "rosenbrock": Rosenbrock(2),
            "rosenbrock_5d": Rosenbrock(5),
            "beale": Beale(),
            "double_well": DoubleWell(3),
            "waves": Objective(lambda x: jnp.sum(1 - jnp.cos(x)), 4, smoothness=1.0, is_convex=False),
            "log_sum_exp": Objective(_log_sum_exp, (2, 3), smoothness=1.0, is_convex=True),
        }
    )


def random_quadratic(dim: int, condition: float, seed: int, distance: float = 2.0) -> Quadratic:
    """A convex quadratic with eigenvalues from 1/condition to 1, evenly spaced in the logarithm, in random directions.

    The centre has independent normal entries of standard deviation `distance`.
    """
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.normal(size=(dim, dim)))
    matrix = (basis * np.logspace(-np.log10(condition), 0, dim)) @ basis.T
    return Quadratic((matrix + matrix.T) / 2, distance * rng.normal(size=dim))


def _log_sum_exp(x: Array) -> Array:
    largest = jnp.max(x)
    return largest + jnp.log(jnp.sum(jnp.exp(x - largest)))
