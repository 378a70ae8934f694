"""What the tests of the torch optimizer train: a few tensors, on gradients that hang on the step's number alone."""

import torch

from lionlab.convex import L1Norm, NuclearNorm, Scaled
from lionlab.torch import LionK

SHAPES = [(5, 3), (7,), ()]


def tensors(dtype: torch.dtype = torch.float32) -> list[torch.nn.Parameter]:
    made = torch.Generator().manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape, generator=made).to(dtype)) for shape in SHAPES]


def train(optimizer: LionK, steps: int, first: int = 0) -> None:
    """`steps` steps; the gradients of step t are always the same."""
    for t in range(first, first + steps):
        made = torch.Generator().manual_seed(t)
        for group in optimizer.param_groups:
            for x in group["params"]:
                x.grad = torch.randn(x.shape, generator=made).to(x.dtype)
        optimizer.step()


def groups(params: list) -> list[dict]:
    """One group per tensor, each with everything its own."""
    return [
        {"params": [params[0]], "K": Scaled(NuclearNorm(), 0.2), "lr": 0.02, "mu_dtype": torch.float64},
        {"params": [params[1]], "K": "Huber(0.1)", "betas": (0.95, 0.98), "weight_decay": 0.3, "maximize": True},
        {"params": [params[2]], "decay": "implicit", "weight_decay": 5.0, "foreach": True},
    ]


def built(params: list, **options) -> LionK:
    return LionK(groups(params), lr=0.01, K=L1Norm(), weight_decay=0.1, **options)


def state_of(optimizer: LionK) -> list[torch.Tensor]:
    params = [x for group in optimizer.param_groups for x in group["params"]]
    return [*params, *(optimizer.state[x]["exp_avg"] for x in params)]


def assert_same_bits(first: LionK, second: LionK) -> None:
    for a, b in zip(state_of(first), state_of(second), strict=True):
        assert a.dtype == b.dtype
        assert torch.equal(a, b)
