"""Two optimizers on one stream of gradients: do they take the same steps, up to rounding and to ties of ∂K?

Gradients that do not hang on x make m independent of x, and all of Lion-K a sum of steps. So nothing has to be
restarted after a tie. Every step of a trajectory is held against the exact step *from its own state*: m⁺ within the
rounding of one step, and x⁺ within (1−ηλ)x + η·∂K([m̃ − δ, m̃ + δ]), δ the rounding of m̃. Where that interval holds no
kink, ∂K is one number to rounding and so is x⁺; where it holds one, any subgradient is right, and no other number is.
The gap of two trajectories is then bounded by induction: it shrinks by the factor β2 (for x, by 1−ηλ), and each step
adds the roundings of both and η times the width of their ∂K, which is 0 away from ties. Nothing is counted or averaged.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Slope = Callable[[np.ndarray], np.ndarray]

# Roundings between m, g and βm − (1−β)g in any order: the constant, its complement, two products, a sum. 1 − β is
# itself rounded by uβ, so the bound is measured by |m| + |g| and not by (1−β)|g|.
ROUNDINGS = 5
# tanh, √ and quotients of the libraries are off by a few units in the last place.
LIBRARY_ROUNDINGS = 16


class Settings(NamedTuple):
    """One Lion-K with a separable K, whose k' is `slope`: nondecreasing, in float64. m tracks −∇f."""

    lr: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.5
    slope: Slope = np.sign
    kinks: tuple[float, ...] = (0.0,)
    decay: str = "explicit"
    dtype: str = "float32"


class Trajectory(NamedTuple):
    """x and m of shape (T+1, d), the start included. A library that stores an average of +∇f gives m = −average."""

    x: np.ndarray
    m: np.ndarray


class Agreement(NamedTuple):
    """`faults` in words, empty where two runs agree; `decided`, the share of entries at which ∂K was one number."""

    faults: list[str]
    decided: float


def gradient_streams(settings: Settings, steps: int = 300, size: int = 16, seed: int = 0) -> dict[str, np.ndarray]:
    """Name → gradients of shape (steps, size): ordinary ones and those at which implementations part."""
    random = np.random.default_rng(seed)
    dtype = np.dtype(settings.dtype)
    normal = random.normal(size=(steps, size))
    small = float(np.finfo(dtype).tiny)
    large = float(np.finfo(dtype).max)
    with_zeros = np.where(random.random((steps, size)) < 0.5, 0, normal)
    with_zeros[:10] = 0  # m̃ = 0 exactly
    with_zeros[:, 0] = 0
    scales = np.logspace(-6, 6, size)
    streams = {
        "ordinary": normal,
        "exact zeros": with_zeros,
        "few values": random.integers(-2, 3, size=(steps, size)).astype(float),
        "sign flips": (-1.0) ** np.arange(steps)[:, None] * np.abs(normal),
        "huge": normal * large**0.75,
        "tiny": normal * small**0.75,
        "underflowing": normal * small * 300,
        "a scale for each": normal * scales,
        "rare": np.where(np.arange(steps)[:, None] % 17 == 3, normal, 0.0),
    }
    streams = {name: gradients.astype(dtype) for name, gradients in streams.items()}
    streams["at a kink"] = _at_kinks(settings, normal.astype(dtype))
    return streams


def _at_kinks(settings: Settings, gradients: np.ndarray) -> np.ndarray:
    """Every third gradient is chosen so that m̃ = β1 m − (1−β1)g falls on a kink up to rounding, in half the entries."""
    beta1, beta2 = settings.beta1, settings.beta2
    found, m = gradients.copy(), np.zeros(gradients.shape[1])
    for t in range(len(found)):
        if t % 3 == 2:
            kink = settings.kinks[t // 3 % len(settings.kinks)]
            found[t, ::2] = ((beta1 * m - kink) / (1 - beta1))[::2]
        m = beta2 * m - (1 - beta2) * found[t].astype(np.float64)
    return found


def numpy_trajectory(settings: Settings, gradients: np.ndarray, x0: np.ndarray) -> Trajectory:
    """Lion-K as a loop over NumPy arrays in the stream's dtype."""
    dtype = gradients.dtype.type
    lr, beta1, beta2, decay = (dtype(c) for c in settings[:4])
    x, m = [x0.astype(dtype)], [np.zeros_like(x0, dtype)]
    for g in gradients:
        u = settings.slope(beta1 * m[-1] - (1 - beta1) * g).astype(dtype)
        if settings.decay == "explicit":
            x.append(x[-1] + lr * (u - decay * x[-1]))
        else:
            x.append((x[-1] + lr * u) / (1 + lr * decay))
        m.append(beta2 * m[-1] - (1 - beta2) * g)
    return Trajectory(np.array(x), np.array(m))


def record(step: Callable[[np.ndarray], tuple[Any, Any]], gradients: np.ndarray, x0: np.ndarray) -> Trajectory:
    """The trajectory of `step(gradient) -> (x⁺, m⁺)`, from x0 and m = 0."""
    x, m = [np.array(x0)], [np.zeros_like(x0)]
    for g in gradients:
        x_next, m_next = step(g)
        # Copies: a library may hand out the memory that its next step overwrites.
        x.append(np.array(x_next))
        m.append(np.array(m_next))
    return Trajectory(np.array(x), np.array(m))


@np.errstate(invalid="ignore", over="ignore")
def agree(settings: Settings, gradients: np.ndarray, first: Trajectory, second: Trajectory) -> Agreement:
    """Whether both trajectories are Lion-K's on these gradients, and stay as near as rounding and ties let them."""
    faults = [f"{name}: {fault}" for name, run in (("first", first), ("second", second))
              for fault in wrong_steps(settings, gradients, run)]  # fmt: skip
    beta2, shrink = settings.beta2, _shrink(settings)
    m_gap, x_gap = np.abs(_exact(first.m[0]) - _exact(second.m[0])), np.abs(_exact(first.x[0]) - _exact(second.x[0]))
    decided = []
    for t, g in enumerate(gradients):
        pair = [_one_step(settings, run.x[t], run.m[t], g) for run in (first, second)]
        widest = np.maximum(pair[0].high, pair[1].high) - np.minimum(pair[0].low, pair[1].low)
        m_gap = beta2 * m_gap + pair[0].m_error + pair[1].m_error
        x_gap = shrink * x_gap + _reach(settings) * widest + pair[0].x_error + pair[1].x_error
        decided.append(np.mean(widest <= 0.01))
        for name, a, b, bound in (("m", first.m, second.m, m_gap), ("x", first.x, second.x, x_gap)):
            gap = np.abs(_exact(a[t + 1]) - _exact(b[t + 1]))
            if not np.all(gap <= bound):
                i = int(np.argmax(~(gap <= bound)))
                faults.append(f"{name} differs at step {t}, entry {i}: by {gap[i]:.3g}, bound {bound[i]:.3g}")
    return Agreement(faults, float(np.mean(decided)))


@np.errstate(invalid="ignore", over="ignore")
def wrong_steps(settings: Settings, gradients: np.ndarray, run: Trajectory) -> list[str]:
    """Every step that is none of Lion-K's from the state before it, in words."""
    faults = []
    if len(run.x) != len(gradients) + 1 or len(run.m) != len(gradients) + 1:
        return [f"{len(run.x)} points for {len(gradients)} gradients"]
    for t, g in enumerate(gradients):
        step = _one_step(settings, run.x[t], run.m[t], g)
        for name, found, low, high in (
            ("m", run.m[t + 1], step.m - step.m_error, step.m + step.m_error),
            ("x", run.x[t + 1], step.x_low - step.x_error, step.x_high + step.x_error),
        ):
            value = _exact(found)
            wrong = ~((value >= low) & (value <= high))
            if wrong.any():
                i = int(np.argmax(wrong))
                faults.append(f"{name}⁺ at step {t}, entry {i} is {value[i]!r}, not in [{low[i]!r}, {high[i]!r}]")
    return faults


class _Step(NamedTuple):
    """The exact step in float64: m⁺, the ends of ∂K over the rounding of m̃, the ends of x⁺, and what rounding adds."""

    m: np.ndarray
    m_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    x_low: np.ndarray
    x_high: np.ndarray
    x_error: np.ndarray


def _one_step(settings: Settings, x: np.ndarray, m: np.ndarray, g: np.ndarray) -> _Step:
    x, m, g = _exact(x), _exact(m), _exact(g)
    unit = float(np.finfo(settings.dtype).eps) / 2
    size = np.abs(m) + np.abs(g)
    # Some libraries count subnormal numbers as 0. Where m = g = 0 nothing is rounded, and ∂K is what it is at 0.
    error = np.where(size > 0, ROUNDINGS * (unit * size + float(np.finfo(settings.dtype).tiny)), 0)
    m_tilde = settings.beta1 * m - (1 - settings.beta1) * g
    ends = [settings.slope(m_tilde - error), settings.slope(m_tilde + error)]
    low, high = (end + sign * LIBRARY_ROUNDINGS * unit * np.abs(end) for end, sign in zip(ends, (-1, 1), strict=True))
    reach, shrink = _reach(settings), _shrink(settings)
    largest = np.maximum(np.abs(low), np.abs(high))
    x_error = ROUNDINGS * (unit * (np.abs(x) + settings.lr * largest) + float(np.finfo(settings.dtype).tiny))
    m_next = settings.beta2 * m - (1 - settings.beta2) * g
    return _Step(m_next, error, low, high, shrink * x + reach * low, shrink * x + reach * high, x_error)


def _shrink(settings: Settings) -> float:
    """The factor of x: 1 − ηλ, for implicit decay 1/(1 + ηλ)."""
    product = settings.lr * settings.weight_decay
    return 1 - product if settings.decay == "explicit" else 1 / (1 + product)


def _reach(settings: Settings) -> float:
    """The factor of ∇K: η, for implicit decay η/(1 + ηλ)."""
    return settings.lr if settings.decay == "explicit" else settings.lr * _shrink(settings)


def _exact(array: Any) -> np.ndarray:
    return np.asarray(array).astype(np.float64)
