"""A convex function of your own, from one JAX function; its conjugate, domain, prox and projection are computed."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._numerical import NumericalConjugate
from ._numerical_gauge import gauge_selection, gauge_value


class CustomFunction(ConvexFunction):
    """K(z) = function(z) for a JAX function of one array that returns a scalar: convex, finite, with K(0) = 0.

        >>> K = CustomFunction(lambda z: jnp.sum(jnp.sqrt(1 + z**2) - 1), is_smooth=True)
        >>> K.conjugate().bracket([0.6, 0.0]).status
        'FINITE'

    - `subgradient`: z ↦ an element of ∂K(z) in z's shape. Without it ∇K is `jax.grad(function)`, which is taken only
      where `is_smooth` is declared: at a kink JAX's derivative may be no subgradient, or not a number.
    - `is_smooth`: ∇K exists everywhere and is Lipschitz. `is_positively_homogeneous`: K(tz) = tK(z) for t > 0.
      `is_separable`: K(z) = Σ k(z_i) for any number of entries.
    - `recession`: r(z) = lim K(tz)/t as t → ∞, a JAX function or a convex function; +inf where K outgrows every line.
      A homogeneous K is its own. Without either no point can be certified to be outside dom K*.

    Nothing declared is checked here: `lionlab check-k` looks for violations. K* is `NumericalConjugate(self)`.

    **Raises:** `TypeError` when `function` is not callable; `ValueError` without `subgradient` unless smooth.
    """

    function: Callable[[Array], Array]
    given_subgradient: Callable[[Array], Array] | None
    declared: tuple[bool, bool, bool] = eqx.field(static=True)
    recession: Any

    def __init__(
        self,
        function: Callable[[Array], Array],
        subgradient: Callable[[Array], Array] | None = None,
        is_smooth: bool = False,
        is_positively_homogeneous: bool = False,
        recession: Any = None,
        is_separable: bool = False,
    ):
        self.function = function
        self.given_subgradient = subgradient
        self.declared = (bool(is_smooth), bool(is_positively_homogeneous), bool(is_separable))
        self.recession = recession

    def __check_init__(self) -> None:
        for name, given in (("function", self.function), ("subgradient", self.given_subgradient)):
            if not callable(given) and not (name == "subgradient" and given is None):
                raise TypeError(f"CustomFunction: {name} must be a JAX function of one array, got {given!r}.")
        if self.given_subgradient is None and not self.is_smooth:
            raise ValueError(
                "CustomFunction: without subgradient, is_smooth=True must be declared. At a kink jax.grad may return "
                "no element of ∂K: pass subgradient=…, a function z ↦ an element of ∂K(z), and 0 at 0 where it is one."
            )

    @property
    def is_smooth(self) -> bool:
        return self.declared[0]

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.declared[1]

    @property
    def is_separable(self) -> bool:
        return self.declared[2]

    def value(self, z: Array) -> Array:
        return jnp.asarray(self.function(z), z.dtype)

    def selection(self, z: Array) -> Array:
        chosen = jax.grad(self.value)(z) if self.given_subgradient is None else self.given_subgradient(z)
        return jnp.asarray(chosen, z.dtype)

    def conjugate(self) -> NumericalConjugate:
        return NumericalConjugate(self, recession=self.recession)

    def dual_norm(self, y: Array) -> Array:
        """The least r with y ∈ r·dom K*, from below within a relative 1e-6; computed on the host."""
        return gauge_value(self, y) if self.is_positively_homogeneous else super().dual_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return gauge_selection(self, y) if self.is_positively_homogeneous else super().dual_norm_selection(y)
