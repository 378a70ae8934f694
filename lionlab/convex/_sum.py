"""K₁ + … + Kₙ on one argument: its conjugate is the infimal convolution of theirs, K₁* □ … □ Kₙ*."""

from collections.abc import Iterable

import jax.numpy as jnp
from jax import Array

from ._function import ConvexFunction
from ._scaled import require_function
from ._sum_forms import is_surely_finite, summed
from ._terms import Terms, entrywise_truncated_conjugate
from ._translated import conjugate_over_any_ball


class Sum(Terms):
    """K(z) = K₁(z) + … + Kₙ(z). Subgradient ∇K₁(z) + … + ∇Kₙ(z), which is one of the sum.

    K* = K₁* □ … □ Kₙ* (closed), K*(y) = inf {K₁*(y₁) + … + Kₙ*(yₙ) : y₁ + … + yₙ = y}, and dom K* is the sum of their
    domains. It and the proximal map follow a rule, exact up to rounding, where the terms are

    - all separable: a root in every entry;
    - anything with a rule and a multiple of ‖·‖² (a Moreau envelope of the rest's conjugate) or of ‖·‖₂ (one
      multiplier), or the indicator of a Euclidean ball;
    - a separable norm and a group norm (the sparse group lasso).

    Otherwise `form` is None, and where all terms are finite both come from `NumericalConjugate(K)`, which can bracket
    what it returns.

    **Raises:** `ValueError` for an empty list, and for conjugate and prox where there is no rule and a term may be
    infinite; `TypeError` for an entry that is no convex function.
    Source: Rockafellar, Convex Analysis, theorems 16.4 and 23.8.
    """

    functions: tuple[ConvexFunction, ...]

    def __init__(self, functions: Iterable[ConvexFunction]):
        self.functions = listed("Sum", functions)

    def __check_init__(self) -> None:
        require_terms(self, self.functions)

    @property
    def form(self) -> ConvexFunction | None:
        """The same function in the form that carries out prox and conjugate; None where no rule is known."""
        return summed(flattened(self.functions, Sum))

    def value_within(self, z: Array, allowance: Array) -> Array:
        return super().value_within(z, allowance) if self.form is None else self.form.value_within(z, allowance)

    def conjugate(self) -> ConvexFunction:
        return self._numerical() if self.form is None else self.form.conjugate()

    def proximal(self, z: Array, step: Array) -> Array:
        """By rule, or by Moreau's identity from the numerical conjugate."""
        return super().proximal(z, step) if self.form is None else self.form.proximal(z, step)

    def projection(self, z: Array) -> Array:
        if self.form is not None:
            return self.form.projection(z)
        restricted = [function for function in self.functions if not is_surely_finite(function)]
        if len(restricted) > 1:
            raise ValueError(
                f"Sum: no rule for the nearest point of two domains, of {restricted[0]!r} and {restricted[1]!r}. Put "
                "the intersection into one function, or use terms of which one at most is infinite somewhere."
            )
        return restricted[0].projection(z) if restricted else z

    def excess(self, z: Array) -> Array:
        if self.form is not None:
            return self.form.excess(z)
        return jnp.max(jnp.stack([function.excess(z) for function in self.functions]))

    def dual_norm(self, y: Array) -> Array:
        return self._norm().dual_norm(y)

    def dual_norm_selection(self, y: Array) -> Array:
        return self._norm().dual_norm_selection(y)

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        if self.is_separable:
            return entrywise_truncated_conjugate(self, y, bound)
        if self.is_positively_homogeneous:
            return super().truncated_conjugate(y, bound)
        return conjugate_over_any_ball(self, y, bound)

    def _norm(self) -> ConvexFunction:
        if not self.is_positively_homogeneous or self.form is None:
            raise NotImplementedError(f"No rule for the dual norm of {self!r}.")
        return self.form

    def _numerical(self) -> ConvexFunction:
        infinite = [function for function in self.functions if not is_surely_finite(function)]
        if infinite:
            raise ValueError(
                f"Sum: no rule for the conjugate and prox of {self!r}, and a numerical conjugate takes a finite "
                f"function, which {infinite[0]!r} is not. With all terms separable, or one a multiple of ‖·‖² or "
                "‖·‖₂, there is a rule; InfimalConvolution of two functions has `bracket`."
            )
        from ._numerical import NumericalConjugate

        return NumericalConjugate(self)


def listed(owner: str, functions: Iterable[ConvexFunction]) -> tuple[ConvexFunction, ...]:
    """**Raises:** `TypeError` when `functions` is no list."""
    try:
        return tuple(functions)
    except TypeError:
        raise TypeError(f"{owner}: functions must be a list of convex functions, got {functions!r}.") from None


def require_terms(owner: object, functions: tuple[ConvexFunction, ...]) -> None:
    """**Raises:** `ValueError` for no functions, `TypeError` for one that is no convex function."""
    if not functions:
        raise ValueError(f"{type(owner).__name__}: functions is empty. Give at least one convex function.")
    for function in functions:
        require_function(owner, function)


def flattened(functions: tuple[ConvexFunction, ...], kind: type[Terms]) -> tuple[ConvexFunction, ...]:
    """The terms, with the terms of sums among them in their place."""
    nested = (flattened(f.functions, kind) if isinstance(f, kind) else (f,) for f in functions)
    return tuple(function for inner in nested for function in inner)
