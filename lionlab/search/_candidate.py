"""A form in which a Lyapunov function is looked for: which weights are given, and which are to be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ._numbers import Number, exact

VECTORS = ("y", "m", "g")
"""λx, m and ∇f(x), in the order of the rows of a candidate's quadratic form."""

Entries = Sequence[Sequence[Number | None]]
NO_FORM = ((0, 0, 0), (0, 0, 0), (0, 0, 0))
FREE_FORM = ((None, 0, None), (0, None, None), (None, None, None))


@dataclass(frozen=True)
class Candidate:
    """H(x, m) = f(x) + conjugate·K*(λx) + momentum·K(m) − product·⟨λx, m⟩ + ⟨v, quadratic·v⟩, v = (λx, m, ∇f(x)).

    A weight is a number, or None where the search is to find it. `quadratic` is a symmetric 3×3 array of such weights,
    by default all None but the entry of ⟨λx, m⟩, which is 0: `product` is its weight. `NO_FORM` leaves the form out.
    The weight of f is 1, which only sets the unit.

    **Raises:** `TypeError` or `ValueError` in words for what is no number, or a form of another shape or not symmetric.
    """

    conjugate: Number | None = None
    momentum: Number | None = None
    product: Number | None = None
    quadratic: Entries = FREE_FORM

    def __post_init__(self) -> None:
        for name in ("conjugate", "momentum", "product"):
            given = getattr(self, name)
            object.__setattr__(self, name, None if given is None else exact(name, given))
        object.__setattr__(self, "quadratic", _checked(self.quadratic))

    def known(self) -> dict[str, Fraction | None]:
        """Every weight by name: those of K*, K, ⟨λx, m⟩, and of the form, "yy", "yg", "mm", "mg", "gg"."""
        entries = ((i, j) for i in range(3) for j in range(i, 3) if (i, j) != (0, 1))
        form = {VECTORS[i] + VECTORS[j]: self.quadratic[i][j] for i, j in entries}
        weights: dict[str, Any] = {
            "conjugate": self.conjugate, "momentum": self.momentum, "product": self.product, **form,
        }  # fmt: skip
        return weights


def _checked(given: Any) -> tuple[tuple[Fraction | None, ...], ...]:
    try:
        rows = [list(row) for row in given]
    except TypeError:
        raise TypeError(f"quadratic must be a 3×3 array of numbers and None, got {given!r}.") from None
    if [len(row) for row in rows] != [3, 3, 3]:
        raise ValueError(
            f"quadratic must be 3×3, its rows belonging to (λx, m, ∇f(x)), got rows of {[len(row) for row in rows]}."
        )
    entries = tuple(
        tuple(None if entry is None else exact(f"quadratic[{i}][{j}]", entry) for j, entry in enumerate(row))
        for i, row in enumerate(rows)
    )
    for i in range(3):
        for j in range(i):
            if entries[i][j] != entries[j][i]:
                raise ValueError(
                    f"quadratic must be symmetric, got {entries[i][j]} and {entries[j][i]} for entries ({i}, {j}) and "
                    f"({j}, {i})."
                )
    if entries[0][1] != 0:
        raise ValueError(f"the entry (0, 1) of quadratic must be 0, got {entries[0][1]}: `product` weighs ⟨λx, m⟩.")
    return entries
