"""K and its conjugate at their samples: evaluated once, shared by the claims about them."""

import functools

from ..convex import ConvexFunction
from ._conjugate_samples import Values, values_of


@functools.lru_cache(maxsize=128)
def known_values(label: str, K: ConvexFunction, shape: tuple[int, ...], seed: int) -> Values:
    """`values_of(K, shape, seed)`, not repeated for one `label`."""
    return values_of(K, shape, seed)
