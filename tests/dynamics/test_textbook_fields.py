"""The named flows against their textbooks' own equations in NumPy, and what changes when the weight of f does."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import LogCosh, Scaled, SquaredL2, TopKL1
from lionlab.dynamics import (
    LionKFlow,
    Motion,
    State,
    accelerated_mirror_descent_flow,
    alpha_growth,
    constants_at,
    dual_space_preconditioning_flow,
    frank_wolfe_flow,
    gradient_flow,
    hamiltonian_descent_flow,
    heavy_ball_flow,
    lion_flow,
    mirror_descent_flow,
    muon_flow,
    nesterov_flow,
    normalized_momentum_flow,
    sign_gradient_flow,
    signum_flow,
    vector_field,
)
from lionlab.objectives import Quadratic
from lionlab.precision import double_precision

ROUNDING = 200 * np.finfo(float).eps
GAMMA, EPSILON, DECAY, SPEED, TIME = 0.7, 0.4, 0.6, 1.3, 1.7
Array = np.ndarray
H = Quadratic([[1.0, 0.2, 0.0], [0.2, 0.5, 0.1], [0.0, 0.1, 2.0]], [0.6, 0.3, -0.4])


def moving(flow: LionKFlow, x: Array, m: Array, g: Array, time: float = TIME) -> Motion:
    """The library's right-hand side, operation by operation."""
    with double_precision():
        constants = constants_at(flow, jnp.asarray(time))
        motion = vector_field(flow.K, constants, State(jnp.asarray(x), jnp.asarray(m)), jnp.asarray(g))
        return Motion(*map(np.asarray, motion))


def polar(z: Array) -> Array:
    u, _, vt = np.linalg.svd(z)
    return u @ vt


def averaged(direction: Callable[[Array], Array], epsilon: float = 0.0, decay: float = 0.0) -> Callable:
    """ḃ = γ(g − b), ẋ = −direction((1−εγ)b + εγg) − λx, with b = −m."""

    def field(x, m, g):
        b = -m
        return -direction((1 - epsilon * GAMMA) * b + epsilon * GAMMA * g) - decay * x, -GAMMA * (g - b)

    return field


def conditional_gradient(x, m, g):
    """λ(v − x) for the vertex v of {‖λv‖∞ ≤ 1, ‖λv‖₁ ≤ 2} least along g, in the flow's time."""
    vertex = np.where(np.isin(np.arange(g.size), np.argsort(-np.abs(g))[:2]), -np.sign(g), 0) / DECAY
    return DECAY * (vertex - x), None


def krichenes(x, m, g):
    """X' = (r/t)(∇ψ*(Z) − X), Z' = −(t/r)g, at τ = r log t: a derivative in τ is t/r times that in t."""
    r = 3.0
    t = np.exp(TIME / r)
    return np.tanh(2 * m) - x, -((t / r) ** 2) * g


FIELDS: dict[str, tuple[LionKFlow, tuple[int, ...], Callable]] = {
    "gradient": (gradient_flow(SPEED), (3,), lambda x, m, g: (-SPEED * g, None)),
    "heavy ball": (heavy_ball_flow(GAMMA, SPEED), (3,), lambda x, m, g: (m, -GAMMA * m - SPEED * g)),
    "nesterov": (
        nesterov_flow(GAMMA, EPSILON, SPEED), (3,),
        lambda x, m, g: ((1 - EPSILON * GAMMA) * m - EPSILON * SPEED * g, -GAMMA * m - SPEED * g),
    ),
    "signum": (signum_flow(GAMMA), (3,), averaged(np.sign)),
    "normalised momentum": (
        normalized_momentum_flow(GAMMA), (3,), averaged(lambda b: b / np.sqrt(np.sum(b**2)))
    ),
    "sign gradient": (sign_gradient_flow(), (3,), lambda x, m, g: (-np.sign(g), None)),
    "hamiltonian": (
        hamiltonian_descent_flow(LogCosh(2.0), GAMMA), (3,), lambda x, m, g: (np.tanh(2 * m), -g - GAMMA * m)
    ),
    "dual space": (dual_space_preconditioning_flow(LogCosh(2.0)), (3,), lambda x, m, g: (-np.tanh(2 * g), None)),
    "mirror": (mirror_descent_flow(H), (3,), lambda x, m, g: (-np.asarray(H.matrix) @ (g - H.center), None)),
    "accelerated mirror": (accelerated_mirror_descent_flow(LogCosh(2.0), 3.0), (3,), krichenes),
    "frank wolfe": (frank_wolfe_flow(TopKL1(2), DECAY), (3,), conditional_gradient),
    "lion": (lion_flow(GAMMA, EPSILON, DECAY), (3,), averaged(np.sign, EPSILON, DECAY)),
    "muon": (muon_flow(GAMMA, EPSILON, DECAY), (3, 3), averaged(polar, EPSILON, DECAY)),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_the_field_is_the_textbooks(name: str) -> None:
    flow, shape, textbook = FIELDS[name]
    for seed in range(3):
        x, m, g = np.random.default_rng(seed).normal(size=(3, *shape))
        motion, (x_dot, m_dot) = moving(flow, x, m, g), textbook(x, m, g)
        np.testing.assert_allclose(motion.x_dot, x_dot, rtol=0, atol=ROUNDING)
        if m_dot is None:  # εγ = 1: the momentum is not used
            np.testing.assert_array_equal(moving(flow, x, -3 * m, g).x_dot, motion.x_dot)
        else:
            np.testing.assert_allclose(motion.m_dot, m_dot, rtol=0, atol=ROUNDING)
        # m̃ is ε ahead of m along ṁ, and ∇K(m̃) is what moves x against the decay.
        np.testing.assert_allclose(motion.m_tilde, m + flow.epsilon * motion.m_dot, rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(motion.direction, motion.x_dot + flow.weight_decay * x, rtol=0, atol=ROUNDING)
        # From the opposite momentum and gradient it goes elsewhere.
        assert np.abs(textbook(x, -m, -g)[0] - motion.x_dot).max() > 1e4 * ROUNDING


def test_the_growth_of_alpha_is_its_derivative() -> None:
    """r = 3: α = e^{2τ/3}/9 grows at ⅔ of itself; a number does not grow."""
    flow = accelerated_mirror_descent_flow(SquaredL2(), 3.0)
    with double_precision():
        time = jnp.asarray(TIME)
        alpha = float(constants_at(flow, time).alpha)
        assert alpha == pytest.approx(np.exp(2 * TIME / 3) / 9, rel=1e-15)
        assert float(alpha_growth(flow, time)) == pytest.approx(2 / 3 * alpha, rel=1e-14)
        assert float(alpha_growth(gradient_flow(), time)) == 0


def test_defaults_are_a_unit_of_everything() -> None:
    assert gradient_flow() == gradient_flow(1.0)
    assert heavy_ball_flow(0.5) == heavy_ball_flow(0.5, 1.0) == nesterov_flow(0.5, 0.0)
    assert accelerated_mirror_descent_flow(SquaredL2()) == accelerated_mirror_descent_flow(SquaredL2(), 2.0)


@pytest.mark.parametrize(("share", "is_refused"), [(1 + 4e-16, False), (1 + 1e-14, True)])
def test_the_whole_gradient_may_enter_up_to_rounding(share: float, is_refused: bool) -> None:
    """εγ ≤ 1, where a product of two rounded numbers may exceed 1 by their rounding and no more."""
    K = Scaled(LogCosh(1.0), 0.5)
    if is_refused:
        with pytest.raises(ValueError, match="epsilon·gamma must be ≤ 1"):
            LionKFlow(K, 1.0, 2.0, share / 2, 0.0)
        return
    with double_precision():
        constants = constants_at(LionKFlow(K, 1.0, 2.0, share / 2, 0.0), jnp.asarray(0.0))
        assert float(constants.retained) == 0
