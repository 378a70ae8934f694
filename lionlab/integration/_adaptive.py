"""Adaptive solvers for smooth K: Tsitouras 5(4), explicit, and Kværnø 5(4), implicit, both of diffrax."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from ..convex._function import euclidean_norm, rounding_allowance
from ..dynamics import LionKFlow, State, map_in_turn, map_unstacked, unstack
from ._augmented import (
    Augmented,
    Packed,
    Solved,
    account,
    augmented,
    augmented_field,
    ball_norm,
    observe_all,
    observed_with_gap,
)
from ._stepping import step_through

MOST_STEPS = 100_000
# Each is kept, in memory that must be set aside before.
MOST_DENSE_STEPS = 4096
# A step of Tsitouras' method over a kink of ∇K that lies just behind its start errs by b₁ where its own estimate shows
# b₁ − b̂₁: the first weight of its quadrature and the difference of the embedded one's, one part in 54. Where ∇K or
# ∇K_M* may have kinks, tolerances are divided by that, as far down as rounding lets them; for Kværnø's method too,
# whose own ratio was not derived: there it is a margin by analogy.
KINKS_UNSEEN = 0.09646076681806523 / 0.001780011052226
# Up to so many states their slopes are computed as scalars, which XLA turns into fewer kernels.
FEW_STATES = 16
# ‖m̃‖_B is sampled this often between two saved times.
SAMPLES_PER_INTERVAL = 8
# The set attracts, so errors of single steps do not pile up outside it. A setting, not a theorem: no run seen was
# further out than 0.85 of what one step is allowed, while a sum over all steps would allow anything.
ERRORS_THAT_ADD_UP = 2.0


def solve_adaptively(
    flow: LionKFlow,
    f: Any,
    times: Array,
    start: State,
    bound: Array | None,
    first_step: Array | None,
    rtol: Array,
    atol: Array,
    solver: str,
    samples_ball: bool,
    is_dense: bool,
    batched: bool = False,
) -> Solved | Packed:
    """The flow at `times`, with local errors held below atol + rtol·size; `Packed` unless the caller maps a batch."""
    import diffrax

    if bound is not None or not flow.K.is_twice_differentiable:
        rtol = jnp.maximum(rtol / KINKS_UNSEEN, jnp.minimum(rtol, 16 * float(jnp.finfo(times.dtype).eps)))
        atol = atol / KINKS_UNSEEN

    # One vector is one array operation where the tree of states would be several.
    initial, as_tree = ravel_pytree(augmented(flow, start))
    as_tree = cast(Callable[[Array], Augmented], as_tree)

    def field(time: Array, vector: Array) -> Array:
        return ravel_pytree(augmented_field(flow, f, bound, time, as_tree(vector)))[0]

    def size(time: Array, vector: Array) -> Array:
        return ball_norm(flow, f, time, as_tree(vector).state)

    is_few = initial.size <= FEW_STATES
    controller = diffrax.PIDController(rtol=rtol, atol=atol)
    # The implicit method's own equations are solved to the tolerances of its steps.
    chord: Any = diffrax.VeryChord
    method: Any = (
        diffrax.Tsit5(scan_kind="lax")
        if solver == "tsit5"
        else diffrax.Kvaerno5(root_finder=chord(rtol=rtol, atol=atol, norm=controller.norm), scan_kind="lax")
    )
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        found = step_through(
            # An implicit method differentiates the field, and scalars would lose its derivative rules.
            unstack(field) if is_few and solver == "tsit5" else field,
            initial,
            times,
            method,
            controller,
            first_step,
            MOST_STEPS if not is_dense else MOST_DENSE_STEPS,
            is_dense,
            None if not samples_ball else unstack(size) if is_few else size,
            # Between saved times too, because the bound M is a hypothesis about the whole run.
            SAMPLES_PER_INTERVAL if samples_ball else 1,
            batched,
        )
    dense = (found.interpolation, Partial(as_tree)) if is_dense else None
    # Of a run that did not end, nothing is known of the rest.
    largest = jnp.where(found.is_finished, found.recorded.largest, jnp.inf) if samples_ball else found.recorded.largest
    ending = (largest, found.num_steps, found.is_finished, dense)
    rows = found.recorded.ys
    if batched:
        saved = jax.vmap(as_tree)(rows)
        states = saved.state
        admitted = _admitted(rtol, atol, states.x[0].size, jnp.max(map_unstacked(euclidean_norm, states.x)))
        allowance = map_unstacked(lambda t, x: _allowance(flow, admitted, t > times[0], x), times, states.x)
        observed = observe_all(flow, f, bound, allowance, times, states)
        return Solved._make((states, *account(saved), observed, allowance, *ending))

    def grow(most: Array, row: Array) -> tuple[Array, None]:
        return jnp.maximum(most, euclidean_norm(as_tree(row).state.x)), None

    def admitted_by(rows: Array) -> Array:
        most, _ = jax.lax.scan(unstack(grow) if is_few else grow, jnp.zeros((), rows.dtype), rows)
        return _admitted(rtol, atol, start.x.size, most)

    def see(admitted: Array, time: Array, row: Array) -> Array:
        state = as_tree(row).state
        allowance = _allowance(flow, admitted, time > times[0], state.x)
        seen = observed_with_gap(flow, f, bound, allowance, time, state)
        return jnp.stack([seen.lyapunov, seen.distance, seen.loss, jnp.asarray(seen.gap), allowance])

    def see_all(rows: Array) -> Array:
        return map_in_turn(partial(see, admitted_by(rows)), times, rows)

    # As above, and a branch is a sequence of kernels of its own, short enough for one thread.
    seen = jax.lax.cond(found.is_finished, see_all, lambda rows: jnp.full((len(rows), 5), jnp.inf, rows.dtype), rows)
    return Packed(rows, seen, *ending)


def _admitted(rtol: Array, atol: Array, size: int, largest: Array) -> Array:
    """The error in x that the tolerances admit.

    A step is accepted when the root mean square over all states of error/(atol + rtol·size) is ≤ 1, so that its error
    in x is at most √num_states·(atol + rtol·‖x‖).
    """
    return ERRORS_THAT_ADD_UP * math.sqrt(2 * size + 1) * (atol + rtol * largest)


def _allowance(flow: LionKFlow, admitted: Array, is_later: Array, x: Array) -> Array:
    """How far λx can be from where phase 1 puts it by the `admitted` errors; at the start, by rounding alone."""
    rounding = rounding_allowance(x, 2.0 * x.size + 8)
    return jnp.asarray(flow.weight_decay, x.dtype) * (rounding + jnp.where(is_later, admitted, 0))
