"""A program, started twice by test_devices.py: one step of Lion on arrays that two processes hold half of each."""

import json
import sys
from typing import Any

import jax
import numpy as np
import optax

jax.distributed.initialize(sys.argv[1], 2, int(sys.argv[2]), initialization_timeout=30)

from jax.sharding import Mesh, NamedSharding, PartitionSpec  # noqa: E402 - after the processes have met

from lionlab.convex import L1Norm, L2Norm  # noqa: E402
from lionlab.optim import constraint_metrics, lion_k  # noqa: E402

SIZE, DECAY, RATE = 64, 0.5, 0.01
SHARDED = NamedSharding(Mesh(np.array(jax.devices()), ("all",)), PartitionSpec("all"))


def numbers(seed: int) -> np.ndarray:
    return np.float32(0.5 * np.random.default_rng(seed).normal(size=SIZE))


def shared(array: np.ndarray) -> jax.Array:
    return jax.make_array_from_callback(array.shape, SHARDED, lambda index: array[index])


def step(x: Any, gradient: Any, mu: Any) -> Any:
    found = []
    for K in (L1Norm(), L2Norm()):
        optimizer = lion_k(RATE, K, weight_decay=DECAY)
        updates, state = optimizer.update(gradient, optimizer.init(x)._replace(mu=mu), x)
        moved = optax.apply_updates(x, updates)
        metrics = constraint_metrics(K, DECAY, moved, gradient, state.mu, 0.7, RATE)
        found.append((moved, [metrics.total_distance, metrics.total_score, metrics.lyapunov]))
    return found


if __name__ == "__main__":
    found = jax.jit(step)(*(shared(numbers(seed)) for seed in range(3)))
    print(json.dumps([
        {
            "first": moved.addressable_shards[0].index[0].start or 0,
            "x": np.asarray(moved.addressable_shards[0].data, np.float64).tolist(),
            "metrics": [float(value) for value in metrics],
        }
        for moved, metrics in found
    ]))  # fmt: skip
