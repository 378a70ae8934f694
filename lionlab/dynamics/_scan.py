"""A whole run of Lion-K as one compiled scan."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction
from ._constants import at_step
from ._method import Constants, State, step
from ._noise import GradientNoise
from ._unstacked import scan_unstacked

# Beyond 4 the loop of a small state stops being one kernel and slows down tenfold.
UNROLL = 1


class Record(NamedTuple):
    """What a scan keeps of every recorded state; `gradient` is the one used in the step that leaves it."""

    state: State | None
    gradient: Array | None
    observed: Array | None


def scan_steps(
    K: ConvexFunction,
    gradient: Callable[[Array], Array],
    constants: Constants,
    decay: str,
    start: State,
    num_records: int,
    record_every: int = 1,
    noise: GradientNoise | None = None,
    key: Array | None = None,
    observe: Callable[[Constants, State], Array] | None = None,
    keep_states: bool = True,
    keep_gradients: bool = False,
    batched: bool = False,
) -> Record:
    """`num_records` states, `record_every` steps apart, beginning with the start itself.

    `constants.step_size` is a number, or one per step along its first axis (a schedule). Each state is recorded before
    the steps that leave it, so the record needs no joining; the steps after the last record are not kept. `batched`
    says that the caller maps the scan over a batch.
    """
    scheduled = constants.step_size.ndim == 1
    times = jnp.arange(num_records * record_every).reshape(num_records, record_every)
    etas = constants.step_size.reshape(times.shape) if scheduled else None

    def advance(state: State, time: tuple[Array | None, Array | None]) -> tuple[State, Array]:
        eta, t = time
        g = gradient(state.x)
        if noise is not None and key is not None and t is not None:
            g = g + noise.sample(jax.random.fold_in(key, t), state, g)
        return step(K, at_step(constants, eta), decay, state, g), g

    def record(state: State, window: tuple[Array | None, Array | None]) -> tuple[State, Record]:
        first = None if window[0] is None else window[0][0]
        observed = None if observe is None else observe(at_step(constants, first), state)
        if record_every == 1:
            after, g = advance(state, jax.tree.map(lambda w: w[0], window))
        else:
            after, _ = jax.lax.scan(lambda s, w: (advance(s, w)[0], None), state, window, record_every)
            g = None
        return after, Record(state if keep_states else None, g if keep_gradients else None, observed)

    xs = (etas, times if noise is not None else None)
    _, records = scan_unstacked(record, start, xs, num_records, batched=batched, unroll=UNROLL)
    return records
