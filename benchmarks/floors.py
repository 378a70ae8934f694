"""What the library is held against: the same run of Lion on a 2-D quadratic, written by hand in four ways.

Each function returns a callable that runs `num_steps` steps and leaves H of every step behind, as `simulate` does when
it is asked for "lyapunov".
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lionlab.precision import double_precision

MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
START = np.array([0.3, -0.2])
STEP_SIZE, WEIGHT_DECAY, BETA1, BETA2 = 0.01, 0.5, 0.9, 0.99
# c of the Lyapunov function for explicit decay, arXiv 2310.05898, Theorem 4.1.
CONTRACTION = STEP_SIZE * WEIGHT_DECAY
BRACKET = STEP_SIZE * BETA1 / (CONTRACTION * (1 - BETA1) + (1 - CONTRACTION) * (1 - BETA2))


def numpy_loop(num_steps: int) -> Callable[[], Any]:
    def run() -> np.ndarray:
        x, m, H = START.copy(), np.zeros(2), np.empty(num_steps + 1)
        for t in range(num_steps + 1):
            g = MATRIX @ (x - CENTER)
            H[t] = (x - CENTER) @ g / 2 + BRACKET * (np.abs(m).sum() - WEIGHT_DECAY * x @ m)
            u = np.sign(BETA1 * m - (1 - BETA1) * g)
            m = BETA2 * m - (1 - BETA2) * g
            x = x + STEP_SIZE * (u - WEIGHT_DECAY * x)
        return H

    return run


def python_loop_over_a_compiled_step(num_steps: int) -> Callable[[], Any]:
    @jax.jit
    def step(x: jax.Array, m: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        g = MATRIX @ (x - CENTER)
        H = (x - CENTER) @ g / 2 + BRACKET * (jnp.abs(m).sum() - WEIGHT_DECAY * x @ m)
        u = jnp.sign(BETA1 * m - (1 - BETA1) * g)
        return x + STEP_SIZE * (u - WEIGHT_DECAY * x), BETA2 * m - (1 - BETA2) * g, H

    def run() -> list[float]:
        with double_precision():
            x, m, H = jnp.asarray(START), jnp.zeros(2), []
            for _ in range(num_steps + 1):
                x, m, value = step(x, m)
                H.append(value)
            return [float(value) for value in H]

    return run


def scalar_step(state: tuple[jax.Array, ...], _: None) -> tuple[tuple[jax.Array, ...], jax.Array]:
    """One step of Lion and H before it, every coordinate on its own: nothing general is left to pay for."""
    (a, b), (_, d) = MATRIX.tolist()
    c0, c1 = CENTER.tolist()
    x0, x1, m0, m1 = state
    r0, r1 = x0 - c0, x1 - c1
    g0, g1 = a * r0 + b * r1, b * r0 + d * r1
    bracket = jnp.abs(m0) + jnp.abs(m1) - WEIGHT_DECAY * (x0 * m0 + x1 * m1)
    H = (r0 * g0 + r1 * g1) / 2 + BRACKET * bracket
    u0, u1 = jnp.sign(BETA1 * m0 - (1 - BETA1) * g0), jnp.sign(BETA1 * m1 - (1 - BETA1) * g1)
    x0, x1 = x0 + STEP_SIZE * (u0 - WEIGHT_DECAY * x0), x1 + STEP_SIZE * (u1 - WEIGHT_DECAY * x1)
    return (x0, x1, BETA2 * m0 - (1 - BETA2) * g0, BETA2 * m1 - (1 - BETA2) * g1), H


def scan_over_scalars(num_steps: int) -> Callable[[], Any]:
    """One run as one `lax.scan` with four scalars for its carry."""
    scan = jax.jit(lambda state: jax.lax.scan(scalar_step, state, None, num_steps + 1)[1])

    def run() -> np.ndarray:
        with double_precision():
            return np.asarray(scan(tuple(map(jnp.asarray, (*START.tolist(), 0.0, 0.0)))))

    return run


def batched_scan_over_scalars(starts: np.ndarray, num_steps: int) -> Callable[[], Any]:
    """Many runs at once, in the dtype of `starts` (B, 2): the four scalars are columns, H is (T+1, B)."""
    scan = jax.jit(lambda state: jax.lax.scan(scalar_step, state, None, num_steps + 1)[1])
    zeros = np.zeros(len(starts), starts.dtype)

    def run() -> np.ndarray:
        return np.asarray(scan(tuple(map(jnp.asarray, (starts[:, 0], starts[:, 1], zeros, zeros)))))

    return run
