"""A tree in the form of an Equinox network can be called, and is a tree all the same: masks, labels and Ks."""

import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
import pytest
from optim.optimizer_runs import same_bits

from lionlab.convex import Huber, L1Norm, NuclearNorm
from lionlab.optim import by_label, constraint_metrics, lion_k


@pytest.fixture(scope="module")
def network() -> Any:
    return eqx.filter(eqx.nn.MLP(2, 3, 2, 1, key=jax.random.key(0)), eqx.is_inexact_array)


def is_matrix(params: Any) -> Any:
    return jax.tree.map(lambda x: x.ndim == 2, params)


def test_a_mask_in_the_form_of_the_network(network: Any):
    mask = is_matrix(network)
    assert callable(mask)
    updates = [
        optimizer.update(network, optimizer.init(network), network)[0]
        for optimizer in (lion_k(0.01, weight_decay=0.1, mask=mask), optax.lion(0.01, weight_decay=0.1, mask=mask))
    ]
    assert same_bits(*updates)
    assert constraint_metrics(None, 9.0, network, mask=mask).distance.layers[0].bias == 0


def test_a_tree_of_ks_and_labels_in_the_form_of_the_network(network: Any):
    functions = jax.tree.map(lambda x: NuclearNorm() if x.ndim == 2 else Huber(0.1), network)
    labels = jax.tree.map(lambda x: "matrix" if x.ndim == 2 else "vector", network)
    updates = []
    for K in (
        functions,
        by_label({"matrix": NuclearNorm(), "vector": Huber(0.1)}, labels),
        lambda path, leaf: NuclearNorm() if leaf.ndim == 2 else Huber(0.1),
    ):
        optimizer = lion_k(0.01, K)
        updates.append(optimizer.update(network, optimizer.init(network), network)[0])
    assert same_bits(updates[0], updates[2])
    assert same_bits(updates[1], updates[2])


class Rule(eqx.Module):
    """A function of one's own that is an object: no leaves, so no tree of anything."""

    def __call__(self, path: str, leaf: Any) -> Any:
        return Huber(0.1) if leaf.ndim == 2 else L1Norm()


def test_functions_of_every_kind_are_functions_still(network: Any):
    def chosen(exponent: int, path: str, leaf: Any) -> Any:
        return Huber(0.1) if leaf.ndim == exponent else L1Norm()

    results = []
    for K in (Rule(), functools.partial(chosen, 2), lambda path, leaf: chosen(2, path, leaf)):
        optimizer = lion_k(0.01, K, weight_decay=0.1, mask=functools.partial(is_matrix))
        results.append(optimizer.update(network, optimizer.init(network), network)[0])
    assert same_bits(results[0], results[1])
    assert same_bits(results[0], results[2])
    plain = lion_k(0.01, weight_decay=0.1, mask=is_matrix)
    assert not same_bits(results[0], plain.update(network, plain.init(network), network)[0])


def test_the_network_itself_is_no_mask(network: Any):
    with pytest.raises(TypeError, match="mask must hold True or False"):
        lion_k(0.01, weight_decay=0.1, mask=network).init(network)
    with pytest.raises(TypeError, match="K must be a lionlab ConvexFunction"):
        lion_k(0.01, K=network)
    assert jnp.isfinite(network.layers[0].weight).all()
