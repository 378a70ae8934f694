"""The direction of Lion-K as an optax transformation, without learning rate and decay.

optax stores μ = −m, a mean of gradients, and adds what it is given to x after a change of sign. In its sign

    c = (1−b1) g + b1 μ        = −m̃
    −∇K(−c)                    what `scale_by_lion_k` returns: sign(c) for the ℓ1 norm, as for every even K ∇K(c)
    μ⁺ = (1−b2) g + b2 μ
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import Array

from ._arguments import common_dtype, require_float_dtype, require_number
from ._choice import ChosenK, directions_of, require_choice
from ._trained import require_arrays, require_like, require_trainable, uphill_direction


class LionKState(NamedTuple):
    """What Lion-K remembers: `count`, the steps done (int32, for schedules), and `mu` = −m, a mean of gradients."""

    count: Array  # type: ignore[assignment]  # optax's name for it, whatever tuple.count may be
    mu: Any


def scale_by_lion_k(
    b1: Any = 0.9, b2: Any = 0.99, K: ChosenK | None = None, mu_dtype: Any = None
) -> optax.GradientTransformation:
    """Replaces gradients by −∇K(m̃), the direction of Lion-K, pointing uphill as optax's `scale_by_*` do.

    - `b1`, `b2`: in [0, 1]. b1 mixes the gradient into the argument of ∇K, b2 is the decay of the momentum.
    - `K`: as in `lion_k`; None is `L1Norm()`.
    - `mu_dtype`: the dtype of the momentum; None is that of the parameters.

    **Raises:** `ValueError` or `TypeError` naming the argument; `init` those of a leaf that its K cannot take.

    Source: arXiv 2310.05898, eq. (1)–(3).
    """
    require_number("b1", b1, 0, 1)
    require_number("b2", b2, 0, 1)
    require_float_dtype(mu_dtype)
    chosen = require_choice(K)

    def init(params: Any) -> LionKState:
        require_arrays(params)
        mu = jax.tree.map(lambda p: jnp.zeros_like(p, dtype=_momentum_dtype(p, mu_dtype)), params)
        require_trainable(chosen, params, mu)
        return LionKState(jnp.zeros([], jnp.int32), mu)

    def update(gradients: Any, state: LionKState, params: Any = None) -> tuple[Any, LionKState]:
        del params
        require_like("gradients", gradients, state.mu)
        directions = directions_of(chosen, state.mu)
        uphill = jax.tree.map(
            lambda g, mu, function: uphill_direction(function, _mixed(b1, g, mu)), gradients, state.mu, directions
        )
        mus = jax.tree.map(lambda g, mu: _mixed(b2, g, mu).astype(mu.dtype), gradients, state.mu)
        return uphill, LionKState(optax.safe_increment(state.count), mus)

    return optax.GradientTransformation(init, update)


def _momentum_dtype(p: Any, mu_dtype: Any) -> Any:
    return jnp.result_type(p) if mu_dtype is None else jax.dtypes.canonicalize_dtype(mu_dtype)


def _mixed(beta: Any, g: Any, mu: Array) -> Array:
    """(1−β)g + βμ, each product in its own factor's dtype, as optax has it."""
    g = jnp.asarray(g)
    old, new = jnp.asarray(beta, mu.dtype) * mu, jnp.asarray(1.0 - beta, g.dtype) * g
    dtype = common_dtype(old.dtype, new.dtype)
    return new.astype(dtype) + old.astype(dtype)
