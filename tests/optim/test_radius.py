"""λ for a radius, held against dom K* itself, and the length of phase 1 against runs pushed outward all the way."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from lionlab.convex import (
    Huber,
    L1Norm,
    L2Norm,
    LogCosh,
    MoreauEnvelope,
    NuclearNorm,
    Scaled,
    SeparableSum,
    SquaredL2,
    TopKL1,
)
from lionlab.optim import NewtonSchulz, constraint_metrics, lion_k, phase_one_length, weight_decay_for_radius

BALLS = [
    (L1Norm(), lambda x: np.max(np.abs(x))),
    (Huber(0.3), lambda x: np.max(np.abs(x))),
    (Scaled(LogCosh(1.0), 0.5), lambda x: np.max(np.abs(x))),
    (L2Norm(), np.linalg.norm),
    (NuclearNorm(), lambda x: np.linalg.norm(x, 2)),
    (TopKL1(2), lambda x: max(np.max(np.abs(x)), np.sum(np.abs(x)) / 2)),
    (Scaled(L2Norm(), 3.0), lambda x: np.linalg.norm(x) / 3),
]


@pytest.mark.parametrize(("K", "norm"), BALLS)
@pytest.mark.parametrize("radius", [0.25, 7.0])
def test_the_set_is_the_ball_of_that_radius(K, norm, radius):
    decay = weight_decay_for_radius(radius, K)
    x = np.random.default_rng(0).normal(size=(3, 2))
    x = x * (radius / norm(x))
    star = K.conjugate()
    # A hundredth inside there is no distance but rounding, a hundredth outside there is: of another size it fails.
    assert star.domain_distance(decay * 0.99 * x) < 1e-14
    assert star.domain_distance(decay * 1.01 * x) > 1e-3


@pytest.mark.parametrize(
    ("K", "words"),
    [
        (SquaredL2(), "slopes of every size"),
        (SeparableSum([L1Norm(), Huber(0.3)], sizes=[1, 3]), "treats entries differently"),
        (SeparableSum([L2Norm(), SquaredL2()]), "neither separable nor a norm"),
        (MoreauEnvelope(L2Norm(), 0.5), "neither separable nor a norm"),
    ],
)
def test_a_k_without_a_ball_is_refused(K, words):
    with pytest.raises(ValueError, match=words):
        weight_decay_for_radius(1.0, K)


@pytest.mark.parametrize("radius", [0.0, -1.0, math.inf, math.nan, 1e-310])
def test_a_radius_is_a_positive_number(radius):
    with pytest.raises(ValueError, match="radius must be"):
        weight_decay_for_radius(radius)
    with pytest.raises(TypeError, match="K must be one"):
        weight_decay_for_radius(1.0, NewtonSchulz())


def schedule(count):
    return 0.2 / (1 + 0.1 * jnp.asarray(count, jnp.float32))


def pushed_outward(eta, num_steps: int) -> list[float]:
    """Distances of a run whose gradient always points away from the set: there the contraction is an equality."""
    optimizer = lion_k(eta, weight_decay=0.5)

    @jax.jit
    def step(x, state):
        updates, state = optimizer.update(-jnp.sign(x), state, x)
        return constraint_metrics(None, 0.5, x).total_distance, optax.apply_updates(x, updates), state

    x = jnp.asarray([6.0, -1.0, 0.5])
    state, distances = optimizer.init(x), []
    for _ in range(num_steps + 1):
        distance, x, state = step(x, state)
        distances.append(float(distance))
    return distances


@pytest.mark.parametrize("eta", [0.1, schedule])
def test_phase_one_takes_the_steps_that_were_predicted(eta):
    predicted = phase_one_length(eta, 0.5, jnp.asarray([6.0, -1.0, 0.5]), tolerance=0.51)
    distances = pushed_outward(eta, predicted)
    # The push attains the bound but for rounding, so that one step earlier is too early.
    assert distances[predicted] <= 0.51 < distances[predicted - 1]


def test_a_schedule_and_a_number_agree_and_never_is_none():
    x = jnp.asarray([6.0, -1.0])
    assert phase_one_length(0.1, 0.5, x) == phase_one_length(lambda t: 0.1, 0.5, x) > 0
    assert phase_one_length(lambda t: 0.1 if t < 10**9 else 0.2, 0.5, x) == phase_one_length(0.1, 0.5, x)
    assert phase_one_length(lambda t: 0.1 * 0.5**t, 0.5, x, max_steps=100_000) is None  # its sum is 0.2
    assert phase_one_length(0.0, 0.5, x) is None
    assert phase_one_length(0.1, 0.5, x, max_steps=10) is None
    assert phase_one_length(0.1, 0.5, x, tolerance=0.0) is None
    assert phase_one_length(2.0, 0.5, x, tolerance=1e-5) == 1
    assert phase_one_length(0.1, 0.5, 0.1 * x) == 0
    assert phase_one_length(0.1, 0.0, x) == 0
    long = phase_one_length(lambda t: 1e-4 + 0 * t, 0.5, x, tolerance=0.01)  # beyond one block of steps
    assert long == phase_one_length(1e-4, 0.5, x, tolerance=0.01) > 2**16


def test_only_what_decays_is_waited_for():
    params = {"far": jnp.asarray([60.0]), "near": jnp.asarray([6.0])}
    alone = phase_one_length(0.1, 0.5, params["near"])
    assert phase_one_length(0.1, 0.5, params, mask={"far": False, "near": True}) == alone
    assert phase_one_length(0.1, 0.5, params) > alone


STALLING = {  # dtype, learning rate, weight decay, start: decay would bring each nearer than rounding lets it come
    "float32": (jnp.float32, 1e-3, 1.0, 1.05),
    "not a power of two": (jnp.float32, 1e-3, 3.0, 0.4),
    "bfloat16": (jnp.bfloat16, 0.05, 1.0, 1.5),
}


@pytest.mark.parametrize("name", STALLING)
def test_no_tolerance_is_promised_where_rounding_stalls_the_run(name):
    dtype, eta, decay, start = STALLING[name]
    params = jnp.full(400, start, dtype)
    exact = math.ceil(math.log(1e-9) / math.log1p(-eta * decay))
    optimizer = lion_k(eta, weight_decay=decay)

    def step(_, carry):
        x, state = carry
        updates, state = optimizer.update(-jnp.sign(x), state, x)
        return optax.apply_updates(x, updates), state

    @jax.jit
    def left_after(num_steps):
        x, _ = jax.lax.fori_loop(0, num_steps, step, (params, optimizer.init(params)))
        return constraint_metrics(None, decay, x).total_distance

    left = float(left_after(exact))
    unit = float(jnp.finfo(dtype).eps) / 2
    assert left > 0.2 * 20 * unit / (eta * decay)  # √400 = 20 times the half unit that a step may lose
    assert phase_one_length(eta, decay, params, tolerance=left * 0.999) is None
    # What is promised is kept, and not far from what is possible.
    tolerance = 8 * left
    promised = phase_one_length(eta, decay, params, tolerance=tolerance)
    assert promised is not None
    assert promised < exact
    assert float(left_after(promised)) <= tolerance
    assert phase_one_length(lambda t: eta + 0 * t, decay, params, tolerance=tolerance) == promised


def test_below_the_last_place_decay_rounds_away_altogether():
    params = jnp.full(3, 2.0, jnp.bfloat16)
    assert phase_one_length(0.0019, 1.0, params, tolerance=1.0) is None
    assert phase_one_length(0.0019, 1.0, params.astype(jnp.float32), tolerance=1.0) is not None


def test_what_is_inside_cannot_stall_outside():
    """A million entries inside the box leave the promise for the one outside as it is."""
    far = {"x": jnp.asarray([6.0])}
    many = {"x": jnp.concatenate([jnp.full(10**6, 0.9), far["x"]])}
    assert phase_one_length(1e-3, 1.0, many) == phase_one_length(1e-3, 1.0, far)
    assert phase_one_length(1e-3, 1.0, {"x": jnp.full(10**4, 6.0)}) is None


def test_arrays_without_entries_take_no_time():
    for K in (None, L2Norm(), NuclearNorm(), TopKL1(2)):
        assert phase_one_length(0.1, 0.5, {"e": jnp.zeros((0, 2))}, K) == 0


REFUSED = [
    ({"learning_rate": 3.0}, ValueError, r"must be in \[0, 1\], got 1.5 at step 0"),
    ({"learning_rate": lambda t: 0.5 * t}, ValueError, r"got 1.25 at step 5"),
    ({"learning_rate": lambda t: math.nan}, ValueError, "got nan at step 0"),
    ({"learning_rate": lambda t: jnp.ones(2)}, ValueError, "must return one number"),
    ({"weight_decay": lambda t: 0.1}, TypeError, "weight_decay must be one number"),
    ({"tolerance": -1.0}, ValueError, "tolerance must be"),
    ({"max_steps": 2.5}, ValueError, "max_steps must be an integer"),
    ({"params": jnp.asarray([math.nan])}, ValueError, "params must be finite"),
]


@pytest.mark.parametrize(("arguments", "error", "words"), REFUSED)
def test_refusals_are_in_words(arguments, error, words):
    given = {"learning_rate": 0.001, "weight_decay": 0.5, "params": jnp.asarray([60.0]), "tolerance": 1e-30}
    with pytest.raises(error, match=words):
        phase_one_length(**{**given, **arguments})
