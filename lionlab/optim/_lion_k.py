"""Lion-K to train with: direction, learning rate and decoupled decay in one optax transformation."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from ._arguments import at_step, common_dtype, is_traced, require_number_or_schedule, require_short_steps
from ._choice import ChosenK, is_function, spread
from ._scale_by_lion_k import LionKState, scale_by_lion_k


def lion_k(
    learning_rate: Any,
    K: ChosenK | None = None,
    b1: Any = 0.9,
    b2: Any = 0.99,
    weight_decay: Any = 0.0,
    mask: Any = None,
    mu_dtype: Any = None,
    *,
    decay: str = "explicit",
) -> optax.GradientTransformationExtraArgs:
    """Lion-K: x moves along ∇K(m̃), and weight decay λ turns K into the constraint λx ∈ dom K*.

        m̃⁺ = b1 m − (1−b1) g,    m⁺ = b2 m − (1−b2) g
        x⁺ = x + η(∇K(m̃⁺) − λx)      decay="explicit";      x⁺ = x + η(∇K(m̃⁺) − λx⁺)      decay="implicit"

    With K = ‖·‖₁ this is Lion, to the bit `optax.lion`. It minimises f(x) + K*(λx)/λ; for a norm K: f(x) where
    ‖λx‖_dual ≤ 1, for Lion |x_i| ≤ 1/λ.

    **Arguments:**

    - `learning_rate`: η ≥ 0, or a schedule step -> η.
    - `K`: one `ConvexFunction` (or `NewtonSchulz`) for every parameter; or a function (path, leaf) -> K, with `path`
      such as "encoder/0/kernel" and `leaf` of which only `shape` and `dtype` may be used; or a tree of them that is a
      prefix of the parameters'; or a `Choice` such as `by_label(…)` and `spectral_for_matrices()`.
      None, the default, is `L1Norm()`.
    - `b1`, `b2`: in [0, 1]. The theory wants b1 ≤ b2 < 1.
    - `weight_decay`: λ ≥ 0, or a schedule step -> λ. Explicit decay needs ηλ ≤ 1, which a schedule must see to.
    - `mask`: which parameters decay: a tree of bools, a prefix of the parameters', or a function params -> tree.
      Those that do not are not constrained.
    - `mu_dtype`: the dtype of the momentum; None is that of the parameters.
    - `decay`: "explicit", the form in use, or "implicit", the form of the theorem; x⁺ is the same for the step
      η/(1−ηλ) in the implicit form.

    Under `optax.inject_hyperparams` name K among `static_args`: optax takes what can be called for a schedule.

    **Raises:** `ValueError` or `TypeError` naming the argument, its value and the allowed range; `init` those of a leaf
    that its K cannot take; `update` a `ValueError` without params where there is decay.

    Source: arXiv 2310.05898, eq. (1)–(3).
    """
    require_number_or_schedule("learning_rate", learning_rate)
    require_number_or_schedule("weight_decay", weight_decay)
    if decay not in ("explicit", "implicit"):
        raise ValueError(f'decay must be "explicit" or "implicit", got {decay!r}.')
    if decay == "explicit":
        require_short_steps(learning_rate, weight_decay)
    direction = scale_by_lion_k(b1, b2, K, mu_dtype)
    has_decay = not (isinstance(weight_decay, (int, float)) and weight_decay == 0)

    def init(params: Any) -> LionKState:
        # optax also calls it with a tree without leaves that stands for all trees.
        if has_decay and jax.tree.leaves(params):
            decaying(mask, params)
        return direction.init(params)

    def update(gradients: Any, state: LionKState, params: Any = None, **_: Any) -> tuple[Any, LionKState]:
        uphill, new_state = direction.update(gradients, state)
        eta = at_step(learning_rate, state.count)
        if not has_decay:
            return jax.tree.map(lambda v: _times(-eta, v), uphill), new_state
        if params is None:
            raise ValueError("lion_k: weight decay needs the parameters; call optimizer.update(grads, state, params).")
        lam = at_step(weight_decay, state.count)
        eta_decayed = _implicit(eta, lam) if decay == "implicit" else eta

        def move(v: Array, p: Any, decays: bool) -> Array:
            return _times(-eta_decayed, _sum(v, _times(lam, jnp.asarray(p)))) if decays else _times(-eta, v)

        return jax.tree.map(move, uphill, params, decaying(mask, params)), new_state

    return optax.GradientTransformationExtraArgs(init, update)


def _times(factor: Any, v: Array) -> Array:
    return jnp.asarray(factor, v.dtype) * v


def _sum(v: Array, w: Array) -> Array:
    dtype = common_dtype(v.dtype, w.dtype)
    return v.astype(dtype) + w.astype(dtype)


def _implicit(eta: Any, lam: Any) -> Any:
    """η/(1+ηλ): x⁺ = x + η(u − λx⁺) is x⁺ = x + η/(1+ηλ)·(u − λx), which is rounded once and stays in the set."""
    dtypes = [value.dtype for value in (eta, lam) if isinstance(value, Array)]
    if dtypes:
        # In half precision 1 + ηλ would often be 1.
        dtype = common_dtype(jnp.float32, *dtypes)
        eta, lam = jnp.asarray(eta, dtype), jnp.asarray(lam, dtype)
    return eta / (1 + eta * lam)


def decaying(mask: Any, params: Any) -> Any:
    """For every parameter whether it decays."""
    given = mask(params) if is_function(mask) else mask
    flags = spread("mask", True if given is None else given, params)
    for flag in jax.tree.leaves(flags):
        if is_traced(flag) or not isinstance(flag, (bool, np.bool_, Array)) or jnp.result_type(flag) != np.dtype(bool):
            raise TypeError(f"mask must hold True or False for every parameter, got {flag!r}.")
    return flags
