"""∇K of one parameter's momentum, and the refusal, before training, of a parameter that its K cannot take."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import Array

from ..convex import ConvexFunction, Huber, L1Norm, SquaredL2
from ._arguments import common_dtype
from ._choice import ChosenK, Direction, directions_of, is_direction, path_name
from ._sharded_selection import sharded_selection

# Even entry by entry, and computed so: ∇K(−z) is −∇K(z) to the bit. A class derived from one of these need not be.
EVEN = (L1Norm, Huber, SquaredL2)


def uphill_direction(function: Direction, c: Array) -> Array:
    """−∇K(−c), without the two negations where K is even: then the compiled step of ℓ1 is that of `optax.lion`."""
    return direction_of(function, c) if type(function) in EVEN else -direction_of(function, -c)


def direction_of(function: Direction, z: Array) -> Array:
    """∇K(z) in z's dtype; sums and decompositions of a half-precision z are made in float32. Nothing of nothing."""
    if z.size == 0:
        return z
    is_separable = isinstance(function, ConvexFunction) and function.is_separable
    if jnp.finfo(z.dtype).bits >= 32 or is_separable:
        return sharded_selection(function, z)
    return sharded_selection(function, z.astype(jnp.float32)).astype(z.dtype)


def require_arrays(params: Any) -> None:
    """**Raises:** `TypeError` naming the first leaf that is neither an array nor a number."""
    for path, leaf in jax.tree_util.tree_leaves_with_path(params):
        if not hasattr(leaf, "dtype") and not isinstance(leaf, (bool, int, float, complex)):
            raise TypeError(
                f"The parameter {path_name(path)!r} is no array but {leaf!r}; of an Equinox model give "
                "eqx.filter(model, eqx.is_inexact_array)."
            )


def require_like(name: str, tree: Any, momenta: Any) -> None:
    """**Raises:** `ValueError` unless the tree has the structure and the shapes of the momenta."""
    structure: Any = jax.tree.structure(momenta)
    given = jax.tree.structure(tree)
    if structure != given:
        raise ValueError(
            f"{name} must have the structure of the parameters given to init, {structure}, got {given}; for an Equinox "
            "model pass both through eqx.filter."
        )
    for (path, leaf), mu in zip(jax.tree_util.tree_leaves_with_path(tree), jax.tree.leaves(momenta), strict=True):
        if jnp.shape(leaf) != mu.shape:
            raise ValueError(
                f"{name} of the parameter {path_name(path)!r} must have its shape {mu.shape}, got {jnp.shape(leaf)}."
            )


def require_trainable(K: ChosenK, params: Any, momenta: Any) -> None:
    """**Raises:** `TypeError` or `ValueError` naming the first parameter that cannot be trained with its K, and why."""
    named = jax.tree_util.tree_leaves_with_path(params)
    for path, leaf in named:
        if not jnp.issubdtype(jnp.result_type(leaf), jnp.floating):
            raise TypeError(
                f"The parameter {path_name(path)!r} has dtype {jnp.result_type(leaf)}; lion_k trains real "
                "floating-point parameters. Leave others out with optax.masked, and give complex ones as real and "
                "imaginary parts."
            )
    functions = jax.tree.leaves(directions_of(K, momenta), is_leaf=is_direction)
    tried: set[Any] = set()
    for (path, leaf), mu, function in zip(named, jax.tree.leaves(momenta), functions, strict=True):
        dtype = common_dtype(jnp.result_type(leaf), mu.dtype)
        # A network repeats its layers; each kind of parameter is tried once.
        if (id(function), mu.shape, dtype) not in tried:
            _try(function, path_name(path), jax.ShapeDtypeStruct(mu.shape, dtype))
            tried.add((id(function), mu.shape, dtype))


def _try(function: Direction, name: str, z: jax.ShapeDtypeStruct) -> None:
    try:
        found = jax.eval_shape(lambda v: direction_of(function, v), z)
    except Exception as error:
        raise ValueError(
            f"K = {type(function).__name__} cannot take the parameter {name!r} of shape {z.shape} and dtype {z.dtype}: "
            f"{error} Choose another K for it, as in K=lambda path, leaf: …."
        ) from error
    if (found.shape, found.dtype) != (z.shape, z.dtype):
        raise ValueError(
            f"The subgradient of K = {type(function).__name__} at the parameter {name!r} must have shape {z.shape} and "
            f"dtype {z.dtype}, got shape {found.shape} and dtype {found.dtype}."
        )
