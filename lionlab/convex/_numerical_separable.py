"""K(z) = Σ k(z_i) from one JAX function k: its conjugate, its domain and its prox are computed, entry by entry."""

import math
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..conjugation._bracket import Bracket
from ..conjugation._ladder import Finite, check_scalar_function, ladder
from ..conjugation._one_dimensional import ScalarConjugate, checked_recession, maximiser, scalar_conjugate
from ..precision import unit_roundoff
from ._function import ConvexFunction, euclidean_norm, is_within, rounding_allowance


class NumericalSeparable(ConvexFunction):
    """K(z) = Σ k(z_i) for a smooth convex function k of one real number with k(0) = 0, given as a JAX function.

    Subgradient k' by automatic differentiation. k need not be even. K* = Σ k*(y_i) has no formula: its value is taken
    at the root of k'(z) = y_i, `conjugate().bracket(y)` bounds it from both sides. dom K* is the box
    recession[0] ≤ y_i ≤ recession[1], recession = (lim k(z)/z at −∞, lim k(z)/z at +∞), ±inf allowed; left out, the
    box is that of the slopes that k is seen to have, of which every point is known to be inside.

    k is finite on the whole line (a value of +inf counts as overflow) and must be differentiable, also where it is 0:
    √(z²) is refused, for its derivative at 0 is NaN. `is_smooth` (k' is Lipschitz) and `is_twice_differentiable` are
    taken on trust. Convexity is searched for counterexamples when it is built, not proved.

    **Raises:** `TypeError` unless k maps a real number to one and JAX can differentiate it twice; `ValueError` where
    k(0) ≠ 0, where k' is NaN at 0, where k lies below a tangent, or where a slope of k lies outside `recession`.

    Source: Rockafellar, Convex Analysis, §12, §23 (∂k* is the inverse of ∂k) and Theorem 13.3 (recession and dom k*).
    """

    function: Callable[[Array], Array]
    recession: tuple[float, float] | None = eqx.field(static=True)
    stated_smoothness: bool = eqx.field(static=True)
    stated_differentiability: bool = eqx.field(static=True)
    is_separable = True

    def __init__(
        self,
        function: Callable[[Array], Array],
        recession: tuple[float, float] | None = None,
        *,
        is_smooth: bool = False,
        is_twice_differentiable: bool = False,
    ):
        rungs = check_scalar_function("NumericalSeparable: k", function, must_vanish=True)
        self.function = function
        self.recession = None if recession is None else checked_recession(recession, rungs)
        self.stated_smoothness = is_smooth
        self.stated_differentiability = is_twice_differentiable

    @property
    def is_smooth(self) -> bool:
        return self.stated_smoothness

    @property
    def is_twice_differentiable(self) -> bool:
        return self.stated_differentiability

    def density(self, z: Array) -> Array:
        """k(z_i) for every entry."""
        return jax.vmap(self.function)(jnp.ravel(z)).astype(z.dtype).reshape(z.shape)

    def value(self, z: Array) -> Array:
        return jnp.sum(self.density(z))

    def selection(self, z: Array) -> Array:
        def slope(point: Array) -> Array:
            return jax.grad(lambda u: self.function(u).astype(u.dtype))(point)

        return jax.vmap(slope)(jnp.ravel(z)).reshape(z.shape)

    def conjugate(self) -> "NumericalSeparableConjugate":
        return NumericalSeparableConjugate(self)

    def proximal(self, z: Array, step: Array) -> Array:
        """The root of u + step·k'(u) = z, where step·k(u) + u²/2 has the slope z."""

        def regularised(u: Array, step: Array) -> Array:
            return step.astype(u.dtype) * self.function(u).astype(u.dtype) + u * u / 2

        return maximiser(Finite(regularised), z, step)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        """k between −M and M: a maximiser that lies outside is replaced by the nearer end, yz − k(z) being concave."""
        z = jnp.clip(maximiser(Finite(self.function), y), -bound, bound)
        return jnp.sum(y * z) - self.value(z), z

    def slopes(self, dtype: np.dtype) -> tuple[Array, Array]:
        """The ends of the box dom K* in `dtype`: as declared, else the outermost slopes that k is seen to have."""
        if self.recession is not None:
            return jnp.asarray(self.recession[0], dtype), jnp.asarray(self.recession[1], dtype)
        rungs = ladder(Finite(self.function), dtype)
        right, left = (rungs.slopes[row, rungs.lengths[row] - 1] for row in (0, 1))
        return -left, right


class NumericalSeparableConjugate(ConvexFunction):
    """K* of a `NumericalSeparable`: Σ k*(y_i) on a box, +inf outside it; ∂K* holds the z_i with k'(z_i) = y_i.

    On a face of the box that no slope of k reaches ∂K* is empty, and what `subgradient` returns is far out.
    """

    primal: NumericalSeparable
    is_separable = True

    def value(self, y: Array) -> Array:
        return self.value_within(y, rounding_allowance(y, evaluation_count=3))

    def value_within(self, y: Array, allowance: Array) -> Array:
        nearest = self.projection(y)
        z = maximiser(Finite(self.primal.function), nearest)
        inside = is_within(self.excess(y), allowance)
        # k*(y) ≥ 0·y − k(0) = 0, which rounding must not undercut.
        return jnp.where(inside, jnp.sum(jnp.maximum(nearest * z - self.primal.density(z), 0)), jnp.inf)

    def selection(self, y: Array) -> Array:
        return maximiser(Finite(self.primal.function), self.projection(y))

    def conjugate(self) -> NumericalSeparable:
        return self.primal

    def proximal(self, y: Array, step: Array) -> Array:
        # Moreau's identity; its difference of two numbers may miss the box by their rounding.
        return self.projection(super().proximal(y, step))

    def projection(self, y: Array) -> Array:
        left, right = self.primal.slopes(y.dtype)
        return jnp.clip(y, left, right)

    def excess(self, y: Array) -> Array:
        return euclidean_norm(y - self.projection(y))

    def entry_brackets(self, y: object) -> ScalarConjugate:
        """Bounds of every k*(y_i), computed in float64; see `scalar_conjugate`."""
        return scalar_conjugate(self.primal.function, y, recession=self.primal.recession)

    def bracket(self, y: object) -> Bracket:
        """lower ≤ K*(y) ≤ upper, the sums of the entries' bounds, rounded outwards; on the host, in float64.

        INFINITE where one entry is, with that entry's unit vector for a direction; otherwise the weakest word decides.
        """
        entries = self.entry_brackets(y)
        words = set(entries.status.ravel().tolist())
        status = next((word for word in ("INFINITE", "INCONCLUSIVE", "BOUNDARY") if word in words), "FINITE")
        rounding = (entries.lower.size + 1) * unit_roundoff(np.float64)
        lower, upper, direction = math.inf, math.inf, entries.maximiser
        if status == "INFINITE":
            direction = np.sign(direction) * (entries.status == "INFINITE")
        else:
            lower = float(np.sum(entries.lower) - rounding * np.sum(np.abs(entries.lower)))
        if status == "FINITE":
            upper = float(np.sum(entries.upper) + rounding * np.sum(np.abs(entries.upper)))
        return Bracket(
            lower=lower,
            upper=upper,
            status=status,
            maximiser=direction,
            distance=self._distance_bound(np.asarray(y, np.float64), status),
            growth=lower,
            searched=max(abs(end) for end in entries.searched),
            evaluations=entries.evaluations,
            reason="no slope of k is known to be as far out as y" if status == "INCONCLUSIVE" else "",
        )

    def _distance_bound(self, y: np.ndarray, status: str) -> float:
        if status == "FINITE":
            return 0.0
        if self.primal.recession is None:
            return math.inf
        left, right = self.primal.recession
        return float(np.linalg.norm(y - np.clip(y, left, right)))
