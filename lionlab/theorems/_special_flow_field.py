"""Pointwise: with y = D(t, x, m) the textbook's own state, dD/dt along the Lion-K flow is the textbook's rate at y."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..dynamics import LionKFlow, State, constants_at, vector_field
from ..precision import cast_floats, double_precision, unit_roundoff
from ._cases import compiled_once
from ._claim import Measurement, Run, worst
from ._special_case import OPERATIONS, curvature_and_center
from ._special_flow import Example, SpecialFlow

ROUNDING = OPERATIONS * unit_roundoff(np.float64)
# As many states for the pointwise comparison as times of a run: one compilation serves both.
NUM_POINTS = 31


class Pushed(NamedTuple):
    """y, ẏ by the chain rule, the Jacobian of y in (time, x, m), and the motion behind it; one row per state."""

    y: Any
    y_dot: Any
    jacobian: Any
    x_dot: Any
    m_dot: Any


@compiled_once
def _pushed(coordinates: Any, flow: LionKFlow, f: Any, arguments: Any, times: Any, xs: Any, ms: Any) -> Pushed:
    def one(time: Any, x: Any, m: Any) -> Pushed:
        motion = vector_field(flow.K, constants_at(flow, time), State(x, m), f.slope(x))

        def chart(point: Any) -> Any:
            x_here, m_here = point[1:].reshape(2, *x.shape)
            parts = coordinates(point[0], x_here, m_here, f.slope, arguments)
            return jnp.concatenate([part.ravel() for part in parts])

        point = jnp.concatenate([time[None], x.ravel(), m.ravel()])
        tangent = jnp.concatenate([jnp.ones_like(time)[None], motion.x_dot.ravel(), motion.m_dot.ravel()])
        y, y_dot = jax.jvp(chart, (point,), (tangent,))
        return Pushed(y, y_dot, jax.jacfwd(chart)(point), motion.x_dot, motion.m_dot)

    return jax.vmap(one)(times, xs, ms)


def pushed(special: SpecialFlow, example: Example, flow: LionKFlow, times: Any, xs: Any, ms: Any) -> Pushed:
    """The flow's field at the given states, in the textbook's coordinates."""
    with double_precision():
        parts = cast_floats((flow, example.objective, dict(example.arguments)), np.float64)
        found = _pushed(special.coordinates, *parts, *(jnp.asarray(a, jnp.float64) for a in (times, xs, ms)))
    return Pushed(*map(np.asarray, found))


def textbook_rates(special: SpecialFlow, example: Example, t: float, y: np.ndarray) -> np.ndarray:
    """The textbook's dy/dt of a flat y."""
    rates = special.rates(t, tuple(y.reshape(-1, *example.x0.shape)), example)
    return np.concatenate([np.ravel(rate) for rate in rates])


def textbook_jacobian(special: SpecialFlow, example: Example, t: float, y: np.ndarray) -> np.ndarray:
    """d(dy/dt)/dy by central differences: good to some nine digits, of which a bound needs one."""
    columns = []
    for i, size in enumerate(np.abs(y)):
        shift = np.zeros_like(y)
        shift[i] = 1e-6 * (1 + size)
        ahead, behind = (textbook_rates(special, example, t, y + by) for by in (shift, -shift))
        columns.append((ahead - behind) / (2 * shift[i]))
    return np.stack(columns, axis=1)


def measure_field(special: SpecialFlow, example: Example, run: Run, subject: Callable[..., LionKFlow]) -> Measurement:
    """The largest |dD/dt − textbook's rate| at random states, in units of its rounding bound."""
    rng = np.random.default_rng([run.seed, len(example.label)])
    xs, ms = rng.normal(size=(2, NUM_POINTS, *example.x0.shape))
    times = rng.uniform(*(example.window or (0.0, 1.0)), NUM_POINTS)
    found = pushed(special, example, subject(**example.arguments), times, xs, ms)
    right = special.constructor(**example.arguments)
    measurements = []
    for i, (time, x, m) in enumerate(zip(times, xs, ms, strict=True)):
        t, pace = special.clock(example.arguments, time)
        difference = found.y_dot[i] - pace * textbook_rates(special, example, t, found.y[i])
        allowed = _rounding(special, example, right, time, x, m, Pushed(*(part[i] for part in found)))
        ratio = float(np.max(np.abs(difference) / allowed))
        measurements.append(Measurement(ratio, 1.0, 1, {"label": example.label, "time": time, "x": x, "m": m}))
    return worst(measurements)


def _rounding(
    special: SpecialFlow, example: Example, right: LionKFlow, time: float, x: np.ndarray, m: np.ndarray, here: Pushed
) -> np.ndarray:
    """How far rounding can put dD/dt and the textbook's rate apart, entry by entry."""
    alpha = float(right.alpha(time)) if callable(right.alpha) else right.alpha
    gamma, epsilon, lam = right.gamma, right.epsilon, right.weight_decay
    retained, rounding, size = max(1 - epsilon * gamma, 0.0), ROUNDING, np.linalg.norm
    g = example.gradient(x)
    steepness, center = curvature_and_center(example.objective)
    e_g = rounding * float(size(g) + steepness * (size(x) + center))
    m_tilde = retained * m - epsilon * alpha * g
    e_tilde = rounding * float(size(m) + epsilon * alpha * size(g)) + epsilon * alpha * e_g
    # What ẋ and ṁ are made of, and how far each is off.
    e_x = special.sensitivity(m_tilde, e_tilde) + rounding * (size(here.x_dot) + 2 * lam * size(x))
    e_m = rounding * (gamma * size(m) + alpha * size(g)) + alpha * e_g
    e_point = np.concatenate([[0.0], *(np.ravel(np.broadcast_to(e, x.shape)) for e in (e_x, e_m))])
    tangent = np.concatenate([[1.0], np.ravel(here.x_dot), np.ravel(here.m_dot)])
    pushed_error = np.abs(here.jacobian) @ (e_point + rounding * np.abs(tangent))
    # The Hessian inside dD/dt is summed from terms up to √d L in size.
    hessian_error = rounding * epsilon * alpha * steepness * size(here.x_dot) if len(here.y) > x.size else 0.0
    t, pace = special.clock(example.arguments, time)
    textbook_error: Any
    if right.K.is_smooth:
        # y itself is rounded, which the textbook's rate then carries on.
        steep = float(size(textbook_jacobian(special, example, t, here.y), 2))
        textbook_error = rounding * pace * steep * (float(size(here.y)) + center)
    else:
        textbook_error = special.sensitivity(m_tilde, e_tilde) + e_m + rounding * (size(here.x_dot) + lam * size(x))
        textbook_error = np.tile(np.ravel(np.broadcast_to(textbook_error, x.shape)), len(here.y) // x.size)
    return pushed_error + hessian_error + textbook_error
