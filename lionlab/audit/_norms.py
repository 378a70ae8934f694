"""The norms an effective set is looked for in: size, dual size (the support function of the ball), and distance."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..convex import ConvexFunction, L1Norm, L2Norm, LinfNorm, LpNorm, NuclearNorm, SpectralNorm, TopKL1

Size = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class BallNorm:
    """A norm N on arrays of one shape.

    - `name`: "linf", "l2", "l1", "l3", "operator", "nuclear", "top 2", ….
    - `size`: N(x).   `dual`: N_dual(v) = max of ⟨x, v⟩ over N(x) ≤ 1.
    - `K`: the convex function whose dom K* is {N ≤ 1}: its subgradients have size 1.
    """

    name: str
    size: Size
    dual: Size
    K: ConvexFunction

    def distance(self, x: np.ndarray, radius: float) -> np.ndarray:
        """(T,) Euclidean distances of points x (T, *shape) to {N ≤ radius}.

        **Raises:** `ValueError` for norms other than "linf", "l2" and "operator".
        """
        if self.name == "linf":
            outside = np.maximum(np.abs(x) - radius, 0).reshape(len(x), -1)
            return np.sqrt(np.sum(outside**2, axis=1))
        if self.name == "l2":
            return np.maximum(np.sqrt(np.sum(x.reshape(len(x), -1) ** 2, axis=1)) - radius, 0)
        if self.name == "operator":
            values = np.linalg.svd(x, compute_uv=False)
            return np.sqrt(np.sum(np.maximum(values - radius, 0) ** 2, axis=-1))
        raise ValueError(f"distances are known in the norms linf, l2 and operator, not {self.name}.")


def norms_for(shape: tuple[int, ...]) -> tuple[BallNorm, ...]:
    """The norms tried on arrays of this shape; those of matrices where it has two axes, both longer than one."""
    count = int(np.prod(shape))
    found = [
        BallNorm("linf", lambda x: float(np.abs(x).max()), _lp(1), L1Norm()),
        BallNorm("l2", _lp(2), _lp(2), L2Norm()),
        BallNorm("l1", _lp(1), lambda v: float(np.abs(v).max()), LinfNorm()),
    ]
    found += [_l(q) for q in (4 / 3, 1.5, 3.0, 4.0)]
    found += [BallNorm(f"top {k}", _top_dual(k), _top(k), TopKL1(k)) for k in range(2, min(count, 9))]
    if len(shape) == 2 and min(shape) > 1:
        found += [
            BallNorm("operator", _operator, _nuclear, NuclearNorm()),
            BallNorm("nuclear", _nuclear, _operator, SpectralNorm()),
        ]
    return tuple(found)


def norm_named(name: str, shape: tuple[int, ...]) -> BallNorm:
    """The norm of this name: one of those tried, l<q> for any q > 1, or top <k> for any k.

    **Raises:** `ValueError` when arrays of this shape have none such.
    """
    for norm in norms_for(shape):
        if norm.name == name:
            return norm
    power, count = re.fullmatch(r"l(\d+(?:\.\d+)?)", name), re.fullmatch(r"top (\d+)", name)
    if power and (q := float(power[1])) > 1:
        return _l(q)
    if count and 1 < (k := int(count[1])) < np.prod(shape):
        return BallNorm(name, _top_dual(k), _top(k), TopKL1(k))
    raise ValueError(f"norm must be one of {', '.join(n.name for n in norms_for(shape))}, got {name!r}.")


def _l(q: float) -> BallNorm:
    return BallNorm(f"l{q:g}", _lp(q), _lp(q / (q - 1)), LpNorm(q / (q - 1)))


def _lp(p: float) -> Size:
    def size(x: np.ndarray) -> float:
        largest = float(np.abs(x).max())
        return largest * float(np.sum((np.abs(x) / largest) ** p) ** (1 / p)) if largest > 0 else 0.0

    return size


def _top(k: int) -> Size:
    return lambda v: float(np.sort(np.abs(v), axis=None)[-k:].sum())


def _top_dual(k: int) -> Size:
    return lambda x: float(max(np.abs(x).max(), np.abs(x).sum() / k))


def _operator(x: np.ndarray) -> float:
    return float(np.linalg.svd(x, compute_uv=False)[0])


def _nuclear(x: np.ndarray) -> float:
    return float(np.linalg.svd(x, compute_uv=False).sum())
