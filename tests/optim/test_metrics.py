"""Metrics of a step against plain NumPy, the library's own residuals and H, and the memory they may not take."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from lionlab import LionK, Quadratic, kkt_residuals, lyapunov
from lionlab.convex import Huber, L1Norm, L2Norm, LinfNorm, NuclearNorm, SortedL1Norm, SquaredL2, TopKL1
from lionlab.optim import NewtonSchulz, constraint_metrics, lion_k
from lionlab.optim._one_pass_sums import one_pass_sums
from lionlab.precision import double_precision

U = 2.0**-24
DECAY, RATE, B1, B2 = 0.5, 0.01, 0.9, 0.99
C = RATE * B1 / (RATE * DECAY * (1 - B1) + (1 - RATE * DECAY) * (1 - B2))


def trees(seed: int, scale: float, dtype=np.float32):
    rng = np.random.default_rng(seed)
    draw = [{"kernel": rng.normal(size=(3, 4)), "scale": rng.normal(size=5)} for _ in range(3)]
    params = {name: np.clip(scale * x, -1.9, 1.9) for name, x in draw[0].items()}
    return [jax.tree.map(lambda x: jnp.asarray(x, dtype), tree) for tree in (params, *draw[1:])]


def plain(K: str, x, g, mu):
    """(distance, S, share of H) of one array, in NumPy float64."""
    x, g, mu = (np.asarray(array, np.float64).ravel() for array in (x, g, mu))
    y, m, e = DECAY * x, -mu, 0.3
    if K == "huber":
        value = lambda z: np.sum(np.where(np.abs(z) <= e, z**2 / (2 * e), np.abs(z) - e / 2))  # noqa: E731
        star = e / 2 * (y @ y)
    else:
        value, star = {"l1": lambda z: np.sum(np.abs(z)), "l2": np.linalg.norm}[K], 0.0
    nearest = y / max(np.linalg.norm(y), 1) if K == "l2" else np.clip(y, -1, 1)
    distance = np.linalg.norm(y - nearest)
    star = star if distance == 0 else np.inf
    return distance, value(-g) + y @ g + star, star / DECAY + C * (star + value(m) - y @ m)


FUNCTIONS = {"l1": L1Norm(), "huber": Huber(0.3), "l2": L2Norm()}


@pytest.mark.parametrize("names", [("l1", "l1"), ("huber", "l2")])
@pytest.mark.parametrize("scale", [0.3, 5.0])
def test_metrics_are_those_of_plain_numpy(names, scale):
    params, gradients, mu = trees(0, scale)
    if scale > 1:
        params["scale"] = 3 * params["scale"]  # outside the set
    K = dict(zip(("kernel", "scale"), (FUNCTIONS[name] for name in names), strict=True))
    found = constraint_metrics(K, DECAY, params, gradients, mu, 0.7, RATE, B1, B2)
    expected = [plain(name, params[part], gradients[part], mu[part]) for name, part in zip(names, K, strict=True)]
    # Eight roundings of each of at most 12 terms of size below 30.
    close = {"rtol": 0, "atol": 8 * U * 12 * 30}
    for part, (distance, score, _) in zip(K, expected, strict=True):
        np.testing.assert_allclose(found.distance[part], distance, **close)
        np.testing.assert_allclose(found.score[part], score, **close)
    np.testing.assert_allclose(found.total_distance, math.hypot(*(row[0] for row in expected)), **close)
    np.testing.assert_allclose(found.total_score, sum(row[1] for row in expected), **close)
    np.testing.assert_allclose(found.lyapunov, 0.7 + sum(row[2] for row in expected), **close)
    assert np.isinf(found.total_score) == (scale > 1)


def test_the_score_and_h_are_the_librarys():
    f, K, x = Quadratic(np.diag([1.0, 3.0, 0.5]), [0.4, -2.0, 1.0]), Huber(0.3), np.array([0.3, -1.1, 1.5])
    m = np.array([0.2, 0.9, -0.4])
    value = float(f(x))

    @jax.jit
    def measured(x, g, mu):
        return constraint_metrics(K, DECAY, x, g, mu, value, RATE, B1, B2)

    with double_precision():
        g = jnp.asarray(f.gradient(x))
        found = measured(jnp.asarray(x), g, jnp.asarray(-m))
    np.testing.assert_allclose(found.total_score, kkt_residuals(f, K, DECAY, x).stationarity, rtol=1e-14)
    np.testing.assert_allclose(found.lyapunov, lyapunov(LionK(K, RATE, DECAY, B1, B2), f, x, m), rtol=1e-14)
    # The momentum in the wrong sign is another H.
    with double_precision():
        wrong = measured(jnp.asarray(x), g, jnp.asarray(m))
    assert abs(float(wrong.lyapunov) - float(found.lyapunov)) > 0.1


def test_what_does_not_decay_is_not_constrained():
    params, gradients, mu = trees(1, 5.0)
    mask = {"kernel": False, "scale": True}
    found = constraint_metrics(None, DECAY, params, gradients, mu, 0.7, RATE, mask=mask)
    assert found.distance["kernel"] == 0
    np.testing.assert_allclose(found.score["kernel"], np.sum(np.abs(gradients["kernel"])), rtol=20 * U)
    free = constraint_metrics(None, 0.0, params, gradients, mu, 0.7, RATE)
    assert free.total_distance == 0
    assert np.isfinite(free.lyapunov)


def test_half_precision_is_measured_in_float32_and_forgiven_its_own_rounding():
    x = jnp.asarray([2.0, -1.5], jnp.bfloat16) * jnp.asarray(1.0 + 2.0**-7, jnp.bfloat16)  # one ulp outside 1/λ
    found = constraint_metrics(None, DECAY, {"x": x}, {"x": jnp.ones_like(x)}, learning_rate=RATE)
    assert found.total_distance.dtype == jnp.float32
    np.testing.assert_allclose(found.total_distance, 2.0**-7, rtol=1e-6)
    assert np.isfinite(found.total_score)
    in_float32 = constraint_metrics(None, DECAY, {"x": x.astype(jnp.float32)}, {"x": jnp.ones(2)}, learning_rate=RATE)
    assert np.isinf(in_float32.total_score)  # there the same distance is no rounding


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("K", [L1Norm(), L2Norm()])
def test_what_is_not_finite_is_told(bad, K):
    x = jnp.asarray([0.1, bad, 0.2], jnp.float32)
    found = constraint_metrics(K, DECAY, {"x": x}, {"x": jnp.ones(3)}, {"x": jnp.ones(3)}, 0.0, RATE)
    np.testing.assert_equal(np.asarray(found.total_distance), np.float32(bad))
    assert not np.isfinite(found.total_score)
    assert not np.isfinite(found.lyapunov)


def test_a_sum_in_one_pass_does_not_stop_growing():
    ones = jnp.full(2**24 + 2**20, 0.3)
    compensated, naive = jax.jit(one_pass_sums)(ones)[0], np.add.accumulate(np.full(4, 2.0**23, np.float32))[-1]
    exact = float(np.float32(0.3)) * ones.size
    assert abs(float(compensated) - exact) <= 3 * U * exact
    assert naive + np.float32(0.3) == naive  # entry after entry, the rest would have counted for nothing
    mixed = jnp.asarray([1e4, 1.0, -1e4, 3e38, 3e38, np.inf], jnp.float32)
    assert [float(part) for part in one_pass_sums(mixed[:3], jnp.ones(3))] == [1.0, 3.0]
    assert float(one_pass_sums(mixed[:5])[0]) == float(one_pass_sums(mixed)[0]) == np.inf
    assert np.isnan(one_pass_sums(jnp.asarray([1.0, np.nan]))[0])


@pytest.mark.parametrize("K", [L1Norm(), Huber(0.1)])
def test_metrics_of_a_donated_step_take_no_memory(K):
    """Less than a kilobyte of scratch per array of any size, where separate sums keep a copy of the parameters."""
    size = 2**16
    optimizer, x = lion_k(RATE, K, weight_decay=DECAY), jnp.zeros(size)
    state = optimizer.init(x)

    def step(x, state, gradient, loss):
        updates, state = optimizer.update(gradient, state, x)
        x = optax.apply_updates(x, updates)
        return x, state, constraint_metrics(K, DECAY, x, gradient, state.mu, loss, RATE)

    def with_distance(x, state, gradient, loss):
        x, state, _ = step(x, state, gradient, loss)
        return x, state, constraint_metrics(K, DECAY, x).total_distance

    def scratch(function) -> int:
        options = {"xla_cpu_copy_insertion_use_region_analysis": True}
        compiled = jax.jit(function, donate_argnums=(0, 1), compiler_options=options)
        return compiled.lower(x, state, x, jnp.zeros(())).compile().memory_analysis().temp_size_in_bytes

    assert scratch(with_distance) < 1000
    assert scratch(step) < 1000

    def with_separate_sums(x, state, gradient, loss):
        updates, state = optimizer.update(gradient, state, x)
        x = optax.apply_updates(x, updates)
        y = DECAY * x
        return x, state, (jnp.sum((y - jnp.clip(y, -1, 1)) ** 2), jnp.sum(y * gradient))

    assert jax.default_backend() == "cpu"
    assert scratch(with_separate_sums) >= 4 * size  # the check sees a copy


REFUSED = [
    ({"weight_decay": -1.0}, ValueError, "weight_decay must be finite and ≥ 0, got -1"),
    ({"weight_decay": lambda t: 0.1}, TypeError, "weight_decay must be the number of this step"),
    ({"momentum": jnp.ones(3)}, ValueError, "needs loss and learning_rate"),
    ({"gradients": {"x": jnp.ones(3)}}, ValueError, "gradients must have the structure of params"),
    ({"K": NewtonSchulz()}, TypeError, "has no K"),
    ({"b1": 2.0}, ValueError, "b1 must be in"),
    ({"weight_decay": None}, TypeError, "weight_decay must be a number, got None"),
    ({"params": jnp.ones(3, jnp.int32)}, TypeError, "has dtype int32"),
    ({"decay": "coupled"}, ValueError, "decay must be"),
    ({"learning_rate": math.nan}, ValueError, "learning_rate must be"),
]


@pytest.mark.parametrize(("arguments", "error", "words"), REFUSED)
def test_refusals_are_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        constraint_metrics(**{"K": L1Norm(), "weight_decay": 0.5, "params": jnp.ones(3), **arguments})


def test_the_distance_has_a_gradient_outside_and_0_inside():
    x = jnp.asarray([2.0, -3.5, 0.3])
    slope = jax.grad(lambda x: constraint_metrics(None, 1.0, x).total_distance)(x)
    np.testing.assert_allclose(slope, np.array([1.0, -2.5, 0.0]) / math.hypot(1.0, 2.5), rtol=8 * U)
    assert not jax.grad(lambda x: constraint_metrics(None, 0.1, {"a": x}).distance["a"])(x).any()


@pytest.mark.parametrize("K", [L1Norm(), L2Norm(), LinfNorm(), TopKL1(2), NuclearNorm(), SortedL1Norm([1.0])])
def test_arrays_without_entries_add_nothing(K):
    empty = {"e": jnp.zeros((0, 2))}
    found = constraint_metrics(K, 1.0, empty, empty, empty, 0.7, RATE)
    assert (found.total_distance, found.total_score, found.lyapunov) == (0, 0, jnp.float32(0.7))


def test_a_matrix_and_a_k_without_a_set():
    X = jnp.diag(jnp.asarray([3.0, 1.0]))
    assert abs(float(constraint_metrics(NuclearNorm(), 1.0, X).total_distance) - 2) < 1e-6
    assert float(constraint_metrics(SquaredL2(), 1.0, X).total_distance) == 0
