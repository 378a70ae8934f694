"""∇K of functions built from others: blocks, translations and matrices."""

import numpy as np
import torch
from torch import Tensor

from ..convex import Precomposed, SeparableSum, Translated
from ._direction import Function, build_direction, register_direction


def _blocks(K: SeparableSum) -> Function:
    """Each function on its block of the leading axis."""
    functions, given_sizes = [build_direction(function).function for function in K.functions], K.sizes

    def function(z: Tensor) -> Tensor:
        length = z.shape[0] if z.ndim else 0
        sizes = list(given_sizes) if given_sizes else [length // len(functions)] * len(functions)
        if sum(sizes) != length or not length:
            wanted = f"sizes {given_sizes}" if given_sizes else f"{len(functions)} equal blocks"
            raise ValueError(
                f"SeparableSum: the leading axis of an array of shape {tuple(z.shape)} does not split into {wanted}."
            )
        blocks = torch.split(z, sizes)
        return torch.cat([part(block) for part, block in zip(functions, blocks, strict=True)])

    return function


def _translated(K: Translated) -> Function:
    """∇K(z − shift) + slope."""
    inner = build_direction(K.function).function
    shift, slope = _constant(K.shift), _constant(K.slope)

    def function(z: Tensor) -> Tensor:
        return inner(z - _like(shift, "shift", z)) + _like(slope, "slope", z)

    return function


def _precomposed(K: Precomposed) -> Function:
    """Aᵀ∇K(Az), along z's leading axis."""
    inner, constant = build_direction(K.function).function, _constant(K.matrix)

    def function(z: Tensor) -> Tensor:
        matrix = constant.to(device=z.device, dtype=z.dtype)
        if not z.ndim or z.shape[0] != matrix.shape[1]:
            raise ValueError(
                f"Precomposed: matrix of shape {tuple(matrix.shape)} does not multiply an array of shape "
                f"{tuple(z.shape)}."
            )
        return torch.tensordot(matrix.T, inner(torch.tensordot(matrix, z, 1)), 1)

    return function


def _constant(value: object) -> Tensor:
    return torch.from_numpy(np.array(value, np.float64))


def _like(constant: Tensor, name: str, z: Tensor) -> Tensor:
    """The constant in z's dtype, on z's device. **Raises:** `ValueError` when it is an array of another shape."""
    if constant.ndim and constant.shape != z.shape:
        raise ValueError(
            f"Translated: {name} has shape {tuple(constant.shape)}, z has shape {tuple(z.shape)}; they must agree."
        )
    return constant.to(device=z.device, dtype=z.dtype)


register_direction(SeparableSum, _blocks)  # type: ignore[arg-type]  # each builder takes the class it is registered for
register_direction(Translated, _translated)  # type: ignore[arg-type]
register_direction(Precomposed, _precomposed)  # type: ignore[arg-type]
