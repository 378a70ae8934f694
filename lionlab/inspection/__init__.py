"""Is it a K? A function of yours, searched for violations of everything the theory asks of a convex function.

Finitely many probes can refute convexity and never prove it: a check ends with the violating points, or with
"no violation in n probes".
"""

from ._finding import Finding as Finding
from ._finding import Inspection as Inspection
from ._inspect import check_convex_function as check_convex_function
from ._subject import as_convex_function as as_convex_function
from ._subject import shape_of_argument as shape_of_argument
