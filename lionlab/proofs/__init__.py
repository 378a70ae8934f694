"""Proofs of the claims, for all functions and constants rather than for some runs, each by a route of its own.

    lionlab describe CLAIM       the derivation and the routes there are
    lionlab verify CLAIM         runs them beside the measurement; PROVED takes two that agree

A folder a route: `symbolic`, `smt`, `worst_case`, `exact`. Nothing here imports JAX, and the libraries of the extra
`rigor` are imported by the functions that use them.

Adding a proof: copy a small file of a route's folder, say what it shows and on what domain, plant three wrongs that it
must refute, and add the file's name to `MODULES` in `_registry.py`.
"""

from ._check import Checked as Checked
from ._check import check as check
from ._check import missing_modules as missing_modules
from ._proof import ROUTES as ROUTES
from ._proof import Outcome as Outcome
from ._proof import Planted as Planted
from ._proof import Proof as Proof
from ._registry import proofs as proofs
from ._registry import proofs_of as proofs_of
