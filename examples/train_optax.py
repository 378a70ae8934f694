"""A small transformer learns to reverse a sequence, trained by Lion-K through optax.

    python examples/train_optax.py [--epochs 10] [--steps 60]

Matrices are trained with the nuclear norm (Muon, exact), everything else with the ℓ1 norm (Lion). Weight decay λ makes
of that the constraint: no singular value of a matrix above 1/λ, no other entry above 1/λ. Every epoch prints the
distance of the parameters to that set: the start lies outside on purpose, and it falls whatever the gradients do.
"""

import argparse
from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from lionlab.optim import constraint_metrics, lion_k, spectral_for_matrices

VOCABULARY, LENGTH, WIDTH, BATCH = 10, 8, 32, 64
WEIGHT_DECAY, LEARNING_RATE = 0.3, 0.03
K = spectral_for_matrices()


class Epoch(NamedTuple):
    """Mean loss in nats per token, share of right tokens, and the distance of λx to the constraint set."""

    loss: float
    accuracy: float
    distance: float


def initial(seed: int) -> dict[str, Any]:
    """Parameters, those of the matrices with singular values up to twice what the constraint allows."""
    rng = np.random.default_rng(seed)

    def array(*shape: int, scale: float) -> jax.Array:
        return jnp.asarray(scale * rng.normal(size=shape), jnp.float32)

    return {
        "embedding": {"token": array(VOCABULARY, WIDTH, scale=1.0), "position": array(LENGTH, WIDTH, scale=1.0)},
        "attention": {name: array(WIDTH, WIDTH, scale=0.6) for name in ("query", "key", "value", "out")},
        "hidden": {"kernel": array(WIDTH, 2 * WIDTH, scale=0.5), "bias": jnp.zeros(2 * WIDTH)},
        "back": {"kernel": array(2 * WIDTH, WIDTH, scale=0.5), "bias": jnp.zeros(WIDTH)},
        "logits": array(WIDTH, VOCABULARY, scale=0.5),
    }


def predict(params: dict[str, Any], tokens: jax.Array) -> jax.Array:
    """Logits of every token of every sequence: (batch, length) integers to (batch, length, vocabulary)."""
    h = params["embedding"]["token"][tokens] + params["embedding"]["position"][None]
    query, key, value = (normalised(h) @ params["attention"][name] for name in ("query", "key", "value"))
    weights = jax.nn.softmax(jnp.einsum("bid,bjd->bij", query, key) / WIDTH**0.5)
    h = h + weights @ value @ params["attention"]["out"]
    hidden = jax.nn.relu(normalised(h) @ params["hidden"]["kernel"] + params["hidden"]["bias"])
    h = h + hidden @ params["back"]["kernel"] + params["back"]["bias"]
    return normalised(h) @ params["logits"]


def normalised(h: jax.Array) -> jax.Array:
    return h / jnp.sqrt(jnp.mean(h**2, axis=-1, keepdims=True) + 1e-6)


def loss(params: dict[str, Any], tokens: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Cross-entropy of the reversed sequence, and the share of tokens that are right."""
    logits, target = predict(params, tokens), tokens[:, ::-1]
    entropy = optax.softmax_cross_entropy_with_integer_labels(logits, target)
    return jnp.mean(entropy), jnp.mean((jnp.argmax(logits, -1) == target).astype(jnp.float32))


@jax.jit
def distance_to_constraint(params: dict[str, Any]) -> jax.Array:
    """The Euclidean distance of λx, all parameters together, to dom K*."""
    return constraint_metrics(K, WEIGHT_DECAY, params).total_distance


def train(num_epochs: int, num_steps: int, seed: int = 0) -> Iterator[Epoch]:
    """Yields what is measured at the start, and over every epoch of `num_steps` steps."""
    schedule = optax.linear_schedule(LEARNING_RATE, 0.01 * LEARNING_RATE, max(num_epochs * num_steps, 1))
    optimizer = lion_k(schedule, K, weight_decay=WEIGHT_DECAY)
    params = initial(seed)
    state = optimizer.init(params)

    @jax.jit
    def epoch(params: Any, state: Any, key: jax.Array) -> Any:
        def step(carry: Any, step_key: jax.Array) -> Any:
            params, state = carry
            tokens = jax.random.randint(step_key, (BATCH, LENGTH), 0, VOCABULARY)
            measured, gradients = jax.value_and_grad(loss, has_aux=True)(params, tokens)
            updates, state = optimizer.update(gradients, state, params)
            return (optax.apply_updates(params, updates), state), measured

        return jax.lax.scan(step, (params, state), jax.random.split(key, num_steps))

    tokens = jax.random.randint(jax.random.key(seed), (BATCH, LENGTH), 0, VOCABULARY)
    yield Epoch(*map(float, jax.jit(loss)(params, tokens)), float(distance_to_constraint(params)))
    for key in jax.random.split(jax.random.key(seed), num_epochs):
        (params, state), (losses, accuracies) = epoch(params, state, key)
        yield Epoch(float(losses.mean()), float(accuracies.mean()), float(distance_to_constraint(params)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=60, help="steps per epoch")
    given = parser.parse_args()
    print("epoch    loss  accuracy  distance of λx to the constraint set")
    for number, measured in enumerate(train(given.epochs, given.steps)):
        print(f"{number:5d}  {measured.loss:6.3f}  {measured.accuracy:8.3f}  {measured.distance:.3e}")


if __name__ == "__main__":
    main()
