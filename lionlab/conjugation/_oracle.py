"""K as numerical conjugation sees it: values and subgradients at float64 points, and how wrong those may be."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Points = Callable[[np.ndarray], np.ndarray]

_U = 2.0**-53


@dataclass(frozen=True)
class ConvexOracle:
    """A finite convex K: R^d → R with K(0) = 0, known by evaluation. Every callable takes points of shape (n, d).

    - `evaluate`: points ↦ (K at each, shape (n,); an element of ∂K at each, shape (n, d)), in float64.
    - `size`: d.
    - `is_smooth`: ∇K exists everywhere and is Lipschitz. `is_positively_homogeneous`: K(tz) = tK(z) for t > 0.
    - `recession`: points ↦ r(z) = lim K(tz)/t as t → ∞, +inf where K outgrows every line. Without it, and without
      homogeneity, K* = +inf cannot be certified: no finite number of values excludes that K grows later.
    - `hessian`: one point (d,) ↦ the second derivative (d, d) where there is one. It speeds up the smooth K*.
    - `evaluation_error` = ω, the one assumption every bound rests on: a computed value is within
      ω(a + |K(z)| + ‖g‖‖z‖) of K(z), with a = 0 for homogeneous K and 1 otherwise, and a computed subgradient within
      ω‖g‖ of an element of ∂K at a point within ω‖z‖ of z. Default 8(d + 8)u: eight roundings per entry.

    **Raises:** `ValueError` for a size below 1, and for an evaluation error that is not in [u, 1e-3].
    """

    evaluate: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    size: int
    is_smooth: bool = False
    is_positively_homogeneous: bool = False
    recession: Points | None = None
    hessian: Points | None = None
    evaluation_error: float = math.nan

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"ConvexOracle: size must be at least 1, got {self.size}.")
        if math.isnan(self.evaluation_error):
            object.__setattr__(self, "evaluation_error", 8 * (self.size + 8) * _U)
        if not _U <= self.evaluation_error <= 1e-3:
            raise ValueError(
                f"ConvexOracle: evaluation_error must be in [{_U:.2g}, 1e-3], got {self.evaluation_error:g}. "
                "It is relative: 1e-15 for a few operations in float64, 1e-6 for values computed in float32."
            )

    def at(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """(K(z), the chosen element of ∂K(z)) at one point of shape (d,)."""
        values, subgradients = self.evaluate(z[None])
        return float(values[0]), subgradients[0]

    def value_error(self, values: np.ndarray, points: np.ndarray, subgradients: np.ndarray) -> np.ndarray:
        """A bound on |computed − exact| of ⟨g, z⟩ − K(z), the rounding of the product included; shape (n,)."""
        absolute = 0.0 if self.is_positively_homogeneous else 1.0
        sizes = np.linalg.norm(points, axis=-1) * np.linalg.norm(subgradients, axis=-1)
        return 4 * self.evaluation_error * (absolute + np.abs(values) + sizes)

    def growth(self, points: np.ndarray) -> np.ndarray | None:
        """r at each point: K itself where K is homogeneous; None when K declares neither."""
        if self.is_positively_homogeneous:
            return self.evaluate(points)[0]
        return None if self.recession is None else np.asarray(self.recession(points), np.float64)

    def far_subgradients(self, directions: np.ndarray, distance: float = 1e8) -> tuple[np.ndarray, np.ndarray]:
        """(points, elements of ∂K there) far out in each direction, where ∂K is near the faces of dom K*."""
        lengths = np.linalg.norm(directions, axis=-1, keepdims=True)
        reach = 1.0 if self.is_positively_homogeneous else distance
        points = directions * (reach / np.where(lengths > 0, lengths, 1.0))
        return points, self.evaluate(points)[1]
