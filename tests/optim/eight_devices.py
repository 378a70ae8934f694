"""A program, started by test_devices.py with eight host devices: what sharded steps send, and what they compute."""

import json
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from optim.collectives import collectives

from lionlab.convex import GroupL2Norm, Huber, L1Norm, L2Norm, LinfNorm, TopKL1
from lionlab.optim import compiled_update, constraint_metrics, lion_k
from lionlab.optim._sharded_selection import sharded_selection

SIZE, DECAY, RATE = 96, 0.5, 0.01
jax.config.update("jax_numpy_dtype_promotion", "strict")
SHARDED = NamedSharding(Mesh(np.array(jax.devices()), ("all",)), PartitionSpec("all"))
GRID = NamedSharding(Mesh(np.array(jax.devices()).reshape(4, 2), ("rows", "columns")), PartitionSpec("rows", "columns"))


def sent_and_computed(function: Callable[..., Any], arguments: Any, shardings: Any) -> tuple[Any, Any, Any]:
    """(collectives of the compiled function on shards, its results there, its results on one device)."""
    shared = jax.device_put(arguments, shardings)
    compiled = jax.jit(function).lower(*shared).compile()
    alone = jax.jit(function)(*jax.device_put(arguments, jax.devices()[0]))
    return collectives(compiled.as_text()), compiled(*shared), alone


def compiled_update_report() -> list[dict[str, Any]]:
    """The step in place, on shards: memory, placement, and the numbers of one device; for both kinds of mesh."""
    reports = []
    optimizer = lion_k(RATE, weight_decay=DECAY)
    rng = np.random.default_rng(3)
    x, *slopes = (np.float32(rng.normal(size=2**16)) for _ in range(4))
    alone, state = jnp.asarray(x), optimizer.init(jnp.asarray(x))
    update = compiled_update(optimizer)
    for slope in slopes:
        alone, state = update(jnp.asarray(slope), state, alone)
    for mesh in (SHARDED.mesh, jax.make_mesh((8,), ("all",))):
        sharding = NamedSharding(mesh, PartitionSpec("all"))
        shards = jax.device_put(x, sharding)
        update, state = compiled_update(optimizer), optimizer.init(shards)
        program = update.lower(shards, state, shards).compile()
        memory = program.memory_analysis()
        for slope in slopes:
            old, (shards, state) = shards, update(jax.device_put(slope, sharding), state, shards)
        reports.append(
            {
                "temporary": memory.temp_size_in_bytes,
                "unshared": memory.output_size_in_bytes - memory.alias_size_in_bytes,
                "sent": collectives(program.as_text()),
                "gone": old.is_deleted(),
                "placed": shards.sharding == state.mu.sharding == sharding,
                "same": bool((np.asarray(shards) == np.asarray(alone)).all()),
                "kept option": update._without_copies is not None,
            }
        )
    return reports


def listed(array: Any) -> list[float]:
    return np.asarray(array, np.float64).ravel().tolist()


def step_report(K: Any) -> dict[str, Any]:
    """One step of a tree of two arrays, one of them on a grid of devices."""
    optimizer = lion_k(RATE, K, weight_decay=DECAY)
    rng = np.random.default_rng(0)
    shapes = {"grid": (16, 12), "row": (SIZE,)} if not isinstance(K, GroupL2Norm) else {"row": (SIZE,)}
    params, mu, gradients = ({n: np.float32(rng.normal(size=s)) for n, s in shapes.items()} for _ in range(3))
    state = optimizer.init(params)._replace(mu=mu)

    def step(params: Any, state: Any, gradients: Any) -> Any:
        updates, state = optimizer.update(gradients, state, params)
        return optax.apply_updates(params, updates), state.mu

    where = {"grid": GRID, "row": SHARDED} if "grid" in shapes else {"row": SHARDED}
    everywhere = NamedSharding(SHARDED.mesh, PartitionSpec())
    sent, many, one = sent_and_computed(
        step, (params, state, gradients), (where, state._replace(mu=where, count=everywhere), where)
    )
    return {
        "sent": sent,
        "many": [listed(leaf) for leaf in jax.tree.leaves(many)],
        "one": [listed(leaf) for leaf in jax.tree.leaves(one)],
    }


def top_k_cases() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    ties = np.round(2 * rng.normal(size=SIZE))
    broken = np.where(rng.random(SIZE) < 0.1, np.nan, ties)
    some = np.zeros(SIZE)
    some[[5, 60, 7]] = -1.0, 1.0, 0.5
    infinite = np.where(rng.random(SIZE) < 0.3, -np.inf, ties)
    return {
        "plain": rng.normal(size=SIZE),
        "ties": ties,
        "NaN": broken,
        "few": some,
        "zeros": 0 * ties,
        "inf": infinite,
    }


def top_k_report(k: int) -> dict[str, Any]:
    K = TopKL1(k)
    cases = np.float32(np.stack(list(top_k_cases().values())))
    sharding = NamedSharding(SHARDED.mesh, PartitionSpec(None, "all"))
    _, many, one = sent_and_computed(jax.vmap(lambda z: sharded_selection(K, z)), (cases,), (sharding,))
    expected = jax.jit(jax.vmap(K.selection))(cases)
    single, _, _ = sent_and_computed(lambda z: sharded_selection(K, z), (cases[0],), (SHARDED,))
    return {"sent": single, "many": listed(many), "one": listed(one), "expected": listed(expected)}


def metrics_report() -> dict[str, Any]:
    rng = np.random.default_rng(2)
    params, gradients, mu = (
        {"grid": np.float32(rng.normal(size=(16, 12))), "row": np.float32(3 * rng.normal(size=SIZE))} for _ in range(3)
    )
    params = jax.tree.map(lambda x: np.clip(x, -1.9, 1.9), params) | {"row": params["row"]}
    where = {"grid": GRID, "row": SHARDED}

    def metrics(params: Any, gradients: Any, mu: Any) -> Any:
        return tuple(
            constraint_metrics(K, DECAY, params, gradients, mu, jnp.float32(0.7), RATE) for K in (Huber(0.3), L2Norm())
        )

    sent, many, one = sent_and_computed(metrics, (params, gradients, mu), (where, where, where))
    return {
        "sent": sent,
        "many": listed(np.stack(jax.tree.leaves(many))),
        "one": listed(np.stack(jax.tree.leaves(one))),
    }


if __name__ == "__main__":
    groups = np.arange(SIZE).reshape(-1, 4).T.tolist()  # every group lies on all devices
    sorted_anew, _, _ = sent_and_computed(TopKL1(5).selection, (np.ones(SIZE, np.float32),), (SHARDED,))
    report = {
        "separable": step_report(lambda path, leaf: Huber(0.3) if path == "grid" else L1Norm()),
        "l2": step_report(L2Norm()),
        "group": step_report(GroupL2Norm(groups)),
        "linf": step_report(LinfNorm()),
        "top": {str(k): top_k_report(k) for k in (1, 7)},
        "sorted": sorted_anew,
        "metrics": metrics_report(),
        "compiled": compiled_update_report(),
    }
    print(json.dumps(report))
