"""The same data, start and settings through optax, PyTorch and Keras: the same 300 steps up to float32 rounding.

Softmax regression on the digits data, in two ways:

- the gradients of a NumPy run are given to all three. m does not hang on x then, and `streams.agree` bounds the gap;
- each framework differentiates the loss itself at its own x, in float32, and is held against a NumPy run in float64.
  The gap of the two obeys a recursion: a step multiplies that of m by β2 and that of x by 1−ηλ, and adds the rounding
  of the gradient and of the step, and L times the gap of x. With ℓ1 two signs may differ only where m̃ is within that
  gap of 0, which is a tie; it is checked where it happens, and adds 2η there.
"""

from collections.abc import Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from interop.keras_runs import BACKEND, keras, tensor
from interop.streams import ROUNDINGS, Settings, Trajectory, agree, numpy_trajectory, record

from lionlab.convex import ConvexFunction, Huber, L1Norm
from lionlab.keras import LionK
from lionlab.optim import lion_k
from lionlab.precision import unit_roundoff

torch = pytest.importorskip("torch", reason="needs the extra interop: make interop")
datasets = pytest.importorskip("sklearn.datasets", reason="needs the extra experiments")

from lionlab.torch import LionK as TorchLionK  # noqa: E402

STEPS = 300
UNIT = unit_roundoff(np.float32)
WIDTH = 0.2
CASES: dict[str, tuple[ConvexFunction, Settings]] = {
    "l1": (L1Norm(), Settings(lr=0.002, weight_decay=2.0)),
    "huber": (Huber(WIDTH), Settings(lr=0.002, weight_decay=2.0, slope=lambda z: np.clip(z / WIDTH, -1, 1))),
}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Arrays this small take longer with threads, and much longer where others want the cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Problem(NamedTuple):
    """Features with a column of ones (n, 65), one-hot labels (n, 10), and the start (65, 10), all float32."""

    features: np.ndarray
    labels: np.ndarray
    start: np.ndarray

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Aᵀ(softmax(Ax) − Y)/n, in x's dtype."""
        A, Y = self.features.astype(x.dtype), self.labels.astype(x.dtype)
        return (A.T @ (softmax(A @ x) - Y)) / x.dtype.type(len(A))

    @property
    def smoothness(self) -> float:
        """L = ‖A‖²/(2n): the Hessian of log-sum-exp is at most ½."""
        return float(np.linalg.norm(self.features.astype(np.float64), 2)) ** 2 / (2 * len(self.features))

    def gradient_rounding(self, x: np.ndarray) -> np.ndarray:
        """A bound of what float32 changes in every entry of the gradient at x, whatever the order of the sums."""
        A, Y, n = self.features.astype(np.float64), self.labels.astype(np.float64), len(self.features)
        logits = (A.shape[1] + 4) * UNIT * np.max(np.abs(A) @ np.abs(x), axis=1, keepdims=True)
        p = softmax(A @ x)
        in_p = (2 * logits + 32 * UNIT) * p + 2 * UNIT * np.abs(p - Y)
        return np.abs(A).T @ (in_p + (n + 4) * UNIT * np.abs(p - Y)) / n


def softmax(z: np.ndarray) -> np.ndarray:
    raised = np.exp(z - np.max(z, axis=1, keepdims=True))
    return raised / np.sum(raised, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def problem() -> Problem:
    found = datasets.load_digits()
    features = np.concatenate([found.data[:100] / 16, np.ones((100, 1))], axis=1)
    start = np.random.default_rng(0).normal(size=(65, 10)) / 8
    return Problem(*(part.astype(np.float32) for part in (features, np.eye(10)[found.target[:100]], start)))


def with_optax(K: ConvexFunction, settings: Settings, problem: Problem, stream: np.ndarray | None) -> Trajectory:
    lr, beta1, beta2, weight_decay = settings[:4]
    transformation = lion_k(lr, K, b1=beta1, b2=beta2, weight_decay=weight_decay)
    A, Y = jnp.asarray(problem.features), jnp.asarray(problem.labels)

    def loss(x):
        return -jnp.mean(jnp.sum(Y * jax.nn.log_softmax(A @ x), axis=1))

    @jax.jit
    def step(x, state, gradient):
        updates, state = transformation.update(jax.grad(loss)(x) if stream is None else gradient, state, x)
        return x + updates, state

    x = jnp.asarray(problem.start)
    state = transformation.init(x)

    def advance(gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal x, state
        x, state = step(x, state, gradient)
        (average,) = (leaf for leaf in jax.tree.leaves(state) if leaf.shape == x.shape)
        return np.asarray(x), -np.asarray(average)

    return record(advance, _fed(problem, stream), problem.start)


def with_torch(K: ConvexFunction, settings: Settings, problem: Problem, stream: np.ndarray | None) -> Trajectory:
    x = torch.nn.Parameter(torch.tensor(problem.start))
    lr, *betas, weight_decay = settings[:4]
    optimizer = TorchLionK([x], lr, K, tuple(betas), weight_decay)
    A, Y = torch.tensor(problem.features), torch.tensor(problem.labels)

    def advance(gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        optimizer.zero_grad()
        if stream is None:
            torch.nn.functional.cross_entropy(A @ x, Y).backward()
        else:
            x.grad = torch.tensor(gradient)
        optimizer.step()
        return x.detach().numpy(), -optimizer.state[x]["exp_avg"].numpy()

    return record(advance, _fed(problem, stream), problem.start)


def with_keras(K: ConvexFunction, settings: Settings, problem: Problem, stream: np.ndarray | None) -> Trajectory:
    lr, beta1, beta2, weight_decay = settings[:4]
    optimizer, variable = LionK(lr, K, beta1, beta2, weight_decay=weight_decay), keras.Variable(problem.start)
    optimizer.build([variable])
    A, Y = tensor(problem.features), tensor(problem.labels)

    def loss(x):
        return keras.ops.mean(keras.losses.categorical_crossentropy(Y, keras.ops.matmul(A, x), from_logits=True))

    @jax.jit
    def step(x, state, gradient):
        gradient = jax.grad(loss)(x) if stream is None else gradient
        (x,), state = optimizer.stateless_apply(state, [gradient], [x])
        return x, state

    x, state = variable.value, [v.value for v in optimizer.variables]

    def advance(gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal x, state
        x, state = step(x, state, gradient)
        return np.asarray(x), -np.asarray(state[-1])

    return record(advance, _fed(problem, stream), problem.start)


def _fed(problem: Problem, stream: np.ndarray | None) -> np.ndarray:
    return np.zeros((STEPS, 1, 1), np.float32) if stream is None else stream


FRAMEWORKS = {"optax": with_optax, "torch": with_torch, "keras": with_keras}


def numpy_run(settings: Settings, problem: Problem, dtype: type) -> tuple[Trajectory, np.ndarray]:
    """The run of a NumPy loop, and its gradients."""
    lr, beta1, beta2, weight_decay = (dtype(c) for c in settings[:4])
    x, m = problem.start.astype(dtype), np.zeros(problem.start.shape, dtype)
    xs, ms, gradients = [x], [m], []
    for _ in range(STEPS):
        g = problem.gradient(x)
        u = settings.slope(beta1 * m - (1 - beta1) * g).astype(dtype)
        x, m = x + lr * (u - weight_decay * x), beta2 * m - (1 - beta2) * g
        xs.append(x)
        ms.append(m)
        gradients.append(g)
    return Trajectory(np.array(xs), np.array(ms)), np.array(gradients)


class Comparison(NamedTuple):
    """What differs by more than rounding and ties, the number of ties, the largest gap of x, and its last bound."""

    faults: list[str]
    ties: int
    gap: float
    bound: float


def compare(name: str, settings: Settings, problem: Problem, run: Trajectory) -> Comparison:
    """A float32 run with gradients of its own against the exact one, by the recursion of their gap."""
    exact, gradients = numpy_run(settings, problem, np.float64)
    lr, beta1, beta2, weight_decay = settings[:4]
    in_m, in_x = np.zeros_like(exact.x[0]), np.zeros_like(exact.x[0])  # entry by entry
    norm_m = norm_x = 0.0  # in the Frobenius norm, in which L is sharp
    faults, ties, L, kept = [], 0, problem.smoothness, 1 - lr * weight_decay
    for t, g in enumerate(gradients):
        x, m = exact.x[t], exact.m[t]
        # The rounding of the gradient at the run's own x; L carries the rest of the way.
        rounded = problem.gradient_rounding(run.x[t].astype(np.float64))
        in_g, norm_g = L * norm_x + rounded, L * norm_x + float(np.linalg.norm(rounded))
        size = ROUNDINGS * UNIT * (np.abs(m) + in_m + np.abs(g) + in_g)
        norm_size = float(np.linalg.norm(size))
        in_m_tilde = beta1 * in_m + (1 - beta1) * in_g + size
        norm_m_tilde = beta1 * norm_m + (1 - beta1) * norm_g + norm_size
        m_tilde = beta1 * m - (1 - beta1) * g
        if name == "l1":
            taken = np.rint((run.x[t + 1] - kept * run.x[t].astype(np.float64)) / lr)
            differs = taken != np.sign(m_tilde)
            ties += int(np.sum(differs))
            if np.any(differs & (np.abs(m_tilde) > np.minimum(in_m_tilde, norm_m_tilde))):
                faults.append(f"a sign differs at step {t}, away from a tie")
            in_u = np.abs(taken - np.sign(m_tilde))
            norm_u = float(np.linalg.norm(in_u))
        else:
            in_u = in_m_tilde / WIDTH + 16 * UNIT
            norm_u = norm_m_tilde / WIDTH + 16 * UNIT * np.sqrt(x.size)
        step_size = ROUNDINGS * UNIT * (np.abs(x) + in_x + lr)
        in_x, norm_x = (
            kept * in_x + lr * in_u + step_size,
            kept * norm_x + lr * norm_u + float(np.linalg.norm(step_size)),
        )
        in_m = beta2 * in_m + (1 - beta2) * in_g + size
        norm_m = beta2 * norm_m + (1 - beta2) * norm_g + norm_size
        in_x, in_m = np.minimum(in_x, norm_x), np.minimum(in_m, norm_m)
        if not np.all(np.abs(run.x[t + 1] - exact.x[t + 1]) <= in_x):
            faults.append(f"x differs at step {t}")
        if not np.all(np.abs(run.m[t + 1] - exact.m[t + 1]) <= in_m):
            faults.append(f"m differs at step {t}")
    return Comparison(faults, ties, float(np.max(np.abs(run.x - exact.x))), float(np.max(in_x)))


@pytest.mark.skipif(BACKEND != "jax", reason="Keras is taken on JAX here")
@pytest.mark.parametrize("name", CASES)
def test_on_the_same_gradients_the_three_agree(name: str, problem: Problem) -> None:
    K, settings = CASES[name]
    settings = settings._replace(kinks=())
    _, gradients = numpy_run(settings, problem, np.float32)
    runs = {library: run(K, settings, problem, gradients) for library, run in FRAMEWORKS.items()}
    runs["numpy"] = numpy_trajectory(settings, gradients, problem.start)
    names = list(runs)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert agree(settings, gradients, runs[first], runs[second]).faults == [], (first, second)


@pytest.mark.skipif(BACKEND != "jax", reason="Keras is taken on JAX here")
@pytest.mark.parametrize("library", FRAMEWORKS)
@pytest.mark.parametrize("name", CASES)
def test_with_gradients_of_its_own_each_takes_the_exact_path(name: str, library: str, problem: Problem) -> None:
    K, settings = CASES[name]
    found = compare(name, settings, problem, FRAMEWORKS[library](K, settings, problem, None))
    assert found.faults == []
    # The run covers a distance of up to η·300 = 0.6; the bound would be worth nothing if it were as large.
    assert found.gap <= found.bound < 0.05


PLANTED = {
    "swapped betas": {"beta1": 0.99, "beta2": 0.9},
    "another decay": {"weight_decay": 2.002},
    "another step": {"lr": 0.002002},
}


@pytest.mark.skipif(BACKEND != "jax", reason="Keras is taken on JAX here")
@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("name", CASES)
def test_a_planted_wrong_is_caught(name: str, planted: str, problem: Problem) -> None:
    K, settings = CASES[name]
    run = with_torch(K, settings._replace(**PLANTED[planted]), problem, None)
    assert compare(name, settings, problem, run).faults
