"""Lion-K for PyTorch: an optimizer for `torch.nn.Module`s with any K of `lionlab.convex`.

    >>> from lionlab.convex import Huber, L1Norm, NuclearNorm, Scaled
    >>> from lionlab.torch import LionK
    >>> import torch
    >>> model = torch.nn.Linear(3, 2)
    >>> optimizer = LionK(model.parameters(), lr=1e-4, K=L1Norm(), weight_decay=1.0)        # Lion
    >>> optimizer = LionK([
    ...     {"params": [model.weight], "K": Scaled(NuclearNorm(), 0.2)},                    # Muon, by singular values
    ...     {"params": [model.bias], "K": Huber(1e-4), "lr": 3e-4, "decay": "implicit"},
    ... ], lr=1e-3, weight_decay=0.1)

It minimises f(x) + K*(λx)/λ, λ = `weight_decay`: with a norm K, f subject to ‖λx‖_dual ≤ 1 for every parameter tensor.
The fastest step is the compiled one, `torch.compile(optimizer.step)`; there a learning rate that changes should be a
tensor, `lr=torch.tensor(1e-4)`, for a new float is a new program.

`subgradient(K, z)` is K's documented subgradient as a torch function. Every K has one, except `InfimalConvolution`, the
numerical ones, envelopes of what has no simple prox, and functions of your own. Those are refused until
`register_direction` says how they are computed: in torch, or with `through_jax` by way of JAX on the host.
"""

try:
    import torch as _torch  # noqa: F401 - asked for here, so that its absence is told in one sentence
except ImportError as error:
    raise ImportError("lionlab.torch needs PyTorch: pip install 'lionlab[torch]'") from error

from ._bridge import through_jax as through_jax
from ._direction import Direction as Direction
from ._direction import register_direction as register_direction
from ._direction import subgradient as subgradient
from ._newton_schulz import NewtonSchulz as NewtonSchulz
from ._optimizer import LionK as LionK
from ._unfolded import Unfolded as Unfolded

__all__ = ["Direction", "LionK", "NewtonSchulz", "Unfolded", "register_direction", "subgradient", "through_jax"]
