"""prox of K*, by which K's Moreau envelope has its gradient: projections on boxes and balls, roots of one variable."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SpectralNorm,
    SquaredL2,
)
from ._direction import Direction, build_direction, no_torch_form, register_direction
from ._entrywise import entrywise, signs
from ._norms import on_singular_values, unit

# (y, s) ↦ argmin_v K*(v) + ‖v − y‖²/(2s)
Proximal = Callable[[Tensor, float], Tensor]


def conjugate_proximal(K: ConvexFunction) -> Proximal:
    """prox of K*, as a function of y and the step. **Raises:** `TypeError` where there is no rule in torch."""
    match K:
        case L1Norm():
            return lambda y, step: torch.clamp(y, -1, 1)
        case DeadzoneL1():
            e = float(K.threshold)
            return lambda y, step: signs(y) * torch.clamp(y.abs() - step * e, 0, 1)
        case Huber():
            e = float(K.threshold)
            return lambda y, step: torch.clamp(y / (1 + step * e), -1, 1)
        case SquaredL2():
            scale = float(K.scale)
            return lambda y, step: y / (1 + step / scale)
        case LogCosh():
            b = float(K.sharpness)
            return lambda y, step: _root(lambda v: torch.atanh(v) / b, y, step)
        case PseudoHuber():
            e = float(K.threshold)
            return lambda y, step: _root(lambda v: e * v / torch.sqrt((1 - v) * (1 + v)), y, step)
        case L2Norm():
            return lambda y, step: torch.where(_is_long(y), unit(y), y)
        case GroupL2Norm():
            directions = build_direction(K).function
            # Inside the ball of its group z_g is shorter than its direction.
            return lambda y, step: torch.where(y.abs() > directions(y).abs(), directions(y), y)
        case LinfNorm():
            return lambda y, step: _onto_l1_ball(y)
        case LpNorm() if type(K.form) in (L1Norm, L2Norm, LinfNorm):
            return conjugate_proximal(K.form)
        case NuclearNorm() | SpectralNorm() | SchattenNorm():
            gauge, name = conjugate_proximal(K.gauge), type(K).__name__
            return lambda y, step: on_singular_values(y, lambda s: gauge(s, step), name)
        case Scaled():
            inner, factor = conjugate_proximal(K.function), float(K.factor)
            return lambda y, step: factor * inner(y / factor, step / factor)
        case MoreauEnvelope():
            inner, weight = conjugate_proximal(K.function), float(K.smoothing)
            return lambda y, step: inner(y / (1 + step * weight), step / (1 + step * weight))
        case _:
            raise no_torch_form(K)


def _root(slope: Callable[[Tensor], Tensor], y: Tensor, step: float) -> Tensor:
    """The root of v + step·slope(v) = y between 0 and ±min(|y|, 1), for an odd increasing slope; by bisection."""
    low, high = torch.zeros_like(y), torch.clamp(y.abs(), max=1)
    for _ in range(36 if torch.finfo(y.dtype).bits <= 32 else 66):
        middle = (low + high) / 2
        is_low = middle + step * slope(middle) <= y.abs()
        low, high = torch.where(is_low, middle, low), torch.where(is_low, high, middle)
    return signs(y) * (low + high) / 2


def _is_long(y: Tensor) -> Tensor:
    """Whether ‖y‖₂ > 1."""
    largest = y.abs().amax()
    scale = torch.clamp(largest, min=1)
    return scale * torch.linalg.vector_norm(y / scale) > 1


def _onto_l1_ball(y: Tensor) -> Tensor:
    """The nearest point of {‖u‖₁ ≤ 1}: every |y_i| is lowered by τ = max_k (|y|₍₁₎ + … + |y|₍ₖ₎ − 1)/k."""
    size = y.abs().reshape(-1)
    below_top = size - size.amax()
    count = torch.arange(1, y.numel() + 1, device=y.device, dtype=y.dtype)
    threshold = ((below_top.sort(descending=True).values.cumsum(0) - 1) / count).amax()
    lowered = signs(y) * torch.clamp(below_top - threshold, min=0).reshape(y.shape)
    return torch.where(size.sum() > 1, lowered, y)


def _envelope(K: MoreauEnvelope) -> Direction:
    """∇K_e(z) = prox_{K*/e}(z/e)."""
    proximal, smoothing = conjugate_proximal(K.function), float(K.smoothing)

    def function(z: Tensor) -> Tensor:
        return proximal(z / smoothing, 1 / smoothing)

    # Every separable function that has a rule here acts alike on every entry.
    return entrywise(function) if K.is_separable else Direction(function)


register_direction(MoreauEnvelope, _envelope)  # type: ignore[arg-type]  # it takes the class it is registered for
