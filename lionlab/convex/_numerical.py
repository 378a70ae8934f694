"""K* of a K without a closed form, from values and subgradients alone, each number between two bounds."""

import math
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from ..conjugation import (
    Bracket,
    ConvexOracle,
    Domain,
    bracket_conjugate,
    locate_in_domain,
    proximal_point,
    solve_gradient,
    solve_separable_gradient,
)
from ..precision import as_numpy, unit_roundoff
from ._function import ConvexFunction, euclidean_norm
from ._numerical_oracle import on_host, oracle_of, value_at_zero
from ._scaled import require_function

# A proximal point known no better than this, relative to 1 + ‖y‖, is NaN and not a number. A bundle that closes leaves
# the root of rounding, √(2t·2e-13) for a step t: up to 4e-6 was seen for t ≤ 100, and 6e-3 or more where none closed.
TRUSTED = 1e-4


class NumericalConjugate(ConvexFunction):
    """K*(y) = sup_z ⟨y, z⟩ − K(z) of any finite convex K, computed.

    `bracket(y)` is what is known: two bounds and a word (`Bracket`). Everything else picks a number from it, so that a
    method can run with it and be measured: K*(y) is the lower bound where the bracket is FINITE or y is at the edge of
    dom K* within rounding, and +inf where y is certified outside, and where nothing certifies that K*(y) is finite.

    - `recession`: r(z) = lim K(tz)/t, a convex function or a JAX function of one array. A homogeneous K is its own. One
      of the two is needed to certify K* = +inf; without it a point outside is INCONCLUSIVE and counts as +inf. None
      takes the one that K declares.
    - `evaluation_error`: how accurately K is evaluated, relative; see `ConvexOracle`. Default 8(d + 8)u.
    - `tolerance`: the relative width of brackets aimed at. `most_evaluations`: of K, for one bracket.

    For smooth K the traceable operations run in compiled JAX; finiteness then means that ∇K(z) = y was solved to
    64(d + 8)u, without the certificate of `bracket`. For other K they call the host, once per point.

    **Raises:** `TypeError` when `function` is no convex function; `ValueError` for a tolerance or number out of range.
    """

    function: ConvexFunction
    recession: Any = None
    evaluation_error: float | None = eqx.field(default=None, static=True)
    tolerance: float = eqx.field(default=1e-9, static=True)
    most_evaluations: int = eqx.field(default=2000, static=True)

    def __check_init__(self) -> None:
        require_function(self, self.function)
        if self.recession is not None and not callable(self.recession):
            raise TypeError(
                f"NumericalConjugate: recession must be a convex function or a JAX function, got {self.recession!r}."
            )
        if not 0 < self.tolerance < 1:
            raise ValueError(f"NumericalConjugate: tolerance must be in (0, 1), got {self.tolerance:g}.")
        if self.most_evaluations < 1:
            raise ValueError(f"NumericalConjugate: most_evaluations must be at least 1, got {self.most_evaluations}.")

    @property
    def is_separable(self) -> bool:
        return self.function.is_separable

    def conjugate(self) -> ConvexFunction:
        """K itself: the biconjugate of a finite convex function."""
        return self.function

    def bracket(self, y: Any) -> Bracket:
        """lower ≤ K*(y) ≤ upper with a status, certified; NumPy only, in float64.

        **Raises:** `ValueError` for a y that is not finite.
        """
        point = as_numpy("y", y).astype(np.float64)
        found = bracket_conjugate(
            self._oracle(point.shape), point.ravel(), tolerance=self.tolerance, most_evaluations=self.most_evaluations
        )
        maximiser = found.maximiser.reshape(point.shape)
        start = 0.0 if self.function.is_positively_homogeneous else value_at_zero(self.function, point.shape)
        if start == 0:
            return replace(found, maximiser=maximiser)
        # (K − K(0))* = K* + K(0), rounded outwards.
        lower, upper = found.lower - start, found.upper - start
        down, up = (2 * unit_roundoff(np.float64) * (abs(end) + abs(start)) for end in (lower, upper))
        lower, upper = (
            (lower - down if math.isfinite(lower) else lower),
            (upper + up if math.isfinite(upper) else upper),
        )
        return replace(found, maximiser=maximiser, lower=lower, upper=upper, growth=found.growth - start)

    def domain(self, y: Any) -> Domain:
        """The nearest point of dom K* with both bounds of the distance, certified; NumPy only, in float64."""
        point = as_numpy("y", y).astype(np.float64)
        oracle = self._oracle(point.shape)
        found = locate_in_domain(oracle, point.ravel(), most_evaluations=self.most_evaluations)
        nearest, separator = found.nearest.reshape(point.shape), found.separator.reshape(point.shape)
        return replace(found, nearest=nearest, separator=separator)

    def domain_gap(self, y: Any) -> float:
        """By how much `domain_distance(y)` may exceed the true distance: its upper minus its certified lower bound."""
        return self.domain(y).gap

    def _oracle(self, shape: tuple[int, ...]) -> ConvexOracle:
        declared = getattr(self.function, "recession", None) if self.recession is None else self.recession
        return oracle_of(self.function, shape, declared if callable(declared) else None, self.evaluation_error)

    def value(self, y: Array) -> Array:
        return self.value_within(y, jnp.zeros((), y.dtype))

    def value_within(self, y: Array, allowance: Array) -> Array:
        if self.function.is_smooth:
            z, residual, accepted = self._solved(y)
            slope = self.function.selection(z)
            least = -self.function.value(jnp.zeros_like(y))
            value = jnp.maximum(jnp.sum(slope * z) - self.function.value(z), least)
            value = jnp.where(residual <= accepted, jnp.maximum(jnp.sum(y * z) - self.function.value(z), least), value)
            return jnp.where(residual <= jnp.maximum(accepted, allowance), value, jnp.inf)
        (value,) = on_host(_host_value, self, (jax.ShapeDtypeStruct((), y.dtype),), y, jnp.asarray(allowance, y.dtype))
        return value

    def selection(self, y: Array) -> Array:
        """A maximiser of ⟨y, z⟩ − K(z), 0 for homogeneous K; +inf in every entry where K*(y) is not known finite."""
        if self.function.is_positively_homogeneous:
            return jnp.zeros_like(y)
        if self.function.is_smooth:
            z, residual, accepted = self._solved(y)
            return jnp.where(residual <= accepted, z, self._outside(y))
        (z,) = on_host(_host_selection, self, (jax.ShapeDtypeStruct(y.shape, y.dtype),), y)
        return z

    def projection(self, y: Array) -> Array:
        if self.function.is_smooth:
            _, residual, accepted = self._solved(y)
            return jnp.where(residual <= accepted, y, self.function.selection(self._outside(y)))
        (nearest,) = on_host(_host_projection, self, (jax.ShapeDtypeStruct(y.shape, y.dtype),), y)
        return nearest

    def excess(self, y: Array) -> Array:
        return euclidean_norm(y - self.projection(y))

    def proximal(self, y: Array, step: Array) -> Array:
        """With ∇K(z) + step·z = y it is ∇K(z); for a K with kinks the prox of K gives it, by Moreau's identity."""
        if self.function.is_smooth:
            return self.function.selection(self._solve(y, step))
        (point,) = on_host(
            _host_proximal, self, (jax.ShapeDtypeStruct(y.shape, y.dtype),), y, jnp.asarray(step, y.dtype)
        )
        return point

    def _solve(self, y: Array, ridge: Array) -> Array:
        solve = solve_separable_gradient if self.function.is_separable else solve_gradient
        return solve(self.function.selection, y, jnp.asarray(ridge, y.dtype), self._accepted(y) / 64)[0]

    def _solved(self, y: Array) -> tuple[Array, Array, Array]:
        """(z, ‖∇K(z) − y‖, the residual that counts as 0)."""
        z = self._solve(y, jnp.zeros((), y.dtype))
        return z, euclidean_norm(self.function.selection(z) - y), self._accepted(y)

    def _accepted(self, y: Array) -> Array:
        at_zero = euclidean_norm(self.function.selection(jnp.zeros_like(y)))
        return 64 * (y.size + 8) * float(jnp.finfo(y.dtype).eps) / 2 * (euclidean_norm(y) + at_zero)

    def _outside(self, y: Array) -> Array:
        """z with ∇K(z) + t·z = y: for small t, ∇K(z) = prox_{tK*}(y) is near the projection of y on dom K*."""
        return self._solve(y, jnp.asarray((float(jnp.finfo(y.dtype).eps) / 2) ** 0.25, y.dtype))


def _host_value(K_star: NumericalConjugate, y: np.ndarray, allowance: np.ndarray) -> tuple[float]:
    if not np.all(np.isfinite(y)):
        return (math.inf,)
    found = K_star.bracket(y)
    if found.status in ("FINITE", "BOUNDARY"):
        return (found.lower,)
    if found.status == "INFINITE" and allowance > 0:
        where = K_star.domain(y)
        # Not known to be farther out than is allowed: K* is taken at the nearest point that was found.
        if where.least_distance <= allowance and where.distance <= 1e-6 * np.linalg.norm(y):
            return (K_star.bracket(where.nearest).lower,)
    return (math.inf,)


def _host_selection(K_star: NumericalConjugate, y: np.ndarray) -> tuple[np.ndarray]:
    found = K_star.bracket(y) if np.all(np.isfinite(y)) else None
    if found is not None and found.status in ("FINITE", "BOUNDARY"):
        return (found.maximiser,)
    return (np.full(y.shape, math.inf),)


def _host_projection(K_star: NumericalConjugate, y: np.ndarray) -> tuple[np.ndarray]:
    return (K_star.domain(y).nearest if np.all(np.isfinite(y)) else np.full(y.shape, math.nan),)


def _host_proximal(K_star: NumericalConjugate, y: np.ndarray, step: np.ndarray) -> tuple[np.ndarray]:
    if not np.all(np.isfinite(y)):
        return (np.full(y.shape, math.nan),)
    t = float(step)
    oracle = K_star._oracle(y.shape)
    near = proximal_point(oracle, y.ravel().astype(np.float64) / t, 1 / t)
    # prox_{tK*}(y) = y − t·prox_{K/t}(y/t): what is not known of the one is not known of the other, times t.
    return (np.where(t * near.distance <= TRUSTED * (1 + np.linalg.norm(y)), near.slope, math.nan),)
