"""The Lyapunov function H of Lion-K, its exact ledger, and the two phases of a run."""

from ._evaluate import energy_ledger as energy_ledger
from ._evaluate import lyapunov as lyapunov
from ._function import lyapunov_value as lyapunov_value
from ._ledger import Ledger as Ledger
from ._phases import constraint_distance as constraint_distance
from ._phases import phase_switch as phase_switch
