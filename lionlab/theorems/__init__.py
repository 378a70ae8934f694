"""The sentences of the paper as claims that can be run, one file each.

    lionlab list                 names them
    lionlab describe CLAIM       statement, source, hypotheses, what is measured, what is planted
    lionlab verify CLAIM         runs it

Adding a claim: copy a small file of this folder, say `monotonicity.py`; state hypotheses, cases, measurement, bound
with its derivation, and three wrongs it must catch; add the file's name to `MODULES` in `_registry.py`. It then has a
row in the claim table, a command line, and its planted wrongs are run every time.
"""

from ._claim import Claim as Claim
from ._claim import Hypothesis as Hypothesis
from ._claim import Measurement as Measurement
from ._claim import Run as Run
from ._claim import Wrong as Wrong
from ._claim import worst as worst
from ._evidence import HOLDING as HOLDING
from ._evidence import VERDICTS as VERDICTS
from ._evidence import Evidence as Evidence
from ._prove import prove as prove
from ._registry import claims as claims
from ._verify import find_claim as find_claim
from ._verify import verify as verify
