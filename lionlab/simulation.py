"""`simulate`: NumPy in, one compiled run of Lion-K, NumPy out, with the Lyapunov function recorded on request."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from .dynamics import (
    Constants,
    GradientNoise,
    LionK,
    State,
    Trajectory,
    as_noise,
    at_step,
    check_objective,
    checked_methods,
    checked_start,
    compiled,
    map_unstacked,
    run_in_parts,
    scan_steps,
    stacked_constants,
    stacked_objectives,
)
from .energy import lyapunov_value
from .precision import as_numpy, cast_floats, double_precision

RECORDABLE = ("x", "m", "lyapunov")

# From this many floating-point numbers of states on, a batch is run in parts on several threads.
LARGE_BATCH = 2**20


def simulate(
    method: LionK,
    objective: Any,
    x0: Any,
    num_steps: int,
    m0: Any = None,
    gradient_noise: Any = None,
    key: Any = None,
    record: Sequence[str] = ("x", "m"),
    record_every: int = 1,
) -> Trajectory:
    """Runs `num_steps` steps of Lion-K from x0 and returns what was recorded, as NumPy arrays in x0's dtype.

    **Arguments:**

    - `method`: a `LionK`.   `objective`: f, an `Objective` or another loss of lionlab.
    - `x0`: start, a vector or a matrix; Python numbers mean float64.   `m0`: momentum, zero by default, x0's dtype.
    - `gradient_noise`: None, a standard deviation, `noise(key, x)`, or a `GradientNoise`; then `key` (an integer seed
      or a JAX key) is required and the gradients used are kept in `.gradient`.
    - `record`: any of "x", "m", "lyapunov".   `record_every`: keep every k-th state, T//k + 1 in all.

    **Raises:** `ValueError` or `TypeError` in one sentence for an objective that is a bare function (wrap it as
    `Objective(function, dim)`), non-finite or mixed-dtype starts, shapes that do not fit, step sizes out of range.

    Source: arXiv 2310.05898, eq. (1)–(3).
    """
    methods = checked_methods([method])
    x, m = checked_start(objective, x0, m0)
    return _run(methods, False, [objective], x, m, num_steps, gradient_noise, key, record, record_every)


def simulate_batch(
    methods: LionK | Sequence[LionK],
    objectives: Any,
    x0: Any,
    num_steps: int,
    m0: Any = None,
    gradient_noise: Any = None,
    key: Any = None,
    record: Sequence[str] = ("x", "m"),
    record_every: int = 1,
) -> Trajectory:
    """Runs B independent trajectories at once; recorded arrays are (T+1, B, …).

    `x0` (and `m0`) carry the batch on their first axis. `methods` is one `LionK` for all of them, or B of them with
    the same kind of K and decay, whose constants (λ, β1, β2, η, parameters of K) then differ from run to run.
    `objectives` likewise is one loss, or a list of B losses of one kind with data of one shape.
    """
    methods = checked_methods(methods)
    objectives = list(objectives) if isinstance(objectives, (list, tuple)) else [objectives]
    for objective in objectives:
        check_objective(objective)
    xs = as_numpy("x0", x0)
    if xs.ndim < 2:
        raise ValueError(f"x0 of a batch must have the batch as its first axis, got shape {xs.shape}.")
    if len(methods) not in (1, len(xs)):
        raise ValueError(f"methods must be one LionK or as many as there are starts ({len(xs)}), got {len(methods)}.")
    if len(objectives) not in (1, len(xs)):
        raise ValueError(f"objectives must be one, or as many as there are starts ({len(xs)}), got {len(objectives)}.")
    x, m = checked_start(objectives[0], xs, m0, is_batch=True)
    return _run(methods, True, objectives, x, m, num_steps, gradient_noise, key, record, record_every)


def _run(
    methods: Sequence[LionK],
    batched: bool,
    objectives: Sequence[Any],
    x: np.ndarray,
    m: np.ndarray,
    num_steps: int,
    gradient_noise: Any,
    key: Any,
    record: Sequence[str],
    record_every: int,
) -> Trajectory:
    unknown = sorted(set(record) - set(RECORDABLE))
    if unknown or not record:
        raise ValueError(f"record must name some of {RECORDABLE}, got {tuple(record)!r}.")
    num_steps, record_every = _count("num_steps", num_steps, 0), _count("record_every", record_every, 1)
    noise = as_noise(gradient_noise)
    if noise is not None and key is None:
        raise ValueError("key must be given with gradient_noise, an integer seed for instance, so that runs repeat.")
    num_records = num_steps // record_every + 1
    step_sizes = [method.step_sizes(num_steps) for method in methods]
    is_scheduled = any(callable(method.step_size) for method in methods)
    # The scan goes on to the next record after the last one, which nobody sees: any step size will do there.
    used = np.minimum(np.arange(num_records * record_every), num_steps) if is_scheduled else [0]
    with double_precision():
        K, constants, axes = stacked_constants(
            methods, [sizes[used] for sizes in step_sizes], x.dtype, len(x) if batched else None
        )
        objective, objective_axes = stacked_objectives(objectives, x.dtype, len(x) if batched else 1)
        keys = None
        if noise is not None:
            keys = jax.random.key(key) if isinstance(key, (int, np.integer)) else key
            keys = jax.random.split(keys, len(x)) if batched else keys
        in_axes = (axes, axes, objective_axes, 0, None if keys is None else 0) if batched else None
        run = partial(
            compiled(_recorded, num_records * record_every * x.size),
            noise=cast_floats(noise, x.dtype),
            decay=methods[0].decay,
            in_axes=in_axes,
            num_records=num_records,
            record_every=record_every,
            record=tuple(sorted(set(record))),
        )
        arguments = (K, constants, objective, State(jnp.asarray(x), jnp.asarray(m)), keys)
        if in_axes is None or num_records * record_every * x.size < LARGE_BATCH:
            arrays = {name: np.asarray(array) for name, array in run(*arguments).items()}
        else:
            arrays = run_in_parts(run, arguments, in_axes, len(x))
    return Trajectory(
        x=arrays.get("x"),
        m=arrays.get("m"),
        gradient=arrays["gradient"][: num_records - 1] if "gradient" in arrays else None,
        lyapunov=arrays.get("lyapunov"),
        step_sizes=np.stack(step_sizes, axis=-1) if batched else step_sizes[0],
        record_every=record_every,
        batched=batched,
        is_noisy=noise is not None,
    )


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number ≥ {least}, got {value!r}.")
    return int(value)


def _recorded(
    K: Any,
    constants: Constants,
    objective: Any,
    start: State,
    key: Array | None,
    noise: GradientNoise | None,
    decay: str,
    in_axes: Any,
    num_records: int,
    record_every: int,
    record: tuple[str, ...],
) -> dict[str, Array]:
    wants_states = "x" in record or "m" in record
    # A single run computes H from its recorded states in one vectorised pass, which is faster than inside the scan; a
    # batch is vectorised already, and would otherwise need memory for states nobody asked for.
    afterwards = in_axes is None

    def one(K: Any, constants: Constants, objective: Any, start: State, key: Array | None) -> dict[str, Array]:
        def H(now: Constants, state: State) -> Array:
            return lyapunov_value(K, objective.value(state.x), now, decay, state.x, state.m)

        records = scan_steps(
            K,
            objective.slope,
            constants,
            decay,
            start,
            num_records,
            record_every,
            noise,
            key,
            observe=H if "lyapunov" in record and not afterwards else None,
            keep_states=wants_states or afterwards,
            keep_gradients=record_every == 1 and wants_states,
            batched=in_axes is not None,
        )
        out: dict[str, Array] = {name: getattr(records.state, name) for name in ("x", "m") if name in record}
        if records.gradient is not None:
            out["gradient"] = records.gradient
        if "lyapunov" in record and afterwards:
            etas = constants.step_size[::record_every] if constants.step_size.ndim else None
            out["lyapunov"] = map_unstacked(lambda eta, s: H(at_step(constants, eta), s), etas, records.state)
        elif records.observed is not None:
            out["lyapunov"] = records.observed
        return out

    if in_axes is None:
        return one(K, constants, objective, start, key)
    return eqx.filter_vmap(one, in_axes=in_axes, out_axes=1)(K, constants, objective, start, key)
