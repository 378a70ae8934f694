"""`lyapunov` and `energy_ledger`: the public evaluators, NumPy in and NumPy out, one vectorised pass over time."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, NumericalConjugate
from ..dynamics import (
    Constants,
    LionK,
    LionKFlow,
    Trajectory,
    at_step,
    bracket_weight,
    check_objective,
    checked_methods,
    compiled,
    map_unstacked,
    stacked_constants,
)
from ..precision import as_numpy, cast_floats, double_precision
from ._directions import Directions, step_directions, taken_directions
from ._flow import flow_lyapunov_at
from ._function import conjugate_value, lyapunov_from_values, lyapunov_value
from ._ledger import Entry, Ledger, Values, ledger_entry
from ._recorded import Recording, checked_recording, is_rounding_of_gradients
from ._step_rounding import Node

# Of a K with kinks and a conjugate found numerically, K_M* at one state takes a search of some sixty proximal points,
# each a search of its own: seconds. A ledger of more states is refused.
MOST_SEARCHES = 32


def lyapunov(method: LionK | LionKFlow, objective: Any, x: Any, m: Any, bound: float | None = None) -> np.ndarray:
    """H(x, m) = f(x) + K*(λx)/λ + c[K*(λx) + K(m) − ⟨λx, m⟩], a NumPy scalar of x's dtype; +inf outside dom K*.

    `bound` = M gives H_M instead, with K + indicator of {‖·‖_B ≤ M} in place of K: finite everywhere, equal to H inside
    for norms. B is the max-norm ball for separable K, K's own unit ball for other norms, else the Euclidean ball.
    With a step-size schedule, c is that of step 0.

    Of a `LionKFlow` it is H = αf(x) + (γ/λ)K*(λx) + c[…] with c = (1−εγ)/(1+ελ), or its H_M; a changing α at time 0.

    **Raises:** `ValueError` when ‖m‖_B > M, naming the least valid M, or when β2 = 1 leaves c infinite; `TypeError`
    for an objective that is a bare function (wrap it as `Objective(function, dim)`).
    Source: arXiv 2310.05898, Theorems 3.1 and 4.1.
    """
    if not isinstance(method, LionKFlow):
        checked_methods([method])
    check_objective(objective)
    xs = as_numpy("x", x)
    ms = as_numpy("m", m).astype(xs.dtype) if not isinstance(m, np.ndarray) else as_numpy("m", m)
    if xs.shape != ms.shape or xs.dtype != ms.dtype:
        raise ValueError(f"x and m must agree, got {xs.dtype} {xs.shape} and {ms.dtype} {ms.shape}.")
    if isinstance(method, LionKFlow):
        return _flow_lyapunov(method, objective, xs, ms, bound)
    check_bracket(method)
    with double_precision():
        K, constants, _ = stacked_constants([method], [method.step_sizes(0)], xs.dtype)
        constants = at_step(constants, jnp.ravel(constants.step_size)[0])
        M = None if bound is None else jnp.asarray(bound, xs.dtype)
        if M is not None:
            check_bound(float(K.ball_norm(jnp.asarray(ms))), float(M))
        f = cast_floats(objective, xs.dtype)
        return np.asarray(_lyapunov(K, f, constants, method.decay, jnp.asarray(xs), jnp.asarray(ms), M))


def _flow_lyapunov(flow: LionKFlow, objective: Any, x: np.ndarray, m: np.ndarray, bound: float | None) -> np.ndarray:
    with double_precision():
        cast, f = cast_floats(flow, x.dtype), cast_floats(objective, x.dtype)
        M = None if bound is None else jnp.asarray(bound, x.dtype)
        if M is not None:
            check_bound(float(cast.K.ball_norm(jnp.asarray(m))), float(M))
        return np.asarray(eqx.filter_jit(flow_lyapunov_at)(cast, f, jnp.asarray(x), jnp.asarray(m), M))


@eqx.filter_jit
def _lyapunov(K: Any, f: Any, constants: Constants, decay: str, x: Array, m: Array, bound: Array | None) -> Array:
    return lyapunov_value(K, f.value(x), constants, decay, x, m, bound)


def energy_ledger(
    method: LionK | Sequence[LionK], objective: Any, trajectory: Trajectory, bound: float | None = None
) -> Ledger:
    """The exact `Ledger` of every step of a trajectory: what changed H, term by term, and what does not add up.

    `bound` = M does it for H_M, finite through phase 1 too. For a batch pass the methods it was simulated with; arrays
    are then (T, B). With gradient noise, `loss_remainder` uses the gradient the step used and has no sign.

    **Raises:** `ValueError` in words when states are missing, thinned or not finite, when the gradients of a run
    without noise are not this objective's to half their digits, when λx leaves dom K* (pass `bound`), when m or m̃
    leaves dom K, when ‖m̃‖_B or ‖m‖_B exceeds `bound` (the least valid one is named), where ∂K*(λx) is empty, or where
    K_M* would take seconds for each of many states. `TypeError` for a bare function.
    Source: arXiv 2310.05898, Theorem 4.1, with the remainders written out.
    """
    methods = checked_methods(method)
    for one in methods:
        check_bracket(one)
    x, m, g = checked_recording(methods, objective, trajectory)
    num_steps = len(x) - 1
    if bound is not None:
        _check_affordable(methods[0].K, len(x) * (x.shape[1] if trajectory.batched else 1))
    sizes = [one.step_sizes(num_steps) for one in methods]
    with double_precision():
        batch_size = x.shape[1] if trajectory.batched else None
        K, constants, axes = stacked_constants(methods, sizes, x.dtype, batch_size)
        _check_finite_bracket(constants, methods[0].decay)
        objective = cast_floats(objective, x.dtype)
        M = None if bound is None else jnp.asarray(bound, x.dtype)
        # Unlike `jnp.asarray` it copies nothing that is aligned.
        states, gradient = (jax.device_put(x), jax.device_put(m)), None if g is None else jax.device_put(g)
        # Compiled apart: f, K and K* reach the last pass through memory, so H and the remainders share their floats;
        # XLA makes every column of the ledger a kernel of its own, which would evaluate K, K* and ∇K again.
        decay = methods[0].decay
        with_steps = None if not trajectory.batched else (axes, axes, 1, eqx.if_array(1))
        with_directions = None if with_steps is None else (*with_steps, eqx.if_array(1))
        pass_over = compiled(_over_batch, x.size)
        values_of = partial(pass_over, _values, with_steps and (axes, axes, 1), (objective, M))
        directions_of = partial(pass_over, _first_directions, with_steps, (objective, decay))
        taken_of = partial(pass_over, _each_step, with_directions, (taken_directions, objective, decay))
        entries_of = partial(pass_over, _rows, with_directions, (objective, decay))
        values = values_of(K, constants, states)._asdict()
        ball_norm = values.pop("ball_norm")  # apart, so that H and H_M share the compiled second pass
        nodes = Node(*states, **values)
        _check_nodes(nodes, M)
        directions = directions_of(K, constants, nodes, gradient)
        _check_inside("m̃", np.asarray(directions.is_outside))
        if g is None and (np.asarray(directions.missed_m) > 1).any():
            is_excused = is_rounding_of_gradients(
                objective, Recording(x, m, None), np.asarray(constants.beta2), trajectory.batched
            )
            directions = directions._replace(missed_m=jnp.where(is_excused, 0, directions.missed_m))
        if (np.asarray(directions.missed_x) > 1).any():  # seldom, and to tell a tie from a wrong direction costs more
            directions = taken_of(K, constants, nodes, gradient, directions)
        entries, H = jax.tree.map(np.asarray, entries_of(K, constants, nodes, gradient, directions))
    if M is not None:
        largest = np.maximum(np.max(entries.ball_norm, initial=0.0), np.max(np.asarray(ball_norm), initial=0.0))
        check_bound(float(largest), float(M))
    return _as_ledger(entries, H)


def _over_batch(evaluate: Callable[..., Any], in_axes: Any, fixed: tuple[Any, ...], *arguments: Any) -> Any:
    """`evaluate(*fixed, *arguments)`, of a batch for every run of it: time comes first, so they are stacked second."""
    if in_axes is None:
        return evaluate(*fixed, *arguments)
    return eqx.filter_vmap(lambda *each: evaluate(*fixed, *each), in_axes=in_axes, out_axes=1)(*arguments)


def _values(objective: Any, bound: Array | None, K: ConvexFunction, constants: Constants, states: tuple) -> Values:
    etas = constants.step_size if constants.step_size.ndim else None

    def values(eta: Array | None, x: Array, m: Array) -> Values:
        now, y = at_step(constants, eta), constants.weight_decay * x
        if bound is not None:
            K_star, z = K.truncated_conjugate(y, bound)
        else:
            K_star, z = conjugate_value(K, now, y, None), K.conjugate().selection(y)
        return Values(objective.value(x), K.value(m), K_star, z, None if bound is None else K.ball_norm(m))

    return map_unstacked(values, etas, *states, leave_apart=True)


def _each_step(
    evaluate: Callable[..., Any],
    objective: Any,
    decay: str,
    K: ConvexFunction,
    constants: Constants,
    nodes: Node,
    gradients: Array | None,
    directions: Directions | None = None,
) -> Any:
    """`evaluate(K, constants, decay, before, after, gradient[, directions])` for every step."""
    etas = constants.step_size[:-1] if constants.step_size.ndim else None

    def one(eta: Array | None, before: Node, after: Node, g: Array | None, *known: Directions) -> Any:
        g = objective.slope(before.x) if g is None else g
        return evaluate(K, at_step(constants, eta), decay, before, after, g, *known)

    before, after = jax.tree.map(lambda a: a[:-1], nodes), jax.tree.map(lambda a: a[1:], nodes)
    known = [] if directions is None else [directions]
    return map_unstacked(one, etas, before, after, gradients, *known, leave_apart=True)


def _first_directions(
    objective: Any, decay: str, K: ConvexFunction, constants: Constants, nodes: Node, gradients: Array | None
) -> Directions:
    scale = jnp.max(jnp.abs(nodes.m)) + (0 if gradients is None else jnp.max(jnp.abs(gradients), initial=0))
    return _each_step(partial(step_directions, scale), objective, decay, K, constants, nodes, gradients)


def _rows(
    objective: Any,
    decay: str,
    K: ConvexFunction,
    constants: Constants,
    nodes: Node,
    gradients: Array | None,
    directions: Directions,
) -> tuple[Entry, Array]:
    """The ledger of every step, and H at every state with the c of the step that leaves it."""
    entries = _each_step(ledger_entry, objective, decay, K, constants, nodes, gradients, directions)

    def H(eta: Array | None, node: Node) -> Array:
        now, y_dot_m = at_step(constants, eta), jnp.sum(constants.weight_decay * node.x * node.m)
        return lyapunov_from_values(now, decay, node.f, node.K_star, node.K, y_dot_m)

    return entries, map_unstacked(H, constants.step_size if constants.step_size.ndim else None, nodes)


def _check_inside(name: str, is_outside: np.ndarray) -> None:
    if is_outside.any():
        raise ValueError(
            f"{name} leaves dom K at step {np.argwhere(is_outside)[0][0]}, where K is infinite and has no subgradient; "
            "for the ledger of a K cut off at M, which is finite for every x, pass the K itself and bound=M."
        )


def _check_nodes(nodes: Node, bound: Array | None) -> None:
    _check_inside("m", ~np.isfinite(np.asarray(nodes.K)))
    if bound is not None:
        return
    finite = np.isfinite(np.asarray(nodes.K_star))
    if not finite.all():
        raise ValueError(
            f"λx leaves dom K* at step {np.argwhere(~finite)[0][0]}, where H is infinite; start inside the constraint "
            "set, or pass bound=M ≥ max ‖m̃_t‖ for the ledger of H_M."
        )
    is_empty = [~np.isfinite(np.asarray(column)) for column in jax.tree.leaves(nodes.z)]
    if any(column.any() for column in is_empty):
        step = min(np.argwhere(column)[0][0] for column in is_empty if column.any())
        raise ValueError(f"∂K*(λx) is empty at step {step}: λx lies on the boundary of dom K*; pass bound=M for H_M.")


def _as_ledger(entries: Entry, lyapunov: np.ndarray) -> Ledger:
    columns = entries._asdict()
    columns.pop("ball_norm")
    return Ledger(**columns, lyapunov=lyapunov)


def _check_finite_bracket(constants: Constants, decay: str) -> None:
    """A β a hair below 1 in float64 can be 1 in the run's own precision."""
    stacked = constants.step_size.ndim - np.ndim(constants.beta1)  # a schedule's axis comes last
    others = [np.asarray(number)[(..., *[None] * stacked)] for number in constants[1:]]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = bracket_weight(Constants._make([constants.step_size, *others]), decay)
    if not np.isfinite(weight).all():
        raise ValueError("the weight c of the Lyapunov bracket is infinite in this precision; lower beta1 or beta2.")


def _check_affordable(K: ConvexFunction, num_states: int) -> None:
    """**Raises:** `ValueError` where the ledger of H_M would take minutes."""
    is_found_by_formula = K.is_smooth or K.is_positively_homogeneous or K.is_separable
    if is_found_by_formula or num_states <= MOST_SEARCHES or not isinstance(K.conjugate(), NumericalConjugate):
        return
    raise ValueError(
        f"with bound, this K takes seconds for each of {num_states} states, for its K* is numerical and its domain "
        f"unknown to be a ball or a box; at most {MOST_SEARCHES} states are tried. Declare is_positively_homogeneous "
        "or is_separable where K is, start inside the constraint set and leave bound out, or pass a shorter trajectory."
    )


def check_bracket(method: LionK) -> None:
    """c must be finite: β2 < 1, or λ > 0 and β1 < 1. **Raises:** `ValueError` naming both."""
    if method.beta2 == 1 and (method.weight_decay == 0 or method.beta1 == 1):
        raise ValueError(
            "the Lyapunov function needs beta2 < 1, or weight_decay > 0 and beta1 < 1; its c is infinite here."
        )


def check_bound(largest: float, bound: float) -> None:
    """The run must stay in {‖·‖_B ≤ M}. **Raises:** `ValueError` naming the least valid M."""
    if not largest <= bound:
        raise ValueError(f"bound must be at least the largest ‖m̃‖_B of the run, {largest!r}, got {bound!r}.")
