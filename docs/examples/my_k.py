"""A convex function of one's own: K(z) = |z₁| + |z₂| + |z₁ + z₂|, with an element of ∂K(z) beside it."""

import jax.numpy as jnp


def K(z):
    along = jnp.asarray([[1, 0], [0, 1], [1, 1]], z.dtype)
    return jnp.sum(jnp.abs(along @ z))


def subgradient(z):
    along = jnp.asarray([[1, 0], [0, 1], [1, 1]], z.dtype)
    return along.T @ jnp.sign(along @ z)
