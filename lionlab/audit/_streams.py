"""Runs that the fit has not seen: gradients at which optimizers part that look alike on ordinary ones."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

STEPS = 512
LARGEST_TIE = 1e6
TINIEST = 30
"""Starts go down to this power of a tenth, in units of the radius."""


@dataclass(frozen=True)
class Stream:
    """A run to try: x_0, gradients (T, *shape), and η_t in units of the usual η (None: not to be set)."""

    name: str
    x0: np.ndarray
    gradients: np.ndarray
    rates: np.ndarray | None = None


def held_out_streams(
    shape: tuple[int, ...],
    rng: np.random.Generator,
    *,
    radius: float = 1.0,
    beta1: float = 0.9,
    beta2: float = 0.99,
    dtype: str = "float64",
    has_schedule: bool = True,
    longest: float = 10.0,
    steps: int = STEPS,
    gradient_shape: tuple[int, ...] | None = None,
) -> Iterator[Stream]:
    """Streams of `steps` gradients each.

    **Arguments:** `radius`, the size of x at which decay matters; `beta1`, `beta2`, of the model, to aim at its ties;
    `has_schedule`, whether η may change; `longest`, the largest η to use, in units of the usual one;
    `gradient_shape`, where it is not the shape of x.
    """
    x_shape, shape = shape, shape if gradient_shape is None else gradient_shape
    # To where the bisections of the probes go, and beyond what thresholds in libraries are written as.
    large = 1e15 if dtype == "float64" else 1e6
    silent = np.zeros((steps, *shape))
    x0 = radius * rng.normal(size=x_shape)

    def normal() -> np.ndarray:
        return rng.normal(size=(steps, *shape))

    yield Stream("ordinary gradients", x0, normal())
    rare = np.where(rng.random((steps, *shape)) < 0.5, 0.0, normal())
    rare[:10] = 0
    rare.reshape(-1, math.prod(x_shape))[:, 0] = 0
    yield Stream("exact zeros, one entry without any gradient", x0, rare)
    yield Stream("no gradients at all", x0, silent)
    single = silent.copy()
    single[3] = rng.normal(size=shape)
    spread = 10.0 ** rng.uniform(-TINIEST, -3, x_shape)
    spread.flat[:2] = 1e-9, 10.0**-TINIEST
    yield Stream("no gradients at all, from near 0", radius * spread * np.sign(x0), silent)
    yield Stream("a single gradient", -x0, single)
    yield Stream("few values, many ties", x0, rng.integers(-2, 3, size=(steps, *shape)).astype(float))
    yield Stream("tiny gradients", x0, normal() / large)
    yield Stream("huge gradients", x0, normal() * large)
    scales = 10.0 ** rng.uniform(-8, 8, (steps, *shape))
    yield Stream("a scale for each gradient", x0, normal() * scales)
    waves = 10.0 ** (4 * np.sin(np.arange(steps) / 20)).reshape(-1, *[1] * len(shape))
    yield Stream("gradients that grow and shrink", x0, normal() * waves)
    pushes = np.repeat(rng.choice((-1.0, 1.0), ((steps + 63) // 64, *shape)), 64, axis=0)[:steps]
    yield Stream("long pushes, from far out", 30 * x0, pushes * (1 + 0.1 * np.abs(normal())))
    alternating = np.abs(normal()) * (-1.0) ** np.arange(steps).reshape(-1, *[1] * len(shape))
    yield Stream("signs that flip", -x0, alternating)
    yield Stream("at the ties of the model", x0, _near_ties(normal(), beta1, beta2, rng))
    if has_schedule:
        time = np.arange(steps) / steps
        warm = np.minimum(time / 0.1, 1) * 0.5 * (1 + np.cos(np.pi * time)) * min(3.0, longest) + 1e-3
        yield Stream("ordinary gradients, warm-up and cosine", x0, normal(), warm)
        jumps = rng.choice(np.array([0.03, 0.3, 1.0, min(4.0, longest)]), steps)
        yield Stream("few values, a learning rate that jumps", -x0, pushes.copy(), jumps)
        yield Stream("exact zeros, a tenth of the learning rate", x0, rare, np.full(steps, 0.1))


def _near_ties(gradients: np.ndarray, beta1: float, beta2: float, rng: np.random.Generator) -> np.ndarray:
    """Every third gradient is such that m̃ = β1 m − (1−β1)g is a small share of m: the sign hangs on the constants."""
    found = gradients.copy()
    if beta1 >= 1:
        return found
    m = np.zeros_like(found[0])
    for t, g in enumerate(found):
        if t % 3 == 2:
            share = rng.choice((-1.0, 1.0), m.shape) * 10.0 ** rng.uniform(-8, -1, m.shape)
            aimed = rng.random(m.shape) < 0.7
            tie = beta1 * m * (1 + share) / (1 - beta1)
            # Where β1 is nearer to 1 than β2, each such gradient makes m longer, until it overflows.
            aimed &= np.abs(tie) <= LARGEST_TIE
            g[aimed] = tie[aimed]
        m = beta2 * m - (1 - beta2) * g
    return found
