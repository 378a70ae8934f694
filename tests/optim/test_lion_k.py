"""With K = ‖·‖₁ `lion_k` is `optax.lion`, to the bit; with Huber and LogCosh the other modes of `scale_by_lion`."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
import pytest
from optim.optimizer_runs import course, gradients, parameters, same_bits

from lionlab import Huber, L1Norm, LogCosh
from lionlab.optim import lion_k, scale_by_lion_k

NUM_STEPS = 12


def no_vectors(params: Any) -> Any:
    return jax.tree.map(lambda p: p.ndim != 1, params)


def falling(step: Any) -> Any:
    return 0.01 / (1 + step.astype(jnp.float32))


def rising(step: Any) -> Any:
    return 0.1 + 0.01 * step.astype(jnp.float32)


CASES: dict[str, dict[str, Any]] = {
    "decay": {"learning_rate": 0.01, "weight_decay": 0.1},
    "everything": {
        "learning_rate": falling,
        "weight_decay": rising,
        "mask": no_vectors,
        "mu_dtype": jnp.bfloat16,
        "b1": 0.85,
        "b2": 0.95,
    },
    "no decay": {"learning_rate": falling, "weight_decay": 0.0},
    "bfloat16 parameters": {
        "learning_rate": 0.01,
        "weight_decay": 0.1,
        "mask": {"kernel": True, "bias": False, "gain": True, "none": None, "empty": True},
    },
    "bfloat16 parameters, float32 momentum": {"learning_rate": 0.01, "weight_decay": 0.1, "mu_dtype": jnp.float32},
}


def both(case: dict[str, Any], dtype: Any, planted: dict[str, Any] | None = None) -> tuple[list[Any], list[Any]]:
    params = parameters(dtype=dtype)
    stream = gradients(params, NUM_STEPS)
    ours = course(lion_k(**{"K": L1Norm(), **case, **(planted or {})}), params, stream)
    # optax leaves it to JAX to promote bfloat16, which the tests forbid to ours.
    with jax.numpy_dtype_promotion("standard"):
        return ours, course(optax.lion(**case), params, stream)


def momentum(state: Any) -> Any:
    return next(part.mu for part in state if isinstance(part, optax.ScaleByLionState))


@pytest.mark.parametrize("name", CASES)
def test_lion_to_the_bit(name: str):
    dtype = jnp.bfloat16 if name.startswith("bfloat16") else jnp.float32
    (*ours, state), (*theirs, their_state) = both(CASES[name], dtype)
    assert same_bits(ours, theirs)
    assert same_bits(state.mu, momentum(their_state))
    assert state.count == NUM_STEPS


PLANTED = {
    "swapped betas": {"b1": 0.99, "b2": 0.9},
    "another decay": {"weight_decay": 0.1000001},
    "no mask": {"mask": None},
    "implicit decay": {"decay": "implicit"},
    "a smooth sign": {"K": Huber(0.1)},
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_to_lion_is_caught(name: str):
    case = {"learning_rate": 0.01, "weight_decay": 0.1, "mask": no_vectors}
    (*ours, _), (*theirs, _) = both(case, jnp.float32, PLANTED[name])
    assert not same_bits(ours, theirs)


def test_the_default_is_lion():
    params = parameters()
    stream = gradients(params, 3)
    assert same_bits(course(lion_k(0.1), params, stream), course(lion_k(0.1, L1Norm()), params, stream))


# tanh(βc) is ∇K for K = (1/β)Σ log cosh(βc), and c where |c| < 1 and sign(c) elsewhere is clip(c, −1, 1): Huber's.
@pytest.mark.parametrize(
    ("K", "mode", "roundings"),
    [
        (L1Norm(), {"mode": "hard"}, 0),
        (Huber(1.0), {"mode": "refined"}, 0),
        (LogCosh(4.0), {"mode": "smooth", "smooth_beta": 4.0}, 4),
    ],
)
def test_the_modes_of_scale_by_lion(K: Any, mode: dict[str, Any], roundings: int):
    """`roundings`: tanh is 1-Lipschitz and evaluated twice, each time to two units in the last place."""
    params = parameters()
    stream = gradients(params, 4)
    stream[1] = jax.tree.map(lambda g: 8 * g, stream[1])  # into the flat parts as well
    (*ours, state), (*theirs, their_state) = (
        course(scale_by_lion_k(0.9, 0.99, K), params, stream),
        course(optax.scale_by_lion(0.9, 0.99, **mode), params, stream),
    )
    assert same_bits(state.mu, their_state.mu)
    allowed = roundings * float(jnp.finfo(jnp.float32).eps)
    for (_, mine), (_, other) in zip(ours, theirs, strict=True):
        gap = jax.tree.map(lambda a, b: float(jnp.max(jnp.abs(a - b), initial=0)), mine, other)
        assert all(value <= allowed for value in jax.tree.leaves(gap)), gap


@pytest.mark.parametrize("donated", [False, True])
def test_the_compiled_step_has_the_kernels_and_memory_of_lion(donated: bool):
    """One leaf, one sweep: no ravel, no further temporary."""
    sizes = []
    for optimizer in (lion_k(0.01, weight_decay=0.1), optax.lion(0.01, weight_decay=0.1)):

        def step(params: Any, state: Any, g: Any, optimizer: Any = optimizer) -> Any:
            updates, state = optimizer.update(g, state, params)
            return optax.apply_updates(params, updates), state

        params = jnp.ones(4096)
        compiled = jax.jit(step, donate_argnums=(0, 1) if donated else ()).lower(params, optimizer.init(params), params)
        done = compiled.compile()
        text = done.as_text()
        sizes.append((text.count(" fusion("), done.memory_analysis().temp_size_in_bytes))
        assert all(word not in text for word in ("gather(", "scatter(", "concatenate(", "while("))
    assert sizes[0] == sizes[1]
