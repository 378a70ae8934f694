"""∇K in torch: each class of convex functions has a builder that reads its parameters once and returns z ↦ ∇K(z)."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ..convex import ConvexFunction
from ._newton_schulz import NewtonSchulz

Function = Callable[[Tensor], Tensor]
InPlace = Callable[[list[Tensor]], None]


class Direction(NamedTuple):
    """How ∇K is computed.

    - `function`: z ↦ ∇K(z) as a new tensor of z's shape and dtype, without reading any value back to Python, so that it
      can be compiled.
    - `in_place`: replaces every tensor z of a list by ∇K(z). Given only where each entry of ∇K(z) hangs on the same
      entry of z and on nothing else, also not on its position: a tensor may then be worked off piece by piece.
    """

    function: Function
    in_place: InPlace | None = None


Builder = Callable[[ConvexFunction], Direction | Function]
_BUILDERS: dict[type[ConvexFunction], Builder] = {}


def register_direction(kind: type[ConvexFunction], build: Builder) -> None:
    """Says how ∇K is computed in torch for functions of the class `kind`, and of no class derived from it.

    `build(K)` is called once for every K and returns a `Direction`, or just z ↦ ∇K(z) on float32 and float64 tensors:

        >>> register_direction(MyK, lambda K: lambda z: torch.atan(K.sharpness * z))    # doctest: +SKIP

    A K that is already known is replaced; optimizers that exist keep what they have.

    **Raises:** `TypeError` when `kind` is no class of convex functions, or `build` is not callable.
    """
    if not (isinstance(kind, type) and issubclass(kind, ConvexFunction)):
        raise TypeError(f"register_direction: kind must be a class derived from ConvexFunction, got {kind!r}.")
    if not callable(build):
        raise TypeError(f"register_direction: build must be a function of K, got {build!r}.")
    _BUILDERS[kind] = build


def build_direction(K: ConvexFunction | NewtonSchulz) -> Direction:
    """The `Direction` of K.

    **Raises:** `TypeError` when K is no convex function, or one that has no form in torch.
    """
    if isinstance(K, NewtonSchulz):
        return Direction(K.direction)
    if type(K).__name__ == "NewtonSchulz" and not isinstance(K, type):
        raise TypeError(_other_newton_schulz(K))
    if not isinstance(K, ConvexFunction):
        slip = f" Write {K.__name__}(…)." if isinstance(K, type) else ""
        raise TypeError(f"K must be a convex function such as L1Norm(), got {K!r}.{slip}")
    # By its own class only: a derived class may select another subgradient.
    build = _BUILDERS.get(type(K))
    if build is None:
        raise no_torch_form(K)
    built = build(K)
    if isinstance(built, Direction):
        return built
    if not callable(built):
        raise TypeError(
            f"The direction of {type(K).__name__} was registered with a build that must return a Direction or a "
            f"function z -> ∇K(z), and returned {built!r}."
        )
    return Direction(built)


def _other_newton_schulz(K: object) -> str:
    fields = ("num_steps", "coefficients", "factor")
    arguments = ", ".join(f"{name}={getattr(K, name)!r}" for name in fields if hasattr(K, name))
    return (
        f"K is {type(K).__module__.split('._')[0]}.NewtonSchulz, which is JAX's, and takes the last axis of a kernel "
        f"for the columns. Write lionlab.torch.NewtonSchulz({arguments}), which takes the first for the rows."
    )


def no_torch_form(K: ConvexFunction) -> TypeError:
    """The refusal of a K without a form in torch, saying what to do."""
    name = type(K).__name__
    if name == "Unfolded":
        return TypeError(
            f"{type(K).__module__.split('._')[0]}.Unfolded takes the last axis for the columns, and torch has the "
            f"output features in the first. Write lionlab.torch.Unfolded({K.function!r})."  # type: ignore[attr-defined]
        )
    return TypeError(
        f"{name} has no direction in torch. Register one, lionlab.torch.register_direction({name}, build) with "
        f"build(K) returning z -> ∇K(z) in torch; or register_direction({name}, lionlab.torch.through_jax), which "
        "computes it with JAX on the host: right, but slow and not compilable."
    )


def subgradient(K: ConvexFunction, z: Tensor) -> Tensor:
    """The documented element of ∂K(z), the one of `K.subgradient`: ties go to the lowest index, 0 at 0, NaN at NaN.

    Functions of half precision are computed in float32 and rounded once, except those that act entry by entry.

    **Raises:** `TypeError` for a complex, sparse or integer tensor, and for a K without a form in torch; `ValueError`
    for an array without entries, or of a shape that K does not take.
    """
    if not isinstance(z, Tensor):
        raise TypeError(f"z must be a torch tensor, got {type(z).__name__}. Write torch.as_tensor(z).")
    require_real(z, "z")
    direction = build_direction(K)
    if not z.numel():
        raise ValueError(f"{type(K).__name__} takes arrays with at least one entry, got shape {tuple(z.shape)}.")
    if direction.in_place is None and z.dtype in (torch.float16, torch.bfloat16):
        return direction.function(z.float()).to(z.dtype)
    return direction.function(z)


def require_real(z: Tensor, name: str) -> None:
    """**Raises:** `TypeError` unless z is a dense tensor of real floating-point numbers."""
    if z.is_complex():
        raise TypeError(
            f"{name} is complex ({z.dtype}). Lion-K is defined for real parameters: optimize torch.view_as_real of it."
        )
    if z.layout != torch.strided:
        raise TypeError(
            f"{name} is sparse ({z.layout}). Lion-K moves every entry at every step; use dense gradients, "
            "for an embedding sparse=False."
        )
    if not z.is_floating_point():
        raise TypeError(f"{name} must hold floating-point numbers, got {z.dtype}.")
