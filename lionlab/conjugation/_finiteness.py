"""K must be finite everywhere: where it ends, its subgradients say nothing of K*, which grows linearly from there."""

import numpy as np

from ._oracle import ConvexOracle

# Sixteen lengths, from well inside any set of ordinary size to where a quartic is still finite.
LENGTHS = 10.0 ** np.linspace(-3, 27, 16)
# A K that overflows, be it in float32 inside, has passed through numbers as large as this.
NEARLY_INFINITE = 1e30
# A homogeneous K agrees with itself to this at all lengths; float32 inside it would leave 1e-6.
SAME = 1e-5


def require_finite(oracle: ConvexOracle, direction: np.ndarray) -> None:
    """Refuses a K that is +inf or NaN on the ray along `direction`, other than by overflow, or no multiple of itself.

    **Raises:** `ValueError` naming the last length at which K is finite, or two at which K(tz) = tK(z) fails.
    """
    length = float(np.linalg.norm(direction))
    unit = direction / length if length > 0 else np.eye(oracle.size)[0]
    values = oracle.evaluate(LENGTHS[:, None] * unit)[0]
    if np.all(np.isfinite(values)):
        if oracle.is_positively_homogeneous:
            _require_homogeneous(values)
        return
    first = int(np.argmin(np.isfinite(values)))
    low, high = (LENGTHS[first - 1] if first else 0.0), LENGTHS[first]
    largest = float(values[first - 1]) if first else 0.0
    while low < (middle := (low + high) / 2) < high:
        value, _ = oracle.at(middle * unit)
        if np.isfinite(value):
            low, largest = middle, value
        else:
            high = middle
    if largest < NEARLY_INFINITE:
        along = np.array2string(unit, threshold=6, max_line_width=10**6)
        raise ValueError(
            f"K is not finite beyond ‖z‖ = {low:.6g} in the direction {along}: a numerical "
            "conjugate needs a K that is finite everywhere. Use the conjugate by rule, as Truncated has "
            "it, or give the K without its constraint."
        )


def _require_homogeneous(values: np.ndarray) -> None:
    slopes = values / LENGTHS
    first, last = int(np.argmin(slopes)), int(np.argmax(slopes))
    if slopes[last] - slopes[first] > SAME * np.max(np.abs(slopes)):
        raise ValueError(
            f"K declares K(tz) = t·K(z), but along one direction it is {values[first]:.6g} at ‖z‖ = {LENGTHS[first]:g} "
            f"and {values[last]:.6g} at ‖z‖ = {LENGTHS[last]:g}. Take back is_positively_homogeneous."
        )
