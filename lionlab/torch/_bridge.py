"""∇K by way of JAX on the host, for functions that have no form in torch."""

import torch
from torch import Tensor

from ..convex import ConvexFunction
from ._direction import Function


def through_jax(K: ConvexFunction) -> Function:
    """z ↦ K.subgradient(z), computed by JAX on the host in z's precision: for `register_direction`, where nothing else
    is at hand.

    Slow: z goes to the host and ∇K(z) back at every step, from a GPU by way of its bus, and every new shape is compiled
    anew. `torch.compile` breaks the graph here.

    **Raises:** `TypeError` when K is no convex function.

        >>> register_direction(InfimalConvolution, through_jax)     # doctest: +SKIP
    """

    if not isinstance(K, ConvexFunction):
        raise TypeError(f"through_jax: K must be a convex function such as L1Norm(), got {K!r}.")

    @torch.compiler.disable
    def function(z: Tensor) -> Tensor:
        if z.device.type == "meta":
            return z
        found = K.subgradient(z.detach().cpu().numpy())
        return torch.from_numpy(found.copy()).to(device=z.device, dtype=z.dtype)

    return function
