"""The score claims hold; and outside the set the norm form is finite, negative, and certifies nothing."""

import math

from lionlab.convex import L1Norm
from lionlab.objectives import Quadratic
from lionlab.problem import kkt_residuals


def test_outside_the_set_the_norm_form_is_negative():
    found = kkt_residuals(Quadratic([[1.0]], [10.0]), L1Norm(), 1.0, [1.5])
    # |∇f| + λx∇f = 8.5 − 1.5·8.5
    assert found.raw_score == -4.25
    assert found.feasibility == 0.5
    assert math.isinf(found.stationarity)
