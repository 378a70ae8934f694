"""A loss in the place of K: what makes mirror descent a Lion-K."""

from typing import Any

from jax import Array

from ..convex import ConvexFunction


class ReflectedObjective(ConvexFunction):
    """K(z) = h(−z), so that ∇K(−g) = −∇h(g): the loss h of mirror descent in the place of K.

    K(0) = h(0) need not be 0. K is smooth where h states its smoothness. The conjugate h*(−·) is not known in closed
    form, so whatever needs it (the discrete H, the constraint set) is refused; a run does not need it.

    **Raises:** `TypeError` when h has no `value` and `slope`, `ValueError` when it is known not to be convex.
    """

    objective: Any

    def __check_init__(self) -> None:
        if not (hasattr(self.objective, "value") and hasattr(self.objective, "slope")):
            raise TypeError(f"objective must be a lionlab objective with value and slope, got {self.objective!r}.")
        if getattr(self.objective, "is_convex", None) is False:
            raise ValueError(f"objective must be convex to stand for K, {type(self.objective).__name__} is not.")

    @property
    def is_smooth(self) -> bool:
        return getattr(self.objective, "smoothness", None) is not None

    def value(self, z: Array) -> Array:
        return self.objective.value(-z)

    def selection(self, z: Array) -> Array:
        return -self.objective.slope(-z)

    def conjugate(self) -> ConvexFunction:
        raise NotImplementedError(
            "the conjugate of an objective is not known in closed form; the Lyapunov function and the constraint set "
            "of mirror_descent are not available, its runs are."
        )
