"""K for λ = 0, where no formula of the flow has K* in it: then K* need not be known."""

from jax import Array

from ..convex import ConvexFunction


class WithoutConjugate(ConvexFunction):
    """K itself, with 0 on all of space in the place of K*: for λ = 0 every term of K* is multiplied by 0.

    So the flow of a K whose conjugate nobody knows, as that of mirror descent, can be integrated.
    """

    original: ConvexFunction

    @property
    def is_smooth(self) -> bool:
        return self.original.is_smooth

    @property
    def is_twice_differentiable(self) -> bool:
        return self.original.is_twice_differentiable

    @property
    def is_positively_homogeneous(self) -> bool:
        return self.original.is_positively_homogeneous

    @property
    def is_separable(self) -> bool:
        return self.original.is_separable

    def value(self, z: Array) -> Array:
        return self.original.value(z)

    def selection(self, z: Array) -> Array:
        return self.original.selection(z)

    def ball_norm(self, v: Array) -> Array:
        return self.original.ball_norm(v)

    def conjugate(self) -> ConvexFunction:
        return _Nothing()

    def truncated_conjugate(self, y: Array, bound: Array) -> tuple[Array, Array]:
        nothing = self.conjugate()
        return nothing.value(y), nothing.selection(y)


class _Nothing(ConvexFunction):
    """0 everywhere."""

    is_smooth = True

    def value(self, z: Array) -> Array:
        return 0 * z.ravel()[0]

    def selection(self, z: Array) -> Array:
        return 0 * z

    def conjugate(self) -> ConvexFunction:
        raise NotImplementedError("the conjugate of 0 is the indicator of {0}, which nothing here needs.")
