"""Every step of the Keras optimizer is Lion-K's, and with ℓ1 it is Keras' own Lion to the bit; wrongs are caught."""

import numpy as np
import pytest
from interop.keras_runs import BACKEND, all_streams, keras, numpy, start, tensor, trajectory
from interop.streams import Settings, Trajectory, agree, gradient_streams, numpy_trajectory, wrong_steps

from lionlab.convex import (
    ConvexFunction,
    DeadzoneL1,
    Huber,
    L1Norm,
    LogCosh,
    NuclearNorm,
    Precomposed,
    SquaredL2,
    Translated,
)
from lionlab.keras import LionK, Unfolded

LION = Settings()
OTHERS = {
    "dead zone": (
        DeadzoneL1(0.25),
        Settings(slope=lambda z: np.where(np.abs(z) <= 0.25, 0.0, np.sign(z)), kinks=(0.25, -0.25)),
    ),
    "huber": (Huber(0.25), Settings(slope=lambda z: np.clip(z / 0.25, -1, 1), kinks=(0.25, -0.25))),
    "log cosh": (LogCosh(3.0), Settings(slope=lambda z: np.tanh(3 * z))),
    # Not even: the sign of the momentum at the border to Keras matters.
    "tilted": (Translated(L1Norm(), 0.5, 0.25), Settings(slope=lambda z: np.sign(z - 0.5) + 0.25, kinks=(0.5,))),
    "implicit": (L1Norm(), Settings(decay="implicit", weight_decay=3.0)),
    "no decay": (L1Norm(), Settings(weight_decay=0.0)),
}


def optimizer_for(settings: Settings, K: ConvexFunction, kind: type = LionK) -> LionK:
    lr, beta1, beta2, weight_decay = settings[:4]
    return kind(lr, K, beta1, beta2, weight_decay=weight_decay, decay=settings.decay)


@pytest.fixture(scope="module")
def lion() -> Trajectory:
    gradients = all_streams(LION)
    return trajectory(optimizer_for(LION, L1Norm()), gradients, start(gradients.shape[1]))


def test_with_l1_it_is_keras_own_lion(lion: Trajectory) -> None:
    gradients = all_streams(LION)
    own = trajectory(keras.optimizers.Lion(LION.lr, weight_decay=LION.weight_decay), gradients, start(160))
    if BACKEND == "jax":
        np.testing.assert_array_equal(lion.x, own.x)
        np.testing.assert_array_equal(lion.m, own.m)
    # On torch Keras takes fused operations, in another order.
    assert agree(LION, gradients, lion, own).faults == []


def test_with_l1_it_is_a_loop_over_numpy_arrays(lion: Trajectory) -> None:
    gradients = all_streams(LION)
    found = agree(LION, gradients, lion, numpy_trajectory(LION, gradients, start(160)))
    assert found.faults == []
    assert found.decided > 0.95


@pytest.mark.parametrize("name", OTHERS)
def test_other_k_and_implicit_decay_are_a_loop_over_numpy_arrays(name: str) -> None:
    K, settings = OTHERS[name]
    gradients = all_streams(settings)
    run = trajectory(optimizer_for(settings, K), gradients, start(160))
    assert agree(settings, gradients, run, numpy_trajectory(settings, gradients, start(160))).faults == []


@pytest.mark.parametrize("name", ["huber", "tilted"])
def test_it_is_the_optax_one(name: str) -> None:
    import optax

    optim = pytest.importorskip("lionlab.optim")
    K, settings = OTHERS[name]
    gradients = all_streams(settings)
    run = trajectory(optimizer_for(settings, K), gradients, start(160))
    transformation = optim.lion_k(settings.lr, K, settings.beta1, settings.beta2, weight_decay=settings.weight_decay)
    import jax
    import jax.numpy as jnp
    from interop.streams import record

    params = jnp.asarray(start(160))
    state = transformation.init(params)
    update = jax.jit(transformation.update)

    def step(gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal params, state
        updates, state = update(jnp.asarray(gradient), state, params)
        params = optax.apply_updates(params, updates)
        (momentum,) = (leaf for leaf in jax.tree.leaves(state) if leaf.shape == params.shape)
        return np.asarray(params), -np.asarray(momentum)

    assert agree(settings, gradients, run, record(step, gradients, start(160))).faults == []


@pytest.mark.skipif(BACKEND != "jax", reason="stateless_apply is how Keras trains on JAX")
def test_stateless_apply_under_jit_takes_the_same_steps(lion: Trajectory) -> None:
    import jax

    gradients = all_streams(LION)
    optimizer, variable = optimizer_for(LION, L1Norm()), keras.Variable(start(160))
    optimizer.build([variable])

    def advance(state, gradient):
        (x,), variables = optimizer.stateless_apply(state[1], [gradient], [state[0]])
        return (x, variables), (x, variables[-1])

    initial = (variable.value, [v.value for v in optimizer.variables])
    _, (x, v) = jax.jit(lambda state, stream: jax.lax.scan(advance, state, stream))(initial, tensor(gradients))
    jitted = Trajectory(*(np.concatenate([[first], rest]) for first, rest in ((start(160), x), (0 * start(160), -v))))
    assert agree(LION, gradients, lion, jitted).faults == []
    np.testing.assert_array_equal(numpy(variable), start(160))


def test_a_matrix_moves_along_a_matrix_times_the_momentum() -> None:
    """Precomposed is neither separable nor even in form: one step against the formula."""
    A = np.array([[2.0, 1.0], [0.0, 0.5]])
    K, x, g = Precomposed(L1Norm(), A), start(2), np.array([0.3, -0.7], np.float32)
    run = trajectory(LionK(0.1, K, weight_decay=0.5), g[None], x)
    expected = x * (1 - 0.05) + 0.1 * (A.T @ np.sign(A @ (-0.1 * g)))
    np.testing.assert_allclose(run.x[1], expected, rtol=4e-7)


class SwappedBetas(LionK):
    def build(self, variables):
        super().build(variables)
        self.beta_1, self.beta_2 = self.beta_2, self.beta_1


class CoupledDecay(LionK):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(
            gradient + self.weight_decay * keras.ops.convert_to_tensor(variable), variable, learning_rate
        )

    def _apply_weight_decay(self, variables):
        pass


class DoubleDecay(LionK):
    def update_step(self, gradient, variable, learning_rate):
        variable.assign(variable * (1 - learning_rate * self.weight_decay))
        super().update_step(gradient, variable, learning_rate)


class DecayWithoutStepSize(LionK):
    def _apply_weight_decay(self, variables):
        for variable in variables:
            variable.assign(variable * (1 - self.weight_decay))


class DirectionOfTheUpdated(LionK):
    def build(self, variables):
        super().build(variables)
        self.beta_1 = self.beta_1 * self.beta_2


class WrongSign(LionK):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(-gradient, variable, learning_rate)


PLANTED = [SwappedBetas, CoupledDecay, DoubleDecay, DecayWithoutStepSize, DirectionOfTheUpdated, WrongSign]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda kind: kind.__name__)
def test_a_planted_wrong_is_caught(planted: type) -> None:
    gradients = gradient_streams(LION)["ordinary"][:60]
    assert wrong_steps(LION, gradients, trajectory(optimizer_for(LION, L1Norm()), gradients, start(16))) == []
    assert wrong_steps(LION, gradients, trajectory(optimizer_for(LION, L1Norm(), planted), gradients, start(16)))


def test_a_kernel_of_a_convolution_is_unfolded_by_its_last_axis() -> None:
    optim = pytest.importorskip("lionlab.optim")
    kernel = keras.Variable(np.zeros((3, 2, 2, 4)), name="kernel")
    optimizer = LionK(1.0, {"kern": optim.Unfolded(NuclearNorm())}, beta_1=0.0, weight_decay=1.0)
    gradient = np.random.default_rng(0).normal(size=(3, 2, 2, 4)).astype(np.float32)
    optimizer.apply([tensor(gradient)], [kernel])
    left, _, right = np.linalg.svd(gradient.reshape(12, 4), full_matrices=False)
    np.testing.assert_allclose(numpy(kernel).reshape(12, 4), -left @ right, atol=1e-5)
    assert optimizer.constraint_distances()["kernel"] <= 1e-5
    again = LionK.from_config(optimizer.get_config())
    (found,) = again.K.values()
    assert found == Unfolded(NuclearNorm())


def test_k_may_differ_from_variable_to_variable() -> None:
    kernel, bias = keras.Variable(np.zeros((2, 2)), name="kernel"), keras.Variable(np.zeros(2), name="bias")
    optimizer = LionK(1.0, {"kern": SquaredL2(2.0), "": L1Norm()}, beta_1=0.0)
    gradient = np.array([[1.0, -3.0], [0.5, 0.0]], np.float32)
    optimizer.apply([tensor(gradient), tensor(gradient[0])], [kernel, bias])
    np.testing.assert_array_equal(numpy(kernel), -2 * gradient)
    np.testing.assert_array_equal(numpy(bias), [-1, 1])
