"""Whole runs of `integrate` against SciPy (smooth K), and proximal steps against steps solved by hand (any other K)."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from ..dynamics import LionKFlow
from ..integration import integrate
from ._claim import Measurement, Run, worst
from ._special_flow import Example, SpecialFlow
from ._special_flow_field import NUM_POINTS, ROUNDING, pushed, textbook_jacobian, textbook_rates

NUM_STEPS = 40
# Relative and absolute tolerance of `integrate`, and of SciPy's DOP853.
TOLERANCE, REFERENCE_TOLERANCE = 1e-12, 1e-12
# What `integrate` asks of the inclusion of a proximal step in float64, relative to the terms of m̃⁺.
INCLUSION = 1e-13


class Reference(NamedTuple):
    """SciPy's solution of the textbook's equation, and how far errors made on the way are carried."""

    y: np.ndarray
    allowance: np.ndarray  # by its own errors, per saved time
    carried: np.ndarray  # the largest growth of an earlier error


@lru_cache(maxsize=32)
def _reference(special: SpecialFlow, example: Example) -> Reference:
    times = flow_times(example)
    clock = [special.clock(example.arguments, time)[0] for time in times]
    states = (np.stack([start] * NUM_POINTS) for start in (example.x0, example.m0))
    y0 = pushed(special, example, special.constructor(**example.arguments), times, *states).y[0]
    field = partial(textbook_rates, special, example)
    found = solve_ivp(
        field, (clock[0], clock[-1]), y0, method="DOP853", t_eval=clock, rtol=REFERENCE_TOLERANCE,
        atol=REFERENCE_TOLERANCE,
    )  # fmt: skip
    y = found.y.T if found.success else np.full((NUM_POINTS, len(y0)), np.nan)
    propagated, carried = [np.eye(len(y0))], [1.0]
    for i in range(NUM_POINTS - 1):
        over = expm(textbook_jacobian(special, example, clock[i], y[i]) * (clock[i + 1] - clock[i]))
        propagated = [*(over @ earlier for earlier in propagated), np.eye(len(y0))]
        carried.append(max(float(np.linalg.norm(matrix, 2)) for matrix in propagated))
    # The linearisation is frozen between saved times, which a factor 2 covers.
    growth = 2 * np.array(carried)
    # DOP853 takes at least 11 evaluations per step.
    num_steps = found.nfev / 11
    local = np.sqrt(len(y0)) * REFERENCE_TOLERANCE * (1 + np.abs(y).max())
    return Reference(y, growth * num_steps * local, growth)


def flow_times(example: Example) -> np.ndarray:
    """The times at which a run is compared."""
    assert example.window is not None
    return np.linspace(*example.window, NUM_POINTS)


def measure_run(special: SpecialFlow, example: Example, run: Run, subject: Callable[..., LionKFlow]) -> Measurement:
    """The largest ‖D(solution) − SciPy's solution‖, in units of the errors that both tolerances admit."""
    times, reference = flow_times(example), _reference(special, example)
    found = integrate(
        subject(**example.arguments), example.objective, example.x0, example.m0, times, rtol=TOLERANCE, atol=TOLERANCE
    )
    xs, ms = np.asarray(found.x), np.asarray(found.m)
    here = pushed(special, example, special.constructor(**example.arguments), times, xs, ms)
    states = np.concatenate([xs.reshape(NUM_POINTS, -1), ms.reshape(NUM_POINTS, -1)], axis=1)
    # A step is accepted when the root mean square of error/(atol + rtol·size) over all states is ≤ 1.
    local = np.sqrt(states.shape[1] + 2) * TOLERANCE * (1 + np.abs(states).max())
    stretched = max(float(np.linalg.norm(matrix, 2)) for matrix in here.jacobian[:, :, 1:])
    allowed = reference.allowance + reference.carried * (int(found.num_steps) + 1) * local * stretched
    ratios = np.linalg.norm(here.y - reference.y, axis=1) / allowed
    at = int(np.argmax(np.where(np.isnan(ratios), np.inf, ratios)))
    return Measurement(float(ratios[at]), 1.0, NUM_POINTS, {"label": example.label, "time": times[at], "x": xs[at]})


def measure_steps(special: SpecialFlow, example: Example, run: Run, subject: Callable[..., LionKFlow]) -> Measurement:
    """The largest difference of a proximal step from the one solved by hand, in units of what the inclusion admits."""
    assert special.step is not None
    assert example.by_hand is not None
    curvature, center, h = example.by_hand
    found = integrate(
        subject(**example.arguments), example.objective, example.x0, example.m0, h * np.arange(NUM_STEPS + 1),
        solver="proximal", step=h,
    )  # fmt: skip
    right, rounding, size = special.constructor(**example.arguments), ROUNDING, np.linalg.norm
    alpha, gamma, lam = float(right.alpha), right.gamma, right.weight_decay  # type: ignore[arg-type]
    retained = max(1 - right.epsilon * gamma, 0.0)
    kappa = retained * h * alpha / (1 + h * gamma) + right.epsilon * alpha
    flat, steep = (kappa * h * float(pick(curvature)) / (1 + h * lam) for pick in (np.min, np.max))
    assert found.selection is not None
    measurements = []
    for k, (x, m) in enumerate(zip(found.x[:-1], found.m[:-1], strict=True)):
        x_next, m_next, s = special.step(example, x, m, h)
        g_size = float(np.max(curvature)) * float(size(x) + size(x_next) + size(center))
        made_of = float(size(m)) + 2 * kappa * g_size + 4 * steep * float(1 + size(s))
        # −m̃⁺(s) is strongly monotone with constant `flat`: an error e in m̃⁺ moves s by ‖e‖/flat at most.
        e_s = (2 * INCLUSION + rounding) * made_of / flat + rounding * float(size(s) + size(x) / h + size(x_next) / h)
        e_x = h * e_s + rounding * float(size(x) + size(x_next) + h * size(s))
        e_m = h * alpha * float(np.max(curvature)) * e_x + rounding * float(size(m) + h * alpha * g_size)
        ratios = [size(found.selection[k] - s) / e_s, size(found.x[k + 1] - x_next) / e_x]
        if m_next is not None:
            ratios.append(size(found.m[k + 1] - m_next) / e_m)
        ratio = float(np.max(ratios))
        measurements.append(Measurement(ratio, 1.0, 1, {"label": example.label, "step": k, "x": x, "m": m}))
    return worst(measurements)
