"""One K of every kind the claims run on, in the shape it takes."""

import jax
import jax.numpy as jnp

from ..convex import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SeparableSum,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
)

VECTOR, MATRIX = (4,), (3, 2)

PAPER_ROWS: dict[str, ConvexFunction] = {
    "‖·‖₁": L1Norm(),
    "‖·‖_p": LpNorm(1.5),
    "dead zone": DeadzoneL1(0.5),
    "top-k": TopKL1(2),
    "Huber": Huber(0.5),
}
"""The five rows of table 2 of arXiv 2310.05898, by name."""

OTHER_KINDS: dict[str, ConvexFunction] = {
    "½‖·‖²": SquaredL2(1.0),
    "‖·‖₂": L2Norm(),
    "‖·‖∞": LinfNorm(),
    "groups": GroupL2Norm([[0, 3], [1], [2]]),
    "log cosh": LogCosh(2.0),
    "pseudo-Huber": PseudoHuber(0.5),
    "sorted ℓ1": SortedL1Norm([2.0, 1.0, 0.5, 0.0]),
    "scaled ℓ1": Scaled(L1Norm(), 2.0),
    "sum ℓ2 + Huber": SeparableSum([L2Norm(), Huber(0.3)], sizes=[2, 2]),
    "envelope of ℓ2": MoreauEnvelope(L2Norm(), 0.5),
    "nuclear": NuclearNorm(),
    "spectral": SpectralNorm(),
    "Schatten": SchattenNorm(3.0),
}
KINDS: dict[str, ConvexFunction] = {**PAPER_ROWS, **OTHER_KINDS}
"""One K of every kind that is finite everywhere, for vectors of shape `VECTOR` or matrices of shape `MATRIX`."""


def shape_for(K: ConvexFunction) -> tuple[int, ...]:
    """The standard shape a K takes: `MATRIX` for those that know only matrices, else `VECTOR`."""
    for shape in (VECTOR, MATRIX):
        try:
            jax.eval_shape(K.value, jax.ShapeDtypeStruct(shape, jnp.float32))
        except ValueError:
            continue
        return shape
    raise ValueError(f"{K!r} takes neither shape {VECTOR} nor {MATRIX}; give x0 of a shape it takes.")
