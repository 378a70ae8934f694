"""The dual norm of a homogeneous K that has no formula for it, as a traceable function."""

import jax
import numpy as np
from jax import Array

from ..conjugation import gauge
from ._function import ConvexFunction
from ._numerical_oracle import on_host, oracle_of


def gauge_value(K: ConvexFunction, y: Array) -> Array:
    """The least r with y ∈ r·dom K*, rounded down."""
    return on_host(_host_gauge, K, _result(y), y)[0]


def gauge_selection(K: ConvexFunction, y: Array) -> Array:
    """A z with K(z) = 1 and ⟨y, z⟩ = that r; 0 at 0."""
    return on_host(_host_gauge, K, _result(y), y)[1]


def _result(y: Array) -> tuple[jax.ShapeDtypeStruct, jax.ShapeDtypeStruct]:
    return jax.ShapeDtypeStruct((), y.dtype), jax.ShapeDtypeStruct(y.shape, y.dtype)


def _host_gauge(K: ConvexFunction, y: np.ndarray) -> tuple[float, np.ndarray]:
    if not np.all(np.isfinite(y)):
        return float("inf"), np.full(y.shape, np.nan)
    found = gauge(oracle_of(K, y.shape), y.ravel().astype(np.float64))
    return found.lower, found.direction.reshape(y.shape)
