"""The flow with its energy account as further states of the same solve, which makes the balance law testable:

H(t) + ∫ dissipation − ∫ α̇ f = H(0)
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..convex._function import euclidean_norm
from ..dynamics import LionKFlow, State, alpha_growth, constants_at, map_unstacked, vector_field
from ..energy import conjugate_term, dissipation, flow_lyapunov_value
from ._unconstrained import WithoutConjugate


class Augmented(NamedTuple):
    """(x, m), the energy dissipated so far, and what a growing α has supplied (None where α is a number)."""

    state: State
    dissipated: Array
    supplied: Array | None


def augmented(flow: LionKFlow, start: State) -> Augmented:
    """The start with both accounts at 0."""
    zero = jnp.zeros((), start.x.dtype)
    return Augmented(start, zero, zero if callable(flow.alpha) else None)


def augmented_field(flow: LionKFlow, f: Any, bound: Array | None, time: Array, now: Augmented) -> Augmented:
    """d/dt of `now`; the dissipation is that of H, or of H_M for `bound` = M."""
    constants, x = constants_at(flow, time), now.state.x
    motion = vector_field(flow.K, constants, now.state, f.slope(x))
    y = constants.weight_decay * x
    z = _inner_selection(flow, y) if bound is None else flow.K.truncated_conjugate(y, bound)[1]
    rates = dissipation(flow.K, constants, now.state, motion, z)
    supplied = None if now.supplied is None else alpha_growth(flow, time) * f.value(x)
    return Augmented(State(motion.x_dot, motion.m_dot), rates.alignment + rates.enhancement, supplied)


def _inner_selection(flow: LionKFlow, y: Array) -> Array:
    """An element of ∂K*(y), of a point √u further in where an error of integration put y on the edge of dom K*.

    For log cosh and the like ∂K* is empty there and the dissipation infinite, which would end the solve.
    """
    K_star = flow.K.conjugate()
    z = K_star.selection(y)
    inwards = 1 - jnp.sqrt(jnp.finfo(y.dtype).eps)
    return jnp.where(jnp.all(jnp.isfinite(z)), z, K_star.selection(inwards * K_star.projection(y)))


class Observed(NamedTuple):
    """What is evaluated at a saved state."""

    lyapunov: Array
    distance: Array  # of λx to dom K*
    loss: Array  # αf(x), the part of H that is exchanged with the others
    gap: Array | None = None  # K(m) + K*(∇K(m)) − ⟨∇K(m), m⟩ over the sizes of the three, 0 but for rounding


def observed(
    flow: LionKFlow, f: Any, bound: Array | None, allowance: Array, h: Array | float, time: Array, state: State
) -> Observed:
    """H, or H_M for `bound` = M, and the distance; λx counts as inside up to `allowance`. `h`: of an implicit step."""
    constants, (x, m) = constants_at(flow, time), state
    y = constants.weight_decay * x
    K_star = conjugate_term(flow.K, y, bound, allowance).value
    loss = f.value(x)
    H = flow_lyapunov_value(constants, loss, flow.K.value(m), K_star, jnp.sum(y * m), h)
    return Observed(H, flow.K.conjugate().distance(y), constants.alpha * loss)


def ball_norm(flow: LionKFlow, f: Any, time: Array, state: State) -> Array:
    """max(‖m̃‖_B, ‖m‖_B), which M must bound."""
    m_tilde = vector_field(flow.K, constants_at(flow, time), state, f.slope(state.x)).m_tilde
    return jnp.maximum(flow.K.ball_norm(m_tilde), flow.K.ball_norm(state.m))


class Solved(NamedTuple):
    """What a solver hands back, at the saved times along the first axis."""

    state: State
    dissipated: Array
    supplied: Array
    observed: Observed
    allowance: Array  # by which λx may be outside the phase-1 envelope, per saved time
    ball_norm: Array  # the largest seen
    num_steps: Array
    is_finished: Array
    dense: Any = None


class Packed(NamedTuple):
    """What a solver of one flow hands back: `Solved` in two arrays, each further one costing a microsecond or two."""

    rows: Array  # per saved time x, m, the dissipated energy and, where α changes, the supplied
    seen: Array  # per saved time H, the distance, αf(x), the gap and the allowance
    ball_norm: Array
    num_steps: Array
    is_finished: Array
    dense: Any = None


def unpacked(packed: Packed, shape: tuple[int, ...]) -> Solved:
    """The same in NumPy as `Solved`, x and m of the given shape."""
    rows, size = np.asarray(packed.rows), int(np.prod(shape))
    x, m = (np.ascontiguousarray(rows[:, i * size : (i + 1) * size]).reshape(-1, *shape) for i in (0, 1))
    dissipated = rows[:, 2 * size]
    supplied = rows[:, 2 * size + 1] if rows.shape[1] > 2 * size + 1 else np.zeros_like(dissipated)
    H, distance, loss, gap, allowance = np.ascontiguousarray(np.transpose(packed.seen))
    states: Any = State(x, m)  # type: ignore[arg-type]  # arrays of NumPy
    parts: Any = (states, dissipated, supplied, Observed(H, distance, loss, gap), allowance)
    return Solved._make((*parts, *packed[2:]))


def account(saved: Augmented) -> tuple[Array, Array]:
    """(dissipated, supplied), zeros where nothing is supplied."""
    return saved.dissipated, jnp.zeros_like(saved.dissipated) if saved.supplied is None else saved.supplied


def observe_all(
    flow: LionKFlow, f: Any, bound: Array | None, allowance: Array, times: Array, states: State
) -> Observed:
    """`observed` at every saved time of a continuous solver, and whether K* is that of K."""

    return map_unstacked(lambda a, t, s: observed_with_gap(flow, f, bound, a, t, s), allowance, times, states)


def observed_with_gap(
    flow: LionKFlow, f: Any, bound: Array | None, allowance: Array, time: Array, state: State
) -> Observed:
    """`observed` at one saved time of a continuous solver, and whether K* is that of K."""
    return observed(flow, f, bound, allowance, 0.0, time, state)._replace(gap=_fenchel_young_gap(flow.K, state.m))


def _fenchel_young_gap(K: ConvexFunction, m: Array) -> Array:
    """0 for λ = 0, where K* has no part; +inf where ∇K(m) is out of dom K* by more than half its digits."""
    if isinstance(K, WithoutConjugate):
        return jnp.zeros((), m.dtype)
    u = K.selection(m)
    half_the_digits = jnp.sqrt(jnp.finfo(m.dtype).eps) * euclidean_norm(u)
    at_m, at_u, product = K.value(m), K.conjugate().value_within(u, half_the_digits), jnp.sum(u * m)
    sizes = jnp.abs(at_m) + jnp.abs(at_u) + jnp.sum(jnp.abs(u * m))
    gap = (at_m + at_u - product) / jnp.where(sizes > 0, sizes, jnp.ones_like(sizes))
    return jnp.where(jnp.isfinite(at_u), gap, jnp.inf)
