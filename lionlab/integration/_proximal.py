"""The implicit step repeated: the solver for nonsmooth K, with its exact ledger and a certificate for every step."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from ..convex._function import euclidean_norm, rounding_allowance
from ..dynamics import LionKFlow, ProximalStep, State, constants_at, proximal_step, scan_unstacked
from ..energy import Entry, conjugate_term, proximal_entry
from ._augmented import observed


class Steps(NamedTuple):
    """Every step of a run, along the first axis; `start` is the state before the first."""

    start: State
    steps: ProximalStep
    ball_norm: Array  # the largest ‖m̃‖_B or ‖m‖_B
    gap: Array  # K(m̃) + K*(s) − ⟨s, m̃⟩ of every step
    explained: Array  # what the inclusion residual allows it to be


def proximal_steps(
    flow: LionKFlow,
    f: Any,
    start: State,
    h: Array,
    num_steps: int,
    curvature: Array,
    is_smoothness: bool,
    relative_tolerance: Array,
    batched: bool,
) -> Steps:
    """`num_steps` implicit steps of length h; each begins its search at the s of the one before."""
    constants = constants_at(flow, h)

    def advance(carry: tuple[State, Array, Array], _: None) -> tuple[tuple[State, Array, Array], ProximalStep]:
        state, s, guess = carry
        taken = proximal_step(flow.K, f.slope, constants, h, state, s, guess, is_smoothness, relative_tolerance)
        # A guess that once was raised may come down again.
        next_guess = taken.curvature if is_smoothness else 0.9 * taken.curvature
        return (taken.state, taken.selection, next_guess), taken

    m_tilde = constants.retained * start.m - constants.epsilon * constants.alpha * f.slope(start.x)
    initial = (start, flow.K.selection(m_tilde), curvature)
    _, steps = scan_unstacked(advance, initial, None, num_steps, batched=batched)
    norm = flow.K.ball_norm
    largest = jnp.maximum(jnp.max(jax.vmap(norm)(steps.m_tilde)), jnp.max(jax.vmap(norm)(steps.state.m)))
    gap, explained = jax.vmap(lambda one: _fenchel_young(flow, one))(steps)
    return Steps(start, steps, jnp.maximum(largest, norm(start.m)), gap, explained)


def _fenchel_young(flow: LionKFlow, step: ProximalStep) -> tuple[Array, Array]:
    """K(m̃) + K*(s) − ⟨s, m̃⟩, and the most it can be when s ∈ ∂K(m̃ + e): (‖s‖ + ‖∇K(m̃)‖)‖e‖ and rounding.

    The search knows K by K* alone: this is where a K* that belongs to another K shows.
    """
    s, m_tilde, K_star = step.selection, step.m_tilde, flow.K.conjugate()
    at_m, product = flow.K.value(m_tilde), jnp.sum(s * m_tilde)
    at_s = K_star.value_within(s, rounding_allowance(s, 2.0 * s.size + 8))
    e = step.inclusion_residual + step.tolerance
    explained = (euclidean_norm(s) + euclidean_norm(flow.K.selection(m_tilde))) * e
    u = jnp.finfo(s.dtype).eps / 2
    sizes = jnp.abs(at_m) + jnp.abs(at_s) + jnp.sum(jnp.abs(s * m_tilde)) + euclidean_norm(m_tilde) * euclidean_norm(s)
    return at_m + at_s - product, explained + 64 * (s.size + 8) * u * sizes


class Account(NamedTuple):
    """The energy of a run of implicit steps: one `Entry` per step, and H_h and the distance at every state."""

    entries: Entry
    lyapunov: Array
    distance: Array
    allowance: Array


def proximal_account(flow: LionKFlow, f: Any, h: Array, run: Steps, bound: Array | None) -> Account:
    """The exact ledger of every step, of H_h or, for `bound` = M, of H_h with K_M."""
    constants = constants_at(flow, h)
    lam = constants.weight_decay
    states: State = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), run.start, run.steps.state)
    contraction = h * lam / (1 + h * lam)
    allowances = lam * jax.lax.cummax(
        jax.vmap(lambda x: rounding_allowance(x, 2.0 * x.size + 8, jnp.maximum(contraction, 1e-30)))(states.x)
    )
    allowances = jnp.where(lam > 0, allowances, jnp.zeros_like(allowances))

    def entry(before: State, step: ProximalStep, allowed: tuple[Array, Array]) -> Entry:
        losses = f.value(before.x), f.value(step.state.x)
        conjugates = (
            conjugate_term(flow.K, lam * before.x, bound, allowed[0]),
            conjugate_term(flow.K, lam * step.state.x, bound, allowed[1]),
        )
        return proximal_entry(flow.K, constants, h, before, step, losses, conjugates)

    befores = jax.tree.map(lambda a: a[:-1], states)
    entries = jax.vmap(entry)(befores, run.steps, (allowances[:-1], allowances[1:]))
    seen = jax.vmap(lambda a, s: observed(flow, f, bound, a, h, h, s))(allowances, states)
    return Account(entries, seen.lyapunov, seen.distance, allowances)
