"""Training with `fit`: compiled and not, in mixed precision, with a loss scale, and told how far the set is."""

import numpy as np
import pytest
from interop.keras_runs import BACKEND, as_keras_expects, keras, numpy, tensor  # noqa: F401

from lionlab.convex import L1Norm, L2Norm, NuclearNorm
from lionlab.keras import ConstraintDistance, LionK

pytestmark = pytest.mark.usefixtures("as_keras_expects")


def data(count: int = 96) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(count, 5)).astype(np.float32)
    return x, (x[:, 0] > x[:, 1]).astype(np.int32)


def compiled(optimizer: keras.optimizers.Optimizer, size: float = 1.0, **arguments) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Input((5,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.set_weights([size * w for w in model.get_weights()])
    model.compile(optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), **arguments)
    return model


def fit(model: keras.Model, epochs: int = 4, **arguments) -> dict[str, list[float]]:
    return model.fit(*data(), batch_size=32, epochs=epochs, shuffle=False, verbose=0, **arguments).history


def test_training_lowers_the_loss_and_is_the_same_compiled_or_not() -> None:
    first, second = compiled(LionK(0.02, weight_decay=0.1)), compiled(LionK(0.02, weight_decay=0.1), run_eagerly=True)
    losses = fit(first)["loss"]
    assert losses[-1] < losses[0] - 0.1
    # Twelve steps of ±0.02 each: what differs is the rounding of losses and, at no entry, a sign.
    np.testing.assert_allclose(fit(second)["loss"], losses, rtol=1e-5)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=12 * 4 * 2.0**-23)


def test_the_distance_to_the_set_falls_at_its_rate_and_is_the_distance() -> None:
    eta, lam, steps = 0.05, 2.0, 3
    model = compiled(LionK(eta, weight_decay=lam), size=6.0)
    callback = ConstraintDistance()
    distances = np.array(fit(model, callbacks=[callback])["constraint_distance"])
    weights = model.get_weights()
    outside = [np.maximum(np.abs(lam * w.astype(np.float64)) - 1, 0) for w in weights]
    expected = np.sqrt(sum(np.sum(part**2) for part in outside))
    assert distances[-1] == pytest.approx(expected, rel=1e-12)
    assert distances[0] > 1
    rounding = 3 * 2.0**-24 * lam * sum(np.abs(w).sum() for w in weights) / (eta * lam)
    assert np.all(distances[1:] <= (1 - eta * lam) ** steps * distances[:-1] + rounding)
    assert list(callback.by_variable) == [v.path for v in model.trainable_variables]
    assert np.linalg.norm(list(callback.by_variable.values())) == pytest.approx(distances[-1])


def test_the_distance_is_that_of_every_variables_own_set(capsys: pytest.CaptureFixture) -> None:
    K = {"kernel": NuclearNorm(), "": L2Norm()}
    optimizer = LionK(0.05, K, weight_decay=2.0)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = compiled(optimizer, size=6.0)
    callback = ConstraintDistance(verbose=1)
    fit(model, epochs=1, callbacks=[callback])
    kernels = {v.path: numpy(v).astype(np.float64) for v in model.trainable_variables if v.name == "kernel"}
    assert set(callback.by_variable) == set(kernels)
    for path, kernel in kernels.items():
        excess = np.maximum(np.linalg.svd(2 * kernel, compute_uv=False) - 1, 0)
        assert callback.by_variable[path] == pytest.approx(np.linalg.norm(excess), rel=1e-9)
    assert "epoch 1: constraint distance " in capsys.readouterr().out


def test_under_a_loss_scale_it_takes_the_unscaled_step_and_skips_what_is_not_finite() -> None:
    gradient = np.array([0.5, -0.25, 0.0], np.float32)
    plain = keras.Variable(np.ones(3, np.float32))
    LionK(0.125, weight_decay=0.5).apply([tensor(gradient)], [plain])
    scaled = keras.Variable(np.ones(3, np.float32))
    inner = LionK(0.125, weight_decay=0.5)
    outer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**10)
    outer.build([scaled])

    def apply(g: np.ndarray) -> None:
        if BACKEND != "jax":
            outer.apply([tensor(g)], [scaled])
            return
        state = [v.value for v in outer.variables]
        (x,), state = outer.stateless_apply(state, [tensor(g)], [scaled.value])
        scaled.assign(x)
        for variable, value in zip(outer.variables, state, strict=True):
            variable.assign(value)

    apply(gradient * 2**10)
    np.testing.assert_array_equal(numpy(scaled), numpy(plain))
    apply(np.array([np.inf, 1, 1], np.float32))
    np.testing.assert_array_equal(numpy(scaled), numpy(plain))
    assert float(numpy(outer.dynamic_scale)) == 2.0**9


def test_mixed_precision_trains_under_a_loss_scale(tmp_path) -> None:
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = compiled(LionK(0.02, weight_decay=0.1), auto_scale_loss=True)
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        history = fit(model, callbacks=[ConstraintDistance()])
        assert history["loss"][-1] < history["loss"][0] - 0.1
        assert history["constraint_distance"] == [0, 0, 0, 0]
        model.save(tmp_path / "model.keras")
        assert isinstance(keras.saving.load_model(tmp_path / "model.keras").optimizer.inner_optimizer, LionK)
    finally:
        keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_a_variable_keeps_its_dtype(dtype: str) -> None:
    if dtype == "float64" and BACKEND == "jax":
        pytest.skip("JAX keeps float64 only with its x64 flag")
    variable = keras.Variable(np.array([1.0, -0.5, 0.25]), dtype=dtype)
    optimizer = LionK(0.5, {"": L1Norm()}, weight_decay=0.5)
    optimizer.apply([keras.ops.cast(tensor(np.array([1.0, -1.0, 0.0], np.float32)), dtype)], [variable])
    assert {v.dtype for v in [variable, optimizer.variables[-1]]} == {dtype}
    np.testing.assert_array_equal(numpy(keras.ops.cast(variable, "float32")), [0.25, 0.125, 0.1875])
