"""Convexity along segments and the subgradient inequality, searched: at random, along lines, and by an adversary."""

from collections.abc import Callable

import numpy as np

from ._adversary import worst_pairs
from ._evaluation import Evaluation, dot, finite, norm
from ._finding import Finding, searched
from ._probes import lines, pairs, plainest, rounded

SEGMENT = 0.25
STRIDES = (1, 2, 7, 30)
CHAINS = 680

Excess = Callable[[Evaluation, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def check_convexity(evaluation: Evaluation, rng: np.random.Generator, is_quick: bool = False) -> Finding:
    """K((1−θ)z + θw) ≤ (1−θ)K(z) + θK(w), at θ = 1/4 for random pairs, 1/2 for the adversary, all along lines."""
    before = evaluation.count
    d, dtype, count = evaluation.size, evaluation.dtype, 1000 if is_quick else 8000
    z, w = pairs(d, count, rng, dtype)
    quarter = _ratios(*segment_excess(evaluation, z, w, SEGMENT))
    low, high, shares, on_lines = _line_triples(evaluation, rng, 96 if is_quick else 600)
    best = np.argsort(-on_lines)[: CHAINS // 4]
    chosen = np.argsort(-_ratios(*midpoint_excess(evaluation, z, w)))[: CHAINS // 4]
    some = slice(0, CHAINS // 2)
    first = np.concatenate([z[chosen], z[some], low[best]])
    second = np.concatenate([w[chosen], w[some], high[best]])
    first, second = _hunted(midpoint_excess, evaluation, first, second, rng, is_quick)
    halves = _ratios(*midpoint_excess(evaluation, first, second))
    starts = np.concatenate([z, low, first])
    ends = np.concatenate([w, high, second])
    share = np.concatenate([np.full(len(z), SEGMENT), shares, np.full(len(first), 0.5)])
    ratios = np.concatenate([quarter, on_lines, halves])

    def explain(i: int) -> tuple[str, dict[str, object]]:
        def excess(pair: np.ndarray) -> tuple[float, float]:
            gap, bound = segment_excess(evaluation, pair[:1], pair[1:], share[i])
            return float(gap[0]), float(bound[0])

        pair = np.stack([starts[i], ends[i]])
        least = 0.1 * excess(pair)[0]
        pair = plainest(pair, lambda pair: excess(pair)[0] > max(excess(pair)[1], least))
        return _told_segment(evaluation, pair, share[i])

    sizes = np.max(np.abs(np.concatenate([starts, ends], axis=1)), axis=1)
    return searched("convexity", ratios, explain, probes=evaluation.count - before, sizes=sizes)


def _told_segment(evaluation: Evaluation, pair: np.ndarray, share: float) -> tuple[str, dict[str, object]]:
    z, w = pair
    point = rounded((1 - share) * z + share * w, evaluation.dtype)
    at_z, at_w, at_point = evaluation.values(np.stack([z, w, point]))
    chord = (1 - share) * at_z + share * at_w
    sentence = (
        f"not convex: between z = {z.tolist()} and w = {w.tolist()}, at {point.tolist()}, K is {at_point:.10g}, above "
        f"the chord by {at_point - chord:.3g}."
    )
    shape = evaluation.shape
    return sentence, {
        "z": z.reshape(shape), "w": w.reshape(shape), "share": share, "point": point.reshape(shape),
        "K(z)": at_z, "K(w)": at_w, "K(point)": at_point, "chord": chord,
    }  # fmt: skip


def segment_excess(
    evaluation: Evaluation, z: np.ndarray, w: np.ndarray, share: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """(K above the chord at (1−share)z + share·w, what rounding explains); −inf where the chord is infinite."""
    theta = np.broadcast_to(share, len(z))
    middle = rounded((1 - theta[:, None]) * z + theta[:, None] * w, evaluation.dtype)
    n = len(z)
    values, slopes = evaluation.at(np.concatenate([z, w, middle]))
    sizes = norm(np.concatenate([z, w, middle]))
    return _excess(evaluation, values.reshape(3, n), finite(slopes).reshape(3, n, -1), sizes.reshape(3, n), theta)


def midpoint_excess(evaluation: Evaluation, z: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`segment_excess` at θ = 1/2."""
    return segment_excess(evaluation, z, w, 0.5)


def _excess(
    evaluation: Evaluation, values: np.ndarray, slopes: np.ndarray, sizes: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    (at_z, at_w, at_middle), is_finite = values, np.isfinite(values[:2]).all(axis=0)
    with np.errstate(invalid="ignore"):
        excess = np.where(is_finite, at_middle - (1 - share) * at_z - share * at_w, -np.inf)
    # The point between is rounded, which moves K by its slope times that.
    steepest = norm(slopes[2]) * np.maximum(sizes[0], sizes[1])
    bound = evaluation.unit * (np.abs(finite(values)).sum(axis=0) + steepest) + evaluation.floor
    return excess, np.maximum(bound, np.finfo(np.float64).tiny)


def _line_triples(evaluation: Evaluation, rng: np.random.Generator, count: int) -> tuple[np.ndarray, ...]:
    """Neighbours at several strides along lines: (z, w, share of w between them, ratio of the excess to its bound)."""
    p, t = lines(evaluation.size, count, 171, rng, evaluation.dtype)
    values, slopes = evaluation.at(p.reshape(-1, evaluation.size))
    values, slopes = values.reshape(t.shape), finite(slopes).reshape(p.shape)
    sizes = norm(p)
    found: list[tuple[np.ndarray, ...]] = []
    for stride in STRIDES:
        left, middle, right = slice(None, -2 * stride), slice(stride, -stride), slice(2 * stride, None)
        share = (t[:, middle] - t[:, left]) / (t[:, right] - t[:, left])
        three = (left, middle, right)
        stacked = [np.stack([array[:, part] for part in three]) for array in (values, sizes)]
        around = np.stack([slopes[:, part] for part in (left, right, middle)])
        order = [0, 2, 1]
        excess, bound = _excess(evaluation, stacked[0][order], around, stacked[1][order], share)
        flat = [p[:, part].reshape(-1, evaluation.size) for part in (left, right)]
        found.append((*flat, share.ravel(), _ratios(excess, bound).ravel()))
    return tuple(np.concatenate(arrays) for arrays in zip(*found, strict=True))


def subgradient_excess(evaluation: Evaluation, z: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K(z) + ⟨s, w − z⟩ − K(w) for s = ∇K(z), what rounding explains); −inf where a value is infinite."""
    n = len(z)
    values, slopes = evaluation.at(np.concatenate([z, w]))
    at_z, at_w, s = values[:n], values[n:], slopes[:n]
    is_finite = np.isfinite(at_z) & np.isfinite(at_w)
    with np.errstate(invalid="ignore"):
        excess = np.where(is_finite, at_z + dot(s, w - z) - at_w, -np.inf)
    terms = np.abs(finite(at_z)) + np.abs(finite(at_w)) + dot(np.abs(finite(s)), np.abs(w) + np.abs(z))
    # s is the slope at a point near z, where the rounding of z may have put it.
    terms = terms + norm(finite(slopes[n:])) * norm(z)
    return excess, np.maximum(evaluation.unit * terms + evaluation.floor, np.finfo(np.float64).tiny)


def check_subgradient(evaluation: Evaluation, rng: np.random.Generator, is_quick: bool = False) -> Finding:
    """K(w) ≥ K(z) + ⟨∇K(z), w − z⟩; with w near z, that no difference quotient of K lies below ⟨∇K(z), direction⟩."""
    before = evaluation.count
    z, w = pairs(evaluation.size, 1000 if is_quick else 8000, rng, evaluation.dtype)
    at_random = _ratios(*subgradient_excess(evaluation, z, w))
    chosen = np.concatenate([np.argsort(-at_random)[: CHAINS // 2], np.arange(CHAINS // 2)])
    first, second = _hunted(subgradient_excess, evaluation, z[chosen], w[chosen], rng, is_quick)
    hunted = _ratios(*subgradient_excess(evaluation, first, second))
    starts, ends = np.concatenate([z, first]), np.concatenate([w, second])

    def explain(i: int) -> tuple[str, dict[str, object]]:
        def excess(pair: np.ndarray) -> float:
            gap, bound = subgradient_excess(evaluation, pair[:1], pair[1:])
            return float(gap[0]) if gap[0] > bound[0] else -np.inf

        pair = np.stack([starts[i], ends[i]])
        least = 0.1 * excess(pair)
        a, b = plainest(pair, lambda pair: excess(pair) > least)
        values, slopes = evaluation.at(np.stack([a, b]))
        rise = values[0] + float(slopes[0] @ (b - a))
        sentence = (
            f"not a subgradient: at z = {a.tolist()} it is {slopes[0].tolist()}, but at w = {b.tolist()} K is "
            f"{values[1]:.10g}, below K(z) + ⟨s, w − z⟩ = {rise:.10g}."
        )
        shape = evaluation.shape
        return sentence, {
            "z": a.reshape(shape), "w": b.reshape(shape), "subgradient": slopes[0].reshape(shape),
            "K(z)": values[0], "K(w)": values[1], "tangent": rise,
        }  # fmt: skip

    ratios = np.concatenate([at_random, hunted])
    sizes = np.max(np.abs(np.concatenate([starts, ends], axis=1)), axis=1)
    return searched("subgradient", ratios, explain, probes=evaluation.count - before, sizes=sizes)


def _hunted(
    excess: Excess, evaluation: Evaluation, z: np.ndarray, w: np.ndarray, rng: np.random.Generator, is_quick: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that the adversary found: half of the chains climb the excess per length, half the excess per length²."""
    power = np.where(np.arange(len(z)) % 2 == 0, 1, 2)

    def objective(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        gap, bound = excess(evaluation, first, second)
        length = np.maximum(norm(second - first), 1e-300)
        # Without the bound the quotient would be rounding noise over a vanishing length.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            climbed = (gap - bound) / length**power
        return np.where(np.isfinite(climbed), climbed, -np.inf)

    return worst_pairs(objective, z, w, rng, evaluation.dtype, rounds=30 if is_quick else 160)


def _ratios(excess: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """excess/bound; −inf where the terms overflow, for there nothing can be told."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.isfinite(bound), excess / bound, -np.inf)
