"""lionlab.torch against other people's Lion, a NumPy loop and lionlab's optax form, step by step on one stream."""

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch
from interop.streams import Settings, Trajectory, agree, gradient_streams, numpy_trajectory, record, wrong_steps

from lionlab.convex import ConvexFunction, DeadzoneL1, Huber, L1Norm, LogCosh, PseudoHuber, Scaled
from lionlab.torch import LionK

X0 = np.linspace(-3, 3, 16).astype(np.float32)
LION = Settings()
STREAMS = gradient_streams(LION)
# All streams side by side: K is separable, so one run is a run on each, and one program serves them all.
TOGETHER = np.concatenate(list(STREAMS.values()), axis=1)


def torch_trajectory(build: Callable[..., torch.optim.Optimizer], gradients: np.ndarray, sign: float = -1.0, step=None):
    """The run of an optimizer whose state is `exp_avg` = −m; `step` turns its step into another call."""
    x0 = np.tile(X0, gradients.shape[1] // X0.size).astype(gradients.dtype)
    x = torch.nn.Parameter(torch.tensor(x0))
    # A second tensor, so that lists have more than one.
    other = torch.nn.Parameter(torch.ones(3, dtype=x.dtype))
    optimizer = build([x, other])
    call = optimizer.step if step is None else step(optimizer)

    def advance(g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x.grad, other.grad = torch.from_numpy(g), torch.ones_like(other)
        call()
        return x.detach().numpy(), sign * optimizer.state[x]["exp_avg"].numpy()

    return record(advance, gradients, x0)


def lion_k(settings: Settings, K: ConvexFunction, **options) -> Callable[[list], LionK]:
    return lambda params: LionK(
        params, settings.lr, K, (settings.beta1, settings.beta2), settings.weight_decay, decay=settings.decay, **options
    )


def compiled(optimizer: LionK) -> Callable[[], None]:
    # The graph and its transformations, without the minute that a C++ compiler may take.
    return torch.compile(optimizer.step, fullgraph=True, backend="aot_eager")


def peer_lion_pytorch(settings: Settings):
    package = pytest.importorskip("lion_pytorch", reason="needs the extra interop: make interop")
    betas = (settings.beta1, settings.beta2)
    return lambda params: package.Lion(params, settings.lr, betas=betas, weight_decay=settings.weight_decay)


def peer_pytorch_optimizer(settings: Settings):
    package = pytest.importorskip("pytorch_optimizer", reason="needs the extra interop: make interop")
    betas = (settings.beta1, settings.beta2)
    return lambda params: package.Lion(
        params, settings.lr, betas=betas, weight_decay=settings.weight_decay, weight_decouple=True
    )


def optax_trajectory(settings: Settings, gradients: np.ndarray) -> Trajectory:
    if importlib.util.find_spec("lionlab.optim") is None:
        pytest.skip("lionlab.optim is not there")
    import jax
    import jax.numpy as jnp
    import optax

    from lionlab.optim import lion_k as optax_lion_k

    transform = optax_lion_k(
        settings.lr, L1Norm(), b1=settings.beta1, b2=settings.beta2, weight_decay=settings.weight_decay
    )
    x0 = np.tile(X0, gradients.shape[1] // X0.size)
    x = jnp.asarray(x0)
    state = transform.init(x)

    @jax.jit
    def advance(x, state, g):
        updates, state = transform.update(g, state, x)
        return optax.apply_updates(x, updates), state

    points, momenta = [x0], [np.zeros_like(x0)]
    for g in gradients:
        x, state = advance(x, state, g)
        points.append(np.asarray(x))
        momenta.append(-np.asarray(optax.tree_utils.tree_get(state, "mu")))
    return Trajectory(np.array(points), np.array(momenta))


WAYS = {
    "plain": (lion_k(LION, L1Norm(), foreach=False), None),
    "foreach": (lion_k(LION, L1Norm(), foreach=True), None),
    "compiled": (lion_k(LION, L1Norm()), compiled),
    "tensor lr": (lion_k(LION._replace(lr=torch.tensor(0.01, dtype=torch.float64)), L1Norm()), None),
}
PEERS = {
    "a NumPy loop": lambda: numpy_trajectory(LION, TOGETHER, np.tile(X0, len(STREAMS))),
    "lion_pytorch": lambda: torch_trajectory(peer_lion_pytorch(LION), TOGETHER),
    "pytorch_optimizer": lambda: torch_trajectory(peer_pytorch_optimizer(LION), TOGETHER),
    "optax": lambda: optax_trajectory(LION, TOGETHER),
}


@pytest.fixture(scope="module")
def own_runs() -> dict[str, Trajectory]:
    torch._dynamo.reset()
    return {way: torch_trajectory(build, TOGETHER, step=step) for way, (build, step) in WAYS.items()}


def streams_of(run: Trajectory) -> dict[str, Trajectory]:
    """The run on each stream by itself."""
    columns = {name: slice(i * X0.size, (i + 1) * X0.size) for i, name in enumerate(STREAMS)}
    return {name: Trajectory(run.x[:, part], run.m[:, part]) for name, part in columns.items()}


@pytest.mark.parametrize("peer", PEERS)
def test_the_same_trajectory_as_a_peer(peer: str, own_runs) -> None:
    theirs = streams_of(PEERS[peer]())
    for way, run in own_runs.items():
        for name, own in streams_of(run).items():
            found = agree(LION, STREAMS[name], own, theirs[name])
            assert not found.faults, (name, way, found.faults[:3])
            assert found.decided > (0.6 if name in ("at a kink", "few values", "underflowing") else 0.99), name


def slope_of(K: ConvexFunction) -> Callable[[np.ndarray], np.ndarray]:
    """k' written in NumPy, once more."""
    match K:
        case DeadzoneL1(threshold=e):
            return lambda z: np.where(np.abs(z) <= e, 0.0, np.sign(z))
        case Huber(threshold=e):
            return lambda z: np.clip(z / e, -1, 1)
        case PseudoHuber(threshold=e):
            return lambda z: np.sign(z) / np.hypot(1, e / np.maximum(np.abs(z), 1e-300))
        case LogCosh(sharpness=b):
            return lambda z: np.tanh(b * z)
        case Scaled(function=function, factor=factor):
            return lambda z: factor * slope_of(function)(z)
    raise NotImplementedError(K)


SMOOTHED = [
    (DeadzoneL1(0.25), (0.25, -0.25)), (Huber(0.25), (0.25, -0.25)), (PseudoHuber(0.25), (0.0,)),
    (LogCosh(3.0), (0.0,)), (Scaled(Huber(0.5), 0.2), (0.5, -0.5)),
]  # fmt: skip


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize(("K", "kinks"), SMOOTHED, ids=lambda value: str(value)[:20])
def test_every_step_of_another_function_is_its_step(K: ConvexFunction, kinks: tuple[float, ...], decay: str) -> None:
    settings = Settings(slope=slope_of(K), kinks=kinks, decay=decay, weight_decay=2.0)
    streams = gradient_streams(settings, steps=100)
    for name in ("ordinary", "exact zeros", "huge", "tiny", "a scale for each", "at a kink"):
        for foreach in (False, True):
            run = torch_trajectory(lion_k(settings, K, foreach=foreach), streams[name])
            assert not (faults := wrong_steps(settings, streams[name], run)), (name, foreach, faults[:3])


def test_every_step_in_double_precision() -> None:
    settings = Settings(dtype="float64")
    for name, gradients in gradient_streams(settings, steps=100).items():
        run = torch_trajectory(lion_k(settings, L1Norm()), gradients)
        assert not (faults := wrong_steps(settings, gradients, run)), (name, faults[:3])


def test_maximising_is_minimising_the_negative() -> None:
    gradients = STREAMS["few values"]
    down = torch_trajectory(lion_k(LION, L1Norm()), -gradients)
    up = torch_trajectory(lion_k(LION, L1Norm(), maximize=True), gradients)
    np.testing.assert_array_equal(up.x, down.x)
    np.testing.assert_array_equal(up.m, down.m)


class SignAfterUpdate(LionK):
    def step(self, closure=None):
        for group in self.param_groups:
            group["betas"] = (group["betas"][1],) * 2
        return super().step(closure)


class CoupledDecay(LionK):
    def step(self, closure=None):
        for group in self.param_groups:
            for x in group["params"]:
                x.grad = x.grad + 0.5 * x.detach()
            group["weight_decay"] = 0.0
        return super().step(closure)


def planted(kind: type[LionK] = LionK, **changes) -> Callable[[list], LionK]:
    settings = LION._replace(**changes)
    return lambda params: kind(
        params, settings.lr, betas=(settings.beta1, settings.beta2), weight_decay=settings.weight_decay
    )


PLANTED = {
    "swapped betas": planted(beta1=0.99, beta2=0.9),
    "coupled decay": planted(CoupledDecay),
    "sign taken after the update": planted(SignAfterUpdate),
    "step size not applied to the decay": planted(weight_decay=LION.weight_decay / LION.lr),
    "another function": lion_k(LION, Huber(1e-3)),
    "implicit decay": lion_k(LION._replace(decay="implicit"), L1Norm()),
}


@pytest.mark.parametrize("wrong", PLANTED)
def test_a_planted_wrong_is_caught(wrong: str) -> None:
    for name in ("ordinary", "sign flips"):
        gradients = STREAMS[name][:60]
        run = torch_trajectory(PLANTED[wrong], gradients)
        assert wrong_steps(LION, gradients, run), name
        assert agree(LION, gradients, run, numpy_trajectory(LION, gradients, X0)).faults, name
