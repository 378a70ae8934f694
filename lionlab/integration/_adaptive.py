"""Adaptive solvers for smooth K: Tsitouras 5(4), explicit, and Kværnø 5(4), implicit, both of diffrax."""

from collections.abc import Callable
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree
from jax.tree_util import Partial

from ..convex._function import euclidean_norm, rounding_allowance
from ..dynamics import LionKFlow, State, map_unstacked, unstack
from ._augmented import Augmented, Solved, account, augmented, augmented_field, ball_norm, observe_all

MOST_STEPS = 100_000
# A step of Tsitouras' method over a kink of ∇K that lies just behind its start errs by b₁ where its own estimate shows
# b₁ − b̂₁: the first weight of its quadrature and the difference of the embedded one's, one part in 54. Where ∇K or
# ∇K_M* may have kinks, tolerances are divided by that, as far down as rounding lets them; for Kværnø's method too, whose
# own ratio was not derived: there it is a margin by analogy.
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
) -> Solved:
    """The flow at `times`, with local errors held below atol + rtol·size."""
    import diffrax

    if bound is not None or not flow.K.is_twice_differentiable:
        rtol = jnp.maximum(rtol / KINKS_UNSEEN, jnp.minimum(rtol, 16 * float(jnp.finfo(times.dtype).eps)))
        atol = atol / KINKS_UNSEEN

    # One vector is one array operation where the tree of states would be several.
    initial, as_tree = ravel_pytree(augmented(flow, start))
    as_tree = cast(Callable[[Array], Augmented], as_tree)

    def field(time: Array, vector: Array) -> Array:
        return ravel_pytree(augmented_field(flow, f, bound, time, as_tree(vector)))[0]

    field_of_few = unstack(field) if initial.size <= FEW_STATES else field

    def slope(time: Array, vector: Array, _: None) -> Array:
        return field_of_few(time, vector)

    # Between saved times too, because the bound M is a hypothesis about the whole run.
    shares = jnp.linspace(0, 1, SAMPLES_PER_INTERVAL, endpoint=False, dtype=times.dtype)
    between = jnp.append((times[:-1, None] + jnp.diff(times)[:, None] * shares[None, :]).ravel(), times[-1])
    saves = [diffrax.SubSaveAt(ts=times)]
    if samples_ball:
        saves.append(diffrax.SubSaveAt(ts=between, fn=lambda t, y, _: ball_norm(flow, f, t, as_tree(y).state)))
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(slope),  # type: ignore[arg-type]
            diffrax.Tsit5() if solver == "tsit5" else diffrax.Kvaerno5(),
            t0=times[0],
            t1=times[-1],
            dt0=first_step,
            y0=initial,
            saveat=diffrax.SaveAt(subs=saves, dense=is_dense),
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
            max_steps=MOST_STEPS if not is_dense else 4096,
            throw=False,
        )
    saved = jax.vmap(as_tree)(found.ys[0])
    is_finished = found.result == diffrax.RESULTS.successful
    states = saved.state
    steps = found.stats["num_accepted_steps"]
    allowance = _allowance(flow, rtol, atol, times, states.x)
    observed = observe_all(flow, f, bound, allowance, times, states)
    largest = jnp.max(found.ys[1]) if samples_ball else jnp.zeros((), times.dtype)
    dense = (found.interpolation, Partial(as_tree)) if is_dense else None
    return Solved(states, *account(saved), observed, allowance, largest, steps, is_finished, dense)


def _allowance(flow: LionKFlow, rtol: Array, atol: Array, times: Array, x: Array) -> Array:
    """How far λx can be from where phase 1 puts it by the errors that the tolerances admit; at the start, by rounding.

    A step is accepted when the root mean square over all states of error/(atol + rtol·size) is ≤ 1, so that its error
    in x is at most √num_states·(atol + rtol·‖x‖).
    """
    num_states = 2 * x[0].size + 1
    largest = jnp.max(map_unstacked(euclidean_norm, x))
    admitted = ERRORS_THAT_ADD_UP * float(np.sqrt(num_states)) * (atol + rtol * largest)
    rounding = map_unstacked(lambda y: rounding_allowance(y, 2.0 * y.size + 8), x)
    return jnp.asarray(flow.weight_decay, x.dtype) * (rounding + jnp.where(times > times[0], admitted, 0))
