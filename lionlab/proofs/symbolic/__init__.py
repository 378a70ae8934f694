"""Proofs by computer algebra: what is written is what is checked, for vectors of any dimension and abstract functions.

A `Derivation` states its hypotheses and goes by steps. An equation is checked by inserting every definition and
multiplying out until nothing is left: inner products are bilinear, values and slopes of functions are unknowns. An
inequality is an identity too: right − left is a sum of inequalities such as K(m) ≥ K(m⁺) + ⟨w, m − m⁺⟩, with weights
that show their sign. The same object is printed as a page of mathematics, in Unicode and in LaTeX.
"""

from ._derivation import Derivation as Derivation
from ._derivation import Step as Step
from ._derivation import at_most as at_most
from ._derivation import equation as equation
from ._derivation import gaps as gaps
from ._page import latex as latex
from ._page import text as text
from ._proving import Derived as Derived
from ._proving import pages as pages
