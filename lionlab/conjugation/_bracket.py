"""What a numerical conjugate may say: a number between two bounds, and a word for how much that is worth."""

import math
from dataclasses import dataclass

import numpy as np

STATUSES = ("FINITE", "INFINITE", "BOUNDARY", "INCONCLUSIVE")


@dataclass(frozen=True)
class Bracket:
    """lower ≤ K*(y) ≤ upper, both rounded outwards for the errors with which K is evaluated.

    - `status`: FINITE (both ends are numbers); INFINITE (K*(y) = +inf, certified by a z with ⟨y, z⟩ > r(z), r the
      recession function of K); BOUNDARY (y is within `distance` of dom K*, too near its edge to be told in or out:
      upper is +inf); INCONCLUSIVE (known from below only, `reason` says why, and `growth` and `searched` how far).
    - `maximiser`: the z at which ⟨y, z⟩ − K(z) was largest, in y's shape; for INFINITE the certifying direction.
    - `distance`: an upper bound of the Euclidean distance from y to dom K*; 0 for FINITE, +inf where none was found.
    - `growth`: the largest ⟨y, z⟩ − K(z) seen, and `searched` the largest ‖z‖ at which K was evaluated.
    - `evaluations`: how many times K was evaluated.
    """

    lower: float
    upper: float
    status: str
    maximiser: np.ndarray
    distance: float
    growth: float
    searched: float
    evaluations: int
    reason: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"Bracket: status must be one of {', '.join(STATUSES)}, got {self.status!r}.")
        if not self.lower <= self.upper:
            raise ValueError(f"Bracket: lower must be at most upper, got [{self.lower:g}, {self.upper:g}].")
        finite = math.isfinite(self.lower) and math.isfinite(self.upper)
        if finite != (self.status == "FINITE") or (self.lower == math.inf) != (self.status == "INFINITE"):
            raise ValueError(f"Bracket: [{self.lower:g}, {self.upper:g}] cannot be {self.status}.")

    @property
    def width(self) -> float:
        """upper − lower; 0 for INFINITE, +inf where there is no upper bound."""
        return 0.0 if self.status == "INFINITE" else self.upper - self.lower

    @property
    def relative_width(self) -> float:
        """width over the larger of |lower| and |upper|; 0 where the width is 0."""
        return 0.0 if self.width == 0 else self.width / max(abs(self.lower), abs(self.upper))

    def contains(self, value: float) -> bool:
        """lower ≤ value ≤ upper; a NaN is in no bracket."""
        return self.lower <= value <= self.upper
