"""`lionlab.torch.LionK` as a torch optimizer: groups, schedules, scalers, every kind of tensor."""

import importlib.util

import jax.numpy as jnp
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra interop: make interop")

import torch
from interop.torch_runs import state_of, tensors, train

from lionlab.convex import (
    Huber,
    L2Norm,
    MoreauEnvelope,
    NuclearNorm,
    Scaled,
)
from lionlab.convex.catalogue import CATALOGUE
from lionlab.torch import LionK, NewtonSchulz, Unfolded, register_direction, subgradient, through_jax
from lionlab.torch._direction import _BUILDERS
from lionlab.torch._text import parsed, text_of


def quadratic(optimizer: LionK) -> torch.Tensor:
    return sum(((x - 1) ** 2).sum() for group in optimizer.param_groups for x in group["params"])


def test_closure_hooks_clipping_and_zeroing() -> None:
    optimizer = LionK(tensors(), lr=0.01)
    seen = []
    optimizer.register_step_post_hook(lambda *_: seen.append(1))

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = quadratic(optimizer)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 1.0)
        torch.nn.utils.clip_grad_value_(optimizer.param_groups[0]["params"], 0.5)
        return loss

    losses = [float(optimizer.step(closure).detach()) for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
    assert len(seen) == 5
    assert all(x.grad is not None for x in optimizer.param_groups[0]["params"])
    optimizer.zero_grad(set_to_none=True)
    before = [x.detach().clone() for x in optimizer.param_groups[0]["params"]]
    optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(before, optimizer.param_groups[0]["params"], strict=True))


@pytest.mark.parametrize("lr", [0.01, torch.tensor(0.01)], ids=["number", "tensor"])
def test_schedules_move_the_learning_rate_and_the_betas(lr) -> None:
    optimizer = LionK(tensors(), lr=lr, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 0.5**t)
    for t in range(3):
        assert float(optimizer.param_groups[0]["lr"]) == pytest.approx(0.01 * 0.5**t)
        x = optimizer.param_groups[0]["params"][0]
        before = x.detach().clone()
        train(optimizer, 1)
        moved = (x - before * (1 - 0.01 * 0.5**t * 0.1)).detach().abs()
        torch.testing.assert_close(moved, torch.full_like(moved, 0.01 * 0.5**t), rtol=1e-3, atol=0)
        schedule.step()
    cycle = torch.optim.lr_scheduler.OneCycleLR(LionK(tensors(), weight_decay=1.0), max_lr=0.1, total_steps=10)
    for _ in range(4):
        train(cycle.optimizer, 1)
        cycle.step()
    assert cycle.optimizer.param_groups[0]["betas"][0] != 0.9
    assert cycle.optimizer.param_groups[0]["betas"][1] == 0.99


def test_a_gradient_scaler_skips_what_is_not_finite() -> None:
    x = torch.nn.Parameter(torch.ones(3))
    optimizer = LionK([x], lr=0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    scaler.scale((x * torch.tensor([1.0, -1.0, 0.0])).sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    np.testing.assert_allclose(x.detach(), [0.99, 1.01, 1.0], rtol=1e-6)
    np.testing.assert_allclose(optimizer.state[x]["exp_avg"], [0.01, -0.01, 0], rtol=1e-5)
    optimizer.zero_grad()
    scaler.scale((x * torch.tensor([torch.inf, 1.0, 1.0])).sum()).backward()
    scaler.step(optimizer)
    np.testing.assert_allclose(x.detach(), [0.99, 1.01, 1.0], rtol=1e-6)


@pytest.mark.parametrize("foreach", [False, True])
def test_every_kind_of_tensor(foreach: bool) -> None:
    """Each is the first entries of a plain vector, in another layout."""
    made = torch.Generator().manual_seed(3)
    values, gradient = torch.randn(2, 120, generator=made)
    image = torch.nn.Parameter(values.clone().reshape(2, 3, 4, 5).to(memory_format=torch.channels_last))
    layouts = {
        "contiguous": (torch.nn.Parameter(values.clone()), gradient),
        "transposed": (torch.nn.Parameter(values.clone().reshape(10, 12).T), gradient.reshape(10, 12).T),
        "transposed, gradient not": (
            torch.nn.Parameter(values.clone().reshape(10, 12).T),
            gradient.reshape(10, 12).T.contiguous(),
        ),
        "every second": (torch.nn.Parameter(torch.stack([values, values], 1)[:, 0]), gradient),
        "channels last": (image, gradient.reshape(2, 3, 4, 5).to(memory_format=torch.channels_last)),
        "no axes": (torch.nn.Parameter(values[0].clone()), gradient[0]),
    }
    empty, frozen, idle = torch.nn.Parameter(torch.zeros(0, 3)), torch.ones(2), torch.nn.Parameter(torch.ones(2))
    optimizer = LionK(
        [x for x, _ in layouts.values()] + [empty, frozen, idle], lr=0.01, weight_decay=1.0, foreach=foreach
    )
    for _ in range(3):
        empty.grad = torch.zeros(0, 3)
        for x, g in layouts.values():
            x.grad = g
        optimizer.step()
    wanted = layouts["contiguous"][0].detach()
    for name, (x, _) in layouts.items():
        found = (x.T if name.startswith("transposed") else x).detach().reshape(-1)
        # Pieces may be computed with fused multiply-adds where single entries are not.
        torch.testing.assert_close(found, wanted[: found.numel()], rtol=0, atol=1e-6, msg=name)
    assert image.is_contiguous(memory_format=torch.channels_last)
    assert optimizer.state[image]["exp_avg"].is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(idle, torch.ones(2))
    assert idle not in optimizer.state
    assert torch.equal(frozen, torch.ones(2))


@pytest.mark.parametrize("foreach", [False, True])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_is_rounded_once(dtype: torch.dtype, foreach: bool) -> None:
    made = torch.Generator().manual_seed(0)
    values = torch.randn(1000, generator=made).to(dtype)
    for mu_dtype in (None, torch.float32):
        x = torch.nn.Parameter(values.clone())
        optimizer = LionK([x], lr=0.01, weight_decay=0.5, foreach=foreach, mu_dtype=mu_dtype)
        x.grad = torch.randn(1000, generator=made).to(dtype)
        optimizer.step()
        wide = values.float() + 0.01 * (-torch.sign(x.grad.float()) - 0.5 * values.float())
        assert torch.equal(x.detach(), wide.to(dtype))
        average = (x.grad.float() * (1 - 0.99)).to(mu_dtype or dtype)
        assert torch.equal(optimizer.state[x]["exp_avg"], average)


@pytest.mark.parametrize("foreach", [False, True])
def test_long_tensors_are_worked_off_in_pieces(foreach: bool) -> None:
    made = torch.Generator().manual_seed(0)
    values, gradient = torch.randn(2, 300_001, generator=made)
    x = torch.nn.Parameter(values.clone())
    x.grad = gradient
    LionK([x], lr=0.25, weight_decay=0.5, foreach=foreach).step()
    assert torch.equal(x.detach(), values + 0.25 * (-torch.sign(gradient) - 0.5 * values))


def test_a_gradient_that_is_no_number_is_seen() -> None:
    for options in ({"foreach": False}, {"foreach": True}, {"K": Huber(0.5)}, {"K": L2Norm()}):
        x = torch.nn.Parameter(torch.zeros(3))
        x.grad = torch.tensor([1.0, torch.nan, torch.inf])
        LionK([x], lr=0.01, **options).step()
        assert torch.isnan(x[1]), options


def test_one_program_serves_every_learning_rate() -> None:
    from torch._dynamo.testing import CompileCounter

    torch._dynamo.reset()
    counter = CompileCounter()
    optimizer = LionK(tensors()[:2], lr=torch.tensor(0.01), K=Scaled(Huber(0.5), 2.0), weight_decay=0.1)
    step = torch.compile(optimizer.step, fullgraph=True, backend=counter)
    twin = LionK(tensors()[:2], lr=0.01, K=Scaled(Huber(0.5), 2.0), weight_decay=0.1)
    for t in range(4):
        optimizer.param_groups[0]["lr"].fill_(0.01 / (t + 1))
        twin.param_groups[0]["lr"] = 0.01 / (t + 1)
        made = torch.Generator().manual_seed(t)
        for x, y in zip(optimizer.param_groups[0]["params"], twin.param_groups[0]["params"], strict=True):
            x.grad = torch.randn(x.shape, generator=made)
            y.grad = x.grad.clone()
        step()
        twin.step()
    assert counter.frame_count == 1
    for a, b in zip(state_of(optimizer), state_of(twin), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)


WAYS = [L2Norm(), NuclearNorm(), Scaled(Huber(0.5), 2.0), NewtonSchulz(3), MoreauEnvelope(NuclearNorm(), 0.1)]


@pytest.mark.parametrize("decay", ["explicit", "implicit"])
@pytest.mark.parametrize("K", WAYS, ids=str)
def test_all_ways_take_the_same_steps(K, decay: str) -> None:
    def build(**options) -> LionK:
        params = [torch.nn.Parameter(torch.arange(12.0).reshape(4, 3)), torch.nn.Parameter(torch.eye(3))]
        return LionK(params, lr=0.1, K=K, weight_decay=0.5, decay=decay, **options)

    plain, rest = build(foreach=False), [build(foreach=True), build(), build(mu_dtype=torch.float64)]
    rest[1].step = torch.compile(rest[1].step, backend="eager")
    torch._dynamo.reset()
    for optimizer in (plain, *rest):
        train(optimizer, 3)
    for other in rest:
        for a, b in zip(state_of(plain), state_of(other), strict=True):
            torch.testing.assert_close(a, b.to(a.dtype), rtol=1e-5, atol=1e-5)


@pytest.mark.thorough
def test_the_program_for_the_processor_takes_the_same_steps() -> None:
    """The same with code generated for the processor, which takes a C++ compiler and up to a minute."""
    torch._dynamo.reset()
    compiled, plain = (LionK(tensors()[:2], lr=torch.tensor(0.01), weight_decay=0.1) for _ in range(2))
    compiled.step = torch.compile(compiled.step, fullgraph=True)
    for optimizer in (compiled, plain):
        train(optimizer, 5)
    for a, b in zip(state_of(compiled), state_of(plain), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)


def test_newton_schulz_is_that_of_optax_and_survives_a_checkpoint() -> None:
    K = NewtonSchulz(4, factor=1.5, dtype=torch.float64)
    assert parsed(text_of(K)) == K
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    assert float(torch.linalg.matrix_norm(NewtonSchulz().direction(z), 2)) <= 1.2024 * (1 + 1e-5)
    assert torch.equal(K.direction(torch.zeros(2, 2)), torch.zeros(2, 2))
    if importlib.util.find_spec("lionlab.optim") is not None:
        from lionlab import optim

        for shape in ((5, 3), (3, 5)):
            z = torch.randn(shape, generator=torch.Generator().manual_seed(1))
            wanted = optim.NewtonSchulz().selection(jnp.asarray(z.numpy()))
            np.testing.assert_allclose(NewtonSchulz().direction(z), wanted, rtol=0, atol=2e-5)


def test_a_kernel_of_a_convolution_is_unfolded_by_its_first_axis() -> None:
    K, z = Unfolded(NuclearNorm()), torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    found = subgradient(K, z)
    assert torch.equal(found, subgradient(NuclearNorm(), z.reshape(4, 12)).reshape(z.shape))
    np.testing.assert_allclose(found, K.subgradient(z.numpy()), atol=1e-5)
    # As λx stays in the dual ball, no singular value of the unfolded matrix exceeds 1/λ.
    x = torch.nn.Parameter(torch.zeros(4, 3, 2, 2))
    optimizer = LionK([x], lr=0.1, K=K, weight_decay=2.0)
    for _ in range(30):
        x.grad = -z
        optimizer.step()
    size = float(torch.linalg.matrix_norm(x.detach().reshape(4, 12), 2))
    assert 0.49 < size <= 0.5 * (1 + 1e-5)
    assert float(K.conjugate().domain_distance(2.0 * x.detach().numpy())) <= 1e-5
    assert optimizer.param_groups[0]["K"] == "Unfolded(function=NuclearNorm())"
    again = LionK([torch.nn.Parameter(x.detach().clone())])
    again.load_state_dict(optimizer.state_dict())
    assert again.function_of(again.param_groups[0]) == K


def test_through_jax_trains() -> None:
    name = "infimal convolution"
    K, shape = CATALOGUE[name]
    register_direction(type(K), through_jax)
    try:
        x = torch.nn.Parameter(torch.ones(shape))
        optimizer = LionK([x], lr=0.01, K=K)
        x.grad = torch.tensor([1.0, -2.0, 0.0])
        optimizer.step()
        wanted = 1 + 0.01 * K.subgradient(-0.1 * x.grad.numpy())
        np.testing.assert_allclose(x.detach().numpy(), wanted, rtol=1e-6)
    finally:
        del _BUILDERS[type(K)]
