"""Newton–Schulz's approximation of the polar factor, as Muon ships it: fast, and of no convex K the gradient."""

import ast
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

SHIPPED = (3.4445, -4.7750, 2.0315)


@dataclass(frozen=True)
class NewtonSchulz:
    """Z ↦ factor·p(…p(Z/‖Z‖_F)…), p(Z) = aZ + bZZᵀZ + c(ZZᵀ)²Z `num_steps` times: approximately the polar factor UVᵀ.

    It can stand where `LionK` takes a K, for tensors with at least two axes, and saves the singular value
    decomposition. It is no convex function, and what the theory says of Lion-K holds for `NuclearNorm()` and not for
    it. What remains is a ball: as shipped the direction's operator norm is at most 1.2024·factor, so decay λ keeps
    ‖X‖_op ≤ 1.2024·factor/λ, in exact arithmetic.

    - `num_steps`: ≥ 1. `coefficients`: (a, b, c). `factor` > 0: for example √max(1, rows/columns), rows being the
      output features.
    - A tensor with more than two axes is unfolded: the first axis are the rows, as in the kernel of a convolution.
    - `dtype`: None computes in float32, float64 for float64; `torch.bfloat16` is what Muon does on a GPU.

    **Raises:** `ValueError` for arguments outside these ranges, and for vectors when the optimizer is built.

    Source: arXiv 2502.16982 (Muon) for the coefficients.
    """

    num_steps: int = 5
    coefficients: tuple[float, float, float] = SHIPPED
    factor: float = 1.0
    dtype: torch.dtype | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.num_steps, int) or isinstance(self.num_steps, bool) or self.num_steps < 1:
            raise ValueError(f"NewtonSchulz: num_steps must be an integer ≥ 1, got {self.num_steps!r}.")
        object.__setattr__(self, "coefficients", _three_numbers(self.coefficients))
        if not (isinstance(self.factor, int | float) and 0 < self.factor < math.inf):
            raise ValueError(f"NewtonSchulz: factor must be a number, finite and > 0, got {self.factor!r}.")
        if self.dtype is not None and not (isinstance(self.dtype, torch.dtype) and self.dtype.is_floating_point):
            raise ValueError(f"NewtonSchulz: dtype must be None or one such as torch.bfloat16, got {self.dtype!r}.")

    @property
    def text(self) -> str:
        """The call that builds it, with literals only."""
        dtype = "" if self.dtype is None else f", dtype={str(self.dtype).removeprefix('torch.')!r}"
        coefficients = list(self.coefficients)
        return f"NewtonSchulz(num_steps={self.num_steps}, coefficients={coefficients}, factor={self.factor!r}{dtype})"

    def direction(self, z: Tensor) -> Tensor:
        """The direction for Z = −(mean gradient), in Z's shape and dtype; 0 at 0."""
        if z.ndim < 2:
            raise ValueError(
                f"NewtonSchulz takes a matrix, got an array of shape {tuple(z.shape)}. Put other parameters into a "
                "group with another K, such as L1Norm()."
            )
        rows = z.reshape(z.shape[0], -1)
        is_tall = rows.shape[0] > rows.shape[1]
        x = self._iterated(rows.T if is_tall else rows)
        return self.factor * (x.T if is_tall else x).reshape(z.shape)

    def _iterated(self, z: Tensor) -> Tensor:
        a, b, c = self.coefficients
        scale = z.abs().amax()
        scaled = z / torch.where(scale > 0, scale, torch.ones_like(scale))
        length = torch.linalg.vector_norm(scaled)
        x = scaled / torch.where(length > 0, length, torch.ones_like(length))
        x = x if self.dtype is None else x.to(self.dtype)
        for _ in range(self.num_steps):
            gram = x @ x.T
            x = a * x + (b * gram + c * (gram @ gram)) @ x
        return x.to(z.dtype)


def _three_numbers(given: Any) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, given))
    except (TypeError, ValueError):
        numbers = ()
    if len(numbers) != 3 or not all(map(math.isfinite, numbers)):
        raise ValueError(f"NewtonSchulz: coefficients must be three finite numbers, got {given!r}.")
    return numbers


def parse_newton_schulz(text: str) -> NewtonSchulz | None:
    """What `text` describes, None where it is no `NewtonSchulz(…)` with literals by name. Parsed, never evaluated."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "NewtonSchulz":
            given = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
            if "dtype" in given:
                given["dtype"] = getattr(torch, given["dtype"])
            return None if call.args else NewtonSchulz(**given)
    except (SyntaxError, TypeError, ValueError, AttributeError):
        return None
    return None
