"""`lion_k` against a plain NumPy loop in the paper's own signs, K by K, one of them not even."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optim.optimizer_runs import course, gradients, parameters

from lionlab import (
    CustomFunction,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LionK,
    LogCosh,
    NuclearNorm,
    Quadratic,
    TopKL1,
    Translated,
    simulate,
)
from lionlab.optim import lion_k
from lionlab.precision import double_precision

NUM_STEPS, B1, B2 = 25, 0.9, 0.99
DECAYED = ("l1", "huber", "tilted", "own", "nuclear")

# Each step errs by ≤ η·Lip·C·u: Lip ≤ 1e3 for the polar factor at these momenta (1/σ_min), C ≤ 40 operations, Ση ≤ 4.
TOLERANCE = 4 * 1e3 * 40 * 2.0**-53


def normalised(z: np.ndarray) -> np.ndarray:
    return z / np.sqrt(np.sum(z**2))


def top_two(z: np.ndarray) -> np.ndarray:
    return np.where(np.abs(z) >= np.sort(np.abs(z))[-2], np.sign(z), 0)


def by_group(z: np.ndarray) -> np.ndarray:
    first, second = np.hypot(z[0], z[2]), np.abs(z[1])
    return z / np.array([first, second, first])


def polar(z: np.ndarray) -> np.ndarray:
    u, _, vt = np.linalg.svd(z, full_matrices=False)
    return u @ vt


SLOPE = np.array([0.3, -0.2, 0.1, 0.0])
# For every leaf its K, and ∇K by hand. The last two are not even: ∇K(−z) is not −∇K(z).
LEAVES: dict[str, tuple[Any, Callable[[np.ndarray], np.ndarray], tuple[int, ...]]] = {
    "l1": (L1Norm(), np.sign, (4, 3)),
    "huber": (Huber(0.2), lambda z: np.clip(z / 0.2, -1, 1), (5,)),
    "l2": (L2Norm(), normalised, ()),
    "top": (TopKL1(2), top_two, (5,)),
    "group": (GroupL2Norm([[0, 2], [1]]), by_group, (3,)),
    "nuclear": (NuclearNorm(), polar, (4, 3)),
    "tilted": (Translated(LogCosh(2.0), -0.1, SLOPE), lambda z: np.tanh(2 * (z + 0.1)) + SLOPE, (4,)),
    "own": (
        CustomFunction(lambda z: jnp.sum(jnp.logaddexp(z, 0.0)), is_smooth=True),
        lambda z: 1 / (1 + np.exp(-z)),
        (3,),
    ),
}


class Rules(NamedTuple):
    """What a step does; a planted wrong differs in one of them."""

    b1: float = B1
    b2: float = B2
    decay: str = "explicit"
    decayed: tuple[str, ...] = DECAYED
    is_coupled: bool = False
    sign: float = 1.0


def as_float(step: Any) -> Any:
    return step.astype(jnp.float64) if isinstance(step, jax.Array) else step


def rate(step: Any) -> Any:
    return 0.2 / (1.0 + as_float(step))


def decay_weight(step: Any) -> Any:
    return 0.5 + 0.02 * as_float(step)


def by_hand(start: Any, stream: list[Any], rules: Rules) -> dict[str, np.ndarray]:
    found = {}
    for name, (_, slope, _) in LEAVES.items():
        x, m = np.asarray(start[name]), np.zeros(start[name].shape)
        for t, gs in enumerate(stream):
            g, eta, lam = np.asarray(gs[name]), rate(float(t)), decay_weight(float(t)) * (name in rules.decayed)
            if rules.is_coupled:
                g, lam = g + lam * x, 0.0
            look_ahead = rules.b1 * m - (1 - rules.b1) * g
            m = rules.b2 * m - (1 - rules.b2) * g
            u = rules.sign * slope(rules.sign * look_ahead)
            x = x + eta * (u - lam * x) if rules.decay == "explicit" else (x + eta * u) / (1 + eta * lam)
        found[name] = x
    return found


@pytest.fixture(scope="module")
def runs() -> Any:
    """The start, the gradients, and where lion_k ends for either decay."""
    with double_precision():
        params = parameters(3, jnp.float64, {name: shape for name, (_, _, shape) in LEAVES.items()})
        stream = gradients(params, NUM_STEPS)
        functions = {name: function for name, (function, _, _) in LEAVES.items()}
        mask = {name: name in DECAYED for name in LEAVES}
        ends = {}
        for decay in ("explicit", "implicit"):
            optimizer = lion_k(rate, functions, B1, B2, decay_weight, mask, decay=decay)
            ends[decay] = jax.tree.map(np.asarray, course(optimizer, params, stream)[-2][0])
        return params, stream, ends


def largest_gap(left: Any, right: Any) -> float:
    gap = max(float(np.max(np.abs(left[name] - right[name]))) for name in LEAVES)
    assert np.isfinite(gap)
    return gap


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
def test_it_is_the_plain_loop(runs: Any, decay: str):
    params, stream, ends = runs
    assert largest_gap(ends[decay], by_hand(params, stream, Rules(decay=decay))) <= TOLERANCE


PLANTED = {
    "swapped betas": Rules(b1=B2, b2=B1),
    "coupled decay": Rules(is_coupled=True),
    "the sign of m": Rules(sign=-1.0),
    "no mask": Rules(decayed=tuple(LEAVES)),
    "the other decay": Rules(decay="implicit"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_wrong_is_caught(runs: Any, name: str):
    params, stream, ends = runs
    assert largest_gap(ends["explicit"], by_hand(params, stream, PLANTED[name])) > 1e6 * TOLERANCE


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
def test_it_is_the_simulated_method(decay: str):
    """On a quadratic the gradient feeds errors back; ηL·T ≤ 1 keeps their growth below e."""
    K, steps = Translated(LogCosh(2.0), 0.0, [0.4, -0.1]), 20
    objective = Quadratic([[1.0, 0.2], [0.2, 0.5]], [2.0, -1.0])
    simulated = simulate(LionK(K, 0.05, 0.4, B1, B2, decay=decay), objective, [1.0, 0.5], steps)
    with double_precision():
        optimizer = lion_k(0.05, K, B1, B2, 0.4, decay=decay)

        def step(carry: Any, _: Any) -> Any:
            x, state = carry
            updates, state = optimizer.update(objective.slope(x), state, x)
            return (optax.apply_updates(x, updates), state), x

        x0 = jnp.asarray([1.0, 0.5], jnp.float64)
        (_, state), xs = jax.jit(lambda x: jax.lax.scan(step, (x, optimizer.init(x)), None, steps))(x0)
        assert np.max(np.abs(np.asarray(xs) - simulated.x[:-1])) <= 40 * steps * 2.0**-53
        assert np.max(np.abs(np.asarray(state.mu) + simulated.m[-1])) <= 40 * steps * 2.0**-53
