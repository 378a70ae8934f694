"""Every atom and calculus rule by example: the laws of convex analysis are tested on each line of `CATALOGUE`."""

import math
from typing import NamedTuple

from . import (
    ConvexFunction,
    DeadzoneL1,
    GroupL2Norm,
    Huber,
    InfimalConvolution,
    L1Norm,
    L2Norm,
    LinfNorm,
    LogCosh,
    LpNorm,
    MoreauEnvelope,
    NuclearNorm,
    Precomposed,
    PseudoHuber,
    Scaled,
    SchattenNorm,
    SeparableSum,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    Sum,
    TopKL1,
    Truncated,
)
from . import parse_convex_function as parse_convex_function


class Example(NamedTuple):
    """A convex function and the shape of an argument to try it on."""

    function: ConvexFunction
    shape: tuple[int, ...]


CATALOGUE: dict[str, Example] = {
    # The five rows of the paper's table.
    "l1": Example(L1Norm(), (4,)),
    "lp 1.5": Example(LpNorm(1.5), (4,)),
    "dead zone": Example(DeadzoneL1(0.5), (4,)),
    "top 2": Example(TopKL1(2), (5,)),
    "huber": Example(Huber(0.5), (4,)),
    # Their parameters, down to the ends of the range.
    "lp 1": Example(LpNorm(1), (3,)),
    "lp 1.05": Example(LpNorm(1.05), (4,)),
    "lp 1.2": Example(LpNorm(1.2), (4,)),
    "lp 2": Example(LpNorm(2), (3,)),
    "lp 3": Example(LpNorm(3), (4,)),
    "lp 40": Example(LpNorm(40), (4,)),
    "lp inf": Example(LpNorm(math.inf), (3,)),
    "dead zone 0": Example(DeadzoneL1(0), (3,)),
    "top 1": Example(TopKL1(1), (4,)),
    "top 3 of 4": Example(TopKL1(3), (4,)),
    "huber 3": Example(Huber(3.0), (3,)),
    # Beyond the paper.
    "squared": Example(SquaredL2(), (4,)),
    "squared 0.3": Example(SquaredL2(0.3), (3,)),
    "l2": Example(L2Norm(), (4,)),
    "l2 matrix": Example(L2Norm(), (2, 3)),
    "linf": Example(LinfNorm(), (4,)),
    "group": Example(GroupL2Norm([[0, 3], [1], [2, 4]]), (5,)),
    "group of all": Example(GroupL2Norm([[2, 1, 0]]), (3,)),
    "log cosh": Example(LogCosh(2.0), (4,)),
    "log cosh 0.3": Example(LogCosh(0.3), (3,)),
    "pseudo huber": Example(PseudoHuber(0.5), (4,)),
    "sorted l1": Example(SortedL1Norm([2.0, 1.0, 1.0, 0.3, 0.0]), (5,)),
    "sorted l1 flat": Example(SortedL1Norm([0.7, 0.7, 0.7]), (3,)),
    "nuclear": Example(NuclearNorm(), (4, 3)),
    "nuclear wide": Example(NuclearNorm(), (2, 5)),
    "spectral": Example(SpectralNorm(), (3, 3)),
    "schatten 1.5": Example(SchattenNorm(1.5), (3, 4)),
    # The calculus.
    "scaled l1": Example(Scaled(L1Norm(), 2.0), (4,)),
    "scaled group": Example(Scaled(GroupL2Norm([[0, 2], [1]]), 0.3), (3,)),
    "scaled log cosh": Example(Scaled(LogCosh(1.0), 0.5), (3,)),
    "sum of norms": Example(SeparableSum([L2Norm(), LinfNorm()]), (6,)),
    "sum of separables": Example(SeparableSum([L1Norm(), Huber(0.3)], sizes=[1, 3]), (4,)),
    "sum of both": Example(SeparableSum([L2Norm(), SquaredL2(2.0)], sizes=[2, 3]), (5,)),
    "sum of matrices": Example(SeparableSum([NuclearNorm(), L1Norm()]), (4, 2)),
    "sparse groups": Example(Sum([GroupL2Norm([[0, 2], [1]]), Scaled(L1Norm(), 0.5)]), (3,)),
    "infimal convolution": Example(InfimalConvolution([L1Norm(), Scaled(L2Norm(), 1.5)]), (3,)),
    "huber of scaled entries": Example(Precomposed(Huber(0.5), [[2, 0, 0], [0, -0.5, 0], [0, 0, 1]]), (3,)),
    "envelope of l1": Example(MoreauEnvelope(L1Norm(), 0.5), (4,)),
    "envelope of l2": Example(MoreauEnvelope(L2Norm(), 0.5), (3,)),
    "envelope of linf": Example(MoreauEnvelope(LinfNorm(), 0.2), (3,)),
    "envelope of nuclear, scaled": Example(Scaled(MoreauEnvelope(NuclearNorm(), 0.1), 2.0), (3, 2)),
    "envelope of scaled dead zone": Example(MoreauEnvelope(Scaled(DeadzoneL1(0.4), 3.0), 0.5), (3,)),
    "truncated l1": Example(Truncated(L1Norm(), 2.0), (3,)),
    "truncated l2": Example(Truncated(L2Norm(), 2.0), (3,)),
    "truncated lp 1.5": Example(Truncated(LpNorm(1.5), 2.0), (3,)),
    "truncated spectral": Example(Truncated(SpectralNorm(), 1.5), (3, 2)),
    "truncated linf": Example(Truncated(LinfNorm(), 1.5), (3,)),
    "truncated log cosh": Example(Truncated(LogCosh(1.0), 1.5), (3,)),
    "truncated envelope": Example(Truncated(MoreauEnvelope(L2Norm(), 0.5), 2.0), (3,)),
    "scaled truncated": Example(Scaled(Truncated(Huber(0.5), 1.0), 0.5), (3,)),
}
"""Name → example: one line adds a K, and every law its predicates call for is tested on it."""
