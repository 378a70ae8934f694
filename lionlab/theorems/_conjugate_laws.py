"""The laws a convex function and its conjugate keep, each as an error in units of its rounding bound."""

from collections.abc import Callable, Mapping

import numpy as np

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LpNorm,
    NuclearNorm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)
from ._conjugate_samples import FAR, STEP, UNIT, Values


def flat(v: np.ndarray) -> np.ndarray:
    """Samples as rows."""
    return v.reshape(len(v), -1)


def norms(v: np.ndarray) -> np.ndarray:
    """‖v_i‖₂ of every sample."""
    return np.linalg.norm(flat(v), axis=1)


def _largest(ratio: np.ndarray) -> float:
    return float(np.max(ratio, initial=0.0))


def _size(K: np.ndarray, K_star: np.ndarray, z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What the parts of a Fenchel–Young gap amount to; the products bounded by lengths, as y may be off by rounding."""
    return np.abs(K) + np.abs(K_star) + norms(z) * norms(y)


def fenchel_young(v: Values, C: float) -> float:
    """K(z) + K*(y) ≥ ⟨z, y⟩ for every pair of samples: also, K* is at least the supremum over all sampled z."""
    ys = np.concatenate([flat(v.u), flat(v.longer), flat(v.nearest), flat(v.inner), flat(v.z)])
    K_stars = np.concatenate([v.K_star_u, v.K_star_longer, v.K_star_nearest, v.K_star_inner, v.K_star_z])
    zs, Ks = flat(v.z), v.K
    is_finite = np.isfinite(K_stars)
    gap = Ks[:, None] + K_stars[None, is_finite] - zs @ ys[is_finite].T
    lengths = np.linalg.norm(zs, axis=1)[:, None] * np.linalg.norm(ys[is_finite], axis=1)[None]
    size = np.abs(Ks)[:, None] + np.abs(K_stars[is_finite])[None] + lengths
    if np.isnan(gap).any() or (K_stars == -np.inf).any() or np.isnan(K_stars).any():
        return np.nan
    return _largest((-gap / (C * UNIT * np.where(size > 0, size, 1)))[np.isfinite(size)])


def equality(v: Values, C: float) -> float:
    """K(z) + K*(∇K(z)) = ⟨z, ∇K(z)⟩, which makes K** = K there; and the same for ∇K* inside dom K*."""
    inside = np.isfinite(v.K)
    gap = v.K + v.K_star_u - (flat(v.z) * flat(v.u)).sum(1)
    forth = (np.abs(gap) / (C * UNIT * np.maximum(_size(v.K, v.K_star_u, v.z, v.u), 1e-300)))[inside]
    has_slope = np.isfinite(flat(v.slope_inner)).all(1)
    gap = v.K_slope_inner + v.K_star_inner - (flat(v.slope_inner) * flat(v.inner)).sum(1)
    size = _size(v.K_slope_inner, v.K_star_inner, v.slope_inner, v.inner)
    back = (np.abs(gap) / (C * UNIT * np.maximum(size, 1e-300)))[has_slope]
    return max(_first_or_infinity(forth), _first_or_infinity(back) if has_slope.any() else 0.0)


def _first_or_infinity(ratio: np.ndarray) -> float:
    """The largest entry, where an undefined gap, inf − inf or a subgradient outside dom K*, counts as infinite."""
    return float(np.max(np.where(np.isnan(ratio), np.inf, ratio), initial=0.0))


def biconjugate(v: Values, C: float) -> float:
    """K** = K."""
    inside = np.isfinite(v.K)
    if not np.array_equal(inside, np.isfinite(v.K_biconjugate)):
        return np.inf
    return _largest(np.abs(v.K_biconjugate - v.K)[inside] / (C * UNIT * np.maximum(np.abs(v.K[inside]), 1e-300)))


def infinite_outside(v: Values, C: float) -> float:
    """K* = +inf off dom K*, finite on it; and ⟨tn, y⟩ − K(tn) grows without bound along the outward n = y − P(y)."""
    allowance = C * UNIT * np.maximum(norms(v.z), 1e-300)
    outside = v.distance > allowance
    if not (np.isposinf(v.K_star_z[outside]).all() and np.isfinite(v.K_star_z[v.distance == 0]).all()):
        return np.inf
    if not (np.isfinite(v.K_star_nearest).all() and np.isfinite(v.K_star_inner).all()):
        return np.inf
    # K ≤ the support function of dom K*, so the supremum exceeds t‖n‖² less what K* takes at most on it.
    n = flat(v.z - v.nearest)
    grown = FAR * (n * flat(v.z)).sum(1) - v.K_outward
    least = 0.5 * FAR * (n**2).sum(1) - np.max(v.K_star_nearest, initial=0.0)
    off = norms(v.z - v.nearest) > 1e4 * allowance
    return 0.0 if np.all(grown[off] >= least[off]) else np.inf


def moreau(v: Values, C: float) -> float:
    """prox_{τK}(z) + τ prox_{K*/τ}(z/τ) = z, and (z − p)/τ ∈ ∂K(p): K(w) ≥ K(p) + ⟨(z−p)/τ, w−p⟩.

    p is known up to the rounding u‖z‖ of what it was computed from, not up to u‖p‖: where K has a kink at p = 0, K(p)
    moves by its slope ∇K(p) times that, and ⟨(z−p)/τ, p⟩ by (z−p)/τ times that, however small p itself is.
    """
    z, p = flat(v.z), flat(v.prox)
    error = np.linalg.norm(p + STEP * flat(v.prox_conjugate) - z, axis=1)
    scale = np.linalg.norm(z, axis=1) + np.linalg.norm(p, axis=1)
    errors = [error / (C * UNIT * np.maximum(scale, 1e-300))]
    slope = (z - p) / STEP
    steepest = np.linalg.norm(slope, axis=1) + norms(np.where(np.isfinite(v.slope_prox), v.slope_prox, 0))
    by_rounding_of_p = scale * steepest
    for w, K_w in ((np.zeros_like(p), np.zeros(len(p))), (2 * p, v.K_prox_doubled), (z, v.K), (2 * z, v.K_doubled)):
        short = v.K_prox + (slope * (w - p)).sum(1) - K_w
        size = np.abs(v.K_prox) + np.where(np.isfinite(K_w), np.abs(K_w), 0)
        size = size + scale / STEP * (np.linalg.norm(w, axis=1) + np.linalg.norm(p, axis=1)) + by_rounding_of_p
        errors.append(short / (C * UNIT * np.maximum(size, 1e-300)))
    return _largest(np.concatenate(errors))


def homogeneity(v: Values, C: float) -> float:
    """K(2z) = 2K(z) if and only if K* takes the values 0 and +inf only; and both, where K is declared homogeneous."""
    deviation = np.abs(v.K_doubled - 2 * v.K)[np.isfinite(v.K)] / np.maximum(
        C * UNIT * np.abs(v.K[np.isfinite(v.K)]), 1e-300
    )
    dual = np.concatenate([v.K_star_u, v.K_star_nearest, v.K_star_inner, v.K_star_z])
    has_penalty = bool(np.any((dual != 0) & np.isfinite(dual)))
    if v.is_homogeneous:
        return np.inf if has_penalty else _largest(deviation)
    return 0.0 if has_penalty == bool(np.any(deviation > 1)) else np.inf


LAWS: Mapping[str, Callable[[Values, float], float]] = {
    "Fenchel–Young inequality": fenchel_young,
    "equality at the subgradient": equality,
    "K** = K": biconjugate,
    "K* = +inf outside": infinite_outside,
    "Moreau's identity": moreau,
    "homogeneous ⇔ indicator": homogeneity,
}


def _singular_values(z: np.ndarray) -> np.ndarray:
    return np.linalg.svd(z, compute_uv=False)


def _scaled_norm(z: np.ndarray, p: float) -> float:
    """‖z‖_p with the largest entry divided out: |z|^p overflows for p in the thousands."""
    largest = float(np.max(np.abs(z)))
    return largest * float(np.linalg.norm(z / largest, p)) if largest > 0 else 0.0


PLAIN_VALUES: Mapping[type[ConvexFunction], Callable[..., float]] = {
    L1Norm: lambda K, z: float(np.abs(z).sum()),
    LpNorm: lambda K, z: _scaled_norm(z.ravel(), K.p),
    DeadzoneL1: lambda K, z: float(np.maximum(np.abs(z) - K.threshold, 0).sum()),
    TopKL1: lambda K, z: float(np.sort(np.abs(z).ravel())[::-1][: K.k].sum()),
    Huber: lambda K, z: float(
        np.where(np.abs(z) <= K.threshold, z**2 / (2 * K.threshold), np.abs(z) - K.threshold / 2).sum()
    ),
    SquaredL2: lambda K, z: float(K.scale / 2 * (z**2).sum()),
    L2Norm: lambda K, z: float(np.sqrt((z**2).sum())),
    LinfNorm: lambda K, z: float(np.abs(z).max()),
    NuclearNorm: lambda K, z: float(_singular_values(z).sum()),
    SpectralNorm: lambda K, z: float(_singular_values(z).max()),
}
"""K(z) from the textbook, in plain NumPy."""

PLAIN_CONJUGATES: Mapping[type[ConvexFunction], Callable[..., float]] = {
    L1Norm: lambda K, y: 0.0,
    LpNorm: lambda K, y: 0.0,
    DeadzoneL1: lambda K, y: float(K.threshold * np.abs(y).sum()),
    TopKL1: lambda K, y: 0.0,
    Huber: lambda K, y: float(K.threshold / 2 * (y**2).sum()),
    SquaredL2: lambda K, y: float((y**2).sum() / (2 * K.scale)),
}
"""K*(y) of table 2 of arXiv 2310.05898, for y inside dom K*."""


def textbook(K: ConvexFunction, v: Values, C: float) -> float:
    """K against its formula in plain NumPy, and K* inside its domain against the paper's table, where known."""
    errors = [np.zeros(1)]
    for formulas, arguments, found in (
        (PLAIN_VALUES, v.z, v.K),
        (PLAIN_CONJUGATES, v.inner, v.K_star_inner),
    ):
        formula = formulas.get(type(K))
        if formula is not None:
            expected = np.array([formula(K, point) for point in arguments])
            scale = np.maximum(np.abs(expected), norms(arguments))
            errors.append(np.abs(found - expected) / (C * UNIT * np.maximum(scale, 1e-300)))
    return _first_or_infinity(np.concatenate(errors))
