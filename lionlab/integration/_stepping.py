"""Steps of diffrax's methods, under diffrax's control, recorded at given times.

`diffrax.diffeqsolve` takes the same steps, but checks its times within the compiled program, where a failure would call
back to Python, and rounds the last time down a hundred times, one operation each. Of a solve in R² these were half of
what there was to compile and half of the run; the times are checked in words before any of this.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

if TYPE_CHECKING:
    import diffrax

# The first attempt where none is given; the control corrects it.
FIRST_STEP = 0.01
# A step that ends so close to the last time, in units of its last digit, ends there.
CLOSE_TO_END = 100.0


class Run(NamedTuple):
    """What goes from step to step."""

    time: Array
    next_time: Array
    y: Array
    solver_state: Any
    controller_state: Any
    attempts: Array
    accepted: Array
    is_sound: Array


class Step(NamedTuple):
    """One attempt: y between `begin` and `end` is a function of `info`, a solution if `is_accepted`."""

    begin: Array
    end: Array
    info: dict[str, Any]
    is_accepted: Array


Advance = tuple[Run, Step, Any]


class Recorded(NamedTuple):
    """y at the times, the largest size at all moments, and of a dense run `Step.end` and `Step.info` of every step."""

    ys: Array
    largest: Array
    steps: tuple[Array, Any] | None


class Stepped(NamedTuple):
    recorded: Recorded
    num_steps: Array
    is_finished: Array
    interpolation: Any


def zeros(shapes: Any) -> Any:
    return jax.tree.map(lambda value: jnp.zeros(value.shape, value.dtype), shapes)


def attempt(
    term: "diffrax.ODETerm",
    solver: "diffrax.AbstractAdaptiveSolver",
    controller: "diffrax.PIDController",
    end: Array,
    run: Run,
) -> tuple[Run, Step]:
    """One step, which the controller accepts, or repeats with a shorter one."""
    from diffrax import RESULTS

    order: Any = solver.error_order(term)
    tried: Any = solver.step(term, run.time, run.next_time, run.y, None, run.solver_state, made_jump=False)
    y, error, info, solver_state, solved = tried
    # Where the field is not defined the step was too long.
    error = jnp.where(jnp.isnan(error), jnp.inf, error)
    adapted: Any = controller.adapt_step_size(
        run.time, run.next_time, run.y, y, None, error, order, run.controller_state
    )
    is_accepted, time, next_time, _, controller_state, controlled = adapted
    time = jnp.minimum(time, end)
    close = end - CLOSE_TO_END * float(jnp.finfo(end.dtype).eps) * jnp.abs(end)
    # After a refusal the end is not yet due.
    next_time = jnp.where(next_time > close, jnp.where(is_accepted, end, time + 0.5 * (end - time)), next_time)
    y, solver_state = jax.tree.map(
        lambda new, old: jnp.where(is_accepted, new, old), (y, solver_state), (run.y, run.solver_state)
    )
    is_sound = (~is_accepted | (solved == RESULTS.successful)) & (controlled == RESULTS.successful)
    accepted = run.accepted + is_accepted.astype(run.accepted.dtype)
    after = Run(time, next_time, y, solver_state, controller_state, run.attempts + 1, accepted, is_sound)
    return after, Step(run.time, run.next_time, info, is_accepted)


def step_through(
    slope: Callable[[Array, Array], Array],
    y: Array,
    times: Array,
    solver: "diffrax.AbstractAdaptiveSolver",
    controller: "diffrax.PIDController",
    first_step: Array | None,
    most_steps: int,
    is_dense: bool,
    size: Callable[[Array, Array], Array] | None,
    samples_per_interval: int,
    batched: bool,
) -> Stepped:
    """y at `times`, of y' = slope(time, y), with the largest size(time, y) at so many moments of each interval."""
    import diffrax
    from equinox.internal import while_loop

    term = diffrax.ODETerm(lambda time, y, _: slope(time, y))  # type: ignore[arg-type]
    begin, end = times[0], times[-1]
    moments = times
    if samples_per_interval > 1:
        shares = jnp.linspace(0, 1, samples_per_interval, endpoint=False, dtype=times.dtype)
        moments = jnp.append((times[:-1, None] + jnp.diff(times)[:, None] * shares[None, :]).ravel(), end)

    def is_running(run: Run) -> Array:
        return (run.time < end) & run.is_sound & (run.attempts < most_steps)

    def record(step: Step, index: Array, recorded: Recorded) -> tuple[Array, Recorded]:
        between = solver.interpolation_cls(t0=step.begin, t1=step.end, **step.info)

        def is_due(state: tuple[Array, Recorded]) -> Array:
            due = moments[jnp.minimum(state[0], len(moments) - 1)]
            return step.is_accepted & (state[0] < len(moments)) & (due <= step.end)

        def at_next(state: tuple[Array, Recorded]) -> tuple[Array, Recorded]:
            index, (ys, largest, steps) = state
            y = between.evaluate(moments[index])
            # The moments before a saved time are written to its place too, and the time itself last.
            ys = ys.at[(index + samples_per_interval - 1) // samples_per_interval].set(y)
            if size is not None:
                largest = jnp.maximum(largest, size(moments[index], y))
            return index + 1, Recorded(ys, largest, steps)

        return while_loop(is_due, at_next, (index, recorded), kind="lax", buffers=lambda state: state[1].ys)

    # Traced once, for its shapes and for the loop.
    @partial(jax.jit, inline=True)
    def attempted(run: Run) -> tuple[Run, Step]:
        return attempt(term, solver, controller, end, run)

    def advance(state: Advance) -> Advance:
        run, step, steps = state
        after, step = attempted(run)
        if steps is not None:
            # A refused step is written over by the one that takes its place.
            ends, infos = steps
            infos = jax.tree.map(lambda value, column: column.at[run.accepted].set(value), step.info, infos)
            steps = ends.at[run.accepted + 1].set(step.end), infos
        return after, step, steps

    def reach_next(state: tuple[Run, Step, Array, Recorded]) -> tuple[Run, Step, Array, Recorded]:
        run, step, index, recorded = state
        now, due = (run, step, recorded.steps), moments[index]

        def is_before(state: Advance) -> Array:
            # The start is due too, before there is a step to evaluate it from.
            return is_running(state[0]) & ((state[0].time < due) | (state[0].accepted == 0))

        if batched:
            # Runs that wait for each other at every moment would take more rounds.
            run, step, steps = advance(now)
        else:
            # A loop of its own, without the arrays over all times, stays on the thread that called it: XLA shares out a
            # long sequence of kernels among threads where one touches over 512 bytes, and waking them takes longer.
            run, step, steps = while_loop(is_before, advance, now, kind="lax", buffers=lambda state: state[2])
        return run, step, *record(step, index, recorded._replace(steps=steps))

    def begun(y: Array) -> Run:
        first = FIRST_STEP if first_step is None else first_step
        next_time, controller_state = controller.init(
            term, begin, end, y, first, None, solver.func, solver.error_order(term)
        )
        next_time = jnp.minimum(next_time, end)
        state = solver.init(term, begin, next_time, y, None)
        none = jnp.zeros((), int)
        return Run(begin, next_time, y, state, controller_state, none, none, none == 0)

    def nothing_yet() -> tuple[Step, Array, Array]:
        return zeros(step_shapes), jnp.zeros((), int), jnp.zeros((), y.dtype)

    run_shapes = jax.eval_shape(begun, y)
    step_shapes = jax.eval_shape(attempted, run_shapes)[1]
    # A branch of its own for the same reason: what a loop starts with is made, and copied, where all is small.
    run, step, index, largest = jax.lax.cond(
        begin < end, lambda y: (begun(y), *nothing_yet()), lambda y: (zeros(run_shapes), *nothing_yet()), y
    )
    steps = None
    if is_dense:
        infos = jax.tree.map(lambda value: jnp.full((most_steps, *value.shape), jnp.inf, value.dtype), step.info)
        steps = jnp.full(most_steps + 1, jnp.inf, times.dtype).at[0].set(begin), infos
    recorded = Recorded(jnp.full((len(times), *y.shape), jnp.inf, y.dtype), largest, steps)
    run, _, _, recorded = while_loop(
        lambda state: is_running(state[0]), reach_next, (run, step, index, recorded), kind="lax",
        buffers=lambda state: (state[3].ys, state[3].steps),
    )  # fmt: skip
    interpolation = None
    if recorded.steps is not None:
        interpolation = diffrax.DenseInterpolation(
            ts=recorded.steps[0], ts_size=run.accepted + 1, infos=recorded.steps[1],
            interpolation_cls=solver.interpolation_cls, direction=1, t0_if_trivial=begin, y0_if_trivial=y,
        )  # fmt: skip
    return Stepped(recorded, run.accepted, (run.time >= end) & run.is_sound, interpolation)
