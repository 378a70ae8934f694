"""prox of K and of K*: Moreau's identity, and that prox is the minimiser it says it is."""

import jax.numpy as jnp
import numpy as np
from jax import Array

from ..convex import ConvexFunction
from ._conjugacy import Duality
from ._evaluation import compiled_over_points, finite, in_chunks, norm
from ._finding import Finding, searched
from ._probes import points, rounded

STEP = 0.7
GAP = 1e-12
"""By how much the objective of a numerical prox may exceed its minimum, relative to K and step·‖∇K‖²."""


def check_moreau(seen: Duality, rng: np.random.Generator) -> Finding:
    """prox_{tK}(z) + t·prox_{K*/t}(z/t) = z, t = 0.7; and u = prox_{tK}(z) is the minimiser: for every w

        K(w) + ‖w − z‖²/2t ≥ K(u) + ‖u − z‖²/2t + ‖w − u‖²/2t,

    tried at w near u at every distance, and at random. This law asks K alone, and never K*.
    """
    evaluation, K, K_star = seen.evaluation, seen.evaluation.K, seen.conjugate
    dtype, shape, d = evaluation.dtype, evaluation.shape, evaluation.size
    t = float(np.asarray(STEP, dtype))

    # Where K has no prox of its own, Moreau's identity is how the library finds it, and holds by construction.
    is_derived = type(K).proximal is ConvexFunction.proximal

    def look(z: Array) -> tuple[Array, Array]:
        step = jnp.asarray(t, z.dtype)
        v = K_star.proximal(z / step, 1 / step)
        return (z - step * v if is_derived and seen.is_numerical else K.proximal(z, step)), v

    z = points(d, 24 if seen.is_numerical else 200, rng, dtype, (0.1, 1.0, 5.0))
    z = z[-8:] if seen.is_numerical else z
    u, v = in_chunks(compiled_over_points(look), z, shape, dtype)
    gap = GAP if seen.is_numerical else 0.0
    K_u, s_u = evaluation.at(u)
    s_u = finite(s_u)
    scale = np.abs(K_u) + t * norm(s_u) ** 2 + norm(z) ** 2 / t
    # A gap in the objective is a distance of √(2·t·gap) from the minimiser, by strong convexity.
    off = np.sqrt(2 * t * gap * scale)
    identity = norm(u + t * v - z) / np.maximum(evaluation.unit * (norm(z) + norm(u) + t * norm(v)) + 2 * off, 1e-300)
    reach = 10.0 ** rng.uniform(-6, 0.5, size=(len(z), 12, 1)) * np.maximum(norm(z), 1e-3)[:, None, None]
    directions = rng.normal(size=(len(z), 12, d)) * np.where(rng.random((len(z), 12, d)) < 0.5, 1.0, 0.0)
    w = rounded(np.concatenate([u[:, None] + reach * directions, 0 * z[:, None], z[:, None]], axis=1), dtype)
    K_w = evaluation.values(w.reshape(-1, d)).reshape(w.shape[:2])
    far = norm(w - u[:, None])
    rise = (norm(w - z[:, None]) ** 2 - norm(u - z)[:, None] ** 2 - far**2) / (2 * t)
    terms = np.abs(K_u)[:, None] + np.abs(finite(K_w)) + (norm(z)[:, None] + norm(w) + norm(u)[:, None]) ** 2 / t
    bound = (
        4 * evaluation.unit * terms + evaluation.floor + (gap * scale + off**2 / t)[:, None] + off[:, None] * far / t
    )
    with np.errstate(invalid="ignore"):
        lack = np.where(np.isfinite(K_w), K_u[:, None] - K_w - rise, -np.inf)
    lack = np.where(np.isfinite(K_u)[:, None], lack, np.inf)
    optimality = lack / np.maximum(bound, 1e-300)
    ratios = np.concatenate([identity, optimality.ravel()])

    def explain(i: int) -> tuple[str, dict[str, object]]:
        row = i if i < len(z) else (i - len(z)) // w.shape[1]
        where = f"at z = {z[row].tolist()} with step {t:g}, prox K is {u[row].tolist()}"
        example: dict[str, object] = {
            "z": z[row].reshape(shape), "step": t, "prox K": u[row].reshape(shape), "prox K*": v[row].reshape(shape),
        }  # fmt: skip
        if i < len(z):
            return f"Moreau's identity fails: {where} and prox K* at z/step is {v[row].tolist()}.", example
        better = w[row, (i - len(z)) % w.shape[1]]
        example["better"] = better.reshape(shape)
        return f"not the prox: {where}, but K(w) + ‖w − z‖²/(2 step) shows otherwise at w = {better.tolist()}.", example

    return searched("moreau", ratios, explain)
