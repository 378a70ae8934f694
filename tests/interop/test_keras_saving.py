"""A saved optimizer is the same optimizer: every K of the catalogue as text, and training that goes on to the bit."""

import json

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from interop.keras_runs import BACKEND, as_keras_expects, keras, numpy  # noqa: F401

from lionlab.convex import CustomFunction, L1Norm, LpNorm, Norm, Scaled, Translated
from lionlab.convex.catalogue import CATALOGUE
from lionlab.keras import LionK
from lionlab.keras._direction import without_form

pytestmark = pytest.mark.usefixtures("as_keras_expects")


@keras.saving.register_keras_serializable(package="tests")
def slow() -> float:
    return 0.007


@keras.saving.register_keras_serializable(package="tests")
class WeightedL1(Norm):
    """w‖z‖₁, a K of a user's own."""

    weight: float

    def value(self, z):
        return self.weight * jnp.sum(jnp.abs(z))

    def selection(self, z):
        return self.weight * jnp.sign(z)

    def dual_norm(self, y):
        return jnp.max(jnp.abs(y)) / self.weight

    def dual_norm_selection(self, y):
        raise NotImplementedError

    def dual_ball_projection(self, y):
        return jnp.clip(y, -self.weight, self.weight)

    def get_config(self):
        return {"weight": self.weight}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def back(optimizer: LionK) -> LionK:
    """Through Keras' own serialization and JSON text."""
    return keras.optimizers.deserialize(json.loads(json.dumps(keras.optimizers.serialize(optimizer))))


def test_every_k_of_the_catalogue_comes_back() -> None:
    functions = {name: K for name, (K, _) in CATALOGUE.items() if BACKEND == "jax" or without_form(K) is None}
    functions |= {
        "a third": LpNorm(1 + 1 / 3),
        "tenths": Scaled(L1Norm(), 0.1 + 0.2),
        "arrays": Translated(L1Norm(), [0.1, 1e-300], 1 / 3),
    }
    for name, K in functions.items():
        assert eqx.tree_equal(back(LionK(K=K)).K, K), name


def test_a_mapping_comes_back_in_its_order() -> None:
    given = {"b": LpNorm(1.5), "a": L1Norm(), "": LpNorm(3)}
    found = back(LionK(K=given)).K
    assert list(found) == list(given)
    assert eqx.tree_equal(found, given)


def test_a_k_written_by_hand_is_read() -> None:
    assert LpNorm(1.5) == LionK.from_config({"K": "LpNorm(1.5)"}).K
    with pytest.raises(ValueError, match="'Lp' is unknown"):
        LionK.from_config({"K": "Lp(1.5)"})


@pytest.mark.skipif(BACKEND != "jax", reason="a K without a form in keras.ops")
def test_a_k_of_the_users() -> None:
    assert WeightedL1(0.3) == back(LionK(K=WeightedL1(0.3))).K
    for K in (CustomFunction(lambda z: jnp.sum(z**2), is_smooth=True), Scaled(WeightedL1(0.3), 2.0)):
        with pytest.raises(ValueError, match=r"cannot be written as text\. Put @keras.saving.register_keras"):
            LionK(K=K).get_config()


SETTINGS = {
    "beta_1": 0.8, "beta_2": 0.97, "weight_decay": 1.5, "clipnorm": None, "clipvalue": 0.5, "global_clipnorm": None,
    "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 7, "loss_scale_factor": 16.0,
    "gradient_accumulation_steps": 2, "name": "mine", "decay": "implicit", "learning_rate": 0.0123456789,
}  # fmt: skip


def test_every_argument_is_in_the_config_and_comes_back() -> None:
    config = LionK(**SETTINGS).get_config()
    assert config["learning_rate"] == np.float32(SETTINGS["learning_rate"])
    assert {name: config[name] for name in SETTINGS} == SETTINGS | {"learning_rate": config["learning_rate"]}
    assert back(LionK(**SETTINGS)).get_config() == config


def test_schedules_and_functions_come_back() -> None:
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 10)
    found = back(LionK(schedule))._learning_rate
    assert float(numpy(found(3))) == float(numpy(schedule(3)))
    assert back(LionK(slow))._learning_rate is slow


def data(count: int = 64) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(count, 5)).astype(np.float32)
    return x, (x[:, 0] > x[:, 1]).astype(np.int32)


def trained(optimizer: LionK, epochs: int = 1) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Input((5,)), keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    if optimizer.weight_decay:
        optimizer.exclude_from_weight_decay(var_list=[model.layers[1].kernel], var_names=["bias"])
    model.compile(optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(*data(), batch_size=16, epochs=epochs, shuffle=False, verbose=0)
    return model


def go_on(model: keras.Model) -> list[np.ndarray]:
    model.fit(*data(), batch_size=16, shuffle=False, verbose=0)
    return [numpy(v) for v in [*model.variables, *model.optimizer.variables]]


class Forgetful(LionK):
    """Forgets on loading what was excluded from weight decay, as Keras' own optimizers do."""

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return LionK.from_config(config | {"excluded_names": [], "variables": []}, custom_objects)


def optimizer(kind: type = LionK) -> LionK:
    return kind(
        keras.optimizers.schedules.ExponentialDecay(0.05, 3, 0.8), {"kernel": LpNorm(1.5), "": L1Norm()},
        weight_decay=2.0, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=5, clipnorm=1.0,
    )  # fmt: skip


def test_a_loaded_model_goes_on_to_the_bit(tmp_path) -> None:
    model = trained(optimizer())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, LionK)
    for a, b in zip(go_on(model), go_on(loaded), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loaded_optimizer_that_forgot_the_exclusions_is_caught(tmp_path) -> None:
    model = trained(optimizer(Forgetful))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", custom_objects={"Forgetful": Forgetful})
    assert any(np.any(a != b) for a, b in zip(go_on(model), go_on(loaded), strict=True))


def test_variables_are_known_again_by_their_place_and_others_are_refused() -> None:
    def variables(shape: tuple[int, ...] = (2,)) -> list[keras.Variable]:
        return [keras.Variable(np.ones(shape), name=name) for name in ("kernel", "kernel", "bias")]

    first = variables()
    saved = LionK(0.5, {"bias": LpNorm(3), "": L1Norm()}, weight_decay=0.5)
    saved.exclude_from_weight_decay(var_list=first[1:2])
    with pytest.raises(ValueError, match="before saving, or exclude by"):
        saved.get_config()
    saved.build(first)
    loaded, second = back(back(saved)), variables()
    loaded.apply([0 * v for v in second], second)
    assert [float(numpy(v)[0]) for v in second] == [0.75, 1, 0.75]
    assert loaded.get_config() == saved.get_config()
    with pytest.raises(ValueError, match="saved with variables of another model excluded"):
        back(saved).build(variables((3,)))
    anew = back(saved)
    third = variables((3,))
    anew.exclude_from_weight_decay(var_list=third[:1])
    anew.apply([0 * v for v in third], third)
    assert [float(numpy(v)[0]) for v in third] == [1, 0.75, 0.75]


def test_the_state_of_keras_own_lion_is_taken_over() -> None:
    variable = keras.Variable(np.arange(3.0), name="kernel")
    own, ours, store = keras.optimizers.Lion(0.1), LionK(0.1), {}
    own.apply([keras.ops.convert_to_tensor([1.0, -2.0, 0.5])], [variable])
    own.save_own_variables(store)
    ours.build([variable])
    ours.load_own_variables(store)
    for a, b in zip(own.variables, ours.variables, strict=True):
        np.testing.assert_array_equal(numpy(a), numpy(b))
