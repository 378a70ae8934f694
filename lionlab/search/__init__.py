"""The search for Lyapunov functions of a step of Lion-K, over all convex K and all L-smooth f at once, exactly.

    find_lyapunov(Candidate(), beta1=0.92, beta2=0.9, step_size=0.1, weight_decay=0.5)
        H = f + K*(λx)/λ + (β1/2L)‖m+∇f‖²,  ΔH ≤ 9.7 L‖x⁺−x‖², with weights that prove it and a step that reaches it
    bracket_interval(beta1=0.9, beta2=0.99, step_size=0.1, weight_decay=0.5, decay="implicit")
        the theorem's function with its constant c anywhere from 6 to 10

The form searched is f + pK*(λx) + kK(m) − π⟨λx, m⟩ + a quadratic form in (λx, m, ∇f). Any weight may be given and the
rest left to be found. Results hold for every convex K, every f with L-Lipschitz gradient and every dimension; they are
rational numbers with a proof that is checked before it is returned, never a solver's number.
"""

from ._candidate import FREE_FORM as FREE_FORM
from ._candidate import NO_FORM as NO_FORM
from ._candidate import Candidate as Candidate
from ._find import find_lyapunov as find_lyapunov
from ._finding import Certificate as Certificate
from ._finding import Finding as Finding
from ._fixed_points import Restless as Restless
from ._interval import End as End
from ._interval import Interval as Interval
from ._interval import bracket_interval as bracket_interval
