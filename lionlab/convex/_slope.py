"""The derivative of a value by the subgradient that belongs to it, not by the formula that computes it."""

from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
from jax import Array


@eqx.filter_custom_jvp
def with_slope(z: Array, *, value: Callable[[Array], Array], selection: Callable[[Array], Array]) -> Array:
    """value(z), with the derivative ⟨selection(z), dz⟩: a formula by way of a prox has kinks that the value has not."""
    return value(z)


@with_slope.def_jvp
def _derivative(
    primals: tuple[Array],
    tangents: tuple[Array | None],
    *,
    value: Callable[[Array], Array],
    selection: Callable[[Array], Array],
) -> tuple[Array, Array]:
    (z,), (dz,) = primals, tangents
    change = jnp.zeros_like(z) if dz is None else dz
    return with_slope(z, value=value, selection=selection), jnp.sum(selection(z) * change)
