"""What a ledger can be made of: every state of a run, finite, and gradients that are the objective's."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..dynamics import LionK, Trajectory, check_objective, check_trajectory, checked_methods, compiled, map_unstacked
from ..precision import as_numpy, cast_floats, double_precision, unit_roundoff


class Recording(NamedTuple):
    """The arrays of a trajectory: x and m (T+1, …), the gradients (T, …) or None."""

    x: np.ndarray
    m: np.ndarray
    gradient: np.ndarray | None


def checked_recording(methods: Sequence[LionK], objective: Any, trajectory: Trajectory) -> Recording:
    """The `Recording` of a run of these methods on this objective.

    **Raises:** `TypeError` for what is no method, objective or trajectory; `ValueError` for states that are missing,
    thinned, of lengths or shapes that do not fit, or not finite, and for gradients of another objective.
    """
    checked_methods(methods)
    check_objective(objective)
    check_trajectory(trajectory)
    if trajectory.x is None or trajectory.m is None:
        raise ValueError('energy_ledger needs every state: simulate with record=("x", "m").')
    if trajectory.record_every != 1:
        raise ValueError(
            f"energy_ledger needs every step, this run kept each {trajectory.record_every}th; use record_every=1."
        )
    gradient = None if trajectory.gradient is None else as_numpy("trajectory.gradient", trajectory.gradient)
    recording = Recording(as_numpy("trajectory.x", trajectory.x), as_numpy("trajectory.m", trajectory.m), gradient)
    _check_shapes(recording, len(methods), objective, trajectory.batched)
    _check_finite(recording)
    if gradient is not None and not trajectory.is_noisy:
        _check_gradients(objective, recording.x, gradient, trajectory.batched)
    return recording


def _check_shapes(recording: Recording, method_count: int, objective: Any, is_batch: bool) -> None:
    x, m, gradient = recording
    leading = 2 if is_batch else 1
    if x.ndim < leading or len(x) == 0:
        raise ValueError(f"trajectory.x must hold at least one state along its first axis, got shape {x.shape}.")
    if m.shape != x.shape:
        raise ValueError(f"trajectory.m must have the shape of trajectory.x, {x.shape}, got {m.shape}.")
    steps = (len(x) - 1, *x.shape[1:])
    if gradient is not None and gradient.shape != steps:
        raise ValueError(f"trajectory.gradient must have one entry per step, shape {steps}, got {gradient.shape}.")
    dtypes = sorted({array.dtype.name for array in recording if array is not None})
    if len(dtypes) > 1:
        raise TypeError(f"the arrays of a trajectory must have one dtype, got {' and '.join(dtypes)}.")
    shape = getattr(objective, "shape", None)
    if shape is not None and x.shape[leading:] != tuple(shape):
        raise ValueError(f"the states must have the objective's shape {tuple(shape)}, got {x.shape[leading:]}.")
    runs = x.shape[1] if is_batch else 1
    if method_count not in (1, runs):
        raise ValueError(f"there must be one method, or one for each of the {runs} run(s), got {method_count}.")


def _check_finite(recording: Recording) -> None:
    for name, array in recording._asdict().items():
        if array is not None and not np.isfinite(array).all():
            first = tuple(np.argwhere(~np.isfinite(array))[0])
            raise ValueError(f"trajectory.{name} must be finite, got {array[first]} at step {first[0]}: no ledger.")


def _check_gradients(objective: Any, x: np.ndarray, gradient: np.ndarray, is_batch: bool) -> None:
    """The gradients agree with the objective's to half their digits, measured by the largest of the run."""
    if gradient.size == 0:
        return
    half = float(np.sqrt(unit_roundoff(x.dtype)))
    # Nearly always they do, and NumPy, which then names the step, takes as long as the rest of a ledger.
    most_off, largest = (np.sqrt(np.max(column, axis=0)) for column in _squares(objective, x, gradient, is_batch))
    if (most_off <= half * largest).all():  # NaN, which max keeps, is not
        return
    off = _sizes(_slopes(objective, x[:-1], is_batch) - gradient.astype(np.float64), is_batch)
    largest = np.max(_sizes(gradient.astype(np.float64), is_batch), axis=0)
    if (off <= half * largest).all():
        return
    allowed = half * largest + _sizes(_moved(objective, x, is_batch), is_batch)
    wrong = ~(off <= allowed)  # NaN is wrong
    if wrong.any():
        step, run = np.argwhere(wrong)[0]
        of_run = f" of run {run}" if is_batch else ""
        gap, most = off[step, run], allowed[step, run]
        raise ValueError(
            f"the gradient recorded at step {step}{of_run} differs from this objective's by {gap:.3g}, more than "
            f"{most:.3g}; pass the objective and the states of the run, or say is_noisy=True in a trajectory whose "
            "gradients hold noise."
        )


def is_rounding_of_gradients(objective: Any, recording: Recording, beta2: np.ndarray, is_batch: bool) -> np.ndarray:
    """(T,) or (T, B): whether m⁺ differs from β2 m − (1−β2)∇f(x) by no more than rounding x moves ∇f."""
    x, m, _ = recording
    slopes = _slopes(objective, x[:-1], is_batch)
    share = np.reshape(1 - beta2, (-1, *[1] * (x.ndim - 2)) if is_batch else ())
    defect = m[1:].astype(np.float64) - ((1 - share) * m[:-1] - share * slopes)
    allowed = 64 * np.reshape(1 - beta2, -1) * _sizes(_moved(objective, x, is_batch), is_batch)
    is_small = _sizes(defect, is_batch) <= allowed
    return is_small if is_batch else is_small[:, 0]


def _moved(objective: Any, x: np.ndarray, is_batch: bool) -> np.ndarray:
    """By how much rounding x moves ∇f: where a whole run is at rest, its gradients may be nothing else."""
    near = 8 * unit_roundoff(x.dtype) * np.abs(x[:-1])
    return _slopes(objective, x[:-1] + near, is_batch) - _slopes(objective, x[:-1] - near, is_batch)


def _squares(objective: Any, x: np.ndarray, gradient: np.ndarray, is_batch: bool) -> tuple[np.ndarray, np.ndarray]:
    """‖∇f(x_t) − g_t‖² and ‖g_t‖² in float64, (T, B); B = 1 for a single run."""
    with double_precision():
        arrays = map(jax.device_put, (x[:-1], gradient))  # which unlike `jnp.asarray` copies nothing that is aligned
        off, size = compiled(_each_square, x.size)(cast_floats(objective, x.dtype), *arrays, is_batch)
        return np.asarray(off), np.asarray(size)


def _each_square(objective: Any, x: Array, gradient: Array, is_batch: bool) -> tuple[Array, Array]:
    def squares(at: Array, recorded: Array) -> tuple[Array, Array]:
        slope, used = objective.slope(at).astype(jnp.float64), recorded.astype(jnp.float64)
        return jnp.sum((slope - used) ** 2), jnp.sum(used**2)

    runs, shape = (x.shape[1], x.shape[2:]) if is_batch else (1, x.shape[1:])
    off, size = map_unstacked(squares, x.reshape(-1, *shape), gradient.reshape(-1, *shape))
    return off.reshape(-1, runs), size.reshape(-1, runs)


def _slopes(objective: Any, x: np.ndarray, is_batch: bool) -> np.ndarray:
    """∇f at every state, in float64 after being computed in x's dtype."""
    rows = x.reshape(-1, *x.shape[2:]) if is_batch else x
    with double_precision():
        found = compiled(_each_slope, x.size)(cast_floats(objective, x.dtype), jnp.asarray(rows))
    return np.asarray(found).astype(np.float64).reshape(x.shape)


def _each_slope(objective: Any, x: Array) -> Array:
    return jax.vmap(objective.slope)(x)


def _sizes(arrays: np.ndarray, is_batch: bool) -> np.ndarray:
    """Euclidean norms, (T, B); B = 1 for a single run."""
    runs = arrays.shape[1] if is_batch else 1
    with np.errstate(over="ignore"):
        return np.linalg.norm(arrays.reshape(len(arrays), runs, -1), axis=-1)
