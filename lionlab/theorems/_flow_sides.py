"""Both sides of the identity for dH/dt at many states: values differentiated on the left, gradients on the right."""

import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction, Huber, LogCosh, PseudoHuber, Scaled, SeparableSum, SquaredL2
from ..convex._function import euclidean_norm
from ..dynamics import LionKFlow, State, constants_at, vector_field
from ..energy import conjugate_term, dissipation, flow_lyapunov_value
from ..precision import cast_floats, double_precision
from ._cases import compiled_once
from ._conjugate_samples import evaluation_count
from ._flow_cases import FlowCase
from ._flow_energy import bracket_weight, numbers_of
from ._flow_runs import Pieces, length, pieces
from ._hypotheses import boundary

UNIT = 2.0**-53
NUM_STATES = 120
# The secants' length as a share of 1 + ‖m‖, about √u: a longer one is less exact, a shorter one rounds more.
SECANT = 1e-7


class DifferentiableLogCosh(LogCosh):
    """The same function by `jnp.log1p`, which forward mode differentiates; the library takes its logarithm apart."""

    def density(self, z: Array) -> Array:
        size = jnp.abs(self.sharpness * z)
        return (size + jnp.log1p(jnp.exp(-2 * size)) - np.log(2.0)) / self.sharpness

    def conjugate_density(self, y: Array) -> Array:
        return ((1 + y) * jnp.log1p(y) + (1 - y) * jnp.log1p(-y)) / (2 * self.sharpness)


ATOMS = (Huber, SquaredL2, LogCosh, PseudoHuber)


def has_derivative_rule(K: ConvexFunction) -> bool:
    """Whether forward mode differentiates the value of K rightly everywhere, unlike through an envelope's kinks."""
    if isinstance(K, SeparableSum):
        return all(map(has_derivative_rule, K.functions))
    return has_derivative_rule(K.function) if isinstance(K, Scaled) else isinstance(K, ATOMS)


def differentiable(K: ConvexFunction) -> ConvexFunction:
    """`K` with every log cosh in it replaced by its differentiable form."""

    def replaced(part: Any) -> Any:
        return DifferentiableLogCosh(part.sharpness) if isinstance(part, LogCosh) else part

    return jax.tree.map(replaced, K, is_leaf=lambda part: isinstance(part, LogCosh))


def states(case: FlowCase, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """States with λx inside dom K*, at up to 0.95 of its boundary, and momenta of sizes 0.01 to 30."""
    rng = np.random.default_rng([seed, *case.x0.shape])
    lam, shape = case.flow.weight_decay, (NUM_STATES, *case.x0.shape)
    spread = (NUM_STATES, *(1 for _ in case.x0.shape))
    x = 3 * rng.normal(size=shape)
    if lam > 0:
        x = np.stack([boundary(case.flow.K, y).projection for y in x]) * 0.95 * rng.uniform(size=spread) / lam
    m = rng.normal(size=shape) * rng.choice([0.01, 1.0, 30.0], size=spread)
    return x, m


class Sides(NamedTuple):
    """Both sides at N states: dH/dt but for cK(m), and d/dt K(m) differentiated, and enclosed by secants."""

    rest: np.ndarray
    slope: np.ndarray
    secant: np.ndarray
    secant_error: np.ndarray  # half the distance of the two secants
    per_step: np.ndarray  # 1/h, by which the secants magnify the rounding of K
    alignment: np.ndarray
    enhancement: np.ndarray


@dataclass(frozen=True)
class Sampled:
    """The states of a case, what is evaluated there, and dH/dt by one or two routes with the error of each."""

    x: np.ndarray
    m: np.ndarray
    pieces: Pieces
    sides: Sides
    routes: tuple[tuple[np.ndarray, np.ndarray], ...]
    rounding: np.ndarray


_KNOWN: weakref.WeakKeyDictionary[FlowCase, dict[int, Sampled]] = weakref.WeakKeyDictionary()


def sampled(case: FlowCase, seed: int) -> Sampled:
    """Evaluated once per case and seed."""
    known = _KNOWN.setdefault(case, {})
    if seed not in known:
        known[seed] = _sampled(case, seed)
    return known[seed]


def _sampled(case: FlowCase, seed: int) -> Sampled:
    x, m = states(case, seed)
    K = case.flow.K
    with double_precision():
        flow, plain, f = cast_floats((case.flow, differentiable(K), case.objective), np.float64)
        sides = Sides(*map(np.asarray, _sides(flow, plain, f, State(jnp.asarray(x), jnp.asarray(m)))))
    p, c = pieces(case, x, m), bracket_weight(numbers_of(case))
    rounding = _rounding(case, p, x, m)
    # Three values of K, each rounded, and as large as the largest of them.
    of_values = 4 * evaluation_count(K, case.x0.shape) * UNIT * p.K * sides.per_step
    routes = [(sides.rest + c * sides.secant, rounding + c * (sides.secant_error + of_values))]
    if has_derivative_rule(K):
        routes.append((sides.rest + c * sides.slope, rounding))
    return Sampled(x, m, p, sides, tuple(routes), rounding)


@compiled_once
def _sides(flow: LionKFlow, plain: ConvexFunction, f: Any, states: State) -> tuple[Array, ...]:
    def at(state: State) -> tuple[Array, ...]:
        K, constants = flow.K, constants_at(flow, jnp.zeros((), state.x.dtype))
        lam, inside = constants.weight_decay, jnp.full((), 1e-9, state.x.dtype)

        def H(x: Array, m: Array) -> Array:
            K_star = conjugate_term(plain, lam * x, None, inside).value
            return flow_lyapunov_value(constants, f.value(x), jnp.zeros_like(K_star), K_star, jnp.sum(lam * x * m))

        motion = vector_field(K, constants, state, f.slope(state.x))
        x_dot, m, m_dot = motion.x_dot, state.m, motion.m_dot
        rest = jax.jvp(H, tuple(state), (x_dot, m_dot))[1]
        slope = jax.jvp(plain.value, (m,), (m_dot,))[1]
        # K is convex: its slope at m along ṁ lies between these two secants, whether or not K is differentiable.
        speed = euclidean_norm(m_dot)
        h = jnp.where(speed > 0, SECANT * (1 + euclidean_norm(m)) / jnp.where(speed > 0, speed, 1), 1)
        before, now, after = K.value(m - h * m_dot), K.value(m), K.value(m + h * m_dot)
        secant, apart = (after - before) / (2 * h), jnp.abs(after + before - 2 * now) / (2 * h)
        rates = dissipation(K, constants, state, motion, K.conjugate().selection(lam * state.x))
        return (rest, slope, secant, apart, 1 / h, *rates)

    return jax.vmap(at)(states)


def _rounding(case: FlowCase, p: Pieces, x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """4Cu times the sizes of all that is multiplied on either side, C counting the roundings of K and its gradients."""
    alpha, gamma, epsilon, lam = numbers_of(case)
    c = bracket_weight(numbers_of(case))
    g0 = np.asarray(case.objective.gradient(np.zeros_like(case.x0)))
    size_x, size_m = length(x), length(m)
    L = case.objective.smoothness or float(np.max(length(p.g - g0) / np.maximum(size_x, 1e-3)))
    # What ∇f is made of, and with it ṁ, m̃ and ẋ.
    g = length(p.g) + float(np.linalg.norm(g0)) + L * size_x
    m_dot, m_tilde, x_dot = alpha * g + gamma * size_m, size_m + epsilon * alpha * g, length(p.u) + lam * size_x
    u, w = length(p.u), length(p.w)
    z = length(p.z) * (lam > 0)
    left = alpha * g * x_dot + (gamma + c * lam) * z * x_dot + c * (w * m_dot + lam * (size_m * x_dot + size_x * m_dot))
    right = (gamma + c * lam) * (x_dot + u) * (m_tilde + z) + c * (u + w) * m_dot
    found = 4 * evaluation_count(case.flow.K, case.x0.shape) * UNIT * (left + right)
    return np.where(found > 0, found, UNIT)  # a state at rest at 0 has no rounding
