"""∇K_e of Moreau envelopes in `keras.ops`: ∇K_e(z) = prox_{K*/e}(z/e), for a norm z/e projected on the dual ball."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    Scaled,
    SchattenNorm,
    SpectralNorm,
    SquaredL2,
)
from ._reductions import grouped, in_single_precision, on_singular_values, relative, sign

Tensor = Any


def envelope_direction(K: ConvexFunction, smoothing: float, z: Tensor) -> Tensor:
    """∇K_e(z), e = `smoothing`."""
    form = ENVELOPES.get(type(K))
    if form is None or not has_envelope(K):
        return MoreauEnvelope(K, smoothing).selection(z)
    return in_single_precision(lambda smoothed, z: form(smoothed, smoothing, z))(K, z)


def has_envelope(K: ConvexFunction) -> bool:
    """Whether ∇K_e has a form in `keras.ops`."""
    if isinstance(K, Scaled | MoreauEnvelope):
        return type(K) in ENVELOPES and has_envelope(K.function)
    if isinstance(K, LpNorm):
        return type(K.form) in ENVELOPES
    if isinstance(K, SchattenNorm):
        return type(K) in ENVELOPES and has_envelope(K.gauge)
    return type(K) in ENVELOPES


def _dead_zone(K: DeadzoneL1, smoothing: float, z: Tensor) -> Tensor:
    return sign(z) * ops.clip((ops.abs(z) - K.threshold) / smoothing, 0.0, 1.0)


def _rows_in_ball(rows: Tensor) -> Tensor:
    """The nearest point of the Euclidean unit ball to every row."""
    largest = ops.max(ops.abs(rows), axis=1, keepdims=True)
    scaled = relative(rows, axis=1)
    length = ops.sqrt(ops.sum(scaled * scaled, axis=1, keepdims=True))
    # ‖row‖ = largest·length, and a row within the ball has to come back as it is.
    return ops.where(largest * length > 1, scaled / ops.where(length > 0, length, ops.ones_like(length)), rows)


def _in_l1_ball(y: Tensor) -> Tensor:
    """The nearest point of {‖u‖₁ ≤ 1}: every |y_i| is lowered by one threshold, measured from the largest entry."""
    magnitude = ops.reshape(ops.abs(y), (-1,))
    below_top = magnitude - ops.max(magnitude)
    descending = -ops.sort(-below_top)
    count = ops.cast(ops.arange(1, int(np.prod(y.shape)) + 1), y.dtype)
    threshold = ops.max((ops.cumsum(descending) - 1) / count)
    lowered = ops.reshape(ops.maximum(below_top - threshold, 0.0), y.shape)
    return ops.where(ops.sum(magnitude) > 1, sign(y) * lowered, y)


def _l2(K: L2Norm, smoothing: float, z: Tensor) -> Tensor:
    return ops.reshape(_rows_in_ball(ops.reshape(z / smoothing, (1, -1))), z.shape)


def _by_singular_values(K: NuclearNorm | SpectralNorm | SchattenNorm, smoothing: float, z: Tensor) -> Tensor:
    return on_singular_values(z, lambda s: envelope_direction(K.gauge, smoothing, s))


# (cK)_e = c·K_{ce}; the envelope of an envelope is one, and Huber's function is the envelope of the absolute value.
ENVELOPES: dict[type[ConvexFunction], Callable[[Any, float, Tensor], Tensor]] = {
    L1Norm: lambda K, smoothing, z: ops.clip(z / smoothing, -1.0, 1.0),
    L2Norm: _l2,
    LinfNorm: lambda K, smoothing, z: _in_l1_ball(z / smoothing),
    LpNorm: lambda K, smoothing, z: envelope_direction(K.form, smoothing, z),
    GroupL2Norm: lambda K, smoothing, z: grouped(K.groups, z / smoothing, _rows_in_ball),
    NuclearNorm: _by_singular_values,
    SpectralNorm: _by_singular_values,
    SchattenNorm: _by_singular_values,
    DeadzoneL1: _dead_zone,
    Huber: lambda K, smoothing, z: ops.clip(z / (K.threshold + smoothing), -1.0, 1.0),
    SquaredL2: lambda K, smoothing, z: (K.scale / (1 + smoothing * K.scale)) * z,
    Scaled: lambda K, smoothing, z: K.factor * envelope_direction(K.function, smoothing * K.factor, z),
    MoreauEnvelope: lambda K, smoothing, z: envelope_direction(K.function, K.smoothing + smoothing, z),
}
"""Class of the function that is smoothed → ∇ of its envelope."""
