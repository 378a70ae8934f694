"""Optimizers of other libraries, set as docs/audited_optimizers.md has them, for `lionlab audit` and its --replay.

    lionlab audit examples.audited_optimizers:lion_pytorch_decoupled --K L1Norm --weight-decay 0.5

Each function imports its library when it is called. Those of PyTorch return a function of `params`, as torch calls
what it optimizes.
"""

import functools
from typing import Any


def torch_muon() -> Any:
    """torch.optim.Muon as it comes."""
    import torch

    return torch.optim.Muon


def lion_pytorch_decoupled() -> Any:
    """Lion-pytorch's Lion with `decoupled_weight_decay=True`."""
    import lion_pytorch

    return functools.partial(lion_pytorch.Lion, lr=0.01, weight_decay=0.5, decoupled_weight_decay=True)


def bitsandbytes_operation() -> Any:
    """The operation that bitsandbytes' Lion calls where its device has no kernel of its own, called the same way."""
    import bitsandbytes  # noqa: F401  # which registers the operation
    import torch

    class Lion(torch.optim.Optimizer):
        def __init__(self, params: Any, lr: float = 0.01, weight_decay: float = 0.5) -> None:
            super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

        @torch.no_grad()
        def step(self) -> None:
            update = torch.ops.bitsandbytes.optimizer_update_32bit
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    if not state:
                        state["momentum"] = torch.zeros(p.shape, dtype=torch.float32)
                    rest = (group["weight_decay"], 1, group["lr"], 1.0, False)
                    update("lion", p.grad, p, state["momentum"], None, None, 0.0, 0.0, 0.9, 0.99, 0.0, 0.0, 0.0, *rest)

    return Lion
