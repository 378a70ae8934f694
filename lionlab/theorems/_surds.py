"""Numbers a + b√n with rational a, b: added, multiplied and compared without rounding."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Surd:
    """a + b√n, n > 0 rational. Numbers that are combined must share n."""

    a: Fraction
    b: Fraction
    n: Fraction

    def __add__(self, other: "Surd | Fraction | int") -> "Surd":
        right = self._of(other)
        return Surd(self.a + right.a, self.b + right.b, self.n)

    __radd__ = __add__

    def __mul__(self, other: "Surd | Fraction | int") -> "Surd":
        right = self._of(other)
        return Surd(self.a * right.a + self.b * right.b * self.n, self.a * right.b + self.b * right.a, self.n)

    __rmul__ = __mul__

    def __sub__(self, other: "Surd | Fraction | int") -> "Surd":
        return self + -1 * self._of(other)

    def __neg__(self) -> "Surd":
        return -1 * self

    def __str__(self) -> str:
        return f"{self.a} + {self.b}√{self.n}"

    def sign(self) -> int:
        """−1, 0 or 1."""
        by_a, by_b = _sign(self.a), _sign(self.b)
        # Of opposite signs: the larger square decides.
        return by_a or by_b if by_a * by_b >= 0 else by_a * _sign(self.a**2 - self.b**2 * self.n)

    def _of(self, other: "Surd | Fraction | int") -> "Surd":
        if not isinstance(other, Surd):
            return Surd(Fraction(other), Fraction(0), self.n)
        if other.n != self.n:
            raise ValueError(f"a + b√{self.n} and a + b√{other.n} are not of one field.")
        return other


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)
