"""K whose constraint is a box and whose penalty is smooth inside it: SciPy's L-BFGS-B, a solver nobody here wrote."""

import contextlib
import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import equinox as eqx
import numpy as np
from jax import Array
from scipy.optimize import minimize

from ..convex import ConvexFunction, DeadzoneL1, Huber, L1Norm
from ..objectives import Loss


def is_smooth_on_box(K: ConvexFunction) -> bool:
    """Whether K* is a box and a penalty that is smooth on it, for DeadzoneL1 after splitting x = u − v."""
    return isinstance(K, L1Norm | Huber | DeadzoneL1)


def minimize_on_box(f: Loss, K: ConvexFunction, weight_decay: float, start: np.ndarray) -> np.ndarray:
    """argmin f + K*(λ·)/λ on ‖λx‖∞ ≤ 1 for an L1Norm, Huber or DeadzoneL1 K, to the accuracy L-BFGS-B reaches."""
    decay, half_width = np.float64(weight_decay), 1 / weight_decay
    if isinstance(K, DeadzoneL1):
        # e‖u − v‖₁ = e·Σ(u + v) at the optimum, where u or v is 0 in every entry.
        threshold = float(K.threshold)

        def split(parts: np.ndarray) -> tuple[float, np.ndarray]:
            u, v = parts.reshape(2, *f.shape)
            value, slope = _value_and_slope(f, u - v)
            slopes = np.stack([np.asarray(slope) + threshold, threshold - np.asarray(slope)])
            return float(value) + threshold * float(parts.sum()), slopes.ravel()

        parts = np.stack([np.maximum(start, 0), np.maximum(-start, 0)]).ravel()
        found = _bounded(split, np.clip(parts, 0, half_width), 0.0, half_width).reshape(2, *f.shape)
        return found[0] - found[1]

    def plain(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _penalised(f, K, decay, flat.reshape(f.shape))
        return float(value), np.asarray(slope).ravel()

    return _bounded(plain, np.clip(start.ravel(), -half_width, half_width), -half_width, half_width).reshape(f.shape)


def _bounded(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, low: float, high: float
) -> np.ndarray:
    # ftol at the rounding of f: it stops where no decrease can be seen; the score decides whether that was enough.
    options = {"maxiter": 2000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-12}
    bounds = [(low, high)] * start.size
    with _single_blas_thread():
        return minimize(function, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def _single_blas_thread() -> AbstractContextManager[Any]:
    """One BLAS thread where threadpoolctl is installed.

    L-BFGS-B solves 10×10 systems; on a busy machine OpenBLAS's waiting threads made that 230 times slower.
    """
    controller = _thread_pools()
    return contextlib.nullcontext() if controller is None else controller.limit(limits=1, user_api="blas")


@functools.cache
def _thread_pools() -> Any:
    try:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        return None
    return ThreadpoolController()


@eqx.filter_jit
def _value_and_slope(f: Loss, x: Any) -> tuple[Array, Array]:
    return f.value(x), f.slope(x)


@eqx.filter_jit
def _penalised(f: Loss, K: ConvexFunction, weight_decay: Any, x: Any) -> tuple[Array, Array]:
    conjugate, y = K.conjugate(), weight_decay * x
    return f.value(x) + conjugate.value(y) / weight_decay, f.slope(x) + conjugate.selection(y)
