"""Which K of the catalogue has this direction: families told apart by their answers, constants found by inversion."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)
from ._direction_probe import Direction
from ._probe import Probe, crossing
from ._subgradients import Subgradients

FIT = 1e-6
"""A constant must come out the same, to this relative error, at every point it is read from."""


@dataclass(frozen=True)
class Weight:
    """What a first gradient counts in the argument of ∇K, and its relative error."""

    value: float
    error: float


@dataclass(frozen=True)
class Named:
    """A K, the η in its units (η of the probe times the size of the direction), and its text as `parse` reads it."""

    K: ConvexFunction
    size: float
    text: str


def candidates(probe: Probe, found: Direction, weight: float) -> Iterator[Named]:
    """Functions that the answers point to; each is still to be checked at every point.

    `weight`: what a first gradient counts in m̃, 1−β1.   The size of a direction is η's where η is not known.
    """
    z, u = found.points * weight, found.values
    seen = [(a.ravel(), b.ravel()) for a, b in zip(z, u, strict=True) if np.abs(b).max() > 0]
    if not seen:
        return
    if found.is_homogeneous:
        yield from _norms(z, u, probe.knows_rate)
    elif found.is_elementwise:
        yield from _profiles(probe, z, u, weight)


def _scaled(K: ConvexFunction, text: str, size: float, knows_rate: bool) -> Named:
    if not knows_rate:
        return Named(K, size, text)
    if abs(size - 1) <= FIT:  # 1 itself, so that the runs decide, to their rounding, whether it is
        return Named(K, 1.0, text)
    return Named(Scaled(K, size), 1.0, f"Scaled({text}, {size:.9g})")


def _norms(z: np.ndarray, u: np.ndarray, knows_rate: bool) -> Iterator[Named]:
    shape = z.shape[1:]
    a, b = z[0].ravel(), u[0].ravel()
    # The first point has no ties and no zeros: what stays 0 there is 0 by choice.
    is_moved = np.abs(b) > 1e-7 * np.abs(b).max()
    count = int(is_moved.sum())
    largest = float(np.abs(b).max())
    is_flat = np.ptp(np.abs(b[is_moved])) <= FIT * largest
    if is_flat and count == a.size:
        yield _scaled(L1Norm(), "L1Norm()", largest, knows_rate)
    elif is_flat and count == 1:
        yield _scaled(LinfNorm(), "LinfNorm()", largest, knows_rate)
    elif is_flat:
        yield _scaled(TopKL1(count), f"TopKL1({count})", largest, knows_rate)
    if count == a.size:
        p = 1 + _slope(np.log(np.abs(a)), np.log(np.abs(b)))
        if abs(p - 2) <= FIT:
            yield _scaled(L2Norm(), "L2Norm()", float(np.sqrt(np.sum(b * b))), knows_rate)
        elif 1 < p < 100:
            p, text = _readable(p)
            q = p / (p - 1)
            size = float(np.sum(np.abs(b) ** q) ** (1 / q))
            yield _scaled(LpNorm(p), f"LpNorm({text})", size, knows_rate)
    if len(shape) == 2 and min(shape) > 1:
        yield from _matrix_norms(z[0], u[0], knows_rate)


def _matrix_norms(z: np.ndarray, u: np.ndarray, knows_rate: bool) -> Iterator[Named]:
    left, values, right = np.linalg.svd(z, full_matrices=False)
    inner = left.T @ u @ right.T
    sizes = np.diag(inner)
    if np.abs(inner - np.diag(sizes)).max() > FIT * np.abs(u).max() or not (sizes > 0).any():
        return
    largest = float(sizes.max())
    if np.ptp(sizes) <= FIT * largest:
        yield _scaled(NuclearNorm(), "NuclearNorm()", largest, knows_rate)
    elif np.abs(sizes[1:]).max() <= FIT * largest:
        yield _scaled(SpectralNorm(), "SpectralNorm()", largest, knows_rate)
    elif (sizes > 0).all():
        p, text = _readable(1 + _slope(np.log(values), np.log(sizes)))
        if 1 < p < 100:
            size = float(np.sum(sizes ** (p / (p - 1))) ** ((p - 1) / p))
            yield _scaled(SchattenNorm(p), f"SchattenNorm({text})", size, knows_rate)


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.polyfit(x, y, 1)[0])


def _readable(value: float) -> tuple[float, str]:
    """A constant read from data, as the short decimal within a billionth of it, where there is one."""
    short = float(f"{value:.6g}")
    return (short, f"{short:g}") if abs(short - value) <= 1e-8 * abs(value) else (value, f"{value:.12g}")


def _profiles(probe: Probe, z: np.ndarray, u: np.ndarray, weight: float) -> Iterator[Named]:
    """Separable K by k', read at single numbers."""

    def slope(t: float) -> float:
        return float(np.ravel(probe.first_direction(np.full(probe.shape, t / weight)))[0])

    top = slope(1e9)
    small = slope(1e-9) / 1e-9
    if small > 0 and abs(top / (small * 1e9) - 1) <= FIT:
        modulus, text = _readable(small)
        yield Named(SquaredL2(modulus), 1.0, f"SquaredL2({text})" if modulus != 1 else "SquaredL2()")
        return
    if not top > 0:
        return
    half = crossing(lambda t: 0.5 - slope(t) / top)
    if half is None or half == 0:
        return
    if small == 0:
        threshold, text = _readable(half)
        yield _scaled(DeadzoneL1(threshold), f"DeadzoneL1({text})", top, probe.knows_rate)
        return
    # Where k' is half its bound: z = e/2 for Huber, e/√3 for √(z²+e²), artanh(½)/b for log cosh.
    huber, text = _readable(2 * half)
    yield _scaled(Huber(huber), f"Huber({text})", top, probe.knows_rate)
    rounded, text = _readable(half * np.sqrt(3))
    yield _scaled(PseudoHuber(rounded), f"PseudoHuber({text})", top, probe.knows_rate)
    sharpness, text = _readable(float(np.arctanh(0.5)) / half)
    yield _scaled(LogCosh(sharpness), f"LogCosh({text})", top, probe.knows_rate)


def fits(named: Named, found: Direction, weight: Weight, probe: Probe) -> float:
    """How far the answers are from ∂K, in tolerances: at most 1 where K fits."""
    z, u = found.points * weight.value, found.values / named.size
    # A size that was read from the answers is off by what the weight is.
    share = 2.0**-23 + (0.0 if probe.knows_rate else weight.error)
    error = 16 * probe.roundoff * (1 + np.abs(u)) + share * np.abs(u)
    largest = np.abs(z).max(axis=tuple(range(1, z.ndim)), keepdims=True)
    shift = np.where(z == 0, 0, max(weight.error, 1e-12) * largest)
    return float(np.max(Subgradients(named.K).excess(z, u, shift, error)))


def identify(probe: Probe, found: Direction, weight: Weight) -> tuple[Named | None, list[tuple[str, float]]]:
    """(the K that fits every answer, or None; what was tried and how far it was off in tolerances)."""
    tried = []
    for named in candidates(probe, found, weight.value):
        off = fits(named, found, weight, probe)
        tried.append((named.text, off))
        if off <= 1:
            return named, tried
    return None, tried
