"""∇K entry by entry: the sign and its smoothed relatives, as expressions and as operations on lists of tensors."""

import functools
import operator
from collections.abc import Callable

import torch
from torch import Tensor

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    Huber,
    L1Norm,
    LogCosh,
    PseudoHuber,
    Scaled,
    SquaredL2,
    Sum,
    Truncated,
)
from ._direction import Direction, build_direction, register_direction


def signs(z: Tensor) -> Tensor:
    """sign(z), and NaN at NaN, where torch's own sign is 0: a run that has broken down must not look at rest."""
    # Not torch.isnan(z), for which inductor writes a loop that the processor cannot vectorise: half the speed.
    return torch.where(z != z, z, torch.sign(z))


def signs_in_place(tensors: list[Tensor]) -> None:
    """The same in four operations that all keep a NaN: the smallest number times this factor twice exceeds 1."""
    info = torch.finfo(tensors[0].dtype)
    factor = 2.0 ** (75 if info.bits == 32 else 538)
    torch._foreach_mul_(tensors, factor)
    torch._foreach_mul_(tensors, factor)
    clamp_in_place(tensors, 1.0)


def clamp_in_place(tensors: list[Tensor], bound: float) -> None:
    """Each z becomes clip(z, −bound, bound); one tensor alone needs one pass."""
    if len(tensors) == 1:
        tensors[0].clamp_(-bound, bound)
    else:
        torch._foreach_clamp_min_(tensors, -bound)
        torch._foreach_clamp_max_(tensors, bound)


def _l1(K: ConvexFunction) -> Direction:
    return Direction(signs, signs_in_place)


def _dead_zone(K: DeadzoneL1) -> Direction:
    threshold = float(K.threshold)

    def function(z: Tensor) -> Tensor:
        return torch.where(z.abs() <= threshold, torch.zeros_like(z), signs(z))

    def in_place(tensors: list[Tensor]) -> None:
        # z − clip(z) is 0 in the zone and only there.
        inner = torch._foreach_clamp_min(tensors, -threshold)
        torch._foreach_clamp_max_(inner, threshold)
        torch._foreach_sub_(tensors, inner)
        signs_in_place(tensors)

    return Direction(function, in_place)


def _huber(K: Huber) -> Direction:
    threshold = float(K.threshold)

    def in_place(tensors: list[Tensor]) -> None:
        torch._foreach_div_(tensors, threshold)
        clamp_in_place(tensors, 1.0)

    return Direction(lambda z: torch.clamp(z / threshold, -1, 1), in_place)


def _pseudo_huber(K: PseudoHuber) -> Direction:
    """r/√(1 + r²) with r = z/e held where √(1 + r²) rounds to r, so that no square overflows."""
    threshold = float(K.threshold)

    def far(z: Tensor) -> float:
        return 2.0**14 if torch.finfo(z.dtype).bits <= 32 else 2.0**28

    def function(z: Tensor) -> Tensor:
        if torch.finfo(z.dtype).bits < 32:
            return function(z.float()).to(z.dtype)
        relative = torch.clamp(z / threshold, -far(z), far(z))
        return relative / torch.sqrt(relative * relative + 1)

    def in_place(tensors: list[Tensor]) -> None:
        torch._foreach_div_(tensors, threshold)
        clamp_in_place(tensors, far(tensors[0]))
        lengths = torch._foreach_mul(tensors, tensors)
        torch._foreach_add_(lengths, 1.0)
        torch._foreach_sqrt_(lengths)
        torch._foreach_div_(tensors, lengths)

    return Direction(function, in_place)


def _log_cosh(K: LogCosh) -> Direction:
    sharpness = float(K.sharpness)

    def in_place(tensors: list[Tensor]) -> None:
        torch._foreach_mul_(tensors, sharpness)
        torch._foreach_tanh_(tensors)

    return Direction(lambda z: torch.tanh(sharpness * z), in_place)


def _squared(K: SquaredL2) -> Direction:
    scale = float(K.scale)
    return Direction(lambda z: scale * z, lambda tensors: torch._foreach_mul_(tensors, scale))


def _scaled(K: Scaled) -> Direction:
    inner, factor = build_direction(K.function), float(K.factor)
    inner_in_place = inner.in_place
    if inner_in_place is None:
        return Direction(lambda z: factor * inner.function(z))

    def in_place(tensors: list[Tensor]) -> None:
        inner_in_place(tensors)
        torch._foreach_mul_(tensors, factor)

    return Direction(lambda z: factor * inner.function(z), in_place)


def _sum(K: Sum) -> Direction:
    """∇K₁(z) + … + ∇Kₙ(z)."""
    parts = [build_direction(function) for function in K.functions]

    def function(z: Tensor) -> Tensor:
        return functools.reduce(operator.add, [part.function(z) for part in parts])

    return entrywise(function) if all(part.in_place for part in parts) else Direction(function)


def entrywise(function: Callable[[Tensor], Tensor]) -> Direction:
    """A direction that acts entry by entry and has no cheaper form in place than its expression."""

    def in_place(tensors: list[Tensor]) -> None:
        for z in tensors:
            z.copy_(function(z))

    return Direction(function, in_place)


register_direction(L1Norm, _l1)
register_direction(DeadzoneL1, _dead_zone)  # type: ignore[arg-type]  # each builder takes the class it is registered for
register_direction(Huber, _huber)  # type: ignore[arg-type]
register_direction(PseudoHuber, _pseudo_huber)  # type: ignore[arg-type]
register_direction(LogCosh, _log_cosh)  # type: ignore[arg-type]
register_direction(SquaredL2, _squared)  # type: ignore[arg-type]
register_direction(Scaled, _scaled)  # type: ignore[arg-type]
register_direction(Sum, _sum)  # type: ignore[arg-type]
register_direction(Truncated, lambda K: build_direction(K.function))  # type: ignore[attr-defined]  # ∇K inside the ball
