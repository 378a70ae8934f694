"""The functions K of one variable that the queries speak of, each given three times, independently.

K and K* are given by their pieces; ∂K and ∂K* by their graphs. That these belong together (Fenchel and Young's
inequality, its case of equality, the subgradient inequality) is not assumed: `_facts` has it proved.

`Every` is no function in particular: its values and slopes are unknown reals, of which only what the subgradient
inequality says of them is known. What holds for it holds for every convex K of one variable.

For ‖·‖₁, the dead zone and Huber in any dimension, and all that are sums over coordinates: H, Δ1, Δ2 and the Bregman
remainders are sums over coordinates of what stands here for one, and so are the inequalities.
"""

from abc import ABC, abstractmethod
from fractions import Fraction

from ._formulas import Formula, Scene, Term, all_of, any_of, either, implies, size_of, term


def in_box(y: Term) -> Formula:
    """y ∈ dom K* = [−1, 1]."""
    return (y >= -1) & (y <= 1)


class Curve(ABC):
    """A convex K of one variable, put into a scene: its points are named as they are needed."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @abstractmethod
    def value(self, name: str, z: Term) -> Term:
        """K(z)."""

    @abstractmethod
    def conjugate(self, name: str, y: Term) -> Term:
        """K*(y), y ∈ dom K* a premise."""

    def is_slope(self, u: Term, z: Term) -> Formula:
        """u ∈ ∂K(z)."""
        raise NotImplementedError(f"{type(self).__name__} is no function in particular and has no graph.")

    def is_dual_slope(self, z: Term, y: Term) -> Formula:
        """z ∈ ∂K*(y)."""
        raise NotImplementedError(f"{type(self).__name__} is no function in particular and has no graph.")

    def selection(self, z: Term) -> Term:
        """One element of ∂K(z)."""
        raise NotImplementedError(f"{type(self).__name__} is no function in particular and has no graph.")

    def slope(self, name: str, z: Term) -> Term:
        """An unknown element of ∂K(z)."""
        u = self.scene.real(name)
        self.scene.assume(f"{name} is a slope of K", self.is_slope(u, z))
        return u

    def dual_slope(self, name: str, y: Term) -> Term:
        """An unknown element of ∂K*(y)."""
        z = self.scene.real(name)
        self.scene.assume(f"{name} is a slope of K*", self.is_dual_slope(z, y))
        return z

    def inside(self, y: Term) -> None:
        """y ∈ dom K*, as a premise."""
        self.scene.assume("λx lies in dom K*", in_box(y))

    def value_above(self, name: str, z: Term, tangent: Term) -> Term:
        """K(z), where K has the tangent that takes the value given at z."""
        return self.value(name, z)

    def conjugate_above(self, name: str, y: Term, tangent: Term) -> Term:
        """K*(y), where K* has the tangent that takes the value given at y."""
        return self.conjugate(name, y)

    def rest_at_zero(self) -> None:  # noqa: B027
        """To be called where it is used that K is least at 0, which the graphs of the others know."""


class Absolute(Curve):
    """|z|, K* = 0 on [−1, 1]: Lion."""

    def value(self, name: str, z: Term) -> Term:
        return self.scene.define(f"K_{name}", size_of(z))

    def conjugate(self, name: str, y: Term) -> Term:
        return term(0)

    def selection(self, z: Term) -> Term:
        return either(z > 0, 1, either(z < 0, -1, 0))

    def is_slope(self, u: Term, z: Term) -> Formula:
        return all_of(in_box(u), implies(z > 0, u.equals(1)), implies(z < 0, u.equals(-1)))

    def is_dual_slope(self, z: Term, y: Term) -> Formula:
        return all_of(in_box(y), implies(y < 1, z <= 0), implies(y > -1, z >= 0))


class _Bent(Curve):
    """One with a bend e > 0."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.bend = scene.real("bend")
        scene.assume("e > 0", self.bend > 0)


class DeadZone(_Bent):
    """max(|z| − e, 0), K* = e|y| on [−1, 1]."""

    def value(self, name: str, z: Term) -> Term:
        e = self.bend
        return self.scene.define(f"K_{name}", either(z >= e, z - e, either(z <= -e, -z - e, 0)))

    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.define(f"dual_{name}", self.bend * size_of(y))

    def selection(self, z: Term) -> Term:
        return either(z > self.bend, 1, either(z < -self.bend, -1, 0))

    def is_slope(self, u: Term, z: Term) -> Formula:
        e = self.bend
        beyond = implies(z > e, u.equals(1)) & implies(z < -e, u.equals(-1))
        return all_of(in_box(u), beyond, implies(z < e, u <= 0), implies(z > -e, u >= 0))

    def is_dual_slope(self, z: Term, y: Term) -> Formula:
        e = self.bend
        return any_of(
            y.equals(1) & (z >= e),
            y.equals(-1) & (z <= -e),
            all_of(y > 0, y < 1, z.equals(e)),
            all_of(y > -1, y < 0, z.equals(-e)),
            all_of(y.equals(0), -e <= z, z <= e),
        )


class Huber(_Bent):
    """z²/(2e) for |z| ≤ e, |z| − e/2 beyond; K* = (e/2)y² on [−1, 1]: the sign with a slope."""

    def value(self, name: str, z: Term) -> Term:
        e, k = self.bend, self.scene.real(f"K_{name}")
        pieces = any_of(
            (z >= e) & (2 * k).equals(2 * z - e),
            (z <= -e) & (2 * k).equals(-2 * z - e),
            all_of(-e <= z, z <= e, (2 * e * k).equals(z * z)),
        )
        self.scene.assume(f"K_{name} is a value of K", pieces)
        return k

    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.define(f"dual_{name}", Fraction(1, 2) * self.bend * y * y)

    def selection(self, z: Term) -> Term:
        # z/e, as the unknown that times e is z.
        u = self.scene.real("quotient")
        self.scene.assume("quotient is z/e", (self.bend * u).equals(z))
        return either(z >= self.bend, 1, either(z <= -self.bend, -1, u))

    def is_slope(self, u: Term, z: Term) -> Formula:
        e = self.bend
        return any_of((z >= e) & u.equals(1), (z <= -e) & u.equals(-1), all_of(-e <= z, z <= e, (e * u).equals(z)))

    def is_dual_slope(self, z: Term, y: Term) -> Formula:
        e = self.bend
        return any_of(y.equals(1) & (z >= e), y.equals(-1) & (z <= -e), all_of(y > -1, y < 1, z.equals(e * y)))


class Truncated(Absolute):
    """|z| for |z| ≤ M and +∞ beyond; K* = M·max(|y| − 1, 0) everywhere: Lion seen from outside its box.

    Slopes at look-ahead and momentum are those of |·|, as long as |m̃|, |m| ≤ M.
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.radius = scene.real("radius")
        scene.assume("M > 0", self.radius > 0)

    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.define(f"dual_{name}", either(size_of(y) <= 1, 0, self.radius * (size_of(y) - 1)))

    def is_dual_slope(self, z: Term, y: Term) -> Formula:
        M = self.radius
        return any_of(
            (y > 1) & z.equals(M),
            (y < -1) & z.equals(-M),
            all_of(y.equals(1), z >= 0, z <= M),
            all_of(y.equals(-1), z >= -M, z <= 0),
            all_of(y > -1, y < 1, z.equals(0)),
        )

    def inside(self, y: Term) -> None:
        """Every y is inside."""

    def holds_at(self, z: Term, label: str) -> None:
        """|z| ≤ M, as a premise of that label."""
        self.scene.assume(label, size_of(z) <= self.radius)


class Every(Curve):
    """Any convex K of one variable.

    Known of it: (z, u), (z', u') with u ∈ ∂K(z) or z ∈ ∂K*(u) have (u − u')(z − z') ≥ 0, and Bregman remainders of K
    and of K* are ≥ 0.
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.graph: list[tuple[Term, Term]] = []

    def value(self, name: str, z: Term) -> Term:
        return self.scene.real(f"K_{name}")

    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.real(f"dual_{name}")

    def value_above(self, name: str, z: Term, tangent: Term) -> Term:
        return self.scene.define(f"K_{name}", tangent + self._gap(f"remainder_{name}"))

    def conjugate_above(self, name: str, y: Term, tangent: Term) -> Term:
        return self.scene.define(f"dual_{name}", tangent + self._gap(f"dual_remainder_{name}"))

    def _gap(self, name: str) -> Term:
        gap = self.scene.real(name)
        self.scene.assume("a Bregman remainder is ≥ 0", gap >= 0)
        return gap

    def slope(self, name: str, z: Term) -> Term:
        u = self.scene.real(name)
        self._join(z, u)
        return u

    def dual_slope(self, name: str, y: Term) -> Term:
        z = self.scene.real(name)
        self._join(z, y)
        return z

    def rest_at_zero(self) -> None:
        self._join(term(0), term(0))

    def _join(self, z: Term, u: Term) -> None:
        for other_z, other_u in self.graph:
            self.scene.assume("∂K is monotone", (u - other_u) * (z - other_z) >= 0)
        self.graph.append((z, u))

    def inside(self, y: Term) -> None:
        """Where K* has a value it is finite."""


class Unknown(Curve):
    """No function at all: values and slopes are any reals. What holds for it is an identity of polynomials."""

    def value(self, name: str, z: Term) -> Term:
        return self.scene.real(f"K_{name}")

    def conjugate(self, name: str, y: Term) -> Term:
        return self.scene.real(f"dual_{name}")

    def slope(self, name: str, z: Term) -> Term:
        return self.scene.real(name)

    def dual_slope(self, name: str, y: Term) -> Term:
        return self.scene.real(name)

    def inside(self, y: Term) -> None:
        """There is no set."""


# Pieces of K with a bend are too much for z3 in the larger queries. There what is shown of `Every` serves, together
# with the proof that graphs and pieces of these functions belong to a convex K and its conjugate.
FOLLOWS_FROM_EVERY = "it is one of all convex K"
CONCRETE: tuple[type[Curve], ...] = (Absolute, DeadZone, Huber)
ALL: tuple[type[Curve], ...] = (*CONCRETE, Every)
