"""K, K* and their subgradients, proxes and domains at sampled points: evaluated once per K, judged by the laws."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ..precision import cast_floats, double_precision
from ._cases import compiled_once

UNIT = 2.0**-53
STEP = 0.7  # τ of the proxes
FAR = 1e6  # how far along an outward normal a supremum is followed
SMALL = 1 + 1e-6


class Values(NamedTuple):
    """Arrays of N samples each. z: points. u = ∇K(z). `nearest` = projection of z on dom K*, `inner` 0.9 of it."""

    z: np.ndarray
    K: np.ndarray
    K_doubled: np.ndarray  # K(2z)
    K_biconjugate: np.ndarray  # K**(z)
    u: np.ndarray
    K_star_u: np.ndarray
    longer: np.ndarray  # (1+1e-6)u
    K_star_longer: np.ndarray
    nearest: np.ndarray
    K_star_nearest: np.ndarray
    inner: np.ndarray
    K_star_inner: np.ndarray
    slope_inner: np.ndarray  # ∇K*(inner)
    K_slope_inner: np.ndarray
    K_star_z: np.ndarray  # K*(z)
    distance: np.ndarray  # from z to dom K*
    K_outward: np.ndarray  # K(FAR·(z − nearest))
    prox: np.ndarray  # prox_{τK}(z)
    K_prox: np.ndarray
    K_prox_doubled: np.ndarray  # K(2 prox)
    slope_prox: np.ndarray  # ∇K(prox)
    prox_conjugate: np.ndarray  # prox_{K*/τ}(z/τ)
    is_homogeneous: bool


def points(shape: tuple[int, ...], seed: int, count: int = 28) -> np.ndarray:
    """Zero, ties, sparse points, and normal ones of sizes 0.01, 1 and 30."""
    rng = np.random.default_rng([seed, *shape])
    normal = rng.normal(size=(count, *shape)) * rng.choice([0.01, 1.0, 30.0], size=(count, *(1 for _ in shape)))
    signs = rng.choice([-1.0, 0.0, 1.0], size=(4, *shape))
    sparse = np.where(rng.random((4, *shape)) < 0.4, normal[:4], 0.0)
    return np.concatenate([np.zeros((1, *shape)), np.ones((1, *shape)), signs, sparse, normal])


def values_of(K: ConvexFunction, shape: tuple[int, ...], seed: int) -> Values:
    """K and its conjugate at `points(shape, seed)`."""
    z = points(shape, seed)
    with double_precision():
        found = jax.tree.map(np.asarray, _evaluate(cast_floats(K, np.float64), jnp.asarray(z)))
    return Values(**found, is_homogeneous=K.is_positively_homogeneous)


@compiled_once
def _evaluate(K: ConvexFunction, z: Array) -> dict[str, Array]:
    K_star, n = K.conjugate(), len(z)
    tau = jnp.asarray(STEP, z.dtype)
    u, nearest = jax.vmap(K.selection)(z), jax.vmap(K_star.projection)(z)
    inner = 0.9 * nearest
    slope = jax.vmap(K_star.selection)(inner)
    prox = jax.vmap(lambda v: K.proximal(v, tau))(z)
    arguments = jnp.concatenate([z, 2 * z, slope, FAR * (z - nearest), prox, 2 * prox])
    K_z, K_doubled, K_slope, K_outward, K_prox, K_prox_doubled = jax.vmap(K.value)(arguments).reshape(6, n)
    longer = SMALL * u
    dual_arguments = jnp.concatenate([u, longer, nearest, inner, z])
    on_u, on_longer, on_nearest, on_inner, on_z = jax.vmap(K_star.value)(dual_arguments).reshape(5, n)
    twice = K_star.conjugate()
    # Where K** is the very object K there is nothing to compare.
    is_same = jax.tree.map(id, twice) == jax.tree.map(id, K) if type(twice) is type(K) else False
    return {
        "z": z, "K": K_z, "K_doubled": K_doubled, "u": u,
        "K_biconjugate": K_z if is_same else jax.vmap(twice.value)(z),
        "K_star_u": on_u, "longer": longer, "K_star_longer": on_longer,
        "nearest": nearest, "K_star_nearest": on_nearest, "inner": inner,
        "K_star_inner": on_inner, "slope_inner": slope, "K_slope_inner": K_slope, "K_star_z": on_z,
        "distance": jax.vmap(K_star.distance)(z), "K_outward": K_outward, "prox": prox, "K_prox": K_prox,
        "K_prox_doubled": K_prox_doubled, "slope_prox": jax.vmap(K.selection)(prox),
        "prox_conjugate": jax.vmap(lambda v: K_star.proximal(v / tau, 1 / tau))(z),
    }  # fmt: skip


def evaluation_count(K: ConvexFunction, shape: tuple[int, ...]) -> float:
    """C: the roundings in K, ∇K, K* and their proxes, as a multiple of u and of the magnitudes involved.

    One per summed entry, or the backward error of an SVD for a matrix; twice for each function inside another; and a
    power p multiplies the relative error of its argument by max(p, q).
    """
    size = float(np.prod(shape)) + 8 if len(shape) < 2 else 8.0 * sum(shape)
    return 4 * size * _exponent(K) * _depth(K)


def _parts(K: ConvexFunction) -> tuple[ConvexFunction, ...]:
    return (*getattr(K, "functions", ()), *((K.function,) if hasattr(K, "function") else ()))


def _exponent(K: ConvexFunction) -> float:
    p = float(getattr(K, "p", 2.0))
    own = max(p, p / (p - 1)) if 1 < p < np.inf else 1.0
    return max([own, *map(_exponent, _parts(K))])


def _depth(K: ConvexFunction) -> float:
    return 1.0 + max(map(_depth, _parts(K)), default=0.0)
