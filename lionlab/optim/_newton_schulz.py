"""Newton–Schulz's approximation of the polar factor, as Muon ships it: fast, and of no convex K the gradient."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

# Muon's quintic p(σ) = aσ + bσ³ + cσ⁵, and Newton and Schulz's own cubic (3σ − σ³)/2, which converges to 1.
SHIPPED = (3.4445, -4.7750, 2.0315)
CUBIC = (1.5, -0.5, 0.0)


class NewtonSchulz(eqx.Module):
    """Z ↦ factor·p(…p(Z/‖Z‖_F)…), p(Z) = aZ + bZZᵀZ + c(ZZᵀ)²Z `num_steps` times: approximately the polar factor UVᵀ.

    It can stand where `lion_k` takes a K, and saves the singular value decomposition. It is no convex function: its
    direction is not monotone (it depends on the scale-free Z/‖Z‖_F and sends small singular values anywhere), so what
    the theory says of Lion-K holds for `NuclearNorm()` and not for it. What remains is a ball: ‖direction‖_op ≤
    factor·1.2024 as shipped, so decay λ keeps ‖X‖_op ≤ factor·1.2024/λ, in exact arithmetic (`effective_radius`).

    - `num_steps`: ≥ 1. `coefficients`: (a, b, c). `factor` > 0: for example Muon's width factor √max(1, columns/rows).
    - A leaf with more than two axes is unfolded: the last axis are the columns, all others the rows.

    **Raises:** `ValueError` or `TypeError` for arguments outside these ranges, and for vectors.
    """

    num_steps: int = eqx.field(static=True, default=5)
    coefficients: tuple[float, float, float] = eqx.field(static=True, default=SHIPPED)
    factor: float = eqx.field(static=True, default=1.0)

    def __check_init__(self) -> None:
        if not isinstance(self.num_steps, int) or isinstance(self.num_steps, bool) or self.num_steps < 1:
            raise ValueError(f"NewtonSchulz: num_steps must be an integer ≥ 1, got {self.num_steps!r}.")
        if not _are_three_numbers(self.coefficients):
            raise ValueError(f"NewtonSchulz: coefficients must be three finite numbers, got {self.coefficients!r}.")
        if not _is_positive(self.factor):
            raise ValueError(f"NewtonSchulz: factor must be finite and > 0, got {self.factor!r}.")

    def selection(self, z: Array) -> Array:
        """The direction for Z = −(mean gradient), in Z's shape and dtype; 0 at 0."""
        if z.ndim < 2:
            raise ValueError(f"NewtonSchulz takes a matrix, got an array of shape {z.shape}.")
        rows = z.reshape(-1, z.shape[-1])
        is_tall = rows.shape[0] > rows.shape[1]
        x = self._iterated(rows.T if is_tall else rows)
        return self.factor * (x.T if is_tall else x).reshape(z.shape)

    def largest_singular_value(self) -> float:
        """A bound of the direction's operator norm, in exact arithmetic; for the shipped steps it is attained."""
        a, b, c = self.coefficients
        bound = 1.0
        for _ in range(self.num_steps):
            turns = np.roots([5 * c, 3 * b, a]) if c else np.array([-a / (3 * b)]) if b else np.array([])
            real = np.sqrt(turns[np.isreal(turns) & (turns.real > 0)].real)
            tried = np.append(real[real <= bound], bound)
            bound = float(np.max(np.abs(a * tried + b * tried**3 + c * tried**5)))
        return self.factor * bound

    def effective_radius(self, weight_decay: float) -> float:
        """The largest ‖X‖_op that decay λ > 0 lets a run keep that starts inside, 0 < ηλ ≤ 1: 1.2024·factor/λ.

        **Raises:** `ValueError` unless weight_decay is finite and > 0.
        """
        if not _is_positive(weight_decay):
            raise ValueError(f"weight_decay must be finite and > 0, got {weight_decay!r}: without it there is no ball.")
        return self.largest_singular_value() / weight_decay

    def _iterated(self, z: Array) -> Array:
        a, b, c = self.coefficients
        scale = jnp.max(jnp.abs(z))
        scaled = z / jnp.where(scale > 0, scale, jnp.ones_like(scale))
        length = jnp.sqrt(jnp.sum(scaled**2))
        x = scaled / jnp.where(length > 0, length, jnp.ones_like(length))
        for _ in range(self.num_steps):
            gram = _product(x, x.T)
            x = a * x + _product(b * gram + c * _product(gram, gram), x)
        return x


def _are_three_numbers(values: object) -> bool:
    try:
        return np.shape(values) == (3,) and bool(np.isfinite(values).all())  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return False


def _is_positive(value: object) -> bool:
    try:
        return bool(0 < value < np.inf)  # type: ignore[operator]
    except (TypeError, ValueError):
        return False


def _product(left: Array, right: Array) -> Array:
    return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)
