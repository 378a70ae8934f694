"""∇K for norms that couple the entries: ℓ2, ℓ∞, ℓp, groups, top-k, sorted ℓ1, and norms of singular values."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..convex import (
    ConvexFunction,
    GroupL2Norm,
    L1Norm,
    L2Norm,
    LinfNorm,
    LpNorm,
    NuclearNorm,
    SchattenNorm,
    SortedL1Norm,
    SpectralNorm,
    TopKL1,
)
from ._direction import Direction, build_direction, register_direction
from ._entrywise import signs


def safe(size: Tensor) -> Tensor:
    """`size` where it is finite and > 0, else 1: what one may divide by."""
    return torch.where((size > 0) & torch.isfinite(size), size, torch.ones_like(size))


def unit(z: Tensor) -> Tensor:
    """z/‖z‖₂, and 0 at 0, measured by the largest entry, so that no square overflows or vanishes."""
    scaled = z / safe(z.abs().amax())
    length = torch.linalg.vector_norm(scaled)
    return scaled / torch.where(length == 0, torch.ones_like(length), length)


def signed_unit_vector(z: Tensor) -> Tensor:
    """sign(z_j)·e_j at the first entry j of largest magnitude; 0 at 0."""
    position = torch.arange(z.numel(), device=z.device).reshape(z.shape)
    # torch promises the first of several largest entries.
    return torch.where(position == z.abs().reshape(-1).argmax(), signs(z), torch.zeros_like(z))


def _power(K: LpNorm) -> Callable[[Tensor], Tensor]:
    """sign(z)·t^{p−1}/(Σt^p)^{1−1/p} with t = |z|/max|z|, 1 < p < ∞."""
    p = float(K.p)

    def function(z: Tensor) -> Tensor:
        t = z.abs() / safe(z.abs().amax())
        powers = t ** (p - 1)
        total = (t * powers).sum()
        return signs(z) * powers * torch.where(total == 0, torch.zeros_like(total), total ** (1 / p - 1))

    return function


def _lp(K: LpNorm) -> Direction | Callable[[Tensor], Tensor]:
    """The closed form at p = 1, 2, inf, as in JAX."""
    return build_direction(K.form) if type(K.form) in (L1Norm, L2Norm, LinfNorm) else _power(K)


def _top_k(K: TopKL1) -> Callable[[Tensor], Tensor]:
    """sign(z) on the k largest magnitudes, the first ones of those that tie with the k-th."""

    def function(z: Tensor) -> Tensor:
        if z.numel() <= K.k:
            return signs(z)
        size = z.abs().reshape(-1)
        least = size.topk(K.k).values[-1]
        above = size > least
        ties = size == least
        kept = above | (ties & (ties.cumsum(0) <= K.k - above.sum())) | torch.isnan(size)
        return torch.where(kept.reshape(z.shape), signs(z), torch.zeros_like(z))

    return function


def _sorted_l1(K: SortedL1Norm) -> Callable[[Tensor], Tensor]:
    """sign(z_i)·w_rank(i), ranks by falling magnitude and at a tie by rising index."""
    weights = torch.tensor(K.weights, dtype=torch.float64)

    def function(z: Tensor) -> Tensor:
        if z.numel() != len(weights):
            raise ValueError(
                f"SortedL1Norm has {len(weights)} weights; z has {z.numel()} entries, shape {tuple(z.shape)}."
            )
        order = z.abs().reshape(-1).argsort(descending=True, stable=True)
        by_rank = weights.to(device=z.device, dtype=z.dtype)
        return signs(z) * torch.zeros_like(by_rank).scatter(0, order, by_rank).reshape(z.shape)

    return function


def _group(K: GroupL2Norm) -> Callable[[Tensor], Tensor]:
    """z_g/‖z_g‖₂ in every group, 0 where z_g = 0."""
    dimension = sum(map(len, K.groups))
    numbers = torch.zeros(dimension, dtype=torch.int64)
    for number, group in enumerate(K.groups):
        numbers[list(group)] = number

    def function(z: Tensor) -> Tensor:
        if tuple(z.shape) != (dimension,):
            raise ValueError(
                f"GroupL2Norm: its groups cover a vector of shape ({dimension},), got shape {tuple(z.shape)}."
            )
        group_of = numbers.to(z.device)
        nothing = torch.zeros(len(K.groups), dtype=z.dtype, device=z.device)
        largest = nothing.scatter_reduce(0, group_of, z.abs(), "amax")
        scaled = z / safe(largest)[group_of]
        lengths = nothing.index_add(0, group_of, scaled * scaled).sqrt()
        return scaled / torch.where(lengths == 0, torch.ones_like(lengths), lengths)[group_of]

    return function


def on_singular_values(z: Tensor, transform: Callable[[Tensor], Tensor], name: str) -> Tensor:
    """U·diag(transform(σ))·Vᵀ with 0 on the null part, where U and V are arbitrary; NaN unless z is finite."""
    if z.ndim != 2:
        raise ValueError(
            f"{name} takes a matrix, got an array of shape {tuple(z.shape)}. "
            + (
                f"For the kernel of a convolution write Unfolded({name}(…)), with lionlab.torch.Unfolded."
                if z.ndim > 2
                else "Put other parameters into a group with another K, such as L1Norm()."
            )
        )
    largest = z.abs().amax()
    finite = torch.isfinite(largest)
    scale = safe(largest)
    u, s, vt = torch.linalg.svd(torch.where(finite, z / scale, torch.zeros_like(z)), full_matrices=False)
    is_null = s <= max(z.shape) * torch.finfo(z.dtype).eps * s[0]
    transformed = torch.where(is_null, 0, transform(torch.where(is_null, 0, scale * s)))
    return torch.where(finite, (u * transformed) @ vt, torch.full_like(z, torch.nan))


def _of_singular_values(K: ConvexFunction) -> Callable[[Tensor], Tensor]:
    gauge, name = build_direction(K.gauge).function, type(K).__name__  # type: ignore[attr-defined]
    return lambda z: on_singular_values(z, gauge, name)


register_direction(L2Norm, lambda K: unit)
register_direction(LinfNorm, lambda K: signed_unit_vector)
register_direction(LpNorm, _lp)  # type: ignore[arg-type]  # each builder takes the class it is registered for
register_direction(TopKL1, _top_k)  # type: ignore[arg-type]
register_direction(SortedL1Norm, _sorted_l1)  # type: ignore[arg-type]
register_direction(GroupL2Norm, _group)  # type: ignore[arg-type]
for _kind in (NuclearNorm, SpectralNorm, SchattenNorm):
    register_direction(_kind, _of_singular_values)
