"""One step of Lion-K on lists of tensors: as an expression, tensor by tensor in pieces, or on all tensors at once.

torch keeps the average v = −m of the gradients themselves. Sums are ordered as x + η(u − λx): that form, rounded once,
never leaves the constraint set when started inside, which (1−ηλ)x + ηu can. Half precision is computed in float32 and
rounded once at the end.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from ._direction import Direction

# Entries per piece: x, v, g and u of a piece stay in a core's cache, so that memory is read once. torch does not divide
# an operation of this length among threads, for which every one of a thousand operations would wait.
PIECE = 2**15
# From here on all threads together, each on a piece, beat one thread by more than they wait.
MANY_THREADS = 8


class Constants(NamedTuple):
    """The numbers of one step. `lr` may be a tensor without axes; `sign` is −1 where f is to be maximised."""

    lr: Any
    beta1: float
    beta2: float
    weight_decay: float
    is_implicit: bool
    sign: float


def expression_step(x: Tensor, gradient: Tensor, average: Tensor, direction: Direction, constants: Constants) -> None:
    """The step of one tensor by whole expressions, for any K; compiled, it is one pass over memory."""
    lr, beta1, beta2, weight_decay, is_implicit, sign = constants
    dtype = computing_dtype(x, average)
    now, g, v = x.to(dtype), gradient.to(dtype), average.to(dtype)
    u = direction.function(v * -beta1 + g * (-sign * (1 - beta1)))
    moved = (now + lr * u) / (1 + lr * weight_decay) if is_implicit else now + lr * (u - weight_decay * now)
    average.copy_(v * beta2 + g * (sign * (1 - beta2)))
    x.copy_(moved)


def piecewise_step(x: Tensor, gradient: Tensor, average: Tensor, direction: Direction, constants: Constants) -> None:
    """The step of one tensor, piece by piece where K acts entry by entry and the memory is in one order."""
    dtype = computing_dtype(x, average)
    flat = _in_memory_order(x, gradient, average)
    if direction.in_place is None or flat is None:
        expression_step(x, gradient, average, direction, constants)
        return
    pieces = zip(*(t.split(_piece_length(x)) for t in flat), strict=True)
    if x.dtype == gradient.dtype == average.dtype == dtype:
        for now, g, v in pieces:
            lists_step([now], [g], [v], direction, constants)
        return
    for now, g, v in pieces:
        wide = now.to(dtype), g.to(dtype), v.to(dtype)
        lists_step([wide[0]], [wide[1]], [wide[2]], direction, constants)
        now.copy_(wide[0])
        v.copy_(wide[2])


def _piece_length(x: Tensor) -> int:
    if x.device.type != "cpu":
        return x.numel()
    threads = torch.get_num_threads()
    return PIECE * threads if threads >= MANY_THREADS else PIECE


def foreach_step(
    xs: list[Tensor], gradients: list[Tensor], averages: list[Tensor], direction: Direction, constants: Constants
) -> None:
    """The step of all tensors at once, a few multi-tensor operations for each device and dtype."""
    groups: dict[Any, list[tuple[Tensor, Tensor, Tensor]]] = {}
    for x, g, v in zip(xs, gradients, averages, strict=True):
        groups.setdefault((x.device, x.dtype, g.dtype, v.dtype), []).append((x, g, v))
    for (_, *dtypes), members in groups.items():
        dtype = computing_dtype(members[0][0], members[0][2])
        given = [list(column) for column in zip(*members, strict=True)]
        wide = [[t.to(dtype) for t in column] for column in given]
        lists_step(wide[0], wide[1], wide[2], direction, constants)
        for column, computed, stored in zip(given, wide, dtypes, strict=True):
            if stored != dtype and column is not given[1]:
                torch._foreach_copy_(column, computed)


def lists_step(
    xs: list[Tensor], gradients: list[Tensor], averages: list[Tensor], direction: Direction, constants: Constants
) -> None:
    """The step of tensors of one dtype on one device, in place."""
    lr, beta1, beta2, weight_decay, is_implicit, sign = constants
    us = torch._foreach_mul(averages, -beta1)
    torch._foreach_add_(us, gradients, alpha=-sign * (1 - beta1))
    if direction.in_place is None:
        us = [direction.function(u) for u in us]
    else:
        direction.in_place(us)
    torch._foreach_mul_(averages, beta2)
    torch._foreach_add_(averages, gradients, alpha=sign * (1 - beta2))
    if not is_implicit and weight_decay:
        torch._foreach_add_(us, xs, alpha=-weight_decay)
    if isinstance(lr, Tensor):
        torch._foreach_mul_(us, lr)
        torch._foreach_add_(xs, us)
    else:
        torch._foreach_add_(xs, us, alpha=lr)
    if is_implicit and weight_decay:
        torch._foreach_div_(xs, 1 + lr * weight_decay)


def computing_dtype(x: Tensor, average: Tensor) -> torch.dtype:
    """The wider of the two precisions, at least float32."""
    return torch.promote_types(torch.promote_types(x.dtype, average.dtype), torch.float32)


def _in_memory_order(*tensors: Tensor) -> list[Tensor] | None:
    """The tensors as vectors over the same memory, where all are dense and in the same order, else None."""
    first = tensors[0]
    if all(t.is_contiguous() for t in tensors):
        return [t.view(-1) for t in tensors]
    order = sorted(range(first.ndim), key=first.stride, reverse=True)
    permuted = [t.permute(order) for t in tensors]
    return [t.view(-1) for t in permuted] if all(t.is_contiguous() for t in permuted) else None
