"""The point of smallest norm in the convex hull of finitely many points, by Wolfe's finite algorithm."""

import numpy as np

_U = 2.0**-53


def nearest_point(points: np.ndarray, weights: np.ndarray | None = None, most_steps: int = 1000) -> np.ndarray:
    """Weights w ≥ 0 with Σw = 1 that minimise ‖Σ w_i p_i‖ over the rows p_i of `points`; shape (n,).

    A corral of affinely independent points is kept, whose hull contains the current point in its interior: the
    nearest point of the corral's affine hull replaces it, or the corral loses a point; then the best point joins.
    `weights` of a nearby problem give a warm start. Terminates by itself up to rounding, and at `most_steps`.

    Source: P. Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11 (1976).
    """
    largest = float(np.max(np.linalg.norm(points, axis=1), initial=0.0))
    w = np.zeros(len(points))
    if weights is not None and np.any(weights[: len(points)] > 0):
        w[: len(weights)] = np.maximum(weights, 0)
        w /= w.sum()
    else:
        w[int(np.argmin(np.sum(points**2, axis=1)))] = 1.0
    corral = [int(i) for i in np.flatnonzero(w > 0)]
    best, best_size = w, np.inf
    for _ in range(most_steps):
        w = _settle(points, w, corral)
        x = w @ points
        size = float(np.linalg.norm(x))
        if size < best_size:
            stalled, best, best_size = size > best_size * (1 - 1e-13), w, size
        else:
            stalled = True
        scores = points @ x
        joining = int(np.argmin(scores))
        # An improvement below the rounding of the scores is none.
        if stalled or joining in corral or scores[joining] >= size**2 - 16 * _U * largest * size:
            break
        corral.append(joining)
    return best


def _settle(points: np.ndarray, w: np.ndarray, corral: list[int]) -> np.ndarray:
    """The nearest point of the corral's hull; points whose weight reaches 0 on the way leave the corral in place."""
    while True:
        affine = _affine_weights(points[corral])
        current = w[corral]
        if np.all(affine > 1e-14) or len(corral) == 1:
            moved = affine
        else:
            falling = affine <= 1e-14
            gaps = current[falling] - affine[falling]
            ratios = np.where(gaps > 0, current[falling] / np.where(gaps > 0, gaps, 1.0), 1.0)
            step = min(1.0, float(np.min(ratios, initial=1.0)))
            moved = np.maximum(current + step * (affine - current), 0.0)
            moved[np.flatnonzero(falling)[int(np.argmin(ratios))]] = 0.0
        w = np.zeros(len(points))
        w[corral] = moved / moved.sum()
        if np.all(moved > 0):
            return w
        corral[:] = [i for i, weight in zip(corral, moved, strict=True) if weight > 0]


def _affine_weights(points: np.ndarray) -> np.ndarray:
    """Weights of sum 1, of any sign, that minimise the norm of the combination."""
    first, *rest = points
    if not rest:
        return np.ones(1)
    solution = np.linalg.lstsq((np.asarray(rest) - first).T, -first, rcond=None)[0]
    return np.concatenate([[1 - solution.sum()], solution])
