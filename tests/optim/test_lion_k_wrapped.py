"""`lion_k` inside optax's own transforms, compiled once, and from a checkpoint."""

import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optim.optimizer_runs import course, gradients, parameters, same_bits

from lionlab import Huber, L1Norm, NuclearNorm, SquaredL2
from lionlab.optim import LionKState, Unfolded, by_label, lion_k, scale_by_lion_k, spectral_for_matrices

ETA, LAMBDA = 0.02, 0.3


def last(optimizer: Any, params: Any, stream: list[Any]) -> Any:
    return course(optimizer, params, stream)[-2][0]


def test_one_compilation_for_a_whole_run():
    traces = []

    def schedule(step: Any) -> Any:
        traces.append(1)
        return 0.1 / (1 + step.astype(jnp.float32))

    params = parameters()
    course(lion_k(schedule, Huber(0.3), weight_decay=LAMBDA), params, gradients(params, 5))
    assert len(traces) == 1


def test_injected_hyperparameters_are_followed():
    params = parameters()
    stream = gradients(params, 4)
    injected = optax.inject_hyperparams(lion_k)(learning_rate=ETA, weight_decay=LAMBDA)
    state = injected.init(params)
    assert {"learning_rate", "b1", "b2", "weight_decay"} <= set(state.hyperparams)
    assert same_bits(last(injected, params, stream), last(lion_k(ETA, weight_decay=LAMBDA), params, stream))
    state.hyperparams["learning_rate"] = jnp.asarray(0.5)
    *_, (changed, _), _ = course(injected, params, stream, state)
    wanted, unchanged = (last(lion_k(eta, weight_decay=LAMBDA), params, stream) for eta in (0.5, ETA))
    # A number that XLA knows may be multiplied in another order: four roundings a step, of numbers below 4.
    rounding = 4 * len(stream) * 4 * np.finfo(np.float32).eps
    for name, found in changed.items():
        if found is not None:
            np.testing.assert_allclose(found, wanted[name], rtol=0, atol=rounding)
    assert np.abs(changed["kernel"] - unchanged["kernel"]).max() > 0.1


def test_injection_wants_k_static():
    # With the rules of the tests K(step), a K taken for a schedule, would fail before lion_k sees it.
    with jax.numpy_dtype_promotion("standard"), pytest.raises(TypeError, match="static_args"):
        optax.inject_hyperparams(lion_k)(ETA, L1Norm()).init(jnp.ones(2))
    fixed = optax.inject_hyperparams(lion_k, static_args=("K",))(ETA, Huber(0.3))
    params = jnp.ones(2)
    stream = gradients(params, 2)
    # 1 − 0.9 is rounded to float32 before here and after there.
    np.testing.assert_allclose(last(fixed, params, stream), last(lion_k(ETA, Huber(0.3)), params, stream), rtol=1e-6)


def test_the_parts_make_the_whole():
    params = parameters()
    stream = gradients(params, 3)
    parts = optax.chain(
        scale_by_lion_k(K=Huber(0.3)), optax.add_decayed_weights(LAMBDA), optax.scale_by_learning_rate(ETA)
    )
    whole = lion_k(ETA, Huber(0.3), weight_decay=LAMBDA)
    assert same_bits(last(parts, params, stream), last(whole, params, stream))


def test_multi_steps_takes_the_mean_gradient():
    params = jnp.ones((2, 2))
    stream = [jnp.full((2, 2), value) for value in (1.0, 3.0, -2.0, -4.0)]
    accumulated = optax.MultiSteps(lion_k(ETA, SquaredL2()), every_k_schedule=2).gradient_transformation()
    means = [jnp.full((2, 2), 2.0), jnp.full((2, 2), -3.0)]
    with jax.numpy_dtype_promotion("standard"):  # optax divides by a count
        found = last(accumulated, params, stream)
    np.testing.assert_allclose(found, last(lion_k(ETA, SquaredL2()), params, means), rtol=1e-6)


def test_a_gradient_that_is_not_finite_is_skipped_on_request():
    params = jnp.ones(3)
    stream = gradients(params, 2)
    guarded = optax.apply_if_finite(lion_k(ETA, weight_decay=LAMBDA), max_consecutive_errors=3)
    spoiled = [stream[0], jnp.full(3, jnp.nan), stream[1]]
    plain = last(lion_k(ETA, weight_decay=LAMBDA), params, stream)
    assert same_bits(last(guarded, params, spoiled), plain)
    assert not np.isfinite(last(lion_k(ETA, SquaredL2(), weight_decay=LAMBDA), params, spoiled)).any()


def test_labels_masks_and_partitions_agree():
    """K by label, `optax.multi_transform` and two `optax.masked` give the same numbers."""
    params = parameters()
    stream = gradients(params, 3)

    def labels(tree: Any) -> Any:
        return jax.tree.map(lambda p: "matrix" if p.ndim == 2 else "rest", tree)

    functions = {"matrix": Huber(0.3), "rest": L1Norm()}

    def of(label: str) -> Any:
        return lion_k(ETA, functions[label], weight_decay=LAMBDA, mask=lambda p: jax.tree.map(lambda _: True, p))

    def only(label: str) -> Any:
        return optax.masked(of(label), lambda tree: jax.tree.map(lambda name: name == label, labels(tree)))

    chosen = last(lion_k(ETA, by_label(functions, labels), weight_decay=LAMBDA), params, stream)
    by_tree = {"kernel": Huber(0.3), "bias": L1Norm(), "gain": L1Norm(), "none": None, "empty": Huber(0.3)}
    others = [
        optax.multi_transform({name: of(name) for name in functions}, labels),
        optax.chain(only("matrix"), only("rest")),
        lion_k(ETA, by_tree, weight_decay=LAMBDA),
        lion_k(ETA, lambda path, leaf: functions["matrix" if leaf.ndim == 2 else "rest"], weight_decay=LAMBDA),
    ]
    for other in others:
        assert same_bits(last(other, params, stream), chosen)
    assert not same_bits(last(lion_k(ETA, weight_decay=LAMBDA), params, stream), chosen)


def test_spectral_for_matrices_knows_the_kinds_of_parameters():
    params = {
        "Embedding": jnp.ones((5, 2)), "conv": jnp.ones((3, 3, 2, 4)), "dense": [jnp.ones((2, 3)), jnp.ones(3)],
        "scale": jnp.ones(()), "empty": jnp.ones((0, 2)),
    }  # fmt: skip
    found = spectral_for_matrices().directions(params)
    assert isinstance(found["dense"][0], NuclearNorm)
    assert isinstance(found["conv"], Unfolded)
    assert all(isinstance(K, L1Norm) for K in (found["Embedding"], found["dense"][1], found["scale"], found["empty"]))
    z = jnp.asarray(np.random.default_rng(0).normal(size=(3, 3, 2, 4)), jnp.float32)
    columns = found["conv"].selection(z).reshape(18, 4)
    np.testing.assert_allclose(columns.T @ columns, np.eye(4), atol=1e-5)
    assert float(found["conv"](z)) == pytest.approx(float(NuclearNorm()(z.reshape(18, 4))))
    assert float(found["conv"].conjugate().domain_distance(z)) == pytest.approx(
        float(NuclearNorm().conjugate().domain_distance(z.reshape(18, 4)))
    )


def test_half_precision_matrices_are_decomposed_in_single():
    params = {"w": jnp.eye(2, 3, dtype=jnp.bfloat16)}
    (_, updates), state = course(lion_k(ETA, NuclearNorm()), params, [params])
    assert updates["w"].dtype == state.mu["w"].dtype == jnp.bfloat16
    np.testing.assert_allclose(updates["w"].astype(jnp.float32), -ETA * np.eye(2, 3), atol=1e-4)


def test_many_runs_at_once():
    gs = jnp.asarray(np.random.default_rng(0).normal(size=(3, 2)), jnp.float32)
    optimizer = lion_k(ETA, Huber(0.3), weight_decay=LAMBDA)

    def run(g: Any) -> Any:
        return optimizer.update(g, optimizer.init(g), jnp.ones(2))[0]

    assert same_bits(jax.vmap(run)(gs), jnp.stack([run(g) for g in gs]))


def test_a_pickled_state_goes_on_to_the_bit():
    params = parameters()
    stream = gradients(params, 6)
    optimizer = lion_k(ETA, spectral_for_matrices(), weight_decay=LAMBDA, mu_dtype=jnp.bfloat16)
    *_, (end, _), _ = course(optimizer, params, stream)
    *_, (middle, _), state = course(optimizer, params, stream[:3])
    restored = pickle.loads(pickle.dumps(jax.tree.map(np.asarray, (middle, state))))
    assert isinstance(restored[1], LionKState)
    *_, (again, _), _ = course(optimizer, jax.tree.map(jnp.asarray, restored[0]), stream[3:], restored[1])
    assert same_bits(again, end)
    *_, (forgotten, _), _ = course(optimizer, middle, stream[3:])
    assert not same_bits(forgotten, end)
