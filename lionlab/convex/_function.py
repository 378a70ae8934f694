"""The abstract convex function K: three primitives required, every other operation of convex analysis derived."""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..precision import as_numpy, follows_arrays
from ._half_precision import half_in_float32


class ConvexFunction(eqx.Module):
    """A convex function K: R^d → R ∪ {+inf} on vectors or matrices, with K(0) = 0 in every built-in.

    Lion-K moves along ∇K(m̃) and thereby minimises f(x) + K*(λx)/λ, so a K is a choice of constraint or penalty.

    A new K implements `value`, `selection` and `conjugate`; `SeparableFunction` and `Norm` ask for even less. These
    take and return JAX arrays in the dtype they are given. What users call (`K(z)`, `subgradient`, `prox`,
    `domain_distance`, …) is derived here, and accepts NumPy arrays and Python numbers too.

    Source: arXiv 2310.05898, §2–§3; Rockafellar, Convex Analysis, §12.
    """

    # The declared predicates. A class attribute `is_smooth = True` declares one; calculus rules compute theirs.
    @property
    def is_smooth(self) -> bool:
        """∇K exists everywhere and is Lipschitz."""
        return False

    @property
    def is_twice_differentiable(self) -> bool:
        """∇K is differentiable everywhere, as of no envelope of a function with kinks: solvers of the flow ask."""
        return False

    @property
    def is_positively_homogeneous(self) -> bool:
        """K(tz) = tK(z) for t > 0, which is the same as K* being the indicator of a set."""
        return False

    @property
    def is_separable(self) -> bool:
        """K(z) = Σ k_i(z_i)."""
        return False

    @abstractmethod
    def value(self, z: Array) -> Array:
        """K(z), a scalar of z's dtype; +inf outside the domain."""

    @abstractmethod
    def selection(self, z: Array) -> Array:
        """The documented element of ∂K(z), in z's shape; written out, never differentiated at a kink."""

    @abstractmethod
    def conjugate(self) -> "ConvexFunction":
        """K*, the convex function K*(y) = sup_z ⟨y, z⟩ − K(z)."""

    def proximal(self, z: Array, step: Array) -> Array:
        """argmin_u K(u) + ‖u − z‖²/(2·step). Derived from K* by Moreau's identity; one of the pair overrides it."""
        K_star = self.conjugate()
        if type(K_star).proximal is ConvexFunction.proximal:
            raise NotImplementedError(
                f"{type(self).__name__} has no proximal step: implement `proximal` in it or in its conjugate."
            )
        scaled = divided_far(z, step) if self.is_positively_homogeneous else z / step
        dual = K_star.proximal(scaled, 1 / step)
        # An entry that K* leaves alone goes to exactly 0, which z − step·(z/step) may miss by rounding.
        return jnp.where(dual == scaled, jnp.zeros_like(z), z - step * dual)

    def projection(self, y: Array) -> Array:
        """The nearest point of dom K. A finite K, the default, has all of space for its domain."""
        return y

    def distance(self, y: Array) -> Array:
        """The Euclidean distance from y to dom K."""
        return euclidean_norm(y - self.projection(y))

    def excess(self, y: Array) -> Array:
        """A cheap upper bound of the Euclidean distance to dom K, 0 inside and exact to first order at the boundary."""
        return jnp.zeros((), y.dtype)

    def value_within(self, y: Array, allowance: Array) -> Array:
        """K at the projection of y if y is within `allowance` (a Euclidean distance) of dom K, else +inf."""
        return self.value(y)

    def dual_norm(self, y: Array) -> Array:
        """For a homogeneous K: the least r with y ∈ r·dom K*, that is the dual norm when K is a norm."""
        raise NotImplementedError(f"{type(self).__name__} is not a norm, so it has no dual norm.")

    def dual_norm_selection(self, y: Array) -> Array:
        """An element z of the subdifferential of the dual norm at y: K(z) ≤ 1 and ⟨z, y⟩ = dual_norm(y)."""
        raise NotImplementedError(f"{type(self).__name__} is not a norm, so it has no dual norm.")

    def ball_norm(self, v: Array) -> Array:
        """‖v‖_B, the norm in which a truncation `Truncated(K, M)` bounds its argument.

        The max-norm for separable K, K itself for any other norm, the Euclidean norm otherwise.
        """
        if self.is_separable:
            return jnp.max(jnp.abs(v))
        return self.value(v) if self.is_positively_homogeneous else euclidean_norm(v)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        """(K_M*(y), an element of ∂K_M*(y)) for K_M = K + indicator of {‖·‖_B ≤ M}, M = `bound`; finite for every y.

        K_M*(y) = inf_z K*(z) + M‖y − z‖_{B,dual}; for a norm and its own ball this is M·max(dual_norm(y) − 1, 0).
        """
        from ._truncated import conjugate_over_box, conjugate_over_euclidean_ball, conjugate_over_own_ball

        if self.is_separable:
            return conjugate_over_box(self, y, bound)
        if self.is_positively_homogeneous:
            return conjugate_over_own_ball(self, y, bound)
        return conjugate_over_euclidean_ball(self, y, bound)

    @follows_arrays
    def __call__(self, z: Array) -> Array:
        """K(z), a scalar of z's dtype; +inf outside the domain, never NaN for finite z.

        At an infinite z, where a formula may meet inf − inf, that counts as +inf; a NaN in z gives NaN.
        """
        require_entries(self, z)
        value = self.value(z)
        value = jnp.where(jnp.isnan(value) & is_infinite(z), jnp.inf, value)
        return jnp.where(jnp.any(jnp.isnan(z)), jnp.nan, value)

    @follows_arrays
    def subgradient(self, z: Array) -> Array:
        """The documented element of ∂K(z): ties go to the lowest index, 0 at 0."""
        require_entries(self, z)
        return self.selection(z)

    def prox(self, z: Any, step: Any) -> Any:
        """argmin_u K(u) + ‖u − z‖²/(2·step), step > 0.

        **Raises:** `ValueError` unless step is finite and > 0. A traced step cannot be checked.
        """
        require_step(step)
        return self._prox(z, step)

    @follows_arrays
    def _prox(self, z: Array, step: Array) -> Array:
        require_entries(self, z)
        return self.proximal(z, jnp.asarray(step, z.dtype))

    @follows_arrays
    def domain_projection(self, y: Array) -> Array:
        """The point of dom K nearest to y in the Euclidean (Frobenius) norm."""
        require_entries(self, y)
        return self.projection(y)

    @follows_arrays
    def domain_distance(self, y: Array) -> Array:
        """The Euclidean (Frobenius) distance from y to dom K; 0 inside, +inf where y has an infinite entry."""
        require_entries(self, y)
        return jnp.where(is_infinite(y), jnp.inf, self.distance(y))

    @follows_arrays
    def fenchel_young_gap(self, z: Array, y: Array) -> Array:
        """K(z) + K*(y) − ⟨z, y⟩: at least 0 up to rounding, and 0 exactly where y ∈ ∂K(z).

        **Raises:** `ValueError` unless z and y have the same shape.
        """
        require_entries(self, z)
        if z.shape != y.shape:
            raise ValueError(f"z and y must have the same shape, got {z.shape} and {y.shape}.")
        return self.value(z) + self.conjugate().value(y) - jnp.sum(z * y)


def require_entries(function: object, z: Array) -> None:
    """**Raises:** `ValueError` for an array without entries."""
    if z.size == 0:
        raise ValueError(f"{type(function).__name__} takes arrays with at least one entry, got shape {z.shape}.")


def require_step(step: Any) -> None:
    """**Raises:** `ValueError` unless every step that is known now is finite and > 0."""
    if isinstance(step, jax.core.Tracer):
        return
    steps = np.ravel(as_numpy("step", step))
    wrong = ~((steps > 0) & (steps < np.inf))
    if wrong.any():
        raise ValueError(f"prox: step must be finite and > 0, got {float(steps[wrong][0]):g}.")


def divided_far(z: Array, step: Array) -> Array:
    """z/step to be projected on a bounded set; where it overflows, z itself, which lies as far in the same direction.

    Both are then so far out that the points of the set next to them differ by less than rounding of z/step.
    """
    divided = z / step
    return jnp.where(jnp.any(jnp.isinf(divided)), z, divided)


def is_infinite(z: Array) -> Array:
    """Whether z has an infinite entry and none that is NaN."""
    return jnp.any(jnp.isinf(z)) & ~jnp.any(jnp.isnan(z))


@half_in_float32
def euclidean_norm(v: Array) -> Array:
    """‖v‖₂ without overflow or underflow; 0 at 0, +inf where an entry is infinite."""
    size = jnp.abs(v)
    factor, inverse = squarable(jnp.max(size))
    # XLA rewrites (cv)² as c²v² where c is known at compile time, and c² overflows: something must stand in between.
    return jnp.sqrt(jnp.sum(jnp.maximum(size * factor, 0) ** 2)) * inverse


def squarable(size: Array) -> tuple[Array, Array]:
    """(s, 1/s) with s·size of a magnitude whose square neither overflows nor underflows, s a power of two.

    It is one of three, chosen by comparison: multiplying by it is exact, and dividing by the largest entry instead
    would put a division on the critical path of every step of a run. Float16 leaves no room for a sum of squares
    between such thresholds, and is to be taken in float32.
    """
    third = jnp.finfo(size.dtype).maxexp // 3
    down, one, up = (jnp.full_like(size, 2.0**power) for power in (-2 * third, 0, 2 * third))
    is_large, is_small = size > 2.0**third, size < 2.0**-third
    factor = jnp.where(is_large, down, jnp.where(is_small, up, one))
    return factor, jnp.where(is_large, up, jnp.where(is_small, down, one))


def signed_unit_vector(v: Array) -> Array:
    """sign(v_j)·e_j at the entry j of largest magnitude, the first such j at a tie; 0 at 0."""
    position = jax.lax.iota(jnp.int32, v.size).reshape(v.shape)
    first_largest = jax.lax.argmax(jnp.ravel(jnp.abs(v)), 0, jnp.int32)
    return jnp.where(position == first_largest, jnp.sign(v), jnp.zeros_like(v))


def rounding_allowance(y: Array, evaluation_count: float, contraction: Array | float = 1.0) -> Array:
    """How far outside a set a point may land by rounding alone and still count as inside.

    A run with per-step contraction ηλ, started inside, can settle outside by a relative 3u/(ηλ); storing the point
    costs another u, evaluating its distance `evaluation_count` more. A bare point has contraction 1.
    """
    u = float(jnp.finfo(y.dtype).eps) / 2
    return u * (1 + evaluation_count + 3 / contraction) * euclidean_norm(y)


def is_within(excess: Array, allowance: Array) -> Array:
    """excess ≤ allowance, with NaN and infinite points outside (a bare comparison calls inf ≤ inf true)."""
    return jnp.isfinite(excess) & jnp.isfinite(allowance) & (excess <= allowance)
