"""The direction as a function of the momentum: its size, its scale, which entries it mixes, and whether any K has it.

The first step from zero momentum goes along O(z) = ∇K((1−β1)z) for a gradient −z. O is a subgradient of some convex
function exactly if it is cyclically monotone: Σ ⟨O(z_i), z_{i+1} − z_i⟩ ≤ 0 around every cycle (Rockafellar, §24).
"""

from dataclasses import dataclass

import numpy as np

from ._probe import Probe

SCALES = (1e-6, 1e-2, 1.0, 1e2, 1e6)
SAMPLES = 16
AGREEMENT = 1e-9
"""Directions are the same to this share of their size, beside rounding: an ε of 1e-8 in a quotient is seen."""


@dataclass(frozen=True)
class Direction:
    """What was found about O.

    - `points`, `values`: z_i and O(z_i), (n, *shape).
    - `largest`: the largest entry seen.   `is_bounded`: no larger for gradients a million times as large.
    - `is_homogeneous`: O(tz) = O(z) for t > 0.   `is_elementwise`: entry i of O is a function of z_i alone.
    - `is_odd`.   `cycle`: indices of points whose cycle shows that O is a subgradient of no convex function; or None.
    - `excess`: by how much, in units of the terms of the sum.
    """

    points: np.ndarray
    values: np.ndarray
    largest: float
    is_finite: bool
    is_bounded: bool
    is_homogeneous: bool
    is_elementwise: bool
    is_odd: bool
    cycle: tuple[int, ...] | None
    excess: float


def find_direction(probe: Probe) -> Direction:
    """Asks O at some points, and looks for a pattern in the answers and a contradiction to convexity."""
    points = _points(probe)
    values = np.array([probe.first_direction(z) for z in points])
    if not np.isfinite(values).all():
        return Direction(points, values, np.inf, False, False, False, False, False, None, 0.0)
    noise = 8 * probe.roundoff * max(np.abs(values).max(), 1e-300)
    base = points[: len(SCALES)]
    z = base[SCALES.index(1.0)]
    by_scale = values[: len(SCALES)]
    reference = by_scale[SCALES.index(1.0)]
    largest = float(np.abs(values).max())
    is_homogeneous = bool(np.abs(by_scale - reference).max() <= noise + AGREEMENT * largest)
    sizes = np.abs(by_scale).reshape(len(SCALES), -1).max(axis=1)
    is_bounded = bool(sizes[-1] <= 2 * max(sizes[-2], noise))
    opposite = probe.first_direction(-z)
    is_odd = bool(np.abs(opposite + reference).max() <= noise + AGREEMENT * largest)
    cycle, excess = find_cycle(points, values, probe.roundoff)
    return Direction(
        points,
        values,
        largest,
        True,
        is_bounded,
        is_homogeneous,
        _is_elementwise(probe, z, noise),
        is_odd,
        cycle,
        excess,
    )


def _points(probe: Probe) -> np.ndarray:
    """One point at every scale; random ones, sparse ones, some with few values, and matrices of low rank."""
    rng, shape = probe.rng, probe.shape
    z = rng.normal(size=shape)
    found = [z * scale for scale in SCALES]
    for i in range(SAMPLES):
        size = 10.0 ** rng.uniform(-3, 3)
        found.append(rng.normal(size=shape) * size)
        found.append(np.where(rng.random(shape) < 0.5, 0, rng.normal(size=shape)))
        found.append(rng.integers(-1, 2, shape).astype(float) * (1 + i / 7))
    if len(shape) == 2 and min(shape) > 1:
        left, _, right = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
        rank = min(shape)
        spectra = ((1.0, 0.0), (0.004, 1.0), (0.01, 1.0), (1.0, 0.3), (1.0, 1.0), (0.1, 0.2))
        found += [(left * np.array((*values, *[0.0] * (rank - 2)))) @ right for values in spectra]
    found = [each if each.any() else z for each in found]
    return np.array(found)


def _is_elementwise(probe: Probe, z: np.ndarray, noise: float) -> bool:
    """Whether making one entry huge, small or opposite leaves all the others alone, over a few steps."""
    rng = probe.rng
    stream = -np.concatenate([z[None], rng.normal(size=(4, *probe.shape))])
    usual = probe.x(stream)
    for i in {0, z.size - 1}:
        for factor in (1e3, -1.0, 0.0):
            other = stream.reshape(len(stream), -1).copy()
            other[:, i] *= factor
            moved = probe.x(other.reshape(stream.shape))
            apart = np.abs(moved - usual).reshape(len(usual), -1) / probe.step
            if np.delete(apart, i, axis=1).max(initial=0) > 8 * noise + AGREEMENT:
                return False
    return True


def find_cycle(points: np.ndarray, values: np.ndarray, roundoff: float) -> tuple[tuple[int, ...] | None, float]:
    """(indices of a cycle that no convex function allows, or None; how far off it is, in units of its terms).

    Σ ⟨O(z_i), z_i − z_{i+1}⟩ is at least 0 around a cycle of subgradients; the least is found as a shortest path.
    """
    z = points.reshape(len(points), -1)
    u = values.reshape(len(points), -1)
    cost = np.sum(u * z, axis=1)[:, None] - u @ z.T
    scale = (np.abs(u) @ np.abs(z).T) + np.sum(np.abs(u * z), axis=1)[:, None]
    # Rounding apart: what remains below 0 after this is no rounding error.
    cost = cost + (64 * roundoff * z.shape[1] + AGREEMENT) * scale
    np.fill_diagonal(cost, 0)
    distance = cost.copy()
    following = np.tile(np.arange(len(z)), (len(z), 1))
    for k in range(len(z)):
        through = distance[:, k, None] + distance[None, k, :]
        is_shorter = through < distance
        distance = np.where(is_shorter, through, distance)
        following = np.where(is_shorter, following[:, k, None], following)
        on_cycle = np.flatnonzero(np.diag(distance) < 0)
        if len(on_cycle):
            cycle = _walk(following, int(on_cycle[np.argmin(np.diag(distance)[on_cycle])]))
            return cycle, _excess(cycle, z, u)
    return None, 0.0


def _walk(following: np.ndarray, start: int) -> tuple[int, ...]:
    path = [start]
    while (step := int(following[path[-1], start])) != start and len(path) <= len(following):
        if step in path:
            return tuple(path[path.index(step) :])
        path.append(step)
    return tuple(path)


def _excess(cycle: tuple[int, ...], z: np.ndarray, u: np.ndarray) -> float:
    here, there = list(cycle), [*cycle[1:], cycle[0]]
    total = np.sum(u[here] * (z[here] - z[there]))
    terms = np.sum(np.abs(u[here] * z[here])) + np.sum(np.abs(u[here] * z[there]))
    return float(-total / max(terms, 1e-300))
