"""The flow integrated: smooth K by diffrax or Runge–Kutta, nonsmooth K by the implicit (proximal) step.

Nothing is returned that left the constraint set after entering it, or approached it more slowly than phase 1 says.
"""

from ._guards import IntegrationError as IntegrationError
from ._integrate import integrate as integrate
from ._integrate import integrate_batch as integrate_batch
from ._solution import FlowSolution as FlowSolution
