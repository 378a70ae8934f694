"""The problem that Lion-K solves, F(x) = f(x) + K*(λx)/λ: its value, its optimality conditions, its minimum.

    constrained_minimum(f, L1Norm(), 0.8)     min f(x) subject to ‖x‖∞ ≤ 1/0.8, by independent solvers
    kkt_residuals(f, L1Norm(), 0.8, x)        how far x is from optimal: feasibility, stationarity, complementarity

With λ = 0 nothing is constrained or penalised and F = f.
"""

from ._composite import composite_value as composite_value
from ._conditions import OptimalityResiduals as OptimalityResiduals
from ._conditions import kkt_residuals as kkt_residuals
from ._conditions import stationarity_scores as stationarity_scores
from ._minimum import ConstrainedMinimum as ConstrainedMinimum
from ._minimum import constrained_minimum as constrained_minimum
