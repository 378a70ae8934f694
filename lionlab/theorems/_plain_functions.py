"""The atoms of the catalogue and their conjugates from the textbook, in plain NumPy: nothing here calls the library.

K, an element of ∂K, K* on its domain, and the gauge of that domain, whose unit ball it is: 0 ≤ gauge(y) ≤ 1 inside.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..conjugation import ConvexOracle

Values = Callable[[np.ndarray], np.ndarray]
Points = Callable[[np.ndarray], np.ndarray]
Number = Callable[[np.ndarray], float]

MATRIX = (4, 5)
THRESHOLD, SHARPNESS, SCALE, TOP, EXPONENT = 0.5, 2.0, 0.3, 3, 1.5
GROUPS = 4


@dataclass(frozen=True)
class PlainFunction:
    """K on rows of (n, d): `value` (n,) and `subgradient` (n, d); on one y (d,): K* `inside` dom K*, and its `gauge`.

    `recession` is None for homogeneous K, which is its own. `projection` is that on dom K*, where it has a formula.
    """

    value: Values
    subgradient: Points
    gauge: Number
    inside: Number = lambda y: 0.0
    is_smooth: bool = False
    recession: Values | None = None
    projection: Points | None = None

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.recession is None

    def conjugate(self, y: np.ndarray) -> float:
        """K*(y), +inf outside its domain."""
        return self.inside(y) if self.gauge(y) <= 1 else math.inf

    def oracle(self, size: int, is_declared: bool = True) -> ConvexOracle:
        """What a numerical conjugate may know of it: values, subgradients, and how it grows if that `is_declared`."""
        return ConvexOracle(
            evaluate=lambda z: (self.value(z), self.subgradient(z)),
            size=size,
            is_smooth=self.is_smooth,
            is_positively_homogeneous=is_declared and self.is_positively_homogeneous,
            recession=self.recession if is_declared else None,
        )


def _sum_of_sizes(z: np.ndarray) -> np.ndarray:
    return np.abs(z).sum(-1)


def _nothing_grows_so_slowly(z: np.ndarray) -> np.ndarray:
    return np.where(np.any(z != 0, axis=-1), np.inf, 0.0)


def _largest(y: np.ndarray) -> float:
    return float(np.abs(y).max())


def _power_slope(z: np.ndarray, p: float) -> np.ndarray:
    size = np.linalg.norm(z, p, axis=-1, keepdims=True)
    return np.sign(z) * (np.abs(z) / np.where(size > 0, size, 1)) ** (p - 1)


def _falling(z: np.ndarray) -> np.ndarray:
    return -np.sort(-np.abs(z), axis=-1)


def _by_rank(z: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """sign(z_i) times the weight of the rank of |z_i|, the first of equals ranked first."""
    order = np.argsort(-np.abs(z), axis=-1, kind="stable")
    found = np.empty_like(z)
    np.put_along_axis(found, order, np.broadcast_to(weights, z.shape), axis=-1)
    return found * np.sign(z)


def _top_weights(size: int) -> np.ndarray:
    return (np.arange(size) < TOP).astype(float)


def sorted_weights(size: int) -> np.ndarray:
    """Those of the sorted ℓ1 norm, for the largest entry first."""
    return np.linspace(2.0, 0.1, size)


def _sorted_gauge(y: np.ndarray) -> float:
    return float(np.max(np.cumsum(_falling(y)) / np.cumsum(sorted_weights(y.size))))


def _grouped(z: np.ndarray) -> np.ndarray:
    return z.reshape(*z.shape[:-1], GROUPS, -1)


def _unit(z: np.ndarray) -> np.ndarray:
    size = np.linalg.norm(z, axis=-1, keepdims=True)
    return z / np.where(size > 0, size, 1)


def _singular_values(z: np.ndarray) -> np.ndarray:
    return np.linalg.svd(z.reshape(*z.shape[:-1], *MATRIX), compute_uv=False)


def _on_singular_values(change: Points) -> Points:
    def changed(z: np.ndarray) -> np.ndarray:
        u, s, v = np.linalg.svd(z.reshape(*z.shape[:-1], *MATRIX), full_matrices=False)
        s = np.where(s > 1e-14 * np.maximum(s[..., :1], 1e-300), s, 0.0)
        return ((u * change(s)[..., None, :]) @ v).reshape(z.shape)

    return changed


def _on_l1_ball(y: np.ndarray) -> np.ndarray:
    """The nearest point of {‖·‖₁ ≤ 1}: |y_i| less a common θ, found by sorting."""
    if np.abs(y).sum() <= 1:
        return y
    sizes = _falling(y)
    excess = (np.cumsum(sizes) - 1) / np.arange(1, y.size + 1)
    theta = excess[np.flatnonzero(sizes > excess)[-1]]
    return np.sign(y) * np.maximum(np.abs(y) - theta, 0)


def _entropy(y: np.ndarray) -> float:
    up, down = np.log1p(np.maximum(y, -1 + 1e-300)), np.log1p(np.maximum(-y, -1 + 1e-300))
    with np.errstate(invalid="ignore"):
        halves = np.where(np.abs(y) < 1, (1 + y) * up + (1 - y) * down, 2 * math.log(2))
    return float(halves.sum() / (2 * SHARPNESS))


def _huber(z: np.ndarray) -> np.ndarray:
    size = np.abs(z)
    return np.where(size <= THRESHOLD, z**2 / (2 * THRESHOLD), size - THRESHOLD / 2).sum(-1)


def _log_cosh(z: np.ndarray) -> np.ndarray:
    size = SHARPNESS * np.abs(z)
    # log(cosh t) = t + log1p(e^{−2t}) − log 2 loses all digits of a small t; there it is t²/2 to within t⁴/12.
    return np.where(size < 1e-4, size**2 / 2, size + np.log1p(np.exp(-2 * size)) - math.log(2)).sum(-1) / SHARPNESS


def _pseudo_huber(z: np.ndarray) -> np.ndarray:
    return (z**2 / (np.sqrt(z**2 + THRESHOLD**2) + THRESHOLD)).sum(-1)


def _clip(y: np.ndarray) -> np.ndarray:
    return np.clip(y, -1, 1)


PLAIN: dict[str, PlainFunction] = {
    "L1Norm": PlainFunction(_sum_of_sizes, np.sign, _largest, projection=_clip),
    "LpNorm": PlainFunction(
        lambda z: np.linalg.norm(z, EXPONENT, axis=-1), lambda z: _power_slope(z, EXPONENT),
        lambda y: float(np.linalg.norm(y, EXPONENT / (EXPONENT - 1))),
    ),
    "L2Norm": PlainFunction(
        lambda z: np.linalg.norm(z, axis=-1), _unit, lambda y: float(np.linalg.norm(y)),
        projection=lambda y: y / max(1.0, float(np.linalg.norm(y))),
    ),
    "LinfNorm": PlainFunction(
        lambda z: np.abs(z).max(-1), lambda z: _by_rank(z, (np.arange(z.shape[-1]) < 1).astype(float)),
        lambda y: float(_sum_of_sizes(y)), projection=_on_l1_ball,
    ),
    "GroupL2Norm": PlainFunction(
        lambda z: np.linalg.norm(_grouped(z), axis=-1).sum(-1), lambda z: _unit(_grouped(z)).reshape(z.shape),
        lambda y: float(np.linalg.norm(_grouped(y), axis=-1).max()),
        projection=lambda y: (
            _grouped(y) / np.maximum(1.0, np.linalg.norm(_grouped(y), axis=-1, keepdims=True))
        ).reshape(y.shape),
    ),
    "TopKL1": PlainFunction(
        lambda z: _falling(z)[..., :TOP].sum(-1), lambda z: _by_rank(z, _top_weights(z.shape[-1])),
        lambda y: max(_largest(y), float(_sum_of_sizes(y)) / TOP),
    ),
    "SortedL1Norm": PlainFunction(
        lambda z: _falling(z) @ sorted_weights(z.shape[-1]), lambda z: _by_rank(z, sorted_weights(z.shape[-1])),
        _sorted_gauge,
    ),
    "NuclearNorm": PlainFunction(
        lambda z: _singular_values(z).sum(-1), _on_singular_values(np.sign), lambda y: float(_singular_values(y).max()),
        projection=_on_singular_values(lambda s: np.minimum(s, 1)),
    ),
    "SpectralNorm": PlainFunction(
        lambda z: _singular_values(z).max(-1), _on_singular_values(lambda s: np.sign(s) * (np.arange(s.shape[-1]) < 1)),
        lambda y: float(_singular_values(y).sum()), projection=_on_singular_values(_on_l1_ball),
    ),
    "SchattenNorm": PlainFunction(
        lambda z: np.linalg.norm(_singular_values(z), EXPONENT, axis=-1),
        _on_singular_values(lambda s: _power_slope(s, EXPONENT)),
        lambda y: float(np.linalg.norm(_singular_values(y), EXPONENT / (EXPONENT - 1))),
    ),
    "DeadzoneL1": PlainFunction(
        lambda z: np.maximum(np.abs(z) - THRESHOLD, 0).sum(-1), lambda z: np.sign(z) * (np.abs(z) > THRESHOLD),
        _largest, lambda y: THRESHOLD * float(_sum_of_sizes(y)), recession=_sum_of_sizes, projection=_clip,
    ),
    "Huber": PlainFunction(
        _huber, lambda z: np.clip(z, -THRESHOLD, THRESHOLD) / THRESHOLD, _largest,
        lambda y: THRESHOLD / 2 * float(y @ y), True, _sum_of_sizes, _clip,
    ),
    "PseudoHuber": PlainFunction(
        _pseudo_huber, lambda z: z / np.sqrt(z**2 + THRESHOLD**2), _largest,
        lambda y: THRESHOLD * float((y**2 / (1 + np.sqrt(np.maximum(1 - y**2, 0)))).sum()), True, _sum_of_sizes, _clip,
    ),
    "LogCosh": PlainFunction(
        _log_cosh, lambda z: np.tanh(SHARPNESS * z), _largest, _entropy, True, _sum_of_sizes, _clip
    ),
    "SquaredL2": PlainFunction(
        lambda z: SCALE / 2 * (z**2).sum(-1), lambda z: SCALE * z, lambda y: 0.0,
        lambda y: float(y @ y) / (2 * SCALE), True, _nothing_grows_so_slowly, lambda y: y,
    ),
}  # fmt: skip
"""By the name of the library's class. Matrices are MATRIX, flattened."""
