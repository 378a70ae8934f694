"""The named methods, one step at a time, against their textbooks' own recursions in NumPy."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from lionlab.convex import LogCosh, TopKL1
from lionlab.dynamics import (
    Constants,
    LionK,
    State,
    dual_space_preconditioning,
    frank_wolfe,
    gradient_descent,
    heavy_ball,
    lion,
    mirror_descent,
    muon,
    nesterov,
    normalized_momentum,
    sign_descent,
    signum,
    step,
)
from lionlab.objectives import Quadratic
from lionlab.precision import double_precision

# A dozen roundings of numbers below 10; a polar factor is a few dozen.
ROUNDING = 200 * np.finfo(float).eps
RATE, MU, DECAY = 0.07, 0.8, 0.6
Array = np.ndarray


def stepped(method: LionK, x: Array, m: Array, g: Array) -> tuple[Array, Array]:
    """(x⁺, m⁺) of the library, operation by operation: nothing is compiled but single operations."""
    with double_precision():
        numbers = (method.step_size, method.weight_decay, method.beta1, method.beta2)
        constants = Constants(*(jnp.asarray(number, jnp.float64) for number in numbers))
        state = step(method.K, constants, method.decay, State(jnp.asarray(x), jnp.asarray(m)), jnp.asarray(g))
        return np.asarray(state.x), np.asarray(state.m)


def textbook_lion(x, m, g):
    b = -m
    c = 0.9 * b + 0.1 * g
    return x - RATE * (np.sign(c) + DECAY * x), -(0.99 * b + 0.01 * g)


def textbook_average(direction: Callable[[Array], Array]) -> Callable:
    def one(x, m, g):
        b = MU * -m + (1 - MU) * g
        return x - RATE * direction(b), -b

    return one


def textbook_muon(nesterov_form: bool) -> Callable:
    def one(x, m, g):
        average = MU * -m + (1 - MU) * g
        u, _, vt = np.linalg.svd(MU * average + (1 - MU) * g if nesterov_form else average)
        return (1 - RATE * DECAY) * x - RATE * u @ vt, -average

    return one


def textbook_frank_wolfe(x, m, g):
    """Over the ℓ∞ unit ball cut by ‖v‖₁ ≤ 2, scaled by 1/λ: the vertex −sign(g) on the two largest |g|."""
    vertex = np.where(np.isin(np.arange(g.size), np.argsort(-np.abs(g))[:2]), -np.sign(g), 0) / DECAY
    return x + 0.25 * (vertex - x), None


H = Quadratic([[1.0, 0.2, 0.0], [0.2, 0.5, 0.1], [0.0, 0.1, 2.0]], [0.6, 0.3, -0.4])
SHORT = (3,)
BY_TEXTBOOK: dict[str, tuple[LionK, tuple[int, ...], Callable]] = {
    "gradient descent": (gradient_descent(RATE), SHORT, lambda x, m, g: (x - RATE * g, None)),
    "signum": (signum(RATE, MU), SHORT, textbook_average(np.sign)),
    "normalised momentum": (
        normalized_momentum(RATE, MU), SHORT, textbook_average(lambda b: b / np.sqrt(np.sum(b**2)))
    ),
    "sign descent": (sign_descent(RATE), SHORT, lambda x, m, g: (x - RATE * np.sign(g), None)),
    "dual space preconditioning": (
        dual_space_preconditioning(LogCosh(2.0), RATE), SHORT, lambda x, m, g: (x - RATE * np.tanh(2 * g), None)
    ),
    "mirror descent": (
        mirror_descent(H, RATE), SHORT, lambda x, m, g: (x - RATE * np.asarray(H.matrix) @ (g - H.center), None)
    ),
    "frank wolfe": (frank_wolfe(TopKL1(2), 0.25, DECAY), SHORT, textbook_frank_wolfe),
    "lion": (lion(RATE, DECAY), SHORT, textbook_lion),
    "muon": (muon(RATE, DECAY, MU), (3, 3), textbook_muon(True)),
    "muon without nesterov": (muon(RATE, DECAY, MU, nesterov=False), (3, 3), textbook_muon(False)),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_TEXTBOOK)
def test_a_step_is_the_textbooks(name: str) -> None:
    method, shape, textbook = BY_TEXTBOOK[name]
    for seed in range(3):
        x, m, g = np.random.default_rng(seed).normal(size=(3, *shape))
        found, wanted = stepped(method, x, m, g), textbook(x, m, g)
        np.testing.assert_allclose(found[0], wanted[0], rtol=0, atol=ROUNDING)
        if wanted[1] is None:  # no momentum: m_0 is without effect
            np.testing.assert_array_equal(stepped(method, x, -3 * m, g)[0], found[0])
        else:
            np.testing.assert_allclose(found[1], wanted[1], rtol=0, atol=ROUNDING)


def test_polyaks_heavy_ball_remembers_the_point_before() -> None:
    method = heavy_ball(RATE, MU)
    x, m = np.random.default_rng(0).normal(size=(2, 3))
    before = x - method.step_size * m
    for g in np.random.default_rng(1).normal(size=(4, 3)):
        wanted = x - RATE * g + MU * (x - before)
        before, (x, m) = x, stepped(method, x, m, g)
        np.testing.assert_allclose(x, wanted, rtol=0, atol=ROUNDING)


def test_nesterovs_gradient_is_taken_at_the_look_ahead_point() -> None:
    method = nesterov(RATE, MU)
    theta, v = np.random.default_rng(0).normal(size=(2, 3))
    x, m = theta + MU * v, v / method.step_size
    for _ in range(4):
        g = np.asarray(H.matrix) @ (x - H.center)
        v = MU * v - RATE * g
        theta, (x, m) = theta + v, stepped(method, x, m, g)
        np.testing.assert_allclose(x, theta + MU * v, rtol=0, atol=ROUNDING)
        np.testing.assert_allclose(x - MU * method.step_size * m, theta, rtol=0, atol=ROUNDING)


def test_decay_at_the_end_of_the_step_is_an_implicit_equation() -> None:
    """x⁺ = x + η(u − λx⁺), which is not where explicit decay goes."""
    method = LionK(LogCosh(2.0), RATE, DECAY, MU, 0.9, decay="implicit")
    x, m, g = np.random.default_rng(0).normal(size=(3, 3))
    after, momentum = stepped(method, x, m, g)
    u = np.tanh(2 * (MU * m - (1 - MU) * g))
    np.testing.assert_allclose(after, x + RATE * (u - DECAY * after), rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(momentum, 0.9 * m - 0.1 * g, rtol=0, atol=ROUNDING)
    assert np.abs(after - (x + RATE * (u - DECAY * x))).max() > 1e-4


@pytest.mark.parametrize("name", BY_TEXTBOOK)
def test_another_recursion_is_told_apart(name: str) -> None:
    """The textbook's step from the opposite momentum and gradient is another step."""
    method, shape, textbook = BY_TEXTBOOK[name]
    x, m, g = np.random.default_rng(0).normal(size=(3, *shape))
    found, wrong = stepped(method, x, m, g), textbook(x, -m, -g)
    assert np.abs(found[0] - wrong[0]).max() > 1e4 * ROUNDING


def test_a_loss_in_the_place_of_k_is_taken_at_the_negative() -> None:
    """K(z) = h(−z), and −∇h(−z) is its slope: h here is not even."""
    z = np.array([0.5, -1.0, 0.25])
    K = mirror_descent(H, RATE).K
    assert float(K(z)) == pytest.approx(float(H(-z)), rel=1e-15)
    np.testing.assert_allclose(K.subgradient(z), np.asarray(H.matrix) @ (z + H.center), rtol=0, atol=ROUNDING)


def test_a_loss_needs_both_value_and_slope_to_stand_for_k() -> None:
    class ValueOnly:
        def value(self, z):
            return z.sum()

    class SlopeOnly:
        def slope(self, z):
            return z

    for part in (ValueOnly(), SlopeOnly()):
        with pytest.raises(TypeError, match="value and slope"):
            mirror_descent(part, RATE)
