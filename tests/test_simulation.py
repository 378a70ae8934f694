"""`simulate` against the plain NumPy loop, and its contract: dtypes, shapes, strides, noise, batches, refusals."""

import os

import jax
import numpy as np
import pytest
from reference import PLAIN, reference_lyapunov, reference_run

from lionlab.convex import DeadzoneL1, Huber, L1Norm, L2Norm, LogCosh, LpNorm, NuclearNorm, SquaredL2
from lionlab.dynamics import GaussianNoise, LionK, compiled
from lionlab.dynamics._compiled import SHORT_RUN
from lionlab.dynamics._parts import SMALLEST_PART, number_of_parts
from lionlab.objectives import LeastSquaresMatrix, Objective, Quadratic, Rosenbrock
from lionlab.simulation import LARGE_BATCH, _recorded, simulate, simulate_batch

KINDS = {
    "l1": L1Norm(),
    "l2": L2Norm(),
    "lp": LpNorm(1.5),
    "deadzone": DeadzoneL1(0.5),
    "huber": Huber(0.4),
    "log_cosh": LogCosh(2.0),
    "squared": SquaredL2(2.0),
}
MATRIX, CENTER = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([0.7, -1.9])
F = Quadratic(MATRIX, CENTER)


def plain_f(x):
    return float((x - CENTER) @ MATRIX @ (x - CENTER)) / 2


def plain_gradient(x):
    return MATRIX @ (x - CENTER)


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("name", KINDS)
def test_a_run_is_the_numpy_loop(name, decay):
    method = LionK(KINDS[name], 0.05, 0.4, 0.8, 0.95, decay)
    run = simulate(method, F, [0.3, -0.2], 60, m0=[0.1, 0.4], record=("x", "m", "lyapunov"))
    xs, ms, gs = reference_run(PLAIN[name], plain_gradient, [0.3, -0.2], [0.1, 0.4], 0.05, 0.4, 0.8, 0.95, decay, 60)
    # The recursion contracts; 60 steps of a dozen roundings on numbers below 10 stay under 1e4 u.
    for ours, plain in ((run.x, xs), (run.m, ms), (run.gradient, gs)):
        np.testing.assert_allclose(ours, plain, rtol=0, atol=1e4 * np.finfo(float).eps)
    H = [
        reference_lyapunov(PLAIN[name], plain_f, x, m, 0.05, 0.4, 0.8, 0.95, decay) for x, m in zip(xs, ms, strict=True)
    ]
    np.testing.assert_allclose(run.lyapunov, H, rtol=0, atol=1e5 * np.finfo(float).eps)
    assert run.x.dtype == run.m.dtype == run.lyapunov.dtype == np.float64


def test_a_wrong_loop_is_told_apart():
    run = simulate(LionK(L1Norm(), 0.05, 0.4, 0.8, 0.95), F, [0.3, -0.2], 60)
    wrong, _, _ = reference_run(PLAIN["l1"], plain_gradient, [0.3, -0.2], [0, 0], 0.05, 0.4, 0.95, 0.8, "explicit", 60)
    assert np.abs(run.x - wrong).max() > 0.05


def test_schedule_is_the_loop_with_that_schedule():
    etas = 0.05 / (1 + np.arange(61))
    run = simulate(LionK(L1Norm(), lambda t: 0.05 / (1 + t), 0.4), F, [0.3, -0.2], 60, record=("x", "lyapunov"))
    xs, ms, _ = reference_run(PLAIN["l1"], plain_gradient, [0.3, -0.2], [0, 0], etas, 0.4, 0.9, 0.99, "explicit", 60)
    np.testing.assert_allclose(run.x, xs, rtol=0, atol=1e-12)
    H = [
        reference_lyapunov(PLAIN["l1"], plain_f, x, m, eta, 0.4, 0.9, 0.99, "explicit")
        for x, m, eta in zip(xs, ms, etas, strict=True)
    ]
    np.testing.assert_allclose(run.lyapunov, H, rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.step_sizes, etas, rtol=1e-15)


@pytest.mark.parametrize("record_every", [2, 3, 7])
def test_stride_keeps_every_kth_state(record_every):
    method = LionK(Huber(0.4), lambda t: 0.05 / (1 + 0.1 * t), 0.4)
    full = simulate(method, F, [0.3, -0.2], 40, record=("x", "m", "lyapunov"))
    thin = simulate(method, F, [0.3, -0.2], 40, record=("x", "m", "lyapunov"), record_every=record_every)
    assert len(thin.x) == 40 // record_every + 1
    # Same arithmetic, perhaps fused differently: a few ulp of numbers below 10.
    for name in ("x", "m", "lyapunov"):
        np.testing.assert_allclose(getattr(thin, name), getattr(full, name)[::record_every], rtol=0, atol=1e-13)
    assert thin.gradient is None


def test_float32_in_float32_out_and_the_x64_flag_untouched():
    before = jax.config.jax_enable_x64
    run = simulate(LionK(L1Norm(), 0.05, 0.4), F, np.zeros(2, np.float32), 10, record=("x", "m", "lyapunov"))
    assert {a.dtype for a in (run.x, run.m, run.lyapunov)} == {np.dtype(np.float32)}
    assert simulate(LionK(L1Norm(), 0.05, 0.4), F, [0, 0], 10).x.dtype == np.float64
    assert jax.config.jax_enable_x64 == before


def test_lyapunov_is_infinite_until_entry_and_finite_after():
    run = simulate(LionK(L1Norm(), 0.1, 1.0), F, [3.0, 3.0], 200, record=("x", "lyapunov"))
    outside = np.abs(run.x).max(axis=1) > 1 + 1e-12
    assert outside[0]
    assert not outside[-1]
    np.testing.assert_array_equal(np.isinf(run.lyapunov), outside)


def test_noise_is_seeded_recorded_and_zero_mean_free_of_it_without_noise():
    method = LionK(L1Norm(), 0.01, 1.0)
    first, second, other = (simulate(method, F, [0.5, 0.5], 50, gradient_noise=0.3, key=k) for k in (1, 1, 2))
    np.testing.assert_array_equal(first.x, second.x)
    assert np.abs(first.gradient - other.gradient).max() > 0.1
    true = np.array([plain_gradient(x) for x in first.x[:-1]])
    noise = first.gradient - true
    assert 0.2 < noise.std() < 0.4
    # m is built from the recorded gradients exactly as the method says.
    np.testing.assert_allclose(first.m[1:], 0.99 * first.m[:-1] - 0.01 * first.gradient, rtol=0, atol=1e-15)
    custom = simulate(method, F, [0.5, 0.5], 5, gradient_noise=lambda key, x: 0 * x + 1.0, key=0)
    np.testing.assert_allclose(custom.gradient[0], plain_gradient(np.array([0.5, 0.5])) + 1, rtol=1e-14)


def test_a_batch_is_its_runs():
    starts = np.random.default_rng(0).normal(size=(5, 2))
    methods = [LionK(Huber(0.1 * (i + 1)), 0.02 * (i + 1), 0.3, 0.15 * i, 0.99) for i in range(5)]
    batch = simulate_batch(methods, F, starts, 30, record=("x", "m", "lyapunov"))
    assert batch.x.shape == (31, 5, 2)
    assert batch.lyapunov.shape == (31, 5)
    for i in range(5):
        single = simulate(methods[i], F, starts[i], 30, record=("x", "m", "lyapunov"))
        np.testing.assert_allclose(batch.x[:, i], single.x, rtol=0, atol=1e-13)
        np.testing.assert_allclose(batch.lyapunov[:, i], single.lyapunov, rtol=0, atol=1e-12)
    shared = simulate_batch(methods[1], F, starts, 30)
    np.testing.assert_allclose(shared.x[:, 1], batch.x[:, 1], rtol=0, atol=1e-13)


def test_a_large_batch_in_parts_is_its_runs():
    """Long enough to be divided, and to be optimised: the few runs it is compared with are neither."""
    count, num_steps = 4 * SMALLEST_PART, LARGE_BATCH // (8 * SMALLEST_PART)
    methods = [LionK(L2Norm(), 0.01 + 1e-4 * i, 0.3) for i in range(count)]
    starts = np.random.default_rng(5).normal(size=(count, 2))
    quantities = ("x", "m", "lyapunov")
    assert number_of_parts(count) > 1 or os.cpu_count() == 1
    assert starts.size * (num_steps + 1) >= LARGE_BATCH
    batch = simulate_batch(methods, F, starts, num_steps, record=quantities)
    for i in (0, 1, SMALLEST_PART - 1, SMALLEST_PART, count - 1):
        single = simulate(methods[i], F, starts[i], num_steps, record=quantities)
        assert single.x.size <= SHORT_RUN
        # ∇K is Lipschitz away from 0, and 1e3 steps of a contracting recursion keep the rounding of a hundred.
        for name in quantities:
            np.testing.assert_allclose(getattr(batch, name)[:, i], getattr(single, name), rtol=0, atol=1e-11)


@pytest.mark.parametrize(("size", "divides"), [(1, 1), (127, 1), (255, 1), (257, 1), (4096, 2)])
def test_parts_divide_the_batch(size, divides):
    parts = number_of_parts(size)
    assert size % parts == 0
    assert parts >= min(divides, os.cpu_count() or 1)
    assert parts == 1 or size // parts >= SMALLEST_PART


def test_batched_noise_differs_between_runs():
    batch = simulate_batch(
        LionK(L1Norm(), 0.01, 1.0), F, np.zeros((3, 2)), 20, gradient_noise=GaussianNoise(1.0), key=0
    )
    assert np.abs(batch.gradient[:, 0] - batch.gradient[:, 1]).max() > 0.1


def test_matrices_and_large_vectors_run_too():
    f = LeastSquaresMatrix(np.eye(3), np.arange(12.0).reshape(3, 4))
    run = simulate(LionK(NuclearNorm(), 0.05, 0.5), f, np.zeros((3, 4)), 200, record=("x", "lyapunov"))
    assert run.x.shape == (201, 3, 4)
    assert np.linalg.norm(run.x[-1], 2) <= 2 * (1 + 1e-12)
    large = simulate(LionK(L1Norm(), 0.05, 0.5), Rosenbrock(40), np.zeros(40), 20, record=("x", "lyapunov"))
    assert np.isfinite(large.lyapunov).all()


def test_new_numbers_need_no_new_compilation():
    run = compiled(_recorded, 2 * 34)  # the compiled function of every run as short as this one

    simulate(LionK(Huber(0.4), 0.05, 0.4), F, [0.3, -0.2], 33)
    before = run._cached._cache_size()
    simulate(LionK(Huber(0.2), 0.01, 0.9, 0.5, 0.6), Quadratic(np.eye(2), [1.0, 2.0]), [1.0, 1.0], 33)
    assert run._cached._cache_size() == before
    simulate(LionK(Huber(0.2), 0.01, 0.9, 0.5, 0.6), F, [1.0, 1.0], 34)
    assert run._cached._cache_size() == before + 1


METHOD = LionK(L1Norm(), 0.05, 0.4)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: simulate(METHOD, F, [np.nan, 0], 5), ValueError, "x0 must be finite, got nan"),
        (lambda: simulate(METHOD, F, [np.inf, 0], 5), ValueError, "x0 must be finite"),
        (lambda: simulate(METHOD, F, [0, 0], 5, m0=[0, np.nan]), ValueError, "m0 must be finite"),
        (lambda: simulate(METHOD, F, [0, 0, 0], 5), ValueError, r"x0 must have the objective's shape \(2,\)"),
        (lambda: simulate(METHOD, F, [0, 0], 5, m0=[0.0]), ValueError, "m0 must have the shape of x0"),
        (lambda: simulate(METHOD, F, np.zeros(2, np.float32), 5, m0=np.zeros(2)), TypeError, "one dtype"),
        (lambda: simulate(METHOD, F, np.zeros(2, complex), 5), TypeError, "real"),
        (lambda: simulate(METHOD, F, [0, 0], -1), ValueError, "num_steps"),
        (lambda: simulate(METHOD, F, [0, 0], 5, record_every=0), ValueError, "record_every"),
        (lambda: simulate(METHOD, F, [0, 0], 5, record=("x", "speed")), ValueError, "record"),
        (lambda: simulate(METHOD, F, [0, 0], 5, gradient_noise=0.1), ValueError, "key"),
        (lambda: simulate(METHOD, F, [0, 0], 5, gradient_noise=-0.1, key=0), ValueError, "gradient_noise"),
        (lambda: simulate_batch(METHOD, F, np.zeros(2), 5), ValueError, "batch"),
        (lambda: simulate_batch([METHOD] * 2, F, np.zeros((3, 2)), 5), ValueError, "methods"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, error, words):
    with pytest.raises(error, match=words) as refusal:
        call()
    assert "\n" not in str(refusal.value)


def test_captured_arrays_keep_their_own_dtype():
    center = np.array([0.1, 0.2], np.float32)
    run = simulate(METHOD, Objective(lambda x: ((x - center.astype(x.dtype)) ** 2).sum(), 2), [0.0, 0.0], 3)
    np.testing.assert_array_equal(run.gradient[0], -2 * center.astype(np.float64))
