"""The Lyapunov function H of Lion-K, its exact ledger, and the two phases of a run."""

from ._evaluate import check_bound as check_bound
from ._evaluate import energy_ledger as energy_ledger
from ._evaluate import lyapunov as lyapunov
from ._flow import ConjugateTerm as ConjugateTerm
from ._flow import conjugate_term as conjugate_term
from ._flow import dissipation as dissipation
from ._flow import flow_bracket_weight as flow_bracket_weight
from ._flow import flow_lyapunov_value as flow_lyapunov_value
from ._function import lyapunov_value as lyapunov_value
from ._ledger import Entry as Entry
from ._ledger import Ledger as Ledger
from ._phases import constraint_distance as constraint_distance
from ._phases import phase_switch as phase_switch
from ._proximal_ledger import proximal_entry as proximal_entry
