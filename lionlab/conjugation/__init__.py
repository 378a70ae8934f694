"""Conjugates from evaluations of K alone, each number between two bounds."""

from ._ascent import solve_gradient as solve_gradient
from ._ascent import solve_separable_gradient as solve_separable_gradient
from ._bracket import Bracket as Bracket
from ._conjugate import bracket_conjugate as bracket_conjugate
from ._domain import locate_in_domain as locate_in_domain
from ._finiteness import require_finite as require_finite
from ._gauge import Gauge as Gauge
from ._gauge import gauge as gauge
from ._legendre import GridConjugate as GridConjugate
from ._legendre import convex_envelope as convex_envelope
from ._legendre import legendre_transform as legendre_transform
from ._one_dimensional import ScalarConjugate as ScalarConjugate
from ._one_dimensional import scalar_conjugate as scalar_conjugate
from ._oracle import ConvexOracle as ConvexOracle
from ._piecewise import PiecewiseQuadratic as PiecewiseQuadratic
from ._proximal import Proximal as Proximal
from ._proximal import proximal_point as proximal_point
from ._recession import Domain as Domain
