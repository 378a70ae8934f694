"""How fast the flow is solved, beside SciPy on the same augmented system in the same process.

    python benchmarks/flows.py [--json] [--tiny] [--out FILE]

`compiled` is the solve alone, `integrate` the call from NumPy to NumPy with every check of its result. SciPy integrates
the same five states, the dissipated energy among them, with a right-hand side in NumPy. The calls take turns; a turn is
one call that is not counted, for what the others left in the caches, and then as many as fill it.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _document import document
from scipy.integrate import solve_ivp

from lionlab.convex import L1Norm, PseudoHuber
from lionlab.dynamics import LionKFlow, State
from lionlab.dynamics._compiled import HARDLY_OPTIMIZED, known
from lionlab.integration import integrate, integrate_batch
from lionlab.integration._adaptive import solve_adaptively
from lionlab.objectives import Quadratic
from lionlab.precision import double_precision

CURVATURES, CENTER, SMOOTHING = np.array([1.0, 3.0]), np.array([0.3, -4.0]), 0.5
ALPHA, GAMMA, EPSILON, DECAY = 1.0, 1.0, 0.5, 0.8
START, TOLERANCE = np.array([0.5, 0.2]), 1e-6
LOSS = Quadratic(np.diag(CURVATURES), CENTER)
SMOOTH = LionKFlow(PseudoHuber(SMOOTHING), ALPHA, GAMMA, EPSILON, DECAY)
SECONDS_PER_TURN = 0.02
# Targets: seconds of a call, or how many times as fast as SciPy.
SECONDS_PER_FLOW, SECONDS_OF_2000_STEPS, TIMES_SCIPY = 100e-6, 0.5, 30.0


def by_scipy(times: np.ndarray, tolerance: float) -> Callable[[], Any]:
    """RK45 on (x, m, dissipated energy) of the flow of √(z² + e²) − e."""
    c = (1 - EPSILON * GAMMA) / (1 + EPSILON * DECAY)

    def slope(time: float, state: np.ndarray) -> np.ndarray:
        x, m = state[:2], state[2:4]
        m_dot = -ALPHA * CURVATURES * (x - CENTER) - GAMMA * m
        m_tilde = m + EPSILON * m_dot
        u = m_tilde / np.sqrt(m_tilde**2 + SMOOTHING**2)
        w, y = m / np.sqrt(m**2 + SMOOTHING**2), DECAY * x
        x_dot, z = u - y, SMOOTHING * y / np.sqrt(1 - y**2)
        fallen = (GAMMA + c * DECAY) * (x_dot @ (m_tilde - z)) + c * ((u - w) @ m_dot)
        return np.array([*x_dot, *m_dot, fallen])

    start = np.array([*START, 0.0, 0.0, 0.0])
    return lambda: solve_ivp(slope, (times[0], times[-1]), start, "RK45", t_eval=times, rtol=tolerance, atol=tolerance)


def compiled(times: np.ndarray, tolerance: float) -> Callable[[], Any]:
    """The solve that `integrate` compiles, without what it does around it."""
    with double_precision():
        numbers = [jnp.asarray(number, jnp.float64) for number in (times, START, np.zeros(2), tolerance)]

        def solve(times: Any, x: Any, m: Any, tolerance: Any) -> Any:
            solved = solve_adaptively(
                SMOOTH, LOSS, times, State(x, m), None, None, tolerance, tolerance, "tsit5", False, False
            )
            return solved._replace(dense=None)

        ready = jax.jit(solve, compiler_options=dict(known(HARDLY_OPTIMIZED))).lower(*numbers).compile()

    return lambda: jax.block_until_ready(ready(*numbers))


def seconds(calls: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """The times of a call of each, one per turn: the mean of as many as fill `SECONDS_PER_TURN`."""
    counts = {}
    for name, call in calls.items():
        call()
        begin = time.perf_counter()
        call()
        counts[name] = max(int(SECONDS_PER_TURN / (time.perf_counter() - begin)), 1)
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(turns):
        for name, call in calls.items():
            call()
            begin = time.perf_counter()
            for _ in range(counts[name]):
                call()
            found[name].append((time.perf_counter() - begin) / counts[name])
    return found


def measured(tiny: bool) -> list[dict[str, Any]]:
    batch, saves, steps = (8, 5, 20) if tiny else (1000, 200, 2000)
    times, rng = np.linspace(0, 20, saves + 1), np.random.default_rng(0)
    xs, ms = rng.uniform(-1, 1, (batch, 2)), rng.normal(size=(batch, 2))
    lion = LionKFlow(L1Norm(), ALPHA, GAMMA, EPSILON, 1.0)
    grid = 0.01 * np.arange(steps + 1)
    single = partial(integrate, SMOOTH, LOSS, START, np.zeros(2), times, rtol=TOLERANCE, atol=TOLERANCE)
    calls: dict[str, Callable[[], Any]] = {}
    for tolerance in (TOLERANCE, 1e-9):
        calls[f"SciPy RK45, tolerance {tolerance:g}"] = by_scipy(times, tolerance)
        calls[f"compiled tsit5, tolerance {tolerance:g}"] = compiled(times, tolerance)
    calls["integrate, tsit5"] = single
    calls[f"{batch} flows, tsit5"] = partial(
        integrate_batch, SMOOTH, LOSS, xs, ms, times, rtol=TOLERANCE, atol=TOLERANCE / 100
    )
    calls[f"{batch} flows, rk4"] = partial(integrate_batch, SMOOTH, LOSS, xs, ms, times, solver="rk4", step=0.05)
    calls[f"{steps} implicit steps"] = partial(integrate, lion, LOSS, np.zeros(2), np.zeros(2), grid, step=0.01)
    lines = []
    for name, taken in (found := seconds(calls, 2 if tiny else 15)).items():
        median = statistics.median(taken)
        line = {"name": name, "seconds": median, "best_seconds": min(taken), "times_scipy": None, "met": None}
        if "flows" in name:
            line["met"] = median / batch <= SECONDS_PER_FLOW
        elif "implicit" in name:
            line["met"] = median <= SECONDS_OF_2000_STEPS
        elif name.startswith("compiled"):
            line["times_scipy"] = statistics.median(found[name.replace("compiled tsit5", "SciPy RK45")]) / median
            line["met"] = line["times_scipy"] >= TIMES_SCIPY
        lines.append(line)
    return lines


def show(line: dict[str, Any]) -> None:
    ratio = "" if line["times_scipy"] is None else f"{line['times_scipy']:.0f} times as fast as SciPy"
    verdict = {None: "", True: "met", False: "NOT MET"}[line["met"]]
    print(f"{line['name']:40s} {1e3 * line['seconds']:9.3f} ms  {ratio:28s} {verdict}".rstrip())


if __name__ == "__main__":
    sys.exit(document(__doc__.splitlines()[0], "flows", measured, show))
