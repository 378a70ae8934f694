"""Expressions of the calculus by example: sums, infimal convolutions, translations, functions seen through a matrix.

Each is 0 at 0 and nowhere below, as the laws ask of every K.
"""

import numpy as np

from lionlab.convex import (
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    MoreauEnvelope,
    NuclearNorm,
    Precomposed,
    Scaled,
    SeparableSum,
    SquaredL2,
    Sum,
    TopKL1,
    Translated,
)
from lionlab.convex.catalogue import Example

ROTATION = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])
SKEWED = np.array([[2.0, 0.5, 0.0], [0.0, 1.0, -0.5], [0.25, 0.0, 1.0]])
DIFFERENCES = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]])
DIAGONAL = np.diag([2.0, -0.5, 1.0])
HALVES = np.array([[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, -0.5]])

SUMS = {
    "l1 + huber": Example(Sum([L1Norm(), Huber(0.5)]), (3,)),
    "dead zone + log cosh": Example(Sum([DeadzoneL1(0.5), Scaled(LogCosh(1.0), 0.5)]), (3,)),
    "l1 + l1": Example(Sum([L1Norm(), Scaled(L1Norm(), 0.3)]), (3,)),
    "elastic net": Example(Sum([L1Norm(), SquaredL2(0.5)]), (3,)),
    "linf + ridge": Example(Sum([LinfNorm(), Scaled(SquaredL2(2.0), 0.5)]), (3,)),
    "l1 + l2": Example(Sum([L1Norm(), Scaled(L2Norm(), 0.5)]), (3,)),
    "sparse groups": Example(Sum([GroupL2Norm([[0, 2], [1]]), Scaled(L1Norm(), 0.5)]), (3,)),
    "nuclear + frobenius": Example(Sum([NuclearNorm(), L2Norm()]), (2, 2)),
    "huber + l2": Example(Sum([Huber(0.5), L2Norm()]), (3,)),
    "three kinds": Example(Sum([Sum([L1Norm(), L2Norm()]), SquaredL2(2.0)]), (3,)),
}
CONVOLUTIONS = {
    "l1 and l2": Example(InfimalConvolution([L1Norm(), Scaled(L2Norm(), 1.5)]), (3,)),
    "linf and l2": Example(InfimalConvolution([L2Norm(), Scaled(LinfNorm(), 1.25)]), (3,)),
    "huber and l1": Example(InfimalConvolution([Huber(0.5), Scaled(L1Norm(), 0.5)]), (3,)),
    "huber and l2": Example(InfimalConvolution([Huber(0.5), Scaled(L2Norm(), 0.75)]), (3,)),
    "log cosh and square": Example(InfimalConvolution([LogCosh(1.0), SquaredL2(1.0)]), (3,)),
    "top 2 and square": Example(InfimalConvolution([TopKL1(2), SquaredL2(2.0)]), (3,)),
}
TRANSLATIONS = {
    "recentred log cosh": Example(Translated.recentred(LogCosh(1.0), [0.5, -1.0, 0.0]), (3,)),
    "recentred l2": Example(Translated.recentred(L2Norm(), [0.5, -1.0, 0.0]), (3,)),
    "recentred top 1": Example(Translated.recentred(TopKL1(1), [0.5, -1.0, 0.25]), (3,)),
    "recentred sum": Example(Sum([Translated.recentred(Huber(0.5), [0.5, -1.0, 0.0]), L1Norm()]), (3,)),
    "tilted l1": Example(Translated(L1Norm(), 0.0, [0.5, -0.25, 0.0]), (3,)),
}
IMAGES = {
    "rotated l1": Example(Precomposed(L1Norm(), ROTATION), (3,)),
    "diagonal huber": Example(Precomposed(Huber(0.5), DIAGONAL), (3,)),
    "skewed l1": Example(Precomposed(L1Norm(), SKEWED), (3,)),
    "total variation": Example(Precomposed(L1Norm(), DIFFERENCES), (3,)),
    "two features": Example(Precomposed(Huber(0.5), HALVES), (4,)),
    "rotated rows": Example(Precomposed(NuclearNorm(), ROTATION), (3, 2)),
    "envelope in a sum of blocks": Example(
        SeparableSum([Precomposed(MoreauEnvelope(L1Norm(), 0.5), [[2.0]]), Sum([L2Norm(), L1Norm()])], sizes=[1, 2]),
        (3,),
    ),
}
EXAMPLES: dict[str, Example] = {**SUMS, **CONVOLUTIONS, **TRANSLATIONS, **IMAGES}

# A shift, a tilt or a matrix that mixes entries has a size of its own, so a tiny z is rounded as numbers near 1 are.
HAS_A_SCALE = {*TRANSLATIONS, *IMAGES} - {"diagonal huber"}
