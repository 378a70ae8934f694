"""Points y at which numerical conjugates are held against K* in closed form."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..conjugation import Bracket, ConvexOracle, Domain, bracket_conjugate, locate_in_domain
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
    NuclearNorm,
    PseudoHuber,
    SchattenNorm,
    SortedL1Norm,
    SpectralNorm,
    SquaredL2,
    TopKL1,
    parse_convex_function,
)
from ..convex._numerical import NumericalConjugate
from ..convex._numerical_oracle import oracle_of
from ..convex._numerical_separable import NumericalSeparableConjugate
from ._cases import shape_for
from ._claim import Hypothesis, Run
from ._conjugate_samples import UNIT
from ._plain_functions import (
    EXPONENT,
    GROUPS,
    MATRIX,
    PLAIN,
    SCALE,
    SHARPNESS,
    THRESHOLD,
    TOP,
    PlainFunction,
    sorted_weights,
)

FULL, SMALL = 20, 4
"""How many entries y has where nothing else is said, and where a wrong need only be seen."""

ATOMS: dict[str, ConvexFunction] = {
    "L1Norm": L1Norm(),
    "LpNorm": LpNorm(EXPONENT),
    "L2Norm": L2Norm(),
    "LinfNorm": LinfNorm(),
    "GroupL2Norm": GroupL2Norm(np.arange(FULL).reshape(GROUPS, -1).tolist()),
    "TopKL1": TopKL1(TOP),
    "SortedL1Norm": SortedL1Norm(sorted_weights(FULL).tolist()),
    "NuclearNorm": NuclearNorm(),
    "SpectralNorm": SpectralNorm(),
    "SchattenNorm": SchattenNorm(EXPONENT),
    "DeadzoneL1": DeadzoneL1(THRESHOLD),
    "Huber": Huber(THRESHOLD),
    "PseudoHuber": PseudoHuber(THRESHOLD),
    "LogCosh": LogCosh(SHARPNESS),
    "SquaredL2": SquaredL2(SCALE),
}
"""The library's own of every plain function, on FULL entries."""


@dataclass(frozen=True, eq=False)
class DualPoint:
    """One y for one K that is known by evaluation only, with K*(y) and the nearest point of dom K* by formula.

    `exact` is K*(y), `nearest` the point of dom K* and `gauge` the least r ≥ 0 with y ∈ r·dom K*; NaN or None where
    there is no formula. `is_declared`: K says that it is homogeneous, or which recession function it has, without which
    nothing can be certified outside.
    """

    label: str
    oracle: ConvexOracle
    y: np.ndarray
    exact: float
    nearest: np.ndarray | None = None
    gauge: float = math.nan
    is_declared: bool = True
    has_closed_form: bool = True

    @functools.cached_property
    def bracket(self) -> Bracket:
        """What the library says of K*(y). Where nothing is declared a short search is enough to see what is said."""
        return bracket_conjugate(self.oracle, self.y, most_evaluations=2000 if self.is_declared else 60)

    @functools.cached_property
    def domain(self) -> Domain:
        """What the library says of where y lies relative to dom K*."""
        return locate_in_domain(self.oracle, self.y)

    @property
    def rounding(self) -> float:
        """What the closed form of K*(y) may be off by: a few roundings for every entry, of it and of y."""
        return 4 * (self.y.size + 8) * UNIT * (abs(self.exact) + float(np.abs(self.y).sum()))

    def replay(self) -> dict[str, object]:
        """Plain values to repeat it from."""
        return {"K": self.label, "y": self.y.tolist(), "exact": self.exact}


CLOSED_FORM = Hypothesis(
    "K* is known in closed form",
    lambda point: None if point.has_closed_form else f"K* of {point.label} has no closed form to be held against.",
)

DECLARED = Hypothesis(
    "K is positively homogeneous or declares its recession function, where something is to be certified outside",
    lambda point: (
        None
        if not point.is_declared or point.oracle.is_positively_homogeneous or point.oracle.recession is not None
        else f"{point.label} declares neither homogeneity nor a recession function, so no point is certified outside."
    ),
)


def on_rays(
    names: Sequence[str], factors: Sequence[float], run: Run, size: int = FULL, count: int = 1, is_declared: bool = True
) -> list[DualPoint]:
    """`factor` times points of the boundary of dom K*, in seeded directions; of any length where there is none."""
    rng = np.random.default_rng([run.seed, size])
    points = []
    for name in names:
        K = PLAIN[name]
        for direction in rng.standard_normal((count, size)):
            reach = K.gauge(direction)
            edge = direction / reach if reach > 0 else direction
            points += [plain_point(name, factor * edge, is_declared) for factor in factors]
    return points


def plain_point(name: str, y: np.ndarray, is_declared: bool = True) -> DualPoint:
    """y for one of the plain functions."""
    K: PlainFunction = PLAIN[name]
    nearest = None if K.projection is None else K.projection(y)
    oracle = K.oracle(y.size, is_declared)
    return DualPoint(f"{name} in {y.size} dimensions", oracle, y, K.conjugate(y), nearest, K.gauge(y), is_declared)


def of_the_library(points: Sequence[DualPoint]) -> list[DualPoint]:
    """The same y with the same closed forms, for the library's own K: its values and subgradients, compiled."""
    found = []
    for point in points:
        name = point.label.split()[0]
        K, shape = ATOMS[name], MATRIX if name in ("NuclearNorm", "SpectralNorm", "SchattenNorm") else (FULL,)
        growth = None if K.is_positively_homogeneous or name == "SquaredL2" else L1Norm()
        found.append(replace(point, label=f"lionlab's {point.label}", oracle=oracle_of(K, shape, growth)))
    return found


def given_function(run: Run) -> ConvexFunction:
    """The user's own K. **Raises:** `TypeError` when it is none."""
    given = run.parameters["K"]
    K = parse_convex_function(given) if isinstance(given, str) else given
    if not isinstance(K, ConvexFunction):
        raise TypeError(f"K must be a lionlab ConvexFunction such as L1Norm(), got {K!r}.")
    return K


def at_slopes(K: ConvexFunction, factors: Sequence[float], run: Run, count: int = 2) -> list[DualPoint]:
    """`factor`·∇K(z) for seeded z: up to 1 they are in dom K*, as 0 is; beyond 1 they are outside for homogeneous K."""
    shape, K_star = shape_for(K), K.conjugate()
    oracle = oracle_of(K, shape, getattr(K_star, "recession", None))
    has_closed_form = not isinstance(K_star, NumericalConjugate | NumericalSeparableConjugate)
    points = []
    for z in np.random.default_rng(run.seed).standard_normal((count, *shape)):
        for factor in factors:
            y: Any = factor * np.asarray(K.subgradient(z))
            exact = float(K_star(y)) if has_closed_form else math.nan
            nearest = np.asarray(K_star.domain_projection(y)).ravel() if has_closed_form else None
            points.append(DualPoint(repr(K), oracle, y.ravel(), exact, nearest, has_closed_form=has_closed_form))
    return points
