"""Problems for the continuous-time tests: each smooth K of the catalogue with ∇K once more in NumPy, and one loss."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np

from lionlab.convex.catalogue import CATALOGUE
from lionlab.dynamics import LionKFlow
from lionlab.objectives import Objective


def onto_l2_ball(v):
    return v / max(1.0, float(np.sqrt((v * v).sum())))


def onto_l1_ball(v):
    a = np.sort(np.abs(v))[::-1]
    if a.sum() <= 1:
        return v
    shifts = (np.cumsum(a) - 1) / np.arange(1, a.size + 1)
    return np.sign(v) * np.maximum(np.abs(v) - shifts[np.nonzero(a > shifts)[0][-1]], 0)


def onto_spectral_ball(v):
    u, s, vt = np.linalg.svd(v, full_matrices=False)
    return (u * np.minimum(s, 1)) @ vt


SCALES = np.array([2.0, -0.5, 1.0])
SMOOTH: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "huber": lambda z: np.clip(z / 0.5, -1, 1),
    "huber 3": lambda z: np.clip(z / 3, -1, 1),
    "squared": lambda z: z,
    "squared 0.3": lambda z: 0.3 * z,
    "log cosh": lambda z: np.tanh(2 * z),
    "log cosh 0.3": lambda z: np.tanh(0.3 * z),
    "pseudo huber": lambda z: z / np.sqrt(z * z + 0.25),
    "scaled log cosh": lambda z: 0.5 * np.tanh(z),
    "envelope of l1": lambda z: np.clip(z / 0.5, -1, 1),
    "envelope of l2": lambda z: onto_l2_ball(z / 0.5),
    "envelope of linf": lambda z: onto_l1_ball(z / 0.2),
    "envelope of nuclear, scaled": lambda z: 2 * onto_spectral_ball(z / 0.1),
    "huber of scaled entries": lambda z: SCALES * np.clip(SCALES * z / 0.5, -1, 1),
    "envelope of scaled dead zone": lambda z: np.clip(np.sign(z) * np.maximum(np.abs(z) / 0.5 - 0.8, 0), -3, 3),
}


def _loss(x):
    i = jnp.arange(x.size, dtype=x.dtype).reshape(x.shape)
    center = jnp.where(i % 2 == 0, 1 + i / 2, -1 - i / 2)
    return jnp.sum((1 + i / 2) * (x - center) ** 2) / 2 + 0.3 * jnp.sum(jnp.cos(2 * x))


def plain_slope(x):
    """∇f in NumPy; f is nonconvex."""
    i = np.arange(x.size).reshape(x.shape)
    center = np.where(i % 2 == 0, 1 + i / 2, -1 - i / 2)
    return (1 + i / 2) * (x - center) - 0.6 * np.sin(2 * x)


OBJECTIVES = {shape: Objective(_loss, shape) for shape in {CATALOGUE[name].shape for name in SMOOTH}}


def random_flows(K, count, rng):
    """Flows with constants over the whole range, εγ up to 1."""
    gammas = rng.uniform(0, 3, count)
    shares = rng.uniform(0, 1, count)
    return [
        LionKFlow(K, rng.uniform(0.2, 3), gamma, share / max(gamma, 0.3), rng.uniform(0.05, 2))
        for gamma, share in zip(gammas, shares, strict=True)
    ]


def random_starts(flows, shape, rng, inside):
    """(x0, m0) for each flow, λx0 well inside dom K* or, where that is bounded, mostly outside."""
    x, m = 6 * rng.normal(size=(len(flows), *shape)), rng.normal(size=(len(flows), *shape))
    if inside:
        project = flows[0].K.conjugate().domain_projection
        x = np.stack([0.9 * project(one) / flow.weight_decay for one, flow in zip(0.3 * x, flows, strict=True)])
    return x, m
