"""A tree of parameters with everything a model may hold, a stream of gradients, and a run that keeps every step."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

SHAPES = {"kernel": (4, 3), "bias": (5,), "gain": (), "none": None, "empty": (0, 3)}


def parameters(seed: int = 0, dtype: Any = jnp.float32, shapes: Any = None) -> Any:
    rng = np.random.default_rng(seed)
    return {
        name: None if shape is None else jnp.asarray(rng.normal(size=shape), dtype)
        for name, shape in (shapes or SHAPES).items()
    }


def gradients(params: Any, num_steps: int, seed: int = 1) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [jax.tree.map(lambda p: jnp.asarray(rng.normal(size=p.shape), p.dtype), params) for _ in range(num_steps)]


def course(optimizer: optax.GradientTransformation, params: Any, stream: list[Any], state: Any = None) -> list[Any]:
    """(params, updates) after every step, the update compiled once; the last entry is the state."""
    update = jax.jit(optimizer.update)
    state = optimizer.init(params) if state is None else state
    kept: list[Any] = []
    for g in stream:
        updates, state = update(g, state, params)
        # bfloat16 parameters and float32 updates: optax leaves the promotion to JAX, which the tests forbid elsewhere.
        with jax.numpy_dtype_promotion("standard"):
            params = optax.apply_updates(params, updates)
        kept.append((params, updates))
    return [*kept, state]


def same_bits(left: Any, right: Any) -> bool:
    """Equal structure, dtypes and numbers; no number is NaN."""
    if jax.tree.structure(left) != jax.tree.structure(right):
        return False
    pairs = zip(jax.tree.leaves(left), jax.tree.leaves(right), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)
