"""Convex functions and their closed-form conjugates as plain NumPy, for oracles that share nothing with the library."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lionlab.conjugation import ConvexOracle

D = 20
MATRIX = (4, 5)


class Known(NamedTuple):
    """A K on R^d beside what is known about it in closed form."""

    value: Callable[[np.ndarray], float]
    subgradient: Callable[[np.ndarray], np.ndarray]
    gauge: Callable[[np.ndarray], float]  # of dom K*, 0 where dom K* is all of space
    inside: Callable[[np.ndarray], float]  # K* on dom K*
    is_smooth: bool = False
    is_homogeneous: bool = False
    recession: Callable[[np.ndarray], float] | None = None

    def conjugate(self, y: np.ndarray) -> float:
        return self.inside(y) if self.gauge(y) <= 1 else np.inf

    def oracle(self, size: int = D) -> ConvexOracle:
        return oracle_from(self.value, self.subgradient, size, self.is_smooth, self.is_homogeneous, self.recession)


def oracle_from(value, subgradient, size, is_smooth=False, is_homogeneous=False, recession=None) -> ConvexOracle:
    def evaluate(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.array([value(z) for z in points]), np.array([subgradient(z) for z in points])

    far = None if recession is None else lambda points: np.array([recession(z) for z in points])
    return ConvexOracle(evaluate, size, is_smooth, is_homogeneous, far)


def zero(y: np.ndarray) -> float:
    return 0.0


def l1(z):
    return float(np.abs(z).sum())


def top(z, k):
    return float(np.sort(np.abs(z))[-k:].sum())


def top_subgradient(z, k):
    kept = np.argsort(-np.abs(z), kind="stable")[:k]
    g = np.zeros_like(z)
    g[kept] = np.sign(z[kept])
    return g


def power_subgradient(z, p):
    size = np.linalg.norm(z, p)
    return np.sign(z) * (np.abs(z) / size) ** (p - 1) if size > 0 else np.zeros_like(z)


def singular(z):
    return np.linalg.svd(z.reshape(MATRIX), compute_uv=False)


def polar(z):
    u, s, v = np.linalg.svd(z.reshape(MATRIX), full_matrices=False)
    return (u * (s > 1e-14 * max(s[0], 1e-300)) @ v).ravel()


def leading(z):
    u, s, v = np.linalg.svd(z.reshape(MATRIX), full_matrices=False)
    return np.outer(u[:, 0], v[0]).ravel() * (s[0] > 0)


def huber(z):
    return float(np.where(np.abs(z) <= 0.5, z**2, np.abs(z) - 0.25).sum())


def log_cosh(z):
    return float((np.abs(z) + np.log1p(np.exp(-2 * np.abs(z))) - np.log(2)).sum())


def entropy(y):
    def half(t):
        return np.where(t > 0, t * np.log(np.where(t > 0, t, 1)), 0)

    return float((half(1 + y) + half(1 - y)).sum() / 2)


def mixed(z):
    return float(np.linalg.norm(z[:8]) + z[8:] @ z[8:])


def mixed_subgradient(z):
    size = np.linalg.norm(z[:8])
    return np.concatenate([z[:8] / size if size > 0 else np.zeros(8), 2 * z[8:]])


def unit(z):
    size = np.linalg.norm(z)
    return z / size if size > 0 else np.zeros_like(z)


def euclidean(z):
    return float(np.linalg.norm(z))


def grouped(z):
    return float(sum(np.linalg.norm(part) for part in np.split(z, 4)))


def largest(y):
    return float(np.abs(y).max())


KNOWN: dict[str, Known] = {
    "l1": Known(l1, np.sign, largest, zero, is_homogeneous=True),
    "l2": Known(euclidean, unit, euclidean, zero, is_homogeneous=True),
    "linf": Known(largest, lambda z: top_subgradient(z, 1), l1, zero, is_homogeneous=True),
    "top 3": Known(
        lambda z: top(z, 3), lambda z: top_subgradient(z, 3), lambda y: max(largest(y), l1(y) / 3), zero,
        is_homogeneous=True,
    ),
    "lp 3": Known(
        lambda z: float(np.linalg.norm(z, 3)), lambda z: power_subgradient(z, 3),
        lambda y: float(np.linalg.norm(y, 1.5)), zero, is_homogeneous=True,
    ),
    "group": Known(
        grouped, lambda z: np.concatenate([unit(part) for part in np.split(z, 4)]),
        lambda y: max(float(np.linalg.norm(part)) for part in np.split(y, 4)), zero, is_homogeneous=True,
    ),
    "nuclear": Known(lambda z: float(singular(z).sum()), polar, lambda y: float(singular(y)[0]), zero, False, True),
    "spectral": Known(
        lambda z: float(singular(z)[0]), leading, lambda y: float(singular(y).sum()), zero, is_homogeneous=True
    ),
    "dead zone": Known(
        lambda z: float(np.maximum(np.abs(z) - 0.5, 0).sum()), lambda z: np.sign(z) * (np.abs(z) > 0.5), largest,
        lambda y: 0.5 * l1(y), recession=l1,
    ),
    "l2 and a square": Known(
        mixed, mixed_subgradient, lambda y: float(np.linalg.norm(y[:8])), lambda y: float(y[8:] @ y[8:]) / 4
    ),
    "huber": Known(
        huber, lambda z: np.clip(z, -0.5, 0.5) / 0.5, largest, lambda y: float(y @ y) / 4, True, recession=l1
    ),
    "log cosh": Known(log_cosh, np.tanh, largest, entropy, True, recession=l1),
    "pseudo huber": Known(
        lambda z: float((z**2 / (np.sqrt(z**2 + 1) + 1)).sum()), lambda z: z / np.sqrt(z**2 + 1), largest,
        lambda y: float((1 - np.sqrt(1 - y**2)).sum()), True, recession=l1,
    ),
    "square": Known(lambda z: 1.5 * float(z @ z), lambda z: 3 * z, zero, lambda y: float(y @ y) / 6, True),
}  # fmt: skip
